"""Gestures that change nothing in the document: panning, and selecting by a band."""

from PySide6.QtCore import QPointF, QRectF, Qt

from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.session.selection import Bend, Selection


class PanGesture(Gesture):
    """Drags the view across the scene."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def start(self, at: Pointer) -> None:
        """Remember where the hand took hold."""
        super().start(at)
        self._last = at.spot

    def move(self, at: Pointer) -> None:
        """Scroll along."""
        self.passes(at)
        step = at.spot - self._last
        self._last = at.spot
        self.view.pan(-step.x(), -step.y())

    def end(self, at: Pointer) -> None:
        """Stay there."""

    def cancel(self) -> None:
        """Stay there: looking elsewhere does no harm."""


class BandGesture(Gesture):
    """Selects nodes that a rectangle touches, and notes, frames and bends that it holds.

    With Ctrl or Shift it selects them besides the others.
    """

    def start(self, at: Pointer) -> None:
        """Begin with nothing, or with what is selected."""
        super().start(at)
        self._before = self.scene.selection
        self._kept = self._before if at.adding else Selection()
        self.scene.select(self._kept, quiet=True)

    def move(self, at: Pointer) -> None:
        """Show what would be selected."""
        if self.passes(at) and self.began is not None:
            band = QRectF(QPointF(self.began.x, self.began.y), QPointF(at.x, at.y)).normalized()
            self.scene.band.show_band(band)
            self.scene.select(self._within(band), quiet=True)

    def end(self, at: Pointer) -> None:
        """Select it."""
        del at
        self.scene.band.setVisible(False)
        self.scene.select(self.scene.selection)

    def cancel(self) -> None:
        """Select what was selected."""
        self.scene.band.setVisible(False)
        self.scene.select(self._before)

    def _within(self, band: QRectF) -> Selection:
        shown = self.scene.shown
        nodes = tuple(
            i for i, n in shown.nodes.items() if not n.folded and band.intersects(n.frame)
        )
        notes = tuple(i for i, n in shown.notes.items() if not n.folded and band.contains(n.frame))
        frames = tuple(i for i, f in shown.frames.items() if band.contains(f.frame))
        ends = {*nodes, *self._kept.nodes}
        edges = tuple(e for e in shown.edges if {e.source.node, e.target.node} <= ends)
        if not nodes:
            edges = ()
        bends = tuple(
            Bend(edge, number)
            for edge, places in shown.document.layout.edges.items()
            if edge in shown.edges and not shown.edges[edge].folded
            for number, place in enumerate(places)
            if band.contains(QPointF(*place))
        )
        return Selection(
            (*self._kept.nodes, *nodes),
            (*self._kept.edges, *edges),
            (*self._kept.notes, *notes),
            (*self._kept.frames, *frames),
            (*self._kept.bends, *bends),
        )
