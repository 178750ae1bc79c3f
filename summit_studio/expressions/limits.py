"""Bounds on arguments and types with which a short text could ask for any amount of memory."""

import re
from typing import Any

from summit_studio.core.errors import InvalidExpression

PAD_CHARS = 10_000
RANGE_ITEMS = 10_000
ARRAY_ITEMS = 10_000
FORMAT_DIGITS = 3

_WIDE = re.compile(rf"\d{{{FORMAT_DIGITS + 1},}}|%[^a-zA-Z%]*\*|\{{[^{{}}]*\{{")


def check_arguments(name: str, node: dict[str, Any], *, in_lambda: bool, as_table: bool) -> None:
    """Refuse a call whose arguments could make one value huge.

    Args:
        name: The function, in small letters.
        node: Its node in DuckDB's parse.
        in_lambda: It stands in a lambda, and so is computed for every item.
        as_table: It stands in FROM: its rows stream, however many.

    Raises:
        InvalidExpression: A size is not a plain number, or too large.
    """
    arguments = [argument["expression"] for argument in node["arguments"]]
    if name in {"lpad", "rpad"}:
        size = _whole(arguments[1]) if len(arguments) > 1 else 0
        if size is None or abs(size) > PAD_CHARS:
            raise _unbounded(name, f"the count must be a plain number up to {PAD_CHARS}")
    elif name in {"format", "printf"} and arguments:
        pattern = _text(arguments[0])
        if pattern is None or _WIDE.search(pattern):
            raise _unbounded(name, "the pattern must be plain text with widths below 1000")
    elif name in {"range", "generate_series"} and not as_table:
        if in_lambda or not _short_range([_whole(argument) for argument in arguments]):
            raise _unbounded(
                name, f"it takes plain whole numbers, up to {RANGE_ITEMS} items, outside a lambda"
            )
    elif name == "to_base" and len(arguments) > 2:  # noqa: PLR2004 - the padding
        raise _unbounded(name, "padding is not offered; use lpad")


def check_type_size(node: dict[str, Any]) -> None:
    """Refuse a type whose fixed-size arrays hold more than `ARRAY_ITEMS` values together."""
    todo = [(node, 1)]
    while todo:
        kind, size = todo.pop()
        children = kind["children"]
        if kind["type_name"].casefold() == "array":
            for child in children:
                size *= max(_whole(child) or 1, 1)
        if size > ARRAY_ITEMS:
            raise InvalidExpression(
                "Cannot use an array of this size",
                why=f"fixed arrays hold up to {ARRAY_ITEMS} values",
                do="use a list, such as DOUBLE[]",
            )
        todo.extend((child, size) for child in children if child["class"] == "TYPE")


def _short_range(numbers: list[int | None]) -> bool:
    if not numbers or len(numbers) > 3 or None in numbers:  # noqa: PLR2004 - start, end, step
        return False
    plain = [number for number in numbers if number is not None]
    start, end = (0, plain[0]) if len(plain) == 1 else (plain[0], plain[1])
    step = plain[2] if len(plain) == 3 else 1  # noqa: PLR2004 - start, end, step
    return step != 0 and abs(end - start) // abs(step) < RANGE_ITEMS


def _whole(node: dict[str, Any]) -> int | None:
    """Return a whole number written as such, its sign included, or None."""
    if node["class"] == "FUNCTION" and node["function_name"] in {"-", "+"}:
        inner = node["arguments"]
        value = _whole(inner[0]["expression"]) if len(inner) == 1 else None
        return None if value is None else (-value if node["function_name"] == "-" else value)
    literal = node.get("literal") or {}
    text = literal.get("text", "")
    if literal.get("kind") == "INTEGER" and re.fullmatch(r"-?\d{1,18}", text):
        return int(text)
    return None


def _text(node: dict[str, Any]) -> str | None:
    literal = node.get("literal") or {}
    return str(literal["text"]) if literal.get("kind") == "STRING" else None


def _unbounded(name: str, why: str) -> InvalidExpression:
    return InvalidExpression(
        f"Cannot use '{name}' like this",
        why=f"{why}, so that no value can fill the memory",
        do="write the number or pattern itself",
        code="function_refused",
    )
