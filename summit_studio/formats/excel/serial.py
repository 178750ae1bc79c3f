"""Dates, times and durations as Excel keeps them: numbers of days, told apart by their format.

Source: ECMA-376 part 1, 18.17.4 (dates and times) and 18.8.30, 18.8.31 (number formats).
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import Enum

from summit_studio.formats.excel.cells import Odd

_LITERAL = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]|am/pm|a/p|general', re.IGNORECASE
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DAY = 86_400_000_000
_MS = 1_000
_LEAP = 60
"""The serial of 1900-02-29, which Excel counts although it never was."""


class Kind(Enum):
    """What a number format shows of a number."""

    NUMBER = "number"
    DATE = "date"
    CLOCK = "clock"
    ELAPSED = "elapsed"


BUILT_IN = {
    **dict.fromkeys([14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)], Kind.DATE),
    **dict.fromkeys([18, 19, 20, 21, 45, 47], Kind.CLOCK),
    46: Kind.ELAPSED,
}
"""Formats that a file names by number only."""


def kind_of_format(code: str) -> Kind:
    """Return what a number format such as `yyyy-mm-dd` or `[h]:mm` shows."""
    plain = _LITERAL.sub("", code.partition(";")[0]).lower()
    if _ELAPSED.search(plain):
        return Kind.ELAPSED
    letters = set(plain) & set("ymdhs")
    if not letters:
        return Kind.NUMBER
    return Kind.CLOCK if letters & set("hs") and not letters & set("yd") else Kind.DATE


def dated(kind: Kind, *, since_1904: bool) -> Callable[[float], object]:
    """Return what turns the numbers of cells with a format into dates, times or durations.

    Days that never were become Odd cells.
    """

    def convert(serial: float) -> object:
        if not abs(serial) < 1e9:  # noqa: PLR2004 - beyond what a timedelta holds
            return _never(serial)
        micros = _micros(serial)
        if kind is Kind.ELAPSED:
            return timedelta(microseconds=micros)
        day, rest = divmod(micros, _DAY)
        if kind is Kind.CLOCK and day == 0:
            return (datetime.combine(date.min, time()) + timedelta(microseconds=rest)).time()
        first = _first_day(day, since_1904=since_1904)
        if first is None or first.toordinal() + day > date.max.toordinal():
            return _never(serial)
        found = datetime.combine(first, time()) + timedelta(days=day, microseconds=rest)
        return found if rest else found.date()

    return convert


def _micros(serial: float) -> int:
    """Return a number of days in microseconds; Excel means milliseconds where it is that near."""
    micros = round(serial * _DAY)
    near = round(micros / _MS) * _MS
    return near if abs(micros - near) <= 5 else micros  # noqa: PLR2004 - a double's last digits


def _first_day(day: int, *, since_1904: bool) -> date | None:
    if since_1904:
        return date(1904, 1, 1) if day >= 0 else None
    if day < 1 or day == _LEAP:
        return None
    return date(1899, 12, 31) if day < _LEAP else date(1899, 12, 30)


def _never(serial: float) -> Odd:
    if int(serial) == _LEAP:
        return Odd("1900-02-29", "no_such_day", "1900-02-29 is a day that never was")
    shown = int(serial) if serial == int(serial) else serial
    return Odd(str(shown), "no_such_day", f"The number {shown}, shown as a date, is no day")
