import random

import pytest

from summit_studio.document.healing import healing
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.document.text import dump


def pipeline(*edges: str) -> Document:
    found = tuple(map(Edge.parse, edges))
    ids = dict.fromkeys(r.node for e in found for r in (e.source, e.target))
    return Document(
        nodes={i: Node(i, "filter") for i in ids},
        edges=found,
        layout=Layout({i: (n * 280, 0) for n, i in enumerate(ids)}),
    )


def left(document: Document, *gone: str, edges: tuple[str, ...] = ()) -> list[str]:
    edit = healing(document, gone, [Edge.parse(e) for e in edges])
    after = edit.apply(document)
    assert dump(edit.inverse(document).apply(after)) == dump(document)
    assert not set(gone) & after.nodes.keys()
    return [str(e) for e in after.edges]


CHAIN = pipeline("a.rows -> b.rows", "b.kept -> c.rows", "c.rows -> d.rows")


def test_what_stood_before_feeds_what_stood_behind():
    assert left(CHAIN, "b") == ["a.rows -> c.rows", "c.rows -> d.rows"]


def test_a_run_of_nodes_leaves_one_gap_that_is_closed():
    assert left(CHAIN, "b", "c") == ["a.rows -> d.rows"]
    assert left(CHAIN, "c", "b", edges=("b.kept -> c.rows",)) == ["a.rows -> d.rows"]


def test_ends_of_a_chain_leave_no_gap():
    assert left(CHAIN, "a") == ["b.kept -> c.rows", "c.rows -> d.rows"]
    assert left(CHAIN, "d") == ["a.rows -> b.rows", "b.kept -> c.rows"]


def test_an_edge_that_is_to_go_is_not_healed_over():
    assert left(CHAIN, "b", edges=("a.rows -> b.rows",)) == ["c.rows -> d.rows"]


def test_all_that_one_port_fed_is_fed_and_what_was_rejected_is_not():
    document = pipeline(
        "a.rows -> b.rows", "b.kept -> c.rows", "b.rejected -> bad.rows", "b.kept -> d.rows"
    )
    assert left(document, "b") == ["a.rows -> c.rows", "a.rows -> d.rows"]


@pytest.mark.parametrize(
    "edges",
    [
        ("a.rows -> j.left", "b.rows -> j.right", "j.rows -> c.rows"),
        ("a.rows -> j.rows", "j.kept -> b.rows", "j.dropped -> c.rows"),
    ],
    ids=["two inputs", "two outputs"],
)
def test_where_nobody_could_say_what_is_meant_the_gap_stays(edges):
    assert left(pipeline(*edges), "j") == []


def test_a_healed_edge_stands_where_the_other_stood():
    document = pipeline("a.rows -> b.rows", "b.kept -> u.rows", "x.rows -> u.rows")
    assert left(document, "b") == ["a.rows -> u.rows", "x.rows -> u.rows"]


def test_an_edge_that_is_there_already_is_not_made_twice():
    document = pipeline("a.rows -> b.rows", "a.rows -> u.rows", "b.kept -> u.rows")
    assert left(document, "b") == ["a.rows -> u.rows"]


def test_a_circle_in_a_file_heals_into_no_loop():
    document = pipeline("a.rows -> b.rows", "b.kept -> a.rows", "a.rows -> c.rows")
    assert "a.rows -> a.rows" not in left(document, "b")


def test_it_is_taken_back_exactly_whatever_the_graph():
    rng = random.Random(5)
    for _ in range(60):
        ids = [f"n{i}" for i in range(8)]
        ports = ["rows", "kept", "rejected"]
        edges = dict.fromkeys(
            f"{a}.{rng.choice(ports)} -> {b}.rows"
            for a, b in (rng.sample(ids, 2) for _ in range(10))
        )
        document = pipeline(*edges)
        gone = rng.sample(list(document.nodes), rng.randint(1, 3))
        left(document, *gone, edges=tuple(rng.sample(list(edges), 1)))
