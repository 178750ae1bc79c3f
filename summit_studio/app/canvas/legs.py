"""The legs of an edge from bend to bend: smooth where that is free, else round the cards.

A way round goes right, left, down or up, whichever its leg does most; at the bends it begins and
ends so, and the legs beside it follow. Knows no Qt.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from summit_studio.app.canvas.bending import OUT, leg, turns_at
from summit_studio.app.canvas.corridor import Run, misses, way
from summit_studio.app.canvas.geometry import XY, Curve, bounds
from summit_studio.app.canvas.room import Box

_LEAST = 48.0
"""A shorter leg takes no way round."""

_AROUND = (160.0, 640.0, 2_560.0)
"""How far beside a leg a way round is looked for, first near, then further."""

_BESIDE = 8.0
"""How much further a way down or up stays off the sides of cards."""

_ARC = 0.55
"""How far a cubic is pulled for a quarter of a circle, as a share of its radius."""

Within = Callable[[Box], Iterable[Box]]
"""Returns the cards that touch a box."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """Where a way goes: along x or y, to where that grows or to where it shrinks."""

    upright: bool
    sign: int

    @property
    def turn(self) -> XY:
        """It as a step of length 1."""
        return (0.0, float(self.sign)) if self.upright else (float(self.sign), 0.0)

    def seen(self, x: float, y: float) -> XY:
        """Return a place as it is where this goes to the right."""
        return (self.sign * y, x) if self.upright else (self.sign * x, y)

    def back(self, x: float, y: float) -> XY:
        """Return the place that is seen so."""
        return (y, self.sign * x) if self.upright else (self.sign * x, y)

    def box(self, box: Box) -> Box:
        """Return a box as it is where this goes to the right."""
        beside = _BESIDE if self.upright else 0.0
        (x1, y1), (x2, y2) = self.seen(box[0], box[1]), self.seen(box[2], box[3])
        return min(x1, x2), min(y1, y2) - beside, max(x1, x2), max(y1, y2) + beside


@dataclass(frozen=True, slots=True)
class _Leg:
    """A leg of an edge, and what knows of the cards around it."""

    stops: Sequence[XY]
    number: int
    within: Within

    @property
    def start(self) -> XY:
        return self.stops[self.number]

    @property
    def end(self) -> XY:
        return self.stops[self.number + 1]

    @property
    def first(self) -> bool:
        return self.number == 0

    @property
    def last(self) -> bool:
        return self.number + 2 == len(self.stops)

    def cards(self, room: Box, *, own: bool) -> list[Box]:
        """Return the cards in some room, but for those under which somebody has put a bend.

        Args:
            room: Left, top, right and bottom.
            own: With those of the ports, which begin beside the port.
        """
        found: list[Box] = []
        for box in self.within(room):
            at_start, at_end = _inside(box, self.start), _inside(box, self.end)
            left, top, right, bottom = box
            if at_start and self.first and own:
                found.append((left, top, self.start[0], bottom))
            elif at_end and self.last and own:
                found.append((self.end[0], top, right, bottom))
            elif not (at_start or at_end):
                found.append(box)
        return found

    def is_free(self, piece: Curve) -> bool:
        """Return True if a cubic of it runs under no card."""
        left, top, width, height = bounds(piece)
        cards = self.cards((left, top, left + width, top + height), own=True)
        return not cards or misses(piece, cards)


def _inside(box: Box, place: XY) -> bool:
    return box[0] < place[0] < box[2] and box[1] < place[1] < box[3]


def between(stops: Sequence[XY], within: Within) -> Curve:
    """Return the curve from port to port through bends, which goes round cards where it must.

    Args:
        stops: The port it leaves, its bends, and the port it comes to.
        within: Finds the cards in a box.
    """
    turns = turns_at(stops)
    legs = [_Leg(stops, number, within) for number in range(len(stops) - 1)]
    rounds: dict[int, Curve] = {}
    tried: set[int] = set()
    while (number := _blocked(legs, turns, tried)) is not None:
        tried.add(number)
        found = _round(legs[number], turns)
        if found is not None:
            rounds[number], turns[number], turns[number + 1] = found
    points: list[float] = [*stops[0]]
    for number in range(len(legs)):
        points += (rounds.get(number) or leg(stops, turns, number))[2:]
    return tuple(points)


def _blocked(legs: Sequence[_Leg], turns: Sequence[XY], tried: set[int]) -> int | None:
    """Return the first leg that runs under a card, but for those tried."""
    for number, one in enumerate(legs):
        if number not in tried:
            plain = leg(one.stops, turns, number)
            if not one.is_free(plain):
                return number
    return None


def _round(one: _Leg, turns: Sequence[XY]) -> tuple[Curve, XY, XY] | None:
    """Return a way round for a leg, and how it goes at its ends; None where it is short."""
    (x1, y1), (x2, y2) = start, end = one.start, one.end
    down = 1 if y2 >= y1 else -1
    at_port = one.first or one.last
    upright = abs(y2 - y1) > abs(x2 - x1) or (at_port and x2 - x1 < _LEAST)
    # From a port a way goes right, or turns down or up beside the card; into one likewise.
    if one.first and upright:
        start = x1 + OUT, y1 + down * OUT
    if one.last and upright:
        end = x2 - OUT, y2 - down * OUT
    far = end[1] - start[1] if upright else end[0] - start[0]
    if abs(far) < _LEAST or (upright and far * down < 0):
        return None
    heading = _Heading(upright, 1 if far > 0 else -1)
    points = list(_corner(one.start, start)) if start != one.start else [*start]
    points += _detour(one, start, end, heading)
    if end != one.end:
        points += _corner(one.end, end, into=True)
    begins, ends = turns[one.number], turns[one.number + 1]
    found: Curve | None = tuple(points)
    if not one.last:
        found = _eased(one, tuple(points), heading.turn, ends)
        ends = ends if found else heading.turn
    if not one.first:
        # The same from the other end.
        whole = found or tuple(points)
        eased = _eased(one, _reversed(whole), _against(heading.turn), _against(begins))
        begins = begins if eased else heading.turn
        found = _reversed(eased) if eased else whole
    return found or tuple(points), begins, ends


def _eased(one: _Leg, way_round: Curve, turn: XY, into: XY) -> Curve | None:
    """Return a way round that leaves its lane for its end as soon as that is free; None if never.

    Args:
        one: Whose way it is.
        way_round: The way.
        turn: How it goes where its pieces meet.
        into: How it is to come to its end.
    """
    end = way_round[-2], way_round[-1]
    for cut in range(0, len(way_round) - 2, 6):
        last = leg(((way_round[cut], way_round[cut + 1]), end), (turn, into), 0, 0.0)
        if one.is_free(last):
            return (*way_round[: cut + 2], *last[2:])
    return None


def _reversed(c: Curve) -> Curve:
    """Return the same curve from its end to its start."""
    return tuple(v for i in range(len(c) - 2, -1, -2) for v in c[i : i + 2])


def _against(turn: XY) -> XY:
    return -turn[0], -turn[1]


def _corner(port: XY, place: XY, *, into: bool = False) -> Curve:
    """Return the quarter of a circle from a port to a place beside it, or the points back in."""
    (x, y), (px, py) = port, place
    level = x + (px - x) * _ARC, y
    steep = px, py - (py - y) * _ARC
    if into:
        return (*steep, *level, x, y)
    return (x, y, *level, *steep, px, py)


def _detour(one: _Leg, start: XY, end: XY, heading: _Heading) -> list[float]:
    """Return the points of a way between the cards behind its start."""
    left, right = sorted((start[0], end[0]))
    top, bottom = sorted((start[1], end[1]))
    runs: list[Run] = []
    for far in _AROUND:
        room = left - far, top - far, right + far, bottom + far
        cards = one.cards(room, own=heading.upright)
        boxes = [heading.box(b) for b in cards if not (_inside(b, start) or _inside(b, end))]
        runs = way(heading.seen(*start), heading.seen(*end), boxes)
        low, high = (left, right) if heading.upright else (top, bottom)
        if all(low - far < run.wish < high + far for run in runs):
            break
    seen: list[XY] = [heading.seen(*start)]
    for run, after in pairwise(runs):
        _go(seen, run.right, run.wish)
        half = (run.right + after.left) / 2
        seen += [(half, run.wish), (half, after.wish), (after.left, after.wish)]
    _go(seen, *heading.seen(*end))
    return [value for place in seen[1:] for value in heading.back(*place)]


def _go(points: list[XY], x: float, y: float) -> None:
    """Add a straight piece to a place."""
    x0, y0 = points[-1]
    if (x0, y0) != (x, y):
        third = (x - x0) / 3, (y - y0) / 3
        points += [(x0 + third[0], y0 + third[1]), (x - third[0], y - third[1]), (x, y)]
