"""The entries of a records field as a table model."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.nodes.params import Editor

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class RecordsModel(QAbstractTableModel):
    """Entries as rows, some of their fields as columns; `edited` tells of a cell typed in."""

    edited = Signal()

    def __init__(
        self, record: Sequence[FieldSpec], columns: Sequence[FieldSpec], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._record = tuple(record)
        self.columns = tuple(columns)
        self._entries: list[dict[str, Any]] = []

    def entries(self) -> list[dict[str, Any]]:
        """Return a copy of the entries."""
        return [dict(e) for e in self._entries]

    def set_entries(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Show other entries; a change of values alone keeps the rows and what is chosen."""
        if len(entries) == len(self._entries):
            self._entries = [dict(e) for e in entries]
            self._touch(0, len(entries) - 1)
            return
        self.beginResetModel()
        self._entries = [dict(e) for e in entries]
        self.endResetModel()

    def set_field(self, row: int, name: str, value: Any) -> None:
        """Set one field of an entry; the empty value of an optional field is left out."""
        spec = next(f for f in self._record if f.name == name)
        self._entries[row] = with_field(self._entries[row], spec, value)
        self._touch(row, row)

    def insert(self, row: int) -> None:
        """Insert an entry whose required fields are empty."""
        self.beginInsertRows(QModelIndex(), row, row)
        self._entries.insert(row, {f.name: f.empty for f in self._record if f.required})
        self.endInsertRows()

    def remove(self, row: int) -> None:
        """Remove an entry."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._entries[row]
        self.endRemoveRows()

    def swap(self, row: int, other: int) -> None:
        """Let two entries change places."""
        entries = self._entries
        entries[row], entries[other] = entries[other], entries[row]
        self._touch(min(row, other), max(row, other))

    def _touch(self, first: int, last: int) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1), [])

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of entries."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of fields shown."""
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return that cells can be edited; switches are ticked in place."""
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid() and self.columns[index.column()].editor is Editor.TOGGLE:
            return base | Qt.ItemFlag.ItemIsUserCheckable
        return base | Qt.ItemFlag.ItemIsEditable

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a field's title and its doc as a tooltip."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.columns[section].doc
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a cell's text, value, or tick."""
        spec = self.columns[index.column()]
        value = self._entries[index.row()].get(spec.name, spec.default)
        if spec.editor is Editor.TOGGLE:
            if role == Qt.ItemDataRole.CheckStateRole:
                return Qt.CheckState.Checked if value else Qt.CheckState.Unchecked
            return None
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return ", ".join(map(str, value)) if isinstance(value, list) else _text(value)
        return None

    def setData(self, index: _Index, value: Any, role: int = 0) -> bool:
        """Take what was typed in a cell."""
        if not index.isValid():
            return False
        spec = self.columns[index.column()]
        if role == Qt.ItemDataRole.CheckStateRole:
            value = Qt.CheckState(value) is Qt.CheckState.Checked
        elif role != Qt.ItemDataRole.EditRole:
            return False
        if value != self._entries[index.row()].get(spec.name, spec.default):
            self.set_field(index.row(), spec.name, value)
            self.edited.emit()
        return True


def with_field(values: Mapping[str, Any], spec: FieldSpec, value: Any) -> dict[str, Any]:
    """Return params with one field set; a field at its default is left out, as a person would."""
    if not spec.required and value == spec.default and type(value) is type(spec.default):
        return {k: v for k, v in values.items() if k != spec.name}
    return {**values, spec.name: value}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
