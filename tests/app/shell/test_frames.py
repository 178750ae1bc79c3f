"""Frames in the window: by keys, copied with their nodes, found and listed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.requests import NodeDropped
from summit_studio.app.session.finding import Place
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import SetNote

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(window, pipeline, settle):
    window.session.bridge.set_document(pipeline)
    settle()
    window.canvas.setFocus()
    return window.canvas


@pytest.fixture
def framed(window, canvas):
    """A frame around two nodes, made by its key and named."""
    canvas.select(["orders", "paid"])
    QTest.keyClick(canvas, Qt.Key.Key_G)
    field = canvas.viewport().focusWidget()
    QTest.keyClicks(field, "Clean")
    QTest.keyClick(field, Qt.Key.Key_Return)
    window.session.bridge.flush()
    return canvas


def frames(window):
    return window.session.document.layout.frames


def test_a_key_puts_a_frame_around_what_is_selected(window, framed):
    frame = frames(window)["frame"]
    assert (frame.title, frame.nodes) == ("Clean", ("orders", "paid"))
    left, top, width, height = frame.box
    for node_id in frame.nodes:
        card = framed.scene().shown.nodes[node_id].frame
        assert left < card.left() < card.right() < left + width
        assert top < card.top() < card.bottom() < top + height
    assert window.session.selection == Selection(frames=("frame",))
    assert window.session.document.meaning().layout.frames == {}


def test_keys_collapse_it_and_take_a_node_out(window, framed):
    QTest.keyClick(framed, Qt.Key.Key_G, SHIFT)
    assert frames(window)["frame"].collapsed
    QTest.keyClick(framed, Qt.Key.Key_G, SHIFT)
    assert not frames(window)["frame"].collapsed
    before = window.session.document
    window.session.bridge.flush()
    framed.select(["paid"])
    QTest.keyClick(framed, Qt.Key.Key_O)
    window.session.bridge.flush()
    assert frames(window)["frame"].nodes == ("orders",)
    card = framed.scene().shown.nodes["paid"].frame
    assert not card.intersects(framed.scene().shown.frames["frame"].frame)
    window.session.bridge.undo()
    assert window.session.document == before


def test_it_is_copied_and_duplicated_and_cut_with_what_it_holds(window, framed):
    session = window.session
    session.do(SetNote("why", "Because", (0, -60, 100, 48)))
    session.bridge.flush()
    framed.select(Selection(notes=("why",)))
    window.actions_table.trigger("colour_green")
    before = session.document
    framed.select(Selection(notes=("why",), frames=("frame",)))
    QTest.keyClick(framed, Qt.Key.Key_D, CONTROL)
    session.bridge.flush()
    copy = frames(window)["frame_2"]
    assert copy.nodes == ("orders_2", "paid_2")
    assert (copy.title, copy.box[2:]) == ("Clean", frames(window)["frame"].box[2:])
    assert session.document.notes["why_2"].text == "Because"
    assert session.document.layout.colours == {"why": "green", "why_2": "green"}
    assert session.selection == Selection(("orders_2", "paid_2"), (), ("why_2",), ("frame_2",))
    first = frames(window)["frame"].box
    moved = [copy.box[k] - first[k] for k in (0, 1)]
    places = session.document.layout.nodes
    assert [places["paid_2"][k] - places["paid"][k] for k in (0, 1)] == moved
    session.bridge.undo()
    assert session.document == before
    session.bridge.flush()
    framed.select(Selection(frames=("frame",)))
    QTest.keyClick(framed, Qt.Key.Key_X, CONTROL)
    assert "frame" not in frames(window)
    assert list(session.document.nodes) == ["out"]
    session.bridge.flush()
    QTest.keyClick(framed, Qt.Key.Key_V, CONTROL)
    assert frames(window)["frame"].nodes == ("orders", "paid")


def test_what_is_added_in_it_belongs_to_it(window, framed):
    left, top, width, height = frames(window)["frame"].box
    framed.node_dropped.emit(NodeDropped("sort", (left + width // 2, top + height // 2)))
    inside = frames(window)["frame"].nodes
    made = next(i for i in window.session.document.nodes if i not in ("orders", "paid", "out"))
    middle = framed.scene().shown.nodes[made].middle
    within = left <= middle[0] <= left + width and top <= middle[1] <= top + height
    assert (made in inside) is within


def test_it_is_found_listed_and_named_again(window, framed, qtbot):
    (hit,) = window.finder.find("clean")
    assert (hit.id, hit.place) == ("frame", Place.FRAME)
    framed.select([])
    window.finding.on_find()
    QTest.keyClicks(window.finding.panel.line, "clean")
    QTest.keyClick(window.finding.panel.line, Qt.Key.Key_Return)
    assert window.session.selection == Selection(frames=("frame",))
    outline = window.outline
    qtbot.waitUntil(lambda: ("frame", "frame") in outline._sheets)
    framed.select([])
    outline.tree.setCurrentItem(outline._sheets["frame", "frame"])
    assert window.session.selection == Selection(frames=("frame",))
    framed.setFocus()
    QTest.keyClick(framed, Qt.Key.Key_F2)
    field = framed.viewport().focusWidget()
    QTest.keyClicks(field, "Tidied")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert frames(window)["frame"].title == "Tidied"


def test_tidy_lays_its_nodes_out_together_and_foreign_cards_stand_clear(window, framed, qtbot):
    document = window.session.document
    window.actions_table.trigger("tidy")
    qtbot.waitUntil(lambda: window.session.document is not document)
    window.session.bridge.flush()
    frame = framed.scene().shown.frames["frame"].frame
    shown = framed.scene().shown.nodes
    assert frame.contains(shown["orders"].frame)
    assert frame.contains(shown["paid"].frame)
    assert not frame.intersects(shown["out"].frame)
    window.session.bridge.undo()
    assert window.session.document == document
