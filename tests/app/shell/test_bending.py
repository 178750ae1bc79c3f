"""Bends of edges by actions: where the menu was asked for, halfway, and all off again."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest

from summit_studio.app.canvas.bending import bend
from summit_studio.app.canvas.geometry import along, distance
from summit_studio.app.canvas.picture import picture
from summit_studio.app.canvas.printing import Print
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.selection import Bend, Selection
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
    (put,) = window.session.document.layout.edges[edge]
    assert abs(put[0] - x) <= 6
    assert abs(put[1] - y) <= 6


def test_they_need_an_edge(window, edge):
    window.canvas.select(["orders"])
    window.actions_table.refresh()
    for action in ("add_bend", "drop_bends"):
        assert not window.actions_table[action].isEnabled()


def test_keys_choose_one_bend_after_the_other_move_it_and_take_it_off(window, edge, qtbot):
    table, session = window.actions_table, window.session
    session.do(bend(edge, [(300, 200), (420, 240)]))
    for number in (0, 1, 0):
        table.trigger("next_bend")
        assert session.selection == Selection(bends=(Bend(edge, number),))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert session.document.layout.edges[edge] == ((300, 208), (420, 240))
    before = session.document
    table.trigger("delete")
    session.bridge.flush()
    assert session.document.layout.edges[edge] == ((420, 240),)
    assert edge in session.document.edges
    table.trigger("undo")
    session.bridge.flush()
    assert session.document == before
    window.canvas.select(Selection(bends=(Bend(edge, 1),)))
    table.trigger("drop_bends")
    assert session.document.layout.edges[edge] == ((300, 208),)


def test_straighten_takes_bends_off_and_align_moves_them_along(window, edge):
    session, table = window.session, window.actions_table
    session.do(bend(edge, [(420, 240)]))
    window.canvas.select(["orders", "paid"])
    session.bridge.flush()
    table.trigger("align_top")
    session.bridge.flush()
    ends = session.document.layout.nodes
    moved = (ends["orders"][1] - 0 + ends["paid"][1] - 80) / 2
    assert session.document.layout.edges[edge] == ((420, round(240 + moved)),)
    table.trigger("straighten")
    session.bridge.flush()
    assert not session.document.layout.edges
    table.trigger("undo")
    assert session.document.layout.edges


def test_thumbnails_and_pictures_lead_edges_through_their_bends(window, edge):
    session = window.session
    session.do(bend(edge, [(400, 900)]))
    session.bridge.flush()
    theme = Theme.light()
    image = picture(session.document, lambda _: "source", theme, QSize(300, 112)).toImage()
    drawn = [y for y in range(112) if any(_is_edge(image, x, y, theme) for x in range(300))]
    assert max(drawn) > 112 - 14, "the bend is the lowest of all"
    for nodes in (None, {"orders", "paid"}):
        printed = Print(window.canvas.scene(), theme, nodes)
        assert printed.room.bottom() > 900
        assert b"400,900" in printed.svg("")
        printed.close()


def _is_edge(image, x: int, y: int, theme) -> bool:
    red, green, blue, _ = image.pixelColor(x, y).getRgb()
    canvas = QColor(theme.canvas).getRgb()
    return abs(red - canvas[0]) + abs(green - canvas[1]) + abs(blue - canvas[2]) > 60
