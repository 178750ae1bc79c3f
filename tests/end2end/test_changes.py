"""Changes through a pipeline: what a table holds in the end is what the source held."""

import itertools
import random
import sqlite3
from pathlib import Path

import duckdb
import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import Event, OutputPublished, RunFinished, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.planning.plan import InvalidPipeline

COLUMNS = [
    {"name": "op", "type": "VARCHAR"}, {"name": "id", "type": "BIGINT"},
    {"name": "name", "type": "VARCHAR"}, {"name": "amount", "type": "BIGINT"},
]  # fmt: skip


class Bench:
    """A CSV file of changes, and pipelines from it into a table."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[Event] = []
        (folder / "connections.toml").write_text(
            '[shop]\nkind = "sqlite"\npath = "shop.db"\n'
            '[lake]\nkind = "duckdb"\npath = "lake.duckdb"\n'
        )
        self.clear()

    def clear(self) -> None:
        for name in ("shop.db", "lake.duckdb"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "shop.db").touch()
        with duckdb.connect(str(self.folder / "lake.duckdb")):
            pass

    def write(self, changes) -> None:
        text = (",".join("" if v is None else str(v) for v in change) for change in changes)
        (self.folder / "in.csv").write_text("\n".join(["op,id,name,amount", *text, ""]))

    def document(self, *between: Node, publish: str = "auto", every: int = 3, **params) -> Document:
        table = {"connection": "shop", "table": "t", "mode": "upsert", "keys": ["id"]}
        nodes = [
            Node("read", "csv_source", {"path": "in.csv", "columns": COLUMNS}),
            Node("changes", "columns_to_changes", {"keys": ["id"]}),
            *between,
            Node("out", "table_sink", table | params),
        ]
        outs = {"filter": "kept", "rules": "passed", "deduplicate": "unique"}
        edges = [
            Edge.parse(f"{a.id}.{outs.get(a.type, 'rows')} -> {b.id}.rows")
            for a, b in itertools.pairwise(nodes)
        ]
        if any(n.type == "lookup" for n in nodes):
            names = Node("names", "csv_source", {"path": "names.csv"})
            nodes.append(names)
            edges += [Edge.parse(f"names.rows -> {n.id}.table") for n in between
                      if n.type == "lookup"]  # fmt: skip
        return Document(
            "changes",
            nodes={n.id: n for n in nodes},
            edges=tuple(edges),
            settings={
                "performance": {"batch_bytes": 1024},
                "checkpoints": {"publish": publish, "every_rows": every},
            },
        )

    def run(self, document: Document) -> RunFinished:
        self.events.clear()
        request = RunRequest(document, self.folder)
        return launch(request, [self.events.append], CancelToken())

    @property
    def counts(self) -> dict[str, int]:
        (told,) = [e for e in self.events if isinstance(e, OutputPublished)]
        return dict(told.counts)

    def table(self, what: str = "*", connection: str = "shop") -> list[tuple]:
        query = f"SELECT {what} FROM t ORDER BY 1"
        if connection == "shop":
            with sqlite3.connect(self.folder / "shop.db") as session:
                return session.execute(query).fetchall()
        with duckdb.connect(str(self.folder / "lake.duckdb")) as session:
            return session.execute(query).fetchall()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


FILTER = Node("big", "filter", {"condition": "amount >= 5"})
NODES = {
    "nothing": ((), lambda r: r),
    "filter": ((FILTER,), lambda r: r if r[2] >= 5 else None),
    "derive": (
        (Node("more", "derive", {"columns": [
            {"name": "amount", "expression": "10 // (amount + 1)"},
            {"name": "id", "expression": "id * 100"}]}),),
        lambda r: (r[0] * 100, r[1], 10 // (r[2] + 1)),
    ),
    "select": (
        (Node("fewer", "select_columns", {"columns": [
            {"column": "amount"}, {"column": "name"}, {"column": "id"}]}),),
        lambda r: (r[2], r[1], r[0]),
    ),
    "rules": (
        (Node("check", "rules", {"rules": [
            {"id": "big", "kind": "expression", "expression": "amount >= 5", "action": "drop"}]}),),
        lambda r: r if r[2] >= 5 else None,
    ),
    "lookup": (
        (
            Node("find", "lookup", {
                "keys": [{"column": "name", "table_column": "name"}], "unmatched": "drop"}),
            FILTER,
        ),
        lambda r: (*r, "A") if r[1] == "a" and r[2] >= 5 else None,
    ),
}  # fmt: skip
"""Nodes between changes and table, and what they make of a row; None where nothing is left."""


def history() -> list[tuple]:
    """Return what happens to a source: the same in each test."""
    draw = random.Random(3)
    kinds = ["upsert"] * 5 + ["delete"] * 3
    return [
        (
            draw.choice([*kinds, "truncate"] if number < 200 else kinds),
            draw.randint(1, 60), draw.choice("ab"), draw.randint(0, 9),
        )
        for number in range(400)
    ]  # fmt: skip


def lived(history) -> tuple[list[tuple], dict[int, tuple]]:
    """Return the changes of a source that did all this, and its rows in the end."""
    rows: dict[int, tuple] = {}
    changes = []
    for what, key, name, amount in history:
        if what == "truncate":
            rows.clear()
            changes.append(("t", None, None, None))
        elif what == "upsert":
            changes.append(("u" if key in rows else "c", key, name, amount))
            rows[key] = (key, name, amount)
        elif key in rows:
            del rows[key]
            changes.append(("d", key, None, None))
    return changes, rows


@pytest.mark.parametrize(("name", "connection", "mode", "publish"), [
    ("nothing", "shop", "upsert", "staged"), ("filter", "shop", "upsert", "each"),
    ("derive", "lake", "upsert", "each"), ("select", "lake", "delete_insert", "whole"),
    ("rules", "lake", "upsert", "staged"), ("lookup", "shop", "delete_insert", "staged"),
])  # fmt: skip
def test_a_table_holds_what_the_source_does(name, connection, mode, publish, bench: Bench):
    nodes, made = NODES[name]
    (bench.folder / "names.csv").write_text("name,city\na,A\n")
    changes, rows = lived(history())
    bench.write(changes)
    document = bench.document(*nodes, connection=connection, mode=mode, publish=publish, every=50)
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished
    wanted = sorted(m for r in rows.values() if (m := made(r)) is not None)
    assert wanted
    assert sorted(bench.table(connection=connection)) == wanted


def test_deleted_rows_are_marked_and_come_back(bench: Bench):
    bench.write([("c", 1, "a", 1), ("c", 2, "b", 2), ("c", 3, "c", 3)])
    document = bench.document(deletes="mark", mark="gone")
    assert bench.run(document).status is RunStatus.SUCCEEDED
    bench.write([("d", 1, None, None), ("d", 2, None, None), ("c", 2, "B", 4)])
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.table() == [(1, "a", 1, 1), (2, "B", 4, 0), (3, "c", 3, 0)]
    assert bench.counts == {"marked": 1, "updated": 1, "superseded": 1}


def test_ignored_deletes_leave_the_rows(bench: Bench):
    bench.write([("c", 1, "a", 1), ("d", 1, None, None), ("c", 2, "b", 2)])
    bench.run(bench.document(deletes="ignore", every=1))
    bench.write([("d", 2, None, None), ("t", None, None, None)])
    assert bench.run(bench.document(deletes="ignore")).status is RunStatus.SUCCEEDED
    assert bench.table() == [(2, "b", 2)]


def test_current_rows_makes_rows_of_changes(bench: Bench):
    changes, rows = lived(history())
    bench.write(changes)
    document = bench.document(Node("now", "current_rows", {}), mode="append", keys=[])
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.table() == sorted(rows.values())


def test_a_log_of_changes_has_all_of_them(bench: Bench):
    changes, _ = lived(history())
    bench.write(changes)
    document = bench.document(Node("log", "changes_to_columns", {}), mode="append", keys=[])
    assert bench.run(document).status is RunStatus.SUCCEEDED
    words = {"c": "insert", "u": "update", "d": "delete", "t": "truncate"}
    assert sorted(o for (o,) in bench.table("operation")) == sorted(words[c[0]] for c in changes)


@pytest.mark.parametrize(("node", "params", "code"), [
    (Node("once", "deduplicate", {"keys": ["id"]}), {}, "changes_not_carried"),
    (Node("less", "select_columns", {"columns": [{"column": "name"}]}),
     {"keys": ["name"]}, "key_not_carried"),
    (None, {"keys": ["name"]}, "key_not_carried"),
    (None, {"mode": "append", "keys": []}, "changes_not_carried"),
    (None, {"version": "amount"}, "setting_unused"),
])  # fmt: skip
def test_what_cannot_carry_changes_says_so(node, params, code, bench: Bench):
    bench.write([("c", 1, "a", 1)])
    with pytest.raises(InvalidPipeline) as told:
        bench.run(bench.document(*filter(None, [node]), **params))
    assert code in {p.code for p in told.value.problems}
