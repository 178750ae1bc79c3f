"""Shows values as tables, in a terminal and in a notebook: no cell and no table floods either."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

CELL = 40
"""Columns of a terminal that a cell may take."""

ROWS = 20
"""Rows that a table shows by itself."""

_WIDTH = 120
_HTML_COLUMNS = 30
_GAP = "  "
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str, *, lines: bool = True) -> str:
    """Return text that cannot steer a terminal; without `lines`, on one line."""
    text = _CONTROL.sub(lambda m: repr(m[0])[1:-1], text)
    return text if lines else text.replace("\n", "\\n").replace("\t", "\\t")


def width(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(_width(c) for c in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def cell(value: Any, most: int = CELL) -> str:
    """Return a value on one line of at most `most` columns; a longer one loses its end."""
    if value is None:
        return "null"
    # Cut before it is made a text: a value may be a whole file.
    cut = isinstance(value, str | bytes | bytearray | list) and len(value) > 2 * most
    head = value[: 2 * most] if cut else value
    text = printable(head if isinstance(head, str) else str(head), lines=False)
    if not cut and width(text) <= most:
        return text
    ends = accumulate(map(_width, text))
    return text[: sum(end < most for end in ends)].rstrip() + "…"


def table_lines(head: Sequence[str], rows: Sequence[Sequence[str]], right: str) -> Iterator[str]:
    """Yield the lines of a table, its titles first.

    Args:
        head: The titles of the columns.
        rows: Cells that are printable already.
        right: A letter for each column, `r` for those that align to the right.
    """
    widths = [max(map(width, column)) for column in zip(head, *rows, strict=True)]
    for cells in (head, *rows):
        yield _line(cells, widths, right.ljust(len(head), "l"))


def _line(cells: Sequence[str], widths: Sequence[int], aligns: str) -> str:
    padded = []
    for text, wide, align in zip(cells, widths, aligns, strict=True):
        gap = " " * (wide - width(text))
        padded.append(gap + text if align == "r" else text + gap)
    return _GAP.join(padded).rstrip()


@dataclass(frozen=True)
class Table:
    """Some rows as they are shown, of a table that may hold more.

    Args:
        right: A letter for each column, `r` for those that align to the right.
        total: Rows there are; by default those given.
        note: A sentence under the table.
        cell: Columns of a terminal that a cell may take.
        most: Rows that are shown.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    right: str = ""
    total: int | None = None
    note: str = ""
    cell: int = CELL
    most: int = ROWS

    def text(self) -> str:
        """Return the table for a terminal; columns that do not fit are counted and named."""
        head, rows = [cell(h, self.cell) for h in self.head], self._cells()
        widths = [max(map(width, column)) + len(_GAP) for column in zip(head, *rows, strict=True)]
        fit = max(sum(end <= _WIDTH for end in accumulate(widths)), 1)
        lines = table_lines(head[:fit], [row[:fit] for row in rows], self.right[:fit])
        return "\n".join([*(lines if head else ()), *self._notes(fit)])

    def html(self) -> str:
        """Return the table for a notebook, every text escaped."""
        head = [cell(h, self.cell) for h in self.head[:_HTML_COLUMNS]]
        body = "".join(f"<tr>{self._tags('td', row[:_HTML_COLUMNS])}</tr>" for row in self._cells())
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._notes(_HTML_COLUMNS))
        return (
            f"<table><thead><tr>{self._tags('th', head)}</tr></thead>"
            f"<tbody>{body}</tbody></table>{notes}"
        )

    def _cells(self) -> list[list[str]]:
        return [[cell(value, self.cell) for value in row] for row in self.rows[: self.most]]

    def _tags(self, tag: str, cells: Sequence[str]) -> str:
        sides = {"r": "right", "l": "left"}
        aligned = zip(cells, self.right.ljust(len(cells), "l"), strict=False)
        return "".join(
            f'<{tag} style="text-align: {sides[side]}">{html.escape(text)}</{tag}>'
            for text, side in aligned
        )

    def _notes(self, columns: int) -> list[str]:
        more = (len(self.rows) if self.total is None else self.total) - len(self.rows[: self.most])
        rest = [cell(h) for h in self.head[columns:]]
        notes = [f"… and {more:,} more rows." if more > 1 else "… and 1 more row."] if more else []
        if rest:
            names = ", ".join([*rest[:5], *(["…"] if rest[5:] else [])])
            notes.append(f"… and {len(rest):,} more columns: {names}")
        return [*notes, self.note] if self.note else notes
