"""What keys do on the canvas that are nobody's choice; those of actions are in their table."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from summit_studio.app.canvas.geometry import GRID
from summit_studio.app.canvas.navigation import Direction, end_of, neighbour
from summit_studio.app.session.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from summit_studio.app.canvas.workbench import Workbench

_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Keys:
    """Turns key events into calls of the view; Escape is left to `escape`."""

    def __init__(self, view: "Workbench", escape: "Callable[[], None]") -> None:
        self._view = view
        self._escape = escape
        self._nudge: object = object()

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key; return False for one that means nothing here."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._arrow(_ARROWS[key], event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        else:
            return False
        return True

    def _arrow(self, direction: Direction, event: QKeyEvent) -> None:
        if event.modifiers() & _CONTROL:
            if not event.isAutoRepeat():
                self._nudge = object()
            self._move(direction)
        else:
            self._walk(direction, adding=bool(event.modifiers() & _SHIFT))

    def _move(self, direction: Direction) -> None:
        """Move what is selected, or all bends of edges, by the grid; a held key makes one edit."""
        shown, chosen = self._view.scene().shown, self._view.scene().selection
        dx, dy = (part * GRID for part in direction.value)
        held = shown.held_by(chosen)
        edit = shown.moving(held.by((dx, dy))) or shown.bending(chosen.edges, (dx, dy))
        if edit is not None and self._view.commit(edit, self._nudge) and held.nodes:
            self._view.ensure_shown(next(iter(held.nodes)))

    def _walk(self, direction: Direction, *, adding: bool) -> None:
        scene = self._view.scene()
        middles = {i: n.middle for i, n in scene.shown.nodes.items() if not n.folded}
        chosen = tuple(i for i in scene.selection.nodes if i in middles)
        edges = scene.selection.edges or tuple(b.edge for b in scene.selection.bends)
        if edges and not chosen:
            reached: str | None = end_of(edges[-1], direction)
        elif chosen:
            reached = neighbour(scene.document, middles, chosen[-1], direction)
        else:
            middle = self._view.middle()
            reached = scene.nearest_node(middle.x(), middle.y())
        if reached is not None:
            # The node reached goes last, which is where the next step begins.
            kept = tuple(i for i in chosen if i != reached) if adding else ()
            scene.select(Selection((*kept, reached)))
            self._view.ensure_shown(reached)

    def _activate(self) -> None:
        chosen = self._view.scene().selection
        if chosen.nodes:
            self._view.node_activated.emit(chosen.nodes[-1])
        elif chosen.notes:
            self._view.writing_asked.emit(chosen.notes[-1])
        elif chosen.frames:
            self._view.naming_asked.emit(chosen.frames[-1])
