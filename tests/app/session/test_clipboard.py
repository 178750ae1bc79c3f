import json

import pytest

from summit_studio.app.session.clipboard import copied, is_nodes, pasted
from summit_studio.app.session.selection import Selection
from summit_studio.core.errors import InvalidDocument
from summit_studio.document.model import Document, Edge, Layout, Node

DOCUMENT = Document(
    nodes={
        "orders": Node("orders", "read", {"path": "orders.csv"}, extra={"colour": "red"}),
        "clean": Node("clean", "filter", {"condition": "id > 1"}, "Clean", state="disabled"),
        "out": Node("out", "write"),
    },
    edges=(Edge.parse("orders.rows -> clean.rows"), Edge.parse("clean.kept -> out.rows")),
    layout=Layout({"orders": (0, 0), "clean": (200, 50), "out": (400, 0)}),
)


def test_a_copy_has_new_ids_its_own_edges_and_no_neighbours():
    text = copied(DOCUMENT, Selection(("orders", "clean")))
    assert is_nodes(text)
    found = pasted(DOCUMENT, text, (1000, 500))
    edit, ids = found.edit, found.added.nodes
    after = edit.apply(DOCUMENT)
    assert ids == ("orders_2", "clean_2")
    assert after.nodes["orders_2"].params == {"path": "orders.csv"}
    assert after.nodes["orders_2"].extra == {"colour": "red"}
    assert after.nodes["clean_2"].title == "Clean"
    assert after.nodes["clean_2"].state == "disabled"
    assert after.edges[2:] == (Edge.parse("orders_2.rows -> clean_2.rows"),)
    assert after.layout.nodes["orders_2"] == (1000, 500)
    assert after.layout.nodes["clean_2"] == (1200, 550)
    assert edit.inverse(DOCUMENT).apply(after) == DOCUMENT


def test_paste_into_another_document_keeps_ids():
    found = pasted(Document(), copied(DOCUMENT, Selection(("clean",))), (0, 0))
    assert found.added.nodes == ("clean",)
    assert found.edit.apply(Document()).edges == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{}",
        "[1, 2]",
        json.dumps({"kind": "summit-studio/nodes", "nodes": [], "edges": [], "places": {}}),
        json.dumps({"kind": "summit-studio/nodes", "nodes": [{"id": "1 bad", "type": "x"}]}),
        json.dumps(
            {
                "kind": "summit-studio/nodes",
                "nodes": [{"id": "a", "type": "x"}, {"id": "a", "type": "x"}],
                "edges": [],
                "places": {"a": [0, 0]},
            }
        ),
        "[" * 200_000,
    ],
)
def test_anything_else_is_refused_with_words(text):
    with pytest.raises(InvalidDocument, match="Cannot paste"):
        pasted(DOCUMENT, text, (0, 0))


def test_an_edge_to_a_node_outside_is_dropped():
    raw = json.loads(copied(DOCUMENT, Selection(("clean",))))
    raw["edges"].append("orders.rows -> clean.rows")
    edit = pasted(DOCUMENT, json.dumps(raw), (0, 0)).edit
    assert edit.apply(DOCUMENT).edges == DOCUMENT.edges


def test_a_copy_of_a_copy_is_numbered_on():
    nodes = {i: Node(i, "sort") for i in ("sort", "sort_2", "year_2024")}
    document = Document(nodes=nodes)
    text = copied(document, Selection(("sort_2", "year_2024")))
    found = pasted(document, text, (0, 0))
    assert found.added.nodes == ("sort_3", "year_2024_2")
