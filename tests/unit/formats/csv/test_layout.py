"""What is found out about a file: delimiter, quotes, header, names."""

import datetime as dt
from decimal import Decimal

import pytest

from summit_studio.formats.csv.dialect import Dialect
from summit_studio.formats.csv.layout import fields


@pytest.mark.parametrize(
    ("text", "delimiter", "rows"),
    [
        ("a,b\n1,2\n", ",", [(1, 2)]),
        ("a;b\n1,5;2,5\n3;4,0\n", ";", [(Decimal("1.5"), Decimal("2.5")), (3, 4)]),
        ("a:b\n1:x\n2:y\n", ":", [(1, "x"), (2, "y")]),
        ("a^b\nw^x\ny^z\n", "^", [("w", "x"), ("y", "z")]),
        ("a~b\n1,5~x\n2~y\n", "~", [(Decimal("1.5"), "x"), (2, "y")]),
        ("a\x01b\n1\x01x\n2\x01y\n", "\x01", [(1, "x"), (2, "y")]),
        ("at\n12:30\n14:45\n", ",", [(dt.time(12, 30),), (dt.time(14, 45),)]),
        ("12:30\n14:45\n16:00\n", ",", [(dt.time(12, 30),), (dt.time(14, 45),), (dt.time(16),)]),
        ("said\nhello world\ngood bye\n", ",", [("hello world",), ("good bye",)]),
        ("first words\nhello world\ngood bye\n", ",", [("hello world",), ("good bye",)]),
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
        ("id,name,\n1,a,2\n2,b,3\n", True, ("id", "name", "column3")),
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
    """What the header does not name is a column nevertheless."""
    found = read_text("a,b\n1,2,\n3,4,7\n5,6,\n")
    assert found.schema.names == ("a", "b", "column3")
    assert found.rows == [(1, 2, None), (3, 4, 7), (5, 6, None)]


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


@pytest.mark.parametrize(
    "record", [b"a,,b", b",", b" a ,\tb", "é,ß 日".encode(), b"\xff,x", b"a\0,b", b"'x',\\", b"a;b"]
)
def test_a_row_without_quotes_is_cut_as_one_with_quotes(record):
    assert fields(record, Dialect()) == fields(record + b',"q"', Dialect())[:-1]


BODY = "".join(f"{i},item {i},{i}.50\n" for i in range(1, 30))


@pytest.mark.parametrize(
    ("text", "names", "rows"),
    [
        ("country,2023,2024\nDE,10,11\nFR,12,13\n", ("country", "2023", "2024"), 2),
        ("2021,2022,2023\n5,6,7\n8,9,10\n", ("2021", "2022", "2023"), 2),
        ("2021,2022\n2023,2024\n2025,2026\n", ("column1", "column2"), 3),
        ("place,2026-01-01,2026-02-01\nA,1,2\nB,3,4\n", ("place", "2026-01-01", "2026-02-01"), 2),
        (",id,name\n0,7,x\n1,8,y\n", ("column1", "id", "name"), 2),
        ("id;name;\n1;ann;\n2;bob;\n", ("id", "name"), 2),
        ("name,Name,NAME\n" + "a,b,c\n" * 3, ("name", "Name_2", "NAME_3"), 3),
        ("id,,column2\n1,2,3\n", ("id", "column2_2", "column2"), 1),
        ("city,name\nX,Y\n" + "name,Z\nV,city\n", ("column1", "column2"), 4),
        ("id,amount\n1,5\nx,7\n", ("id", "amount"), 2),
        ("Sales report\nprinted 2026-04-01\n\nid,item,price\n" + BODY, ("id", "item", "price"), 29),
        ("Sales report,,\nid,item,price\n" + BODY, ("id", "item", "price"), 29),
        ("in EUR,and more\nid,item,price\n" + BODY, ("id", "item", "price"), 29),
        ("id,name\n" + "1,x,more\n" * 5, ("id", "name", "column3"), 5),
        ("only\n" + "1,2\n" * 5, ("only", "column2"), 5),
    ],
)  # fmt: skip
def test_names_and_where_the_table_begins(read_text, text, names, rows):
    found = read_text(text)
    assert found.schema.names == names
    assert len(found.rows) == rows
    assert found.rejects == []


def test_what_was_left_out_or_renamed_is_said(read_text):
    notes = read_text("Report\n\nid,,x,X\n" + "1,2,3,4\n" * 3).layout.notes
    assert notes[0] == "1 line above the table left out"
    assert "'column2', 'X_2'" in notes[1]
    assert read_text("id,x\n1,2\n").layout.notes == ()


def test_lines_told_to_be_skipped_are_all_that_is_left_out(read_text):
    found = read_text("Report\nmore\n1,2,3\n1,2,3\n1,2,3\n", skip_rows=1)
    assert found.schema.names == ("more", "column2", "column3")


@pytest.mark.parametrize("first", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_the_delimiter_may_be_told_by_the_file(read_text, first):
    found = read_text(first + "id;amount\n1;2,50\n2;3,75\n")
    assert found.layout.dialect.delimiter == ";"
    assert found.rows == [(1, Decimal("2.50")), (2, Decimal("3.75"))]
    assert found.positions[-1]["line"] == 5


def test_rows_that_end_early_may_lack_their_values(read_text):
    text = 'id,a,b\n1,x\n2,y,z\n3\n4,"q,""r",5\n5,too,many,values\n6,"l\nm"\n'
    found = read_text(text, pads=True)
    assert found.rows == [
        (1, "x", None), (2, "y", "z"), (3, None, None), (4, 'q,"r', "5"), (6, "l\nm", None),
    ]  # fmt: skip
    assert [(line, code) for line, code, _ in found.rejects] == [(6, "field_count")]
    assert len(read_text(text).rejects) == 4


@pytest.mark.parametrize("block_bytes", [30, 1 << 20])
def test_short_rows_in_any_block_keep_their_places(read_text, block_bytes):
    text = "id,a,b\n" + "".join(f"{i},{i}{',z' * (i % 3 > 0)}\n" for i in range(400)) + "x,1\n"
    found = read_text(text, {"id": "BIGINT"}, pads=True, block_bytes=block_bytes)
    assert [row[0] for row in found.rows] == list(range(400))
    assert [row[2] for row in found.rows] == [None if i % 3 == 0 else "z" for i in range(400)]
    assert [(r["line"], r["raw"]) for r in found.rejected] == [(402, "x,1")]


def test_blanks_around_texts(read_text):
    text = "id, name\n1, x y \n2,\tz\n"
    assert [row[1] for row in read_text(text).rows] == [" x y ", "\tz"]
    assert [row[1] for row in read_text(text, strips=True).rows] == ["x y", "z"]
    assert read_text("id,n\n1, 5\n", trims=False).schema.columns[1].type == "VARCHAR"


TRAILING = {
    "no header": ("{}", ("column1", "column2", "column3")),
    "a header with it": ("id|name|price|\n{}", ("id", "name", "price")),
    "a header without it": ("id|name|price\n{}", ("id", "name", "price")),
    "a title": ("Prices of May|||\n\nid|name|price|\n{}", ("id", "name", "price")),
    "CR LF": ("id|name|price\r\n{}", ("id", "name", "price")),
}


@pytest.mark.parametrize("mark", ["|", ",", ";"])
@pytest.mark.parametrize("case", TRAILING)
def test_a_delimiter_at_the_end_of_every_row_makes_no_column(read_text, case, mark):
    head, names = TRAILING[case]
    end = "|\r\n" if case == "CR LF" else "|\n"
    rows = "".join(f"{i}|text {i}|{i}.50{end}" for i in range(1, 300))
    found = read_text(head.format(rows).replace("|", mark), block_bytes=500)
    assert found.layout.names == names
    assert tuple(c.type for c in found.schema) == ("BIGINT", "VARCHAR", "DECIMAL(18,2)")
    assert found.layout.notes[-1] == "a delimiter at the end of each row left out"
    assert [row[0] for row in found.rows] == list(range(1, 300))
    assert found.rejects == []


def test_with_one_column_a_delimiter_at_the_end_makes_none_either(read_text):
    found = read_text("id;\n1;\n2;\n\n3;\n")
    assert (found.layout.names, found.rows) == (("id",), [(1,), (2,), (3,)])


@pytest.mark.parametrize(
    "text",
    [
        "id,name,note\n1,a,\n2,b,\n",
        "id,name,\n1,a,\n2,b,x\n3,c,\n",
        "id,name,\n" + "1,a,\n" * 5000 + "2,b,x\n" + "1,a,\n" * 50,
    ],
    ids=["named", "at hand", "further on"],
)
def test_what_has_a_name_or_a_value_is_a_column(read_text, text):
    found = read_text(text, delimiter=",")
    assert len(found.layout.names) == 3
    assert found.rejects == []
    assert [row[2] for row in found.rows if row[2]] == (["x"] if ",x" in text else [])


@pytest.mark.parametrize("names", [("a", "b", "c"), ("id", "column3")])
def test_a_column_that_a_person_names_is_one(read_text, names):
    assert len(read_text("id,name,\n1,a,\n2,b,\n", names=names).layout.names) == 3
    assert len(read_text("id,name,\n1,a,\n2,b,\n", trails=False).layout.names) == 3


@pytest.mark.parametrize("block_bytes", [30, 1 << 20])
def test_rows_that_end_otherwise_than_the_others(read_text, block_bytes):
    """A value that stands beyond what was looked at is never lost."""
    text = "1|a|2.50|\n" * 9 + '2|b|2.50|late\n3|c|2.50\n4|d|\n5|e|2.50||\n6|f|2.50|""\n7|g||\n'
    found = read_text(text, header=False, trails=True, block_bytes=block_bytes)
    assert [row[0] for row in found.rows] == [1] * 9 + [3, 7]
    assert [(line, code) for line, code, _ in found.rejects] == [
        (n, "field_count") for n in (10, 12, 13, 14)
    ]
    assert "'late' stands after the delimiter" in found.reasons[0]
    again = read_text(text, header=False, trails=True, pads=True, block_bytes=block_bytes)
    assert [row[0] for row in again.rows] == [1] * 9 + [3, 4, 7]


def test_a_value_far_below_what_is_looked_at_is_rejected_with_its_row(read_text):
    rows = [f"{i}|{'x' * 90}|\n" for i in range(60_000)]
    rows[30_007] = "30007|x|late\n"
    found = read_text("".join(rows))
    assert found.layout.trails
    assert found.rejects == [(30_008, "field_count", "30007|x|late")]
    assert len(found.rows) == 59_999
