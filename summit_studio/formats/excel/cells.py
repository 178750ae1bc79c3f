"""Cells of a sheet become typed values: types found out from cells, names from a header row."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from math import inf, isfinite
from typing import Any, Final

from summit_studio.core.schema import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    base_type,
)

INTERVAL = "INTERVAL"

_COMMON = 0.9
"""The share of a column's cells that one kind must have for the others to count as odd."""

_EXACT = 2**53
"""Up to here a number of a cell, which is a double, stands for one whole number only."""

_LARGEST_SINGLE = 3.4028234663852886e38
_WHOLE_DIGITS = 40

_INTS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}

_CODE = re.compile(r"\s*(?:-?0\d|\+)")
"""How texts begin that are no numbers although all is digits: 01234, +49170555."""

_SOME_DAY = date(2000, 1, 1)
_SPAN = re.compile(r"(-?)(\d{1,7}):([0-5]\d)(?::([0-5]\d(?:\.\d{1,6})?))?")


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that has no value: an error such as #N/A, a day that never was.

    Args:
        text: What the cell shows.
        code: Of the rejected row.
        reason: Of the rejected row, without a full stop.
    """

    text: str
    code: str
    reason: str


class ErrorText(str):
    """The text of an error cell, where it is wanted as text."""

    __slots__ = ()


def as_error(text: str, error_cells: str) -> Any:
    """Return a cell with an error, by what `error_cells` says: reject, null or text."""
    if error_cells == "null":
        return None
    if error_cells == "text":
        return ErrorText(text)
    return Odd(text, "error_cell", f"The cell holds the error {text}")


class _Misfit:
    """Stands for a cell that cannot be read as its column's type."""


MISFIT: Final = _Misfit()
_Convert = Callable[[Any], Any]


def converter(type_name: str) -> _Convert | None:
    """Return what turns a cell into a value of a type; None for types that cells never have."""
    base = base_type(type_name)
    if base in _INTS and type_name == base:
        bound = 2 ** (_INTS[base] - 1)
        return partial(_whole, bound=bound)
    if base == "DECIMAL" and not type_name.endswith("]"):
        width, _, scale = type_name.partition("(")[2].rstrip(")").partition(",")
        return partial(_decimal, digits=int(width or 18), scale=int(scale or 3))
    return {
        VARCHAR: _text, DOUBLE: _double, "FLOAT": _single, BOOLEAN: _boolean, DATE: _date,
        TIMESTAMP: _moment, TIMESTAMPTZ: _moment_utc, TIME: _time, INTERVAL: _duration,
    }.get(type_name)  # fmt: skip


def cell_text(cell: Any) -> str | None:
    """Return a cell as text; None where it is empty."""
    if isinstance(cell, str):
        return str(cell) or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    if isinstance(cell, timedelta):
        return _span_text(cell)
    if isinstance(cell, Odd):
        return cell.text
    return None if cell is None else str(cell)


def _text(cell: Any) -> Any:
    return MISFIT if isinstance(cell, Odd) else cell_text(cell)


def _number(cell: Any) -> Any:
    """Return the exact number of a cell."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        number = Decimal(repr(cell))
        return number if number.is_finite() else MISFIT
    if not isinstance(cell, str):
        return None if cell is None else MISFIT
    if not cell.strip():
        return None
    if "_" in cell or _CODE.match(cell):
        return MISFIT
    try:
        number = Decimal(cell.strip())
    except InvalidOperation:
        return MISFIT
    return number if number.is_finite() else MISFIT


def _double(cell: Any) -> Any:
    if type(cell) is float and isfinite(cell):
        return cell
    exact = _number(cell)
    if not isinstance(exact, Decimal):
        return exact
    # A number whose digits a double does not hold would become its neighbour.
    found = float(exact)
    kept = abs(found) < inf and exact in {Decimal(repr(found)), Decimal(found)}
    return found if kept else MISFIT


def _single(cell: Any) -> Any:
    found = _double(cell)
    too_large = isinstance(found, float) and abs(found) > _LARGEST_SINGLE
    return MISFIT if too_large else found


def _whole(cell: Any, bound: int) -> Any:
    if type(cell) is float and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell) if -bound <= cell < bound else MISFIT
    exact = _number(cell)
    if not isinstance(exact, Decimal):
        return exact
    fits = exact.adjusted() < _WHOLE_DIGITS and exact == int(exact) and -bound <= exact < bound
    return int(exact) if fits else MISFIT


def _decimal(cell: Any, digits: int, scale: int) -> Any:
    exact = _number(cell)
    if not isinstance(exact, Decimal):
        return exact
    try:
        rounded = round(exact, scale)
    except InvalidOperation:
        return MISFIT
    # What Excel computes is a double, so 0.1 + 0.2 has a seventeenth digit that nobody meant.
    near = abs(exact - rounded) <= abs(exact) * Decimal("1e-14")
    return rounded if near and abs(rounded) < 10 ** (digits - scale) else MISFIT


def _boolean(cell: Any) -> Any:
    if isinstance(cell, bool) or cell is None:
        return cell
    words = {"true": True, "false": False, "": None}
    return words.get(cell.strip().casefold(), MISFIT) if isinstance(cell, str) else MISFIT


def _moment(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - cells know no zone
    found = _by_text(datetime.fromisoformat, cell)
    return MISFIT if isinstance(found, datetime) and found.tzinfo else found


def _moment_utc(cell: Any) -> Any:
    found = _by_text(datetime.fromisoformat, cell) if isinstance(cell, str) else _moment(cell)
    if isinstance(found, datetime) and found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    return found


def _date(cell: Any) -> Any:
    found = _moment(cell)
    if not isinstance(found, datetime):
        return found
    return found.date() if found.time() == time() else MISFIT


def _time(cell: Any) -> Any:
    if isinstance(cell, timedelta) and timedelta() <= cell < timedelta(days=1):
        return (datetime.combine(_SOME_DAY, time()) + cell).time()
    return cell if isinstance(cell, time) else _by_text(time.fromisoformat, cell)


def _duration(cell: Any) -> Any:
    """Return a duration as Arrow carries INTERVAL: months, days, nanoseconds."""
    import pyarrow as pa

    if isinstance(cell, time):
        cell = datetime.combine(_SOME_DAY, cell) - datetime.combine(_SOME_DAY, time())
    found = cell if isinstance(cell, timedelta) else _by_text(_span, cell)
    if not isinstance(found, timedelta):
        return found
    return pa.MonthDayNano([0, 0, found // timedelta(microseconds=1) * 1_000])


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError
    sign, hours, minutes, seconds = found.groups()
    whole = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds or 0))
    return -whole if sign else whole


def _span_text(span: timedelta) -> str:
    """Return a duration as hours, minutes and seconds, such as 30:00:00."""
    minutes, rest = divmod(abs(span), timedelta(minutes=1))
    fraction = f"{rest.microseconds / 1e6:.6f}".rstrip("0")[1:].rstrip(".")
    sign = "-" if span < timedelta() else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{rest.seconds:02}{fraction}"


def _by_text(convert: Callable[[str], Any], cell: Any) -> Any:
    if not isinstance(cell, str):
        return None if cell is None else MISFIT
    if not cell.strip():
        return None
    try:
        return convert(cell.strip())
    except (ValueError, OverflowError):
        return MISFIT


@dataclass(frozen=True, slots=True)
class Profile:
    """What the cells of a column are, counted; those of several sheets add up.

    Args:
        kinds: How many cells there are of each kind.
        codes: Whether some text has a form that a number would lose.
        whole: Whether all numbers are whole.
    """

    kinds: Mapping[str, int]
    codes: bool = False
    whole: bool = True

    @classmethod
    def of(cls, cells: Sequence[Any]) -> "Profile":
        """Return the profile of filled cells; errors count for nothing."""
        kinds: Counter[str] = Counter()
        for kind, count in Counter(map(type, cells)).items():
            if kind not in _UNTOLD:
                kinds[_KINDS.get(kind, "text")] += count
        codes, whole = False, True
        if "text" in kinds:
            texts = (cell for cell in cells if isinstance(cell, str))
            codes = any(isinstance(t, ErrorText) or _is_code(t) for t in texts)
        if "number" in kinds:
            numbers = (c for c in cells if isinstance(c, float | int) and not isinstance(c, bool))
            whole = all(map(_is_whole, numbers))
        return cls(kinds, codes=codes, whole=whole)

    def __add__(self, other: "Profile") -> "Profile":
        """Return the profile of both columns' cells."""
        return Profile(
            Counter(self.kinds) + Counter(other.kinds),
            codes=self.codes or other.codes,
            whole=self.whole and other.whole,
        )

    @property
    def empty(self) -> bool:
        """Whether there is no cell that tells a type."""
        return not self.kinds

    @property
    def why(self) -> str:
        """What tells the type, as part of a sentence."""
        if self.empty:
            return "no cell has a value"
        cells = " and ".join(
            f"{count:,} {kind} {'cell' if count == 1 else 'cells'}"
            for kind, count in Counter(self.kinds).most_common()
        )
        if self.codes and "number" in self.kinds:
            return f"{cells}, among them codes such as 01234 that a number would change"
        if "text" not in self.kinds and self.type() == VARCHAR:
            return f"{cells}, none of them nine in ten"
        return cells

    def type(self) -> str:
        """Return the type of nearly all the cells, or text."""
        families: Counter[str] = Counter()
        for kind, count in self.kinds.items():
            families[_FAMILIES.get(kind, kind)] += count
        if not families:
            return VARCHAR
        (common, often), *_ = families.most_common(1)
        if often < _COMMON * families.total() or (common == "number" and self.codes):
            return VARCHAR
        if common == "number":
            return BIGINT if self.whole else DOUBLE
        if common == "day":
            return TIMESTAMP if "moment" in self.kinds else DATE
        if common == "clock":
            return INTERVAL if "duration" in self.kinds else TIME
        return BOOLEAN if common == "true/false" else VARCHAR


_UNTOLD = {type(None), Odd}
_KINDS = {
    int: "number", float: "number", bool: "true/false", date: "date", datetime: "moment",
    time: "time", timedelta: "duration",
}  # fmt: skip
_FAMILIES = {"date": "day", "moment": "day", "time": "clock", "duration": "clock"}


def _is_code(text: str) -> bool:
    return _CODE.match(text) is not None and text.strip().lstrip("+").replace(" ", "").isdigit()


def _is_whole(number: float) -> bool:
    if isinstance(number, int):
        return -(2**63) <= number < 2**63
    return number.is_integer() and abs(number) < _EXACT


def sample_workbook() -> bytes:
    """Return a small workbook, as little as Excel opens."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    cells = (("name", "amount"), ("Ada", 12.5), ("Grace", "soon"), ("Alan", 3))
    rows = "".join(
        "<row>" + "".join(
            f'<c t="inlineStr"><is><t>{v}</t></is></c>'
            if isinstance(v, str)
            else f"<c><v>{v}</v></c>"
            for v in row
        ) + "</row>"
        for row in cells
    )  # fmt: skip
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override '
        f'PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet '
        'name="Paid" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
        "</worksheet>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()
