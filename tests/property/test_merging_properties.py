"""Two who each add nodes to a pipeline, under ids given by number: all of them are there."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from summit_studio.core.ids import unique_id
from summit_studio.document.merging import change, merge
from summit_studio.document.model import Document, Edge, Layout, Node, PortRef
from summit_studio.document.text import dump, parse

TYPES = ("filter", "sort", "shop.filter")
ADDED = st.lists(
    st.tuples(st.sampled_from(TYPES), st.sampled_from([1, 1.0, True, "a"]), st.integers(0, 9)),
    max_size=5,
)
"""The type of each node, what it says, and which of those before it leads into it."""


def drawn(document: Document, added, place: int) -> Document:
    """Return a document with nodes added as the editor adds them, each behind another one."""
    for kind, said, before in added:
        node = Node(unique_id(kind.replace(".", "_"), document.nodes), kind, {"said": said})
        source = list(document.nodes)[before % len(document.nodes)]
        edge = Edge(PortRef(source, "rows"), PortRef(node.id, "rows"))
        places = {**document.layout.nodes, node.id: (place, 0)}
        document = replace(
            document,
            nodes={**document.nodes, node.id: node},
            edges=(*document.edges, edge),
            layout=replace(document.layout, nodes=places),
        )
        place += 280
    return document


def ways(document: Document, base: Document) -> dict[str, tuple]:
    """Return for each node what it says, and the ways that lead into it from what was there."""

    def way(node_id: str) -> tuple:
        if node_id in base.nodes:
            return (node_id,)
        node = document.nodes[node_id]
        into = (way(e.source.node) for e in document.edges_into(node_id))
        return (node.type, repr(node.params["said"]), *into)

    return {i: way(i) for i in document.nodes}


@given(ADDED, ADDED, ADDED)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_what_either_added_stands_in_the_merged_one_with_its_edges(old, here, there):
    source = Node("orders", "source")
    base = drawn(Document(nodes={"orders": source}, layout=Layout({"orders": (0, 0)})), old, 280)
    mine, theirs = drawn(base, here, 4000), drawn(base, there, 4000)
    found, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert found.conflicts == ()
    document = found.document
    assert all(node.id == i for i, node in document.nodes.items())
    here, there = ways(mine, base), ways(theirs, base)
    # One that both added alike, under the same id and behind the same node, is one.
    more = [way for i, way in there.items() if here.get(i) != way]
    both = Counter([*here.values(), *more])
    assert Counter(ways(document, base).values()) == both
    assert Counter(ways(other.document, base).values()) == both
    assert {e.source.node for e in document.edges} <= document.nodes.keys()
    assert {e.target.node for e in document.edges} == document.nodes.keys() - {"orders"}
    assert document.layout.nodes.keys() == document.nodes.keys()
    assert parse(dump(document)).document.nodes == document.nodes
    assert change(mine, document, "Merge").apply(mine) == document
