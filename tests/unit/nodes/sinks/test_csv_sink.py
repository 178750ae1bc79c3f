"""CSV files: every value comes back, null and '' stay apart."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from summit_studio.core.errors import InvalidParams
from tests.unit.nodes.sinks.conftest import EVERY_TYPE, Bench, rows_of

TRICKY = """
SELECT * FROM (VALUES (1, 'plain'), (2, ''), (3, NULL), (4, 'a,b'), (5, 'say "hi"'),
  (6, 'two' || chr(10) || 'lines'), (7, 'cr' || chr(13)), (8, ' blank '), (9, 'NULL'),
  (10, 'a;b'), (11, 'é 漢 🙂'), (12, '"')) t(id, v)
"""


def read_back(bench: Bench, path: str, types: str) -> list[tuple]:
    target = (bench.root / path).as_posix()
    return fetched(
        bench,
        f"SELECT * FROM read_csv('{target}', columns={types}, header=true, auto_detect=false,"
        " delim=',', quote='\"', escape='\"', allow_quoted_nulls=false)",
    )


def fetched(bench: Bench, sql: str) -> list[tuple]:
    return rows_of(bench.con.sql(sql).to_arrow_table())


@pytest.mark.parametrize("quoting", ["needed", "all_valid"])
def test_tricky_texts_come_back(bench: Bench, quoting: str):
    bench.write("csv_sink", TRICKY, path="t.csv", quoting=quoting, batch_rows=5)
    types = "{'id': 'INTEGER', 'v': 'VARCHAR'}"
    assert read_back(bench, "t.csv", types) == bench.con.sql(TRICKY).fetchall()


@pytest.mark.parametrize("quoting", ["needed", "all_valid"])
def test_every_type_comes_back(bench: Bench, quoting: str):
    bench.write("csv_sink", EVERY_TYPE, path="t.csv", quoting=quoting)
    schema, _ = bench.rows(EVERY_TYPE)
    pairs = [(c.name, "VARCHAR" if c.type == "BLOB" else c.type) for c in schema]
    types = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in pairs) + "}"
    expected = fetched(bench, f"SELECT * REPLACE (lower(hex(raw)) AS raw) FROM ({EVERY_TYPE})")
    assert read_back(bench, "t.csv", types) == expected


def test_another_reader_agrees(bench: Bench):
    bench.write("csv_sink", TRICKY, path="t.csv", null_text="NULL")
    text = (bench.root / "t.csv").read_bytes().decode()
    got = [row[1] for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
    assert got == [v if v is not None else "NULL" for _, v in bench.con.sql(TRICKY).fetchall()]
    assert "\n3,NULL\n" in text
    assert '\n9,"NULL"\n' in text


def test_a_number_that_reads_as_null_is_quoted(bench: Bench):
    bench.write("csv_sink", "SELECT * FROM (VALUES (0), (NULL)) t(n)", path="t.csv", null_text="0")
    assert (bench.root / "t.csv").read_text() == 'n\n"0"\n0\n'


def test_values_that_arrow_cannot_print(bench: Bench):
    sql = (
        "SELECT 'infinity'::TIMESTAMP a, '-infinity'::DATE b, INTERVAL 3 MONTH c, 'nan'::DOUBLE d,"
        " '-inf'::FLOAT e, 0.0000001::DECIMAL(38,12) f, [1, NULL] g, {'x': 0.5::DECIMAL(4,2)} h"
    )
    bench.write("csv_sink", sql, path="t.csv", header=False)
    text = (bench.root / "t.csv").read_text()
    assert text == (
        'infinity,-infinity,3 months,nan,-inf,0.000000100000,"[1,null]","{""x"":0.50}"\n'
    )


def test_not_a_number_is_null_where_told(bench: Bench, caplog: pytest.LogCaptureFixture):
    sql = "SELECT * FROM (VALUES ('nan'::DOUBLE, 'inf'::FLOAT), (1, 2)) t(a, b)"
    done = bench.write("csv_sink", sql, path="t.csv", non_finite="null", null_text="-")
    assert done.counts["not_finite"] == 2
    assert (bench.root / "t.csv").read_text() == "a,b\n-,-\n1.0,2.0\n"
    assert caplog.messages == []
    bench.write("csv_sink", sql, path="t.csv")
    assert (bench.root / "t.csv").read_text() == "a,b\nnan,inf\n1.0,2.0\n"
    assert "2 values" in caplog.text


def test_zones_are_iso_with_offset(bench: Bench):
    bench.write("csv_sink", "SELECT TIMESTAMPTZ '1950-06-01 10:00:00.25+02:00' t", path="t.csv")
    assert (bench.root / "t.csv").read_text() == "t\n1950-06-01 08:00:00.25+00:00\n"


def test_no_rows_still_have_a_header(bench: Bench):
    done = bench.write("csv_sink", 'SELECT 1 AS a, 2 AS "b,c" WHERE false', path="t.csv")
    assert done.rows == 0
    assert (bench.root / "t.csv").read_text() == 'a,"b,c"\n'


def test_line_ends_and_header(bench: Bench):
    bench.write(
        "csv_sink", "SELECT 1 AS a, 'x' AS b", path="t.csv", line_ending="crlf", delimiter="\\t"
    )
    assert (bench.root / "t.csv").read_bytes() == b"a\tb\r\n1\tx\r\n"
    bench.write("csv_sink", "SELECT 1 AS a", path="t.csv", header=False)
    assert (bench.root / "t.csv").read_bytes() == b"1\n"


@pytest.mark.parametrize("name", ['say "hi"', " blank", "a\nb", "a,b"])
def test_names_are_quoted_where_needed(bench: Bench, name: str):
    quoted = name.replace('"', '""')
    bench.write("csv_sink", f'SELECT 1 AS "{quoted}"', path="t.csv")
    with (bench.root / "t.csv").open(newline="") as file:
        assert next(csv.reader(file)) == [name]


@pytest.mark.parametrize(
    ("path", "compression"), [("t.csv.gz", "auto"), ("t.csv", "gzip"), ("t.csv.zst", "auto")]
)
def test_compression(bench: Bench, path: str, compression: str):
    bench.write("csv_sink", TRICKY, path=path, compression=compression)
    data = (bench.root / path).read_bytes()
    plain = _unpacked(bench.root / path) if path.endswith("zst") else gzip.decompress(data)
    bench.write("csv_sink", TRICKY, path="plain.csv")
    assert plain == (bench.root / "plain.csv").read_bytes()
    assert plain != data


def _unpacked(path: Path) -> bytes:
    import pyarrow as pa

    with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
        return stream.read()


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n", "5", "-", "x", " "])
def test_unfit_delimiters_are_problems_and_write_nothing(bench: Bench, delimiter: str):
    node = bench.bind("csv_sink", path="t.csv", delimiter=delimiter)
    (problem,) = bench.problems(node)
    assert (problem.code, problem.where.param) == ("delimiter_invalid", "delimiter")
    assert problem.fixes
    with pytest.raises(InvalidParams):
        bench.open(node, bench.rows("SELECT 1 AS a")[0])
    assert bench.files() == []


@pytest.mark.parametrize("null_text", ['"', ",", "a\nb", " "])
def test_unfit_null_texts_are_problems(bench: Bench, null_text: str):
    node = bench.bind("csv_sink", path="t.csv", null_text=null_text)
    assert [p.code for p in bench.problems(node)] == ["null_text_invalid"]


def test_summary(bench: Bench):
    assert bench.bind("csv_sink", path="out/a.csv.gz").summary() == "out/a.csv.gz · gzip"
    assert bench.bind("csv_sink", path="out/a.csv").summary() == "out/a.csv"
