"""The edit that deletes what is selected."""

from collections.abc import Iterator

from summit_studio.app.look.words import tr
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import Compound, RemoveEdge, SetNote, removal
from summit_studio.document.healing import healing
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Document


def deletion(document: Document, chosen: Selection, *, heal: bool = True) -> Compound | None:
    """Return the edit that deletes what is selected; None where that is nothing.

    What a frame holds stays when the frame goes.

    Args:
        document: What it is in.
        chosen: What is selected.
        heal: Close the gap that a node leaves in a chain.
    """
    remove = healing if heal else removal
    edit = remove(document, chosen.nodes, chosen.edges)
    notes = tuple(SetNote(i, None) for i in chosen.notes if i in document.notes)
    frames = tuple(
        SetInLayout("frames", i, None) for i in chosen.frames if i in document.layout.frames
    )
    bends = tuple(_unbent(document, chosen, edit))
    if not notes and not frames:
        return _with_bends(edit, bends)
    count = len(notes) + len(frames) + len(chosen.nodes)
    mixed = sum(map(bool, (chosen.nodes, notes, frames))) > 1
    one, some = (
        (tr("item"), tr("items"))
        if mixed
        else (tr("note"), tr("notes"))
        if notes
        else (tr("frame"), tr("frames"))
    )
    noun = one if count == 1 else some
    label = (
        tr("Delete {noun}", noun=noun)
        if count == 1
        else tr("Delete {count} {noun}", count=count, noun=noun)
    )
    return Compound(label, (*edit.edits, *notes, *frames, *bends))


def _unbent(document: Document, chosen: Selection, edit: Compound) -> Iterator[SetInLayout]:
    """Yield the edits that take bends off edges which stay."""
    gone = {e.edge for e in edit.edits if isinstance(e, RemoveEdge)}
    for edge, bends in document.layout.edges.items():
        numbers = {b.number for b in chosen.bends if b.edge == edge}
        if numbers and edge not in gone:
            left = tuple(place for n, place in enumerate(bends) if n not in numbers)
            yield SetInLayout("edges", edge, left or None)


def _with_bends(edit: Compound, bends: tuple[SetInLayout, ...]) -> Compound | None:
    if edit.edits:
        return Compound(edit.label, (*edit.edits, *bends)) if bends else edit
    return Compound(tr("Take bends off"), bends) if bends else None
