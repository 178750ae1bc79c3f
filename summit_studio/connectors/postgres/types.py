"""PostgreSQL types as data: what we read each as, and what we create for ours.

Choices that are not obvious:
    numeric without precision (and every `sum` and `avg`), or of more than 38 digits, is looked at:
    DECIMAL(38,9), or with more places where the first rows have more; VARCHAR where no DECIMAL
    holds their digits. A later value that does not fit is rejected, and none is rounded.
    NaN and infinite numerics, dates, timestamps and intervals, in arrays too, have no place in
    these types: their rows are rejected.
    timestamptz is read in UTC. timetz, ranges, enums, network and other types are read as
    PostgreSQL writes them, as VARCHAR.
    Arrays of the plain types are lists; PostgreSQL does not declare dimensions, so only
    one-dimensional values fit.
"""

from typing import Any, Final

from summit_studio.connectors.fitting import Limit, second_limit
from summit_studio.core.schema import (
    BLOB,
    DATE,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    VARCHAR,
    base_type,
    is_nested,
)
from summit_studio.core.suggest import listing

UNCONSTRAINED: Final = "DECIMAL"
"""A numeric whose digits are not known before its values are looked at."""

LOOSE: Final = "numeric without limits"
"""What `type_of` calls the type of such a column."""

_PLACES: Final = 9
_DIGITS: Final = 38

CANONICAL: Final = {
    "bool": "BOOLEAN", "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "oid": "BIGINT",
    "float4": "FLOAT", "float8": "DOUBLE", "text": VARCHAR, "varchar": VARCHAR, "bpchar": VARCHAR,
    "name": VARCHAR, "date": DATE, "time": TIME, "timestamp": TIMESTAMP,
    "timestamptz": TIMESTAMPTZ, "bytea": BLOB, "uuid": "UUID", "json": "JSON", "jsonb": "JSON",
    "money": "DECIMAL(19,2)", "interval": "INTERVAL",
}  # fmt: skip
"""PostgreSQL's type names, `numeric` and arrays apart; all others are read as VARCHAR."""

ARRAY_ELEMENTS: Final = frozenset(
    {"bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "date",
     "time", "timestamp", "timestamptz", "uuid"}
)  # fmt: skip

CREATED: Final = {
    "BOOLEAN": "boolean", "TINYINT": "smallint", "SMALLINT": "smallint", "INTEGER": "integer",
    "BIGINT": "bigint", "HUGEINT": "numeric(38,0)", "UTINYINT": "smallint",
    "USMALLINT": "integer", "UINTEGER": "bigint", "UBIGINT": "numeric(20,0)",
    "UHUGEINT": "numeric(38,0)", "FLOAT": "real", "DOUBLE": "double precision", "VARCHAR": "text",
    "DATE": "date", "TIME": "time", "TIME WITH TIME ZONE": "time", "TIMESTAMP": "timestamp",
    "TIMESTAMP_S": "timestamp", "TIMESTAMP_MS": "timestamp", "TIMESTAMP_NS": "timestamp",
    TIMESTAMPTZ: "timestamp with time zone", "BLOB": "bytea", "UUID": "uuid", "JSON": "jsonb",
    "INTERVAL": "interval", "STRUCT": "jsonb", "MAP": "jsonb",
}  # fmt: skip
"""What a created column is declared as; DECIMAL and lists apart, all others are text."""


_CUT: Final = {"name": 63, "char": 1}
"""Bytes that types keep, and cut what is beyond in silence."""

_FIELDS: Final = (12, 11, 10, 3, 1, 2)
"""Bits of second, minute, hour, day, month and year among the fields of an interval's type."""

_LOST: Final = ("minute", "hour", "day", "month")
"""What is dropped beside seconds where the least field is a greater one."""


def decimal_type(precision: int | None, scale: int | None) -> str:
    """Return the type of a numeric with these limits."""
    if precision is None or scale is None or not 0 <= scale <= precision <= 38:  # noqa: PLR2004
        return UNCONSTRAINED
    return f"DECIMAL({precision},{scale})"


def wide_enough(places: int | None, whole: int | None) -> str:
    """Return the type of a numeric without limits, from the most digits that were found.

    Args:
        places: After the point; None if there are no values.
        whole: Before the point.
    """
    scale = max(places or 0, min(_PLACES, _DIGITS - (whole or 0)))
    return f"DECIMAL({_DIGITS},{scale})" if scale + (whole or 0) <= _DIGITS else VARCHAR


def type_of(column: Any) -> tuple[str, str]:
    """Return the canonical type of a psycopg result column, and PostgreSQL's name for it.

    Arrays are named with `[]`.
    """
    from psycopg.postgres import types

    info = types.get(column.type_code)
    if info is None:
        return VARCHAR, "other"
    if info.array_oid == column.type_code:
        if info.name not in ARRAY_ELEMENTS:
            return VARCHAR, "other"
        return f"{_plain(info.name, column.precision, column.scale)}[]", f"{info.name}[]"
    kind = _plain(info.name, column.precision, column.scale)
    return kind, LOOSE if kind == UNCONSTRAINED else info.name


def _plain(name: str, precision: int | None, scale: int | None) -> str:
    if name == "numeric":
        return decimal_type(precision, scale)
    return CANONICAL.get(name, VARCHAR)


def target_type(name: str, typmod: int) -> str:
    """Return what a column of a table takes: bare DECIMAL where numeric has no limits.

    Args:
        name: PostgreSQL's name; arrays begin with an underscore.
        typmod: As pg_attribute has it; -1 for none.
    """
    if name.startswith("_") and name[1:] in ARRAY_ELEMENTS:
        return f"{target_type(name[1:], typmod)}[]"
    if name == "numeric":
        if typmod < 0:
            return "DECIMAL"
        # The scale has 11 bits, and a sign: numeric(3,-2) holds hundreds.
        scale = (((typmod - 4) & 0x7FF) ^ 0x400) - 0x400
        return f"DECIMAL({(typmod - 4) >> 16 & 0xFFFF},{scale})"
    return CANONICAL.get(name, VARCHAR)


def limit_of(name: str, typmod: int) -> Limit | None:
    """Return what a column would hold as another value; the server says nothing of it.

    Args:
        name: PostgreSQL's name; arrays begin with an underscore.
        typmod: As pg_attribute has it; -1 for none.
    """
    name = name[1:] if name.startswith("_") and name[1:] in ARRAY_ELEMENTS else name
    if name in _CUT:
        most = _CUT[name]
        return _cut(f"strlen({{0}}) > {most}", f"keeps {most} {'byte' if most == 1 else 'bytes'}")
    if typmod < 0:
        return None
    if name in {"varchar", "bpchar"}:
        # The server refuses longer texts, but for those with nothing but blanks beyond.
        most = typmod - 4
        condition = f"length({{0}}) > {most} AND length(rtrim({{0}}, ' ')) <= {most}"
        return _cut(condition, f"keeps {most} characters, and blanks beyond them are cut")
    if name == "interval":
        return _interval_limit(typmod >> 16 & 0x7FFF, typmod & 0xFFFF)
    if name in {"timestamp", "timestamptz", "time"}:
        return second_limit(typmod)
    if name == "timetz":
        digits = f"[.][0-9]{{{typmod}}}[0-9]*[1-9]"
        return _cut(f"regexp_matches({{0}}, '{digits}')", f"keeps {typmod} places of a second")
    return None


def _cut(condition: str, says: str) -> Limit:
    return Limit(frozenset({VARCHAR, "JSON"}), condition, says, told=False)


def _interval_limit(fields: int, places: int) -> Limit | None:
    least = next((at for at, bit in enumerate(_FIELDS) if fields >> bit & 1), 0)
    if least == 0:
        return second_limit(places)
    lost = ("microseconds", *_LOST[: least - 1])
    condition = " OR ".join(f"date_part('{part}', {{0}}) <> 0" for part in lost)
    return Limit(frozenset({"INTERVAL"}), condition, f"keeps no {listing(lost)}")


def is_json(type_name: str) -> bool:
    """Return True for nested values that are sent as JSON."""
    if not type_name.endswith("]"):
        return is_nested(type_name)
    inner = type_name[: type_name.rindex("[")]
    return is_nested(inner) or inner in {BLOB, "JSON", "INTERVAL"}


def created_type(type_name: str) -> str:
    """Return how a column of a canonical type is declared.

    A list is an array where it is read as one again: lists of lists, whose lengths may differ, and
    of bytes, intervals or structs are JSON.
    """
    if type_name.endswith("]"):
        inner = type_name[: type_name.rindex("[")]
        return "jsonb" if is_json(type_name) else f"{created_type(inner)}[]"
    base = base_type(type_name)
    if base == "DECIMAL":
        return type_name.replace("DECIMAL", "numeric")
    return CREATED.get(base, "text")
