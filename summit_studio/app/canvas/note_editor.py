"""The one editor in place: a note's text, edited where the note stands."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from summit_studio.app.canvas.geometry import GRID
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.selection import Selection
from summit_studio.core.ids import unique_id
from summit_studio.document.edits import SetNote
from summit_studio.document.model import Box, Note

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench

_SMALLEST = (200, 72)
_HIGHEST = 480
_HINT = mark("Write a note. # Heading, **bold**, - list, `code`, [link](https://…)")


class NoteEditor(QObject):
    """Opens over a note, or where a new one is to be; leaving it in any way keeps the text.

    What was written can be undone as one step; a new note without words is none.
    """

    def __init__(self, view: "Workbench") -> None:
        super().__init__(view)
        self._view = view
        self._field: QPlainTextEdit | None = None
        self._note_id = ""
        self._new: Box | None = None

    def edit(self, item: NoteItem) -> None:
        """Edit a note."""
        self._close()
        self._note_id, self._new = item.note.id, None
        self._open(item.note.text, item.frame)

    def begin(self, box: Box) -> None:
        """Write a new note, in a box."""
        self._close()
        self._new = box
        self._open("", QRectF(*box))

    def _open(self, text: str, rect: QRectF) -> None:
        field = QPlainTextEdit(text, self._view.viewport())
        frame = self._view.mapFromScene(rect).boundingRect()
        field.setGeometry(frame)
        field.resize(max(frame.width(), _SMALLEST[0]), max(frame.height(), _SMALLEST[1]))
        field.setAccessibleName(tr("Note"))
        field.setPlaceholderText(tr(_HINT))
        field.selectAll()
        field.installEventFilter(self)
        field.show()
        field.setFocus()
        self._field = field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on Escape, Ctrl+Enter and loss of focus."""
        if watched is not self._field:
            return False
        if event.type() == QEvent.Type.FocusOut:
            self._close()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
            enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control
            if key == Qt.Key.Key_Escape or enter:
                self._close()
                return True
        return False

    def _close(self) -> None:
        field, self._field = self._field, None
        if field is None:
            return
        text = field.toPlainText()
        field.removeEventFilter(self)
        field.hide()
        field.deleteLater()
        self._view.setFocus()
        document = self._view.scene().document
        if self._new is not None:
            self._add(text, self._new)
        elif self._note_id in document.notes and text != document.notes[self._note_id].text:
            self._view.commit(SetNote(self._note_id, text))

    def _add(self, text: str, box: Box) -> None:
        """Make the note, high enough for its words."""
        if not text.strip():
            return
        scene = self._view.scene()
        note_id = unique_id("note", scene.document.notes)
        high = NoteItem(scene.stage, Note(note_id, text), box).full_height
        high = min(_HIGHEST, max(box[3], -(-high // GRID) * GRID))
        if self._view.commit(SetNote(note_id, text, (*box[:3], high))):
            self._view.select(Selection(notes=(note_id,)))
