"""JSON files: types, layouts, compression, and every way in which a record can be wrong."""

import dataclasses
import datetime as dt
import gzip
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, InvalidParams, ReadFailed
from summit_studio.core.problems import Severity
from summit_studio.nodes.sources import json_source

GOOD = ('{"id": 1, "name": "Ada"}', '{"id": 2, "name": "Grace"}')

MALFORMED = [
    "{",
    "}",
    "{}}",
    '{"id": 3',
    '{"id": 3,}',
    '{"id": 3, "name": "x", }',
    '{"id": [1, 2,], "name": "x"}',
    '{"id" 3}',
    '{"id": }',
    "{id: 3}",
    "{'id': 3}",
    '{"id": 03}',
    '{"id": .5}',
    '{"id": 5.}',
    '{"id": +5}',
    '{"id": 0x1F}',
    '{"id": NaN}',
    '{"id": -Infinity}',
    '{"id": nan}',
    '{"id": True}',
    '{"id": None}',
    '{"id": tru}',
    '{"id": 3} {"id": 4}',
    '{"id": 3},',
    '{"id": 3} // note',
    '/* note */ {"id": 3}',
    '{"name": "no end}',
    '{"name": "bad \\x escape"}',
    '{"name": "half \\u12 escape"}',
    '{"name": "half a pair \\ud800"}',
    '{"name": "tab\there"}',
    '{"name": "bell\ahere"}',
    "[1, 2]",
    '"text"',
    "12",
    "null",
    "true",
    "plain words",
    "id,name",
    "<row/>",
]

MISFITS = [
    ('{"id": "three"}', "id", '"three" cannot be read as whole number (BIGINT).'),
    ('{"id": 3.5}', "id", "3.5 cannot be read as whole number (BIGINT)."),
    ('{"id": 1e-3}', "id", "1e-3 cannot be read as whole number (BIGINT)."),
    ('{"id": true}', "id", "true cannot be read as whole number (BIGINT)."),
    ('{"id": 9223372036854775808}', "id", "9223372036854775808 cannot be read as"),
    ('{"id": [3]}', "id", "[3] cannot be read as whole number (BIGINT)."),
    ('{"id": {"a": 3}}', "id", '{"a": 3} cannot be read as'),
    ('{"id": ""}', "id", '"" cannot be read as'),
    ('{"price": "12,50"}', "price", '"12,50" cannot be read as decimal (DECIMAL(18,1)).'),
    ('{"price": "NaN"}', "price", '"NaN" cannot be read as decimal (DECIMAL(18,1)).'),
    ('{"price": 1e400}', "price", "1e400 cannot be read as decimal (DECIMAL(18,1))."),
    ('{"ok": "perhaps"}', "ok", '"perhaps" cannot be read as true/false (BOOLEAN).'),
    ('{"day": "2024-02-30"}', "day", '"2024-02-30" cannot be read as date (DATE).'),
    ('{"day": 20240230}', "day", "20240230 cannot be read as date (DATE)."),
    ('{"at": "25:00"}', "at", '"25:00" cannot be read as date and time (TIMESTAMP).'),
    ('{"tags": "x"}', "tags", '"x" cannot be read as list (BIGINT[]).'),
    ('{"tags": [1, "x"]}', "tags", '[1, "x"] cannot be read as list (BIGINT[]).'),
    ('{"tags": {"a": 1}}', "tags", '{"a": 1} cannot be read as list'),
    ('{"who": {"name": "x", "age": "old"}}', "who", "cannot be read as struct"),
    ('{"who": ["x", 3]}', "who", "cannot be read as struct"),
    ('{"who": 3}', "who", "3 cannot be read as struct"),
    ('{"who": [{}, 3]}', "who", "cannot be read as struct"),
]

TYPED = {
    "id": 1, "price": 1.5, "ok": True, "day": "2024-01-02", "at": "2024-01-02T03:04:05",
    "tags": [1, 2], "who": {"name": "Ada", "age": 36},
}  # fmt: skip


def lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts)


def test_types(bench):
    rows: dict[str, tuple[list[Any], str, list[Any]]] = {
        "yes": ([True, None], "BOOLEAN", [True, None]),
        "whole": ([1, -(2**63)], "BIGINT", [1, -(2**63)]),
        "huge": ([1, 2**70], "DECIMAL(38,0)", [Decimal(1), Decimal(2**70)]),
        "mixed number": ([1, 0.5], "DECIMAL(18,1)", [Decimal(1), Decimal("0.5")]),
        "text": (['ä\n"', ""], "VARCHAR", ['ä\n"', ""]),
        "word or number": (["a", 12], "VARCHAR", ["a", "12"]),
        "day": (["2024-02-29", None], "DATE", [dt.date(2024, 2, 29), None]),
        "moment": (["2024-01-02 03:04", "2024-01-02T03:04:05.25"], "TIMESTAMP",
                   [dt.datetime(2024, 1, 2, 3, 4), dt.datetime(2024, 1, 2, 3, 4, 5, 250000)]),
        "zoned": (["2024-01-02T03:04:05Z", "2024-01-02T03:04:05+02:00"],
                  "TIMESTAMP WITH TIME ZONE",
                  [dt.datetime(2024, 1, 2, h, 4, 5, tzinfo=dt.UTC) for h in (3, 1)]),
        "no day": (["2024-02-30", "2024-01-01"], "VARCHAR", ["2024-02-30", "2024-01-01"]),
        "list": ([[1, None], []], "BIGINT[]", [[1, None], []]),
        "deep": ([[{"a": [0.5]}], None], 'STRUCT("a" DECIMAL(18,1)[])[]',
                 [[{"a": [Decimal("0.5")]}], None]),
        "struct": ([{"a": 1}, {"b": "x"}], 'STRUCT("a" BIGINT, "b" VARCHAR)',
                   [{"a": 1, "b": None}, {"a": None, "b": "x"}]),
        "any": ([{"a": 1}, 3], "VARCHAR", ['{"a":1}', "3"]),
        "none": ([None, None], "VARCHAR", [None, None]),
        "quo'\"ted": ([1, 2], "BIGINT", [1, 2]),
        "dot.ted$": ([1, None], "BIGINT", [1, None]),
    }  # fmt: skip
    objects = [{key: values[i] for key, (values, _, _) in rows.items()} for i in (0, 1)]
    for text in (lines(*map(json.dumps, objects)), json.dumps(objects, indent=2)):
        bench.write("t.json", text)
        found = bench.read("json_source", path="t.json")
        assert found.rejected == []
        assert found.types == {key: kind for key, (_, kind, _) in rows.items()}
        assert found.rows == [tuple(v[i] for *_, v in rows.values()) for i in (0, 1)]


def test_nested_as_text(bench):
    bench.write("t.json", lines('{"a": [1, {"b": "x"}], "c": {"d": null}}'))
    found = bench.read("json_source", path="t.json", nested="text")
    assert found.types == {"a": "VARCHAR", "c": "VARCHAR"}
    assert found.rows == [('[1,{"b":"x"}]', '{"d":null}')]


@pytest.mark.parametrize("text", MALFORMED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_malformed_lines(bench, text: str, end: str):
    content = end.join([GOOD[0], "", text, GOOD[1], text])
    bench.write("data/t.jsonl", content)
    found = bench.read("json_source", path="data/t.jsonl")
    assert found.rows == [(1, "Ada"), (2, "Grace")]
    assert [row[:5] for row in found.rejected] == [
        ("data/t.jsonl", 3, text, "malformed", None),
        ("data/t.jsonl", 5, text, "malformed", None),
    ]
    assert all(row[5].startswith("Not JSON: ") for row in found.rejected)


def test_values_that_do_not_fit(bench):
    good = json.dumps(TYPED)
    bench.write("t.jsonl", lines(*[good] * 12_000, *(text for text, *_ in MISFITS), good))
    found = bench.read("json_source", path="t.jsonl")
    assert len(found.rows) == 12_001
    for number, (text, column, reason) in enumerate(MISFITS, start=12_001):
        file, line, raw, code, where, why, source = found.rejected[number - 12_001]
        assert (file, line, raw) == ("t.jsonl", number, text)
        assert source == f"t.jsonl, line {number}"
        assert (code, where) == ("cast_failed", column)
        assert reason in why
    assert len(found.rejected) == len(MISFITS)


def test_values_that_fit_although_written_otherwise(bench):
    columns = [("a", "BIGINT"), ("b", "DOUBLE"), ("c", "DECIMAL(6,2)"), ("d", "VARCHAR")]
    declared = [{"name": name, "type": kind} for name, kind in columns]
    bench.write("t.jsonl", lines('{"a": "12", "b": "1.5", "c": "7.25", "d": 5}',
                                 '{"a": 12.0, "b": 3, "c": 7, "d": true}'))  # fmt: skip
    found = bench.read("json_source", path="t.jsonl", columns=declared)
    assert found.rows == [
        (12, 1.5, Decimal("7.25"), "5"),
        (12, 3.0, Decimal("7.00"), "true"),
    ]
    bench.write("t.jsonl", lines('{"c": 7.255}', '{"c": 12345.6}'))
    assert len(bench.read("json_source", path="t.jsonl", columns=declared).rejected) == 2


def test_declared_types_are_cast_as_declared(bench):
    good = "b3b5f1c4-0d7a-4b1e-9f58-0d8f4f0d3c11"
    bench.write("t.jsonl", lines(f'{{"id": "{good}"}}', '{"id": "no uuid"}'))
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "id", "type": "UUID"}])
    assert found.types == {"id": "VARCHAR"}
    assert found.rows == [(good,)]
    assert found.rejected[0][1:5] == (2, '{"id": "no uuid"}', "cast_failed", "id")


def test_naive_times_are_utc_wherever_the_machine_stands(bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "America/New_York")
    declared = [{"name": "at", "type": "TIMESTAMP WITH TIME ZONE"}]
    bench.write("t.jsonl", lines('{"at": "2024-01-02T03:04:05"}'))
    ((found,),) = bench.read("json_source", path="t.jsonl", columns=declared).rows
    assert found == dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def test_columns_chosen(bench):
    bench.write("t.jsonl", lines('{"a": 1, "b": "x", "ID": 3}', '{"id": 4}'))
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "id"}, {"name": "late"}])
    assert found.types == {"id": "BIGINT", "late": "VARCHAR"}
    assert found.rows == [(None, None), (4, None)]


LATE = lines(*[GOOD[0]] * 50_000, '{"id": 2, "surprise": {"a": [1]}}', '{"surprise": {"b": 0.5}}')
"""More than is looked at value by value, and then a key that was not there."""


def test_a_late_key_is_a_column(bench):
    bench.write("t.jsonl", LATE)
    found = bench.read("json_source", path="t.jsonl")
    assert found.types["surprise"] == 'STRUCT("a" BIGINT[], "b" DECIMAL(18,1))'
    assert found.rejected == []
    assert found.rows[-2:] == [
        (2, None, {"a": [1], "b": None}), (None, None, {"a": None, "b": 0.5}),
    ]  # fmt: skip
    assert found.rows[:-2] == [(1, "Ada", None)] * 50_000


@pytest.mark.parametrize("layout", ["lines", "array", "objects"])
def test_a_late_key_inside_of_a_late_file(bench, layout: str):
    first = [{"who": {"name": "Ada", "tags": [{"t": 1}]}}] * 40_000
    late = [*first, {"who": {"name": "Grace", "tags": [{"t": 2, "u": "x"}], "": 1}}]
    for number, rows in enumerate([*[first[:3]] * 6, late]):
        texts = [json.dumps(row) for row in rows]
        text = "[" + ",".join(texts) + "]" if layout == "array" else "\n".join(texts)
        bench.write(f"in/{number}.json", text)
    found = bench.read("json_source", path="in", layout=layout)
    assert found.types == {"who": "VARCHAR"}  # An empty key can name no field.
    assert found.rows[-1] == ('{"name":"Grace","tags":[{"t":2,"u":"x"}],"":1}',)
    assert found.rejected == []


def test_a_key_that_comes_too_late_is_rejected(bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_source, "_WHOLE_BYTES", 1 << 20)
    bench.write("t.jsonl", LATE)
    found = bench.read("json_source", path="t.jsonl")
    assert len(found.rows) == 50_000
    assert [(row[1], row[3], row[4]) for row in found.rejected] == [
        (50_001, "unknown_key", "surprise"), (50_002, "unknown_key", "surprise"),
    ]  # fmt: skip
    said = [p.code for p in bench.bind("json_source", path="t.jsonl").check({}, bench.design)]
    assert said == ["keys_from_sample"]
    told = bench.bind("json_source", path="t.jsonl", on_new_column="reject")
    assert list(told.check({}, bench.design)) == []


def test_a_key_too_late_inside(bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_source, "_WHOLE_BYTES", 1 << 20)
    rows = ['{"who": {"in": [{"a": 1}]}}'] * 50_000
    bench.write("t.jsonl", lines(*rows, '{"who": {"in": [{"a": 1}, {"b": 2}]}}'))
    found = bench.read("json_source", path="t.jsonl")
    assert len(found.rows) == 50_000
    assert [row[3:] for row in found.rejected] == [
        ("unknown_key", "who.in.b", "The key 'who.in.b' is in none of the columns.",
         "t.jsonl, line 50001"),
    ]  # fmt: skip
    assert len(bench.read("json_source", path="t.jsonl", on_new_column="ignore").rows) == 50_001


def test_new_columns_ignored_or_rejected_or_fatal(bench):
    bench.write("t.jsonl", LATE)
    assert len(bench.read("json_source", path="t.jsonl", on_new_column="ignore").rows) == 50_002
    closed = bench.read("json_source", path="t.jsonl", on_new_column="reject")
    assert len(closed.rows) == 50_000
    assert closed.rejected[0] == (
        "t.jsonl", 50_001, '{"id": 2, "surprise": {"a": [1]}}', "unknown_key", "surprise",
        "The key 'surprise' is none of the columns.", "t.jsonl, line 50001",
    )  # fmt: skip
    with pytest.raises(ReadFailed) as caught:
        bench.read("json_source", path="t.jsonl", on_new_column="fail")
    assert caught.value.code == "unknown_key"
    assert (caught.value.where.line, caught.value.where.column) == (50_001, "surprise")


def test_what_a_person_leaves_out_is_no_unknown_key(bench):
    bench.write("t.jsonl", lines('{"id": 1, "who": {"a": 1, "b": 2}, "x": 0}'))
    named: dict[str, Any] = {
        "columns": [{"name": "id"}, {"name": "who", "type": "STRUCT(a INTEGER)"}]
    }
    found = bench.read("json_source", path="t.jsonl", **named)
    assert found.rows == [(1, {"a": 1})]
    closed = bench.read("json_source", path="t.jsonl", **named, on_new_column="reject")
    assert [row[3:5] for row in closed.rejected] == [("unknown_key", "x")]


def test_the_look_at_a_whole_file_can_be_cancelled(bench):
    bench.write("t.jsonl", LATE)
    cancel = CancelToken()
    cancel.cancel()
    node = bench.bind("json_source", path="t.jsonl")
    with pytest.raises(Cancelled):
        node.infer({}, dataclasses.replace(bench.design, cancel=cancel))


NUMBERS: list[tuple[list[str], str, list[Any]]] = [
    (["9007199254740993", "0.5"], "DECIMAL(18,1)", ["9007199254740993.0", "0.5"]),
    (["12.50", "3"], "DECIMAL(18,2)", ["12.50", "3.00"]),
    (["0.000001", "123456789012345678.5"], "DECIMAL(38,6)",
     ["0.000001", "123456789012345678.500000"]),
    (["0.1234567", "2"], "DOUBLE", [0.1234567, 2.0]),
    (["0.30000000000000004", "1e-9"], "DOUBLE", [0.30000000000000004, 1e-9]),
    (["0.1234567", "9007199254740993"], "DECIMAL(38,7)",
     ["0.1234567", "9007199254740993.0000000"]),
    (["1.00000000000000000001", "5"], "DECIMAL(38,20)",
     ["1.00000000000000000001", "5.00000000000000000000"]),
    (["1e400", "1"], "VARCHAR", ["1e400", "1"]),
    (["1234567890123456789012345678901234567890.5", "1"], "VARCHAR",
     ["1234567890123456789012345678901234567890.5", "1"]),
    (["9" * 39, "1"], "VARCHAR", ["9" * 39, "1"]),
    (["9" * 38, "-1"], "DECIMAL(38,0)", ["9" * 38, "-1"]),
    (['"x"', "1.50"], "VARCHAR", ["x", "1.50"]),
    (['"x"', "1e5"], "VARCHAR", ["x", "1e5"]),
    (['"x"', "12345678901234567.125"], "VARCHAR", ["x", "12345678901234567.125"]),
    (['"x"', '{"a": [1.10, 12345678901234567.125]}'], "VARCHAR",
     ["x", '{"a":[1.10,12345678901234567.125]}']),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "kind", "values"), NUMBERS)
def test_numbers_keep_every_digit(bench, texts: list[str], kind: str, values: list[Any]):
    bench.write("t.jsonl", lines(*(f'{{"v": {text}}}' for text in texts)))
    found = bench.read("json_source", path="t.jsonl")
    assert (found.types, found.rejected) == ({"v": kind}, [])
    exact = [Decimal(v) if kind.startswith("DECIMAL") else v for v in values]
    assert [row[0] for row in found.rows] == exact


@pytest.mark.parametrize(("texts", "kind", "values"), NUMBERS)
def test_numbers_inside_of_lists_and_objects_keep_every_digit(
    bench, texts: list[str], kind: str, values: list[Any]
):
    """What a number is does not depend on where it stands."""
    row = '{{"v": {{"a": {0}, "l": [{0}, null], "d": [{{"e": {0}}}]}}}}'
    bench.write("t.jsonl", lines(*map(row.format, texts)))
    found = bench.read("json_source", path="t.jsonl")
    inside = f'STRUCT("a" {kind}, "l" {kind}[], "d" STRUCT("e" {kind})[])'
    assert (found.types, found.rejected) == ({"v": inside}, [])
    exact = [Decimal(v) if kind.startswith("DECIMAL") else v for v in values]
    assert [row[0] for row in found.rows] == [
        {"a": v, "l": [v, None], "d": [{"e": v}]} for v in exact
    ]


def test_amounts_inside_of_lists_add_up(bench):
    rows = [{"items": [{"price": i / 100} for i in range(n, n + 3)]} for n in range(5000)]
    bench.write("t.jsonl", lines(*map(json.dumps, rows)))
    found = bench.read("json_source", path="t.jsonl")
    total = sum(item["price"] for (items,) in found.rows for item in items)
    assert total == Decimal(sum(range(5000)) * 3 + 5000 * 3) / 100


@pytest.mark.parametrize(
    "late",
    ["0.125", "12345.5", "9876543210987.654", "98765432109876.25", "987654321098765.43",
     "987654321098765.3", "0.12345678901234567", "12345678901234567.89"],
)  # fmt: skip
def test_digits_far_below_are_seen_inside_of_lists_and_objects(bench, late: str):
    first = '{"v": {"a": 0.5, "l": [{"b": 0.5}]}, "t": "' + "x" * 80 + '"}'
    rows = [first] * 20_000
    rows[11_000] = f'{{"v": {{"a": {late}, "l": [{{"b": 0.5}}]}}}}'
    rows[13_000] = f'{{"v": {{"a": 0.5, "l": [{{"b": 0.5}}, {{"b": {late}}}]}}}}'
    bench.write("t.jsonl", lines(*rows))
    found = bench.read("json_source", path="t.jsonl")
    assert found.rejected == []
    value, half = Decimal(late), Decimal("0.5")
    assert found.rows[11_000][0] == {"a": value, "l": [{"b": half}]}
    assert found.rows[13_000][0] == {"a": half, "l": [{"b": half}, {"b": value}]}


@pytest.mark.parametrize("number", ["0.125", "1e20", "12345678901234567.5", "1234567.5", "1e-3"])
@pytest.mark.parametrize(
    "kind", ["STRUCT(a DECIMAL(8,2))", "DECIMAL(8,2)[]", "MAP(VARCHAR, DECIMAL(8,2))"]
)
def test_a_number_that_a_told_decimal_inside_would_change_is_rejected(
    bench, kind: str, number: str
):
    value = "[{}]" if kind.endswith("]") else '{{"a": {}}}'
    good = ["0.12", "123456.78", "0", "-1.5e2", "1.10", "0.000"]
    rows = [f'{{"v": {value.format(n)}}}' for n in [*good, number]]
    bench.write("t.jsonl", lines(*rows))
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "v", "type": kind}])
    inner = [dict(v)["a"] if "a" in kind or "MAP" in kind else v[0] for (v,) in found.rows]
    assert inner == list(map(Decimal, good))
    assert [row[1:5] for row in found.rejected] == [(7, rows[-1], "cast_failed", "v")]


@pytest.mark.parametrize(
    ("first", "late"),
    [
        ("0.5", "123456789012345678.25"),
        ("1.25", "1.123456789012345678901"),
        ("0.1234567", "9007199254740993"),
        ("0.1234567", "0.12345678901234567890123"),
        ("1", "1.00000000000000000001"),
        ("1", "0.5"),
        ("[0.5]", "[0.12345678901234567890123]"),
        ('{"a": 0.5}', '{"a": 12345678901234567.125}'),
        ('"2024-01-02"', '"2024-01-02T03:04:05"'),
    ],
)
def test_a_value_that_would_be_changed_is_rejected(bench, first: str, late: str):
    bench.write(
        "t.jsonl", lines(*[f'{{"v": {first}, "t": "{"x" * 80}"}}'] * 20_000, f'{{"v": {late}}}')
    )
    found = bench.read("json_source", path="t.jsonl", on_new_column="reject")
    assert len(found.rows) == 20_000
    assert [row[1:5] for row in found.rejected] == [
        (20_001, f'{{"v": {late}}}', "cast_failed", "v")
    ]  # fmt: skip
    assert late in found.rejected[0][5]


def test_digits_that_come_late_widen_a_decimal(bench):
    first = [f'{{"v": 1.50, "t": "{"x" * 80}"}}'] * 20_000
    late = ('{"v": 0.125}', '{"v": 1234567890123456.75}', '{"v": "x"}', '{"v": 1e400}')
    bench.write("t.jsonl", lines(*first, *late))
    found = bench.read("json_source", path="t.jsonl")
    assert found.types["v"] == "DECIMAL(38,3)"
    assert [row[0] for row in found.rows[-2:]] == [Decimal("0.125"), Decimal("1234567890123456.75")]
    assert [row[2] for row in found.rejected] == ['{"v": "x"}', '{"v": 1e400}']


def test_decimals_inside_are_not_rounded(bench):
    bench.write("t.jsonl", lines('{"v": [1.25]}', '{"v": [1.125]}', '{"v": [1.250]}'))
    declared = [{"name": "v", "type": "DECIMAL(10,2)[]"}]
    found = bench.read("json_source", path="t.jsonl", columns=declared)
    assert found.rows == [([Decimal("1.25")],), ([Decimal("1.25")],)]
    assert [row[1] for row in found.rejected] == [2]


def test_odd_keys(bench):
    keys = [
        "",
        " ",
        "a\u0001b",
        "a\u200bb",
        "id",
        "Id",
        "ID",
        "Id_2",
        "(empty)",
        "\\u0041;",
        "a/b~c",
    ]
    row = dict(zip(keys, range(1, 12), strict=True))
    nested = {"in": {"": 1, "x": 1}, "on": [{"a\u0001": 2}]}
    bench.write("t.jsonl", lines(json.dumps(row | nested)))
    found = bench.read("json_source", path="t.jsonl")
    assert found.rejected == []
    assert found.rows == [(*range(1, 12), '{"":1,"x":1}', ['{"a\\u0001":2}'])]
    names = list(found.types)
    assert names[4:7] == ["id", "Id_3", "ID_4"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(name.strip() and name.isprintable() for name in names)
    node = bench.bind("json_source", path="t.jsonl")
    (said,) = [p for p in node.check({}, bench.design) if p.code != "records_inside"]
    assert (said.code, said.severity) == ("names_made_up", Severity.INFO)
    assert "Id" in said.what


PRETTY = json.dumps({"id": 1, "in": [{"a": "}\n{"}]}, indent=2)

ROWS_OF: list[tuple[str, list[tuple[Any, ...]]]] = [
    (json.dumps({"id": 7, "t": "x"}, indent=2), [(7, "x")]),
    ("\n".join(json.dumps({"id": i, "t": "é"}, indent=2) for i in range(3)),
     [(i, "é") for i in range(3)]),
    ('{"id": 1}{"id": 2} {"id":3}', [(1,), (2,), (3,)]),
    ('\x1e{"id": 1}\n\x1e{"id":\n2}\n', [(1,), (2,)]),
    ('[[1, "a"], [2, "b"]]', [(1, "a"), (2, "b")]),
    ('[1, "a"]\n[2, "b"]\n', [(1, "a"), (2, "b")]),
    ("[[1, [2, 3]], [4]]", [(1, [2, 3]), (4, None)]),
    ("[3, 4, null, 5]", [(3,), (4,), (None,), (5,)]),
    ("3\n4\n5\n", [(3,), (4,), (5,)]),
    ('["a", "b\\n"]', [("a",), ("b\n",)]),
    ("[[12345678901234567.125, 1.50]]", [(Decimal("12345678901234567.125"), Decimal("1.50"))]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rows"), ROWS_OF)
def test_layouts(bench, text: str, rows: list[tuple[Any, ...]]):
    bench.write("t.json", text)
    found = bench.read("json_source", path="t.json")
    assert (found.rows, found.rejected) == (rows, [])


@pytest.mark.parametrize(
    ("text", "ids", "rejected"),
    [
        ('{\n "id": 1\n}\n{\n "id": tru\n}\n{\n "id": 3\n}', [1, 3], [(4, '{\n "id": tru\n}')]),
        ('{\n "id": 1\n}\n{\n "id": 2\n{\n "id": 3\n}', [1, 3], [(4, '{\n "id": 2')]),
        ('{\n "id": 1\n}\noops\n{\n "id": 3\n}\n', [1, 3], [(4, "oops")]),
        ('{\n "id": 1\n}\n{\n "id": 2', [1], [(4, '{\n "id": 2')]),
        ('\x1e{"id": 1}\n\x1e{"id": \n\x1e{"id": 3}\n', [1, 3], [(2, '{"id":')]),
        ('{\n "id": 1\n}\n[3]\n', [1], [(4, "[3]")]),
    ],
)
def test_damage_among_objects_in_a_row(bench, text: str, ids: list[int], rejected: Any):
    bench.write("t.json", text)
    found = bench.read("json_source", path="t.json")
    assert [row[0] for row in found.rows] == ids
    assert [(row[1], row[2]) for row in found.rejected] == rejected


@pytest.mark.parametrize("begins", ["", "\x1e"])
def test_many_objects_in_a_row_are_cut_into_chunks(bench, begins: str):
    rows = [{"id": i, "name": "é" * (i % 50), "in": [{"a": i}]} for i in range(9_000)]
    bench.write(
        "t.json", "\n".join(begins + json.dumps(r, indent=2, ensure_ascii=False) for r in rows)
    )
    bench.batch_bytes = 100_000
    found = bench.read("json_source", path="t.json")
    assert [tuple(row.values()) for row in rows] == found.rows
    assert found.rejected == []
    assert len(found.chunks) > 5


def test_rows_of_lists_with_one_item_more(bench):
    bench.write("t.json", "[[1, 2], [3, 4, 5]]")
    declared = [{"name": "column1", "type": "BIGINT"}, {"name": "column2", "type": "BIGINT"}]
    found = bench.read("json_source", path="t.json", columns=declared, on_new_column="reject")
    assert found.rows == [(1, 2)]
    assert [row[2:5] for row in found.rejected] == [("[3, 4, 5]", "unknown_key", "column3")]


PATHS: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ('{"page": 1, "data": [{"id": 1}, {"id": 2}], "next": null}', "$.data[*]", [(1,), (2,)]),
    ('{"a": {"b-c": [{"id": 1}]}, "data": "[{"}', "$.a['b-c'][*]", [(1,)]),
    ('{"a.b": [{"id": "}\\""}]}', '$["a.b"][*]', [('}"',)]),
    ('{"pages": [{"rows": [{"id": 1}]}, {"rows": []}, {}, {"rows": [{"id": 2}]}]}',
     "$.pages[*].rows[*]", [(1,), (2,)]),
    ('[[{"id": 1}], [{"id": 2}, {"id": 3}]]', "$[1][*]", [(2,), (3,)]),
    ('{"a": {"x": {"id": 1}, "y": {"id": 2}}}', "$.a.*", [(1,), (2,)]),
    ('{"data": [{"id": 1}]}\n{"data": [{"id": 2}]}\n', "$.data[*]", [(1,), (2,)]),
    ('{"data": [[1, "a"], [2, "b"]]}', "$.data[*]", [(1, "a"), (2, "b")]),
    ('{"data": {"id": 5}}', "$.data", [(5,)]),
    ('{"x": -1.5e3, "y": true, "data": [1, 2]}', "$.data[*]", [(1,), (2,)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "rows"), PATHS)
def test_records_where_a_path_leads(bench, text: str, path: str, rows: list[tuple[Any, ...]]):
    for content in (text, text if "}\n{" in text else json.dumps(json.loads(text), indent=2)):
        bench.write("t.json", content)
        found = bench.read("json_source", path="t.json", records=path)
        assert (found.rows, found.rejected) == (rows, [])


def test_records_are_streamed_out_of_a_large_document(bench):
    rows = [{"id": i, "t": "x" * 50} for i in range(40_000)]
    pad = ["[{}]" * 10] * 40_000
    bench.write("t.json", json.dumps({"pad": pad, "data": rows, "after": pad}, indent=1))
    bench.batch_bytes = 250_000
    found = bench.read(
        "json_source", path="t.json", records="$.data[*]",
        columns=[{"name": "id", "type": "BIGINT"}],
    )  # fmt: skip
    assert found.rows == [(i,) for i in range(40_000)]
    assert max(found.chunks) < 20_000


@pytest.mark.parametrize(
    ("text", "rejected"),
    [
        ('{"data": [{"id": 1},\n{"id": tru},\n{"id": 3}]}', [(2, '{"id": tru}')]),
        ('{"data": [{"id": 1},\n{"id": 3}', [(2, "")]),
        ('{"data": [{"id": 1}, {"id": 3}\n], "x": [', [(2, "")]),
        ('{"data": [{"id": 1}, {"id": 3}], \n3: 4}', [(2, "3: 4}")]),
    ],
)
def test_damage_around_records(bench, text: str, rejected: list[tuple[int, str]]):
    bench.write("t.json", text)
    found = bench.read(
        "json_source", path="t.json", records="$.data[*]",
        columns=[{"name": "id", "type": "BIGINT"}],
    )  # fmt: skip
    assert found.rows == [(1,), (3,)]
    assert [(row[1], row[2]) for row in found.rejected] == rejected


@pytest.mark.parametrize(
    "path", ["data[*]", "$.", "$.a[", "$..a", "$[?@.a]", "$[-1]", "$['a]", "$ .a"]
)
def test_paths_that_are_none(bench, path: str):
    bench.write("t.json", '{"data": [{"id": 1}]}')
    error = bench.error("json_source", path="t.json", records=path)
    assert (error.code, error.where.param) == ("path_invalid", "records")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("rows", [2, 90_000])
def test_an_array_of_records_is_proposed(bench, rows: int, indent: int | None):
    data = {"meta": {"n": [1]}, "a b": {"it's": [{"id": 1, "in": [{"x": 1}]}] * rows}}
    bench.write("t.json", json.dumps(data, indent=indent))
    node = bench.bind("json_source", path="t.json")
    (problem,) = [p for p in node.check({}, bench.design) if p.code == "records_inside"]
    ((field, path),) = problem.fixes[0].params
    assert (field, path) == ("records", "$['a b']['it\\'s'][*]")
    found = bench.read("json_source", path="t.json", records=path)
    assert len(found.rows) == rows


@pytest.mark.parametrize("content", ["", "[]", " \n", '{"data": []}'])
def test_an_empty_file_has_no_rows_of_the_declared_columns(bench, content: str):
    bench.write("t.json", content)
    records = "$.data[*]" if "data" in content else ""
    found = bench.read(
        "json_source", path="t.json", columns=[{"name": "id", "type": "DATE"}], records=records
    )
    assert (found.rows, found.rejected, found.types) == ([], [], {"id": "DATE"})
    error = bench.error("json_source", path="t.json", records=records)
    assert error.code == "file_empty"
    assert "declare the columns" in error.do


TWICE = {
    '{"v": {"a": 1, "a": 2, "b": [{"c": 3}]}}': "v.a",
    '{"v": {"a": 1, "b": [{"c": 3}, {"c": 4, "c": 4}]}}': "v.b.c",
    '{"v": {"a": 1, "\\u0061": 2}}': "v.a",
}


@pytest.mark.parametrize("text", TWICE)
def test_a_key_twice_inside(bench, text: str):
    good = '{"v": {"a": 1, "b": [{"c": 3}, {"c": 4}]}}'
    bench.write("t.jsonl", lines(good, text, good))
    found = bench.read("json_source", path="t.jsonl")
    assert len(found.rows) == 2
    assert [row[1:5] for row in found.rejected] == [(2, text, "key_twice", TWICE[text])]
    assert found.rejected[0][5] == f"The key '{TWICE[text]}' stands in the object twice."


@pytest.mark.parametrize(
    ("kind", "bad", "place"),
    [
        ("MAP(VARCHAR, BIGINT)", '{"x": 1, "x": 2}', "v.x"),
        ("MAP(VARCHAR, STRUCT(a BIGINT))", '{"x": {"a": 1}, "y": {"a": 1, "a": 2}}', "v.y.a"),
        ("STRUCT(a BIGINT)[][]", '[[{"a": 1}], [{"a": 1}, {"a": 1, "a": 1}]]', "v.a"),
        ('STRUCT("*" STRUCT(a BIGINT))', '{"*": {"a": 1, "a": 2}}', "v.*.a"),
        ('STRUCT("q""r" STRUCT(a BIGINT))', '{"q\\"r": {"a": 1, "a": 2}}', 'v.q"r.a'),
    ],
)
def test_a_key_twice_inside_of_told_types(bench, kind: str, bad: str, place: str):
    bench.write("t.jsonl", lines('{"v": null}', f'{{"v": {bad}}}'))
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "v", "type": kind}])
    assert found.rows == [(None,)]
    assert [row[3:5] for row in found.rejected] == [("key_twice", place)]


def test_what_stays_text_keeps_a_key_that_stands_twice(bench):
    bench.write("t.jsonl", lines('{"v": 1}', '{"v": {"a": 1, "a": 2}}'))
    found = bench.read("json_source", path="t.jsonl")
    assert (found.rows, found.rejected) == ([("1",), ('{"a":1,"a":2}',)], [])


def test_zero_characters_in_keys_and_texts(bench):
    bench.write(
        "t.jsonl",
        lines(
            '{"a\\u0000b": "x\\u0000y", "in": {"t": "p\\u0000q", "n": 1.50}, "l": ["\\u0000"]}',
            '{"a\\u0000b": "z", "in": {"t": "r", "n": 12345678901234567.125}, "l": []}',
            '{"a\\u0000b": "z", "in": {"t": "r", "n\\u0000": 2}, "l": []}',
        ),
    )
    found = bench.read("json_source", path="t.jsonl")
    assert list(found.types) == ["a\\u0000;b", "in", "l"]
    assert [row[0] for row in found.rows] == ["x\0y", "z", "z"]
    assert [row[2] for row in found.rows] == [["\0"], [], []]
    inside = [json.loads(row[1], parse_float=Decimal) for row in found.rows]
    assert inside[0] == {"t": "p\0q", "n": Decimal("1.50")}
    assert inside[2] == {"t": "r", "n\0": 2}
    assert found.rejected == []


def test_a_key_twice(bench):
    bench.write("t.jsonl", lines(GOOD[0], '{"id": 2, "id": 3}'))
    found = bench.read("json_source", path="t.jsonl")
    assert found.rows == [(1, "Ada")]
    assert found.rejected[0][1:5] == (2, '{"id": 2, "id": 3}', "key_twice", "id")


def test_texts_that_only_look_wrong(bench):
    texts = [",}", ", ]", ": NaN", "[Infinity", '\\"', "{", "a\nb", "null", "\u2028"]
    bench.write("t.jsonl", lines(*(json.dumps({"t": text}) for text in texts)))
    found = bench.read("json_source", path="t.jsonl")
    assert found.rows == [(text,) for text in texts]
    assert found.rejected == []


def test_bytes_that_are_not_utf8(bench):
    text = b'{"name": "M\xfcller"}\n'
    bench.write("t.jsonl", "".join(f'{{"name": "Zoë {i}"}}\n' for i in range(9)).encode() + text)
    found = bench.read("json_source", path="t.jsonl")
    assert len(found.rows) == 9
    ((_, line, raw, code, *_),) = found.rejected
    assert (line, raw, code) == (10, '{"name": "M\ufffdller"}', "encoding")


def test_nesting_without_end(bench):
    deep = '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}"
    cut = '{"id": ' + "[" * 100_000
    bench.write("t.jsonl", lines(GOOD[0], deep, cut, '{"id": ' + "9" * 6000 + "}"))
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "id", "type": "BIGINT"}])
    assert found.rows == [(1,)]
    assert [(row[1], row[3]) for row in found.rejected] == [
        (2, "cast_failed"), (3, "malformed"), (4, "cast_failed"),
    ]  # fmt: skip


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_encodings(bench, mark: str, encoding: str):
    bench.write("t.json", (mark + lines(*GOOD)).encode(encoding))
    assert bench.read("json_source", path="t.json").rows == [(1, "Ada"), (2, "Grace")]


@pytest.mark.parametrize("layout", ["lines", "array"])
@pytest.mark.parametrize("codec", ["gzip", "zstd", "bz2"])
def test_compressed(bench, codec: str, layout: str):
    rows = [{"id": i} for i in range(5000)]
    text = json.dumps(rows) if layout == "array" else lines(*map(json.dumps, rows))
    with pa.CompressedOutputStream(str(bench.root / "t.data"), codec) as file:
        file.write(text.encode())
    assert bench.read("json_source", path="t.data").rows == [(i,) for i in range(5000)]


def test_compressed_and_cut_short(bench):
    text = lines(*(json.dumps({"id": i, "text": f"{i * 7919}"}) for i in range(9000)))
    bench.write("t.json.gz", gzip.compress(text.encode())[:-900])
    assert bench.error("json_source", path="t.json.gz").code == "file_unreadable"


ARRAYS: list[tuple[str, list[int], list[tuple[int, str]]]] = [
    ("[]", [], []),
    ('[{"id": 1}]', [1], []),
    ('\n [ {"id": 1},\n{"id"\n: 2} ]\n\n', [1, 2], []),
    ('[{"id": 1},]', [1], [(1, "]")]),
    ('[{"id": 1},\n,{"id": 2}]', [1, 2], [(2, ",")]),
    ('[{"id": 1},\n3,\nnull,\n"x",\n[1, 2],\n{"id": 2}]', [1, 2],
     [(2, "3"), (3, "null"), (4, '"x"'), (5, "[1, 2]")]),
    ('[{"id": 1} {"id": 5},\n{"id": 2}]', [2], [(1, '{"id": 1} {"id": 5}')]),
    ('[{"id": 1},\n{"id": tru},\n{"id": 2}]', [1, 2], [(2, '{"id": tru}')]),
    ('[{"id": 1},\n{"id": [2},\n{"id": 3}\n]', [1, 3], [(2, '{"id": [2}')]),
    ('[{"id": 1},\n{"name": "x},\n{"id": 3}\n]', [1, 3], [(2, '{"name": "x}')]),
    ('[\n  {"id": 1},\n  {"id": 2\n  {"id": 3}\n]', [1, 3], [(3, '{"id": 2')]),
    ('[{"id": 1}}, {"id": 2}]', [2], [(1, '{"id": 1}}')]),
    ('[{"id": 1},\n{"id": 2', [1], [(2, '{"id": 2')]),
    ('[{"id": 1}', [1], [(1, "")]),
    ('[{"id": 1}]\n{"id": 2}', [1], [(2, '{"id": 2}')]),
    ('[{"id": 1}]]', [1], [(1, "]")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ids", "rejected"), ARRAYS)
def test_arrays(bench, text: str, ids: list[int], rejected: list[tuple[int, str]]):
    bench.write("t.json", text)
    found = bench.read("json_source", path="t.json", columns=[{"name": "id", "type": "BIGINT"}])
    assert [row[0] for row in found.rows] == ids
    assert [(row[1], row[2]) for row in found.rejected] == rejected
    assert {row[3] for row in found.rejected} <= {"malformed"}


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_a_large_array_is_cut_into_chunks(bench, indent: int | None):
    rows = [{"id": i, "name": "é" * (i % 50), "in": [{"a": i}]} for i in range(20_000)]
    bench.write("t.json", json.dumps(rows, indent=indent, ensure_ascii=False))
    bench.batch_bytes = 200_000
    found = bench.read("json_source", path="t.json")
    assert [tuple(row.values()) for row in rows] == found.rows
    assert found.rejected == []
    assert len(found.chunks) > 5


def test_chunks_of_lines(bench):
    bench.write("t.jsonl", lines(*(json.dumps({"id": i, "t": "x" * 50}) for i in range(30_000))))
    bench.batch_bytes = 350_000
    found = bench.read("json_source", path="t.jsonl")
    assert found.rows == [(i, "x" * 50) for i in range(30_000)]
    assert max(found.chunks) < 6000
    assert found.progress == sorted(found.progress)
    assert found.progress[-1] == 1.0


def test_limit_reads_little(bench):
    row = json.dumps({"id": 1, "t": "x" * 100})
    bench.write("t.jsonl", lines(*[row] * 50_000))
    bench.row_limit = 700
    found = bench.read("json_source", path="t.jsonl")
    assert sum(found.chunks) == 700
    assert len(found.chunks) <= 2


def test_cancel(bench):
    bench.write("t.jsonl", lines(*[GOOD[0]] * 50_000))
    bench.batch_bytes = 50_000
    node = bench.bind("json_source", path="t.jsonl")
    chunks = node.open(node.infer({}, bench.design)["rows"], bench.run).chunks()
    next(chunks)
    bench.cancel.cancel()
    with pytest.raises(Cancelled):
        list(chunks)


def test_several_files(bench):
    bench.write("in/1.json", lines(GOOD[0], "oops"))
    bench.write("in/2.json", "[" + GOOD[1] + ', {"id": 0.5, "new": true}]')
    for path in ("in/*.json", "in"):
        found = bench.read("json_source", path=path)
        assert found.types == {"id": "DECIMAL(18,1)", "name": "VARCHAR", "new": "BOOLEAN"}
        assert found.rows == [(1, "Ada", None), (2, "Grace", None), (Decimal("0.5"), None, True)]
        assert [row[:3] for row in found.rejected] == [("in/1.json", 2, "oops")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (b"[]", "file_empty"),
        (b"{}\n{}\n", "file_empty"),
        (b"id,name\n1,Ada\n", "file_empty"),
        (b"PAR1\0\0\0", "file_binary"),
    ],
)
def test_files_that_hold_no_rows(bench, content: bytes, code: str):
    bench.write("t.json", content)
    error = bench.error("json_source", path="t.json")
    assert error.code == code
    assert error.where.file == str(bench.root / "t.json")


@pytest.mark.parametrize(
    ("columns", "code", "place"),
    [
        ([("id", ""), ("ID", "")], "name_taken", "columns.1.name"),
        ([("", "")], "name_invalid", "columns.0.name"),
    ],
)
def test_wrong_columns(bench, columns: list[tuple[str, str]], code: str, place: str):
    bench.write("t.jsonl", lines(*GOOD))
    declared = [{"name": name, "type": kind} for name, kind in columns]
    with pytest.raises(InvalidParams) as caught:
        bench.infer("json_source", path="t.jsonl", columns=declared)
    assert caught.value.code == code
    assert caught.value.where.param == place


def test_keys_that_differ_in_letter_case(bench):
    bench.write("t.jsonl", lines('{"id": 1, "Id": 2}'))
    assert bench.read("json_source", path="t.jsonl").rows == [(1, 2)]
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "Id"}])
    assert found.rows == [(2,)]


def test_types_are_remembered_until_the_file_changes(bench):
    bench.write("t.jsonl", lines(*GOOD))
    bench.infer("json_source", path="t.jsonl")
    bench.infer("json_source", path="t.jsonl")
    assert len(bench.seen) == 1
    bench.write("t.jsonl", lines('{"other": true}'))
    assert bench.infer("json_source", path="t.jsonl").names == ("other",)
