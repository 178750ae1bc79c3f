"""Dragging a bend of an edge."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from summit_studio.app.canvas.bending import bend
from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.geometry import snap
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.session.selection import Bend, Selection
from summit_studio.document.model import Point

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench

_REACH = 6.0
"""So many pixels of the view off, a bend comes level with its neighbours along the edge."""

_FREELY = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier


class HeldBend:
    """A bend as what is moved holds it, with all else that is selected."""

    def __init__(self, item: EdgeItem, number: int) -> None:
        self.bend = Bend(item.edge, number)
        self.left, self.top = item.bends[number]
        self.frame = QRectF(self.left, self.top, 0, 0)
        self.selected = number in item.chosen


class BendGesture(Gesture):
    """Moves one bend: level with the stop before or after it, else over the grid."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, view: "Workbench", item: EdgeItem, number: int) -> None:
        super().__init__(view)
        self._item, self._number = item, number
        self._before = self._bends = item.bends

    def start(self, at: Pointer) -> None:
        """Select the bend."""
        super().start(at)
        self._chosen = self.scene.selection
        self.scene.select(Selection(bends=(Bend(self._item.edge, self._number),)))

    def move(self, at: Pointer) -> None:
        """Show the edge through the new place."""
        if not self.passes(at):
            return
        bends = list(self._before)
        bends[self._number] = self._snapped(at)
        if tuple(bends) != self._bends:
            self._bends = tuple(bends)
            self.scene.shown.preview_bends(self._item.edge, self._bends)

    def end(self, at: Pointer) -> None:
        """Commit one edit."""
        del at
        moved = self._bends != self._before
        if moved and not self.view.commit(bend(self._item.edge, self._bends)):
            self.scene.restore()

    def cancel(self) -> None:
        """Put the bend back."""
        self.scene.restore()
        self.scene.select(self._chosen)

    def _snapped(self, at: Pointer) -> Point:
        if not self.view.snaps or at.modifiers & _FREELY:
            return round(at.x), round(at.y)
        curve = self._item.curve
        stops = (curve[:2], *self._before, curve[-2:])
        beside = stops[self._number], stops[self._number + 2]
        reach = _REACH / self.scene.stage.zoom
        return _level(at.x, [x for x, _ in beside], reach), _level(
            at.y, [y for _, y in beside], reach
        )


def _level(value: float, others: list[float], reach: float) -> int:
    """Return the nearest of others within reach, else the nearest place on the grid."""
    nearest = min(others, key=lambda other: abs(other - value))
    return round(nearest) if abs(nearest - value) <= reach else snap(value)
