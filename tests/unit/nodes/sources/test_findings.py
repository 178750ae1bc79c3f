"""What sources tell of their files: each thing found out, why, and the lines as they stand."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from summit_studio.core.errors import SummitError
from tests.unit.formats.excel.books import DAY, Styled, workbook

TITLED = (
    "Orders of November;;;\n;;;\nid;code;placed;amount\n1;00123;31/12/2026;1,50\n"
    '2;04711;01/02/2026;2,25\n3;12345;05/06/2026;"12,\n5"\n'
)
KINDS = (
    "n,big,long,mail,seen,fine,twice,late\n"
    "1,12345678901234567890,1.23456789,a@b,,true,01/02/2026,13:05\n"
    "2,1,2.5,c@d,,false,03/04/2026,14:00\n"
)


def facts(bench, type_id: str, **params):
    """Return what was found, by param or by `columns.NAME`."""
    bench.infer(type_id, **params)
    found = bench.bind(type_id, **params).findings(bench.design)
    return {f"{f.param}.{f.column}" if f.column else f.param: (f.value, f.why) for f in found}


def pins(bench, type_id: str, **params):
    """Yield params with one thing found out written into them, then with all of them."""
    every = dict(params)
    types = []
    for finding in bench.bind(type_id, **params).findings(bench.design):
        if finding.column:
            types.append({"name": finding.column, "type": finding.value})
            continue
        every |= finding.params
        yield {**params, **finding.params}
    yield {**params, "columns": types}
    yield {**every, "columns": types}


def test_csv_tells_its_dialect_and_types_and_why(bench):
    bench.write("o.csv", TITLED)
    found = facts(bench, "csv_source", path="o.csv")
    assert found["delimiter"] == (";", "it cuts 6 of 6 rows into 4 values")
    assert found["header"][0] == "yes"
    assert "'id' in the first row" in found["header"][1]
    assert found["encoding"] == ("utf-8", "all bytes looked at are ASCII, which is UTF-8 as well")
    assert found["skip_rows"][0] == 2
    assert found["columns.code"] == ("VARCHAR", "'00123' would lose its leading zero")
    assert found["columns.placed"] == ("DATE", "the first number goes beyond 12, so it is the day")
    assert found["columns.id"] == ("BIGINT", "every value is a whole number")


def test_csv_tells_of_a_delimiter_at_the_end_of_each_row(bench):
    bench.write("o.tbl", "1|abc|2.50|\n2|def|3.75|\n")
    value, why = facts(bench, "csv_source", path="o.tbl")["trailing_delimiter"]
    assert (value, why) == (
        "yes", "every row looked at ends in a delimiter, and no value stands after it",
    )  # fmt: skip
    bench.write("p.csv", "1,2\n3,4\n")
    assert "trailing_delimiter" not in facts(bench, "csv_source", path="p.csv")
    for told, names in (("yes", 3), ("no", 4)):
        params = {"path": "o.tbl", "trailing_delimiter": told}
        assert len(bench.infer("csv_source", **params)) == names
        assert "trailing_delimiter" not in facts(bench, "csv_source", **params)


def test_csv_tells_why_text_stays_text(bench):
    bench.write("k.csv", KINDS)
    found = facts(bench, "csv_source", path="k.csv")
    why = {name.partition(".")[2]: why for name, (_, why) in found.items() if "." in name}
    assert why["big"] == "a number has 20 digits, and a whole number holds 19"
    assert why["long"] == "a number has 8 digits after the point, and a DOUBLE keeps each of them"
    assert why["mail"] == "'a@b' is no number, date or time"
    assert why["seen"] == "no value was seen"
    assert why["fine"] == "every value is false or true"
    assert why["twice"] == "no number is above 12 that would tell the day from the month"


def test_the_value_that_makes_a_late_column_text_is_named(bench):
    rows = "".join(f"{i},x\n" for i in range(500))
    bench.write("late.csv", f"n,t\n{rows}soon,x\n")
    assert facts(bench, "csv_source", path="late.csv")["columns.n"] == (
        "VARCHAR", "'soon' is no number, date or time",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "encoding", "why"),
    [
        ("\ufeffa,b\né,1\n".encode(), "utf-8", "the mark at its beginning says so"),
        ("a,b\né,1\n".encode(), "utf-8", "all bytes looked at are valid UTF-8"),
        ("a,b\né,1\nö,2\n".encode() + b"\xff,3\n", "utf-8",
         "2 characters are valid UTF-8 beyond ASCII, 1 byte is not"),
        ("a,b\ncafé here,1\n".encode("latin-1"), "cp1252",
         "1 byte is not UTF-8, and most letters are ASCII, as in Western texts"),
        ("a,b\nx,1\n".encode("utf-16-le"), "utf-16-le", "every second byte is zero"),
    ],
)  # fmt: skip
def test_csv_tells_why_it_is_of_an_encoding(bench, data, encoding, why):
    bench.write("e.csv", data)
    assert facts(bench, "csv_source", path="e.csv")["encoding"] == (encoding, why)


@pytest.mark.parametrize(
    ("text", "header", "why"),
    [
        ("a,b\n1,2\n", "yes", "'a' in the first row stands above values of type 'whole number'"),
        ("1,x\n2,y\n", "no", "'1' in the first row is a value like those below, of type"),
        ("name\nAda\nBob\n", "yes", "all is text, and the words of the first row stand nowhere"),
        ("Ada,x\nBob,x\n", "no", "'x' in the first row stands below as well"),
    ],
)
def test_csv_tells_why_there_is_a_header(bench, text, header, why):
    bench.write("h.csv", text)
    found = facts(bench, "csv_source", path="h.csv")["header"]
    assert found[0] == header
    assert found[1].startswith(why)


def test_what_a_param_says_is_not_found_out(bench):
    bench.write("o.csv", TITLED)
    found = facts(
        bench, "csv_source", path="o.csv", delimiter=";", header="yes", skip_rows=2,
        columns=[{"name": "id", "type": "INTEGER"}, {"name": "code"}],
    )  # fmt: skip
    assert not {"delimiter", "header", "skip_rows", "columns.id", "columns.placed"} & set(found)
    assert "columns.code" in found


@pytest.mark.parametrize(
    ("type_id", "name", "data"),
    [
        ("csv_source", "o.csv", TITLED),
        ("csv_source", "k.csv", KINDS),
        ("csv_source", "sep.csv", "sep=|\nsize|t\n1|x;y\n2|z\n"),
        ("csv_source", "tabs.csv", 'a\tb\n1,5\t"x\ty"\n2,5\tz\n'),
        ("csv_source", "blanks.csv", "name size day\nAda 1 2026-01-02\nBob 2 2026-01-03\n"),
        ("csv_source", "latin.csv", "a;b\ncafé;1\nnée;x\n".encode("cp1252")),
        ("csv_source", "packed.csv.gz", gzip.compress(b"a,b\n1,2\n")),
        ("csv_source", "none.csv", "1,x\n2,y\n"),
        ("json_source", "a.jsonl", '{"a": 1, "B": 1.50}\n{"b": "x", "a": null}\n'),
        ("json_source", "a.json", '[{"a": "2026-01-02", "b": [1]},\n {"a": null}]'),
        ("json_source", "o.json", '{\n "a": 1e3\n}\n{\n "a": 2\n}\n'),
        ("excel_source", "t.xlsx", workbook({
            "Data": [["Orders of November"], [], ["id", "code", "day"],
                     [1, "01234", Styled(45000, DAY)], [2, 5, Styled(45001, DAY)]],
            "Other": [["x"], [1]],
        })),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value[:16] else "",
)  # fmt: skip
def test_pinning_what_was_found_out_changes_no_row(bench, type_id, name, data):
    """The account is of the very reading: written into the params, it reads the same."""
    bench.write(name, data)
    before = bench.read(type_id, path=name)
    told = list(pins(bench, type_id, path=name))
    assert len(told) > 2
    for params in told:
        after = bench.read(type_id, **params)
        assert (after.types, after.rows, after.rejected) == (
            before.types, before.rows, before.rejected,
        ), params  # fmt: skip


def test_json_tells_its_layout_and_why_keys_are_of_a_type(bench):
    bench.write(
        "a.jsonl",
        '{"n": 1, "m": 1.25, "t": "x", "d": "2026-01-02", "o": {"k": 1}, "z": null}\n'
        '{"n": "2", "m": null, "t": "y", "d": "2026-01-03T10:00", "o": null}\n',
    )
    found = facts(bench, "json_source", path="a.jsonl")
    assert found["layout"] == ("lines", "each line is a value of its own")
    assert found["columns.n"] == ("VARCHAR", "values are a number or text")
    assert found["columns.m"] == (
        "DECIMAL(18,2)", "every value is a number, with up to 2 digits after the point, some null",
    )  # fmt: skip
    assert found["columns.t"] == ("VARCHAR", "every value is text")
    assert found["columns.d"] == ("TIMESTAMP", "values are a date or a date with a time")
    assert found["columns.z"] == ("VARCHAR", "only null was seen")
    bench.write("o.json", '{"a": {\n"b": 1}}')
    assert facts(bench, "json_source", path="o.json")["layout"][0] == "objects"


def test_excel_tells_its_sheet_header_and_why_columns_are_of_a_type(bench):
    rows = [["Orders"], ["id", "code", "mixed"], [1, "01234", "x"], [2, 77, 5]]
    bench.write("t.xlsx", workbook({"Data": rows, "More": [["a"], [1]]}))
    found = facts(bench, "excel_source", path="t.xlsx")
    assert found["sheet"] == ("Data", "the first with cells of several")
    assert found["header_row"] == (2, "it is the first as wide as the table; 1 row is above it")
    assert found["columns.id"] == ("BIGINT", "2 number cells")
    assert found["columns.code"][0] == "VARCHAR"
    assert "codes such as 01234" in found["columns.code"][1]
    assert found["columns.mixed"] == ("VARCHAR", "1 text cell and 1 number cell")
    told = facts(bench, "excel_source", path="t.xlsx", sheet="Data", header_row=2)
    assert not {"sheet", "header_row"} & set(told)


def test_parquet_tells_its_partitions_and_where_types_come_from(bench):
    for country, table in (("DE", pa.table({"id": [1], "n": [1]})), ("GB", pa.table({"id": [2]}))):
        folder = bench.root / "lake" / f"country={country}"
        folder.mkdir(parents=True)
        pq.write_table(table, folder / "part.parquet")
    found = facts(bench, "parquet_source", path="lake")
    assert found["partitions"][1] == "folders name country"
    assert found["columns.id"] == ("BIGINT", "2 of 2 files have it, and all their values fit it")
    assert found["columns.n"][1].startswith("1 of 2 files")
    assert "2 values" in found["columns.country"][1]
    assert "partitions" not in facts(bench, "parquet_source", path="lake", partitions="ignore")


def raw(bench, type_id: str, lines: int = 50, **params):
    return bench.bind(type_id, **params).raw(bench.design, lines)


def test_raw_lines_of_csv_are_the_lines_of_the_file(bench):
    bench.write("o.csv", TITLED)
    found = raw(bench, "csv_source", path="o.csv")
    physical = TITLED.rstrip("\n").split("\n")
    assert [line.number for line in found.lines] == list(range(1, len(physical) + 1))
    assert [line.cells for line in found.lines] == [(text,) for text in physical]
    assert [line.part for line in found.lines] == [
        "above", "above", "header", "row", "row", "row", "on",
    ]  # fmt: skip
    assert found.whole
    assert found.lines[3].marks == (1, 7, 18)
    assert found.lines[5].marks == (1, 7, 18)  # The comma and line end in quotes are no marks.


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ('a,b\n"x,y",1\n"he said ""no, no""",2\n', [(1,), (5,), (20,)]),
        ("a,b\nzoë, née,1\n", [(1,), (3, 8)]),
        ('a,b\n"x\\",y",1\n"z",2\n', [(1,), (7,), (3,)]),
        ("a\tb\r\n1\t2\r\n", [(1,), (1,)]),
    ],
)
def test_marks_stand_where_the_reader_cuts(bench, text, marks):
    bench.write("m.csv", text)
    found = raw(bench, "csv_source", path="m.csv")
    assert [line.marks for line in found.lines] == marks
    assert not any(line.cells[0].endswith("\r") for line in found.lines)


def test_raw_lines_are_few_and_short(bench):
    bench.write("w.csv", "a,b\n" + "x" * 5_000 + ",1\n" + "y,2\n" * 500)
    found = raw(bench, "csv_source", lines=20, path="w.csv")
    assert len(found.lines) == 20
    assert not found.whole
    assert found.lines[1].cut
    assert len(found.lines[1].cells[0]) == 1_000
    assert not found.lines[2].cut


def test_a_record_that_never_ends_is_shown_too(bench):
    bench.write("open.csv", 'a,b\n1,2\n3,"never closed\n4,5\n')
    found = raw(bench, "csv_source", path="open.csv")
    assert [line.cells[0] for line in found.lines] == ["a,b", "1,2", '3,"never closed', "4,5"]


def test_raw_lines_of_json_and_cells_of_excel(bench):
    bench.write("a.json", '[\n {"a": 1},\n {"a": 2}\n]\n')
    found = raw(bench, "json_source", path="a.json")
    assert [(line.number, line.cells[0]) for line in found.lines][:2] == [
        (1, "["),
        (2, ' {"a": 1},'),
    ]
    rows = [["Orders"], [], ["id", "day"], [1, Styled(45000, DAY)]]
    bench.write("t.xlsx", workbook({"Data": rows}))
    sheet = raw(bench, "excel_source", path="t.xlsx")
    assert sheet.columns == ("A", "B")
    assert [(line.number, line.cells, line.part) for line in sheet.lines] == [
        (1, ("Orders", ""), "above"),
        (3, ("id", "day"), "header"),
        (4, ("1", "2023-03-15"), "row"),
    ]


@pytest.mark.parametrize("type_id", ["csv_source", "json_source", "excel_source"])
def test_raw_lines_of_what_cannot_be_read_say_why(bench, type_id):
    with pytest.raises(SummitError) as missing:
        raw(bench, type_id, path="no-such-file")
    assert missing.value.code == "file_missing"
    with pytest.raises(SummitError) as outside:
        raw(bench, type_id, path="../outside.csv")
    assert outside.value.code == "outside_workspace"
