"""Tidying up: one edit that moves nodes to tidy places, their notes and frames with them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from summit_studio.document.arrange import arrange
from summit_studio.document.edits import Compound, Edit, MoveNodes, SetNote
from summit_studio.document.framing import around, homes, members, note_homes
from summit_studio.document.layered.cards import HEIGHT, WIDTH, Card
from summit_studio.document.layered.drawing import BETWEEN
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Box, Document, Point
from summit_studio.document.tidying_frames import Group, group, key, moved_by, outer

_NEAR = 96
"""A note this near to a card belongs to it: both get one place."""

_WITH = 400
"""A note further off than this from every card stays where it is."""

_BESIDE = 48
_GRID = 8


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
    moving, whole = moved_by(document, chosen)
    boxes = {i: _box(places[i], cards[i]) for i in document.nodes}
    belongs = _belonging(document, boxes)
    sheets = {
        i: _with_notes(cards[i], boxes[i], _beside(document, belongs, i, near=True)) for i in moving
    }
    along = {i: _beside(document, belongs, i, near=False) for i in moving}
    groups = {i: group(document, i, cards, sheets, boxes, along) for i in whole}
    tops, stand = _found(document, moving, sheets, boxes, groups)
    across, down = _offset(tops, places, held)
    stand = {i: _moved(box, across, down) for i, box in stand.items()}
    own = [_box((x + across, y + down), cards[i]) for i, (x, y) in tops.items()]
    own += [_taken(groups[i], box) for i, box in stand.items()]
    aside = _clear(own, _others(document, tops, boxes, groups))
    after = {i: (x + across, y + down + aside) for i, (x, y) in tops.items()}
    moved = {i: place for i, place in after.items() if place != document.layout.nodes.get(i)}
    settled = boxes | {i: _box(after[i], cards[i]) for i in moved}
    notes = list(_notes(document, belongs, boxes, settled))
    put = {i: _moved(box, 0, aside) for i, box in stand.items()}
    put |= _grown(document, tops, settled, notes, put)
    frames = document.layout.frames
    steps = [
        SetInLayout("frames", i, replace(frames[i], box=box))
        for i, box in put.items()
        if box != frames[i].box
    ]
    steps += [
        SetInLayout("edges", e, None)
        for e in document.layout.edges
        if e.source.node in moving and e.target.node in moving
    ]
    if not moved and not steps:
        return None
    return Compound("Tidy up", (MoveNodes(moved), *notes, *steps))


def _found(
    document: Document,
    moving: Collection[str],
    sheets: Mapping[str, tuple[Card, Point]],
    boxes: Mapping[str, Box],
    groups: Mapping[str, Group],
) -> tuple[dict[str, Point], dict[str, Box]]:
    """Return tidy places of the cards that move, and the boxes of frames laid out as a whole."""
    frames = document.layout.frames
    cards = {i: card for i, (card, _) in sheets.items()}
    cards |= {key(i): g.card for i, g in groups.items()}
    present = {i: (boxes[i][0] - at[0], boxes[i][1] - at[1]) for i, (_, at) in sheets.items()}
    present |= {key(i): frames[i].box[:2] for i in groups}
    found = arrange(outer(document, groups, moving), cards, present)
    tops: dict[str, Point] = {}
    stand = {i: g.box(found[key(i)]) for i, g in groups.items()}
    inside = {n: (i, at) for i, g in groups.items() for n, at in g.inside.items()}
    for node_id in moving:
        if node_id in inside:
            frame_id, (x, y) = inside[node_id]
            tops[node_id] = stand[frame_id][0] + x, stand[frame_id][1] + y
        else:
            (x, y), corner = found[node_id], sheets[node_id][1]
            tops[node_id] = x + corner[0], y + corner[1]
    return tops, stand


def _others(
    document: Document,
    moving: Collection[str],
    boxes: Mapping[str, Box],
    groups: Mapping[str, Group],
) -> list[Box]:
    """Return what must not be covered: cards that stay, and frames that hold nothing that moves."""
    found = [boxes[i] for i in document.nodes if i not in moving]
    for frame_id, frame in document.layout.frames.items():
        if frame_id not in groups and not set(frame.nodes) & set(moving):
            width, height = (WIDTH, HEIGHT) if frame.collapsed else frame.box[2:]
            found.append((*frame.box[:2], width, height))
    return found


def _taken(laid: Group, box: Box) -> Box:
    """Return what a frame takes of the canvas, open or collapsed."""
    return (*box[:2], laid.card.width, laid.card.height)


def _grown(
    document: Document,
    moving: Collection[str],
    boxes: Mapping[str, Box],
    notes: Iterable[SetNote],
    put: Mapping[str, Box],
) -> dict[str, Box]:
    """Return the boxes of frames within which some nodes moved: around all that they hold."""
    sheets = {**document.layout.notes} | {n.note_id: n.box for n in notes if n.box is not None}
    found = {}
    for frame_id in document.layout.frames:
        nodes, in_frame = members(document, frame_id)
        if frame_id not in put and set(nodes) & set(moving):
            held = [boxes[i] for i in nodes] + [sheets[i] for i in in_frame if i in sheets]
            found[frame_id] = around(held)
    return found


def _beside(
    document: Document, belongs: Mapping[str, tuple[str, bool]], node_id: str, *, near: bool
) -> list[Box]:
    """Return the notes that belong to a card and take room beside it, or do not."""
    return [
        document.layout.notes[n]
        for n, (i, room) in belongs.items()
        if room is near and i == node_id
    ]


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


def _moved(box: Box, dx: int, dy: int) -> Box:
    return box[0] + dx, box[1] + dy, box[2], box[3]


def _box(place: Point, card: Card) -> Box:
    return (*place, card.width, card.height)


def _belonging(document: Document, boxes: Mapping[str, Box]) -> dict[str, tuple[str, bool]]:
    """Return for each note the card that it belongs to, and whether both get one place.

    One that lies beneath cards, or is much wider than a card, goes along and takes no room. One in
    a frame belongs to a card of that frame, and one that is in none to a card that is in none, if
    there are any.
    """
    frames = document.layout.frames
    own, own_notes = homes(frames), note_homes(frames)
    found: dict[str, tuple[str, bool]] = {}
    for note_id, sheet in document.layout.notes.items():
        if note_id not in document.notes or not boxes:
            continue
        home = own_notes.get(note_id)
        fits = [i for i in boxes if own.get(i) == home]
        away = {i: _apart(sheet, boxes[i]) for i in fits or boxes}
        nearest = min(away, key=away.__getitem__)
        if away[nearest] <= _WITH or (home is not None and fits):
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
