"""Edges that run backwards go round cards; pills cover neither cards nor each other."""

import itertools
import random

import pytest

from summit_studio.app.canvas.geometry import PORT_RADIUS, along
from summit_studio.app.canvas.room import Room
from summit_studio.app.canvas.routing import pill_box
from summit_studio.document.edits import MoveNodes
from summit_studio.document.model import Edge
from tests.app.canvas.conftest import document, sample

BACK = "paid.kept -> out.rows"


def crossed(canvas, edge: str) -> set[str]:
    """Return the nodes whose cards an edge runs across."""
    c = canvas.scene.shown.edges[Edge.parse(edge)].curve
    found = set()
    for step in range(1, 600):
        x, y = along(c, step / 600)
        found |= {
            i
            for i, n in canvas.scene.shown.nodes.items()
            if n.frame.adjusted(1, 1, -1, -1).contains(x, y)
        }
    return found


@pytest.mark.parametrize(
    "out", [(-600, 0), (-600, 300), (-600, -300), (-300, 40), (280, 200), (280, -300)]
)
def test_a_backward_edge_goes_round_the_cards(make_canvas, out):
    canvas = make_canvas(
        document(
            {
                "paid": ("filter", 300, 0), "out": ("write", *out),
                "a": ("filter", 0, 0), "b": ("filter", 0, 104), "c": ("filter", 0, -112),
            },
            BACK,
        )
    )  # fmt: skip
    assert crossed(canvas, BACK) == set()


def test_a_card_moved_onto_a_backward_edge_pushes_it_aside(make_canvas):
    canvas = make_canvas(
        document(
            {"paid": ("filter", 900, 0), "out": ("write", 0, 0), "a": ("filter", 400, 600)}, BACK
        )
    )
    x, y = along(canvas.scene.shown.edges[Edge.parse(BACK)].curve, 0.5)
    canvas.bridge.do(MoveNodes({"a": (round(x) - 100, round(y) - 30)}))
    canvas.settle()
    assert crossed(canvas, BACK) == set()


def test_pills_cover_neither_cards_nor_each_other(make_canvas):
    places = random.Random(7)
    spots = list(itertools.product(range(6), range(6)))
    nodes = {
        f"n{i}": ("union", 280 * x + places.randrange(0, 60, 8), 120 * y)
        for i, (x, y) in enumerate(spots)
    }
    edges = {f"n{places.randrange(36)}.rows -> n{places.randrange(36)}.rows" for _ in range(60)}
    canvas = make_canvas(document(nodes, *sorted(edges)))
    items = list(canvas.scene.shown.edges.values())
    boxes = [pill_box(*item.pill) for item in items if item.pill is not None]
    assert len(boxes) > len(items) // 2
    for one, other in itertools.combinations(boxes, 2):
        assert not overlap(one, other)
    for node in canvas.scene.shown.nodes.values():
        assert not any(overlap(node.box, box) for box in boxes)


def test_two_edges_that_cross_keep_both_pills(make_canvas):
    canvas = make_canvas(
        document(
            {"a": ("read", 0, 0), "b": ("read", 0, 160), "c": ("write", 400, 160),
             "d": ("write", 400, 0)},
            "a.rows -> c.rows", "b.rows -> d.rows",
        )
    )  # fmt: skip
    one, other = (pill_box(*item.pill) for item in canvas.scene.shown.edges.values())
    assert not overlap(one, other)


def test_what_moved_or_went_takes_no_room():
    room: Room[str] = Room()
    room.put("a", (0, 0, 300, 10))
    room.put("a", (1000, 0, 1300, 10))
    assert room.free((0, 0, 300, 10))
    assert not room.free((1290, 5, 1295, 300))
    room.drop("a")
    assert room.free((1000, 0, 1300, 10))


def overlap(one, other) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


def test_a_chain_with_narrow_gaps_still_shows_its_counts(make_canvas):
    canvas = make_canvas(
        document({"a": ("read", 0, 0), "b": ("write", 264, 0)}, "a.rows -> b.rows")
    )
    (item,) = canvas.scene.shown.edges.values()
    assert item.pill is not None
    left, _, right, _ = pill_box(*item.pill)
    assert 208 + PORT_RADIUS < left < right < 264 - PORT_RADIUS


def test_an_edge_that_is_free_runs_straight_on_and_one_that_is_not_goes_round(make_canvas):
    canvas = make_canvas(
        document(
            {"a": ("read", 0, 0), "out": ("write", 900, 0), "b": ("filter", 400, 200)},
            "a.rows -> out.rows",
        )
    )
    (item,) = canvas.scene.shown.edges.values()
    straight = item.curve
    assert len(straight) == 8
    canvas.bridge.do(MoveNodes({"b": (400, 8)}))
    canvas.settle()
    assert len(item.curve) > 8
    assert crossed(canvas, "a.rows -> out.rows") == set()
    canvas.bridge.undo()
    canvas.settle()
    assert item.curve == straight


def test_edges_that_share_a_gap_run_beside_each_other(make_canvas):
    walls = (*range(-800, 1, 100), *range(160, 960, 100))
    nodes = {f"w{i}": ("filter", 500, y) for i, y in enumerate(walls)}
    nodes |= {f"s{i}": ("read", 0, 100 * i - 400) for i in range(3)}
    nodes |= {f"t{i}": ("write", 1000, 100 * i - 400) for i in range(3)}
    canvas = make_canvas(document(nodes, *(f"s{i}.rows -> t{i}.rows" for i in range(3))))
    heights = []
    for i in range(3):
        c = canvas.scene.shown.edges[Edge.parse(f"s{i}.rows -> t{i}.rows")].curve
        places = [along(c, step / 600) for step in range(601)]
        heights.append(min(places, key=lambda p: abs(p[0] - 604))[1])
        assert crossed(canvas, f"s{i}.rows -> t{i}.rows") == set()
    assert heights == sorted(heights)
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 3


def test_two_ways_back_to_one_card_do_not_lie_on_each_other(make_canvas):
    canvas = make_canvas(
        document(
            {"a": ("read", 600, 0), "b": ("read", 600, 200), "both": ("join", 0, 80)},
            "a.rows -> both.left", "b.rows -> both.right",
        )
    )  # fmt: skip
    one, other = (item.curve for item in canvas.scene.shown.edges.values())
    places = {(round(x), round(y)) for x, y in (along(one, t / 400) for t in range(401))}
    shared = {(round(x), round(y)) for x, y in (along(other, t / 400) for t in range(401))}
    assert len(places & shared) < 8  # They may cross.


def test_a_way_back_turns_between_two_cards_that_stand_close(make_canvas):
    canvas = make_canvas(
        document(
            {"a": ("read", 600, -300), "out": ("write", 0, 0), "b": ("filter", -226, -20)},
            "a.rows -> out.rows",
        )
    )
    assert crossed(canvas, "a.rows -> out.rows") == set()


def test_a_drag_lays_only_the_edges_of_what_is_dragged(make_canvas):
    canvas = make_canvas(sample())
    edges = canvas.scene.shown.edges
    far = Edge.parse("orders.rows -> paid.rows")
    before = {edge: item.curve for edge, item in edges.items()}
    canvas.scene.preview({"out": (1200.0, 400.0)})
    changed = {str(e) for e, item in edges.items() if item.curve != before[e]}
    assert changed == {"both.rows -> out.rows"}
    assert edges[far].curve is before[far]


def test_the_overview_draws_edges_where_they_run(make_canvas):
    canvas = make_canvas(
        document(
            {"a": ("read", 0, 0), "out": ("write", 900, 0), "b": ("filter", 400, 0)},
            "a.rows -> out.rows",
        )
    )
    canvas.view.set_zoom(0.3)
    canvas.view.grab()
    frame = canvas.scene.shown.nodes["b"].frame
    lines = canvas.scene.shown.overview.lines
    assert len(lines) > 1
    for line in lines:
        assert not any(frame.contains(line.pointAt(step / 50)) for step in range(51))
    canvas.scene.preview({"b": (400.0, 300.0)})
    canvas.bridge.do(MoveNodes({"b": (400, 300)}))
    canvas.settle()
    canvas.view.grab()
    assert len(canvas.scene.shown.overview.lines) == 1


@pytest.mark.parametrize("way", [1, -1])
def test_steep_edges_between_the_same_columns_stand_apart(make_canvas, way):
    nodes = {f"s{i}": ("read", 0, 110 * i * way) for i in range(3)}
    nodes |= {f"t{i}": ("write", 280, (900 + 110 * i) * way) for i in range(3)}
    canvas = make_canvas(document(nodes, *(f"s{i}.rows -> t{i}.rows" for i in range(3))))
    curves = [
        canvas.scene.shown.edges[Edge.parse(f"s{i}.rows -> t{i}.rows")].curve for i in range(3)
    ]
    level = 550 * way
    at = [min((along(c, t / 600) for t in range(601)), key=lambda p: abs(p[1] - level))[0]
          for c in curves]  # fmt: skip
    assert min(a - b for a, b in itertools.pairwise(at)) >= 5
    for one, other in itertools.pairwise(curves):
        for step in range(101):
            # The one that begins further on is further on all the way.
            assert (along(other, step / 100)[1] - along(one, step / 100)[1]) * way > 0
