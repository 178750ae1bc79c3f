"""Rows of an Arrow table as Qt wants them: read cell by cell, only what is on the screen."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont

from summit_studio.core.schema import NUMERIC, Schema, base_type, type_label

if TYPE_CHECKING:
    import pyarrow as pa

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_LONGEST = 300
_WHOLE = 4_000
"""Characters that a tool tip shows."""


class ArrowModel(QAbstractTableModel):
    """Shows a table. Nulls are muted, numbers stand to the right.

    Args:
        muted: The colour of nulls.
    """

    def __init__(self, muted: QColor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: pa.Table | None = None
        self._schema = Schema()
        self._muted = QBrush(muted)
        self._italic = QFont()
        self._italic.setItalic(True)

    def set_muted(self, colour: QColor) -> None:
        """Take another theme's colour for nulls."""
        self._muted = QBrush(colour)

    def show(self, schema: Schema, table: "pa.Table | None") -> None:
        """Show another table."""
        self.beginResetModel()
        self._schema, self._table = schema, table
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() or self._table is None else int(self._table.num_rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._schema)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a column's name with its type beneath, or a row's number."""
        if orientation is Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if section >= len(self._schema):
            return None
        column = self._schema.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.name}\n{type_label(column.type)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.name}: {column.type}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a cell's text and how it looks."""
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self.text(index.row(), index.column()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return whole_text(self.text(index.row(), index.column()))
        if role == Qt.ItemDataRole.ForegroundRole and self._is_null(index):
            return self._muted
        if role == Qt.ItemDataRole.FontRole and self._is_null(index):
            return self._italic
        return None

    def text(self, row: int, column: int) -> str:
        """Return a cell as text."""
        assert self._table is not None  # noqa: S101 - holds by construction
        value = self._table.column(column)[row]
        return in_text(value.as_py()) if value.is_valid else "null"

    def _is_null(self, index: _Index) -> bool:
        assert self._table is not None  # noqa: S101 - holds by construction
        return not self._table.column(index.column())[index.row()].is_valid

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        number = base_type(self._schema.columns[column].type) in NUMERIC
        side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


def in_text(value: Any) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value[:64].hex(" ") + ("…" if len(value) > 64 else "")
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value)


def one_line(text: str) -> str:
    """Return text for a cell: line ends shown as signs, and not endless."""
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return short.replace("\r\n", "⏎").replace("\n", "⏎")


def whole_text(text: str) -> str:
    """Return text for a tool tip, which breaks long lines and takes no text for markup."""
    short = text if len(text) <= _WHOLE else text[:_WHOLE] + "…"
    return f'<p style="white-space: pre-wrap">{escape(short)}</p>'


def as_tsv(
    model: ArrowModel,
    rows: Sequence[int],
    columns: Sequence[int],
    *,
    names: bool = True,
) -> str:
    """Return cells as tab-separated text, for the clipboard.

    Args:
        model: Whose cells.
        rows: Which rows, in order.
        columns: Which columns.
        names: Begin with the columns' names.
    """
    role, across = Qt.ItemDataRole.DisplayRole, Qt.Orientation.Horizontal
    heads = (str(model.headerData(c, across, role)).split("\n", maxsplit=1)[0] for c in columns)
    lines = ["\t".join(heads)] if names else []
    lines += ["\t".join(_flat(model.text(r, c)) for c in columns) for r in rows]
    return "\n".join(lines)


def _flat(text: str) -> str:
    """Return text for one field of the clipboard, whole, whatever its length."""
    return text.replace("\r\n", "⏎").replace("\n", "⏎").replace("\t", " ")
