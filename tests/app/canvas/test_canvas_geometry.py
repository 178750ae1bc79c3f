import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit_studio.app.canvas.arrange import places
from summit_studio.app.canvas.geometry import (
    CARD_WIDTH,
    GRID,
    along,
    bounds,
    compact,
    curve,
    distance,
    shape_of,
    snap,
)
from summit_studio.app.canvas.navigation import Direction, neighbour
from tests.app.canvas.conftest import FACES, document, sample

spot = st.floats(-5000, 5000)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"), (950, "950"), (1_000, "1.00k"), (12_345, "12.3k"), (999_499, "999k"),
        (999_500, "1.00M"), (1_234_567, "1.23M"), (45_600_000, "45.6M"), (9_996, "10.0k"),
        (7_000_000_000, "7.00B"), (10**16, "10000T"), (-1_500, "-1.50k"),
    ],
)  # fmt: skip
def test_counts_are_short(count, text):
    assert compact(count) == text


@given(spot, spot, spot, spot)
def test_the_box_of_a_curve_holds_it(x1, y1, x2, y2):
    c = curve(x1, y1, x2, y2)
    left, top, width, height = bounds(c)
    for step in range(21):
        x, y = along(c, step / 20)
        assert left - 0.01 <= x <= left + width + 0.01
        assert top - 0.01 <= y <= top + height + 0.01


@given(spot, spot, spot, spot, st.floats(0, 1))
def test_a_place_on_a_curve_is_near_it(x1, y1, x2, y2, t):
    c = curve(x1, y1, x2, y2)
    reach = abs(x2 - x1) + abs(y2 - y1)
    assert distance(c, *along(c, t)) < 1 + reach * 0.01


def test_a_curve_starts_and_ends_at_its_ports():
    c = curve(10, 20, 300, 80)
    assert along(c, 0) == (10, 20)
    assert along(c, 1) == (300, 80)
    assert distance(c, 155, 500) > 300


def test_ports_stand_on_the_edges_of_a_card_that_grows_with_them():
    small, tall = shape_of(FACES["filter"]), shape_of(FACES["join"])
    assert small.height == 64
    assert tall.height > small.height
    assert tall.height % GRID == 0
    assert {s.x for s in tall.spots} == {0, CARD_WIDTH}
    rejected = small.spot("rejected", output=True)
    kept = small.spot("kept", output=True)
    assert rejected.y > kept.y
    assert small.spot("rows", output=False).y == kept.y
    assert small.spot("rows", output=True) is None


def test_the_nearest_port_within_reach_is_hit():
    shape = shape_of(FACES["join"])
    right = shape.spot("right", output=False)
    assert shape.spot_at(-3, right.y + 2) is right
    assert shape.spot_at(60, right.y) is None


def test_snapping():
    assert [snap(v) for v in (-5, 3, 5, 12.1)] == [-8, 0, 8, 16]


def test_arrows_follow_edges_and_else_go_to_the_nearest():
    pipeline = sample()
    middles = {i: (x + 104.0, y + 32.0) for i, (x, y) in pipeline.layout.nodes.items()}
    go = lambda start, way: neighbour(pipeline, middles, start, way)  # noqa: E731
    assert go("orders", Direction.RIGHT) == "paid"
    assert go("both", Direction.LEFT) == "paid"
    assert go("people", Direction.RIGHT) == "both"
    assert go("paid", Direction.DOWN) == "people"
    assert go("people", Direction.UP) == "paid"
    assert go("out", Direction.RIGHT) is None


def test_nodes_without_a_place_get_columns_along_the_edges():
    pipeline = document({"a": ("read", 0, 0)}, "b.rows -> c.rows", "a.rows -> b.rows")
    nodes = dict(pipeline.nodes)
    for node_id in ("b", "c", "d"):
        nodes[node_id] = type(nodes["a"])(node_id, "filter")
    from dataclasses import replace

    found = places(replace(pipeline, nodes=nodes))
    assert found["a"] == (0, 0)
    assert found["b"][0] < found["c"][0]
    assert len(set(found.values())) == 4
    assert all(found[i][1] > 0 for i in "bcd")


def test_a_cycle_in_a_file_does_not_stop_arranging():
    pipeline = document({}, "b.rows -> c.rows", "c.rows -> b.rows")
    from dataclasses import replace

    from summit_studio.document.model import Node

    looped = replace(pipeline, nodes={i: Node(i, "filter") for i in "bc"})
    assert len(set(places(looped).values())) == 2
