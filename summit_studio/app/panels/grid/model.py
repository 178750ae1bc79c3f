"""One side of the grid as Qt wants it: lines over rows of an Arrow table, read cell by cell."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QBrush, QColor

from summit_studio.app.look.table_model import ArrowModel, in_text, one_line, whole_text
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import mark, tr
from summit_studio.core.schema import Column, Schema, type_label

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.engine.glance import Glance
    from summit_studio.engine.sides import Fate, Shown

_ROOT = QModelIndex()
NOWHERE = -1
NEW, GONE = mark("New"), mark("Not in the rows after")
"""What the head of a column says that is not on the other side."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What stands in each line of a side.

    Args:
        rows: The row of the table by line, null where none stands there.
        lit: By column, the lines in which its value differs from the other side's.
        fates: By row that the other side has no row for, where it went.
        marks: By column, a word for its head: new, gone, was another.
    """

    rows: "pa.Int64Array"
    lit: "Mapping[int, pa.BooleanArray]" = field(default_factory=dict)
    fates: "Mapping[int, Fate]" = field(default_factory=dict)
    marks: Mapping[int, str] = field(default_factory=dict)


class GridModel(ArrowModel):
    """Shows rows in lines, which may be sorted or fewer than all.

    Args:
        theme: Colours what is lit and what went elsewhere.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        self._rows = array("q")
        self._order: array[int] | None = None
        self.lines: Lines | None = None
        self.glances: Sequence[Glance] = ()
        self.found: Sequence[pa.BooleanArray] = ()
        super().__init__(QColor(theme.faint), parent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self.set_muted(QColor(theme.faint))
        self.wash = QColor(theme.note)
        self.faint = QColor(theme.faint)
        self.danger = QColor(theme.danger)
        self.edge = QColor(theme.note_border)

    @property
    def schema(self) -> Schema:
        """The columns."""
        return self._schema

    @property
    def table(self) -> "pa.Table | None":
        """The rows, in no order but their own."""
        return self._table

    @property
    def shown(self) -> "pa.Int64Array":
        """The rows of the table in the lines that are shown, those without one left out."""
        import pyarrow as pa

        rows = (self.row_at(line) for line in range(self.rowCount()))
        return pa.array([row for row in rows if row != NOWHERE], pa.int64())

    def show_side(self, rows: "Shown", lines: Lines) -> None:
        """Show other rows, in all their lines."""
        self.beginResetModel()
        self._schema, self._table = rows.schema, rows.table
        self.lines, self._order = lines, None
        self._rows = _numbers(lines.rows)
        self.glances, self.found = (), ()
        self.endResetModel()

    def show(self, schema: Schema, table: "pa.Table | None") -> None:
        """Show another table by itself; None shows no rows."""
        self.lines, self._order, self.glances, self.found = None, None, (), ()
        self._rows = array("q", range(table.num_rows if table is not None else 0))
        super().show(schema, table)

    def set_order(self, order: "pa.Int64Array | None") -> None:
        """Show these lines, in this order; None shows all as they come."""
        self.beginResetModel()
        self._order = None if order is None else _numbers(order)
        self.endResetModel()

    def set_glances(self, glances: "Sequence[Glance]") -> None:
        """Say what the columns hold."""
        self.glances = glances
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(len(self._schema) - 1, 0))

    def set_found(self, found: "Sequence[pa.BooleanArray]") -> None:
        """Mark the cells that hold what is looked for, by column and row."""
        self.found = found

    @property
    def ordered(self) -> bool:
        """True if the lines are sorted, or fewer than all."""
        return self._order is not None

    def rowCount(self, parent: Any = _ROOT) -> int:
        """Return how many lines are shown."""
        if parent.isValid() or self._table is None:
            return 0
        return len(self._rows if self._order is None else self._order)

    def line_at(self, shown: int) -> int:
        """Return the line that stands at a place."""
        return shown if self._order is None else self._order[shown]

    def row_at(self, shown: int) -> int:
        """Return the row of the table at a place, or NOWHERE."""
        return self._rows[self.line_at(shown)]

    def value(self, shown: int, column: int) -> Any:
        """Return the value of a cell as Python has it; None where there is none."""
        row = self.row_at(shown)
        return None if row == NOWHERE or self._table is None else self._cell(row, column).as_py()

    def text(self, row: int, column: int) -> str:
        """Return the text of the cell at a place; empty where no row stands."""
        at = self.row_at(row)
        if at == NOWHERE:
            return ""
        value = self._cell(at, column)
        return in_text(value.as_py()) if value.is_valid else "null"

    def fate(self, shown: int) -> "Fate | None":
        """Return where the row at a place went, where the other side has none for it."""
        return None if self.lines is None else self.lines.fates.get(self.row_at(shown))

    def is_lit(self, shown: int, column: int) -> bool:
        """Return True of a cell that differs from the other side."""
        lit = self.lines.lit.get(column) if self.lines is not None else None
        return lit is not None and bool(lit[self.line_at(shown)].as_py())

    def is_found(self, shown: int, column: int) -> bool:
        """Return True of a cell that holds what is looked for."""
        row = self.row_at(shown)
        return bool(self.found) and row != NOWHERE and bool(self.found[column][row].as_py())

    def is_null(self, shown: int, column: int) -> bool:
        """Return True of a cell without a value in a row that is there."""
        row = self.row_at(shown)
        return row != NOWHERE and not self._cell(row, column).is_valid

    def column_at(self, section: int) -> Column:
        """Return a column."""
        return self._schema.columns[section]

    def glance_at(self, section: int) -> "Glance | None":
        """Return what a column holds, once that is known."""
        return self.glances[section] if section < len(self.glances) else None

    def mark_at(self, section: int) -> str:
        """Return the word for a column's head."""
        return self.lines.marks.get(section, "") if self.lines is not None else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return what stands above a column, or the number of a row."""
        if orientation is Qt.Orientation.Vertical:
            if role != Qt.ItemDataRole.DisplayRole or section >= self.rowCount():
                return None
            row = self.row_at(section)
            return row + 1 if row != NOWHERE else ""
        if role == Qt.ItemDataRole.ToolTipRole and section < len(self._schema):
            return self._head_tip(section)
        return super().headerData(section, orientation, role)

    def data(self, index: Any, role: int = 0) -> Any:
        """Return a cell's text and how it looks."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self.text(row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        if role == Qt.ItemDataRole.BackgroundRole:
            return QBrush(self.wash) if self.is_lit(row, column) else None
        if role == Qt.ItemDataRole.ForegroundRole:
            pale = self.is_null(row, column) or self.fate(row) is not None
            return QBrush(self.faint) if pale else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        return None

    def _cell(self, row: int, column: int) -> Any:
        assert self._table is not None  # noqa: S101 - there are rows
        return self._table.column(column)[row]

    def _tip(self, row: int, column: int) -> str | None:
        if self.row_at(row) == NOWHERE:
            return None
        fate = self.fate(row)
        if fate is None:
            return whole_text(self.text(row, column))
        went = fate.reason or (
            tr("This row went to '{port}'.", port=fate.port) if fate.port else ""
        )
        return whole_text(went or self.text(row, column))

    def _head_tip(self, section: int) -> str:
        column, glance = self.column_at(section), self.glance_at(section)
        parts = [f"{column.name}: {column.type}"]
        if self.mark_at(section):
            parts.append(self.mark_at(section))
        if glance is not None:
            parts.append(tr("Of the {rows:,} rows that were looked at:", rows=glance.rows))
            parts.append(tr("{null_share:.1%} null", null_share=glance.null_share))
            if glance.distinct is not None:
                parts.append(tr("{distinct:,} distinct values", distinct=glance.distinct))
            if glance.high:
                parts.append(tr("from {low} to {high}", low=glance.low, high=glance.high))
            elif glance.low:
                parts.append(tr("most often {low}", low=glance.low))
        return whole_text("\n".join(parts))


def facts(column: Column, glance: "Glance | None") -> str:
    """Return what stands under a column's name: its type, and what its values are like."""
    said = [type_label(column.type)]
    if glance is not None and glance.rows:
        if glance.nulls:
            share = glance.null_share
            said.append(
                tr("<1 % null")
                if share < 0.01
                else tr("{share:.0%} null", share=share).replace("%", " %")
            )
        if glance.distinct is not None:
            said.append(tr("{distinct:,} distinct", distinct=glance.distinct))
    return " · ".join(said)


def _numbers(rows: "pa.Int64Array") -> "array[int]":
    import pyarrow.compute as pc

    filled = pc.fill_null(rows, NOWHERE)
    found = array("q")
    buffer = filled.buffers()[1]
    if len(filled) and buffer is not None:
        begin = filled.offset * 8
        found.frombytes(memoryview(buffer)[begin : begin + len(filled) * 8])
    return found
