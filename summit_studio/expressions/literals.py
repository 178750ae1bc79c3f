"""Values as SQL text."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.sql import quote_text


def literal(value: object) -> str:
    """Return a JSON value, a date or a decimal as an SQL literal.

    A list of plain values becomes an SQL list; an object, or a list that holds one, becomes JSON.

    Raises:
        InvalidExpression: The value is of another kind.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return quote_text(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        kind = "TIMESTAMP WITH TIME ZONE" if value.tzinfo else "TIMESTAMP"
        return f"CAST({quote_text(value.isoformat(sep=' '))} AS {kind})"
    if isinstance(value, date):
        return f"CAST({quote_text(value.isoformat())} AS DATE)"
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and _holds_nested(value)):
        return f"CAST({quote_text(_json(value))} AS JSON)"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return "[" + ", ".join(map(literal, value)) + "]"
    raise InvalidExpression(
        f"Cannot write a value of kind {type(value).__name__} into an expression",
        do="use text, a number, true, false, null, a date, or a list of these",
    )


def _number(value: float | Decimal) -> str:
    if isinstance(value, int):
        if value.bit_length() > 127:  # noqa: PLR2004 - the widest whole number, HUGEINT
            raise InvalidExpression(
                "Cannot write a whole number of more than 128 bits", do="pass it as text"
            )
        return f"({value})" if value < 0 else str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return f"({value:f})" if value.is_signed() else f"{value:f}"
    if not math.isfinite(value):
        return f"CAST('{float(value)}' AS DOUBLE)"
    return f"({value!r})" if math.copysign(1, value) < 0 else repr(value)


def _holds_nested(value: Sequence[object]) -> bool:
    return not isinstance(value, str | bytes | bytearray | memoryview) and any(
        isinstance(v, Mapping | list | tuple) for v in value
    )


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidExpression(
            "Cannot write this value as JSON", why=str(error), do="use plain JSON values"
        ) from None
