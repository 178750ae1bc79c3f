"""Free room for cards among those that stand on the canvas. Knows no Qt."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import heappop, heappush

from summit_studio.app.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, GRID
from summit_studio.app.canvas.room import Box, Room
from summit_studio.document.model import Point

ACROSS, DOWN = 72, 56
"""How far a card stands from its neighbours where it has to step aside."""

_NEAR_ACROSS, _NEAR_DOWN = 24, 32
"""How near a card may stand to others; beneath each there is room for counts."""

ONE: Box = (0, 0, CARD_WIDTH, CARD_HEIGHT)
"""The card of a node with few ports."""


class Space:
    """What cards take of the canvas.

    Args:
        cards: The boxes of all cards by node, marks and counts left out.
    """

    def __init__(self, cards: Mapping[str, Box]) -> None:
        self._cards = dict(cards)
        self._room: Room[str] = Room()
        for node_id, box in cards.items():
            self._room.put(node_id, box)

    def take(self, node_id: str, box: Box) -> None:
        """Note that a card stands there now."""
        self._cards[node_id] = box
        self._room.put(node_id, box)

    def place(self, at: Point, cards: Sequence[Box] = (ONE,)) -> Point:
        """Return the free place nearest to `at`, looking right and below.

        Args:
            at: Where the upper left should go; it is put on the grid.
            cards: The boxes of cards that keep their places to each other, from that corner.
        """
        start = round(at[0] / GRID) * GRID, round(at[1] / GRID) * GRID
        waiting = [(0, start)]
        seen = {start}
        while True:
            _, (x, y) = heappop(waiting)
            further = set(self._steps(x, y, cards))
            if not further:
                return x, y
            for place in further - seen:
                seen.add(place)
                heappush(waiting, (place[0] - start[0] + place[1] - start[1], place))

    def right_of(self, node_ids: Iterable[str], card: Box = ONE) -> Point:
        """Return the place to the right of cards, or a little below where it is taken."""
        boxes = [self._cards[i] for i in node_ids]
        right, top = max(b[2] for b in boxes), min(b[1] for b in boxes)
        return self.place((round(right) + ACROSS, round(top)), (card,))

    def left_of(self, node_id: str, card: Box = ONE) -> Point:
        """Return the place to the left of a card, or a little below where it is taken."""
        left, top, _, _ = self._cards[node_id]
        return self.place((round(left - ACROSS - card[2]), round(top)), (card,))

    def below(self, node_ids: Iterable[str], card: Box = ONE) -> Point:
        """Return the place below cards, or a little further where it is taken."""
        boxes = [self._cards[i] for i in node_ids]
        left, bottom = min(b[0] for b in boxes), max(b[3] for b in boxes)
        return self.place((round(left), round(bottom) + DOWN), (card,))

    def between(
        self, source: str, target: str, behind: Collection[str], at: Point, card: Box = ONE
    ) -> tuple[Point, dict[str, Point]]:
        """Return the place of a card put into an edge, and the new places of those in its way.

        Where the room between the two ends is too narrow, all that stands behind moves to the
        right by as much as is missing, and what it would come to lie on moves with it.

        Args:
            source: The node before.
            target: The node after.
            behind: The nodes that the target's rows reach, itself included.
            at: Where the card was dropped: its upper left.
            card: Its box.
        """
        before, after = self._cards[source], self._cards[target]
        if after[0] <= before[0]:
            return self.place(at, (card,)), {}
        missing = round(before[2] + card[2] + 2 * ACROSS - after[0])
        x, y = at
        if missing > 2 * (ACROSS - _NEAR_ACROSS):
            step = -(-missing // GRID) * GRID
            moved = self._pushed({i for i in behind if self._cards[i][0] >= after[0]}, step)
            x = round(before[2]) + ACROSS
        else:
            moved = {}
            most = round(after[0] - card[2]) - _NEAR_ACROSS
            x = max(round(before[2]) + _NEAR_ACROSS, min(x, most))
        if abs(y - before[1]) < CARD_HEIGHT // 2:
            y = round(before[1])
        there = Space(self._cards | {i: _shifted(self._cards[i], moved[i]) for i in moved})
        return there.place((x, y), (card,)), moved

    def _pushed(self, first: Iterable[str], step: int) -> dict[str, Point]:
        """Return the places of cards that move right by `step`, and of all that they push."""
        moved: dict[str, Point] = {}
        waiting = list(first)
        while waiting:
            node_id = waiting.pop()
            if node_id in moved:
                continue
            left, top, right, bottom = self._cards[node_id]
            moved[node_id] = round(left) + step, round(top)
            way = (right, top - _NEAR_DOWN, right + step + _NEAR_ACROSS, bottom + _NEAR_DOWN)
            waiting += [i for i in self._room.keys_within(way) if i not in moved]
        return moved

    def _steps(self, x: int, y: int, cards: Sequence[Box]) -> Iterable[Point]:
        """Yield where to look next: right of and below each card that is in the way."""
        for left, top, right, bottom in cards:
            way = (
                x + left - _NEAR_ACROSS,
                y + top - _NEAR_DOWN,
                x + right + _NEAR_ACROSS,
                y + bottom + _NEAR_DOWN,
            )
            for _, _, its_right, its_bottom in self._room.within(way):
                yield _up(its_right + ACROSS - left), y
                yield x, _up(its_bottom + DOWN - top)


def _up(value: float) -> int:
    """Return the next place on the grid."""
    return int(-(-value // GRID) * GRID)


def _shifted(box: Box, to: Point) -> Box:
    return to[0], to[1], to[0] + box[2] - box[0], to[1] + box[3] - box[1]
