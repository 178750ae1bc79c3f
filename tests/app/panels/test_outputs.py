from datetime import UTC, datetime

from PySide6.QtCore import Qt

from summit_studio.app.panels.ledger import LedgerModel
from summit_studio.app.panels.outputs import Outputs
from summit_studio.app.session.run_state import RunState
from summit_studio.core.events import (
    LedgerLine,
    NodeFinished,
    NodeStarted,
    OutputPublished,
    RuleScored,
    RunFinished,
    RunStarted,
    RunStatus,
)
from summit_studio.document.model import Document, Node


def spoken(outputs: Outputs) -> list[str]:
    role = Qt.ItemDataRole.AccessibleTextRole
    return [outputs.list.item(row).data(role) for row in range(outputs.count())]


def test_outputs_stand_before_scores_whenever_they_come(window):
    outputs = Outputs(window.session, window)
    for _run in range(2):
        outputs.clear()
        outputs.add_score(RuleScored("check", "mail_form", "validity", 100, 2, 0.95, critical=True))
        outputs.add_output(OutputPublished("clean", "out/a.csv", 98))
        outputs.add_output(OutputPublished("bad", "out/b.csv", 1))
        assert [text.partition(":")[0] for text in spoken(outputs)] == ["clean", "bad", "mail_form"]


def balance_of(status: RunStatus, *, done: bool) -> str:
    run = RunState(Document(nodes={"sort": Node("sort", "sort")}))
    line = LedgerLine("sort", {"rows": 100}, {"rows": 0})
    run.feed([RunStarted("r1", "Sorted", ("sort",), datetime(2026, 11, 23, tzinfo=UTC))])
    run.feed([NodeStarted("sort")])
    if done:
        run.feed([NodeFinished("sort", line)])
    run.feed([RunFinished("r1", status, 1.0, (line,))])
    model = LedgerModel()
    model.show(run, str)
    return model.data(model.index(0, 5), Qt.ItemDataRole.DisplayRole)


def test_a_node_that_was_stopped_is_not_called_unbalanced():
    assert balance_of(RunStatus.CANCELLED, done=False) == "\N{EN DASH}"
    assert balance_of(RunStatus.FAILED, done=True) == "✗"
