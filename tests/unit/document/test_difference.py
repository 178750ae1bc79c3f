from summit_studio.document.difference import differences
from summit_studio.document.model import Document, Edge, Layout, Node, Note

MINE = Document(
    name="Orders",
    nodes={"a": Node("a", "filter", {"condition": "true"}, "Paid"), "b": Node("b", "sort")},
    edges=(Edge.parse("a.kept -> b.rows"),),
    notes={"n": Note("n", "Mind this")},
    layout=Layout({"a": (0, 0)}),
)


def test_the_same_pipeline_differs_in_nothing():
    assert differences(MINE, MINE) == ()


def test_every_kind_of_difference_has_its_line():
    theirs = Document(
        name="Sales",
        settings={"retries": 3},
        nodes={"a": Node("a", "filter", {"condition": "false"}), "c": Node("c", "limit")},
        layout=Layout({"a": (8, 8)}),
    )
    assert differences(MINE, theirs) == (
        "Name: Orders here, Sales there",
        "Setting retries: nothing here, 3 there",
        "Node Paid (a), title: Paid here, nothing there",
        "Node Paid (a), condition: true here, false there",
        "Node b: only here",
        "Node c: only there",
        "Edge a.kept -> b.rows: only here",
        "Note “Mind this”: only here",
        "Places on the canvas",
    )
