"""What a run from some nodes on is made of, and which ports feed it."""

from dataclasses import replace

from summit_studio.document.model import BYPASSED, Document, Edge, Node, PortRef
from summit_studio.planning.pins import begun_at

EDGES = (
    "a.rows -> b.rows",
    "a.rows -> lone.rows",
    "b.rows -> lone.more",
    "b.rows -> c.rows",
    "c.rows -> join.left",
    "side.rows -> join.right",
    "join.rows -> out.rows",
)


def test_a_run_from_a_node_takes_what_follows_and_begins_at_all_that_feeds_that():
    document = Document(
        nodes={i: Node(i, "any") for i in ("a", "lone", "b", "c", "side", "join", "out")},
        edges=tuple(map(Edge.parse, EDGES)),
    )
    left, ports = begun_at(document, ["c"])
    assert set(left.nodes) == {"b", "c", "side", "join", "out"}
    assert ports == (PortRef("b", "rows"), PortRef("side", "rows"))
    # A bypassed node has no rows of its own: the run begins before it; its other branch stays out.
    nodes = {**document.nodes, "b": replace(document.nodes["b"], state=BYPASSED)}
    left, ports = begun_at(replace(document, nodes=nodes), ["c"])
    assert set(left.nodes) == {"a", "b", "c", "side", "join", "out"}
    assert ports == (PortRef("a", "rows"), PortRef("side", "rows"))
