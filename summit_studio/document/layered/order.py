"""In which order cards and bends stand in their columns, so that few edges cross.

Sweeps by the mean of the neighbours, then neighbours changed over, then each tried in every place
of its column, from several beginnings. Sources: Sugiyama et al. 1981; Matuszewski, Schönfeld and
Molitor, "Using Sifting for k-Layer Straightline Crossing Minimization", Graph Drawing 1999.
"""

import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence

from summit_studio.document.layered.net import Joint, Net

_CALM = 4
"""So many sweeps without a gain end a search."""

_TRIES = 24
_WORK = 6_000
"""How many ends of edges the beginnings together may have: large nets get fewer of them."""

_REACH = 3
"""How many places up and down each is tried in."""

_BETTER = 0.95
"""Another beginning than the present order must be so much better: small edits move little."""


def ordered(net: Net, present: Sequence[float] | None = None) -> Net:
    """Return the net with its columns in an order of few crossings.

    Args:
        net: Cards and bends in any order.
        present: The heights at which cards stand now; their order is kept where it is good.
    """
    search = _Search(net)
    best = search.improved(_by_height(net, present) if present else net.columns)
    fewest = search.crossings(best)
    needed = fewest * _BETTER if present else fewest
    chance = random.Random(len(net.heights))  # noqa: S311 - the same for the same net
    size = max(1, sum(map(len, net.right)))
    for _ in range(min(_TRIES, _WORK // size)):
        if not fewest:
            break
        found = search.improved([chance.sample(c, len(c)) for c in net.columns])
        crossings = search.crossings(found)
        if crossings < needed:
            best, fewest, needed = found, crossings, crossings
    return net.in_order(best)


def _by_height(net: Net, present: Sequence[float]) -> list[list[int]]:
    """Return the columns by where cards stand now, bends on the straight way between theirs."""
    height = [*present, *(0.0 for _ in range(net.cards, len(net.heights)))]
    for bend in range(net.cards, len(net.heights)):
        first, start = _end(net, net.left, bend)
        last, end = _end(net, net.right, bend)
        one, other = height[first[0]] + first[1], height[last[0]] + last[1]
        height[bend] = (one * end + other * start) / (start + end)
    return [sorted(column, key=height.__getitem__) for column in net.columns]


def _end(net: Net, joints: list[list[Joint]], bend: int) -> tuple[Joint, int]:
    """Return the card at one end of a bend's edge, and how many columns away it is."""
    steps = 1
    (joint,) = joints[bend]
    while net.is_bend(joint[0]):
        (joint,) = joints[joint[0]]
        steps += 1
    return joint, steps


class _Search:
    """Looks for good orders of one net's columns."""

    def __init__(self, net: Net) -> None:
        self._left = _shares(net, net.left)
        self._right = _shares(net, net.right)
        self._place = [0] * len(net.heights)

    def improved(self, columns: list[list[int]]) -> list[list[int]]:
        """Return a better order than `columns`, or one as good."""
        self._settle(columns)
        best, fewest, calm = columns, self._count(columns), 0
        ahead = True
        columns = [list(c) for c in columns]
        while calm < _CALM and fewest:
            self._sweep(columns, ahead=ahead)
            ahead = not ahead
            crossings = self._count(columns)
            calm += 1
            if crossings < fewest:
                best, fewest, calm = [list(c) for c in columns], crossings, 0
        best = [list(c) for c in best]
        self._settle(best)
        self._refine(best)
        return best

    def crossings(self, columns: list[list[int]]) -> int:
        """Return how often edges cross between neighbouring columns."""
        self._settle(columns)
        return self._count(columns)

    def _settle(self, columns: list[list[int]]) -> None:
        for column in columns:
            for place, number in enumerate(column):
                self._place[number] = place

    def _count(self, columns: list[list[int]]) -> int:
        place, total = self._place, 0
        for column in columns[:-1]:
            seen: list[float] = []
            for number in column:
                joints = self._right[number]
                if len(joints) == 1:
                    other, there, _ = joints[0]
                    key = place[other] + there
                    total += len(seen) - bisect_right(seen, key)
                    insort(seen, key)
                    continue
                for _, key in sorted((here, place[o] + there) for o, there, here in joints):
                    total += len(seen) - bisect_right(seen, key)
                    insort(seen, key)
        return total

    def _sweep(self, columns: list[list[int]], *, ahead: bool) -> None:
        """Put each column in the order of the means of what leads to it, or of what it leads to."""
        place = self._place
        joints = self._left if ahead else self._right
        for column in columns[1:] if ahead else columns[-2::-1]:
            means = {
                n: sum(place[o] + there for o, there, _ in found) / len(found)
                for n in column
                if (found := joints[n])
            }
            sorted_ones = iter(sorted(means, key=means.__getitem__))
            # What nothing leads to stays where it is.
            column[:] = [next(sorted_ones) if n in means else n for n in column]
            for index, number in enumerate(column):
                place[number] = index

    def _refine(self, columns: list[list[int]]) -> None:
        """Try each in the places near its own, column by column and back."""
        for column in (*columns, *columns[-2::-1]):
            if len(column) > 1:
                self._sift(column)

    def _sift(self, column: list[int]) -> None:
        place = self._place
        keys = {
            n: (
                sorted(place[o] + there for o, there, _ in self._left[n]),
                sorted(place[o] + there for o, there, _ in self._right[n]),
            )
            for n in column
        }
        gained = False
        for number in tuple(column):
            at = column.index(number)
            best, least = at, 0
            for step in (-1, 1):
                change, index = 0, at + step
                last = min(len(column), at + _REACH + 1)
                while max(0, at - _REACH) <= index < last:
                    other = column[index]
                    above, beneath = (number, other) if step < 0 else (other, number)
                    change += _crossed(keys[above], keys[beneath])
                    change -= _crossed(keys[beneath], keys[above])
                    if change < least:
                        best, least = index, change
                    index += step
            if best != at:
                column.pop(at)
                column.insert(best, number)
                gained = True
        if gained:
            for index, number in enumerate(column):
                place[number] = index


_Keys = tuple[list[float], list[float]]


def _crossed(above: _Keys, beneath: _Keys) -> int:
    """Return how often the edges of one cross those of another that stands beneath it."""
    total = 0
    for upper, lower in zip(above, beneath, strict=True):
        if upper and lower and lower[0] < upper[-1]:
            for key in upper:
                total += bisect_left(lower, key)
    return total


def _shares(net: Net, joints: list[list[Joint]]) -> list[list[Joint]]:
    """Return joints with heights as shares of their cards, below 1: places and these add up."""
    share = [1 / (height + 1) for height in net.heights]
    return [
        [(o, there * share[o], here * share[n]) for o, there, here in found]
        for n, found in enumerate(joints)
    ]
