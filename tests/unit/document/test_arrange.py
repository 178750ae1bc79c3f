"""Places for nodes: left to right, none on top of another, few crossings."""

from itertools import pairwise

from summit_studio.document.arrange import COLUMN, ROW, arrange, arrange_missing
from summit_studio.document.model import Document, Edge, Layout, Node


def document(ids: str, *edges: str, **places: tuple[int, int]) -> Document:
    return Document(
        nodes={i: Node(i, "t") for i in ids},
        edges=tuple(Edge.parse(f"{e[0]}.rows -> {e[1]}.rows") for e in edges),
        layout=Layout(nodes=places),
    )


def test_rows_flow_to_the_right_by_the_longest_path():
    places = arrange(document("abcd", "ab", "bc", "ac", "cd"))
    assert [places[i][0] for i in "abcd"] == [0, COLUMN, 2 * COLUMN, 3 * COLUMN]


def test_no_two_nodes_share_a_place_and_few_edges_cross():
    doc = document("abcdef", "ad", "be", "cf", "ae", "bd")
    places = arrange(doc)
    assert len(set(places.values())) == 6
    crossed = document("abxy", "ay", "bx")
    places = arrange(crossed)
    assert (places["a"][1] < places["b"][1]) == (places["y"][1] < places["x"][1])


def test_cycles_and_absent_nodes_do_no_harm():
    places = arrange(document("ab", "ab", "ba", "az", "aa"))
    assert places == {"a": (0, 0), "b": (COLUMN, 0)}
    assert arrange(Document()) == {}


def test_a_chain_of_thousands_does_not_recurse():
    ids = [f"n{i}" for i in range(3000)]
    edges = tuple(Edge.parse(f"{a}.rows -> {b}.rows") for a, b in pairwise(ids))
    places = arrange(Document(nodes={i: Node(i, "t") for i in ids}, edges=edges))
    assert places["n2999"] == (2999 * COLUMN, 0)


def test_placed_nodes_stay_and_new_ones_cover_none():
    doc = document("abc", "ab", "ac", a=(0, 0), b=(COLUMN + 10, 5))
    found = arrange_missing(doc)
    assert set(found) == {"c"}
    x, y = found["c"]
    assert abs(x - (COLUMN + 10)) >= COLUMN or abs(y - 5) >= ROW
