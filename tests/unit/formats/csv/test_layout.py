"""What is found out about a file: delimiter, quotes, header, names."""

import pytest


@pytest.mark.parametrize(
    ("text", "delimiter", "rows"),
    [
        ("a,b\n1,2\n", ",", [(1, 2)]),
        ("a;b\n1,5;2,5\n3;4,0\n", ";", [(1.5, 2.5), (3.0, 4.0)]),
        ("a\tb\n1\tx, y\n", "\t", [(1, "x, y")]),
        ("a|b\n1|x;y\n2|z;w\n", "|", [(1, "x;y"), (2, "z;w")]),
        ("a\x1fb\n1\x1f2\n", "\x1f", [(1, 2)]),
        ('a,b\n"x;y","1;2"\n', ",", [("x;y", "1;2")]),
        ("text;n\nHi, you;1\nBye, all, now;2\n", ";", [("Hi, you", 1), ("Bye, all, now", 2)]),
        ("name\nAda\nBob\n", ",", [("Ada",), ("Bob",)]),
    ],
)  # fmt: skip
def test_delimiter(read_text, text, delimiter, rows):
    found = read_text(text)
    assert found.layout.dialect.delimiter == delimiter
    assert found.rows == rows


def test_single_quotes(read_text):
    found = read_text("a,b\n'x, y',1\n'it''s',2\n")
    assert found.layout.dialect.quote == "'"
    assert found.rows == [("x, y", 1), ("it's", 2)]


def test_apostrophes_are_no_quotes(read_text):
    found = read_text("a,b\nit's,1\nthey're,2\n")
    assert found.rows == [("it's", 1), ("they're", 2)]


def test_backslash_escapes(read_text):
    found = read_text('a,b\n"she said \\"ok, fine\\"",1\n"x",2\n')
    assert found.layout.dialect.escape == "\\"
    assert found.rows == [('she said "ok, fine"', 1), ("x", 2)]


def test_windows_paths_are_no_escapes(read_text):
    found = read_text('a,b\n"C:\\dir\\",1\n"D:\\",2\n"E:\\x\\",3\n')
    assert found.rows == [("C:\\dir\\", 1), ("D:\\", 2), ("E:\\x\\", 3)]


def test_no_quotes_told(read_text):
    found = read_text('a,b\n"x,1\ny",2\n', quote="")
    assert found.rows == [('"x', 1), ('y"', 2)]


@pytest.mark.parametrize(
    ("text", "header", "names"),
    [
        ("id,name\n1,a\n", True, ("id", "name")),
        ("1,a\n2,b\n", False, ("column1", "column2")),
        ("first,last\nAda,L\nBob,M\n", True, ("first", "last")),
        ("Ada,L\nBob,M\nAda,N\n", False, ("column1", "column2")),
        ("id,id,ID\n1,2,3\n", True, ("id", "id_2", "ID_3")),
        ("id,name,\n1,a,2\n2,b,3\n", False, ("column1", "column2", "column3")),
        (" id , name \n1,a\n", True, ("id", "name")),
        ("2026-01-01,5\n2026-01-02,6\n", False, ("column1", "column2")),
        ("\n\nid,n\n1,2\n", True, ("id", "n")),
    ],
)
def test_header(read_text, text, header, names):
    found = read_text(text)
    assert found.layout.header == header
    assert found.schema.names == names
    assert found.rejects == []


def test_header_told(read_text):
    assert read_text("1,2\n3,4\n", header=True).schema.names == ("1", "2")
    assert read_text("a,b\nc,d\n", header=False).rows == [("a", "b"), ("c", "d")]


def test_header_with_an_empty_name_told(read_text):
    assert read_text(",n\n0,5\n", header=True).schema.names == ("column1", "n")


def test_expected_names_make_a_header(read_text):
    found = read_text("Ada,L\nBob,M\nAda,N\n", names=("ada",))
    assert found.layout.header


def test_rows_wider_than_the_header(read_text):
    """Many programs write a delimiter after the last value of rows, and not of the header."""
    found = read_text("a,b\n1,2,\n3,4,\n5,6,\n")
    assert found.schema.names == ("a", "b", "column3")
    assert found.rows == [(1, 2, None), (3, 4, None), (5, 6, None)]


def test_skipped_lines_and_comments_count_as_lines(read_text):
    text = "report of today\n\n# made by hand\nid,n\n1,2\n# a,b\nx,3\n#\n4,5\n"
    for block_bytes in (1, 6, 1 << 20):
        found = read_text(
            text, {"id": "BIGINT"}, skip_rows=2, comment="#", header=True, block_bytes=block_bytes
        )
        assert found.schema.names == ("id", "n")
        assert found.rows == [(1, 2), (4, 5)]
        assert found.rejects == [(7, "cast_failed", "x,3")]


def test_line_ends_of_old_macs(read_text):
    for block_bytes in (1, 1 << 20):
        found = read_text(
            "id,n\r1,2\rx,3\r4,5", {"id": "BIGINT"}, header=True, block_bytes=block_bytes
        )
        assert found.rows == [(1, 2), (4, 5)]
        assert found.rejects == [(3, "cast_failed", "x,3")]


def test_one_row_without_a_line_end(read_text):
    assert read_text("5,x").rows == [(5, "x")]


def test_nested_quotes_at_the_end_without_a_line_end(read_text):
    assert read_text('a,b\n1,"x ""y"""').rows == [(1, 'x "y"')]
