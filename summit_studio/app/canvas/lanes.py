"""Puts straight pieces of edges that share a gap beside each other. Knows no Qt."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import TypeVar

from summit_studio.app.canvas.room import Box

K = TypeVar("K", bound=Hashable)

_APART, _LEAST = 10.0, 3.0
_SAME = 1.0
_CELL = 512.0


@dataclass(frozen=True, slots=True)
class Lane:
    """A straight piece.

    Args:
        left: Where it begins.
        right: Where it ends.
        wish: The height it would have alone.
        low: The least height that is free.
        high: The greatest.
        before: The height that the edge has left of it.
        after: The height that the edge has right of it.
    """

    left: float
    right: float
    wish: float
    low: float
    high: float
    before: float
    after: float

    @property
    def neighbourhood(self) -> Box:
        """Where others may have to make room."""
        reach = 4 * _APART
        top, bottom = max(self.low, self.wish - reach), min(self.high, self.wish + reach)
        return self.left, top - _APART, self.right, bottom + _APART


def apart(lanes: Mapping[K, Lane]) -> dict[K, float]:
    """Return a height for each lane, beside those that it would else lie on."""
    keys = _in_order(lanes)
    found = [lanes[key] for key in keys]
    meets = _meeting(found)
    room = [_room(lane, [found[j] for j in meets[i]]) for i, lane in enumerate(found)]
    heights = [lane.wish for lane in found]
    for i in range(len(found)):
        for j in meets[i]:
            if j < i:
                heights[i] = max(heights[i], heights[j] + min(room[i], room[j]))
    for i in reversed(range(len(found))):
        heights[i] = min(heights[i], found[i].high)
        for j in meets[i]:
            if j > i:
                heights[i] = min(heights[i], heights[j] - min(room[i], room[j]))
        heights[i] = max(heights[i], found[i].low)
    return dict(zip(keys, heights, strict=True))


def _in_order(lanes: Mapping[K, Lane]) -> list[K]:
    """Return lanes from above; those at one height so that their edges cross least."""
    by_height = sorted(lanes, key=lambda key: lanes[key].wish)
    ordered: list[K] = []
    group: list[K] = []
    for key in by_height:
        if group and lanes[key].wish - lanes[group[0]].wish > _SAME:
            ordered += _untangled(group, lanes)
            group = []
        group.append(key)
    return ordered + _untangled(group, lanes)


def _untangled(group: list[K], lanes: Mapping[K, Lane]) -> list[K]:
    by_lane = cmp_to_key(_compare)
    return sorted(group, key=lambda key: by_lane(lanes[key])) if len(group) > 1 else group


def _compare(one: Lane, other: Lane) -> int:
    """Return less than 0 if one belongs above the other, judged where one leaves the other."""
    if one.right < other.right - _SAME:
        right = one.after - other.wish
    elif other.right < one.right - _SAME:
        right = one.wish - other.after
    else:
        right = one.after - other.after
    if one.left > other.left + _SAME:
        left = one.before - other.wish
    elif other.left > one.left + _SAME:
        left = one.wish - other.before
    else:
        left = one.before - other.before
    return _sign(right) + _sign(left) or _sign(right)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _meeting(lanes: Sequence[Lane]) -> list[list[int]]:
    """Return for each lane which others run above or beneath it, near enough to matter."""
    cells: dict[int, list[int]] = {}
    meets: list[list[int]] = []
    for i, lane in enumerate(lanes):
        left, right, low, high = lane.left, lane.right, lane.low - _APART, lane.high + _APART
        near: dict[int, None] = {}
        for cell in range(int(left // _CELL), int(right // _CELL) + 1):
            others = cells.setdefault(cell, [])
            for j in others:
                # In gaps that are apart no lane has to make room for the other.
                other = lanes[j]
                if (
                    other.low < high and other.high > low
                    and other.left < right and other.right > left
                ):  # fmt: skip
                    near[j] = None
            others.append(i)
        meets.append(list(near))
        for j in near:
            meets[j].append(i)
    return meets


def _room(lane: Lane, others: Sequence[Lane]) -> float:
    """Return how far apart lanes can be in the gap that one runs through."""
    sharing = sum(lane.low - _SAME <= o.wish <= lane.high + _SAME for o in others)
    if not sharing or lane.high <= lane.low:
        return _APART
    return max(_LEAST, min(_APART, (lane.high - lane.low) / sharing))
