"""Which gesture a press of the left button begins."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from summit_studio.app.canvas.connecting import Drawing
from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.gestures.bending import BendGesture, HeldBend
from summit_studio.app.canvas.gestures.connecting import ConnectGesture
from summit_studio.app.canvas.gestures.cutting import CutGesture
from summit_studio.app.canvas.gestures.framing import SignGesture
from summit_studio.app.canvas.gestures.looking import BandGesture
from summit_studio.app.canvas.gestures.moving import MoveGesture
from summit_studio.app.canvas.gestures.resizing import ResizeGesture
from summit_studio.app.canvas.hits import Hit, grabbed_end
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.session.selection import Selection

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench


def pick(view: "Workbench", at: Pointer) -> Gesture:
    """Return the gesture for what lies at a place: port, node, edge, note, frame or nothing.

    With Alt it is a stroke that cuts edges, wherever it begins.
    """
    if at.modifiers & Qt.KeyboardModifier.AltModifier:
        return CutGesture(view)
    found = view.scene().hit(at.x, at.y)
    if found.spot is not None:
        return ConnectGesture(view, _drawing(view, found))
    if found.node is not None and found.node.on_letters(at.x, at.y):
        return _LettersPress(view, found.node)
    if found.node is not None:
        return MoveGesture(view, found.node)
    if found.edge is not None and found.bend is not None:
        return _bend_gesture(view, found.edge, found.bend, at)
    if found.edge is not None:
        return _edge_gesture(view, found.edge, at)
    if found.note is not None and found.note.on_grip(at.x, at.y):
        return ResizeGesture(view, found.note)
    if found.note is not None:
        return MoveGesture(view, found.note)
    if found.frame is not None:
        return _frame_gesture(view, found.frame, at)
    return BandGesture(view)


def _bend_gesture(view: "Workbench", item: EdgeItem, number: int, at: Pointer) -> Gesture:
    """Return the gesture for a bend: with all else, where it is selected or to be so."""
    held = HeldBend(item, number)
    alone = view.scene().selection == Selection(bends=(held.bend,))
    if at.adding or (held.selected and not alone):
        return MoveGesture(view, held)
    return BendGesture(view, item, number)


def _frame_gesture(view: "Workbench", frame: FrameItem, at: Pointer) -> Gesture:
    if frame.on_grip(at.x, at.y):
        return ResizeGesture(view, frame)
    return SignGesture(view, frame) if frame.on_sign(at.x, at.y) else MoveGesture(view, frame)


def _drawing(view: "Workbench", found: Hit) -> Drawing:
    """Return the edge that a drag from a port draws, or whose end it takes off."""
    assert found.spot is not None  # noqa: S101 - asked only for ports
    assert found.port is not None  # noqa: S101 - asked only for ports
    if found.spot.output:
        return Drawing(found.port)
    edges = list(view.scene().document.edges_into(found.port.node, found.port.port))
    if edges and not found.spot.port.many:
        return Drawing(edges[-1].source, replacing=edges[-1])
    return Drawing(found.port, forward=False)


def _edge_gesture(view: "Workbench", item: EdgeItem, at: Pointer) -> Gesture:
    chosen = view.scene().selection
    if at.adding:
        edges = dict.fromkeys(chosen.edges)
        edges.pop(item.edge) if item.edge in edges else edges.setdefault(item.edge)
        view.scene().select(replace(chosen, edges=tuple(edges)))
    else:
        view.scene().select(Selection(edges=(item.edge,)))
    end = grabbed_end(item, at.x, at.y)
    if end == "source":
        return ConnectGesture(view, Drawing(item.edge.target, forward=False, replacing=item.edge))
    if end == "target":
        return ConnectGesture(view, Drawing(item.edge.source, replacing=item.edge))
    return _Press(view)


class _Press(Gesture):
    """A press that has done all it does: the middle of an edge is only selected."""

    def move(self, at: Pointer) -> None:
        """Do nothing."""

    def end(self, at: Pointer) -> None:
        """Do nothing."""

    def cancel(self) -> None:
        """Do nothing."""


class _LettersPress(_Press):
    """A press on the count of dead letters: let go of there, it asks for them."""

    def __init__(self, view: "Workbench", item: NodeItem) -> None:
        super().__init__(view)
        self._item = item

    def end(self, at: Pointer) -> None:
        """Ask, if the pointer is still there."""
        if self._item.on_letters(at.x, at.y):
            self.view.letters_asked.emit(self._item.node.id)
