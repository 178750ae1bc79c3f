"""Parts of a graph that no edge joins, one beside another on shelves."""

from collections.abc import Sequence
from math import sqrt

_ACROSS, _DOWN = 72.0, 48.0
_RATIO = 1.6

Size = tuple[float, float]


def packed(sizes: Sequence[Size]) -> list[tuple[float, float]]:
    """Return the upper left of each part, in order from the upper left of all.

    Args:
        sizes: Width and height of each.
    """
    area = sum((w + _ACROSS) * (h + _DOWN) for w, h in sizes)
    most = max(*(w for w, _ in sizes), sqrt(area * _RATIO)) if len(sizes) > 1 else 0
    places: list[tuple[float, float]] = []
    x = y = shelf = 0.0
    for width, height in sizes:
        if x and x + width > most:
            x, y, shelf = 0.0, y + shelf + _DOWN, 0.0
        places.append((x, y))
        x += width + _ACROSS
        shelf = max(shelf, height)
    return places
