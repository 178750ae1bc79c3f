"""Cards and bends in columns: an edge across several columns has a bend in each it passes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from summit_studio.document.layered.cards import Arrow, Card

Joint = tuple[int, float, float]
"""Where an edge leads: to which card or bend, to which height of it, and from which own height."""

_OVER, _UNDER = 20.0, 28.0
_BEND = 8.0


@dataclass(frozen=True, slots=True)
class Net:
    """Cards, and after them bends, by number.

    Args:
        cards: How many cards there are.
        heights: Of each; a bend has none.
        over: Room above each.
        under: Room beneath each, for counts and edges.
        left: What leads to each from the column before.
        right: What each leads to in the next column.
        columns: The numbers in each column, from above.
    """

    cards: int
    heights: list[float]
    over: list[float]
    under: list[float]
    left: list[list[Joint]]
    right: list[list[Joint]]
    columns: list[list[int]]

    @classmethod
    def of(cls, cards: Sequence[Card], arrows: Sequence[Arrow], column: Sequence[int]) -> "Net":
        """Return the net of cards whose columns are known."""
        net = cls(
            len(cards),
            [float(c.height) for c in cards],
            [_OVER] * len(cards),
            [_UNDER] * len(cards),
            [[] for _ in cards],
            [[] for _ in cards],
            [[] for _ in range(max(column, default=-1) + 1)],
        )
        for number, place in enumerate(column):
            net.columns[place].append(number)
        for arrow in arrows:
            net._lead(arrow, column[arrow.source], column[arrow.target])
        for joints in (*net.left, *net.right):
            joints.sort(key=lambda j: j[2])
        return net

    def is_bend(self, number: int) -> bool:
        """Return True of what is no card."""
        return number >= self.cards

    def gap(self, upper: int, lower: int) -> float:
        """Return how far the upper edges of two neighbours in a column are apart at least."""
        return self.heights[upper] + self.under[upper] + self.over[lower]

    def in_order(self, columns: list[list[int]]) -> "Net":
        """Return the net with its columns in another order."""
        return replace(self, columns=columns)

    def mirrored(self, *, across: bool, down: bool) -> "Net":
        """Return the net seen in a mirror, left and right or above and beneath changed over."""
        left, right = (self.right, self.left) if across else (self.left, self.right)
        columns = self.columns[::-1] if across else self.columns
        if not down:
            return replace(self, left=left, right=right, columns=columns)
        heights = self.heights
        return replace(
            self,
            over=self.under,
            under=self.over,
            left=_upside_down(left, heights),
            right=_upside_down(right, heights),
            columns=[column[::-1] for column in columns],
        )

    def _lead(self, arrow: Arrow, first: int, last: int) -> None:
        at, height = arrow.source, arrow.start
        for column in range(first + 1, last):
            bend = len(self.heights)
            self.heights.append(0.0)
            self.over.append(_BEND)
            self.under.append(_BEND)
            self.left.append([])
            self.right.append([])
            self.columns[column].append(bend)
            self._join(at, bend, height, 0.0)
            at, height = bend, 0.0
        self._join(at, arrow.target, height, arrow.end)

    def _join(self, source: int, target: int, start: float, end: float) -> None:
        self.right[source].append((target, end, start))
        self.left[target].append((source, start, end))


def _upside_down(joints: list[list[Joint]], heights: list[float]) -> list[list[Joint]]:
    return [
        [(o, heights[o] - there, heights[i] - here) for o, there, here in reversed(found)]
        for i, found in enumerate(joints)
    ]
