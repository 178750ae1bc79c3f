"""Casts that a form asks for: they change how a value is held, never what it says."""

import re

from summit_studio.core.schema import VARCHAR, base_type, is_nested
from summit_studio.core.sql import quote_text

_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT"}
)  # fmt: skip
_FLOATING = frozenset({"DOUBLE", "FLOAT"})
_NUMBER = r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*"
_NAMED = r"(?i)\s*[+-]?(inf|infinity|nan)\s*"
_LOST_DIGITS = r"\.\d{6}\d*[1-9]"
"""More digits of a second than a moment here has."""


def exact(value: str, before: str, after: str) -> str:
    """Return an SQL condition: a value can be cast without a change; empty if it always can.

    A text must be written as a value of the type: '12.6' is no whole number, '0x1F' no number.
    Fractions are not rounded, and whole numbers not moved to the nearest that a DOUBLE holds. From
    a moment to its day or time, and to a FLOAT, a cast takes what it is asked for.

    Args:
        value: SQL of the value; null gives null.
        before: Its type.
        after: The type to cast it to.
    """
    old, new = base_type(before.upper()), base_type(after.upper())
    if before == VARCHAR and is_nested(after):
        # DuckDB drops the backslash of what JSON escapes: a line's end would become an 'n'.
        return f"NOT contains({value}, chr(92))"
    if before.endswith("]") or after.endswith("]"):
        return ""
    if before == VARCHAR:
        return _from_text(value, new, after)
    if new in _WHOLE and old in {*_FLOATING, "DECIMAL"}:
        return f"{value} = trunc({value})"
    if new == "DECIMAL" and old in {*_FLOATING, "DECIMAL"}:
        return f"{value} = round({value}, {_scale(after)})"
    if new in _FLOATING and old in _WHOLE:
        return f"TRY_CAST(CAST({value} AS {new}) AS HUGEINT) = {value}"
    if new == "DOUBLE" and old == "DECIMAL":
        return f"TRY_CAST(CAST({value} AS DOUBLE) AS {before}) = {value}"
    if new == "BOOLEAN" and old in {*_WHOLE, *_FLOATING, "DECIMAL"}:
        return f"{value} IN (0, 1)"
    return ""


def _from_text(value: str, new: str, after: str) -> str:
    if new in _FLOATING:
        finite = f"isfinite(TRY_CAST({value} AS {new}))"
        return f"(({_written(value, _NUMBER)} AND {finite}) OR {_written(value, _NAMED)})"
    if new in _WHOLE or new == "DECIMAL":
        digits = _scale(after) if new == "DECIMAL" else 0
        plain = rf"\s*[+-]?(\d+(\.\d{{0,{digits}}}0*)?|\.\d{{1,{digits}}}0*)\s*"
        if not digits:
            plain = r"\s*[+-]?\d+(\.0*)?\s*"
        same = f"TRY_CAST({value} AS DOUBLE) = TRY_CAST({value} AS {after})::DOUBLE"
        power = f"{_written(value, _NUMBER)} AND {value} ILIKE '%e%' AND {same}"
        return f"({_written(value, plain)} OR ({power}))"
    if new == "DATE":
        moment = f"TRY_CAST({value} AS TIMESTAMP)"
        return f"({moment} = date_trunc('day', {moment}) AND year({moment}) > 0)"
    if new in {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME"}:
        return f"NOT regexp_matches({value}, {quote_text(_LOST_DIGITS)})"
    return ""


def _written(value: str, shape: str) -> str:
    return f"regexp_full_match({value}, {quote_text(shape)})"


def _scale(type_name: str) -> int:
    """Return the digits after the point that a DECIMAL has; it has 3 where none are said."""
    found = re.search(r"\(\s*\d+\s*(?:,\s*(\d+)\s*)?\)", type_name)
    return 3 if found is None else int(found[1] or 0)
