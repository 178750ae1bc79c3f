"""A way between cards from left to right: which gap to take past each of them.

The scene is cut into slabs at the sides of all cards; in each slab the cards leave gaps. From gap
to gap the way that climbs least is found, a slab at a time. Knows no Qt.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from summit_studio.app.canvas.geometry import XY, Curve, along
from summit_studio.app.canvas.room import Box

PAD = 12.0
"""Half of what two cards must be apart for an edge to climb between them."""

_CLEAR = 4.0
_SAMPLES = 20
_TURN = 24.0
"""A change of height is as bad as a way this much longer."""

_CROSSING = 60.0
"""So is an edge that is crossed."""

_KEPT = 3
"""So many ways are followed in each gap."""

_FAR = 1e9
_SLOPE = 160.0

Gap = tuple[float, float]
Passing = tuple[float, float, float, float]
"""Another edge in a slab: how much of its slope is done where it comes and goes, and how high."""


@dataclass(slots=True, eq=False)
class Run:
    """A straight piece of a way.

    Args:
        left: Where it begins.
        right: Where it ends.
        wish: The height at which the way is shortest.
        low: The least height that is free all along.
        high: The greatest.
        y: The height it has, beside others.
        aside: How far to the right the slope behind it is pulled, beside those of others.
    """

    left: float
    right: float
    wish: float
    low: float
    high: float
    y: float = field(init=False)
    aside: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Have the height wished for."""
        self.y = self.wish


def way(start: XY, end: XY, boxes: Iterable[Box], others: Iterable[Sequence[XY]] = ()) -> list[Run]:
    """Return the straight pieces of the way from a place to one further right.

    The first begins at `start` and the last stops at `end`; between two the way climbs.

    Args:
        start: Where it begins.
        end: Where it ends.
        boxes: What is to be kept clear of.
        others: Places along other edges, from left to right, to be crossed where it is worth it.
    """
    cuts, gaps = _slabs(start[0], end[0], boxes)
    heights = _heights(start[1], end[1], gaps, _traffic(cuts, others))
    return _runs(cuts, gaps, heights)


def misses(c: Curve, boxes: Collection[Box]) -> bool:
    """Return True if a curve keeps clear of boxes."""
    places = [along(c, i / _SAMPLES) for i in range(_SAMPLES + 1)]
    for (x1, y1), (x2, y2) in pairwise(places):
        top, bottom = min(y1, y2) - _CLEAR, max(y1, y2) + _CLEAR
        left, right = min(x1, x2), max(x1, x2)
        if any(b[0] < right and b[2] > left and b[1] < bottom and b[3] > top for b in boxes):
            return False
    return True


def _slabs(left: float, right: float, boxes: Iterable[Box]) -> tuple[list[float], list[list[Gap]]]:
    """Return where slabs begin and end, and what is free in each, from above."""
    grown = [
        (max(left, b[0] - PAD), b[1] - _CLEAR, min(right, b[2] + PAD), b[3] + _CLEAR)
        for b in boxes
        if b[2] + PAD > left and b[0] - PAD < right
    ]
    cuts = sorted({left, right, *(b[0] for b in grown), *(b[2] for b in grown)})
    grown.sort(key=lambda b: b[1])
    gaps = []
    for one, other in pairwise(cuts):
        free: list[Gap] = []
        low = -_FAR
        for box in grown:
            if box[0] < other and box[2] > one:
                if box[1] > low:
                    free.append((low, box[1]))
                low = max(low, box[3])
        free.append((low, _FAR))
        gaps.append(free)
    return cuts, gaps


def _traffic(cuts: Sequence[float], others: Iterable[Sequence[XY]]) -> list[list[Passing]]:
    """Return what passes each slab."""
    passing: list[list[Passing]] = [[] for _ in cuts[1:]]
    for places in others:
        begin, stop = places[0][0], places[-1][0]
        slab = max(0, bisect_right(cuts, begin) - 1)
        while slab < len(passing) and cuts[slab] < stop:
            left, right = cuts[slab], cuts[slab + 1]
            a, b = max(left, begin), min(right, stop)
            if b > a:
                wide = right - left
                y1, y2 = height_at(places, a), height_at(places, b)
                passing[slab].append((_ease((a - left) / wide), _ease((b - left) / wide), y1, y2))
            slab += 1
    return passing


def height_at(places: Sequence[XY], x: float) -> float:
    """Return the height of an edge, given by places along it, at a place between them."""
    for (x1, y1), (x2, y2) in pairwise(places):
        if x1 <= x <= x2:
            return y1 + (y2 - y1) * _ease((x - x1) / (x2 - x1)) if x2 > x1 else y1
    return places[-1][1]


def _ease(share: float) -> float:
    """Return how much of a slope is done after a share of its width."""
    return share * share * (3 - 2 * share)


def _crossed(passing: Iterable[Passing], y: float, to: float) -> int:
    """Return how many edges a way crosses that goes from one height to another."""
    climb = to - y
    return sum((y1 > y + climb * a) != (y2 > y + climb * b) for a, b, y1, y2 in passing)


_State = tuple[float, float, int, "_State | None"]
"""A way up to a slab: what it has cost, its height, its gap there, and the state before."""


def _heights(
    start: float, end: float, gaps: Sequence[list[Gap]], traffic: Sequence[list[Passing]]
) -> list[tuple[float, int]]:
    """Return the height at which the way enters each slab and by which gap; then the last height.

    A way that must leave where a card stands begins in the gap that is nearest.
    """
    states: list[_State] = [
        (_away(start, gap), max(gap[0], min(start, gap[1])), number, None)
        for number, gap in enumerate(gaps[0])
    ]
    for slab in range(len(gaps) - 1):
        states = _entering(states, gaps[slab], gaps[slab + 1], traffic[slab], end)
    state: _State | None
    _, state = min(
        ((s[0] + _cost(s[1], end, traffic[-1]) + _away(end, gaps[-1][s[2]]), s) for s in states),
        key=itemgetter(0),
    )
    heights = [(end, state[2])]
    while state is not None:
        _, y, gap_number, state = state
        heights.append((y, gap_number))
    heights.reverse()
    return _straightened(heights, gaps)


def _entering(
    states: Sequence[_State],
    before: Sequence[Gap],
    after: Sequence[Gap],
    passing: Sequence[Passing],
    end: float,
) -> list[_State]:
    """Return the best ways into each gap of the next slab."""
    entered: list[_State] = []
    for number, (low, high) in enumerate(after):
        found: dict[float, _State] = {}
        for state in states:
            cost, y, gap, _ = state
            left_low, left_high = before[gap]
            if left_low > high or left_high < low:
                continue
            to = low if y < low else min(y, high)
            if to != y or passing:
                cost += _cost(y, to, passing)
            if to not in found or cost < found[to][0]:
                found[to] = cost, to, number, state
        if len(found) <= _KEPT:
            entered += found.values()
        else:
            entered += sorted(found.values(), key=lambda s: s[0] + abs(s[1] - end))[:_KEPT]
    return entered


def _cost(y: float, to: float, passing: Sequence[Passing]) -> float:
    crossed = _CROSSING * _crossed(passing, y, to) if passing else 0.0
    return crossed + (abs(to - y) + _TURN if to != y else 0.0)


def _straightened(
    heights: list[tuple[float, int]], gaps: Sequence[list[Gap]]
) -> list[tuple[float, int]]:
    """Return heights with two changes made one where the last is free from the first on."""
    for slab in range(len(gaps) - 1, 0, -1):
        to = heights[slab + 1][0]
        y, number = heights[slab]
        before = heights[slab - 1]
        free = _within(to, gaps[slab][number]) and _within(to, gaps[slab - 1][before[1]])
        if y not in (to, before[0]) and free:
            heights[slab] = to, number
    return heights


def _away(y: float, gap: Gap) -> float:
    return 1_000 + 4 * max(gap[0] - y, y - gap[1]) if not gap[0] <= y <= gap[1] else 0.0


def _runs(
    cuts: Sequence[float], gaps: Sequence[list[Gap]], heights: Sequence[tuple[float, int]]
) -> list[Run]:
    """Return the straight pieces, with as much room between them as the cards leave for a slope."""
    runs: list[Run] = []
    begun, left, low, high = 0, cuts[0], -_FAR, _FAR
    for slab in range(len(gaps)):
        y, number = heights[slab]
        gap = gaps[slab][number]
        low, high = max(low, gap[0]), min(high, gap[1])
        to = heights[slab + 1][0]
        if to == y:
            continue
        first = slab
        while first > begun and _within(to, gaps[first - 1][heights[first - 1][1]]):
            first -= 1
        beginning, right = cuts[first], cuts[slab + 1]
        if first > begun:
            beginning -= PAD
        if slab + 1 < len(gaps):
            right += PAD
        beginning = max(beginning, left, right - max(_SLOPE, abs(to - y)))
        runs.append(Run(left, beginning, y, low, high))
        slope = [gaps[i][heights[i][1]] for i in range(first, slab + 1)]
        low, high = max(g[0] for g in slope), min(g[1] for g in slope)
        begun, left = slab + 1, right
    y = heights[-1][0]
    if not runs or runs[-1].y != y or left < cuts[-1]:
        runs.append(Run(min(left, cuts[-1]), cuts[-1], y, low, high))
    return runs


def _within(y: float, gap: Gap) -> bool:
    return gap[0] <= y <= gap[1]
