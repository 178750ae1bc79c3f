"""Bends of edges by actions: where the menu was asked for, halfway, and all off again."""

import pytest
from PySide6.QtGui import QContextMenuEvent

from summit_studio.app.canvas.geometry import along, distance
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import MoveNodes


@pytest.fixture
def edge(window, pipeline, settle):
    """The first edge of a pipeline, selected and long."""
    window.session.bridge.set_document(pipeline)
    window.session.bridge.do(MoveNodes({"orders": (0, 0), "paid": (600, 80), "out": (960, 200)}))
    settle()
    first = window.session.document.edges[0]
    window.canvas.select(Selection(edges=(first,)))
    return first


def test_bends_are_put_halfway_along_the_longest_piece_and_taken_off_in_one_step(window, edge):
    before = window.session.document
    way = window.canvas.scene().shown.edges[edge].curve
    window.actions_table.trigger("add_bend")
    (first,) = window.session.document.layout.edges[edge]
    assert distance(way, *first) < 8
    assert distance((*along(way, 0.5),) * 4, *first) < 12
    window.actions_table.trigger("add_bend")
    two = window.session.document
    assert len(set(two.layout.edges[edge])) == 2
    window.actions_table.trigger("drop_bends")
    assert window.session.document == before
    window.session.bridge.undo()
    assert window.session.document == two


def test_one_can_be_put_where_the_menu_of_the_edge_was_asked_for(window, edge, monkeypatch):
    monkeypatch.setattr("summit_studio.app.shell.menus.QMenu.popup", lambda *_: None)
    way = window.canvas.scene().shown.edges[edge].curve
    x, y = along(way, 0.3)
    spot = window.canvas.mapFromScene(x, y)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, spot)
    window.canvas.contextMenuEvent(event)
    window.actions_table.trigger("add_bend")
    (bend,) = window.session.document.layout.edges[edge]
    assert abs(bend[0] - x) <= 6
    assert abs(bend[1] - y) <= 6


def test_they_need_an_edge(window, edge):
    window.canvas.select(["orders"])
    window.actions_table.refresh()
    for action in ("add_bend", "drop_bends"):
        assert not window.actions_table[action].isEnabled()
