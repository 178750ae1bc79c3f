"""Rows of a sheet become an Arrow table, and rows that do not fit are put aside."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from summit_studio.core.schema import RAW_REJECTS, Column, Schema, to_arrow, type_label
from summit_studio.formats.contract import Loaded
from summit_studio.formats.excel.cells import MISFIT, Odd, cell_text, converter
from summit_studio.formats.excel.grid import Row
from summit_studio.formats.excel.sheet import Sheet

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from.

    Args:
        file: What rejected rows call it.
        shown: The workbook alone.
        places: Of the promised columns in the rows; None where the sheet lacks one.
        sheet_column: The column that holds the sheet's name; "" for none.
    """

    sheet: Sheet
    file: str
    shown: str
    places: Sequence[int | None]
    sheet_column: str = ""

    @property
    def place(self) -> str:
        """What stands before the number of a row where it is said to come from."""
        return f"{self.shown}, sheet {self.sheet.sheet}, row "

    def held(self, first: int, last: int) -> int:
        """Return how many rows with cells the file has between two rows."""
        filled = self.sheet.filled
        return bisect_right(filled, last) - bisect_left(filled, first)


def convert(rows: Sequence[tuple[int, Row]], origin: Origin, schema: Schema) -> Loaded:
    """Return rows of a sheet as a table; rows with a cell that does not fit go aside."""
    import pyarrow as pa

    columns: list[list[Any]] = []
    bad: dict[int, tuple[int, Column]] = {}
    for at, column in zip(origin.places, schema, strict=True):
        if at is None:
            named = bool(origin.sheet_column) and column.name == origin.sheet_column
            columns.append([origin.sheet.sheet if named else None] * len(rows))
            continue
        change = converter(column.type) or cell_text
        values = [change(row.get(at)) for _, row in rows]
        for index, value in enumerate(values):
            if value is MISFIT:
                bad.setdefault(index, (at, column))
        columns.append(values)
    arrow = to_arrow(schema)
    arrays = [
        pa.array([v for i, v in enumerate(values) if i not in bad] if bad else values, one.type)
        for values, one in zip(columns, arrow, strict=True)
    ]
    rejected = _rejected(rows, bad, origin) if bad else None
    held = origin.held(rows[0][0], rows[-1][0])

    def numbers() -> list[int]:
        return [number for index, (number, _) in enumerate(rows) if index not in bad]

    return Loaded(pa.table(arrays, schema=arrow), rejected, held, origin.place, numbers)


def _rejected(
    rows: Sequence[tuple[int, Row]], bad: dict[int, tuple[int, Column]], origin: Origin
) -> "pa.Table":
    import pyarrow as pa

    found = []
    for index, (at, column) in sorted(bad.items(), key=lambda item: item[0]):
        number, row = rows[index]
        code, reason = _reason(row.get(at), column)
        cells = [cell_text(row.get(i)) or "" for i in range(max(row) + 1)]
        raw, source = "\t".join(cells), f"{origin.place}{number}"
        found.append((origin.file, number, raw, code, column.name, reason, source))
    kinds = to_arrow(RAW_REJECTS)
    columns = [
        pa.array(list(values), one.type)
        for values, one in zip(zip(*found, strict=True), kinds, strict=True)
    ]
    return pa.table(columns, schema=kinds)


def _reason(cell: Any, column: Column) -> tuple[str, str]:
    if isinstance(cell, Odd):
        return cell.code, f"{cell.reason}."
    shown = cell_text(cell)
    return "cast_failed", f"'{shown}' cannot be read as {type_label(column.type)} ({column.type})."
