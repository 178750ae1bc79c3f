"""Workbooks that are not Office Open XML (.xls, .xlsb, .ods), through calamine."""

import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from summit_studio.formats.excel.cells import as_error
from summit_studio.formats.excel.faults import (
    ERRORS,
    XLSB_ERRORS,
    Faults,
    error_text,
    faults_of_xls,
    xlsb_records,
    xlsb_sheets,
)
from summit_studio.formats.excel.grid import Box, Grid
from summit_studio.formats.excel.ooxml import Entry, OoxmlBook
from summit_studio.stores.faults import failure

ROOM = 20_000_000
"""Cells of a sheet's rectangle up to which it is laid out whatever it holds."""

_SPARSE = 10
"""Beyond that, one cell in so many must hold something."""

_PIECE = 1 << 18
_ROW_HEADER = 0
_CELL_RECORDS = range(1, 12)
_CELLS = {"table:table-cell", "table:covered-table-cell"}
_FAULT = ("value-type", "error")
"""How LibreOffice marks a cell with an error; others leave a formula that shows one."""

_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.bin", re.IGNORECASE)


class OtherBook:
    """An open workbook.

    Raises:
        ReadFailed: A sheet spreads so wide that laying it out would take all memory there is.
    """

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineWorkbook

        measures = list(_measures(path)) if zipfile.is_zipfile(path) else []
        _require_room(path, measures)
        self._book = CalamineWorkbook.from_path(path)
        self._names = [found.name for found in self._book.sheets_metadata]
        self._faults = _faults(path, measures, self._names)
        self.entries = tuple(
            Entry(found.name, str(found.visible).endswith(".Visible"), found.name)
            for found in self._book.sheets_metadata
            if str(found.typ).endswith(".WorkSheet")
        )

    @property
    def errors_told(self) -> bool:
        """Whether cells with an error can be told from empty ones."""
        return self._faults is not None

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    def grid(self, entry: Entry, box: Box, error_cells: str) -> Grid:
        """Return the cells of a sheet; the reader gives those with an error as empty ones."""
        sheet = self._book.get_sheet_by_name(entry.part)
        faults: Faults = (self._faults or {}).get(entry.part, {})
        grid = Grid()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells: dict[int, Any] = {
                column: cell
                for column, cell in enumerate(row)
                if cell != "" and box.holds(number, column)
            }
            if cells:
                grid.rows[number] = cells
        for (number, column), text in faults.items():
            if box.holds(number, column):
                grid.rows.setdefault(number, {})[column] = as_error(text, error_cells)
        grid.rows = {
            number: dict(sorted(grid.rows[number].items())) for number in sorted(grid.rows)
        }
        grid.filled = list(grid.rows)
        for (top, west), (bottom, east) in sheet.merged_cell_ranges or ():
            grid.merged.append(Box(west, top + 1, east, bottom + 1))
        return grid


@dataclass(frozen=True, slots=True)
class Measure:
    """What a sheet takes, by a look at its cells.

    Args:
        part: Where they stand in the file; "" where sheets stand one after the other.
        room: Cells of the rectangle around them.
        filled: How many there are.
        faults: Those with an error.
    """

    part: str
    room: int
    filled: int
    faults: Faults


def _measures(path: Path) -> Iterator[Measure]:
    """Yield the measures of all sheets; sheets of .xls are small by nature."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name == "content.xml":
                with archive.open(name) as file:
                    yield from _ods_measures(file)
            elif _SHEET_PART.fullmatch(name):
                with archive.open(name) as file:
                    yield _xlsb_measure(name, file)


def _require_room(path: Path, measures: Sequence[Measure]) -> None:
    """Refuse a workbook one of whose sheets is a few cells far apart.

    The reader lays a sheet out as one rectangle; where memory is not enough for it, it aborts the
    process.
    """
    for found in measures:
        if found.room > ROOM and found.room > found.filled * _SPARSE:
            raise failure(
                path,
                f"A sheet of '{path.name}' spreads too wide to be read",
                why=f"it holds {found.filled:,} cells, so far apart that a rectangle around "
                f"them has {found.room:,}",
                do="delete the cells far from the table, or save the workbook as .xlsx",
                code="sheet_too_large",
            )


def _faults(
    path: Path, measures: Sequence[Measure], names: Sequence[str]
) -> dict[str, Faults] | None:
    """Return the cells with an error by sheet; None where they cannot be told."""
    if not zipfile.is_zipfile(path):
        sheets = faults_of_xls(path)
    elif all(not found.part for found in measures):
        sheets = [found.faults for found in measures]
    else:
        parts = {found.part.casefold(): found.faults for found in measures}
        by_name = _xlsb_parts(path)
        return {name: parts.get(by_name.get(name, ""), {}) for name in names}
    if sheets is None or len(sheets) != len(names):
        return None
    return dict(zip(names, sheets, strict=True))


def _xlsb_parts(path: Path) -> dict[str, str]:
    """Return the part of each sheet, in lower case, by its name."""
    book = OoxmlBook(path)
    try:
        targets = book.targets(book.base)
        with book.open(book.base) as file:
            found = xlsb_sheets(file)
    finally:
        book.close()
    return {name: targets[relation][1].casefold() for name, relation in found}


def _xlsb_measure(part: str, file: IO[bytes]) -> Measure:
    """Return the measure of a sheet.

    Source: [MS-XLSB] 2.1.4 (records), 2.4.304 (BrtRowHdr), 2.5.9 (Cell).
    """
    rows, columns = _Span(), _Span()
    faults = {}
    filled = row = 0
    for kind, body in xlsb_records(file):
        if kind == _ROW_HEADER:
            row = struct.unpack_from("<I", body)[0]
        elif kind in _CELL_RECORDS:
            column = struct.unpack_from("<I", body)[0]
            rows.add(row)
            columns.add(column)
            filled += 1
            if kind in XLSB_ERRORS:
                faults[row + 1, column] = error_text(body[8])
    return Measure(part, rows.length * columns.length, filled, faults)


class _Span:
    """The numbers from the least to the largest of those seen."""

    def __init__(self) -> None:
        self._least, self._largest = 1 << 32, -1

    @property
    def length(self) -> int:
        return max(self._largest - self._least + 1, 0)

    def add(self, number: int) -> None:
        self._least, self._largest = min(self._least, number), max(self._largest, number)


class _OdsMeasure:
    """Follows the tags of an OpenDocument sheet, in which cells and rows may be repeated."""

    def __init__(self) -> None:
        self.found: list[Measure] = []
        self._row = self._column = self._repeat = 0
        self._last_row = self._last_column = self._filled = 0
        self._some = 0
        self._faults: dict[tuple[int, int], str] = {}
        self._in_row: dict[int, str] = {}
        self._fault: range | None = None
        self._marked = False
        self._heard: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._row = self._last_row = self._last_column = self._filled = 0
            self._faults = {}
        elif name == "table:table-row":
            self._repeat = int(attributes.get("table:number-rows-repeated", "1"))
            self._column = self._some = 0
            self._in_row = {}
        elif name in _CELLS:
            count = int(attributes.get("table:number-columns-repeated", "1"))
            self._column += count
            if any(key.endswith("value-type") for key in attributes):
                self._some += count
                self._last_column = max(self._last_column, self._column)
            self._marked = _FAULT in ((k.rpartition(":")[2], v) for k, v in attributes.items())
            if self._marked or "table:formula" in attributes:
                self._fault = range(self._column - count, self._column)
                self._heard.clear()

    def text(self, text: str) -> None:
        if self._fault is not None:
            self._heard.append(text)

    def end(self, name: str) -> None:
        if name in _CELLS and self._fault is not None:
            shown = "".join(self._heard).strip()
            if self._marked or shown in ERRORS.values():
                self._in_row |= dict.fromkeys(self._fault, shown or "an error")
            self._fault = None
        elif name == "table:table-row":
            for row in range(self._row, self._row + self._repeat) if self._in_row else ():
                self._faults |= {(row + 1, c): shown for c, shown in self._in_row.items()}
            self._row += self._repeat
            if self._some:
                self._last_row = self._row
                self._filled += self._some * self._repeat
        elif name == "table:table":
            room = self._last_row * self._last_column
            self.found.append(Measure("", room, self._filled, self._faults))


def _ods_measures(file: IO[bytes]) -> list[Measure]:
    """Return the measure of each sheet."""
    measure = _OdsMeasure()
    parser = expat.ParserCreate()
    parser.StartElementHandler = measure.start
    parser.EndElementHandler = measure.end
    parser.CharacterDataHandler = measure.text
    while piece := file.read(_PIECE):
        parser.Parse(piece)
    parser.Parse(b"", True)
    return measure.found
