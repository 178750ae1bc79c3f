"""Cells of a sheet become typed values: types found out from cells, names from a header row."""

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
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

_COMMON = 0.9
"""The share of a column's cells that one kind must have for the others to count as odd."""

_EXACT = 2**53
"""Up to here a number of a cell, which is a double, stands for one whole number only."""

_INTS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}


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
        VARCHAR: cell_text, DOUBLE: _double, "FLOAT": _double, BOOLEAN: _boolean, DATE: _date,
        TIMESTAMP: _moment, TIMESTAMPTZ: _moment_utc, TIME: _time,
    }.get(type_name)  # fmt: skip


def cell_text(cell: Any) -> str | None:
    """Return a cell as text; None where it is empty."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return None if cell is None else str(cell)


def _double(cell: Any) -> Any:
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return float(cell)
    return _by_text(float, cell)


def _whole(cell: Any, bound: int) -> Any:
    number = _double(cell)
    if not isinstance(number, float):
        return number
    if not number.is_integer() or not -bound <= number < bound:
        return MISFIT
    return int(cell)


def _decimal(cell: Any, digits: int, scale: int) -> Any:
    number = _double(cell)
    if not isinstance(number, float):
        return number
    try:
        exact = Decimal(cell.strip() if isinstance(cell, str) else repr(cell))
        rounded = round(exact, scale)
    except InvalidOperation:
        return MISFIT
    # What Excel computes is a double, so 0.1 + 0.2 has a seventeenth digit that nobody meant.
    near = abs(exact - rounded) <= abs(exact) * Decimal("1e-14")
    return rounded if near and abs(rounded) < 10 ** (digits - scale) else MISFIT


def _boolean(cell: Any) -> Any:
    if isinstance(cell, bool):
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
        return (datetime(2000, 1, 1) + cell).time()  # noqa: DTZ001 - the day is dropped
    return cell if isinstance(cell, time) else _by_text(time.fromisoformat, cell)


def _by_text(convert: Callable[[str], Any], cell: Any) -> Any:
    if not isinstance(cell, str):
        return None if cell is None else MISFIT
    if not cell.strip():
        return None
    try:
        value = convert(cell.strip())
    except ValueError:
        return MISFIT
    finite = not isinstance(value, float) or abs(value) < float("inf")
    return value if finite and "_" not in cell else MISFIT


def type_of_cells(cells: Sequence[Any]) -> str:
    """Return the type of a column: that of nearly all its cells, or text."""
    filled = [cell for cell in cells if cell != ""]
    if not filled:
        return VARCHAR
    kinds: Counter[str] = Counter()
    for kind, count in Counter(map(type, filled)).items():
        kinds[_kind(kind)] += count
    if set(kinds) == {"date", "moment"}:
        return TIMESTAMP
    (common, often), *_ = kinds.most_common(1)
    if often < _COMMON * len(filled):
        return VARCHAR
    if common == "number":
        numbers = [cell for cell in filled if _kind(type(cell)) == "number"]
        return BIGINT if all(float(n).is_integer() and abs(n) < _EXACT for n in numbers) else DOUBLE
    return {"true/false": BOOLEAN, "date": DATE, "moment": TIMESTAMP, "time": TIME}.get(
        common, VARCHAR
    )


def _kind(kind: type) -> str:
    return {
        int: "number", float: "number", bool: "true/false", date: "date", datetime: "moment",
        time: "time",
    }.get(kind, "text")  # fmt: skip


def column_names(
    header: Sequence[Any], width: int, rows: Sequence[tuple[int, list[Any]]], left: int
) -> dict[int, str]:
    """Return the names of the columns; one without a name goes by its letter, if it has cells."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for at in range(width):
        given = " ".join((cell_text(header[at]) or "").split()) if at < len(header) else ""
        if not given and not any(at < len(row) and row[at] != "" for _, row in rows):
            continue
        stem = name = given or _letters(left + at + 1)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name.casefold())
        found[at] = name
    return found


def _letters(number: int) -> str:
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
