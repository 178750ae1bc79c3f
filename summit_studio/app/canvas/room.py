"""Which places of the scene are taken: boxes in a grid of cells, so that few are looked at."""

from collections.abc import Hashable, Iterator
from math import floor
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""

_CELL = 256


class Room(Generic[K]):
    """Boxes by key."""

    def __init__(self) -> None:
        self._boxes: dict[K, Box] = {}
        self._cells: dict[tuple[int, int], set[K]] = {}

    def put(self, key: K, box: Box) -> None:
        """Note what a thing takes, in place of what it took before."""
        before = self._boxes.get(key)
        self._boxes[key] = box
        cells = _cells(box)
        if before is not None:
            old = _cells(before)
            if old == cells:
                return
            self._forget(key, old)
        for cell in cells:
            self._cells.setdefault(cell, set()).add(key)

    def drop(self, key: K) -> None:
        """Note that a thing takes nothing any more."""
        box = self._boxes.pop(key, None)
        if box is not None:
            self._forget(key, _cells(box))

    def clear(self) -> None:
        """Forget everything."""
        self._boxes.clear()
        self._cells.clear()

    def within(self, box: Box) -> Iterator[Box]:
        """Yield the boxes that a box overlaps; one in several cells may come twice."""
        left, top, right, bottom = box
        for cell in _cells(box):
            for key in self._cells.get(cell, ()):
                other = self._boxes[key]
                beside = other[0] >= right or other[2] <= left
                if not (beside or other[1] >= bottom or other[3] <= top):
                    yield other

    def free(self, box: Box) -> bool:
        """Return True if a box overlaps nothing."""
        return next(self.within(box), None) is None

    def _forget(self, key: K, cells: list[tuple[int, int]]) -> None:
        for cell in cells:
            self._cells[cell].discard(key)


def _cells(box: Box) -> list[tuple[int, int]]:
    across = range(floor(box[0] / _CELL), floor(box[2] / _CELL) + 1)
    down = range(floor(box[1] / _CELL), floor(box[3] / _CELL) + 1)
    return [(x, y) for x in across for y in down]
