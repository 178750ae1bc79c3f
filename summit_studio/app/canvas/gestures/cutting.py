"""Cutting edges by a stroke across them."""

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.geometry import XY, Curve, along
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.look.words import tr
from summit_studio.document.edits import Compound, Edit, RemoveEdge

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench

_SAMPLES = 24
_TOUCHING = Qt.ItemSelectionMode.IntersectsItemBoundingRect


class CutGesture(Gesture):
    """Marks the edges that the stroke crosses, and removes them all by one edit at its end."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: "Workbench") -> None:
        super().__init__(view)
        self._places: list[XY] = []
        self._crossed: dict[EdgeItem, None] = {}

    def start(self, at: Pointer) -> None:
        """Begin the stroke."""
        super().start(at)
        self._places = [(at.x, at.y)]

    def move(self, at: Pointer) -> None:
        """Draw the stroke on, and mark what it crosses."""
        if not self.passes(at):
            return
        last, here = self._places[-1], (at.x, at.y)
        if here == last:
            return
        self._places.append(here)
        self.scene.stroke.show_stroke(self._places)
        box = QRectF(QPointF(*last), QPointF(*here)).normalized().adjusted(-1, -1, 1, 1)
        for item in self.scene.items(box, _TOUCHING):
            if isinstance(item, EdgeItem) and crosses(item.curve, last, here):
                self._crossed[item] = None
                item.doomed = True
                item.update()

    def end(self, at: Pointer) -> None:
        """Remove what was crossed."""
        self.move(at)
        crossed = [item.edge for item in self._crossed]
        self.cancel()
        if len(crossed) == 1:
            self.view.commit(RemoveEdge(crossed[0]))
        elif crossed:
            steps: list[Edit] = [RemoveEdge(e) for e in crossed]
            self.view.commit(Compound(tr("Cut {count} edges", count=len(crossed)), tuple(steps)))

    def cancel(self) -> None:
        """Take the stroke and the marks away."""
        self.scene.stroke.setVisible(False)
        for item in self._crossed:
            item.doomed = False
            item.update()
        self._crossed = {}


def crosses(way: Curve, start: XY, end: XY) -> bool:
    """Return True if a straight line crosses the curve of an edge."""
    count = _SAMPLES * (len(way) // 6)
    places = [along(way, i / count) for i in range(count + 1)]
    return any(_parted(a, b, start, end) and _parted(start, end, a, b) for a, b in pairwise(places))


def _parted(a: XY, b: XY, one: XY, other: XY) -> bool:
    """Return True if two places lie on different sides of the line through a and b, or one on it.

    Two that both lie on it are not parted: a line along an edge does not cross it.
    """
    first, second = _side(a, b, one), _side(a, b, other)
    return first * second <= 0 and first != second


def _side(a: XY, b: XY, place: XY) -> float:
    return (b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0])
