"""Places for nodes: left to right, none on top of another, few crossings."""

import random
from itertools import combinations, pairwise, product

import pytest

from summit_studio.document.arrange import COLUMN, ROW, arrange, arrange_missing
from summit_studio.document.layered.cards import Arrow, Card
from summit_studio.document.layered.columns import columns
from summit_studio.document.layered.net import Net
from summit_studio.document.layered.order import ordered
from summit_studio.document.model import Document, Edge, Layout, Node
from tests.golden.layout.make import graph


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
    doc = document("abcd", "ab", "ac", "cd", a=(0, 0), b=(COLUMN + 10, 5))
    found = arrange_missing(doc)
    assert set(found) == {"c", "d"}
    assert found["c"][0] < found["d"][0]
    assert found["c"][1] >= 5 + 64
    assert found["d"][1] >= 5 + 64


def test_edges_are_short_in_all():
    # By the longest way, b would stand in the first column, three edges off its only reader.
    doc = document("axyzb", "ax", "xy", "yz", "bz")
    places = arrange(doc)
    assert places["b"][0] == places["y"][0]
    # One edge into x is cheaper than two out of it.
    pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 5), (5, 4), (5, 6), (3, 6)]
    assert columns(7, [Arrow(a, b, 0, 0) for a, b in pairs]) == [0, 1, 2, 3, 4, 3, 4]
    chance = random.Random(3)
    for _ in range(12):
        pairs = [
            (a, b) for a, b in combinations(range(5), 2) if chance.random() < 0.5 or b == a + 1
        ]
        found = columns(5, [Arrow(a, b, 0, 0) for a, b in pairs])
        assert all(found[a] < found[b] for a, b in pairs)
        assert length(found, pairs) == min(
            length(way, pairs)
            for way in product(range(5), repeat=5)
            if all(way[a] < way[b] for a, b in pairs)
        )


def test_cards_do_not_overlap_and_edges_lead_to_the_right():
    doc, cards = made(80)
    places = arrange(doc, cards)
    for one, other in combinations(doc.nodes, 2):
        (x, y), (a, b) = places[one], places[other]
        apart = abs(x - a) >= COLUMN or y + cards[one].height + 28 <= b
        assert apart or b + cards[other].height + 28 <= y, (one, other)
    assert all(places[e.source.node][0] < places[e.target.node][0] for e in doc.edges)


def test_the_order_of_ports_counts():
    cards = [Card.plain([], ["a", "b"]), Card.plain(["x"], []), Card.plain(["x"], [])]
    net = Net.of(cards, [Arrow(0, 1, 52, 32), Arrow(0, 2, 32, 32)], [0, 1, 1])
    assert ordered(net).columns[1] == [2, 1]


def test_edges_that_can_do_without_crossings_have_none():
    chance = random.Random(5)
    pairs = [(i, 2 * i + k) for i in range(1, 32) for k in (0, 1)]
    number = {n: i for i, n in enumerate(chance.sample(range(1, 64), 63))}
    tree = [Arrow(number[a], number[b], 32, 32) for a, b in pairs]
    depth = [0] * 63
    for a, b in pairs:
        depth[number[b]] = depth[number[a]] + 1
    net = ordered(Net.of([Card()] * 63, tree, depth))
    place = {n: i for column in net.columns for i, n in enumerate(column)}
    for one, other in combinations(tree, 2):
        if depth[one.source] == depth[other.source] and one.source != other.source:
            above = place[one.source] < place[other.source]
            assert above == (place[one.target] < place[other.target])


def test_a_chain_with_a_long_edge_beside_it_is_straight():
    doc = document("abcde", "ab", "bc", "cd", "de", "ae")
    places = arrange(doc)
    assert len({y for _, y in places.values()}) == 1
    cards = {"b": Card(outputs={"rows": 52.0}), "c": Card(inputs={"rows": 32.0})}
    places = arrange(document("bc", "bc"), cards)
    assert places["b"][1] + 52 == places["c"][1] + 32


def test_what_is_tidy_stays_and_a_small_change_moves_little():
    doc, cards = made(60)
    tidy = arrange(doc, cards)
    assert arrange(doc, cards, tidy) == tidy
    ids = list(doc.nodes)
    grown = Document(
        nodes={**doc.nodes, "new": Node("new", "derive")},
        edges=(*doc.edges, Edge.parse(f"{ids[-2]}.rows -> new.rows")),
    )
    after = arrange(grown, cards, {**tidy, "new": (10_000, tidy[ids[-2]][1])})
    order = sorted(doc.nodes, key=tidy.__getitem__)
    assert sorted(doc.nodes, key=after.__getitem__) == order


def test_parts_that_no_edge_joins_stand_apart_in_a_picture_broader_than_high():
    doc = document("abcdefghijklmn", "ab", "cd")
    places = arrange(doc)
    for one, other in combinations(places.values(), 2):
        assert abs(one[0] - other[0]) >= COLUMN or abs(one[1] - other[1]) >= ROW
    across, down = (max(column) for column in zip(*places.values(), strict=True))
    assert across > down > 0


@pytest.mark.parametrize("size", [1, 2, 17])
def test_circles_of_any_size_are_drawn(size):
    ids = [f"n{i}" for i in range(size)]
    edges = tuple(
        Edge.parse(f"{a}.rows -> {b}.rows") for a, b in zip(ids, ids[1:] + ids[:1], strict=True)
    )
    places = arrange(Document(nodes={i: Node(i, "t") for i in ids}, edges=edges))
    assert [places[i][0] for i in ids] == [i * COLUMN for i in range(size)]


def made(size: int) -> tuple[Document, dict[str, Card]]:
    """Return a pipeline as those of the golden set, and the cards of its nodes."""
    known = graph(size)
    doc = Document(
        nodes={i: Node(i, kind) for i, kind in known["nodes"].items()},
        edges=tuple(map(Edge.parse, known["edges"])),
    )
    return doc, {i: Card.plain(*known["kinds"][n.type]) for i, n in doc.nodes.items()}


def length(places, pairs) -> int:
    return sum(places[b] - places[a] for a, b in pairs)
