"""SQLite types: declared names are loose, values carry their own type. Both ways, as data.

Choices that are not obvious:
    NUMERIC and DECIMAL without precision are DOUBLE, as SQLite stores them.
    DECIMAL(p,s) is stored as SQLite's number: whole ones of 64 bits and others of up to 15 digits
    are exact, more are refused. SQLite computes with binary fractions: a number is read as the
    decimal next to it where both are the same in 15 digits, so that 434.99999999999994 is 435.00;
    any other difference is no decimal of that type.
    Zero has no sign. Dates end at the years 1 and 9999, days at 24:00.
    An expression has no declared type; its first thousand values decide (see `SAMPLED`).
    NaN cannot be stored (SQLite makes it NULL) and is refused.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.fitting import Limit
from summit_studio.core.json_form import json_array
from summit_studio.core.schema import (
    BIGINT,
    BLOB,
    BOOLEAN,
    DATE,
    DOUBLE,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    arrow_type,
    base_type,
    is_nested,
)
from summit_studio.core.sql import quote_text

if TYPE_CHECKING:
    import pyarrow as pa

DECLARED: Final = (
    (r"TIMESTAMP ?TZ|TIMESTAMP WITH TIME ZONE", TIMESTAMPTZ),
    (r"TIMESTAMP|DATETIME", TIMESTAMP),
    (r"^DATE$", DATE),
    (r"^TIME( WITHOUT TIME ZONE)?$", TIME),
    (r"BOOL", BOOLEAN),
    (r"^UUID$", "UUID"),
    (r"^JSONB?( TEXT)?$", "JSON"),
    (r"INT", BIGINT),
    (r"CHAR|CLOB|TEXT|STRING", VARCHAR),
    (r"BLOB|BINARY|BYTEA", BLOB),
    (r"REAL|FLOA|DOUB|DECIMAL|NUMERIC|NUMBER", DOUBLE),
)
"""Patterns over the declared type, first match wins. https://www.sqlite.org/datatype3.html"""

SAMPLED: Final = {
    frozenset({"integer"}): BIGINT, frozenset({"real"}): DOUBLE,
    frozenset({"integer", "real"}): DOUBLE, frozenset({"blob"}): BLOB,
}  # fmt: skip
"""What the storage classes found in a column without a type make it; all else is VARCHAR."""

_DECIMAL: Final = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")
_EXACT_DIGITS: Final = 15
_FIRST_DAY: Final = date.min.toordinal() - date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal() - date(1970, 1, 1).toordinal()
_DAY: Final = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}

CREATED: Final = {
    BOOLEAN: "BOOLEAN", "FLOAT": "REAL", DOUBLE: "REAL", VARCHAR: "TEXT", BLOB: "BLOB",
    DATE: "DATE", TIME: "TIME", TIMESTAMP: "TIMESTAMP", TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    "UUID": "UUID", "JSON": "JSON TEXT", "STRUCT": "JSON", "MAP": "JSON",
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT",
                     "UINTEGER", "UBIGINT", "HUGEINT"), "INTEGER"),
}  # fmt: skip
"""What a created column is declared as; DECIMAL keeps its limits, lists are JSON, others TEXT.

In a column declared as JSON alone the text `1.50` would become the number 1.5.
"""

_UNHELD: Final = {
    "DECIMAL": f"numbers of more than {_EXACT_DIGITS} digits, whole ones of 64 bits apart",
    "HUGEINT": "whole numbers of more than 64 bits with more than 15 digits",
    "UBIGINT": "whole numbers beyond 9223372036854775807",
    "DOUBLE": "NaN", "FLOAT": "NaN",
}  # fmt: skip
"""What `from_arrow_array` refuses and one may have to reckon with, by base type."""

_KEEPS_TEXT: Final = re.compile("CHAR|CLOB|TEXT|BLOB")
_AS_SHOWN: Final = (
    r"0|-?[1-9][0-9]{0,17}|-?0[.][1-9]([0-9]{0,8}[1-9])?|-?[1-9][0-9]{0,5}[.][0-9]{0,8}[1-9]"
)
"""Numbers that are shown again as they were written, whatever is made of them."""

_NUMBER: Final = r"\s*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?\s*"
"""Texts that become numbers. https://www.sqlite.org/datatype3.html section 3"""


def canonical(declared: str) -> str | None:
    """Return the type a declared one stands for, or None if nothing is declared."""
    upper = " ".join(declared.upper().split())
    limits = _DECIMAL.search(upper)
    if limits:
        precision, scale = int(limits[1]), int(limits[2] or 0)
        return f"DECIMAL({precision},{scale})" if scale <= precision <= 38 else DOUBLE  # noqa: PLR2004
    if not upper:
        return None
    bare = upper.split("(", 1)[0].strip()
    return next((kind for pattern, kind in DECLARED if re.search(pattern, bare)), VARCHAR)


def limit_of(declared: str) -> Limit | None:
    """Return which texts a column of a table that is not STRICT would hold as others."""
    upper = declared.upper()
    if not upper or ("INT" not in upper and _KEEPS_TEXT.search(upper)):
        return None
    texts = frozenset({VARCHAR, "JSON"})
    is_number = f"regexp_full_match({{0}}, {quote_text(_NUMBER)})"
    condition = f"{is_number} AND NOT regexp_full_match({{0}}, {quote_text(_AS_SHOWN)})"
    says = f"is declared as {declared}, where SQLite makes numbers of texts such as 007 and 1.50"
    return Limit(texts, condition, says)


def created_type(type_name: str) -> str:
    """Return how a column of a canonical type is declared."""
    if type_name.endswith("]"):
        return "JSON"
    base = base_type(type_name)
    return type_name if base == "DECIMAL" else CREATED.get(base, "TEXT")


def unheld(type_name: str) -> str:
    """Return which values of a type SQLite holds in no column; empty if it holds all."""
    base = base_type(type_name)
    if type_name.endswith("]") or base not in _UNHELD:
        return ""
    exact = base == "DECIMAL" and int(re.findall(r"\d+", type_name)[0]) <= _EXACT_DIGITS
    return "" if exact else _UNHELD[base]


class Unfit(Exception):
    """A value has no place in its column's type. `index` counts from 0 in the batch."""

    def __init__(self, index: int, value: Any, reason: str = "") -> None:
        super().__init__()
        self.index = index
        self.value = value
        self.reason = reason


def to_arrow_array(values: Sequence[Any], type_name: str) -> "pa.Array":
    """Return SQLite values as an Arrow array of a canonical type.

    Raises:
        Unfit: One does not fit.
    """
    import pyarrow as pa

    kind = arrow_type(type_name)
    read = _READERS.get(base_type(type_name))
    if base_type(type_name) == "DECIMAL":
        scale = kind.scale
        limit = Decimal(10) ** (kind.precision - scale)
        return pa.array(_each(values, lambda v: _decimal(v, scale, limit)), kind)
    if read is None:
        return pa.array(_each(values, _text), kind)
    return pa.array(_each(values, read), kind)


def misfits(values: Sequence[Any], type_name: str) -> list[int]:
    """Return which values have no place in a column of a canonical type."""
    try:
        to_arrow_array(values, type_name)
    except Unfit as fault:
        found = [fault.index]
        for index in range(fault.index + 1, len(values)):
            try:
                to_arrow_array(values[index : index + 1], type_name)
            except Unfit:
                found.append(index)
        return found
    return []


def _each(values: Sequence[Any], read: Callable[[Any], Any]) -> list[Any]:
    done: list[Any] = []
    try:
        for value in values:
            done.append(None if value is None else read(value))  # noqa: PERF401  Counts on failure.
    except (ValueError, TypeError, OverflowError, InvalidOperation):
        raise Unfit(len(done), values[len(done)]) from None
    return done


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _loose_text(value: Any) -> str:
    # A number in a text column is a text nobody quoted; bytes are something else.
    if isinstance(value, bytes):
        raise TypeError
    return value if isinstance(value, str) else repr(value)


def _integer(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _double(value: Any) -> float:
    if not isinstance(value, int | float):
        raise TypeError
    number = float(value)
    if number != value:
        raise ValueError
    return number


def _boolean(value: Any) -> bool:
    if value in {0, 1}:
        return bool(value)
    words = {"true": True, "t": True, "yes": True, "false": False, "f": False, "no": False}
    return words[_text(value).casefold()] if _text(value).casefold() in words else _refuse()


def _refuse() -> bool:
    raise ValueError


def _date(value: Any) -> date:
    text = _text(value)
    if len(text) == 10:  # noqa: PLR2004
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.timetz() != time():
        raise ValueError
    return moment.date()


def _timestamp(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment


def _timestamptz(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _time(value: Any) -> time:
    moment = time.fromisoformat(_text(value))
    if moment.tzinfo is not None:
        raise ValueError
    return moment


def _blob(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(memoryview(value))


_WIDE: Final = Context(prec=400)
"""Rounds nothing: a double has up to 309 digits before its point."""


def _decimal(value: Any, scale: int, limit: Decimal) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    rounded = number.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
    same = rounded == number or (isinstance(value, float) and _next_to(rounded, number))
    if not same or abs(rounded) >= limit:
        raise ValueError
    return rounded


def _next_to(rounded: Decimal, computed: Decimal) -> bool:
    """Return True if two numbers are the same in the digits that SQLite's arithmetic keeps."""
    digits = Context(prec=_EXACT_DIGITS)
    return bool(rounded) and digits.plus(rounded) == digits.plus(computed) == rounded


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    BIGINT: _integer, DOUBLE: _double, VARCHAR: _loose_text, BOOLEAN: _boolean, DATE: _date,
    TIME: _time, TIMESTAMP: _timestamp, TIMESTAMPTZ: _timestamptz, BLOB: _blob,
}  # fmt: skip


def is_text(type_name: str) -> bool:
    """Return True for types whose values are stored as texts, and read as such: no type is left."""
    return is_nested(type_name) or type_name == "INTERVAL"


def from_arrow_array(
    array: "pa.Array", type_name: str, unfit: "list[Unfit] | None" = None
) -> list[Any]:
    """Return an Arrow array of a canonical type as values SQLite can bind.

    Args:
        array: The values.
        type_name: What they are.
        unfit: Takes those that cannot be stored unchanged, and None stands in their place.

    Raises:
        Unfit: One cannot, and nobody takes them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if is_nested(type_name):
        return list(json_array(array, type_name).to_pylist())
    if type_name == "INTERVAL":
        # JSON has the same text, in quotes.
        return [t and t[1:-1] for t in json_array(array, type_name).to_pylist()]
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    beyond = _beyond_calendar(array)
    if beyond:
        if unfit is None:
            raise beyond[0]
        unfit += beyond
        gone = pa.array([fault.index for fault in beyond])
        kept = pc.invert(pc.is_in(pa.array(range(len(array))), value_set=gone))
        array = pc.if_else(kept, array, pa.scalar(None, array.type))
    values = array.to_pylist()
    if values and isinstance(array.type, pa.TimestampType) and array.type.unit == "ns":
        values = array.cast(pa.timestamp("us", array.type.tz), safe=False).to_pylist()
    if unfit is None:
        return [None if v is None else _bound(i, v) for i, v in enumerate(values)]
    return [None if v is None else _bound_or(unfit, i, v) for i, v in enumerate(values)]


def _bound_or(unfit: "list[Unfit]", index: int, value: Any) -> Any:
    try:
        return _bound(index, value)
    except Unfit as fault:
        unfit.append(fault)
        return None


def _is_exact(value: Decimal) -> bool:
    if value == value.to_integral_value(context=_WIDE) and abs(value) < 2**63:
        return True
    digits = "".join(map(str, value.as_tuple().digits)).strip("0")
    return len(digits) <= _EXACT_DIGITS


def _beyond_calendar(array: "pa.Array") -> "list[Unfit]":
    """Return the dates and times that SQLite's functions cannot read.

    Their year is not one of 1 to 9999, or the time is 24:00.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    unit = getattr(array.type, "unit", "D")
    if pa.types.is_time(array.type):
        plain = array.cast(pa.int64() if unit in {"us", "ns"} else pa.int32())
        first, last, reason = 0, _DAY[unit] - 1, "SQLite's times end before 24:00"
    elif pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        plain = array.cast(pa.int64() if array.type != pa.date32() else pa.int32())
        day = 1 if array.type == pa.date32() else _DAY["ms" if unit == "D" else unit]
        first, last = _FIRST_DAY * day, (_LAST_DAY + 1) * day - 1
        reason = "SQLite's dates are those of the years 1 to 9999"
    else:
        return []
    outside = pc.or_(pc.less(plain, first), pc.greater(plain, last))
    found = pc.indices_nonzero(outside).to_pylist()
    return [Unfit(index, plain[index].as_py(), reason) for index in found]


def _bound(index: int, value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and math.isnan(value):
        raise Unfit(index, value, "SQLite would store it as NULL")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise Unfit(index, value, "SQLite keeps integers of 64 bits")
    if isinstance(value, str | bytes | int | float):
        return value
    if isinstance(value, Decimal):
        if not _is_exact(value):
            raise Unfit(index, value, f"SQLite keeps {_EXACT_DIGITS} digits exactly; write text")
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
