"""The one editor in place: a note's text, edited where the note stands."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.document.edits import SetNote

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench

_SMALLEST = (200, 72)


class NoteEditor(QObject):
    """Opens over a note; leaving it or Ctrl+Enter keeps the text, Escape does not."""

    def __init__(self, view: "Workbench") -> None:
        super().__init__(view)
        self._view = view
        self._field: QPlainTextEdit | None = None
        self._note_id = ""

    def edit(self, item: NoteItem) -> None:
        """Edit a note."""
        self._close(keep=True)
        self._note_id = item.note.id
        field = QPlainTextEdit(item.note.text, self._view.viewport())
        frame = self._view.mapFromScene(item.frame).boundingRect()
        field.setGeometry(frame)
        field.resize(max(frame.width(), _SMALLEST[0]), max(frame.height(), _SMALLEST[1]))
        field.setAccessibleName("Note")
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
            self._close(keep=True)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if key == Qt.Key.Key_Escape:
                self._close(keep=False)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and control:
                self._close(keep=True)
                return True
        return False

    def _close(self, *, keep: bool) -> None:
        field, self._field = self._field, None
        if field is None:
            return
        text = field.toPlainText()
        field.removeEventFilter(self)
        field.deleteLater()
        self._view.setFocus()
        note = self._view.scene().document.notes.get(self._note_id)
        if keep and note is not None and text != note.text:
            self._view.commit(SetNote(self._note_id, text))
