from datetime import UTC, datetime

import pytest

from summit_studio.app.session.run_state import Figures, RunState
from summit_studio.core.events import (
    BatchProcessed,
    ErrorReport,
    LedgerLine,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    RowsRejected,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStatus,
)
from summit_studio.document.model import Document, Edge, Node, PortRef

EDGE = Edge.parse("orders.rows -> clean.rows")
DOCUMENT = Document(
    nodes={"orders": Node("orders", "read"), "clean": Node("clean", "filter")}, edges=(EDGE,)
)
START = RunStarted("r1", "Orders", ("orders", "clean"), datetime(2026, 11, 23, tzinfo=UTC))


def state(*events: object) -> RunState:
    run = RunState(DOCUMENT)
    run.feed([START, *events])
    return run


def test_a_run_is_starting_until_the_engine_says_that_it_runs():
    run = RunState(DOCUMENT)
    assert run.starting
    run.feed([START])
    assert not run.starting
    failed = RunState(DOCUMENT)
    failed.feed([RunFinished("", RunStatus.FAILED, 0.1)])
    assert not failed.starting


def test_batches_add_up_per_port_and_edge():
    run = state(
        NodeStarted("orders"),
        BatchProcessed("orders", {}, {"rows": 100}, progress=0.25),
        BatchProcessed("orders", {}, {"rows": 50, "rejected": 3}, progress=0.5),
        BatchProcessed("clean", {"rows": 100}, {"kept": 80}),
        RowsRejected("orders", "cast_failed", "amount", 3, "not a number"),
    )
    assert run.edge_counts == {EDGE: 150}
    assert run.ports[PortRef("orders", "rejected")] == 3
    assert run.nodes["orders"].rejected == 3
    assert run.nodes["clean"].state == "running"
    assert run.nodes["clean"].handled == 100
    assert 0.4 < (run.progress or 0) < 0.5


def test_another_attempt_counts_anew_and_what_targets_hold_counts():
    lost = ErrorReport("link_lost", "The link is lost", "", "")
    failed = (
        NodeStarted("orders"),
        BatchProcessed("orders", {"read": 100}, {"rows": 90, "rejected": 10}, busy_secs=1.5),
        RowsRejected("orders", "cast_failed", "amount", 10, "not a number"),
        BatchProcessed("clean", {"rows": 90}, {"kept": 80}),
        RunRetried("r1", lost, 2, 5, 1.0),
    )
    run = state(*failed)
    assert run.retried is not None
    assert run.edge_counts == {}
    assert run.rejects == {}
    assert (run.nodes["orders"].rejected, run.nodes["orders"].busy_secs) == (0, 1.5)
    line = LedgerLine("orders", {"read": 60}, {"rows": 55}, rejected=5)
    began = datetime(2026, 11, 23, tzinfo=UTC)
    run.feed([RunResumed("r1", began, {"out": 40}, ledger=(line,)), NodeStarted("orders")])
    assert run.retried is None
    run.feed([BatchProcessed("orders", {"read": 40}, {"rows": 40})])
    assert run.edge_counts == {EDGE: 95}
    assert run.figures("orders") == Figures(100, 95, 5)


def test_a_source_without_an_edge_counts_its_rows():
    run = RunState(Document(nodes={"orders": Node("orders", "read")}), {"orders": "rows"})
    run.feed([START, BatchProcessed("orders", {"read": 10}, {"rows": 9, "rejected": 1})])
    assert run.figures("orders") == Figures(10, 9, 1)
    line = LedgerLine("orders", {"read": 10}, {"rows": 9}, rejected=1)
    run.feed([NodeFinished("orders", line)])
    assert run.figures("orders") == Figures(10, 9, 1, 0)


def test_a_side_port_counts_where_an_edge_leaves_it():
    batch = BatchProcessed("clean", {"rows": 10}, {"kept": 7, "dropped": 3})
    run = RunState(DOCUMENT, {"clean": "kept"})
    run.feed([START, batch])
    assert run.figures("clean") == Figures(10, 7, 0)
    dropped = (EDGE, Edge.parse("clean.dropped -> out.rows"))
    run = RunState(Document(nodes=DOCUMENT.nodes, edges=dropped), {"clean": "kept"})
    run.feed([START, batch])
    assert run.figures("clean") == Figures(10, 10, 0)


def test_progress_is_unknown_while_no_source_can_say():
    assert state(BatchProcessed("orders", {}, {"rows": 1})).progress is None


def test_speed_counts_rows_since_the_last_sample():
    run = state(BatchProcessed("orders", {}, {"rows": 1000}))
    run.sample(0.1)
    assert run.nodes["orders"].speed == pytest.approx(10_000)
    run.sample(0.2)
    assert run.nodes["orders"].speed == pytest.approx(4750, rel=0.01)
    assert run.history["orders"].secs == [0.1, 0.2]
    assert run.speed == run.nodes["orders"].speed


def test_success_ends_every_node_and_keeps_the_ledger():
    line = LedgerLine("clean", {"rows": 100}, {"kept": 80}, filtered=20)
    run = state(
        NodeStarted("orders"),
        NodeFinished("clean", line),
        RunFinished("r1", RunStatus.SUCCEEDED, 1.5, (line,)),
    )
    assert (run.finished, run.seconds, run.progress) == (True, 1.5, 1.0)
    assert {n.state for n in run.nodes.values()} == {"done"}
    assert run.ledger == [line]


def test_failure_names_its_node():
    error = ErrorReport("read_failed", "Cannot read", why="gone")
    run = state(
        NodeStarted("orders"),
        NodeStarted("clean"),
        NodeFailed("orders", error),
        RunFinished("r1", RunStatus.FAILED, 0.5, error=error),
    )
    assert run.failed_node == "orders"
    assert run.nodes["orders"].state == "failed"
    assert run.nodes["clean"].state == "cancelled"


def test_a_run_that_ends_before_it_starts_is_finished():
    run = RunState(DOCUMENT)
    run.feed([RunFinished("", RunStatus.FAILED, 0.1, error=ErrorReport("x", "Cannot start"))])
    assert run.finished
    assert run.error is not None


def test_a_short_run_still_has_a_speed():
    run = state(
        BatchProcessed("orders", {}, {"rows": 500}),
        RunFinished("r1", RunStatus.SUCCEEDED, 0.05),
    )
    run.sample(0.1)
    run.sample(0.2)
    assert run.history["orders"].secs == [0.1]
    assert run.history["orders"].values == [pytest.approx(5000)]
    assert run.seconds == 0.05
    assert run.speed == 0.0
