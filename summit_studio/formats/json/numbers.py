"""Numbers of JSON as they are written, which parsers take for doubles.

DuckDB reads what has a point as a double of 53 bits, whatever type is asked for; whole numbers
keep every digit.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from summit_studio.core.sql import quote_text

_EXACT_DIGITS = 15
"""How many digits every double holds."""

_LONG = quote_text(r"[:,\[]\s*(-?[0-9][0-9.eE+-]{15,})")
"""Where a number stands that may have more digits than a double, in a text of JSON."""
LOSING = (
    f"(regexp_matches(line, {_LONG}) AND len(list_filter(regexp_extract_all(line, {_LONG}, 1), "
    "lambda v: NOT regexp_full_match(v, '-?[0-9]+') AND "
    "TRY_CAST(v AS DOUBLE)::VARCHAR IS DISTINCT FROM v)) > 0)"
)
"""A condition of SQL: `line` has a number that DuckDB may read as another."""


class Number(str):
    """A number as it is written."""

    __slots__ = ()


def load(text: bytes | str) -> Any:
    """Return a JSON value with its numbers as `Number`.

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deeply.
    """
    return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=no_constant)


def load_pairs(text: bytes | str) -> Any:
    """Return a JSON value as `load` does, with every key of its objects: these are `Pairs`."""
    return json.loads(text, parse_int=Number, parse_float=Number, object_pairs_hook=Pairs)


def no_constant(name: str) -> Any:
    """Refuse what Python's json module takes for a number."""
    raise ValueError(f"{name} is not a JSON value")


def survives(text: str) -> bool:
    """Return True if a number is the same after the way into a double and back."""
    if len(text) <= _EXACT_DIGITS and "e" not in text and "E" not in text:
        return True
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        return False
    return Decimal(repr(value)) == Decimal(text)


def shown(value: Any, *, compact: bool = False) -> str:
    """Return a value of `load` as JSON, numbers as they were written."""
    if isinstance(value, Number):
        return str(value)
    comma, colon = (",", ":") if compact else (", ", ": ")
    if isinstance(value, Pairs | dict):
        pairs = value if isinstance(value, Pairs) else value.items()
        inside = (
            f"{json.dumps(k, ensure_ascii=False)}{colon}{shown(v, compact=compact)}"
            for k, v in pairs
        )
        return f"{{{comma.join(inside)}}}"
    if isinstance(value, list):
        return f"[{comma.join(shown(v, compact=compact) for v in value)}]"
    return json.dumps(value, ensure_ascii=False)


class Pairs(tuple[tuple[str, Any], ...]):
    """The keys and values of an object, in which a key may stand twice."""

    __slots__ = ()


def spelled(text: bytes, kinds: Mapping[str, Any]) -> str:
    """Return an object with its numbers written as texts, which casts read digit by digit.

    Args:
        text: The object.
        kinds: The DuckDB types by key; None is JSON, which comes as a text. Others are left out.
    """
    pairs = load_pairs(text)
    return f"{{{', '.join(_members(pairs, kinds))}}}"


def _members(pairs: Pairs, kinds: Mapping[str, Any]) -> Iterator[str]:
    for key, value in pairs:
        if key in kinds:
            yield f"{json.dumps(key, ensure_ascii=False)}: {_spelled(value, kinds[key])}"


def _spelled(value: Any, kind: Any) -> str:
    if kind is None and value is not None:
        return json.dumps(shown(value, compact=True), ensure_ascii=False)
    if isinstance(value, Number):
        return json.dumps(str(value))
    if isinstance(value, Pairs) and kind is not None and kind.id in {"struct", "map"}:
        if kind.id == "struct":
            inner = dict(kind.children)
        else:
            inner = dict.fromkeys((k for k, _ in value), dict(kind.children)["value"])
        return f"{{{', '.join(_members(value, inner))}}}"
    if isinstance(value, list) and kind.id in {"list", "array"}:
        return f"[{', '.join(_spelled(v, kind.children[0][1]) for v in value)}]"
    if isinstance(value, Pairs | list):
        return json.dumps(shown(value, compact=True), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
