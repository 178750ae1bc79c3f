"""Workbooks that are not Office Open XML (.xls, .xlsb, .ods), through calamine."""

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from summit_studio.formats.excel.grid import Box, Grid
from summit_studio.formats.excel.ooxml import Entry
from summit_studio.stores.faults import failure

ROOM = 20_000_000
"""Cells of a sheet's rectangle up to which it is laid out whatever it holds."""

_SPARSE = 10
"""Beyond that, one cell in so many must hold something."""

_PIECE = 1 << 18
_ROW_HEADER = 0
_CELL_RECORDS = range(1, 12)
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.bin", re.IGNORECASE)


class OtherBook:
    """An open workbook. Cells with errors come as empty ones: the reader does not tell them.

    Raises:
        ReadFailed: A sheet spreads so wide that laying it out would take all memory there is.
    """

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineWorkbook

        _require_room(path)
        self._book = CalamineWorkbook.from_path(path)
        self.entries = tuple(
            Entry(found.name, str(found.visible).endswith(".Visible"), found.name)
            for found in self._book.sheets_metadata
            if str(found.typ).endswith(".WorkSheet")
        )

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()

    def grid(self, entry: Entry, box: Box, error_cells: str) -> Grid:
        """Return the cells of a sheet."""
        del error_cells
        sheet = self._book.get_sheet_by_name(entry.part)
        grid = Grid()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells: dict[int, Any] = {
                column: cell
                for column, cell in enumerate(row)
                if cell != "" and box.holds(number, column)
            }
            if cells:
                grid.rows[number] = cells
                grid.filled.append(number)
        for (top, west), (bottom, east) in sheet.merged_cell_ranges or ():
            grid.merged.append(Box(west, top + 1, east, bottom + 1))
        return grid


def _require_room(path: Path) -> None:
    """Refuse a workbook one of whose sheets is a few cells far apart.

    The reader lays a sheet out as one rectangle; where memory is not enough for it, it aborts the
    process. Sheets of .xls are small by nature.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name == "content.xml":
                with archive.open(name) as file:
                    measures = list(_ods_measures(file))
            elif _SHEET_PART.fullmatch(name):
                with archive.open(name) as file:
                    measures = [_xlsb_measure(file)]
            else:
                continue
            for room, filled in measures:
                if room > ROOM and room > filled * _SPARSE:
                    raise failure(
                        path,
                        f"A sheet of '{path.name}' spreads too wide to be read",
                        why=f"it holds {filled:,} cells, so far apart that a rectangle around "
                        f"them has {room:,}",
                        do="delete the cells far from the table, or save the workbook as .xlsx",
                        code="sheet_too_large",
                    )


def _xlsb_measure(file: IO[bytes]) -> tuple[int, int]:
    """Return the size of the rectangle around a sheet's cells, and how many there are.

    Source: [MS-XLSB] 2.1.4 (records), 2.4.304 (BrtRowHdr), 2.5.9 (Cell).
    """
    rows, columns = _Span(), _Span()
    filled = row = 0
    for kind, body in _records(file):
        if kind == _ROW_HEADER:
            row = struct.unpack_from("<I", body)[0]
        elif kind in _CELL_RECORDS:
            rows.add(row)
            columns.add(struct.unpack_from("<I", body)[0])
            filled += 1
    return rows.length * columns.length, filled


class _Span:
    """The numbers from the least to the largest of those seen."""

    def __init__(self) -> None:
        self._least, self._largest = 1 << 32, -1

    @property
    def length(self) -> int:
        return max(self._largest - self._least + 1, 0)

    def add(self, number: int) -> None:
        self._least, self._largest = min(self._least, number), max(self._largest, number)


def _records(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    while head := file.read(1):
        kind = head[0]
        if kind & 0x80:
            kind = (kind & 0x7F) | (file.read(1)[0] & 0x7F) << 7
        size = shift = 0
        while True:
            byte = file.read(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, file.read(size)


class _OdsMeasure:
    """Follows the tags of an OpenDocument sheet, in which cells and rows may be repeated."""

    def __init__(self) -> None:
        self.found: list[tuple[int, int]] = []
        self._row = self._column = self._repeat = 0
        self._last_row = self._last_column = self._filled = 0
        self._some = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self._row = self._last_row = self._last_column = self._filled = 0
        elif name == "table:table-row":
            self._repeat = int(attributes.get("table:number-rows-repeated", "1"))
            self._column = self._some = 0
        elif name in {"table:table-cell", "table:covered-table-cell"}:
            count = int(attributes.get("table:number-columns-repeated", "1"))
            self._column += count
            if any(key.endswith("value-type") for key in attributes):
                self._some += count
                self._last_column = max(self._last_column, self._column)

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self._row += self._repeat
            if self._some:
                self._last_row = self._row
                self._filled += self._some * self._repeat
        elif name == "table:table":
            self.found.append((self._last_row * self._last_column, self._filled))


def _ods_measures(file: IO[bytes]) -> list[tuple[int, int]]:
    """Return the size of the rectangle around each sheet's cells, and how many there are."""
    measure = _OdsMeasure()
    parser = expat.ParserCreate()
    parser.StartElementHandler = measure.start
    parser.EndElementHandler = measure.end
    while piece := file.read(_PIECE):
        parser.Parse(piece)
    parser.Parse(b"", True)
    return measure.found
