"""The badge of a sink: on the canvas, in the inspector, and what a click on its fix does."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from summit_studio.app.canvas.face import NodeState
from summit_studio.app.canvas.geometry import CARD_WIDTH
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.selection import Selection
from summit_studio.core.events import BreakerChanged, BreakerState, NodeStarted, RunStarted
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Document, Edge, Layout, Node

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def shown(window, settle, qtbot):
    nodes = {
        "orders": Node("orders", "sample_source", {"kind": "orders", "rows": 5_000_000}),
        "out": Node("out", "parquet_sink", {"path": "out.parquet"}),
    }
    edges = (Edge.parse("orders.rows -> out.rows"),)
    layout = Layout({"orders": (0, 0), "out": (300, 0)})
    window.session.bridge.set_document(Document("d", nodes=nodes, edges=edges, layout=layout))
    window.checker.check_now()
    qtbot.waitUntil(lambda: badge(window) == "A · whole", timeout=20_000)
    return window


def badge(window) -> str:
    item = window.canvas.scene().shown.nodes.get("out")
    return item.delivery.short if item and item.delivery else ""


def test_the_badge_tells_what_a_crash_would_mean(shown, qtbot):
    canvas = shown.canvas
    canvas.set_zoom(1.0)
    canvas.center_on_node("out")
    item = canvas.scene().shown.nodes["out"]
    at = canvas.mapFromScene(item.left + CARD_WIDTH - 20, item.top + item.card.height - 15)
    where = canvas.viewport().mapToGlobal(at)
    QApplication.sendEvent(canvas.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, at, where))
    assert "readers find a file whole or not at all" in QToolTip.text()
    assert "the next run starts from the beginning" in QToolTip.text()
    QToolTip.hideText()
    assert item.tip_at(item.left + 5, item.top + 5) == ""


def test_the_badge_is_a_letter_only_where_a_word_would_cut_the_second_line(shown, qtbot):
    item = shown.canvas.scene().shown.nodes["out"]
    assert item.badge == "A · whole"
    shown.session.do(SetParams("out", {"path": "a"}))
    qtbot.waitUntil(lambda: item.badge.startswith("Atomic"))
    shown.session.bridge.undo()
    qtbot.waitUntil(lambda: item.badge == "A · whole")


def test_a_node_whose_connection_is_left_alone_is_paused_and_says_why(shown):
    run = RunState(shown.session.document)
    run.feed([RunStarted("r", "d", ("orders", "out"), NOW), NodeStarted("out")])
    until = NOW + timedelta(minutes=1)
    opened = BreakerChanged(
        "shop", BreakerState.OPEN, 5, NOW, until, before=BreakerState.CLOSED, node_ids=("out",)
    )
    run.feed([opened])
    shown.marking.show_run(run)
    item = shown.canvas.scene().shown.nodes["out"]
    assert item.live.state is NodeState.PAUSED
    assert "Connection 'shop' is left alone until 12:01:00 UTC" in item.tip_at(
        item.left + CARD_WIDTH - 3, item.top + 3
    )
    assert shown.canvas.scene().shown.nodes["orders"].live.state is NodeState.IDLE
    run.feed([BreakerChanged("shop", BreakerState.CLOSED, node_ids=("out",))])
    shown.marking.show_run(run)
    assert item.live.state is NodeState.RUNNING
    assert item.tip_at(item.left + CARD_WIDTH - 3, item.top + 3) == ""


def test_a_click_writes_a_folder_of_parts_and_undo_takes_it_back(shown, qtbot):
    shown.session.choose(Selection(nodes=("out",)))
    facts = shown.inspector.delivery
    assert facts.isVisible()
    assert "single file appears whole" in facts.text.text()
    (button,) = facts.buttons
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    qtbot.waitUntil(lambda: badge(shown) == "A · each", timeout=20_000)
    assert facts.buttons == ()
    assert shown.session.document.nodes["out"].params == {
        "path": "out", "layout": "parts", "if_exists": "append",
    }  # fmt: skip
    shown.actions_table["undo"].trigger()
    qtbot.waitUntil(lambda: badge(shown) == "A · whole", timeout=20_000)
    shown.session.choose(Selection(nodes=("orders",)))
    assert not facts.isVisible()


def test_choosing_a_key_leads_to_the_field(shown, home, qtbot):
    folder = home / "workspace"
    folder.mkdir(exist_ok=True)
    with closing(sqlite3.connect(folder / "a.db")) as con:
        con.execute("CREATE TABLE t (a INTEGER)")
    (folder / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "a.db"\n')
    shown.session.reload_workspace()
    nodes = {
        "orders": Node("orders", "table_source", {"connection": "db", "table": "t"}),
        "out": Node("out", "parquet_sink", {"path": "out.parquet"}),
    }
    document = shown.session.document
    shown.session.bridge.set_document(
        Document("d", nodes=nodes, edges=document.edges, layout=document.layout)
    )
    shown.session.choose(Selection(nodes=("out",)))
    facts = shown.inspector.delivery
    qtbot.waitUntil(lambda: [b.text() for b in facts.buttons] == ["Choose a key"], timeout=20_000)
    facts.buttons[0].click()
    assert shown.session.selection.nodes == ("orders",)
    assert shown.inspector.form.fold.isChecked()
