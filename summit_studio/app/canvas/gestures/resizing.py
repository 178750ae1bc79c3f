"""Resizing a note or a frame by its corner."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import snap
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.document.edits import Edit, SetNote
from summit_studio.document.layout_edits import SetInLayout

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench


class ResizeGesture(Gesture):
    """Moves the lower right corner over the grid; what stands on it stays."""

    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, view: "Workbench", item: NoteItem | FrameItem) -> None:
        super().__init__(view)
        self._item = item
        self._before = item.box

    def move(self, at: Pointer) -> None:
        """Show it in its new size."""
        if not self.passes(at) or self.began is None:
            return
        left, top, width, height = self._before
        least_width, least_height = self._item.least
        width = max(least_width, snap(width + at.x - self.began.x))
        height = max(least_height, snap(height + at.y - self.began.y))
        self._item.show_box((left, top, width, height))

    def end(self, at: Pointer) -> None:
        """Commit one edit."""
        del at
        box = self._item.box
        if box != self._before and not self.view.commit(self._edit()):
            self.cancel()

    def cancel(self) -> None:
        """Give it its size back."""
        self._item.show_box(self._before)

    def _edit(self) -> Edit:
        item = self._item
        if isinstance(item, NoteItem):
            return SetNote(item.note.id, item.note.text, item.box)
        return SetInLayout("frames", item.id, replace(item.shown, box=item.box))
