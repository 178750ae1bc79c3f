"""Puts steep pieces of edges that climb between the same columns beside each other. Knows no Qt."""

from collections.abc import Iterable
from dataclasses import dataclass

from summit_studio.app.canvas.room import Room
from summit_studio.document.model import Edge

STEEP = 120.0
"""From this climb on a slope is nearly upright in its middle."""

_APART = 5.0
_NEAR = 24.0
_ENDS = 16.0
_STEPS = (0.0, 6.0, -6.0, 12.0, -12.0)


@dataclass(frozen=True, slots=True, eq=False)
class Fall:
    """A steep piece: whose, where its middle is, from which height to which; if it leads back."""

    edge: Edge
    x: float
    start: float
    end: float
    turn: bool = False

    def belongs_right_of(self, other: "Fall") -> bool | None:
        """Return on which side of another it crosses it least; None where that is all the same."""
        if self.turn or other.turn:
            return None
        if (self.end > self.start) is not (other.end > other.start) or self.start == other.start:
            return None
        return (self.start < other.start) is (self.end > self.start)


class Falls:
    """The steep pieces of all edges."""

    def __init__(self) -> None:
        self._room: Room[Fall] = Room()
        self._known: dict[Edge, list[Fall]] = {}

    def forget(self, edge: Edge) -> None:
        """Forget those of an edge."""
        for fall in self._known.pop(edge, ()):
            self._room.drop(fall)

    def aside(
        self, edge: Edge, x: float, start: float, end: float, most: float, *, turn: bool = False
    ) -> float:
        """Note a steep piece, and return how far right it goes to stand beside others.

        Args:
            edge: Whose it is.
            x: Where its middle is.
            start: The height it comes from.
            end: The height it leads to.
            most: The farthest it may go aside.
            turn: It leads back, and crosses no fewer others on one side than on the other.
        """
        top, bottom = min(start, end) + _ENDS, max(start, end) - _ENDS
        near = [
            fall
            for fall in self._room.keys_within((x - _NEAR, top, x + _NEAR, bottom))
            if fall.edge.source != edge.source and fall.edge.target != edge.target
        ]
        fall = Fall(edge, x, start, end, turn)
        if near:
            steps = [step for step in _STEPS if abs(step) <= most]
            step = min(steps, key=lambda step: (_faults(fall, x + step, near), abs(step)))
            fall = Fall(edge, x + step, start, end, turn)
        self._known.setdefault(edge, []).append(fall)
        self._room.put(fall, (fall.x - 1, top, fall.x + 1, bottom))
        return fall.x - x


def _faults(fall: Fall, x: float, near: Iterable[Fall]) -> int:
    """Return how many others a piece would lie on, or cross twice."""
    total = 0
    for other in near:
        right = fall.belongs_right_of(other)
        wrong = right is not None and right is not (x > other.x)
        total += wrong or abs(x - other.x) < _APART
    return total
