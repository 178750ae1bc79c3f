"""Bytes in texts: pairs of hexadecimal digits, as sinks write them."""

from typing import Final

_PAIRS: Final = "'(?:[0-9A-Fa-f]{2})*'"


def bytes_of(text: str) -> str:
    """Return the bytes that a text stands for, as DuckDB's SQL; null where it is none.

    Args:
        text: SQL of the text.
    """
    return f"CASE WHEN regexp_full_match({text}, {_PAIRS}) THEN unhex({text}) END"
