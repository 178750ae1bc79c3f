"""The way of an edge from port to port: straight on, or round the cards where it runs backwards."""

from summit_studio.app.canvas.geometry import XY, Curve, along, curve
from summit_studio.app.canvas.room import Box, Room
from summit_studio.document.model import Edge

SWING = 44.0
"""How far the turns of a backward edge are pulled out; they reach three quarters of it."""

PILL_HALF = 24.0
PILL_HEIGHT = 18.0
BELOW = 20.0
"""The height of the counts beneath a card."""

_CLEAR = 12.0
_OFF = 4.0  # A turn begins at its own card, which is not in its way.
_TRIES = 8
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
_ONE_CUBIC = 8


class Crowd:
    """What stands on the canvas, for edges and pills to keep clear of."""

    def __init__(self) -> None:
        self.cards: Room[str] = Room()
        self.pills: Room[Edge] = Room()
        self._lanes: Room[Edge] = Room()
        self._turns: Room[tuple[Edge, int]] = Room()

    def route(self, edge: Edge, start: XY, end: XY, source: Box, target: Box) -> Curve:
        """Return the curve of an edge.

        Args:
            edge: Which one; the ways of others are left clear.
            start: The output's place.
            end: The input's place.
            source: The box of the card at the start, counts beneath it included.
            target: The box of the card at the end.
        """
        self._clear_way(edge)
        if end[0] >= start[0]:
            return curve(*start, *end)
        lane = self._lane(start, end, source, target)
        self._lanes.put(edge, _strip(lane, (end[0], start[0]), 2))
        for number, turn in enumerate(_turns(start, end, lane)):
            self._turns.put((edge, number), turn)
        return _detour(start, end, lane)

    def leave(self, edge: Edge) -> None:
        """Forget the way and the pill of an edge."""
        self.pills.drop(edge)
        self._clear_way(edge)

    def _clear_way(self, edge: Edge) -> None:
        self._lanes.drop(edge)
        for number in range(2):
            self._turns.drop((edge, number))

    def pill_place(self, edge: Edge, c: Curve) -> XY | None:
        """Return where a pill covers no card and no pill, and if it can be no way; or None."""
        on_lane = len(c) > _ONE_CUBIC
        places = [along(c, (1 + t) / 3 if on_lane else t) for t in _PLACES]
        free = [
            p for p in places
            if self.cards.free(pill_box(*p)) and self.pills.free(pill_box(*p), edge)
        ]  # fmt: skip
        clear = (p for p in free if self._clear_of_ways(pill_box(*p), edge))
        found = next(clear, free[0] if free else None)
        if found is not None:
            self.pills.put(edge, pill_box(*found))
        return found

    def _clear_of_ways(self, box: Box, edge: Edge) -> bool:
        return self._lanes.free(box, edge) and self._turns.free(box)

    def _lane(self, start: XY, end: XY, source: Box, target: Box) -> float:
        """Return the height at which an edge runs back: the shortest way across fewest cards."""
        reach = SWING * 0.75
        across = (end[0] - reach, start[0] + reach)
        best, least = 0.0, (9, 0.0)
        for near, way in sorted(_starts(source, target), key=lambda s: _climb(start, end, s[0])):
            lane = self._free_lane(near, way, across)
            crossed = 2 * (not self.cards.free(_strip(lane, across)))
            crossed += sum(not self.cards.free(turn) for turn in _turns(start, end, lane))
            cost = crossed, _climb(start, end, lane)
            if cost < least:
                best, least = lane, cost
            if not crossed and lane == near:
                break  # The others begin further off.
        return best

    def _free_lane(self, y: float, way: int, across: tuple[float, float]) -> float:
        for _ in range(_TRIES):
            strip = _strip(y, across)
            blocking = [*self.cards.within(strip), *self._lanes.within(strip)]
            if not blocking:
                break
            if way > 0:
                y = max(b[3] for b in blocking) + _CLEAR
            else:
                y = min(b[1] for b in blocking) - _CLEAR
        return y


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


def _starts(source: Box, target: Box) -> list[tuple[float, int]]:
    """Return where a lane may begin to look for room, and whether it goes down or up."""
    upper, lower = sorted((source, target), key=lambda b: b[1])
    starts = [
        (max(source[3], target[3]) + _CLEAR, 1),
        (min(source[1], target[1]) - _CLEAR, -1),
    ]
    if lower[1] - upper[3] >= 2 * _CLEAR:
        starts += [(upper[3] + _CLEAR, 1), (lower[1] - _CLEAR, -1)]
    return starts


def _climb(start: XY, end: XY, lane: float) -> float:
    return abs(lane - start[1]) + abs(lane - end[1])


def _strip(y: float, across: tuple[float, float], half: float = _CLEAR - 1) -> Box:
    return across[0], y - half, across[1], y + half


def _turns(start: XY, end: XY, lane: float) -> tuple[Box, Box]:
    reach = SWING * 0.75
    (x1, y1), (x2, y2) = start, end
    return (
        (x1 + _OFF, min(y1, lane), x1 + reach, max(y1, lane)),
        (x2 - reach, min(y2, lane), x2 - _OFF, max(y2, lane)),
    )
