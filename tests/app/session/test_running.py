"""The real engine in its child process, driven from the window."""

import pytest
from PySide6.QtWidgets import QMessageBox

from summit_studio.app.session.leaving import STOP
from summit_studio.app.session.selection import Selection
from summit_studio.core.events import RunStatus
from summit_studio.core.problems import Severity
from summit_studio.document.model import Document, Edge, Node


@pytest.fixture
def shown(window, settle):
    def show(document: Document):
        window.session.bridge.set_document(document)
        window.checker.check_now()
        settle()

    return show


@pytest.fixture
def finish(window, qtbot):
    def wait():
        qtbot.waitUntil(
            lambda: window.supervisor.state is not None and not window.supervisor.running,
            timeout=60_000,
        )
        return window.supervisor.state

    return wait


def test_a_run_shows_counts_ledger_outputs_and_a_summary(
    window, shown, finish, orders, pipeline, qtbot
):
    shown(pipeline)
    serious = [p for p in window.problems.problems if p.severity is Severity.ERROR]
    assert serious == []
    window.actions_table["run"].trigger()
    assert not window.actions_table["run"].isEnabled()
    run = finish()
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert run.edge_counts[Edge.parse("orders.rows -> paid.rows")] == 200
    assert run.edge_counts[Edge.parse("paid.kept -> out.rows")] == 160
    assert all(line.balanced for line in run.ledger)
    assert "200 rows read" in window.run_panel.figures.text()
    assert "160 written" in window.run_panel.figures.text()
    assert "the ledger balances" in window.run_panel.figures.text()
    assert window.run_panel.outputs.count() == 1
    assert "started" in window.run_panel.log.toPlainText()
    assert window.actions_table["run"].isEnabled()
    written = (orders.parent / "out" / "paid.csv").read_text().splitlines()
    assert len(written) == 161


def test_card_pill_and_ledger_show_one_number(window, shown, finish, orders, pipeline, csv):
    stage = window.canvas.scene().stage
    shown(pipeline)
    window.actions_table["run"].trigger()
    finish()
    model = window.run_panel.ledger
    table = {
        model.node_at(row): [model.index(row, c).data() for c in range(5)]
        for row in range(model.rowCount())
    }
    assert {i: live.rows_out for i, live in stage.lives.items()} == {
        i: int(figures[2]) for i, figures in table.items()
    }
    for edge, count in stage.counts.items():
        assert count == stage.lives[edge.source.node].rows_out
        assert count == stage.lives[edge.target.node].rows_in


def test_an_edge_shows_columns_rows_rate_and_a_preview(
    window, shown, finish, orders, pipeline, qtbot
):
    edge, facts = pipeline.edges[1], window.inspector.edge
    shown(pipeline)
    window.session.choose(Selection(edges=(edge,)))
    assert facts.isVisible()
    assert facts.columns.text() == "3"
    assert facts.rows.text() == "not run yet"
    qtbot.waitUntil(lambda: facts.model.rowCount() > 0, timeout=10_000)
    assert facts.model.index(0, 1).data() == "paid"
    assert window.inspector.ports.tree.topLevelItem(0).isExpanded()
    window.actions_table["run"].trigger()
    finish()
    assert facts.rows.text() == "160 in the last run"
    assert "rows/s" in facts.rate.text()
    window.session.choose(Selection(nodes=("paid",)))
    assert not facts.isVisible()


def test_a_lone_source_shows_its_rows_on_its_card(window, shown, finish, orders, csv):
    shown(Document(nodes={"orders": Node("orders", csv, {"path": "orders.csv"})}))
    window.actions_table["run"].trigger()
    run = finish()
    assert run.status is RunStatus.SUCCEEDED, run.error
    assert window.run_panel.ledger.index(0, 2).data() == "200"
    assert window.canvas.scene().stage.lives["orders"].rows_out == 200


def test_errors_found_stop_a_run_before_it_starts(window, shown, orders, pipeline):
    document = pipeline
    nodes = dict(document.nodes) | {"paid": Node("paid", "filter", {"condition": "nothing = 1"})}
    shown(Document(nodes=nodes, edges=document.edges, layout=document.layout))
    window.actions_table["run"].trigger()
    assert window.supervisor.state is None
    assert "in the way of a run" in window.banner.text.text()
    window.banner.dismiss()


def test_a_failing_run_says_where_and_selects_the_node(window, shown, finish, orders, pipeline):
    shown(pipeline)
    orders.unlink()
    window.supervisor.start()
    run = finish()
    assert run.status is RunStatus.FAILED
    assert window.banner.isVisible()
    assert window.banner.text.text()
    assert window.run_panel.log.toPlainText().count(f"[{run.error.code}]") <= 2  # node and run
    assert window.session.selection.nodes == ("orders",)
    assert not (orders.parent / "out" / "paid.csv").exists()
    window.banner.dismiss()


def test_cancel_is_seen_at_once_and_leaves_nothing(window, shown, finish, orders, pipeline, qtbot):
    with orders.open("a") as file:
        for number in range(400_000):
            file.write(f"{number},paid,{number}.5\n")
    shown(pipeline)
    window.supervisor.start()
    qtbot.waitUntil(lambda: bool(window.supervisor.state.nodes), timeout=30_000)
    window.actions_table["stop"].trigger()
    assert window.supervisor.cancelling or not window.supervisor.running
    run = finish()
    assert run.status in {RunStatus.CANCELLED, RunStatus.SUCCEEDED}
    if run.status is RunStatus.CANCELLED:
        assert not (orders.parent / "out" / "paid.csv").exists()
        assert "Cancelled" in window.run_panel.headline.text()


def test_preview_shows_real_rows_of_a_node_and_an_edge(window, shown, orders, pipeline, qtbot):
    from summit_studio.app.session.selection import Selection
    from summit_studio.document.model import PortRef

    shown(pipeline)
    window.docks.show("preview")
    panel = window.preview
    panel.before_button.setChecked(False)
    model = panel.model
    window.session.choose(Selection(("paid",)))
    qtbot.waitUntil(lambda: model.rowCount() == 160, timeout=20_000)
    assert model.text(0, 1) == "paid"
    window.preview.ports.setCurrentText("dropped")
    window.preview.ports.activated.emit(window.preview.ports.currentIndex())
    qtbot.waitUntil(lambda: model.rowCount() == 40, timeout=20_000)
    window.session.choose(Selection(edges=(Edge.parse("orders.rows -> paid.rows"),)))
    qtbot.waitUntil(lambda: model.rowCount() == 200, timeout=20_000)
    assert window.preview.shown == PortRef("orders", "rows")
    window.session.choose(Selection(("out",)))
    qtbot.waitUntil(lambda: model.rowCount() == 160, timeout=20_000)
    window.preview.ports.setCurrentText("rejected")
    window.preview.ports.activated.emit(window.preview.ports.currentIndex())
    empty = window.preview._empty
    qtbot.waitUntil(lambda: "Only a run" in empty._title.text(), timeout=20_000)


def test_preview_explains_what_stands_in_its_way(window, shown, orders, pipeline, qtbot):
    from summit_studio.app.session.selection import Selection

    document = pipeline
    nodes = dict(document.nodes) | {"paid": Node("paid", "filter", {"condition": "nothing = 1"})}
    shown(Document(nodes=nodes, edges=document.edges, layout=document.layout))
    window.session.choose(Selection(("paid",)))
    empty = window.preview._empty
    qtbot.waitUntil(lambda: "nothing" in empty._title.text(), timeout=20_000)


def test_closing_the_window_ends_the_run_and_its_process(window, shown, orders, pipeline, qtbot):
    with orders.open("a") as file:
        for number in range(400_000):
            file.write(f"{number},paid,{number}.5\n")
    shown(pipeline)
    window.supervisor.start()
    qtbot.waitUntil(lambda: bool(window.supervisor.state.nodes), timeout=30_000)
    window.session.bridge.mark_saved()
    page = window.page
    window.close()
    box = page.findChild(QMessageBox)
    assert box.text() == f"{pipeline.name} is running."
    next(b for b in box.buttons() if b.text() == STOP).click()
    assert not page.supervisor._thread.isRunning()


def test_the_history_lists_the_run(window, shown, finish, orders, pipeline, qtbot):
    shown(pipeline)
    window.supervisor.start()
    finish()
    history = window.run_panel.history
    history.refresh()
    qtbot.waitUntil(lambda: history.tree.topLevelItemCount() == 1, timeout=20_000)
    assert history.tree.topLevelItem(0).text(1) == "succeeded"
    assert history.tree.topLevelItem(0).text(3) == "editor"


def test_another_document_begins_without_the_last_run(
    window, shown, finish, orders, pipeline, qtbot
):
    shown(pipeline)
    window.actions_table["run"].trigger()
    finish()
    assert window.run_panel.outputs.count() == 1
    window.actions_table["new"].trigger()
    assert window.status.run.text() == "Ready"
    assert window.run_panel.headline.text() == "No run yet"
    assert window.run_panel.outputs.count() == 0
    assert window.run_panel.ledger.rowCount() == 0
    assert window.run_panel.log.toPlainText() == ""
    window.actions_table["previous_tab"].trigger()
    assert window.run_panel.outputs.count() == 1
