"""Edits of what only the layout holds: colours of notes, frames, and the bends of edges."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from summit_studio.document.model import Document, Edge, Frame, Layout, Point
from summit_studio.document.ordered import index_of, with_entry, without_entry

Section = Literal["colours", "frames", "edges"]
Value = str | Frame | tuple[Point, ...]

_LABELS = {"colours": "Colour note", "frames": "Change frame", "edges": "Bend edge"}
_GONE = {"colours": "Take colour off", "frames": "Delete frame", "edges": "Straighten edge"}


@dataclass(frozen=True, slots=True)
class SetInLayout:
    """Put one entry into a section of the layout, or with None take it out.

    Args:
        section: The section.
        key: The id of a note or a frame, or an edge.
        value: The name of a colour, a frame, or the bends that an edge runs through.
        index: Where a new entry goes in the order of its section.
    """

    section: Section
    key: str | Edge
    value: Value | None
    index: int | None = None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return (_GONE if self.value is None else _LABELS)[self.section]

    def apply(self, document: Document) -> Document:
        """Return the document with the changed section."""
        entries: Any = getattr(document.layout, self.section)
        if self.value is None:
            entries = without_entry(entries, self.key)
        else:
            entries = with_entry(entries, self.key, self.value, self.index)
        sections: dict[str, Any] = {self.section: entries}
        return replace(document, layout=replace(document.layout, **sections))

    def inverse(self, document: Document) -> "SetInLayout":
        """Return the edit that puts the entry back, where it stood."""
        entries: Any = getattr(document.layout, self.section)
        if self.key not in entries:
            return SetInLayout(self.section, self.key, None)
        at = index_of(entries, self.key)
        return SetInLayout(self.section, self.key, entries[self.key], at)

    def merge(self, later: object) -> "SetInLayout | None":
        """Return the later edit if both set the same entry."""
        if not isinstance(later, SetInLayout) or None in (self.value, later.value):
            return None
        same = (later.section, later.key) == (self.section, self.key)
        return replace(later, index=self.index) if same else None


def without_node(layout: Layout, node_id: str) -> Layout:
    """Return a layout without the place of a node; no frame holds it any more."""
    frames = {
        i: replace(f, nodes=tuple(n for n in f.nodes if n != node_id)) if node_id in f.nodes else f
        for i, f in layout.frames.items()
    }
    nodes = without_entry(layout.nodes, node_id)
    return replace(layout, nodes=nodes, frames=frames)


def without_note(layout: Layout, note_id: str) -> Layout:
    """Return a layout without the box and the colour of a note; no frame holds it any more."""
    frames = {
        i: replace(f, notes=tuple(n for n in f.notes if n != note_id)) if note_id in f.notes else f
        for i, f in layout.frames.items()
    }
    notes = without_entry(layout.notes, note_id)
    return replace(
        layout, notes=notes, frames=frames, colours=without_entry(layout.colours, note_id)
    )


def holds_node(layout: Layout, node_id: str) -> list[SetInLayout]:
    """Return the edits that put the frames back as they are that hold a node."""
    return [SetInLayout("frames", i, f) for i, f in layout.frames.items() if node_id in f.nodes]


def knows_note(layout: Layout, note_id: str) -> bool:
    """Return True if a note has a colour or is in a frame."""
    return note_id in layout.colours or any(note_id in f.notes for f in layout.frames.values())
