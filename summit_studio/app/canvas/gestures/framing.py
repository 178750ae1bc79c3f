"""Frames by hand: one is drawn, or collapsed and opened by its sign."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import snap
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.gestures.moving import MoveGesture
from summit_studio.app.look.words import tr
from summit_studio.document.framing import folded, framed

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench


class DrawFrameGesture(Gesture):
    """Draws a frame; it holds the nodes and notes whose middles it is drawn around."""

    cursor = Qt.CursorShape.CrossCursor

    def move(self, at: Pointer) -> None:
        """Show the area."""
        if self.passes(at) and self.began is not None:
            area = QRectF(QPointF(self.began.x, self.began.y), QPointF(at.x, at.y)).normalized()
            self.scene.band.show_band(area)

    def end(self, at: Pointer) -> None:
        """Make the frame, and ask for its title; too small a one is none."""
        self.move(at)
        area = self.scene.band.rect()
        self.cancel()
        least_width, least_height = FrameItem.least
        if not self.dragging or area.width() < least_width or area.height() < least_height:
            self.view.refuse(tr("Draw the frame larger: it needs room for a card."))
            return
        left, top = snap(area.left()), snap(area.top())
        box = (left, top, snap(area.right()) - left, snap(area.bottom()) - top)
        shown = self.scene.shown
        nodes = [i for i, n in shown.nodes.items() if not n.folded and area.contains(*n.middle)]
        notes = [i for i, n in shown.notes.items() if not n.folded and area.contains(*n.middle)]
        edit, frame_id = framed(self.scene.document, box, nodes, notes)
        if self.view.commit(edit):
            self.view.frame_made.emit(frame_id)

    def cancel(self) -> None:
        """Draw nothing."""
        self.scene.band.setVisible(False)


class SignGesture(MoveGesture):
    """A press on the sign of a frame: a drag moves it, a click collapses or opens it."""

    def __init__(self, view: "Workbench", held: FrameItem) -> None:
        super().__init__(view, held)
        self._sign_of = held

    def end(self, at: Pointer) -> None:
        """Collapse or open it, unless it was moved."""
        super().end(at)
        if not self.dragging and self._sign_of.on_sign(at.x, at.y):
            self.view.commit(folded(self._sign_of.id, self._sign_of.shown))
