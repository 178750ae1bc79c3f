"""Rows that stream past a table, and inputs that follow one another: nothing waits for itself, the
order stays, and a load goes on in either file."""

import csv
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.events import CheckpointCommitted, Event, RunFinished, RunResumed, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.timeout(120)

ROWS = 6_000
"""Of each file: many batches, so that every channel is full while it is not read."""

SETTINGS = {
    "performance": {"batch_bytes": 4096, "prefetch": 1},
    "checkpoints": {"publish": "each", "every_rows": 2_500},
}
KEYS = [{"column": "code", "table_column": "code"}]
CODE = "def process(rows):\n    return rows\n"


class Bench:
    """Two files of numbers, a table of names, and pipelines from them into a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
        for name, start in (("a", 0), ("b", ROWS)):
            self.write(name, "id,code", ([n, n % 50] for n in range(start, start + ROWS)))
        self.write("names", "code,name", ([n, f"name {n}"] for n in range(0, 50, 2)))
        self.events: list[Event] = []

    def write(self, name: str, header: str, rows: Any) -> None:
        with (self.folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([header.split(","), *rows])

    def run(self, nodes: dict[str, tuple[str, dict]], *edges: str, step: Any = None) -> RunFinished:
        sources = {i: ("csv_source", {"path": f"{i}.csv"}) for i in ("a", "b", "names")}
        used = {e.split(".")[0] for e in edges} | set(nodes)
        made = {i: Node(i, *spec) for i, spec in {**sources, **nodes}.items() if i in used}
        for node_id in (e.split("-> ")[1].split(".")[0] for e in edges):
            made.setdefault(
                node_id, Node(node_id, "table_sink", {"connection": "db", "table": node_id})
            )
        document = Document(
            "streaming", nodes=made, edges=tuple(map(Edge.parse, edges)), settings=SETTINGS
        )
        trust(Workspace.open(self.folder).root)
        self.events.clear()
        return launch(RunRequest(document, self.folder, step=step), [self.events.append])

    def table(self, name: str, columns: str = "id") -> list[tuple]:
        with closing(sqlite3.connect(self.folder / "out.db")) as con:
            return con.execute(f"SELECT {columns} FROM {name} ORDER BY rowid").fetchall()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def numbers(start: int = 0, end: int = 2 * ROWS) -> list[tuple[int]]:
    return [(n,) for n in range(start, end)]


def test_inputs_follow_one_another_through_code_lookups_and_other_sinks(bench: Bench):
    done = bench.run(
        {
            "code": ("python", {"code": CODE, "keeps_state": False}),
            "all": ("union", {}),
            "look": ("lookup", {"keys": KEYS}),
        },
        "a.rows -> code.rows", "code.rows -> all.rows", "b.rows -> all.rows",
        "b.rows -> b_only.rows", "code.rows -> a_only.rows", "all.rows -> look.rows",
        "names.rows -> look.table", "look.rows -> out.rows",
    )  # fmt: skip
    assert done.status is RunStatus.SUCCEEDED, done.error
    rows = bench.table("out", "id, code, name")
    assert rows == [(n, n % 50, None if n % 50 % 2 else f"name {n % 50}") for n in range(2 * ROWS)]
    assert bench.table("a_only") == numbers(end=ROWS)
    assert bench.table("b_only") == numbers(ROWS)
    told = [(e.node_id, e.epoch) for e in bench.events if isinstance(e, CheckpointCommitted)]
    assert sorted(told) == [(sink, e) for sink in ("a_only", "b_only", "out") for e in range(1, 6)]


def test_a_union_of_a_union(bench: Bench):
    bench.write("names", "id,code", ([n, 0] for n in range(-5, 0)))
    done = bench.run(
        {"some": ("union", {}), "all": ("union", {})},
        "a.rows -> some.rows", "b.rows -> some.rows", "names.rows -> all.rows",
        "some.rows -> all.rows", "all.rows -> out.rows",
    )  # fmt: skip
    assert done.status is RunStatus.SUCCEEDED, done.error
    assert bench.table("out") == numbers(-5)


@pytest.mark.parametrize(
    "edges",
    [
        # A table of the rows that stream, through a lookup of the other's and directly.
        ("a.rows -> x.rows", "b.rows -> x.table", "b.rows -> y.rows", "a.rows -> y.table"),
        ("a.rows -> x.rows", "a.rows -> x.table", "b.rows -> y.rows", "x.rows -> y.table"),
        ("a.rows -> x.rows", "b.rows -> x.table", "x.rows -> y.rows", "a.rows -> y.table"),
    ],
)
def test_lookups_into_each_other_do_not_wait_for_themselves(bench: Bench, edges: tuple[str, ...]):
    look = ("lookup", {"keys": [{"column": "id", "table_column": "id"}], "columns": [
        {"column": "code", "name": "other"}]})  # fmt: skip
    last = ("lookup", {**look[1], "columns": [{"column": "code", "name": "last"}]})
    done = bench.run({"x": look, "y": last}, *edges, "x.rows -> to_x.rows", "y.rows -> to_y.rows")
    assert done.status is RunStatus.SUCCEEDED, done.error
    assert len(bench.table("to_x")) == len(bench.table("to_y")) == ROWS


@pytest.mark.parametrize(("died", "left"), [("audit:2", 9), ("audit:4", 3), ("finish:out", 0)])
def test_a_load_goes_on_in_either_file_and_reads_the_table_again(
    bench: Bench, died: str, left: int
):
    def step(label: str) -> None:
        if label == died:
            raise RuntimeError(label)

    pipeline: tuple[Any, ...] = (
        {"all": ("union", {}), "look": ("lookup", {"keys": KEYS})},
        "a.rows -> all.rows", "b.rows -> all.rows", "all.rows -> look.rows",
        "names.rows -> look.table", "look.rows -> out.rows", "look.duplicates -> twice.rows",
    )  # fmt: skip
    bench.write("names", "code,name", [[1, "one"], [1, "another"], [2, "two"]])
    assert bench.run(*pipeline, step=step).status is RunStatus.FAILED
    stood = len(bench.table("out"))
    assert (2 * ROWS - stood) // 1000 == left
    done = bench.run(*pipeline)
    assert done.status is RunStatus.SUCCEEDED, done.error
    assert [e for e in bench.events if isinstance(e, RunResumed)]
    assert bench.table("out") == numbers()
    assert bench.table("twice", "name") == [("one",), ("another",)]
    (look,) = (line for line in done.ledger if line.node_id == "look")
    assert look.rows_in == {"rows": 2 * ROWS, "table": 3}
    (first,) = (line for line in done.ledger if line.node_id == "a")
    assert first.rows_in == {"read": ROWS}
