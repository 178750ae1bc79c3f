"""Which places of the scene are taken: boxes in a grid of cells, so that few are looked at."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_CELL = 256
_Cell = tuple[int, int]


class Room(Generic[K]):
    """Boxes by key."""

    def __init__(self) -> None:
        self._cells: dict[_Cell, dict[K, Box]] = {}
        self._taken: dict[K, list[_Cell]] = {}

    def put(self, key: K, box: Box) -> None:
        """Note what a thing takes, in place of what it took before."""
        self.drop(key)
        self._taken[key] = taken = _cells(box)
        for cell in taken:
            self._cells.setdefault(cell, {})[key] = box

    def drop(self, key: K) -> None:
        """Note that a thing takes nothing any more."""
        taken = self._taken.pop(key, None)
        for cell in taken or ():
            del self._cells[cell][key]

    def within(self, box: Box, but: K | None = None) -> list[Box]:
        """Return the boxes that a box overlaps; one in several cells may come twice.

        Args:
            box: Where to look.
            but: A key, the very object, whose box does not count.
        """
        left, top, right, bottom = box
        return [
            o
            for cell in _cells(box)
            # Looking through the items and not for keys: to hash an edge takes a microsecond.
            for key, o in self._cells.get(cell, {}).items()
            if o[0] < right and o[2] > left and o[1] < bottom and o[3] > top and key is not but
        ]

    def items_within(self, box: Box) -> list[tuple[K, Box]]:
        """Return the keys and boxes of those that a box overlaps, each once."""
        left, top, right, bottom = box
        found = {
            id(key): (key, o)
            for cell in _cells(box)
            for key, o in self._cells.get(cell, {}).items()
            if o[0] < right and o[2] > left and o[1] < bottom and o[3] > top
        }
        return list(found.values())

    def keys_within(self, box: Box) -> list[K]:
        """Return the keys of the boxes that a box overlaps, each once."""
        left, top, right, bottom = box
        found = {
            # By identity: to hash an edge takes a microsecond.
            id(key): key
            for cell in _cells(box)
            for key, o in self._cells.get(cell, {}).items()
            if o[0] < right and o[2] > left and o[1] < bottom and o[3] > top
        }
        return list(found.values())

    def free(self, box: Box, but: K | None = None) -> bool:
        """Return True if a box overlaps nothing, what stands under the key `but` left out."""
        return not self.within(box, but)


def _cells(box: Box) -> list[_Cell]:
    left, top = int(box[0] // _CELL), int(box[1] // _CELL)
    right, bottom = int(box[2] // _CELL), int(box[3] // _CELL)
    return [(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
