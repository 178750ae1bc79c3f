"""Mappings whose order is kept: an entry put in or taken out, the others left where they are."""

from collections.abc import Mapping
from typing import Any, TypeVar

K = TypeVar("K")
T = TypeVar("T")


def with_entry(items: Mapping[K, T], key: K, value: T, index: int | None = None) -> dict[K, T]:
    """Return the items with an entry in place of the one of its key, or else new at `index`."""
    if index is None or key in items:
        return dict(items) | {key: value}
    pairs = list(items.items())
    pairs.insert(index, (key, value))
    return dict(pairs)


def without_entry(items: Mapping[K, T], key: object) -> dict[K, T]:
    """Return the items without one."""
    return {k: v for k, v in items.items() if k != key}


def index_of(items: Mapping[K, Any], key: K) -> int:
    """Return the place of an entry in the order of all."""
    return list(items).index(key)
