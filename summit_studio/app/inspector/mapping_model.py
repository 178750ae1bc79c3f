"""Every column of an input as a row of a table; the ticked ones are the entries of a list."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt

from summit_studio.app.inspector.records_model import RecordsModel, Row
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.words import mark, tr
from summit_studio.core.schema import Schema, type_label
from summit_studio.nodes.params import Editor

_ABSENT = mark("No such column arrives")

_Index = QModelIndex | QPersistentModelIndex


class MappingModel(RecordsModel):
    """Ticked rows are entries, in the order of the rows; a row that is not ticked is a draft.

    Args:
        record: The fields of an entry.
        columns: Those that the table shows, the column of the input first.
    """

    def __init__(
        self, record: Sequence[FieldSpec], columns: Sequence[FieldSpec], parent: QObject
    ) -> None:
        super().__init__(record, columns, parent)
        self._schema = Schema()
        self._kept = False

    def lay_out(self, entries: Sequence[Mapping[str, Any]], schema: Schema) -> None:
        """Show the entries, and between them the columns of the input that none of them names."""
        self._schema = schema
        self.beginResetModel()
        self._rows = list(self._laid_out(entries))
        self.endResetModel()

    def _laid_out(self, entries: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        """Yield a column that is not listed right after the one that stands before it."""
        key, named = self._key, {self._named(e) for e in entries}
        after: dict[str, list[Row]] = {"": []}
        at = ""
        for column in self._schema:
            folded = column.name.casefold()
            if folded in named:
                at = folded
            else:
                after.setdefault(at, []).append(Row({key: column.name}, draft=True))
        yield from after.pop("")
        for entry in entries:
            yield Row(dict(entry))
            yield from after.pop(self._named(entry), ())

    def keep_others(self, *, kept: bool) -> None:
        """Show columns that are not listed as kept, or as left out."""
        if kept is not self._kept:
            self._kept = kept
            self._touch(0, len(self._rows) - 1)

    @property
    def others_kept(self) -> bool:
        """True if columns that are not listed stay."""
        return self._kept

    @property
    def _key(self) -> str:
        return self.columns[0].name

    def _named(self, entry: Mapping[str, Any]) -> str:
        return str(entry.get(self._key, "")).casefold()

    @property
    def schema(self) -> Schema:
        """The columns of the input."""
        return self._schema

    def name(self, row: int) -> str:
        """Return the column of the input that a row stands for."""
        return str(self._rows[row].entry.get(self._key, ""))

    def ticked(self, row: int) -> bool:
        """Return True for a row that is an entry."""
        return not self._rows[row].draft

    def row_of(self, index: int) -> int:
        """Return the row of an entry, by its place among the entries; -1 where there is none."""
        rows = [i for i in range(len(self._rows)) if self.ticked(i)]
        return rows[index] if index < len(rows) else -1

    def tick(self, rows: Collection[int], *, ticked: bool) -> None:
        """Take columns as entries, or no longer; what was written in a row stays until then."""
        for row in rows:
            self._rows[row] = Row(dict(self._rows[row].entry), draft=not ticked)
        self._touch(0, len(self._rows) - 1)

    def move(self, rows: Collection[int], before: int) -> range:
        """Put rows, in their order, before another one; return where they stand then."""
        moved = [self._rows[i] for i in sorted(rows)]
        at = before - sum(1 for i in rows if i < before)
        kept = [row for i, row in enumerate(self._rows) if i not in rows]
        self._rows = [*kept[:at], *moved, *kept[at:]]
        self._touch(0, len(self._rows) - 1)
        return range(at, at + len(moved))

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that rows are moved."""
        return Qt.DropAction.MoveAction

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return that rows are ticked and dragged, and all but the column is typed in."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled
        if index.column() == 0:
            return flags & ~Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a cell's text, value, or tick; what is not written down stands there muted."""
        row, first = self._rows[index.row()], index.column() == 0
        if first and role == Qt.ItemDataRole.CheckStateRole:
            unlisted = Qt.CheckState.PartiallyChecked if self._kept else Qt.CheckState.Unchecked
            return unlisted if row.draft else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.ForegroundRole:
            muted = row.draft or (not first and not self._written(index))
            return muted_colour() if muted else None
        if first and role == Qt.ItemDataRole.ToolTipRole:
            found = self._schema.find(self.name(index.row()))
            return f"{found.name}: {type_label(found.type)}" if found else tr(_ABSENT)
        if role == Qt.ItemDataRole.DisplayRole and not first and not self._written(index):
            return self._unwritten(index)
        return super().data(index, role)

    def _written(self, index: _Index) -> bool:
        return bool(self._rows[index.row()].entry.get(self.columns[index.column()].name))

    def _unwritten(self, index: _Index) -> str:
        if index.column() == 1 and self._kept and self._rows[index.row()].draft:
            return tr("kept")
        found = self._schema.find(self.name(index.row()))
        is_type = self.columns[index.column()].editor is Editor.TYPE
        return found.type if found is not None and is_type else ""

    def setData(self, index: _Index, value: Any, role: int = 0) -> bool:
        """Take a tick, or what was typed in a cell: writing in a row ticks it."""
        if index.isValid() and index.column() == 0:
            if role != Qt.ItemDataRole.CheckStateRole:
                return False
            self.tick([index.row()], ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
            self.edited.emit()
            return True
        return super().setData(index, value, role)
