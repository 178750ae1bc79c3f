"""A run that stops half-way goes on from the position of its source, whatever the source."""

import gzip
import io
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from summit_studio.core.events import Event, RunResumed, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from tests.unit.formats.excel.books import workbook

ROWS = 700
SETTINGS = {
    "checkpoints": {"every_rows": 100, "publish": "each"},
    "performance": {"batch_rows": 30, "batch_bytes": 1024, "parallelism": 2},
}
COLUMNS = [{"name": "id", "type": "BIGINT"}, {"name": "day", "type": "DATE"}]


def day(n: int) -> str:
    return "soon" if n % 50 == 7 else "2026-01-01"


def in_csv(root: Path) -> dict[str, Any]:
    for part in range(2):
        rows = range(part * 350, part * 350 + 350)
        lines = ["id,day", *(f"{n},{day(n)}" for n in rows)]
        (root / f"{part}.csv.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return {"path": "*.csv.gz", "columns": COLUMNS}


def records(first: int, last: int) -> list[dict[str, Any]]:
    return [{"id": n, "day": day(n)} for n in range(first, last)]


def in_lines(root: Path) -> dict[str, Any]:
    for part in range(2):
        rows = records(part * 350, part * 350 + 350)
        (root / f"{part}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return {"path": "*.jsonl", "columns": COLUMNS}


def in_array(root: Path) -> dict[str, Any]:
    (root / "a.json").write_text(json.dumps({"data": records(0, ROWS)}, indent=1))
    return {"path": "a.json", "columns": COLUMNS, "records": "$.data[*]"}


def in_parquet(root: Path) -> dict[str, Any]:
    nanos = [n * 1000 + (n % 50 == 7) for n in range(ROWS)]
    table = pa.table({"id": range(ROWS), "at": pa.array(nanos, pa.timestamp("ns"))})
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=250)
    (root / "a.parquet").write_bytes(out.getvalue())
    return {"path": "a.parquet"}


def in_sheets(root: Path) -> dict[str, Any]:
    halves = {
        f"S{part}": [["id", "day"], *([n, day(n)] for n in range(part * 350, part * 350 + 350))]
        for part in range(2)
    }
    (root / "a.xlsx").write_bytes(workbook(halves))
    return {"path": "a.xlsx", "columns": COLUMNS, "sheet": "*"}


def in_table(root: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(root / "in.db")) as con:
        con.execute("CREATE TABLE given (id INTEGER PRIMARY KEY, day DATE)")
        con.executemany("INSERT INTO given VALUES (?, ?)", ((n, day(n)) for n in range(ROWS)))
        con.commit()
    return {"connection": "in", "table": "given", "key": ["id"]}


SOURCES: Mapping[str, tuple[str, Callable[[Path], dict[str, Any]]]] = {
    "csv": ("csv_source", in_csv),
    "lines": ("json_source", in_lines),
    "array": ("json_source", in_array),
    "parquet": ("parquet_source", in_parquet),
    "excel": ("excel_source", in_sheets),
    "table": ("table_source", in_table),
}


class Stopped(Exception):
    """What stops a run."""


@pytest.mark.parametrize("source", SOURCES)
def test_rows_and_rejected_rows_come_once(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    root = tmp_path / "work"
    root.mkdir()
    (root / "connections.toml").write_text(
        '[in]\nkind = "sqlite"\npath = "in.db"\n[out]\nkind = "sqlite"\npath = "out.db"\n'
    )
    type_id, make = SOURCES[source]
    nodes = [
        Node("read", type_id, make(root)),
        Node("good", "table_sink", {"connection": "out", "table": "good"}),
        Node("bad", "table_sink", {"connection": "out", "table": "bad"}),
    ]
    edges = (Edge.parse("read.rows -> good.rows"), Edge.parse("read.rejected -> bad.rows"))
    document = Document(
        "on", nodes={node.id: node for node in nodes}, edges=edges, settings=SETTINGS
    )
    resumed: list[Event] = []

    def listen(event: Event) -> None:
        if isinstance(event, RunResumed):
            resumed.append(event)

    def step(label: str) -> None:
        if stop and label.startswith(stop):
            raise Stopped

    for stop in ("cut:read:3", "committed:good:", "prepared:bad:", ""):
        finished = run(RunRequest(document, root, step=step), listeners=[listen])
        expected = RunStatus.FAILED if stop else RunStatus.SUCCEEDED
        assert finished.status is expected, (stop, finished.error)
    assert resumed
    with closing(sqlite3.connect(root / "out.db")) as con:
        good = [row[0] for row in con.execute("SELECT id FROM good")]
        bad = con.execute("SELECT reject_source FROM bad").fetchall()
    assert good == [n for n in range(ROWS) if n % 50 != 7]
    assert len(bad) == len(set(bad)) == ROWS // 50
