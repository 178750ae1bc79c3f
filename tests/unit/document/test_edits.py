"""Edits one by one: what they refuse, what they take back, and which of them become one."""

import pytest

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    MoveNodes,
    RemoveEdge,
    RemoveNode,
    RestoreEdges,
    SetNote,
    SetParams,
    SetProperties,
    SetStates,
    SetTitle,
    removal,
)
from summit_studio.document.model import Document, Edge, Layout, Node, Note, Parameter
from summit_studio.document.text import dump

EDGES = tuple(map(Edge.parse, ("a.rows -> b.rows", "b.kept -> c.rows", "a.rejected -> c.rows")))
BOX, OTHER_BOX = (1, 2, 30, 40), (5, 6, 70, 80)
DOC = Document(
    "Orders",
    nodes={i: Node(i, "filter", {"condition": "x"}, i.upper()) for i in "abc"},
    edges=EDGES,
    notes={"n": Note("n", "Why", {"x-by": "me"}), "m": Note("m", "When")},
    layout=Layout({"a": (0, 0), "b": (10, 0), "c": (20, 0)}, {"n": BOX, "m": OTHER_BOX}),
)


def typed(node_id: str, field: str | None, value: str) -> SetParams:
    return SetParams(node_id, {"condition": value}, field)


APART = {
    "typing in two fields": (typed("a", "condition", "1"), typed("a", "limit", "2")),
    "typing in two nodes": (typed("a", "condition", "1"), typed("b", "condition", "2")),
    "params set as a whole": (typed("a", None, "1"), typed("a", None, "2")),
    "a field, then params as a whole": (typed("a", "condition", "1"), typed("a", None, "2")),
    "titles of two nodes": (SetTitle("a", "1"), SetTitle("b", "2")),
    "a title, then params": (SetTitle("a", "1"), typed("a", "condition", "2")),
    "two states of one node": (SetStates({"a": "disabled"}), SetStates({"a": "bypassed"})),
    "moves of two nodes": (MoveNodes({"a": (1, 1)}), MoveNodes({"b": (2, 2)})),
    "a move of one, then of two": (
        MoveNodes({"a": (1, 1)}), MoveNodes({"a": (2, 2), "b": (2, 2)}),
    ),
    "two notes": (SetNote("n", "1", BOX), SetNote("m", "2", BOX)),
    "a moved note, then its text alone": (SetNote("n", "1", OTHER_BOX), SetNote("n", "2")),
    "a note, then its end": (SetNote("n", "1", BOX), SetNote("n", None)),
    "two properties": (SetProperties(name="1"), SetProperties(mode="elt")),
}  # fmt: skip


@pytest.mark.parametrize("what", APART)
def test_what_belongs_apart_stays_apart(what):
    first, later = APART[what]
    assert first.merge(later) is None


TOGETHER = {
    "typing in one field": (typed("a", "condition", "1"), typed("a", "condition", "2")),
    "typing a title": (SetTitle("a", "1"), SetTitle("a", "2")),
    "dragging": (MoveNodes({"a": (1, 1)}), MoveNodes({"a": (2, 2)})),
    "dragging a note": (SetNote("n", "1", BOX), SetNote("n", "1", OTHER_BOX)),
}


@pytest.mark.parametrize("what", TOGETHER)
def test_one_edit_does_what_both_did(what):
    first, later = TOGETHER[what]
    merged = first.merge(later)
    assert merged is not None
    assert dump(merged.apply(DOC)) == dump(later.apply(first.apply(DOC)))
    assert dump(first.inverse(DOC).apply(merged.apply(DOC))) == dump(DOC)


REFUSED = {
    "a second node of one id": AddNode(Node("a", "filter")),
    "an edge that is there": AddEdge(EDGES[0]),
    "an edge from nowhere": AddEdge(Edge.parse("z.rows -> a.rows")),
    "an edge to nowhere": AddEdge(Edge.parse("a.rows -> z.rows")),
    "removing an absent edge": RemoveEdge(Edge.parse("c.kept -> a.rows")),
    "removing a node that edges touch": RemoveNode("b"),
    "removing an absent node": RemoveNode("z"),
    "params of an absent node": typed("z", "condition", "1"),
    "a state of an absent node": SetStates({"a": "disabled", "z": "disabled"}),
    "moving an absent node": MoveNodes({"z": (1, 1)}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_fit_is_refused(what):
    with pytest.raises(InvalidDocument) as caught:
        REFUSED[what].apply(DOC)
    assert caught.value.code == "edit_misfit"


BACK = {
    "the first edge": RemoveEdge(EDGES[0]),
    "a node in the middle": removal(DOC, ["b"]),
    "the first note": SetNote("n", None),
    "a note's text and place": SetNote("n", "x", OTHER_BOX),
    "a note's extra keys": SetNote("n", "x", None, extra={}),
    "states of several nodes": SetStates({"a": "disabled", "c": "bypassed"}),
    "a place": MoveNodes({"b": None}),
    "a node that is added": AddNode(Node("d", "filter"), (1, 1)),
    "properties": SetProperties("x", "elt", {"verify": "counts"}, {"day": Parameter("day")}),
    "edges as a whole": RestoreEdges(EDGES[:1]),
    "steps that build on each other": Compound(
        "Both", (AddNode(Node("d", "filter")), AddEdge(Edge.parse("c.kept -> d.rows"))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BACK)
def test_the_inverse_gives_back_the_very_text(what):
    edit = BACK[what]
    changed = edit.apply(DOC)
    assert dump(changed) != dump(DOC)
    assert dump(edit.inverse(DOC).apply(changed)) == dump(DOC)


def test_a_removal_takes_the_edges_on_both_sides_along():
    after = removal(DOC, ["b"]).apply(DOC)
    assert list(after.nodes) == ["a", "c"]
    assert after.edges == (EDGES[2],)
    assert "b" not in after.layout.nodes


def test_a_note_keeps_its_place_and_extra_keys_where_none_are_told():
    after = SetNote("n", "New").apply(DOC)
    assert after.notes["n"] == Note("n", "New", {"x-by": "me"})
    assert after.layout.notes["n"] == BOX
