"""One clock a run: every row, node, batch and path is told the time at which the run began."""

import pytest
from conftest import document

from summit_studio.core.events import RunStarted, RunStatus
from summit_studio.engine.design import design_context
from summit_studio.engine.preview import preview

ROWS = 400_000
NUMBERS = ("numbers", {"rows": ROWS, "chunk_rows": 40_000})


def derive(name: str, expression: str = "now()") -> tuple[str, dict]:
    return ("derive", {"columns": [{"name": name, "expression": expression}]})


def told(bench, name: str, column: str) -> set:
    return {row[column] for row in bench.kept(name)}


def test_all_nodes_of_a_run_tell_its_start(bench):
    doc = document(
        {
            "n": NUMBERS,
            "early": derive("early"),
            # A clock that went on would let rows of later batches through.
            "f": ("filter", {"condition": "early = now() AND current_date = today()"}),
            "r": ("rules", {"rules": [{"id": "same", "expression": "early = current_timestamp",
                                       "action": "reject"}]}),
            "g": ("aggregate", {"group_by": ["early"], "measures": [
                {"name": "latest", "function": "max", "expression": "now()"},
                {"name": "rows", "function": "count"}]}),
            "q": ("sql", {"query": "SELECT *, now() AS late, age(early::TIMESTAMP) AS old, "
                                   "localtimestamp AS local FROM input"}),
            "out": ("keep", {"name": "out"}),
        },
        "n.rows -> early.rows", "early.rows -> f.rows", "f.kept -> r.rows", "r.passed -> g.rows",
        "g.rows -> q.rows", "q.rows -> out.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    (started,) = bench.of(RunStarted)
    (row,) = bench.kept("out")
    assert row["rows"] == ROWS
    assert row["early"] == row["latest"] == row["late"] == started.started_at
    assert row["local"] == started.started_at.replace(tzinfo=None)


def test_a_batch_with_a_failing_row_tells_the_same_time(bench):
    failing = f"CASE WHEN id = {ROWS // 2} THEN CAST(grp AS BIGINT) ELSE id END"
    doc = document(
        {
            "n": NUMBERS,
            "d": ("derive", {"columns": [{"name": "x", "expression": failing},
                                         {"name": "at", "expression": "now()"}]}),
            "out": ("keep", {"name": "out"}),
            "bad": ("keep", {"name": "bad"}),
        },
        "n.rows -> d.rows", "d.rows -> out.rows", "d.rejected -> bad.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert len(bench.kept("bad")) == 1
    assert told(bench, "out", "at") == {bench.of(RunStarted)[0].started_at}


def test_streams_of_one_run_share_the_clock(bench):
    doc = document(
        {
            "a": NUMBERS, "b": NUMBERS, "left": derive("at"), "right": derive("at"),
            "j": ("join", {"keys": [{"left": "id", "right": "id"}, {"left": "at", "right": "at"}]}),
            "out": ("keep", {"name": "out"}),
        },
        "a.rows -> left.rows", "b.rows -> right.rows", "left.rows -> j.left",
        "right.rows -> j.right", "j.joined -> out.rows",
    )  # fmt: skip
    assert bench.run(doc).status is RunStatus.SUCCEEDED
    assert len(bench.kept("out")) == ROWS


@pytest.mark.parametrize("expression", ["now()", "today()", "current_time", "localtimestamp"])
def test_a_preview_tells_its_own_start(bench, expression):
    doc = document({"n": NUMBERS, "d": derive("at", expression)}, "n.rows -> d.rows")
    context = design_context(bench.workspace)
    seen = preview(doc, bench.catalogue, context, "d", rows=2_000)
    assert len(set(seen.table.column("at").to_pylist())) == 1
