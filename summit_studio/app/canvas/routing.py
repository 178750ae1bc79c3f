"""The way of an edge from port to port: straight on, or round the cards where it runs backwards."""

from summit_studio.app.canvas.geometry import XY, Curve, along, curve
from summit_studio.app.canvas.room import Box, Room

SWING = 44.0
"""How far the turns of a backward edge are pulled out; they reach three quarters of it."""

PILL_HALF = 28.0
PILL_HEIGHT = 18.0
BELOW = 20.0
"""The height of the counts beneath a card."""

_CLEAR = 12.0
_TRIES = 12
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)


def route(start: XY, end: XY, source: Box, target: Box, cards: Room[str]) -> Curve:
    """Return the curve of an edge.

    Args:
        start: The output's place.
        end: The input's place.
        source: The box of the card at the start, counts beneath it included.
        target: The box of the card at the end.
        cards: The boxes of all cards.
    """
    if end[0] >= start[0]:
        return curve(*start, *end)
    lane = _lane(start, end, source, target, cards)
    return _detour(start, end, lane)


def pill_place(c: Curve, cards: Room[str], pills: Room[object]) -> XY | None:
    """Return where on a curve a pill covers neither card nor pill, near its middle; or None."""
    for t in _PLACES:
        x, y = along(c, t)
        box = pill_box(x, y)
        if cards.free(box) and pills.free(box):
            return x, y
    return None


def pill_box(x: float, y: float) -> Box:
    """Return the box of a pill."""
    return x - PILL_HALF, y - PILL_HEIGHT / 2, x + PILL_HALF, y + PILL_HEIGHT / 2


def _detour(start: XY, end: XY, lane: float) -> Curve:
    (x1, y1), (x2, y2) = start, end
    third = (x2 - x1) / 3
    return (
        x1, y1,
        x1 + SWING, y1, x1 + SWING, lane, x1, lane,
        x1 + third, lane, x2 - third, lane, x2, lane,
        x2 - SWING, lane, x2 - SWING, y2, x2, y2,
    )  # fmt: skip


def _lane(start: XY, end: XY, source: Box, target: Box, cards: Room[str]) -> float:
    """Return the height at which an edge runs back: the shortest way that crosses no card."""
    reach = SWING * 0.75
    across = (end[0] - reach, start[0] + reach)
    upper, lower = sorted((source, target), key=lambda b: b[1])
    lanes = [
        _free_lane(max(source[3], target[3]) + _CLEAR, 1, across, cards),
        _free_lane(min(source[1], target[1]) - _CLEAR, -1, across, cards),
    ]
    between = (upper[3] + lower[1]) / 2
    if lower[1] - upper[3] >= 2 * _CLEAR and cards.free(_strip(between, across)):
        lanes.append(between)
    return min(lanes, key=lambda y: abs(y - start[1]) + abs(y - end[1]))


def _free_lane(y: float, way: int, across: tuple[float, float], cards: Room[str]) -> float:
    for _ in range(_TRIES):
        blocking = list(cards.within(_strip(y, across)))
        if not blocking:
            return y
        if way > 0:
            y = max(b[3] for b in blocking) + _CLEAR
        else:
            y = min(b[1] for b in blocking) - _CLEAR
    return y


def _strip(y: float, across: tuple[float, float]) -> Box:
    return across[0], y - _CLEAR + 1, across[1], y + _CLEAR - 1
