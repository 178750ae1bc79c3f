"""Random pipelines, cut into random epochs and crashed at random: the rows of one epoch."""

import csv
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summit_studio.core.events import RunFinished, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.timeout(600)

ROWS = 300
"""Of each file."""

CODE = """import pyarrow.compute as pc

def process(rows):
    return rows.filter(pc.not_equal(pc.bit_wise_and(rows["id"], 15), 9))
"""
COLUMNS = [{"name": name, "type": "BIGINT"} for name in ("id", "code")]
LOOKUP_KEYS = [{"column": "code", "table_column": "code"}]
ONE_EPOCH = {"checkpoints": {"publish": "each", "every_rows": 10**9}}

Rows = list[tuple[Any, ...]]


class Crash(Exception):
    """What ends a run."""


@dataclass
class Case:
    """A pipeline, and the sinks at its ends."""

    sink: str
    nodes: list[Node] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    sinks: list[str] = field(default_factory=list)

    def end(self, port: str) -> None:
        """Put a sink at a port."""
        name = f"out_{len(self.sinks)}"
        if self.sink == "table":
            node = Node(name, "table_sink", {"connection": "db", "table": name})
        elif self.sink == "one_file":
            node = Node(name, "csv_sink", {"path": f"{name}/part-0.csv"})
        else:
            where = {"path": name, "layout": "parts", "if_exists": "append"}
            node = Node(name, self.sink, where)
        self.sinks.append(name)
        self.nodes.append(node)
        self.edges.append(f"{port} -> {name}.rows")

    def document(self, cuts: dict[str, Any]) -> Document:
        """Return the pipeline, cut so into epochs."""
        if self.sink == "one_file":
            cuts = {**cuts, "checkpoints": {**cuts["checkpoints"], "publish": "staged"}}
        return Document(
            "property",
            nodes={node.id: node for node in self.nodes},
            edges=tuple(map(Edge.parse, self.edges)),
            settings=cuts,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw sources, a chain of streaming nodes, and sinks at what leaves it."""
    case = Case(draw(st.sampled_from(["table", "csv_sink", "jsonl_sink", "one_file"])))
    for name in ("a", "b") if draw(st.booleans()) else ("a",):
        params = {"path": f"{name}.csv", "columns": COLUMNS}
        case.nodes.append(Node(name, "csv_source", params))
        case.end(f"{name}.rejected")
    port = "a.rows"
    if len(case.nodes) == 4:
        case.nodes.append(Node("all", "union"))
        case.edges += ["a.rows -> all.rows", "b.rows -> all.rows"]
        port = "all.rows"
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=4))
    for number, kind in enumerate(kinds):
        name = f"{kind}_{number}"
        params, out, aside = KINDS[kind](draw, number)
        case.nodes.append(Node(name, kind, params))
        case.edges.append(f"{port} -> {name}.rows")
        if kind == "lookup":
            case.nodes.append(Node(f"names_{number}", "csv_source", {"path": "names.csv"}))
            case.edges.append(f"names_{number}.rows -> {name}.table")
        port = f"{name}.{out}"
        if aside:
            case.end(f"{name}.{aside}")
    case.end(port)
    return case


Made = tuple[dict[str, Any], str, str]
"""Params, the port that goes on, and another with rows that are put aside; empty if none is."""


def _filter(draw: st.DrawFn, _number: int) -> Made:
    condition = f"id % {draw(st.integers(2, 9))} <> 1"
    return {"condition": condition}, "kept", draw(st.sampled_from(["", "dropped"]))


def _derive(draw: st.DrawFn, number: int) -> Made:
    expression = draw(st.sampled_from(["id * 2", "code + id", "'n' || id", "code / 3"]))
    return {"columns": [{"name": f"d{number}", "expression": expression}]}, "rows", ""


def _select(_draw: st.DrawFn, _number: int) -> Made:
    return {"columns": [{"column": "code"}, {"column": "id"}]}, "rows", ""


def _rules(draw: st.DrawFn, _number: int) -> Made:
    action, port = draw(st.sampled_from([("reject", "rejected"), ("drop", "dropped")]))
    rule = {"id": "r", "expression": f"id % {draw(st.integers(2, 9))} <> 0", "action": action}
    return {"rules": [rule]}, "passed", port


def _lookup(draw: st.DrawFn, number: int) -> Made:
    unmatched = draw(st.sampled_from(["null", "reject", "drop"]))
    columns = [{"column": "name", "name": f"name{number}"}]
    params = {"keys": LOOKUP_KEYS, "columns": columns, "unmatched": unmatched}
    return params, "rows", "rejected" if unmatched == "reject" else ""


def _python(_draw: st.DrawFn, _number: int) -> Made:
    return {"code": CODE, "frame": "arrow", "keeps_state": False}, "rows", ""


KINDS = {
    "filter": _filter,
    "derive": _derive,
    "select_columns": _select,
    "rules": _rules,
    "lookup": _lookup,
    "python": _python,
}

CUTS = st.builds(
    lambda every, size: {
        "checkpoints": {"publish": "each", "every_rows": every},
        "performance": {"batch_bytes": size, "prefetch": 1},
    },
    st.integers(30, 250),
    st.sampled_from([1024, 2048, 4096]),
)
CRASHES = st.lists(st.integers(1, 60), min_size=1, max_size=2)
"""At the how manieth step of the delivery each run crashes; the last one does not."""


def prepare(folder: Path) -> Path:
    """Write the files of a workspace."""
    (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
    chance = random.Random(1)
    for name, start in (("a", 0), ("b", ROWS)):
        lines = (
            f"{n},{'none' if chance.random() < 0.03 else chance.randrange(40)}"
            for n in range(start, start + ROWS)
        )
        (folder / f"{name}.csv").write_text("id,code\n" + "\n".join(lines) + "\n")
    names = "\n".join(f"{code},name {code}" for code in range(40) if code % 5)
    (folder / "names.csv").write_text(f"code,name\n{names}\n")
    trust(Workspace.open(folder).root)
    return folder


def crash_at(count: int) -> Any:
    """Return what raises at that step."""
    left = iter(range(count))

    def step(_label: str) -> None:
        if next(left, None) == count - 1:
            raise Crash

    return step


def rows_of(case: Case, folder: Path) -> dict[str, Rows]:
    """Return what stands in each sink, in order, as another program reads it."""
    if case.sink == "table":
        with closing(sqlite3.connect(folder / "out.db")) as con:
            known = {name for (name,) in con.execute("SELECT name FROM sqlite_master")}
            return {
                name: con.execute(f"SELECT * FROM {name} ORDER BY rowid").fetchall()
                if name in known
                else []
                for name in case.sinks
            }
    return {name: list(_lines(folder / name)) for name in case.sinks}


def _lines(folder: Path) -> Iterator[tuple[Any, ...]]:
    for file in sorted(folder.glob("part-*")):
        with file.open(newline="") as text:
            if file.suffix == ".jsonl":
                yield from (tuple(json.loads(line).items()) for line in text)
            else:
                yield from (tuple(row.items()) for row in csv.DictReader(text))


def require_balance(case: Case, finished: RunFinished, found: dict[str, Rows]) -> None:
    """Fail unless every row that was read is accounted for, in all runs of a load together."""
    lines = {line.node_id: line for line in finished.ledger}
    assert all(line.balanced for line in finished.ledger)
    assert lines["a"].rows_in == {"read": ROWS}
    for name in case.sinks:
        assert lines[name].rows_out == {"written": len(found[name])}


def require_the_same(case: Case, cuts: dict[str, Any], crashes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
        first = run(RunRequest(case.document(ONE_EPOCH), prepare(Path(one))))
        assert first.status is RunStatus.SUCCEEDED, first.error
        want = rows_of(case, Path(one))
        require_balance(case, first, want)
        document, folder = case.document(cuts), prepare(Path(many))
        for count in crashes:
            finished = run(RunRequest(document, folder, step=crash_at(count)))
            if finished.status is RunStatus.SUCCEEDED:
                break
        else:
            finished = run(RunRequest(document, folder))
        assert finished.status is RunStatus.SUCCEEDED, finished.error
        found = rows_of(case, folder)
        assert found == want
        require_balance(case, finished, found)


def fixed(examples: int) -> settings:
    return settings(
        derandomize=True, deadline=None, max_examples=examples, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@fixed(24)
@given(case=cases(), cuts=CUTS, crashes=CRASHES)
def test_a_crash_changes_no_row(case: Case, cuts: dict[str, Any], crashes: list[int]):
    require_the_same(case, cuts, crashes)


@pytest.mark.chaos
@pytest.mark.timeout(7200)
@fixed(1_000)
@given(case=cases(), cuts=CUTS, crashes=CRASHES)
def test_a_thousand_crashes_change_no_row(case: Case, cuts: dict[str, Any], crashes: list[int]):
    require_the_same(case, cuts, crashes)


def test_that_most_crashes_are_in_the_middle_of_a_load():
    """Else the property would hold of itself."""
    crashed = resumed = 0

    @fixed(6)
    @given(case=cases(), cuts=CUTS, crashes=CRASHES)
    def count(case: Case, cuts: dict[str, Any], crashes: list[int]) -> None:
        nonlocal crashed, resumed
        with tempfile.TemporaryDirectory() as folder:
            finished = run(
                RunRequest(case.document(cuts), prepare(Path(folder)), step=crash_at(crashes[0]))
            )
        crashed += finished.status is RunStatus.FAILED
        resumed += any(finished.committed.values())

    count()
    assert crashed >= 3
    assert resumed >= 1
