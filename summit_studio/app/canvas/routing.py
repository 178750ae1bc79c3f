"""The way of an edge from port to port: straight on where that is free, else between the cards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import copysign

from summit_studio.app.canvas.bending import through
from summit_studio.app.canvas.corridor import PAD, Run, height_at, misses, way
from summit_studio.app.canvas.falls import STEEP, Falls
from summit_studio.app.canvas.geometry import PORT_STEP, XY, Curve, along, bounds, curve
from summit_studio.app.canvas.lanes import Lane, apart
from summit_studio.app.canvas.legs import between
from summit_studio.app.canvas.room import Box, Room
from summit_studio.document.model import Edge

PILL_HALF = 22.0
PILL_HEIGHT = 18.0
BELOW = 20.0
"""The height of the counts beneath a card."""

_REACH = 36.0
"""How far before and behind a card a backward edge turns."""

_OUT = (24.0, 28.0, 32.0)
_ROUND = 20.0
_ARC = 0.5523
"""How far a cubic is pulled for a quarter of a circle, as a share of its radius."""

_NEAR = 48.0
"""A card that comes, goes or moves so near to an edge may change its way."""

_WIDE = 240.0
"""A broader slope is nowhere upright."""

_SHARE = 0.75
"""How far the middle of a cubic goes, as a share of its control points' way."""

_CLOSE = 48.0
"""Nearer than this an edge that is not free straight on goes round as a backward one."""

_AROUND = (160.0, 640.0, 2_560.0)
"""How far above and beneath its ends a way is looked for, first near, then further."""

_THREE = 3
"""A way back has as many pieces at least: out of a port, along, and into a port."""

_CLEAR = 4.0
_PLACES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)
_PIECES = 3
"""On so many pieces of a way a pill's place is looked for, the longest first."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Where an edge starts and ends, and the boxes of the two cards, counts included.

    Args:
        bends: What it is led through.
    """

    start: XY
    end: XY
    source: Box
    target: Box
    bends: tuple[XY, ...] = ()

    @property
    def length(self) -> float:
        """How far they are apart."""
        return abs(self.end[0] - self.start[0]) + abs(self.end[1] - self.start[1])


@dataclass(slots=True, eq=False)
class _Way:
    """The straight pieces of an edge that goes round cards; those of a backward one mirrored."""

    edge: Edge
    ends: Ends
    backward: bool
    runs: list[Run]
    out: tuple[float, float] = (0.0, 0.0)

    @property
    def places(self) -> list[XY]:
        """Where it changes its height, as it goes."""
        sign = -1.0 if self.backward else 1.0
        return [(sign * x, run.y) for run in self.runs for x in (run.left, run.right)]

    def curve(self) -> Curve:
        """Return it as cubics."""
        (x, y), (x2, y2) = self.ends.start, self.ends.end
        runs = self.runs
        points: list[float] = [x, y]
        sign = -1.0 if self.backward else 1.0
        for number, (one, other) in enumerate(pairwise(runs)):
            a, b = sign * one.right, sign * other.left
            if self.backward and number == 0:
                _turn(points, x, self.out[0], other.y)
                continue
            if self.backward and number == len(runs) - 2:
                _turn(points, x2, -self.out[1], y2)
                continue
            _go(points, a, one.y)
            half = (a + b) / 2 + one.aside
            points += (half, one.y, half, other.y, b, other.y)
        _go(points, x2, y2)
        return tuple(points)


def _go(points: list[float], x: float, y: float) -> None:
    """Add a straight piece to a place."""
    x0, y0 = points[-2:]
    if (x0, y0) != (x, y):
        third = (x - x0) / 3
        points += (x0 + third, y0, x - third, y, x, y)


def _turn(points: list[float], x: float, out: float, y: float) -> None:
    """Add a turn: on to `out` beyond `x`, up or down to `y`, and ready to go back."""
    y0 = points[-1]
    climb = y - y0
    if abs(climb) < 1:
        return
    round_off = min(_ROUND, abs(climb) / 2, abs(out))
    across, down = copysign(round_off, out), copysign(round_off, climb)
    far = x + out
    _go(points, far - across, y0)
    bent, sunk = far - across * (1 - _ARC), y0 + down * (1 - _ARC)
    points += (bent, y0, far, sunk, far, y0 + down)
    _go(points, far, y - down)
    points += (far, y - down * (1 - _ARC), bent, y, far - across, y)


class Crowd:
    """What stands on the canvas, for edges and pills to keep clear of."""

    def __init__(self) -> None:
        self.cards: Room[str] = Room()
        self.pills: Room[Edge] = Room()
        self._lanes: Room[Run] = Room()
        self._stands: dict[str, Box] = {}
        self._disturbed: dict[str, Box | None] = {}
        self._ways: dict[Edge, _Way] = {}
        self._owners: dict[Run, _Way] = {}
        self._places: dict[Edge, Sequence[XY]] = {}
        self._hulls: Room[Edge] = Room()
        self._falls = Falls()

    def stand(self, node_id: str, box: Box | None) -> None:
        """Note where a card stands now, or with None that it is gone."""
        before = self._stands.pop(node_id, None)
        if box is None:
            self.cards.drop(node_id)
        else:
            self._stands[node_id] = box
            self.cards.put(node_id, box)
        if before != box:
            self._disturbed.setdefault(node_id, before)

    def disturbed(self) -> list[Edge]:
        """Return the edges near cards that came, went or moved since this was asked last."""
        boxes: list[Box] = []
        for node_id, before in self._disturbed.items():
            now = self._stands.get(node_id)
            if before != now:
                boxes += [b for b in (before, now) if b is not None]
        self._disturbed = {}
        found: dict[Edge, None] = {}
        for left, top, right, bottom in boxes:
            near = left - _NEAR, top - _NEAR, right + _NEAR, bottom + _NEAR
            for edge in self._hulls.keys_within(near):
                if edge not in found and self._passes(edge, near):
                    found[edge] = None
        return list(found)

    def _passes(self, edge: Edge, box: Box) -> bool:
        """Return True of an edge whose way leads through a box, not only round it."""
        known = self._ways.get(edge)
        if known is None:
            return True
        return any(
            min(x1, x2) < box[2]
            and max(x1, x2) > box[0]
            and min(y1, y2) < box[3]
            and max(y1, y2) > box[1]
            for (x1, y1), (x2, y2) in pairwise(known.places)
        )

    def route(self, edges: Mapping[Edge, Ends], *, loose: bool = False) -> dict[Edge, Curve]:
        """Return the curves of edges, and of those that must make room for them.

        Args:
            edges: Where each starts and ends.
            loose: Let them run straight on, whatever they cross.
        """
        curves: dict[Edge, Curve] = {}
        blocked: list[Edge] = []
        for edge, ends in edges.items():
            self._forget(edge)
            if ends.bends:
                stops = (ends.start, *ends.bends, ends.end)
                led = (
                    through(ends.start, ends.bends, ends.end)
                    if loose
                    else between(stops, self.cards.within)
                )
                curves[edge] = led
                # With the way straight from stop to stop: where that becomes free it is taken.
                self._note(edge, (*stops, *zip(led[::2], led[1::2], strict=True)), winding=True)
                continue
            found = curve(*ends.start, *ends.end) if loose else self._straight(ends)
            if found is None:
                blocked.append(edge)
            else:
                curves[edge] = found if loose else self._beside(edge, found)
                self._note(edge, (ends.start, ends.end))
        round_about: list[_Way] = []
        for edge in sorted(blocked, key=lambda e: edges[e].length):
            self._ways[edge] = laid = self._way(edge, edges[edge])
            round_about.append(laid)
            self._set_aside(laid)
            self._note(edge, laid.places, winding=laid.backward)
        changed = self._spread(round_about)
        return curves | {found.edge: found.curve() for found in changed}

    def leave(self, edge: Edge) -> None:
        """Forget the way and the pill of an edge."""
        self.pills.drop(edge)
        self._forget(edge)

    def goes_round(self, edge: Edge) -> bool:
        """Return True of an edge that does not go straight on."""
        return edge in self._ways

    def _forget(self, edge: Edge) -> None:
        self._hulls.drop(edge)
        self._falls.forget(edge)
        self._places.pop(edge, None)
        known = self._ways.pop(edge, None)
        if known is not None:
            for run in known.runs:
                self._lanes.drop(run)
                self._owners.pop(run, None)

    def _straight(self, ends: Ends) -> Curve | None:
        """Return the plain curve of an edge, if that is free."""
        if ends.end[0] < ends.start[0]:
            return None
        found = curve(*ends.start, *ends.end)
        left, top, width, height = bounds(found)
        hull = left, top - _CLEAR, left + width, top + height + _CLEAR
        near = [b for b in self.cards.within(hull) if b not in (ends.source, ends.target)]
        return found if not near or misses(found, near) else None

    def _beside(self, edge: Edge, plain: Curve) -> Curve:
        """Return a plain curve with its steep middle beside those of others."""
        x1, y1, pull, _, other_pull, _, x2, y2 = plain
        if abs(y2 - y1) < STEEP or x2 - x1 > _WIDE or x2 <= x1:
            return plain
        aside = self._falls.aside(edge, (x1 + x2) / 2, y1, y2, (x2 - x1) / 4) / _SHARE
        return (x1, y1, pull + aside, y1, other_pull + aside, y2, x2, y2)

    def _set_aside(self, laid: _Way) -> None:
        """Put the steep slopes of a way beside those of others."""
        pieces = [] if laid.backward else list(pairwise(laid.runs))
        for one, other in pieces:
            wide = other.left - one.right
            if abs(other.wish - one.wish) >= STEEP and wide <= _WIDE:
                middle = (one.right + other.left) / 2
                aside = self._falls.aside(laid.edge, middle, one.wish, other.wish, wide / 4)
                one.aside = aside / _SHARE

    def _note(self, edge: Edge, places: Sequence[XY], *, winding: bool = False) -> None:
        """Note where an edge runs, for others to cross it seldom and to know what is near."""
        across, heights = [x for x, _ in places], [y for _, y in places]
        box = min(across), min(heights) - 1, max(across), max(heights) + 1
        self._hulls.put(edge, box)
        if not winding:
            self._places[edge] = places

    def _near(self, edge: Edge, box: Box) -> list[Sequence[XY]]:
        """Return the places along other edges in a box, but for those of the same ports."""
        return [
            self._places[other]
            for other in self._hulls.keys_within(box)
            if other in self._places and other.source != edge.source and other.target != edge.target
        ]

    def _way(self, edge: Edge, ends: Ends) -> _Way:
        """Return the way of an edge that goes round cards."""
        (x1, y1), (x2, y2) = ends.start, ends.end
        backward = x2 - x1 < _CLOSE
        left, right = (x2 - _REACH, x1 + _REACH) if backward else (x1, x2)
        runs: list[Run] = []
        for around in _AROUND:
            top, bottom = min(y1, y2) - around, max(y1, y2) + around
            hull = (left, top, right, bottom)
            boxes = set(self.cards.within(hull))
            if backward:
                boxes |= {ends.source, ends.target}
                mirrored = [
                    (-b[2], b[1], -b[0], b[3])
                    for b in boxes
                    # What stands a little off makes a turn narrower and does not block it.
                    if b[0] < x1 + PAD and b[2] > x2 - PAD
                ]
                runs = _round_about(way((-right, y1), (-left, y2), mirrored), y1, y2)
            else:
                boxes -= {ends.source, ends.target}
                runs = way(ends.start, ends.end, boxes, self._near(edge, hull))
            if all(top < run.y < bottom for run in runs):
                break
        laid = _Way(edge, ends, backward, runs)
        if backward:
            out = self._out(edge, x1, y1, runs[1].y, 1)
            laid.out = out, self._out(edge, x2, y2, runs[-2].y, -1)
        return laid

    def _out(self, edge: Edge, x: float, y: float, lane: float, side: int) -> float:
        """Return how far a turn leaves a card: clear of those above and beneath, and of the next.

        Args:
            edge: Whose turn it is.
            x: The side of the card.
            y: The height of the port.
            lane: The height of the way back.
            side: 1 on the right of the card, -1 on its left.
        """
        far = x + side * _REACH
        boxes = self.cards.within((min(x, far), min(y, lane), max(x, far), max(y, lane)))
        # As seen from the side of the card: where each begins and ends.
        spans = [(b[0] - x, b[2] - x) if side > 0 else (x - b[2], x - b[0]) for b in boxes]
        beside = max((stop for begin, stop in spans if begin < PAD), default=0.0)
        ahead = min((begin for begin, _ in spans if begin >= PAD), default=_REACH)
        # Of several ports of a card the one that is passed by the others turns first.
        port = round(y / PORT_STEP) % len(_OUT)
        out = _OUT[port if lane < y else -1 - port]
        least, most = min(beside + _CLEAR, _REACH), ahead - _CLEAR
        out = max(min(out, most), least)
        if abs(lane - y) < 2 * _REACH:
            return out
        room = max(0.0, min(out - least, most - out))
        return out + side * self._falls.aside(edge, x + side * out, y, lane, room, turn=True)

    def _spread(self, ways: Iterable[_Way]) -> list[_Way]:
        """Lay ways beside each other and beside those that are near; return all that changed."""
        changed = dict.fromkeys(ways)
        lanes: dict[Run, tuple[_Way, Lane]] = {}
        for laid in changed:
            lanes |= {run: (laid, lane) for run, lane in _lanes(laid)}
        for _, lane in tuple(lanes.values()):
            for run in self._lanes.keys_within(lane.neighbourhood):
                if run not in lanes:
                    other = self._owners[run]
                    lanes[run] = other, dict(_lanes(other))[run]
        for run, y in apart({run: lane for run, (_, lane) in lanes.items()}).items():
            owner, lane = lanes[run]
            if run.y != y:
                run.y = y
                changed[owner] = None
            self._owners[run] = owner
            self._lanes.put(run, (lane.left, y - 1, lane.right, y + 1))
        return list(changed)

    def pill_place(self, edge: Edge, c: Curve) -> XY | None:
        """Return where a pill covers no card and no pill, and if it can be no way; or None."""
        pieces = [c[i : i + 8] for i in range(0, len(c) - 2, 6)]
        pieces.sort(key=lambda piece: abs(piece[6] - piece[0]), reverse=True)
        found: XY | None = None
        for place in (along(piece, t) for piece in pieces[:_PIECES] for t in _PLACES):
            box = pill_box(*place)
            if self.cards.free(box) and self.pills.free(box, edge):
                if self._clear_of_edges(box, edge):
                    found = place
                    break
                found = found or place
        if found is not None:
            self.pills.put(edge, pill_box(*found))
        return found

    def _clear_of_edges(self, box: Box, edge: Edge) -> bool:
        """Return True if no other edge runs through a box."""
        left, top, right, bottom = box
        for other in self._hulls.keys_within(box):
            places = self._places.get(other)
            if other == edge or places is None:
                continue
            first, last = max(left, places[0][0]), min(right, places[-1][0])
            upper, lower = sorted((height_at(places, first), height_at(places, last)))
            if upper < bottom and lower > top:
                return False
        return all(self._owners[run].edge is edge for run in self._lanes.keys_within(box))


def _round_about(runs: list[Run], start: float, end: float) -> list[Run]:
    """Return runs that begin and end at the heights of the ports, with one between at least."""
    if runs[0].wish != start or len(runs) == 1:
        runs.insert(0, Run(runs[0].left, runs[0].left, start, start, start))
    if runs[-1].wish != end or len(runs) <= _THREE - 1:
        runs.append(Run(runs[-1].right, runs[-1].right, end, end, end))
    return runs


def pill_box(x: float, y: float) -> Box:
    """Return the box of a pill."""
    return x - PILL_HALF, y - PILL_HEIGHT / 2, x + PILL_HALF, y + PILL_HEIGHT / 2


def _lanes(found: _Way) -> Iterator[tuple[Run, Lane]]:
    """Yield the straight pieces as lanes of the scene; those at the ports cannot move."""
    runs = found.runs
    last = len(runs) - 1
    for number, run in enumerate(runs):
        if run.right - run.left < 1:
            continue
        before = runs[number - 1].wish if number else run.wish
        after = runs[number + 1].wish if number < last else run.wish
        left, right = run.left, run.right
        if found.backward:
            left, right, before, after = -right, -left, after, before
        low, high = (run.low, run.high) if 0 < number < last else (run.wish, run.wish)
        yield run, Lane(left, right, run.wish, low, high, before, after)
