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
        return f"DECIMAL({(typmod - 4) >> 16 & 0xFFFF},{(typmod - 4) & 0x7FF})"
    return CANONICAL.get(name, VARCHAR)


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
