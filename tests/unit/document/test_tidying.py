"""Tidying up: what was chosen moves, what was not is not covered, notes go along, undo is exact."""

from dataclasses import replace

from summit_studio.document.edits import Compound, Edit
from summit_studio.document.layered.cards import Card
from summit_studio.document.model import Box, Document, Edge, Frame, Layout, Node, Note
from summit_studio.document.tidying import tidied

PLACES = {"a": (500, 900), "b": (0, 400), "c": (40, 420), "d": (0, 1000)}


def document(**notes: tuple[int, int, int, int]) -> Document:
    """Return a, b, c and d in a row, drawn one over the other."""
    return Document(
        nodes={i: Node(i, "t") for i in PLACES},
        edges=tuple(Edge.parse(f"{a}.rows -> {b}.rows") for a, b in ("ab", "bc", "cd")),
        notes={i: Note(i, "Look") for i in notes},
        layout=Layout(PLACES, notes),
    )


def tidy(doc: Document, *chosen: str, held: str | None = None) -> Edit | None:
    """Return the edit that tidies up a document."""
    cards = {i: Card(inputs={"rows": 32}, outputs={"rows": 32}) for i in doc.nodes}
    return tidied(doc, cards, {**PLACES, **doc.layout.nodes}, chosen, held)


def after(doc: Document, edit: Edit | None) -> Document:
    """Return the document after an edit that there must be."""
    assert edit is not None
    return edit.apply(doc)


def test_all_stand_in_a_row_and_the_node_looked_at_stays():
    doc = document()
    edit = tidy(doc, held="b")
    places = after(doc, edit).layout.nodes
    assert places == {"a": (-280, 400), "b": (0, 400), "c": (280, 400), "d": (560, 400)}
    assert isinstance(edit, Compound)
    assert edit.label == "Tidy up"
    assert edit.inverse(doc).apply(edit.apply(doc)) == doc


def test_what_is_tidy_is_left_alone():
    doc = document()
    once = after(doc, tidy(doc, held="b"))
    assert tidy(once, held="c") is None
    assert tidy(once) is None
    assert tidy(Document()) is None


def test_the_chosen_move_and_cover_none_of_the_others():
    doc = document()
    doc = replace(doc, layout=Layout({**PLACES, "d": (280, 400)}))
    places = after(doc, tidy(doc, "a", "b", "c", held="b")).layout.nodes
    assert places["d"] == (280, 400)
    assert len({places[i][1] for i in "abc"}) == 1
    for node_id in "abc":
        x, y = places[node_id]
        assert abs(x - 280) >= 208 + 24 or abs(y - 400) >= 64 + 24, node_id


def test_a_note_goes_with_the_card_it_stands_beside_and_has_room():
    doc = document(remark=(500, 780, 200, 100), far=(5000, 5000, 200, 100))
    done = after(doc, tidy(doc, held="b"))
    (x, y), (left, top, width, height) = done.layout.nodes["a"], done.layout.notes["remark"]
    assert (left - x, top - y, width, height) == (0, -120, 200, 100)
    assert done.layout.notes["far"] == (5000, 5000, 200, 100)
    assert done.notes == doc.notes
    # Without room for it, another branch would stand where the note is.
    doc = replace(
        doc,
        edges=(*doc.edges, Edge.parse("e.rows -> b.rows")),
        nodes={**doc.nodes, "e": Node("e", "t")},
        layout=Layout({**PLACES, "e": (500, 700)}, {"remark": (500, 780, 200, 100)}),
    )
    done = after(doc, tidy(doc, held="a"))
    note, (x, y) = done.layout.notes["remark"], done.layout.nodes["e"]
    assert y + 64 <= note[1] or y >= note[1] + note[3] or abs(x - note[0]) >= 208
    undone = tidy(doc, held="a").inverse(doc).apply(done)
    assert undone == doc


def test_a_broad_note_goes_along_and_neither_widens_a_column_nor_covers_a_card():
    doc = document(head=(-60, 300, 700, 60))
    done = after(doc, tidy(doc, held="b"))
    xs = [done.layout.nodes[i][0] for i in "abcd"]
    assert xs == [-280, 0, 280, 560]
    x, y, width, height = done.layout.notes["head"]
    assert (x, width, height) == (-60, 700, 60)
    assert y + height <= 400
    # Edges of another row would else run beneath it.
    doc = replace(
        doc,
        nodes={**doc.nodes, "e": Node("e", "t")},
        edges=(*doc.edges, Edge.parse("e.rows -> c.rows")),
        layout=Layout({**PLACES, "e": (0, 100)}, doc.layout.notes),
    )
    done = after(doc, tidy(doc, held="b"))
    x, y, width, height = done.layout.notes["head"]
    for left, top in done.layout.nodes.values():
        assert left >= x + width or left + 208 <= x or top >= y + height or top + 64 <= y


def test_a_node_without_a_place_gets_one():
    doc = document()
    doc = replace(doc, layout=Layout({i: p for i, p in PLACES.items() if i != "c"}))
    assert after(doc, tidy(doc, held="b")).layout.nodes["c"] == (280, 400)


def box_of(doc: Document, node_id: str) -> Box:
    """Return the box of a card."""
    return (*doc.layout.nodes[node_id], Card().width, Card().height)


def overlap(one: Box, other: Box) -> bool:
    """Return True if two boxes have something in common."""
    across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def framed(*, collapsed: bool = False) -> Document:
    """Return the row with its ends in one frame, so that rows leave it and come back."""
    doc = document(why=(520, 840, 100, 40))
    frame = Frame((400, 700, 600, 500), "Ends", nodes=("a", "d"), notes=("why",))
    frames = {"f": replace(frame, collapsed=collapsed)}
    return replace(doc, layout=replace(doc.layout, frames=frames))


def test_a_frame_is_laid_out_within_and_covers_no_card_that_is_not_its_own():
    doc = framed()
    edit = tidy(doc)
    tidied_up = after(doc, edit)
    frame = tidied_up.layout.frames["f"].box
    assert all(overlap(frame, box_of(tidied_up, i)) for i in "ad")
    assert not any(overlap(frame, box_of(tidied_up, i)) for i in "bc")
    for node_id in "ad":
        x, y, width, height = box_of(tidied_up, node_id)
        assert frame[0] < x < x + width < frame[0] + frame[2]
        assert frame[1] < y < y + height < frame[1] + frame[3]
    x, y, *_ = tidied_up.layout.notes["why"]
    assert frame[0] <= x < frame[0] + frame[2]
    assert frame[1] <= y < frame[1] + frame[3]
    assert edit is not None
    assert edit.inverse(doc).apply(tidied_up) == doc


def test_a_collapsed_frame_takes_the_room_of_its_card():
    doc = framed(collapsed=True)
    tidied_up = after(doc, tidy(doc))
    frame = tidied_up.layout.frames["f"]
    bar = (*frame.box[:2], Card().width, Card().height)
    assert not any(overlap(bar, box_of(tidied_up, i)) for i in "bc")
    assert frame.collapsed


def test_nodes_chosen_within_a_frame_move_there_and_the_frame_fits_them():
    doc = framed()
    frames = {"f": replace(doc.layout.frames["f"], nodes=("a", "b", "c"))}
    doc = replace(doc, layout=replace(doc.layout, frames=frames))
    tidied_up = after(doc, tidy(doc, "b", "c"))
    assert tidied_up.layout.nodes["a"] == PLACES["a"]
    frame = tidied_up.layout.frames["f"].box
    for node_id in "abc":
        x, y, width, height = box_of(tidied_up, node_id)
        assert frame[0] < x < x + width < frame[0] + frame[2]
        assert frame[1] < y < y + height < frame[1] + frame[3]


def test_a_frame_goes_as_a_whole_with_a_chosen_node_of_it_and_one_of_none():
    doc = framed()
    tidied_up = after(doc, tidy(doc, "a", "b"))
    assert not overlap(tidied_up.layout.frames["f"].box, box_of(tidied_up, "b"))
    assert not overlap(tidied_up.layout.frames["f"].box, box_of(tidied_up, "c"))
    assert tidied_up.layout.nodes["c"] == PLACES["c"]
