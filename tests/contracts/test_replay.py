"""Every source that can be read from a position gives there what it gave before."""

import bz2
import gzip
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from summit_studio.core.errors import ReadFailed
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import Example, NodeType, Replay, SourceNode
from summit_studio.testing import Read, check_source
from summit_studio.testing.sources import read_source
from tests.unit.formats.excel.books import workbook

SOURCES = [kind for kind in Catalogue.load() if issubclass(kind, SourceNode)]
EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.id}-{example.title}")
    for kind in SOURCES
    for example in kind.examples
    if not example.server
]
ONLY_FROM_THE_BEGINNING = {
    "query_source": "the database gives the rows of a query in any order",
    "table_source": "without a key the database gives the rows of a table in any order",
}
"""Types whose examples cannot be read on, with the reason; only ever shrinks."""


def count(chunks: list[Read]) -> int:
    return sum(one.count for one in chunks)


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_every_example(bench: Any, kind: type[NodeType[Any]], example: Example):
    bench.prepare(example.files)
    node = bench.bind(kind.id, example.params)
    if node.replay(bench.run) is Replay.NONE:
        assert kind.id in ONLY_FROM_THE_BEGINNING
    assert check_source(bench, node)
    assert check_source(bench, node, batch_rows=1, batch_bytes=1)


PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gzip": lambda data: (
        gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :])
    ),
    "zstd": lambda data: pa.compress(data, "zstd", asbytes=True),
    "bz2": bz2.compress,
}


def several(bench: Any, name: str, pack: str, *contents: bytes) -> None:
    files = {f"{n}-{name}": PACKED[pack](content) for n, content in enumerate(contents)}
    bench.prepare(files)


def csv_rows(first: int, rows: int) -> bytes:
    lines = ["id,text,amount"]
    for n in range(first, first + rows):
        amount = "much" if n % 7 == 0 else f"{n}.5"
        lines.append(f'{n},"a\nbé {n}",{amount}' if n % 5 == 0 else f"{n},x,{amount}")
    return "\n".join(lines).encode()


@pytest.mark.parametrize("pack", PACKED)
def test_csv(bench: Any, pack: str):
    several(bench, "a.csv", pack, csv_rows(1, 300), csv_rows(301, 1), csv_rows(302, 300) + b"\n")
    columns = [{"name": "id"}, {"name": "text"}, {"name": "amount", "type": "DOUBLE"}]
    node = bench.bind("csv_source", {"path": "*.csv", "columns": columns, "file_column": "file"})
    whole = check_source(bench, node, batch_bytes=700)
    assert (count(whole), sum(len(one.rejected) for one in whole)) == (601, 85)
    assert len(whole) > 10


def json_records(first: int, rows: int) -> list[str]:
    """Return objects, some of which have a value that does not fit."""
    return [
        json.dumps(
            {"id": n, "text": "é" * (n % 40), "when": "soon" if n % 9 == 0 else "2026-01-01"},
            ensure_ascii=False,
            indent=2 if n % 4 == 0 else None,
        )
        for n in range(first, first + rows)
    ]


JSON_COLUMNS = [{"name": "id"}, {"name": "text"}, {"name": "when", "type": "DATE"}]


def in_lines(records: list[str]) -> bytes:
    flat = [one.replace("\n", "") for one in records]
    flat[3:3] = ["", "{", '{"id": 1', "[]"]
    return "\n".join(flat).encode()


LAYOUTS: Mapping[str, tuple[Callable[[list[str]], bytes], dict[str, Any]]] = {
    "lines": (in_lines, {"layout": "lines"}),
    "array": (
        lambda texts: f"[{', '.join([*texts[:9], ' ', '7', *texts[9:]])}] more".encode(),
        {"layout": "array"},
    ),
    "objects": (lambda texts: "\n".join([*texts, '{"id": ']).encode(), {"layout": "objects"}),
    "sequence": (lambda texts: "".join(f"\x1e{one}\n" for one in texts).encode(), {}),
    "path": (
        lambda texts: (
            f'{{"n": 1, "pages": [{{"data": [{", ".join(texts)}]}}, {{"data": []}}, '
            f'{{"data": [{texts[0]}]}}]}}'.encode()
        ),
        {"records": "$.pages[*].data[*]"},
    ),
    "damaged": (
        lambda texts: f'{{"data": [{", ".join(texts)}'.encode(),
        {"records": "$.data[*]"},
    ),
}


@pytest.mark.parametrize("pack", PACKED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_json(bench: Any, layout: str, pack: str):
    made, params = LAYOUTS[layout]
    contents = [made(json_records(*span)) for span in ((1, 120), (121, 12), (133, 90))]
    several(bench, "a.json", pack, *contents)
    node = bench.bind("json_source", {"path": "*.json", "columns": JSON_COLUMNS, **params})
    whole = check_source(bench, node, batch_bytes=4000)
    assert count(whole) >= 222
    assert sum(len(one.rejected) for one in whole) >= 24
    assert len(whole) > 4
    assert check_source(bench, node, batch_bytes=1 << 20)


def test_json_in_other_encodings_and_with_a_mark(bench: Any):
    text = in_lines(json_records(1, 80)).decode()
    bench.prepare({"0.jsonl": text.encode("utf-16"), "1.jsonl": text.encode("utf-8-sig")})
    node = bench.bind("json_source", {"path": "*.jsonl", "columns": JSON_COLUMNS})
    assert len(check_source(bench, node, batch_bytes=2000)) > 4


def test_nothing_is_read_behind_a_line_without_an_end(bench: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("summit_studio.formats.json.text.RECORD_CHARS", 3_000)
    long = b'{"id": 1}\n{"id": "' + b"x" * 9_000 + b'"}\n{"id": 2}\n'
    bench.prepare({"0.jsonl": long, "1.jsonl": b'{"id": 3}\n'})
    params = {"path": "*.jsonl", "layout": "lines", "columns": [{"name": "id", "type": "BIGINT"}]}
    whole = check_source(bench, bench.bind("json_source", params), batch_bytes=64)
    assert [row["id"] for one in whole for row in one.rows] == [1, 3]


def parquet_file(first: int, rows: int, group: int) -> bytes:
    values = range(first, first + rows)
    nanos = pa.array([n * 1000 + (n % 50 == 0) for n in values], pa.timestamp("ns"))
    table = pa.table({"id": list(values), "text": ["t" * (n % 9) for n in values], "at": nanos})
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=group, data_page_size=512)
    return out.getvalue()


@pytest.mark.parametrize("rows", [40, 100, 100_000])
def test_parquet(bench: Any, rows: int):
    bench.prepare(
        {
            "lake/kind=a/0.parquet": parquet_file(1, 400, 30),
            "lake/kind=a/1.parquet": parquet_file(401, 0, 30),
            "lake/kind=b/0.parquet": parquet_file(401, 500, 450),
        }
    )
    node = bench.bind("parquet_source", {"path": "lake"})
    whole = check_source(bench, node, batch_rows=rows)
    assert (count(whole), sum(len(one.rejected) for one in whole)) == (900, 18)


def test_parquet_with_moments_of_96_bits(bench: Any):
    table = pa.table({"at": pa.array([n * 1000 + n % 3 for n in range(500)], pa.timestamp("ns"))})
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=400, use_deprecated_int96_timestamps=True)
    bench.prepare({"a.parquet": out.getvalue()})
    whole = check_source(bench, bench.bind("parquet_source", {"path": "a.parquet"}), batch_rows=64)
    assert count(whole) == 500
    assert sum(len(one.rejected) for one in whole) > 300


def sheets(*counts: int) -> bytes:
    """Return a workbook with sheets of so many rows, some without cells and some that misfit."""
    made: dict[str, list[list[Any]]] = {}
    for number, count in enumerate(counts):
        rows = [[n, "soon" if n % 6 == 0 else "2026-01-01"] for n in range(count)]
        for at in range(4, count, 10):
            rows.insert(at, [])
        made[f"S{number}"] = [["id", "when"], *rows]
    return workbook(made)


@pytest.mark.parametrize("rows", [7, 1_000])
def test_excel(bench: Any, rows: int):
    bench.prepare({"0.xlsx": sheets(50, 0, 20), "1.xlsx": sheets(30)})
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "when", "type": "DATE"}]
    node = bench.bind(
        "excel_source",
        {"path": "*.xlsx", "sheet": "*", "columns": columns, "sheet_column": "sheet"},
    )
    whole = check_source(bench, node, batch_rows=rows)
    assert (count(whole), sum(len(one.rejected) for one in whole)) == (100, 18)


@pytest.mark.parametrize("kind", ["orders", "customers", "events"])
def test_sample(bench: Any, kind: str):
    node = bench.bind("sample_source", {"kind": kind, "rows": 95})
    assert len(check_source(bench, node, batch_rows=10)) == 10


@pytest.mark.parametrize(
    ("type_id", "name", "content"),
    [
        ("csv_source", "a.csv", b"id\n1\n"),
        ("json_source", "a.jsonl", b'{"id": 1}\n'),
        ("parquet_source", "a.parquet", parquet_file(1, 3, 3)),
        ("excel_source", "a.xlsx", sheets(3)),
    ],
)
def test_a_file_that_is_gone_is_no_place_to_go_on(
    bench: Any, type_id: str, name: str, content: bytes, tmp_path: Path
):
    bench.prepare({name: content, f"b{name}": content})
    node = bench.bind(type_id, {"path": f"*{Path(name).suffix}"})
    schema = bench.infer(node, {})["rows"]
    (*_, last), _ = read_source(node, schema, bench.run)
    assert last.position["path"] == f"b{name}"
    before = node.fingerprint(bench.run)
    (bench.workspace.root / f"b{name}").unlink()
    assert node.fingerprint(bench.run) != before
    with pytest.raises(ReadFailed) as caught:
        read_source(node, schema, replace(bench.run, start=last.position))
    assert (caught.value.code, f"b{name}" in caught.value.why) == ("file_missing", True)


def test_a_sheet_that_is_gone_is_no_place_to_go_on(bench: Any):
    bench.prepare({"a.xlsx": sheets(3)})
    node = bench.bind("excel_source", {"path": "a.xlsx"})
    schema = bench.infer(node, {})["rows"]
    start = {"path": "a.xlsx", "sheet": "gone", "row": 2}
    with pytest.raises(ReadFailed) as caught:
        read_source(node, schema, replace(bench.run, start=start))
    assert caught.value.code == "file_missing"
