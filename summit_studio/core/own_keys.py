"""Keys that begin with `x-` are a person's own: kept wherever they stand, and never a problem."""

from collections.abc import Mapping
from typing import Any

OWN = "x-"


def is_own(key: object) -> bool:
    """Return True if the key is a person's own."""
    return isinstance(key, str) and key.startswith(OWN)


def without_own(values: Any) -> Any:
    """Return a mapping without a person's own keys; any other value as it is."""
    if not isinstance(values, Mapping):
        return values
    return {key: value for key, value in values.items() if not is_own(key)}
