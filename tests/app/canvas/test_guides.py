"""Dragging into line: guides are shown, Ctrl and Alt hold them off, the grid is the rest."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.guides import Guides
from tests.app.canvas.conftest import document

NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def pair(make_canvas):
    """Two cards off the grid, one of which is dragged."""
    return make_canvas(document({"a": ("read", 3, 5), "b": ("read", 400, 200)}))


def drag_to(canvas, spot: QPoint, modifiers=NONE) -> None:
    """Move the mouse with its left button down and keys held."""
    view = canvas.view.viewport()
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(spot), QPointF(view.mapToGlobal(spot)),
        Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, modifiers,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_a_card_comes_into_line_with_a_neighbour_and_shows_on_what(pair):
    start = pair.node("b")
    pair.press(start)
    drag_to(pair, start + QPoint(60, -191))
    guides = pair.scene.guides
    assert guides.isVisible()
    box = guides.path().boundingRect()
    assert (box.top(), box.height()) in {(y, 0.0) for y in (5.0, 41.0, 77.0)} | {(5.0, 72.0)}
    assert (box.left(), box.right()) == (3.0, 464.0 + 208)
    pair.release(start + QPoint(60, -191))
    assert pair.document.layout.nodes["b"] == (464, 5)
    assert not guides.isVisible()
    pair.bridge.undo()
    pair.settle()
    assert pair.document.layout.nodes["b"] == (400, 200)
    # Where it stood itself holds it not.
    pair.drag(pair.node("b"), pair.node("b") + QPoint(5, 0))
    assert pair.document.layout.nodes["b"] == (408, 200)


@pytest.mark.parametrize("modifier", [CONTROL, ALT], ids=["ctrl", "alt"])
def test_a_key_held_moves_it_by_single_pixels(pair, modifier):
    start = pair.node("b")
    pair.press(start)
    drag_to(pair, start + QPoint(61, -191), modifier)
    assert not pair.scene.guides.isVisible()
    pair.release(start + QPoint(61, -191), modifier)
    assert pair.document.layout.nodes["b"] == (461, 9)


def test_it_can_be_switched_off_and_is_given_up_by_escape(pair):
    start = pair.node("b")
    pair.press(start)
    drag_to(pair, start + QPoint(60, -191))
    pair.key(Qt.Key.Key_Escape)
    assert not pair.scene.guides.isVisible()
    pair.release(start)
    assert not pair.bridge.can_undo
    pair.view.snaps = False
    pair.drag(start, start + QPoint(61, -191))
    assert pair.document.layout.nodes["b"] == (461, 9)


def test_the_nearest_line_within_reach_is_taken():
    guides = Guides([(0, 0, 100, 50), (300, 4, 400, 54)])
    assert guides.fit((120, 3, 220, 53), 1, 6).step == 1
    assert guides.fit((120, 3, 220, 53), 1, 6).line == (120, 4, 400, 4)
    assert guides.fit((104, 70, 204, 120), 0, 6).step == -4
    assert guides.fit((130, 70, 180, 120), 0, 6).step is None
    assert Guides([]).fit((0, 0, 1, 1), 0, 6).step is None
