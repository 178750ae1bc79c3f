"""JSON files: types, layouts, compression, and every way in which a record can be wrong."""

import datetime as dt
import gzip
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.core.errors import Cancelled, InvalidParams

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
    ('{"price": "12,50"}', "price", '"12,50" cannot be read as number (DOUBLE).'),
    ('{"price": "NaN"}', "price", '"NaN" cannot be read as number (DOUBLE).'),
    ('{"price": 1e400}', "price", "1e400 cannot be read as number (DOUBLE)."),
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
        "mixed number": ([1, 0.5], "DOUBLE", [1.0, 0.5]),
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
        "deep": ([[{"a": [0.5]}], None], 'STRUCT("a" DOUBLE[])[]', [[{"a": [0.5]}], None]),
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
        file, line, raw, code, where, why = found.rejected[number - 12_001]
        assert (file, line, raw) == ("t.jsonl", number, text)
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


def test_extra_keys(bench):
    bench.write("t.jsonl", lines(*[GOOD[0]] * 50_000, '{"id": 2, "surprise": 1}'))
    assert len(bench.read("json_source", path="t.jsonl").rows) == 50_001
    closed = bench.read("json_source", path="t.jsonl", extra_keys="reject")
    assert len(closed.rows) == 50_000
    assert closed.rejected == [
        ("t.jsonl", 50_001, '{"id": 2, "surprise": 1}', "key_unknown", "surprise",
         "The key 'surprise' is none of the columns."),
    ]  # fmt: skip


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
    bench.batch_rows = 3000
    found = bench.read("json_source", path="t.json")
    assert [tuple(row.values()) for row in rows] == found.rows
    assert found.rejected == []
    assert len(found.chunks) > 5


def test_chunks_of_lines(bench):
    bench.write("t.jsonl", lines(*(json.dumps({"id": i, "t": "x" * 50}) for i in range(30_000))))
    bench.batch_rows = 5000
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
    bench.batch_rows = 1000
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
        assert found.types == {"id": "DOUBLE", "name": "VARCHAR", "new": "BOOLEAN"}
        assert found.rows == [(1, "Ada", None), (2, "Grace", None), (0.5, None, True)]
        assert [row[:3] for row in found.rejected] == [("in/1.json", 2, "oops")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n  \n", "file_empty"),
        (b"[]", "file_empty"),
        (b"{}\n{}\n", "file_empty"),
        (b"id,name\n1,Ada\n", "file_empty"),
        (b"[1, 2, 3]", "file_empty"),
        (b'{"data": \n [1, 2]}', "file_empty"),
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
    assert bench.error("json_source", path="t.jsonl").code == "name_taken"
    found = bench.read("json_source", path="t.jsonl", columns=[{"name": "Id"}])
    assert found.rows == [(2,)]


def test_types_are_remembered_until_the_file_changes(bench):
    bench.write("t.jsonl", lines(*GOOD))
    bench.infer("json_source", path="t.jsonl")
    bench.infer("json_source", path="t.jsonl")
    assert len(bench.seen) == 1
    bench.write("t.jsonl", lines('{"other": true}'))
    assert bench.infer("json_source", path="t.jsonl").names == ("other",)
