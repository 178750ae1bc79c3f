"""The bends of an edge: the curve through them, and the edits that set them."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from math import hypot

from summit_studio.app.canvas.geometry import XY, Curve, distance
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Edge, Point

_PULL = 0.4
"""How far a cubic is pulled at a bend, as a share of the way to the next one."""

_OUT = 24.0
"""So far at least an edge leaves a port straight on."""


def through(start: XY, bends: Sequence[XY], end: XY, straight: float = _OUT) -> Curve:
    """Return the smooth curve from port to port through bends, a cubic for each piece.

    Args:
        start: The port it leaves.
        bends: What it leads through.
        end: The port it comes to.
        straight: So far at least it is pulled straight on at a port.
    """
    stops = (start, *bends, end)
    # At a bend it goes as the straight line from the stop before to the one after.
    turns = [(1.0, 0.0)]
    for (x1, y1), (x2, y2) in zip(stops, stops[2:], strict=False):
        length = hypot(x2 - x1, y2 - y1) or 1.0
        turns.append(((x2 - x1) / length, (y2 - y1) / length))
    turns.append((1.0, 0.0))
    points: list[float] = [*start]
    last = len(stops) - 2
    for i, ((x1, y1), (x2, y2)) in enumerate(pairwise(stops)):
        pull = _PULL * hypot(x2 - x1, y2 - y1)
        out = max(pull, straight) if i == 0 else pull
        into = max(pull, straight) if i == last else pull
        (ax, ay), (bx, by) = turns[i], turns[i + 1]
        points += (x1 + out * ax, y1 + out * ay, x2 - into * bx, y2 - into * by, x2, y2)
    return tuple(points)


def with_bend(way: Curve, bends: Sequence[Point], place: Point) -> tuple[Point, ...]:
    """Return the bends with one more, on the piece nearest to its place."""
    at = 0
    if bends:
        pieces = [way[6 * i : 6 * i + 8] for i in range(len(bends) + 1)]
        away = [distance(piece, *place) for piece in pieces]
        at = away.index(min(away))
    return (*bends[:at], place, *bends[at:])


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
