"""Lines that what is dragged comes to stand on: sides and middles of what stands near."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from summit_studio.app.canvas.room import Box

Line = tuple[float, float, float, float]
"""x and y of both ends."""

_PLACES = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """How a box comes into line.

    Args:
        step: How far it moves to the right or down, or None where nothing is near.
        line: What it stands on then.
    """

    step: float | None = None
    line: Line | None = None


class Guides:
    """The sides and middles of boxes.

    Args:
        boxes: Those that stay.
    """

    def __init__(self, boxes: Iterable[Box]) -> None:
        known = list(boxes)
        self._lines = tuple(
            sorted((_at(box, axis, share), box) for box in known for share in _PLACES)
            for axis in (0, 1)
        )

    def fit(self, box: Box, axis: int, reach: float) -> Fit:
        """Return how a box comes into line by the least step, which is within reach.

        Args:
            box: What is dragged.
            axis: 0 for across, 1 for down.
            reach: The farthest that it moves.
        """
        lines = self._lines[axis]
        best: tuple[float, float, Box] | None = None
        for share in _PLACES:
            at = _at(box, axis, share)
            for value, other in _nearest(lines, at):
                if abs(value - at) <= reach and (best is None or abs(value - at) < abs(best[0])):
                    best = value - at, value, other
        if best is None:
            return Fit()
        step, value, other = best
        low = min(box[1 - axis], other[1 - axis])
        high = max(box[3 - axis], other[3 - axis])
        return Fit(step, (low, value, high, value) if axis else (value, low, value, high))


def _at(box: Box, axis: int, share: float) -> float:
    return box[axis] + (box[axis + 2] - box[axis]) * share


def _nearest(lines: Sequence[tuple[float, Box]], at: float) -> Sequence[tuple[float, Box]]:
    """Return the lines on either side of a place."""
    place = bisect_left(lines, (at,))
    return lines[max(0, place - 1) : place + 1]
