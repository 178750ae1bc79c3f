"""The log of a run, filtered."""

from datetime import UTC, datetime

import pytest

from summit_studio.app.panels.log_view import LogLine, LogView, level_of, node_of
from summit_studio.core.events import (
    ErrorReport,
    NodeFailed,
    RowsRejected,
    RunFinished,
    RunStarted,
    RunStatus,
)
from summit_studio.core.problems import Severity

NOW = datetime(2026, 11, 23, 14, 25, tzinfo=UTC)


@pytest.fixture
def log(qtbot) -> LogView:
    """A log of three lines of two nodes."""
    view = LogView()
    qtbot.addWidget(view)
    view.offer({"a": "Orders", "b": "Paid"})
    lines = (
        (Severity.INFO, "", "Run started."),
        (Severity.WARNING, "a", "'Orders' rejected 3 rows."),
        (Severity.ERROR, "b", "'Paid' failed."),
    )
    view.add(LogLine(NOW, *line) for line in lines)
    return view


def shown(log: LogView) -> list[str]:
    return [line.partition("  ")[2] for line in log.toPlainText().splitlines()]


def test_a_log_is_filtered_by_level_by_node_and_by_text(log, qtbot):
    assert len(shown(log)) == 3
    assert log.count.isHidden()
    log.levels.setCurrentText("Warnings and errors")
    assert shown(log) == ["'Orders' rejected 3 rows.", "'Paid' failed."]
    log.nodes.setCurrentText("Paid")
    assert shown(log) == ["'Paid' failed."]
    assert log.count.text() == "1 of 3 lines"
    log.levels.setCurrentIndex(0)
    log.nodes.setCurrentIndex(0)
    qtbot.keyClicks(log.search, "REJECTED")
    assert shown(log) == ["'Orders' rejected 3 rows."]
    log.search.clear()
    assert len(shown(log)) == 3


def test_lines_that_come_while_filters_are_on_pass_them_too(log):
    log.nodes.setCurrentText("Orders")
    log.add([LogLine(NOW, Severity.INFO, "b", "no"), LogLine(NOW, Severity.INFO, "a", "yes")])
    assert shown(log) == ["'Orders' rejected 3 rows.", "yes"]
    log.offer({"a": "Orders", "c": "New"})
    assert log.nodes.currentText() == "Orders"
    log.nodes.setCurrentIndex(0)
    assert len(shown(log)) == 5


def test_events_say_how_grave_they_are_and_of_which_node():
    report = ErrorReport("x", "What")
    known = [
        (RunStarted("r", "p", (), NOW), Severity.INFO, ""),
        (RowsRejected("a", "c", None, 1, "r"), Severity.WARNING, "a"),
        (NodeFailed("a", report), Severity.ERROR, "a"),
        (RunFinished("r", RunStatus.FAILED, 1.0, error=report), Severity.ERROR, ""),
        (RunFinished("r", RunStatus.SUCCEEDED, 1.0), Severity.INFO, ""),
    ]
    for event, level, node_id in known:
        assert (level_of(event), node_of(event)) == (level, node_id), event
