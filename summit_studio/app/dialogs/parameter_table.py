"""The table of a pipeline's parameters, whose rows are typed in and moved."""

import json
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from summit_studio.app.look.words import tr
from summit_studio.document.model import Parameter

NAME, TYPE, DEFAULT, DOC = range(4)
TYPES = ("text", "integer", "number", "boolean", "date", "timestamp", "path")

_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ParameterTable(QTableWidget):
    """One row a parameter. Ctrl+Shift+Up and Down move the chosen one, or it is dragged.

    `remove_asked` is sent by Ctrl+Delete.
    """

    remove_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setAccessibleName(tr("Parameters"))
        self.setHorizontalHeaderLabels(
            [tr("Name"), tr("Type"), tr("Default"), tr("What it is for")]
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.verticalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)

    def append(self, parameter: Parameter) -> None:
        """Add a row for a parameter, which remembers its name as it is now."""
        default = "" if parameter.default is None else _shown(parameter.default)
        texts = {NAME: parameter.name, DEFAULT: default, DOC: parameter.doc}
        self._insert(self.rowCount(), texts, parameter.type, parameter.name)

    def _insert(self, row: int, texts: dict[int, str], kind: str, was: str) -> None:
        self.insertRow(row)
        for column, text in texts.items():
            item = QTableWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, was)
            self.setItem(row, column, item)
        types = QComboBox()
        types.addItems(TYPES)
        types.setCurrentText(kind)
        self.setCellWidget(row, TYPE, types)
        self.setRowHeight(row, types.sizeHint().height() + 8)

    def text(self, row: int, column: int) -> str:
        """Return what stands in a cell."""
        item = self.item(row, column)
        return item.text().strip() if item is not None else ""

    def kind(self, row: int) -> str:
        """Return the type that is chosen in a row."""
        types = self.cellWidget(row, TYPE)
        assert isinstance(types, QComboBox)  # noqa: S101 - holds by construction
        return types.currentText()

    def was(self, row: int) -> str:
        """Return the name that the parameter of a row had at first."""
        return str(self.model().index(row, NAME).data(Qt.ItemDataRole.UserRole))

    def order(self) -> list[str]:
        """Return the names that the parameters had at first, in the order of the rows."""
        return [self.was(row) for row in range(self.rowCount())]

    @Slot()
    def move_up(self) -> None:
        """Move the chosen parameter up."""
        self.move_to(self.currentRow() - 1)

    @Slot()
    def move_down(self) -> None:
        """Move the chosen parameter down."""
        self.move_to(self.currentRow() + 1)

    def move_to(self, to: int) -> None:
        """Move the chosen parameter to another row."""
        row, column = self.currentRow(), self.currentColumn()
        if row < 0 or row == to or not 0 <= to < self.rowCount():
            return
        texts = {at: self.text(row, at) for at in (NAME, DEFAULT, DOC)}
        kind, was = self.kind(row), self.was(row)
        self.removeRow(row)
        self._insert(to, texts, kind, was)
        self.setCurrentCell(to, column)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that are the table's own from the shortcuts of the window."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            own = self._step(event) or self._removes(event)
            if own:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move or remove the chosen parameter by keys."""
        step = self._step(event)
        if step:
            self.move_to(self.currentRow() + step)
        elif self._removes(event):
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)

    def _step(self, event: QKeyEvent) -> int:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return _MOVES.get(Qt.Key(event.key()), 0) if held == _CONTROL_SHIFT else 0

    @staticmethod
    def _removes(event: QKeyEvent) -> bool:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return control and event.key() == Qt.Key.Key_Delete

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the row that is dragged where the pointer is."""
        row, place = self.currentRow(), event.position().toPoint()
        at = self.rowAt(place.y())
        below = at >= 0 and place.y() > self.visualRect(self.model().index(at, NAME)).center().y()
        before = self.rowCount() if at < 0 else at + below
        self.move_to(before - (before > row))
        # The row was moved: the view must not remove it as well.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.viewport().update()


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
