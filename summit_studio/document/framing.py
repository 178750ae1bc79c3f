"""Frames: what they are made around, and which nodes and notes they hold after a move."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from summit_studio.core.ids import unique_id
from summit_studio.document.edits import Compound
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Box, Document, Frame

Section = Literal["nodes", "notes"]

SIDE = 24
"""Scene pixels between a frame and what it holds."""

TITLE = 48
"""Above what it holds there is room for its title."""

BELOW = 40
"""Beneath, for the counts of cards."""


def around(boxes: Iterable[Box]) -> Box:
    """Return the box of a frame around other boxes, of which there is one at least."""
    known = list(boxes)
    left, top = min(b[0] for b in known), min(b[1] for b in known)
    right, bottom = max(b[0] + b[2] for b in known), max(b[1] + b[3] for b in known)
    return (
        left - SIDE,
        top - TITLE,
        right - left + 2 * SIDE,
        bottom - top + TITLE + BELOW,
    )


def homes(frames: Mapping[str, Frame]) -> dict[str, str]:
    """Return by node the frame that it is in; of one that several name, the first."""
    found: dict[str, str] = {}
    for frame_id, frame in frames.items():
        for node_id in frame.nodes:
            found.setdefault(node_id, frame_id)
    return found


def note_homes(frames: Mapping[str, Frame]) -> dict[str, str]:
    """Return by note the frame that it is in."""
    found: dict[str, str] = {}
    for frame_id, frame in frames.items():
        for note_id in frame.notes:
            found.setdefault(note_id, frame_id)
    return found


def frame_at(frames: Mapping[str, Frame], box: Box) -> str | None:
    """Return the open frame that holds the middle of a box, the topmost; or None."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    found = [
        i
        for i, f in frames.items()
        if not f.collapsed
        and f.box[0] <= x <= f.box[0] + f.box[2]
        and f.box[1] <= y <= f.box[1] + f.box[3]
    ]
    return found[-1] if found else None


def joining(
    frames: Mapping[str, Frame], nodes: Mapping[str, Box], notes: Mapping[str, Box]
) -> list[SetInLayout]:
    """Return the edits that make frames hold what was moved into them, and not what left.

    What sticks out of its frame stays in it; what stands clear of it has left.

    Args:
        frames: The frames as they are.
        nodes: Where nodes stand now that were moved.
        notes: The same of notes.
    """
    after = dict(frames)
    moved: tuple[tuple[Section, Mapping[str, Box], dict[str, str]], ...] = (
        ("nodes", nodes, homes(frames)),
        ("notes", notes, note_homes(frames)),
    )
    for section, boxes, kept in moved:
        for item_id, box in boxes.items():
            own = kept.get(item_id)
            to = frame_at(frames, box)
            if own is not None and _keeps(frames[own], box, other=to):
                to = own
            if to != own:
                after = _put(after, item_id, section, to)
    return [SetInLayout("frames", i, f) for i, f in after.items() if f is not frames[i]]


def taken_out(
    frames: Mapping[str, Frame], nodes: Collection[str], notes: Collection[str]
) -> list[SetInLayout]:
    """Return the edits after which no frame holds these nodes and notes."""
    after = dict(frames)
    for item_id in nodes:
        after = _put(after, item_id, "nodes", None)
    for item_id in notes:
        after = _put(after, item_id, "notes", None)
    return [SetInLayout("frames", i, f) for i, f in after.items() if f != frames[i]]


def members(document: Document, frame_id: str) -> tuple[list[str], list[str]]:
    """Return the nodes and notes that a frame holds and the document has."""
    frames = document.layout.frames
    own, own_notes, frame = homes(frames), note_homes(frames), frames[frame_id]
    return (
        [i for i in frame.nodes if i in document.nodes and own[i] == frame_id],
        [i for i in frame.notes if i in document.notes and own_notes[i] == frame_id],
    )


def framed(
    document: Document, box: Box, nodes: Collection[str], notes: Collection[str], title: str = ""
) -> tuple[Compound, str]:
    """Return the edit that makes a frame which holds nodes and notes, and its id."""
    frames = document.layout.frames
    frame_id = unique_id("frame", frames)
    frame = Frame(box, title, nodes=tuple(nodes), notes=tuple(notes))
    steps = (*taken_out(frames, nodes, notes), SetInLayout("frames", frame_id, frame))
    return Compound("Add frame", steps), frame_id


def folded(frame_id: str, frame: Frame) -> Compound:
    """Return the edit that collapses an open frame and opens a collapsed one."""
    label = "Open frame" if frame.collapsed else "Collapse frame"
    after = replace(frame, collapsed=not frame.collapsed)
    return Compound(label, (SetInLayout("frames", frame_id, after),))


def named(frame_id: str, frame: Frame, title: str) -> Compound:
    """Return the edit that gives a frame a title."""
    return Compound("Name frame", (SetInLayout("frames", frame_id, replace(frame, title=title)),))


def _keeps(frame: Frame, box: Box, *, other: str | None) -> bool:
    """Return True of what a frame still holds: it is collapsed, or they overlap and no other does.

    Args:
        frame: What it was in.
        box: Where it stands now.
        other: The frame that its middle stands in.
    """
    if frame.collapsed or other is not None:
        return frame.collapsed
    left, top, width, height = frame.box
    across = box[0] < left + width and left < box[0] + box[2]
    return across and box[1] < top + height and top < box[1] + box[3]


def _put(
    frames: Mapping[str, Frame], item_id: str, section: Section, to: str | None
) -> dict[str, Frame]:
    """Return the frames with a node or note in one of them, or in none."""
    after = {}
    for frame_id, frame in frames.items():
        held = frame.nodes if section == "nodes" else frame.notes
        kept = tuple(i for i in held if i != item_id)
        kept = (*kept, item_id) if frame_id == to else kept
        if kept == held:
            after[frame_id] = frame
        elif section == "nodes":
            after[frame_id] = replace(frame, nodes=kept)
        else:
            after[frame_id] = replace(frame, notes=kept)
    return after
