"""The cells of one sheet, kept sparsely: a value far away costs no more than one beside others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from summit_studio.core.errors import InvalidParams, Where

_RANGE = re.compile(r"([A-Z]{1,3})?([1-9]\d{0,6})?(?::([A-Z]{1,3})?([1-9]\d{0,6})?)?")

LAST_ROW = 1_048_576
"""How many rows a sheet can have; OpenDocument and Excel agree."""

LAST_COLUMN = 16_383
"""The last column that a sheet can have, counted from 0."""

Row = Mapping[int, Any]
"""Cells by column, counted from 0; empty ones are not in it, and None stands for one emptied."""


@dataclass(frozen=True, slots=True)
class Box:
    """A range of cells: columns counted from 0, rows from 1, all ends belong to it."""

    left: int = 0
    top: int = 1
    right: int = LAST_COLUMN
    bottom: int = LAST_ROW

    def holds(self, row: int, column: int) -> bool:
        """Return True for a cell inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(slots=True)
class Grid:
    """What a sheet holds inside the box asked for.

    Args:
        rows: By number as Excel counts, ascending; those without cells are not in it.
        filled: Numbers of the rows with cells, counted where the file's cells were told apart.
        merged: Ranges of cells that are shown as one.
        unsaved: How many formulas have no value in the file.
        stale: How many formulas hold a 0 that whatever wrote the file did not compute.
    """

    rows: dict[int, dict[int, Any]] = field(default_factory=dict)
    filled: list[int] = field(default_factory=list)
    merged: list[Box] = field(default_factory=list)
    unsaved: int = 0
    stale: int = 0


def parse_range(text: str) -> Box:
    """Return the box that a range such as `B3:F100`, `B:F` or `3:100` means; all for "".

    Raises:
        InvalidParams: It is none.
    """
    found = _RANGE.fullmatch(text.strip().upper().replace("$", ""))
    if found is None:
        raise InvalidParams(
            f"'{text}' is no range of cells",
            do="write one such as B3:F100, B:F or 3:100",
            code="range_invalid",
            where=Where(param="cell_range"),
        )
    first, top, last, bottom = found.groups()
    return Box(
        column_number(first) - 1 if first else 0,
        int(top) if top else 1,
        column_number(last) - 1 if last else LAST_COLUMN,
        int(bottom) if bottom else LAST_ROW,
    )


def parse_place(place: str) -> tuple[int, int]:
    """Return row and column of a reference such as `B3`, columns counted from 0.

    Raises:
        ValueError: It is none.
    """
    letters = place.rstrip("0123456789")
    return int(place[len(letters) :]), column_number(letters) - 1


def column_letters(number: int) -> str:
    """Return what Excel calls a column, counted from 1."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def column_number(letters: str) -> int:
    """Return the number of a column, counted from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
