"""JSON lines: every line is strict JSON, and every value comes back."""

import json
from decimal import Decimal
from typing import Any

import pytest

from summit_studio.core.errors import WriteFailed
from tests.unit.nodes.sinks.conftest import EVERY_TYPE, Bench


def lines(bench: Bench, path: str = "t.jsonl") -> list[dict[str, Any]]:
    def refuse(word: str):
        raise AssertionError(f"{word} is no JSON")

    text = (bench.root / path).read_bytes().decode("utf-8")
    assert text == "" or text.endswith("\n")
    return [
        json.loads(line, parse_float=Decimal, parse_constant=refuse)
        for line in text.split("\n")[:-1]
    ]


def test_every_type_comes_back(bench: Bench):
    bench.write("jsonl_sink", EVERY_TYPE, path="t.jsonl", batch_rows=2)
    first, null, last = lines(bench)
    assert first == {
        "ok": True, "i8": -128, "i16": -(2**15), "i32": -(2**31), "i64": -(2**63),
        "u64": 2**64 - 1, "f32": Decimal("0.1"), "f64": Decimal("0.1"),
        "money": Decimal("1234567890123456.78"),
        "huge": Decimal("99999999999999999999999999999999999.999"), "small": Decimal("-0.5"),
        "te xt": 'Zoë "Z", 漢字 🙂', "d": "1904-02-29", "t": "23:59:59.999999",
        "ts": "1950-01-01T01:02:03.000001", "tz": "1949-12-31T23:02:03.5+00:00", "raw": "00ff",
    }  # fmt: skip
    assert set(null.values()) == {None}
    assert last["te xt"] == "" == last["raw"]
    assert last["f64"] == Decimal("1e300")
    assert "漢字 🙂" in (bench.root / "t.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["row", "batch", "line", "a b", 'say "hi"', "ключ", "a'b"])
def test_any_column_name_is_a_key(bench: Bench, name: str):
    quoted = name.replace('"', '""')
    bench.write("jsonl_sink", f"SELECT 'v' AS \"{quoted}\", 1 AS n", path="t.jsonl")
    assert lines(bench) == [{name: "v", "n": 1}]


def test_nested_values_stay_nested(bench: Bench):
    sql = """
    SELECT [1, NULL] AS l, {'a': 'x', 'b': [0.5::DECIMAL(4,4)]} AS s, MAP {'k': 1.5::DOUBLE} AS m,
      NULL::INTEGER[] AS n, [{'d': DATE '1969-12-31'}] AS ls
    """
    bench.write("jsonl_sink", sql, path="t.jsonl")
    assert lines(bench) == [
        {
            "l": [1, None],
            "s": {"a": "x", "b": [Decimal("0.5")]},
            "m": {"k": Decimal("1.5")},
            "n": None,
            "ls": [{"d": "1969-12-31"}],
        }
    ]


def test_control_characters_keep_one_row_a_line(bench: Bench):
    sql = "SELECT chr(10) || chr(13) || chr(0) || chr(8232) || '\\' || '\"' AS v, 1 AS n"
    bench.write("jsonl_sink", sql, path="t.jsonl")
    assert lines(bench) == [{"v": '\n\r\0\u2028\\"', "n": 1}]


ODD = "SELECT * FROM (VALUES ('nan'::DOUBLE, 'inf'::FLOAT), (1, 2), (NULL, '-inf')) t(a, b)"


@pytest.mark.parametrize("params", [{}, {"non_finite": "text"}])
def test_not_a_number_is_a_text_and_said(
    bench: Bench, caplog: pytest.LogCaptureFixture, params: dict[str, Any]
):
    done = bench.write("jsonl_sink", ODD, path="t.jsonl", batch_rows=2, **params)
    assert done.counts["not_finite"] == 3
    assert lines(bench) == [
        {"a": "NaN", "b": "Infinity"}, {"a": Decimal(1), "b": Decimal(2)},
        {"a": None, "b": "-Infinity"},
    ]  # fmt: skip
    assert ["3 values" in message for message in caplog.messages] == [True] * (not params)


def test_not_a_number_is_null_and_counted(bench: Bench):
    done = bench.write("jsonl_sink", ODD, path="t.jsonl", batch_rows=2, non_finite="null")
    assert done.counts["not_finite"] == 3
    assert lines(bench) == [
        {"a": None, "b": None}, {"a": Decimal(1), "b": Decimal(2)}, {"a": None, "b": None}
    ]  # fmt: skip


@pytest.mark.parametrize("sink", ["jsonl_sink", "csv_sink"])
@pytest.mark.parametrize("value", ["'nan'::DOUBLE", "'-inf'::FLOAT", "['inf'::DOUBLE]"])
def test_not_a_number_fails_where_told(bench: Bench, sink: str, value: str):
    schema, table = bench.rows(f"SELECT 1.5::DOUBLE AS u, {value} AS v")
    writer = bench.open(bench.bind(sink, path="t.txt", non_finite="reject"), schema)
    with pytest.raises(WriteFailed) as caught:
        writer.write(table)
    assert (caught.value.code, caught.value.where.column) == ("value_unwritable", "v")
    writer.abort()
    assert bench.files() == []


@pytest.mark.parametrize(
    "value", ["['nan'::DOUBLE]", "{'x': ['inf'::FLOAT]}", "MAP {'k': 'nan'::DOUBLE}"]
)
def test_nested_not_a_number_is_a_text_or_null(bench: Bench, value: str):
    bench.write("jsonl_sink", f"SELECT {value} AS v", path="t.jsonl", non_finite="text")
    (line,) = lines(bench)
    assert any(f'"{word}"' in json.dumps(line) for word in ("NaN", "Infinity"))
    bench.write("jsonl_sink", f"SELECT {value} AS v", path="t.jsonl", non_finite="null")
    (line,) = lines(bench)
    assert "null" in json.dumps(line)


def test_no_rows_make_an_empty_file(bench: Bench):
    bench.write("jsonl_sink", "SELECT 1 AS a WHERE false", path="t.jsonl")
    assert lines(bench) == []


def test_many_batches_keep_their_order(bench: Bench):
    bench.write(
        "jsonl_sink", "SELECT i FROM range(50000) t(i)", path="t.jsonl.gz", batch_rows=20_000
    )
    read = bench.con.sql(f"SELECT i FROM '{(bench.root / 't.jsonl.gz').as_posix()}'").fetchall()
    assert read == [(i,) for i in range(50_000)]
