"""What a difference says."""

from dataclasses import replace

from summit_studio.document.diff import describe, diff
from summit_studio.document.model import Document, Edge, Layout, Node

A = Document(
    "Orders",
    nodes={"a": Node("a", "csv_source", {"path": "x.csv", "n": 1}), "b": Node("b", "filter")},
    edges=(Edge.parse("a.rows -> b.rows"),),
    layout=Layout({"a": (0, 0)}),
)


def test_every_change_is_one_sentence():
    b = replace(
        A,
        mode="elt",
        nodes={
            "a": Node("a", "csv_source", {"path": "y.csv", "n": True, "new": [1]}, "Orders"),
            "c": Node("c", "sort"),
        },
        edges=(Edge.parse("a.rows -> c.rows"),),
        settings={"errors": {"strategy": "skip"}},
    )
    assert describe(diff(A, b)) == [
        "Added node 'c' (sort).",
        "Removed node 'b' (filter).",
        "Changed param 'path' of node 'a' from 'x.csv' to 'y.csv'.",
        "Changed param 'n' of node 'a' from 1 to True.",
        "Set param 'new' of node 'a' to [1].",
        "Set the title of node 'a' to 'Orders'.",
        "Connected a.rows -> c.rows.",
        "Disconnected a.rows -> b.rows.",
        "Changed the pipeline's mode from 'etl' to 'elt'.",
        "Set the pipeline's setting 'errors' to {'strategy': 'skip'}.",
    ]


def test_a_moved_box_is_layout_only():
    found = diff(A, replace(A, layout=Layout({"a": (5, 0)})))
    assert found.layout_only
    assert describe(found) == ["Moved boxes on the canvas."]


def test_another_order_is_no_change_of_meaning():
    found = diff(A, replace(A, nodes=dict(reversed(A.nodes.items()))))
    assert found.order_changed
    assert not found.layout_only
    assert not found.empty


def test_an_edge_that_stands_twice_counts_twice():
    twice = replace(A, edges=A.edges * 2)
    assert diff(A, twice).edges_added == A.edges
    assert diff(twice, A).edges_removed == A.edges
