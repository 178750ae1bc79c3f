"""Where things are on a node card and along an edge. Arithmetic only; knows no Qt item.

Lengths are scene pixels. A card's own coordinates start at its upper left corner.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import hypot

from summit_studio.app.canvas.face import NodeFace, PortFace

GRID = 8
CARD_WIDTH = 208
CARD_HEIGHT = 64
PORT_STEP = 20
FIRST_PORT = 32.0
PORT_RADIUS = 5.0
PORT_REACH = 13.0
EDGE_REACH = 7.0
END_REACH = 36.0
"""Grabbing an edge this near to its end takes that end off."""

_SAMPLES = 24

XY = tuple[float, float]
Curve = tuple[float, ...]
"""Cubics end to end: x and y of the start, then of two control points and the end of each."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A port and the centre of its dot on the card."""

    port: PortFace
    x: float
    y: float

    @property
    def output(self) -> bool:
        """True for a port where edges start."""
        return self.port.kind != "input"


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A card's height and the spots of its ports. Cards of the same ports share one."""

    height: int
    spots: tuple[Spot, ...]

    def spot(self, name: str, *, output: bool) -> Spot | None:
        """Return the spot of a port, or None."""
        return next((s for s in self.spots if s.output is output and s.port.name == name), None)

    def spot_at(self, x: float, y: float, reach: float = PORT_REACH) -> Spot | None:
        """Return the port within `reach` of a place, the nearest where several are."""
        near = [(hypot(s.x - x, s.y - y), i) for i, s in enumerate(self.spots)]
        best = min(near, default=(reach + 1, 0))
        return self.spots[best[1]] if best[0] <= reach else None


def shape_of(face: NodeFace) -> Shape:
    """Return the shape of a node's card."""
    return _shape(face.inputs, face.outputs)


@lru_cache(maxsize=1024)
def _shape(inputs: tuple[PortFace, ...], outputs: tuple[PortFace, ...]) -> Shape:
    # The first ports of all cards stand at one height, so that a chain in a row runs straight.
    left = [Spot(p, 0.0, FIRST_PORT + i * PORT_STEP) for i, p in enumerate(inputs)]
    right = [Spot(p, float(CARD_WIDTH), FIRST_PORT + i * PORT_STEP) for i, p in enumerate(outputs)]
    need = float(CARD_HEIGHT)
    for spot in (*left[-1:], *right[-1:]):
        need = max(need, spot.y + (12 if spot.port.kind == "rejected" else 20))
    return Shape(int(-(-need // GRID) * GRID), (*left, *right))


def curve(x1: float, y1: float, x2: float, y2: float) -> Curve:
    """Return the smooth cubic from an output at the first place to an input at the second."""
    run = x2 - x1
    pull = max(32.0, run / 2) if run >= 0 else min(200.0, 48.0 - run / 2)
    reach = min(pull, max(40.0, hypot(run, y2 - y1) / 2)) if run >= 0 else pull
    return (x1, y1, x1 + reach, y1, x2 - reach, y2, x2, y2)


def bounds(c: Curve) -> tuple[float, float, float, float]:
    """Return left, top, width and height of a box that holds the cubic."""
    left, top = min(c[::2]), min(c[1::2])
    return (left, top, max(c[::2]) - left, max(c[1::2]) - top)


def along(c: Curve, t: float) -> XY:
    """Return the place at `t`, 0 at the start and 1 at the end."""
    count = len(c) // 6
    i = 0
    if count > 1:
        i = min(int(t * count), count - 1)
        t, i = t * count - i, 6 * i
    u = 1 - t
    a, b, d, e = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    return (
        a * c[i] + b * c[i + 2] + d * c[i + 4] + e * c[i + 6],
        a * c[i + 1] + b * c[i + 3] + d * c[i + 5] + e * c[i + 7],
    )


def distance(c: Curve, x: float, y: float) -> float:
    """Return how far a place is from the cubic, to within a pixel or so."""
    best = float("inf")
    x1, y1 = c[0], c[1]
    samples = _SAMPLES * (len(c) // 6)
    for i in range(1, samples + 1):
        x2, y2 = along(c, i / samples)
        best = min(best, _to_segment(x, y, x1, y1, x2, y2))
        x1, y1 = x2, y2
    return best


def _to_segment(x: float, y: float, x1: float, y1: float, x2: float, y2: float) -> float:
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length))
    return hypot(x - x1 - t * dx, y - y1 - t * dy)


def snap(value: float, grid: int = GRID) -> int:
    """Return the nearest place on the grid."""
    return round(value / grid) * grid


def compact(count: int) -> str:
    """Return a row count for a small pill: 950, 12.3k, 1.23M, 4.56B."""
    if abs(count) < 1000:
        return str(count)
    units = iter(("k", "M", "B", "T"))
    value, unit = count / 1000, next(units)
    # 999.95 would be written 1000 at three digits: it belongs to the next unit.
    while abs(value) >= 999.5 and unit != "T":
        value, unit = value / 1000, next(units)
    digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{value:.{digits}f}{unit}"
