"""The title of a frame, edited where it stands."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from summit_studio.app.canvas.frame_item import UNTITLED, FrameItem
from summit_studio.app.look.words import tr
from summit_studio.document.framing import named

if TYPE_CHECKING:
    from summit_studio.app.canvas.workbench import Workbench

_LEAST, _MOST = 160, 360
_ENDS = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FrameEditor(QObject):
    """Opens over a title; leaving it in any way keeps what was typed, which can be undone."""

    def __init__(self, view: "Workbench") -> None:
        super().__init__(view)
        self._view = view
        self._field: QLineEdit | None = None
        self._frame_id = ""

    def edit(self, item: FrameItem) -> None:
        """Edit the title of a frame."""
        self._close()
        self._frame_id = item.id
        field = QLineEdit(item.shown.title, self._view.viewport())
        room = self._view.mapFromScene(item.title_room()).boundingRect()
        field.setPlaceholderText(tr(UNTITLED))
        field.setAccessibleName(tr("Title of the frame"))
        high, wide = field.sizeHint().height(), min(max(room.width(), _LEAST), _MOST)
        field.setGeometry(room.left(), room.center().y() - high // 2, wide, high)
        field.selectAll()
        field.installEventFilter(self)
        field.show()
        field.setFocus()
        self._field = field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on Escape, Return and loss of focus."""
        if watched is not self._field:
            return False
        if event.type() == QEvent.Type.FocusOut:
            self._close()
            return False
        pressed = event.type() == QEvent.Type.KeyPress
        ends = isinstance(event, QKeyEvent) and pressed and event.key() in _ENDS
        if ends:
            self._close()
        return ends

    def _close(self) -> None:
        field, self._field = self._field, None
        if field is None:
            return
        title = field.text().strip()
        field.removeEventFilter(self)
        field.hide()
        field.deleteLater()
        self._view.setFocus()
        frame = self._view.scene().document.layout.frames.get(self._frame_id)
        if frame is not None and title != frame.title:
            self._view.commit(named(self._frame_id, frame, title))
