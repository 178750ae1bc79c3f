"""The entries of a records field as a table model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from summit_studio.app.look.words import tr
from summit_studio.nodes.params import Editor

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(slots=True)
class Row:
    """An entry, or a draft: a row made ready in which nothing stands yet."""

    entry: dict[str, Any]
    draft: bool = False


class RecordsModel(QAbstractTableModel):
    """Entries as rows, some of their fields as columns; `edited` tells of a cell typed in.

    A row in which a person has written nothing is a draft: it is seen, but is no entry.
    """

    edited = Signal()

    def __init__(
        self, record: Sequence[FieldSpec], columns: Sequence[FieldSpec], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._record = tuple(record)
        self.columns = tuple(columns)
        self._rows: list[Row] = []

    def entries(self) -> list[dict[str, Any]]:
        """Return a copy of the entries, drafts left out."""
        return [dict(row.entry) for row in self._rows if not row.draft]

    def entry(self, row: int) -> Mapping[str, Any]:
        """Return what stands in a row, a draft's too."""
        return self._rows[row].entry

    def set_entries(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Show other entries; a change of values alone keeps the rows and what is chosen."""
        rows = [Row(dict(e)) for e in entries]
        if len(rows) == len(self._rows):
            self._rows = rows
            self._touch(0, len(rows) - 1)
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def set_field(self, row: int, name: str, value: Any) -> None:
        """Set one field of an entry; the empty value of an optional field is left out."""
        spec = next(f for f in self._record if f.name == name)
        entry = with_field(self._rows[row].entry, spec, value)
        self._rows[row] = Row(entry, all(v in _EMPTY for v in entry.values()))
        self._touch(row, row)

    def draft(self) -> int:
        """Return the row of the draft, which is made at the end where there is none."""
        known = next((i for i, row in enumerate(self._rows) if row.draft), None)
        if known is not None:
            return known
        at = len(self._rows)
        self.beginInsertRows(QModelIndex(), at, at)
        self._rows.append(Row({f.name: f.empty for f in self._record if f.required}, draft=True))
        self.endInsertRows()
        return at

    def drop_drafts(self) -> bool:
        """Take out the rows in which nothing was written; return True if there were any."""
        drafts = [i for i, row in enumerate(self._rows) if row.draft]
        for at in reversed(drafts):
            self.remove(at)
        return bool(drafts)

    def remove(self, row: int) -> None:
        """Remove an entry."""
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._rows[row]
        self.endRemoveRows()

    def swap(self, row: int, other: int) -> None:
        """Let two entries change places."""
        rows = self._rows
        rows[row], rows[other] = rows[other], rows[row]
        self._touch(min(row, other), max(row, other))

    def _touch(self, first: int, last: int) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1), [])

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of entries."""
        return 0 if parent.isValid() else len(self._rows)

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
        value = self._rows[index.row()].entry.get(spec.name, spec.default)
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
        if value != self._rows[index.row()].entry.get(spec.name, spec.default):
            self.set_field(index.row(), spec.name, value)
            self.edited.emit()
        return True


def with_field(values: Mapping[str, Any], spec: FieldSpec, value: Any) -> dict[str, Any]:
    """Return params with one field set; a field at its default is left out, as a person would."""
    if not spec.required and value == spec.default and type(value) is type(spec.default):
        return {k: v for k, v in values.items() if k != spec.name}
    return {**values, spec.name: value}


def taken_away(spec: FieldSpec, before: Any, after: Any) -> str:
    """Return what is taken out of a list, in words; empty for another change.

    Args:
        spec: The field that has the list.
        before: What it says.
        after: What it is to say.
    """
    if not isinstance(before, list | tuple) or not isinstance(after, list):
        return ""
    gone = [entry for entry in before if entry not in after]
    if len(after) >= len(before):
        return ""
    if len(gone) != 1:
        return tr("{count} entries", count=len(before) - len(after))
    (entry,) = gone
    if isinstance(entry, dict):
        words = (entry.get(key) for key in ("name", "column", *(f.name for f in spec.record)))
        entry = next((word for word in words if isinstance(word, str) and word), "")
    return f"'{entry}'" if entry else tr("1 entry")


def _text(value: Any) -> str:
    return "" if value is None else str(value)
