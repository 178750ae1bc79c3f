"""The edit that deletes what is selected."""

from summit_studio.app.look.words import tr
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import Compound, SetNote, removal
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
    if not notes and not frames:
        return edit if edit.edits else None
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
    return Compound(label, (*edit.edits, *notes, *frames))
