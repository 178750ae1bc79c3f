"""Finds where a table begins in a text, and what its columns are called."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from summit_studio.core.schema import DATE, TIMESTAMP, VARCHAR, base_type, type_label
from summit_studio.formats.csv.conversion import Reading
from summit_studio.formats.csv.types import sniff_type

_ENOUGH = 3
"""Rows that must agree against the header on the number of values."""
_TITLES = 20
"""How many lines may stand above a table."""
_SHOWN = 5
_LONG = 30
"""Characters of a cell that a reason shows."""
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Head:
    """How a table begins.

    Args:
        above: Records before it, such as a title: they belong to no column.
        header: True if its first row names the columns.
        names: The columns, distinct without regard to letter case.
        notes: What was found out or changed, as parts of a sentence.
        why: What tells whether there is a header, as part of a sentence.
    """

    above: int
    header: bool
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    why: str = ""


def head_of(
    rows: Sequence[list[str]],
    reading: Reading,
    *,
    told: bool | None = None,
    expected: Sequence[str] = (),
    titles: bool = True,
) -> Head:
    """Return how the table begins whose first rows are these.

    Args:
        rows: At least one, as texts.
        reading: How their values are written.
        told: Whether the first row holds the names, if a person said so.
        expected: Names that make the first row that has them all the header.
        titles: True if lines may stand above the table.
    """
    above = _above(rows, reading, expected) if titles and told is None else 0
    rows = rows[above:]
    width = _width(rows)
    header, why = (told, "") if told is not None else _is_header(rows, width, reading, expected)
    names = _names(rows[0] if header else [], width)
    notes = []
    if above:
        noun = "line" if above == 1 else "lines"
        notes.append(f"{above} {noun} above the table left out")
    if header:
        notes += _renamed(rows[0], names)
    return Head(above, header, names, tuple(notes), why)


def _above(rows: Sequence[list[str]], reading: Reading, expected: Sequence[str]) -> int:
    """Return how many records stand above the table: few values each, and then a header."""
    widths = Counter(len(row) for row in rows)
    width, times = widths.most_common(1)[0]
    if width < 2 or times < _ENOUGH:  # noqa: PLR2004 - one column has no titles to tell
        return 0
    filled = [sum(1 for value in row if value.strip()) for row in rows]
    at = next(i for i, row in enumerate(rows) if len(row) == width and filled[i] > 1)
    if not 0 < at <= _TITLES or any(filled[i] >= width for i in range(at)):
        return 0
    # A first row with several names is a header that is too short, if no better one comes.
    return at if _is_header(rows[at:], width, reading, expected)[0] else 0


def _width(rows: Sequence[list[str]]) -> int:
    """Return how many values a row has: as many as the first, unless most others have more."""
    first = len(rows[0])
    counts = Counter(map(len, rows[1:]))
    width, times = counts.most_common(1)[0] if counts else (first, 0)
    wider = width > first and times >= _ENOUGH and counts[first] * 2 < times
    return width if wider else first


def _is_header(
    rows: Sequence[list[str]], width: int, reading: Reading, expected: Sequence[str]
) -> tuple[bool, str]:
    """Return whether the first row names the columns rather than being one of them, and why."""
    import pyarrow as pa

    first, rest = rows[0], [row for row in rows[1:] if len(row) == width]
    given = {name.strip().casefold() for name in first}
    if expected and all(name.casefold() in given for name in expected):
        return True, "the first row has all the columns that are named"
    if not any(name.strip() for name in first):
        return False, "the first row is empty"
    shapes = [
        sniff_type(pa.chunked_array([[name]]), reading) if name.strip() else "" for name in first
    ]
    if not rest:
        if len(rows) == 1 and all(shape == VARCHAR for shape in shapes):
            return True, "there is one row, and it is all text"
        return False, "no row below the first has as many values"

    def heard(i: int) -> tuple[bool | None, int, str]:
        column = [row[i] or None for row in rest]
        kind = sniff_type(pa.chunked_array([column], pa.string()), reading)
        return _says(first[i], shapes[i], kind, column), i, kind

    cells = range(min(width, len(first)))
    said = [heard(i) for i in cells if shapes[i] not in {VARCHAR, ""}]
    said.sort(key=lambda one: one[0] is not False)  # Who speaks against a header comes first.
    # Texts never speak against one: the first that speaks for it is enough.
    texts = (heard(i) for i in cells if shapes[i] == VARCHAR)
    for header, i, kind in chain((one for one in said if one[0] is not None), _first(texts)):
        stands = "stands above values" if header else "is a value like those below,"
        why = f"'{_short(first[i])}' in the first row {stands} of type '{type_label(kind)}'"
        return bool(header), why
    # All text: a header's words occur nowhere below.
    below = {value for row in rest for value in row}
    repeated = next((name for name in first if name and name in below), None)
    if repeated is not None:
        return False, f"'{_short(repeated)}' in the first row stands below as well"
    if set(shapes) <= {VARCHAR, ""}:
        return True, "all is text, and the words of the first row stand nowhere below"
    return False, "the first row is not all text"


def _first(
    said: Iterator[tuple[bool | None, int, str]],
) -> Iterator[tuple[bool | None, int, str]]:
    """Yield the first that speaks for a header, looking at no more than it takes."""
    found = next((one for one in said if one[0]), None)
    if found is not None:
        yield found


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _says(name: str, shape: str, kind: str, column: Sequence[str | None]) -> bool | None:
    """Return whether a cell speaks for a header, against one, or for neither (None).

    Args:
        name: The cell.
        shape: The type of the cell alone.
        kind: The type of what stands below.
        column: What stands below.
    """
    if shape == VARCHAR:
        return True if kind != VARCHAR else None
    if _YEAR.fullmatch(name.strip()):
        # Years name columns; below them are other numbers, or they would be a column of years.
        known = [value.strip() for value in column if value]
        return None if any(map(_YEAR.fullmatch, known)) or not known else True
    if kind == VARCHAR:
        return None
    dates = {DATE, TIMESTAMP}
    return (shape in dates) != (base_type(kind) in dates)


def _names(first: Sequence[str], width: int) -> tuple[str, ...]:
    """Return `width` distinct names; where the header gives none, `column` and its number."""
    names: list[str] = []
    taken: set[str] = set()
    given = {name.strip().casefold() for name in first}
    for i in range(width):
        own = first[i].strip() if i < len(first) else ""
        stem = own or f"column{i + 1}"
        name, number = stem, 2
        # A made-up name must not take one that stands further on in the header.
        while name.casefold() in taken or (name != own and name.casefold() in given):
            name, number = f"{stem}_{number}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def _renamed(first: Sequence[str], names: Sequence[str]) -> list[str]:
    given = [name.strip() for name in first] + [""] * (len(names) - len(first))
    changed = [f"'{new}'" for old, new in zip(given, names, strict=False) if old != new]
    if not changed:
        return []
    shown = ", ".join(changed[:_SHOWN]) + (" and others" if changed[_SHOWN:] else "")
    return [f"{shown} named so because the header has no name of its own there"]
