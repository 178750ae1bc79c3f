"""Moving nodes, notes, frames and bends together; a press without a drag selects."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QRectF, Qt

from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import snap
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.gestures.bending import HeldBend
from summit_studio.app.canvas.guides import Guides
from summit_studio.app.canvas.hits import edge_beneath
from summit_studio.app.canvas.items import Held
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.app.canvas.room import Box
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import Edit
from summit_studio.document.model import Frame

if TYPE_CHECKING:
    from summit_studio.app.canvas.edge_item import EdgeItem
    from summit_studio.app.canvas.workbench import Workbench

K = TypeVar("K")

_REACH = 6.0
"""So many pixels of the view off, what is dragged comes into line."""

_EXACT = 0.5

_FREELY = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier

Place = tuple[int, int]
Movable = NodeItem | NoteItem | FrameItem | HeldBend


class MoveGesture(Gesture):
    """Moves all that is selected by the same steps, so that the held item stands on the grid.

    A node without edges that is moved alone can be dropped on an edge, and is then put into it.
    What is dropped in a frame belongs to it from then on.
    """

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, view: "Workbench", held: Movable) -> None:
        super().__init__(view)
        self._held = held
        self._moved = Held()
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
        if not self._moved:
            self._take_hold()
        step = self._snapped(at.x - self.began.x, at.y - self.began.y, at.modifiers)
        if step != self._step:
            self._step = step
            now = self._moved.by(step)
            self.scene.preview(now.nodes, now.notes, now.frames, now.bends)
        self._aim(at)

    def _snapped(self, dx: float, dy: float, modifiers: Qt.KeyboardModifier) -> Place:
        """Return a step after which the held item stands in line with others, or on the grid.

        While Alt or Ctrl is held, and where people want none of it, it is the step itself.
        """
        if not self.view.snaps or modifiers & _FREELY:
            self.scene.guides.show_lines(())
            return round(dx), round(dy)
        frame = self._held.frame
        left, top = self._held_from[0] + dx, self._held_from[1] + dy
        box = (left, top, left + frame.width(), top + frame.height())
        reach = _REACH / self.scene.stage.zoom
        across, down = (self._guides.fit(box, axis, reach) for axis in (0, 1))
        x = snap(left) if across.step is None else left + across.step
        y = snap(top) if down.step is None else top + down.step
        self._show_lines((x, y, x + frame.width(), y + frame.height()))
        return round(x - self._held_from[0]), round(y - self._held_from[1])

    def _show_lines(self, box: Box) -> None:
        """Show what the held item stands in line with."""
        lines = (self._guides.fit(box, axis, _EXACT).line for axis in (0, 1))
        self.scene.guides.show_lines([line for line in lines if line is not None])

    def end(self, at: Pointer) -> None:
        """Commit one edit; without a drag, select the pressed item alone."""
        if not self.dragging:
            if self._was_selected and not at.adding:
                self.scene.select(toggled(Selection(), self._held))
            if isinstance(self._held, NoteItem) and not at.adding:
                self._follow(self._held.link_at(at.x, at.y))
            return
        self.scene.guides.show_lines(())
        if self._step != (0, 0):
            now = self._moved.by(self._step)
            edit = self._putting(now.nodes) or self.scene.shown.moving(now)
            # The items stand there already; where the edit is refused they go back.
            if edit is None or not self.view.commit(edit):
                self.scene.restore()

    def _follow(self, link: str) -> None:
        if link:
            self.view.link_asked.emit(link)

    def cancel(self) -> None:
        """Put everything back."""
        self.scene.guides.show_lines(())
        self.scene.aim_at(None)
        self.scene.restore()
        self.scene.select(self._before)

    def _aim(self, at: Pointer) -> None:
        """Find the edge beneath the pointer, where the node alone could go into it; or a frame."""
        moved, shown = self._moved, self.scene.shown
        alone = len(moved.nodes) == 1 and not (moved.notes or moved.frames or moved.bends)
        fits = alone and shown.goes_between(next(iter(moved.nodes)))
        self._into = edge_beneath(self.scene, at.x, at.y) if fits else None
        self.scene.aim_at(self._into or self._frame())

    def _frame(self) -> FrameItem | None:
        """Return the frame that would hold something more if all were let go of here."""
        if self._moved.frames or not self.scene.shown.frames:
            return None
        before = self.scene.document.layout.frames
        now = self.scene.shown.joining(self._moved.by(self._step))
        for edit in now:
            frame_id = str(edit.key)
            if isinstance(edit.value, Frame) and _grows(before[frame_id], edit.value):
                return self.scene.shown.frames[frame_id]
        return None

    def _putting(self, nodes: Mapping[str, Place]) -> Edit | None:
        """Return the edit that puts the node into the edge it was dropped on, if there is one."""
        if self._into is None:
            return None
        node_id, place = next(iter(nodes.items()))
        return self.scene.shown.putting(node_id, self._into.edge, place)

    def _take_hold(self) -> None:
        self._held_from = (self._held.left, self._held.top)
        self._moved = self.scene.shown.held_by(self.scene.selection)
        self._guides = Guides(self.scene.shown.seen_beside(self._moved, self._in_view()))

    def _in_view(self) -> QRectF:
        return self.view.mapToScene(self.view.viewport().rect()).boundingRect()


def toggled(selection: Selection, item: Movable) -> Selection:
    """Return a selection with one item more, or less where it was in."""
    if isinstance(item, NodeItem):
        return replace(selection, nodes=_toggled(selection.nodes, item.node.id))
    if isinstance(item, NoteItem):
        return replace(selection, notes=_toggled(selection.notes, item.note.id))
    if isinstance(item, HeldBend):
        return replace(selection, bends=_toggled(selection.bends, item.bend))
    return replace(selection, frames=_toggled(selection.frames, item.id))


def _toggled(chosen: tuple[K, ...], key: K) -> tuple[K, ...]:
    return tuple(i for i in chosen if i != key) if key in chosen else (*chosen, key)


def _grows(before: Frame, after: Frame) -> bool:
    return len(after.nodes) + len(after.notes) > len(before.nodes) + len(before.notes)
