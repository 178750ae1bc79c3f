"""Moving nodes and notes; a press without a drag selects."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from summit_studio.app.canvas.geometry import snap
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.hits import edge_beneath
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import Edit

if TYPE_CHECKING:
    from summit_studio.app.canvas.edge_item import EdgeItem
    from summit_studio.app.canvas.workbench import Workbench

Place = tuple[int, int]


class MoveGesture(Gesture):
    """Moves all that is selected by the same steps, so that the held item stands on the grid.

    A node without edges that is moved alone can be dropped on an edge, and is then put into it.
    """

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, view: "Workbench", held: NodeItem | NoteItem) -> None:
        super().__init__(view)
        self._held = held
        self._nodes: dict[str, Place] = {}
        self._notes: dict[str, Place] = {}
        self._step: Place = (0, 0)
        self._into: EdgeItem | None = None

    def start(self, at: Pointer) -> None:
        """Select what was pressed, unless it is among others already selected."""
        super().start(at)
        self._before = self.scene.selection
        self._was_selected = self._held.selected
        if at.adding:
            self.scene.select(toggled(self._before, self._held))
        elif not self._held.selected:
            self.scene.select(toggled(Selection(), self._held))

    def move(self, at: Pointer) -> None:
        """Show everything at its new place."""
        if not self.passes(at) or self.began is None:
            return
        if not self._nodes and not self._notes:
            self._take_hold()
        x, y = round(self._held_from[0]), round(self._held_from[1])
        step = (
            snap(x + at.x - self.began.x) - x,
            snap(y + at.y - self.began.y) - y,
        )
        if step != self._step:
            self._step = step
            self.scene.preview(_shifted(self._nodes, step), _shifted(self._notes, step))
        self._aim(at)

    def end(self, at: Pointer) -> None:
        """Commit one edit; without a drag, select the pressed item alone."""
        if not self.dragging:
            if self._was_selected and not at.adding:
                self.scene.select(toggled(Selection(), self._held))
            if isinstance(self._held, NoteItem) and not at.adding:
                self._follow(self._held.link_at(at.x, at.y))
            return
        if self._step != (0, 0):
            nodes, notes = _shifted(self._nodes, self._step), _shifted(self._notes, self._step)
            edit = self._putting(nodes) or self.scene.shown.moving(nodes, notes)
            # The items stand there already; where the edit is refused they go back.
            if edit is None or not self.view.commit(edit):
                self.scene.restore()

    def _follow(self, link: str) -> None:
        if link:
            self.view.link_asked.emit(link)

    def cancel(self) -> None:
        """Put everything back."""
        self.scene.aim_at(None)
        self.scene.restore()
        self.scene.select(self._before)

    def _aim(self, at: Pointer) -> None:
        """Find the edge beneath the pointer, where the node alone could go into it."""
        alone = len(self._nodes) == 1 and not self._notes
        fits = alone and self.scene.shown.goes_between(next(iter(self._nodes)))
        self._into = edge_beneath(self.scene, at.x, at.y) if fits else None
        self.scene.aim_at(self._into)

    def _putting(self, nodes: dict[str, Place]) -> Edit | None:
        """Return the edit that puts the node into the edge it was dropped on, if there is one."""
        if self._into is None:
            return None
        node_id, place = next(iter(nodes.items()))
        return self.scene.shown.putting(node_id, self._into.edge, place)

    def _take_hold(self) -> None:
        shown = self.scene.shown
        selection = self.scene.selection
        self._held_from = (self._held.left, self._held.top)
        self._nodes = {i: _place(shown.nodes[i]) for i in selection.nodes}
        self._notes = {i: _place(shown.notes[i]) for i in selection.notes}


def toggled(selection: Selection, item: NodeItem | NoteItem) -> Selection:
    """Return a selection with one item more, or less where it was in."""
    nodes, notes = dict.fromkeys(selection.nodes), dict.fromkeys(selection.notes)
    key, kind = (item.node.id, nodes) if isinstance(item, NodeItem) else (item.note.id, notes)
    if key in kind:
        del kind[key]
    else:
        kind[key] = None
    return Selection(tuple(nodes), selection.edges, tuple(notes))


def _place(item: NodeItem | NoteItem) -> Place:
    return round(item.left), round(item.top)


def _shifted(places: dict[str, Place], step: Place) -> dict[str, Place]:
    return {i: (x + step[0], y + step[1]) for i, (x, y) in places.items()}
