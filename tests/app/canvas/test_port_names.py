"""Names of ports beside counts of rows: neither hides the other, however short an edge is."""

import pytest

from summit_studio.app.canvas.geometry import compact
from summit_studio.app.canvas.port_names import HEIGHT, Count, Named, labels
from tests.app.canvas.conftest import document

COUNTS = (191, 12_300, 999_999)


@pytest.mark.parametrize("gap", [48, 72, 96, 140])
@pytest.mark.parametrize("drop", [0, 8, 60, 140])
def test_names_and_counts_never_lie_on_one_another(make_canvas, gap, drop):
    step = 208 + gap
    canvas = make_canvas(
        document(
            {
                "one": ("read", 0, 0),
                "two": ("read", 0, 120),
                "both": ("join", step, drop),
                "paid": ("filter", 2 * step, 0),
                "out": ("write", 3 * step, drop),
                "bad": ("write", 3 * step, drop + 100),
            },
            "one.rows -> both.left",
            "two.rows -> both.right",
            "both.rows -> paid.rows",
            "paid.kept -> out.rows",
            "paid.rejected -> bad.rows",
        )
    )
    edges = canvas.document.edges
    counts = {edge: COUNTS[n % 3] for n, edge in enumerate(edges)}
    canvas.scene.set_live(counts, {})
    canvas.view.select(["both", "paid"])
    canvas.view.set_zoom(1.0)
    canvas.view.resize(1600, 600)
    canvas.view.center_on_node("both")
    canvas.view.grab()
    canvas.view.grab()
    named = canvas.scene.names.labels()
    assert len(named) == 6
    for n, one in enumerate(named):
        assert not any(_lie(one.box, other.box) for other in named[:n]), named
    pills = [(e, b) for e, b in canvas.scene.stage.crowd.pills.items_within((-9e3, -9e3, 9e3, 9e3))]
    assert pills or gap < 72
    for edge, box in pills:
        over = [label for label in named if _lie(label.box, box)]
        assert all(label.text.endswith(compact(counts[edge])) for label in over), (box, over)


def test_a_name_takes_the_count_of_its_own_edge_in_and_gives_way_to_others():
    def width(text: str) -> float:
        return 7.0 * len(text) + 12

    own = Count((40, -9, 84, 9), "191", own=True)
    (label,) = labels([Named("kept", (0, 0), output=True, rejected=False, counts=[own])], width)
    assert label.text == "kept \N{MIDDLE DOT} 191"
    assert label.box == (10, -9, max(10 + width(label.text), 84), 9)
    for other in (
        Count(own.box, "191", own=False),
        Count((40, -1, 84, 17), "191", own=True),
        # Together they would lie on the port at the other end.
        Count((24, -9, 68, 9), "191", own=True),
    ):
        ports = [Named("kept", (0, 0), output=True, rejected=False, counts=[other])]
        (label,) = labels(ports, width)
        assert label.text == "kept"
        assert not _lie(label.box, other.box)
        assert abs(label.box[1] + HEIGHT / 2) <= 20, "it stays near to its port"
    (label,) = labels([Named("kept", (0, 0), output=True, rejected=False)], width)
    assert label.box == (10, -9, 10 + width("kept"), 9)

    # One that gives way leaves the next its place beside its port.
    ports = [
        Named("kept", (0, 0), output=True, rejected=False, counts=[Count(own.box, "7", own=False)]),
        Named("dropped", (0, 20), output=True, rejected=False),
    ]
    boxes = {label.text: label.box for label in labels(ports, width)}
    assert boxes["dropped"] == (10, 11, 10 + width("dropped"), 29)
    assert boxes["kept"][3] <= -9


def _lie(one, other) -> bool:
    """Return True if one box lies on another."""
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
