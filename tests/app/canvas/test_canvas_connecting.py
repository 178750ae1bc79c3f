import pytest

from summit_studio.app.canvas.connecting import Connector, Drawing, reachable
from summit_studio.document.model import Edge, PortRef
from tests.app.canvas.conftest import StubFaces, document

PIPELINE = document(
    {
        "a": ("read", 0, 0),
        "b": ("filter", 0, 0),
        "c": ("join", 0, 0),
        "u": ("union", 0, 0),
        "w": ("write", 0, 0),
    },
    "a.rows -> b.rows",
    "b.kept -> c.left",
    "a.rows -> u.rows",
    "c.rows -> w.rows",
)


def connector(drawing: Drawing) -> Connector:
    faces = {i: StubFaces().face(n) for i, n in PIPELINE.nodes.items()}
    return Connector(PIPELINE, faces, drawing)


def ref(text: str) -> PortRef:
    return PortRef.parse(text)


def test_reachable_goes_both_ways():
    assert reachable(PIPELINE.edges, "b") == {"b", "c", "w"}
    assert reachable(PIPELINE.edges, "c", backward=True) == {"a", "b", "c"}


def test_candidates_leave_out_circles_duplicates_and_the_node_itself():
    found = {str(p) for p in connector(Drawing(ref("c.rows"))).candidates()}
    assert found == {"u.rows"}
    found = {str(p) for p in connector(Drawing(ref("b.rejected"))).candidates()}
    assert found == {"c.left", "c.right", "u.rows", "w.rows"}


@pytest.mark.parametrize(
    ("free", "word"),
    [("c.left", "itself"), ("b.rows", "circle"), ("w.rows", "already"), ("u.rows", "")],
)
def test_refusals_say_why(free, word):
    reason = connector(Drawing(ref("c.rows"))).refusal(ref(free))
    assert (word in reason) if word else reason == ""


def test_a_card_means_its_first_free_input():
    assert connector(Drawing(ref("a.rejected"))).port_of("c") == ref("c.right")
    assert connector(Drawing(ref("b.rejected"))).port_of("w") == ref("w.rows")
    assert connector(Drawing(ref("c.rows"))).port_of("a") is None


def test_a_taken_input_is_replaced_in_one_edit():
    edit = connector(Drawing(ref("a.rejected"))).edit(ref("c.left"))
    after = [str(e) for e in edit.apply(PIPELINE).edges]
    assert "a.rejected -> c.left" in after
    assert "b.kept -> c.left" not in after
    assert edit.inverse(PIPELINE).apply(edit.apply(PIPELINE)) == PIPELINE


def test_an_input_for_many_keeps_what_it_has():
    edit = connector(Drawing(ref("c.rows"))).edit(ref("u.rows"))
    after = [str(e) for e in edit.apply(PIPELINE).edges]
    assert {"a.rows -> u.rows", "c.rows -> u.rows"} <= set(after)


def test_an_edge_put_back_is_no_edit_and_elsewhere_one():
    held = Edge.parse("b.kept -> c.left")
    drawing = Drawing(held.source, replacing=held)
    assert connector(drawing).edit(ref("c.left")) is None
    after = [str(e) for e in connector(drawing).edit(ref("c.right")).apply(PIPELINE).edges]
    assert "b.kept -> c.right" in after
    assert str(held) not in after


def test_an_edge_taken_off_no_longer_counts_as_a_circle():
    held = Edge.parse("b.kept -> c.left")
    drawing = Drawing(ref("c.rows"))
    assert "circle" in connector(drawing).refusal(ref("b.rows"))
    moved = connector(Drawing(held.target, forward=False, replacing=held))
    assert moved.refusal(ref("a.rejected")) == ""
    assert moved.port_of("a") == ref("a.rows")
