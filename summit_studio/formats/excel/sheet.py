"""Sheets as tables: which sheet is meant, where its header stands, what was left out above it."""

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path
from xml.parsers import expat

from summit_studio.core.errors import SummitError
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.formats.contract import Raw, RawLine
from summit_studio.formats.excel.cells import Profile, cell_text
from summit_studio.formats.excel.grid import Box, Grid, Row, column_letters
from summit_studio.formats.excel.ooxml import Entry, OoxmlBook
from summit_studio.formats.excel.other import OtherBook
from summit_studio.stores.faults import failure, read_errors

ALL = "*"
"""Stands for all sheets that one sees; no sheet can be called so."""

_LOOKED_AT = 100
"""Rows that are looked at for the table's width."""

_TITLES = 20
"""How many rows above a table may be titles."""

_NARROW = 2
_YEARS = range(1900, 2200)

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, struct.error, LookupError, RuntimeError,
)  # fmt: skip
"""How the readers of archives and XML say that a file is damaged, or encrypted."""

RAW_COLUMNS = 200
"""Columns of a sheet up to which its cells are shown as they stand there."""

ROOM = 50_000_000
"""Cells of a table up to which it is made whatever it holds."""

_SPARSE = 20
"""Beyond that, one cell in so many must hold something."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of a workbook.

    Args:
        sheet: Its name; "" for the first that one sees and that has cells, `*` for all one sees.
        header_row: The row that names the columns; 0 for none, None to find it.
        box: The cells to read.
        error_cells: What becomes of cells with an error: reject, null or text.
        fill_merged: Whether all cells of a merged range have the value of the first.
    """

    sheet: str = ""
    header_row: int | None = None
    box: Box = field(default_factory=Box)
    error_cells: str = "reject"
    fill_merged: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of a sheet.

    Args:
        names: Of the columns, by place in the rows.
        rows: With their numbers as Excel counts; blank rows are not among them.
        filled: Numbers of the rows below the header that have cells, counted in the file.
        header_row: Where the names were found; 0 if there are none.
        titles: How many rows with cells above the header were left out.
        hidden: Sheets that were passed over as one does not see them.
        unsaved: How many formulas have no value in the file.
        stale: How many formulas hold a 0 that whatever wrote the file did not compute.
        errors_told: Whether cells with an error can be told from empty ones.
        several: True if the workbook has other sheets that one sees.
    """

    path: Path
    sheet: str
    names: Mapping[int, str]
    rows: Sequence[tuple[int, Row]]
    filled: Sequence[int]
    header_row: int = 0
    titles: int = 0
    hidden: Sequence[str] = ()
    unsaved: int = 0
    stale: int = 0
    errors_told: bool = True
    several: bool = False

    @property
    def blank_rows(self) -> int:
        """How many blank rows lie within the table."""
        return self.rows[-1][0] - self.rows[0][0] + 1 - len(self.rows) if self.rows else 0

    def place(self, name: str) -> int | None:
        """Return where in the rows a column stands, letter case aside."""
        folded = name.casefold()
        return next((at for at, known in self.names.items() if known.casefold() == folded), None)

    def profiles(self) -> dict[str, Profile]:
        """Return what the cells of each column are."""
        return {
            name: Profile.of([row[at] for _, row in self.rows if at in row])
            for at, name in self.names.items()
        }


def sheets(path: Path, request: Request) -> Iterator[Sheet]:
    """Yield the sheets that are meant, one by one.

    Raises:
        ReadFailed: The file is no workbook, has no such sheet, or the header row is blank.
    """
    with workbook_errors(path):
        book = _opened(path)
    try:
        entries = _meant(path, book.entries, request.sheet)
        hidden = tuple(e.name for e in book.entries if e not in entries and not e.visible)
        some = False
        for entry in entries:
            with workbook_errors(path):
                grid = book.grid(entry, request.box, request.error_cells)
            if len(entries) > 1 and not grid.rows:
                continue
            found = _table(path, entry.name, grid, request)
            some = True
            yield replace(
                found,
                hidden=hidden,
                errors_told=book.errors_told,
                several=len(entries) > 1,
            )
            if request.sheet != ALL:
                return
        if not some:
            yield Sheet(path, entries[0].name if entries else "", {}, (), ())
    finally:
        book.close()


def raw_rows(path: Path, request: Request, rows: int) -> Raw:
    """Return the first rows with cells of the first sheet that is meant, as texts.

    Raises:
        ReadFailed: The file is no workbook, or has no such sheet.
    """
    with workbook_errors(path):
        book = _opened(path)
    try:
        grid, name = Grid(), ""
        for entry in _meant(path, book.entries, request.sheet):
            name = entry.name
            with workbook_errors(path):
                grid = book.grid(entry, request.box, request.error_cells)
            if grid.rows:
                break
    finally:
        book.close()
    return _raw(f"{path.name}, sheet '{name}'", grid, request, rows)


def _raw(place: str, grid: Grid, request: Request, rows: int) -> Raw:
    header = request.header_row if request.header_row is not None else _header(grid.rows)
    some = list(grid.rows.items())[:rows]
    used = {column for _, row in some for column in row}
    columns = range(min(used, default=0), min(max(used, default=-1) + 1, RAW_COLUMNS))
    lines = (
        RawLine.of(
            number,
            *(cell_text(row.get(column)) or "" for column in columns),
            part="above" if number < header else "header" if number == header else "row",
        )
        for number, row in some
    )
    letters = tuple(column_letters(column + 1) for column in columns)
    return Raw(place, tuple(lines), letters, whole=len(some) == len(grid.rows))


def _opened(path: Path) -> OoxmlBook | OtherBook:
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    if zipped:
        book = OoxmlBook(path)
        if book.plain and book.entries:
            return book
        book.close()
    return OtherBook(path)


def _meant(path: Path, entries: Sequence[Entry], sheet: str) -> Sequence[Entry]:
    if sheet in {"", ALL}:
        return [entry for entry in entries if entry.visible] or entries
    names = [entry.name for entry in entries]
    found = [entry for entry in entries if entry.name.casefold() == sheet.casefold()]
    if not found:
        near = did_you_mean(sheet, names)
        raise failure(
            path,
            f"Cannot find the sheet '{sheet}'",
            why=f"the workbook has {listing(names) or 'no sheets'}",
            do=f"did you mean '{near}'?" if near else "choose one of them",
            code="sheet_missing",
        ).at(param="sheet")
    return found


def _table(path: Path, name: str, grid: Grid, request: Request) -> Sheet:
    """Return the rows below the header, and the names that it gives."""
    numbers = list(grid.rows)
    wanted = request.header_row
    header_row = wanted or 0
    if wanted is None:
        header_row = _header(grid.rows)
    elif wanted and wanted not in grid.rows:
        raise failure(
            path,
            f"Row {wanted} names no columns",
            why="it is blank, or outside the cells to read",
            do="set Header row to the row that does, or to 0 if there is none",
            code="header_missing",
            line=wanted,
        ).at(param="header_row")
    if request.fill_merged:
        _fill(grid)
    header: Row = grid.rows.get(header_row, {}) if header_row else {}
    rows = [(number, row) for number, row in grid.rows.items() if number > header_row]
    used = {column for _, row in rows for column in row}
    names = column_names(header, used)
    _require_room(path, name, rows, names)
    return Sheet(
        path,
        name,
        names,
        rows,
        [number for number in grid.filled if number > header_row],
        header_row,
        sum(1 for number in numbers if number < header_row),
        unsaved=grid.unsaved,
        stale=grid.stale,
    )


def _header(rows: Mapping[int, Row]) -> int:
    """Return the row that names the columns: the first, or that below titles.

    A title is a row that fills at most half of the table's columns. What comes first below such
    rows names the columns if it looks like names: in a table of two columns, where a title could
    as well be a header with one name, only after a gap or above cells that are no text.
    """
    looked = list(islice(rows.items(), _LOOKED_AT))
    if not looked:
        return 0
    counts = Counter(len(row) for _, row in looked)
    width = max(counts, key=lambda count: (counts[count], count))
    for at, (number, row) in enumerate(looked[: _TITLES + 1]):
        if 2 * len(row) > width:
            apart = width > _NARROW or number - looked[at - 1][0] > 1 or _other_kinds(looked, at)
            return number if not at or (apart and _like_names(row)) else looked[0][0]
    return looked[0][0]


def _other_kinds(rows: Sequence[tuple[int, Row]], at: int) -> bool:
    """Return True if the row after one holds something else than text."""
    return any(
        not isinstance(cell, str) for _, row in rows[at + 1 : at + 2] for cell in row.values()
    )


def _like_names(row: Row) -> bool:
    texts = [isinstance(cell, str) for cell in row.values()]
    return any(texts) and all(
        isinstance(cell, str | date) or (isinstance(cell, float) and cell in _YEARS)
        for cell in row.values()
    )


def _fill(grid: Grid) -> None:
    """Give the cells of merged ranges the value of the first, in rows that hold something."""
    used = sorted({column for row in grid.rows.values() for column in row})
    for box in grid.merged:
        value = grid.rows.get(box.top, {}).get(box.left)
        if value is None:
            continue
        columns = [column for column in used if box.left <= column <= box.right]
        for number in _between(grid.rows, box):
            row = grid.rows[number]
            for column in columns:
                row.setdefault(column, value)


def _between(rows: Mapping[int, Row], box: Box) -> list[int]:
    if box.bottom - box.top < len(rows):
        return [number for number in range(box.top, box.bottom + 1) if number in rows]
    return [number for number in rows if box.top <= number <= box.bottom]


def column_names(header: Row, used: set[int]) -> dict[int, str]:
    """Return the names of the columns; one without a name goes by its letter, if it has cells."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for at in sorted(used | set(header)):
        given = " ".join((cell_text(header.get(at)) or "").split())
        if not given and at not in used:
            continue
        stem = name = given or column_letters(at + 1)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name.casefold())
        found[at] = name
    return found


def _require_room(
    path: Path, sheet: str, rows: Sequence[tuple[int, Row]], names: Mapping[int, str]
) -> None:
    room = len(rows) * len(names)
    if room <= ROOM:
        return
    filled = sum(len(row) for _, row in rows)
    if room > filled * _SPARSE:
        raise failure(
            path,
            f"The sheet '{sheet}' spreads too wide to be a table",
            why=f"its {filled:,} cells would make a table of {room:,}",
            do="name the cells of the table in Cell range, such as A1:F500",
            code="sheet_too_large",
        ).at(param="cell_range")


@contextmanager
def workbook_errors(path: Path) -> Iterator[None]:
    """Turn what the readers say of a damaged workbook into ReadFailed."""
    from python_calamine import CalamineError, PasswordError

    try:
        with read_errors(path):
            yield
    except SummitError:
        raise
    except PasswordError:
        raise failure(
            path,
            f"'{path.name}' is protected by a password",
            do="open it in Excel and save it without one",
            code="file_protected",
        ) from None
    except _DAMAGE as error:
        raise _no_workbook(path, str(error) or "its inside makes no sense") from None
    except (CalamineError, ValueError) as error:
        raise _no_workbook(path, str(error)) from None
    except BaseException as error:
        # A crash inside the reader comes as a PanicException, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ != "PanicException":
            raise
        raise _no_workbook(path, "its inside makes no sense") from None


def _no_workbook(path: Path, why: str) -> SummitError:
    return failure(
        path,
        f"'{path.name}' is not a workbook that can be read",
        why=why.removesuffix("."),
        do="save it anew as .xlsx, or read it by another source if it is text",
        code="file_not_excel",
    )
