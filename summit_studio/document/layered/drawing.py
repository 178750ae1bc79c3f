"""The whole of it: from cards and edges to places."""

from collections.abc import Iterator, Sequence

from summit_studio.document.layered.cards import Arrow, Card
from summit_studio.document.layered.columns import columns
from summit_studio.document.layered.cycles import all_ahead
from summit_studio.document.layered.heights import STEP, heights
from summit_studio.document.layered.net import Net
from summit_studio.document.layered.order import ordered
from summit_studio.document.layered.packing import packed

BETWEEN = 72
"""Scene pixels between two columns, where few edges climb."""

_EASY, _EACH, _MOST = 4, 8, 160

Place = tuple[int, int]


def drawn(
    cards: Sequence[Card], arrows: Sequence[Arrow], present: Sequence[Place] | None = None
) -> list[Place]:
    """Return the upper left of each card, the leftmost at x = 0 and the uppermost at y = 0.

    Args:
        cards: What is to be placed.
        arrows: The edges between them; cycles and loops do no harm.
        present: Where the cards stand now: of orders as good the present one is kept.
    """
    ahead = all_ahead(len(cards), arrows)
    parts = list(_parts(len(cards), ahead))
    if present:
        parts.sort(key=lambda part: min(present[i][1] for i in part))
    drawings = [_part(part, cards, ahead, present) for part in parts]
    corners = packed([size for _, size in drawings])
    places: dict[int, Place] = {}
    for part, (own, _), (left, top) in zip(parts, drawings, corners, strict=True):
        for card, (x, y) in zip(part, own, strict=True):
            places[card] = _round(left + x), _round(top + y)
    return [places[i] for i in range(len(cards))]


def _part(
    part: list[int], cards: Sequence[Card], ahead: Sequence[Arrow], present: Sequence[Place] | None
) -> tuple[list[tuple[float, float]], tuple[float, float]]:
    """Return the places of a part's cards and its size."""
    number = {card: i for i, card in enumerate(part)}
    own = [cards[i] for i in part]
    inside = [
        Arrow(number[a.source], number[a.target], a.start, a.end)
        for a in ahead
        if a.source in number
    ]
    column = columns(len(own), inside)
    net = Net.of(own, inside, column)
    net = ordered(net, [float(present[i][1]) for i in part] if present else None)
    tops = heights(net)
    lefts, width = _lefts(net, own, tops)
    places = [(lefts[column[i]], tops[i]) for i in range(len(own))]
    return places, (width, max(tops[i] + card.height for i, card in enumerate(own)))


def _lefts(net: Net, cards: Sequence[Card], tops: list[float]) -> tuple[list[float], float]:
    """Return where each column begins, and where the last ends: more room where edges climb."""
    lefts: list[float] = []
    x = 0.0
    for found in net.columns:
        lefts.append(x)
        climbing = sum(
            abs(tops[o] + there - tops[n] - here) > 2 * STEP
            for n in found
            for o, there, here in net.right[n]
        )
        x += max((cards[n].width for n in found if not net.is_bend(n)), default=0)
        end = x
        x += min(BETWEEN + _EACH * max(0, climbing - _EASY), _MOST)
    return lefts, end


def _parts(count: int, arrows: Sequence[Arrow]) -> Iterator[list[int]]:
    """Yield the cards that edges join, in the order of the first of each."""
    joined: list[list[int]] = [[] for _ in range(count)]
    for arrow in arrows:
        joined[arrow.source].append(arrow.target)
        joined[arrow.target].append(arrow.source)
    seen = [False] * count
    for first in range(count):
        if seen[first]:
            continue
        seen[first] = True
        part = [first]
        for card in part:  # Grows while it is walked.
            for other in joined[card]:
                if not seen[other]:
                    seen[other] = True
                    part.append(other)
        yield sorted(part)


def _round(value: float) -> int:
    return round(value / STEP) * int(STEP)
