"""Run to here: over all rows, nothing written, and the rows stand in the preview."""

import pytest
from PySide6.QtCore import Qt

from summit_studio.core.events import RunStatus


@pytest.fixture
def drawn(window, pipeline, settle, orders):
    window.session.bridge.set_document(pipeline)
    settle()
    window.session.choose_nodes(["paid"])
    return window


def test_it_runs_over_all_rows_writes_nothing_and_shows_them(drawn, orders, settle, qtbot):
    window = drawn
    lines = [f"{n},{'paid' if n % 2 else 'cancelled'},1.5" for n in range(1, 30_001)]
    orders.write_text("id,status,amount\n" + "\n".join(lines) + "\n")
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.actions_table.trigger("run_to")
        assert window.supervisor.running
        assert not window.supervisor.writing, "it can be left without a question"
    state = window.supervisor.state
    assert state.status is RunStatus.SUCCEEDED
    assert set(state.nodes) == {"orders", "paid"}
    assert "30,000 rows read  ·  nothing is written" in window.run_panel.figures.text()
    assert window.preview.model.rowCount() == 10_000
    assert "The first 10,000 of 15,000 rows, of a run to here" in window.preview.note.text()
    assert "Nothing is written." in window.run_panel.log.view.toPlainText()
    assert not (window.session.workspace.root / "out").exists()
    counts = window.canvas.scene().stage.counts
    assert {str(e): n for e, n in counts.items()} == {"orders.rows -> paid.rows": 30_000}
    window.session.choose_nodes(["orders"])
    window.session.choose_nodes(["paid"])
    qtbot.waitUntil(lambda: "of the first 10,000 of each source" in window.preview.note.text())


def test_a_sink_shows_the_rows_it_would_get_and_needs_no_others(drawn, settle, qtbot):
    window = drawn
    window.session.choose_nodes(["out"])
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.actions_table.trigger("run_to")
    assert window.preview.model.rowCount() == 160
    assert not (window.session.workspace.root / "out").exists()


def test_it_needs_one_node(drawn):
    window = drawn
    window.session.choose_nodes(["orders", "paid"])
    window.actions_table.refresh()
    assert not window.actions_table["run_to"].isEnabled()
    assert window.actions_table["run_to"].shortcut() == Qt.Modifier.CTRL | Qt.Key.Key_F5
