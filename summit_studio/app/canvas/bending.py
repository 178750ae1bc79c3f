"""The bends of an edge: the curve through them, and the edits that set them."""

from collections.abc import Collection, Sequence
from math import hypot

from summit_studio.app.canvas.geometry import XY, Curve, distance
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Edge, Point

_PULL = 0.4
"""How far a cubic is pulled at a bend, as a share of the way to the next one."""

OUT = 24.0
"""So far at least an edge leaves a port straight on."""


def through(start: XY, bends: Sequence[XY], end: XY, straight: float = OUT) -> Curve:
    """Return the smooth curve from port to port through bends, a cubic for each piece.

    Args:
        start: The port it leaves.
        bends: What it leads through.
        end: The port it comes to.
        straight: So far at least it is pulled straight on at a port.
    """
    stops = (start, *bends, end)
    turns = turns_at(stops)
    points: list[float] = [*start]
    for number in range(len(stops) - 1):
        points += leg(stops, turns, number, straight)[2:]
    return tuple(points)


def turns_at(stops: Sequence[XY]) -> list[XY]:
    """Return the way a smooth curve goes at each stop, as steps of length 1.

    At a bend it goes as the straight line from the stop before to the one after; at ports it goes
    to the right.
    """
    turns = [(1.0, 0.0)]
    for (x1, y1), (x2, y2) in zip(stops, stops[2:], strict=False):
        length = hypot(x2 - x1, y2 - y1) or 1.0
        turns.append(((x2 - x1) / length, (y2 - y1) / length))
    turns.append((1.0, 0.0))
    return turns


def leg(stops: Sequence[XY], turns: Sequence[XY], number: int, straight: float = OUT) -> Curve:
    """Return the cubic from a stop to the next one, as the curve goes at both."""
    (x1, y1), (x2, y2) = stops[number], stops[number + 1]
    (ax, ay), (bx, by) = turns[number], turns[number + 1]
    pull = _PULL * hypot(x2 - x1, y2 - y1)
    out = max(pull, straight) if number == 0 else pull
    into = max(pull, straight) if number == len(stops) - 2 else pull
    return (x1, y1, x1 + out * ax, y1 + out * ay, x2 - into * bx, y2 - into * by, x2, y2)


def with_bend(way: Curve, bends: Sequence[Point], place: Point) -> tuple[Point, ...]:
    """Return the bends with one more, on the piece nearest to its place."""
    at = 0
    if bends:
        pieces = pieces_of(way, bends)
        away = [distance(piece, *place) for piece in pieces]
        at = away.index(min(away))
    return (*bends[:at], place, *bends[at:])


def pieces_of(way: Curve, bends: Sequence[Point]) -> list[Curve]:
    """Return a curve cut at the bends that it goes through: one piece more than they are."""
    pieces: list[Curve] = []
    begun, ends = 0, range(6, len(way) - 2, 6)
    for x, y in bends:
        later = [e for e in ends if e > begun]
        cut = min(later, key=lambda e: hypot(way[e] - x, way[e + 1] - y), default=begun)
        pieces.append(way[begun : cut + 2])
        begun = cut
    return [*pieces, way[begun:]]


def carried(bends: Sequence[Point], start: Point, end: Point) -> tuple[Point, ...]:
    """Return the bends of an edge whose ends move by steps, each as far as it is along."""
    parts = len(bends) + 1
    shares = [(n + 1) / parts for n in range(len(bends))]
    return tuple(
        (
            x + round(start[0] + (end[0] - start[0]) * s),
            y + round(start[1] + (end[1] - start[1]) * s),
        )
        for (x, y), s in zip(bends, shares, strict=True)
    )


def without(bends: Sequence[Point], numbers: Collection[int]) -> tuple[Point, ...]:
    """Return the bends but for those of some numbers."""
    return tuple(b for n, b in enumerate(bends) if n not in numbers)


def longest(way: Curve) -> Curve:
    """Return the piece of a curve whose ends are farthest apart."""
    pieces = [way[i : i + 8] for i in range(0, len(way) - 2, 6)]
    return max(pieces, key=lambda p: hypot(p[6] - p[0], p[7] - p[1]))


def bend(edge: Edge, bends: Sequence[Point]) -> SetInLayout:
    """Return the edit that leads an edge through bends; through none it finds its own way."""
    return SetInLayout("edges", edge, tuple(bends) or None)
