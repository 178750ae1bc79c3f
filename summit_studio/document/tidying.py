"""Tidying up: one edit that moves nodes to tidy places, and their notes with them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from summit_studio.document.arrange import arrange, part
from summit_studio.document.edits import Compound, Edit, MoveNodes, SetNote
from summit_studio.document.layered.cards import Card
from summit_studio.document.layered.drawing import BETWEEN
from summit_studio.document.model import Document, Point

_NEAR = 96
"""A note this near to a card belongs to it: both get one place."""

_WITH = 400
"""A note further off than this from every card stays where it is."""

_BESIDE = 48
_GRID = 8

Box = tuple[int, int, int, int]
"""x, y, width and height."""


def tidied(
    document: Document,
    cards: Mapping[str, Card],
    places: Mapping[str, Point],
    chosen: Collection[str] = (),
    held: str | None = None,
) -> Edit | None:
    """Return the edit that tidies up, or None where nothing would move.

    Args:
        document: What to tidy.
        cards: How large every node is and where its ports stand.
        places: Where every node stands now.
        chosen: The nodes to move; none for all. Nodes not chosen stay, and are not covered.
        held: A node that stays where it is, as people look at it; by default the middle stays.
    """
    moving = [i for i in document.nodes if not chosen or i in chosen]
    boxes = {i: _box(places[i], cards[i]) for i in document.nodes}
    belongs = _belonging(document.layout.notes, boxes, document.notes)
    corners: dict[str, Point] = {}
    sheets: dict[str, Card] = {}
    for node_id in moving:
        beside = [
            document.layout.notes[n] for n, (i, near) in belongs.items() if near and i == node_id
        ]
        sheets[node_id], corners[node_id] = _with_notes(cards[node_id], boxes[node_id], beside)
    present = {i: (boxes[i][0] - corners[i][0], boxes[i][1] - corners[i][1]) for i in moving}
    found = arrange(part(document, moving), sheets, present)
    tops = {i: (x + corners[i][0], y + corners[i][1]) for i, (x, y) in found.items()}
    across, down = _offset(tops, places, held)
    own = [_box((x + across, y + down), cards[i]) for i, (x, y) in tops.items()]
    down += _clear(own, [boxes[i] for i in document.nodes if i not in tops])
    after = {i: (x + across, y + down) for i, (x, y) in tops.items()}
    moved = {i: place for i, place in after.items() if place != document.layout.nodes.get(i)}
    if not moved:
        return None
    stand = boxes | {i: _box(after[i], cards[i]) for i in moved}
    notes = tuple(_notes(document, belongs, boxes, stand))
    return Compound("Tidy up", (MoveNodes(moved), *notes))


def _notes(
    document: Document,
    belongs: Mapping[str, tuple[str, bool]],
    before: Mapping[str, Box],
    after: Mapping[str, Box],
) -> Iterator[SetNote]:
    """Yield the moves of notes whose nodes move; one that covered no card covers none after."""
    for note_id, (node_id, has_room) in belongs.items():
        sheet = document.layout.notes[note_id]
        dx, dy = (after[node_id][k] - before[node_id][k] for k in (0, 1))
        moved = (sheet[0] + dx, sheet[1] + dy, sheet[2], sheet[3])
        if not has_room and all(_apart(sheet, box) for box in before.values()):
            moved = (moved[0], moved[1] + _clear([moved], after.values(), _GRID), *moved[2:])
        if moved != sheet:
            yield SetNote(note_id, document.notes[note_id].text, moved)


def _box(place: Point, card: Card) -> Box:
    return (*place, card.width, card.height)


def _belonging(
    sheets: Mapping[str, Box], boxes: Mapping[str, Box], notes: Collection[str]
) -> dict[str, tuple[str, bool]]:
    """Return for each note the card that it belongs to, and whether both get one place.

    One that lies beneath cards, or is much wider than a card, goes along and takes no room.
    """
    found: dict[str, tuple[str, bool]] = {}
    for note_id, sheet in sheets.items():
        if note_id not in notes or not boxes:
            continue
        away = {i: _apart(sheet, box) for i, box in boxes.items()}
        nearest = min(away, key=away.__getitem__)
        if away[nearest] <= _WITH:
            narrow = sheet[2] <= boxes[nearest][2] + BETWEEN
            found[note_id] = nearest, narrow and 0 < away[nearest] <= _NEAR
    return found


def _apart(one: Box, other: Box) -> int:
    """Return how far two boxes are apart, across and down together; 0 where they overlap."""
    across = max(one[0] - other[0] - other[2], other[0] - one[0] - one[2], 0)
    down = max(one[1] - other[1] - other[3], other[1] - one[1] - one[3], 0)
    return across + down


def _with_notes(card: Card, box: Box, notes: Iterable[Box]) -> tuple[Card, Point]:
    """Return a card that has room for notes too, and where in it the card itself begins."""
    all_boxes = [box, *notes]
    left, top = min(b[0] for b in all_boxes), min(b[1] for b in all_boxes)
    right, bottom = max(b[0] + b[2] for b in all_boxes), max(b[1] + b[3] for b in all_boxes)
    down = box[1] - top
    grown = replace(
        card,
        width=right - left,
        height=bottom - top,
        inputs={name: y + down for name, y in card.inputs.items()},
        outputs={name: y + down for name, y in card.outputs.items()},
    )
    return grown, (box[0] - left, down)


def _offset(tops: Mapping[str, Point], places: Mapping[str, Point], held: str | None) -> Point:
    """Return how far to move all, so that one node stays, or else their middle."""
    if held is not None and held in tops:
        return places[held][0] - tops[held][0], places[held][1] - tops[held][1]
    across = sum(places[i][0] - x for i, (x, _) in tops.items()) / max(1, len(tops))
    down = sum(places[i][1] - y for i, (_, y) in tops.items()) / max(1, len(tops))
    return round(across / _GRID) * _GRID, round(down / _GRID) * _GRID


def _clear(own: Collection[Box], others: Collection[Box], beside: int = _BESIDE) -> int:
    """Return how far down, or up, boxes must go to stand clear of others: as little as they can."""
    steps = {0}
    for mine in own:
        for box in others:
            if _across(mine, box, beside):
                down, up = box[1] + box[3] + beside - mine[1], box[1] - mine[3] - beside - mine[1]
                steps |= {-(-down // _GRID) * _GRID, up // _GRID * _GRID}
    for step in sorted(steps, key=abs):
        moved = [(x, y + step, w, h) for x, y, w, h in own]
        if not any(_touch(mine, box, beside // 2) for mine in moved for box in others):
            return step
    return 0


def _across(one: Box, other: Box, near: int) -> bool:
    """Return True if two boxes stand above each other, or nearly."""
    return one[0] < other[0] + other[2] + near and other[0] < one[0] + one[2] + near


def _touch(one: Box, other: Box, near: int) -> bool:
    """Return True if two boxes overlap, or nearly."""
    level = one[1] < other[1] + other[3] + near and other[1] < one[1] + one[3] + near
    return level and _across(one, other, near)
