"""Keys of rows of SQLite as JSON values, of the very class that they have in the file."""

from collections.abc import Sequence
from typing import Any

from summit_studio.core.schema import Schema


def last_key(row: Sequence[Any], schema: Schema, columns: Sequence[str]) -> list[Any]:
    """Return the values of a row in the columns of a key.

    Whole numbers and texts are themselves; others are an object, such as `{"real": "0x1.8p+0"}`.
    """
    return [_json(row[schema.names.index(name)]) for name in columns]


def key_values(told: Sequence[Any]) -> list[Any]:
    """Return the values that `last_key` told of, to be bound."""
    return [_value(value) for value in told]


def _json(value: Any) -> Any:
    if isinstance(value, float):
        return {"real": value.hex()}
    return {"blob": value.hex()} if isinstance(value, bytes) else value


def _value(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    return float.fromhex(told["real"]) if "real" in told else bytes.fromhex(told["blob"])
