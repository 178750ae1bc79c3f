"""Bends of edges by hand: put, dragged, taken off, carried along."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.bending import bend, pieces_of, through
from summit_studio.app.canvas.geometry import along, distance
from summit_studio.app.session.clipboard import copied, pasted
from summit_studio.app.session.deleting import deletion
from summit_studio.app.session.selection import Bend, Selection
from summit_studio.document.edits import MoveNodes
from summit_studio.document.tidying import tidied
from tests.app.canvas.conftest import document

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(make_canvas):
    """Three nodes in a row; the first edge has much room."""
    return make_canvas(
        document(
            {"orders": ("read", 0, 0), "paid": ("filter", 520, 0), "out": ("write", 860, 160)},
            "orders.rows -> paid.rows",
            "paid.kept -> out.rows",
        )
    )


@pytest.fixture
def bent(canvas):
    """The same, the first edge led through one bend."""
    first = canvas.document.edges[0]
    layout = replace(canvas.document.layout, edges={first: ((360, 160),)})
    canvas.view.bend_or_straighten(first, (360, 160))
    assert canvas.document.layout == layout
    return canvas


def bends(canvas) -> tuple:
    return canvas.document.layout.edges.get(canvas.document.edges[0], ())


def curve(canvas) -> tuple[float, ...]:
    return canvas.scene.shown.edges[canvas.document.edges[0]].curve


def double_click(canvas, x: float, y: float) -> None:
    QTest.mouseDClick(canvas.view.viewport(), LEFT, pos=canvas.at(x, y))
    canvas.release(canvas.at(x, y))


def test_a_double_click_on_an_edge_bends_it_there_and_on_the_bend_takes_it_off(canvas):
    before, straight = canvas.document, curve(canvas)
    double_click(canvas, 362, 32)
    assert bends(canvas) == ((360, 32),)
    double_click(canvas, 441, 31)
    double_click(canvas, 280, 32)
    assert bends(canvas) == ((280, 32), (360, 32), (440, 32))
    double_click(canvas, 362, 33)
    assert bends(canvas) == ((280, 32), (440, 32))
    double_click(canvas, 280, 32)
    double_click(canvas, 440, 32)
    assert canvas.document == before
    assert curve(canvas) == straight
    for _ in range(6):
        canvas.bridge.undo()
    assert canvas.document == before
    assert not canvas.bridge.can_undo


def test_a_bend_is_dragged_over_the_grid_in_one_step_and_the_edge_follows(bent):
    before, way = bent.document, curve(bent)
    bent.press(bent.at(360, 160))
    bent.move(bent.at(380, 190))
    bent.move(bent.at(403, 241))
    assert distance(curve(bent), 400, 240) < 1
    assert bent.document is before
    bent.release(bent.at(403, 241))
    assert bends(bent) == ((400, 240),)
    bent.bridge.undo()
    bent.settle()
    assert bent.document == before
    assert curve(bent) == way


def test_a_bend_comes_level_with_the_port_and_escape_puts_it_back(bent):
    way = curve(bent)
    assert distance(way, 360, 160) < 1
    bent.press(bent.at(360, 160))
    bent.move(bent.at(380, 100))
    bent.move(bent.at(380, 36))
    assert distance(curve(bent), 380, 32) < 1
    bent.key(Qt.Key.Key_Escape)
    assert curve(bent) == way
    bent.release(bent.at(380, 36))
    assert bends(bent) == ((360, 160),)


def test_bends_go_along_with_both_ends_of_their_edge_and_not_with_one(bent):
    before, way = bent.document, curve(bent)
    bent.view.select(["orders", "paid"])
    bent.press(bent.node("paid"))
    bent.move(bent.node("paid") + QPoint(20, 30))
    bent.move(bent.node("paid") + QPoint(20, 50))
    moved = bent.scene.shown.nodes["paid"]
    dx, dy = moved.left - 520, moved.top
    assert (dx, dy) != (0, 0)
    assert curve(bent) == tuple(v + (dx, dy)[i % 2] for i, v in enumerate(way))
    bent.release(bent.node("paid"))
    step = bent.document.layout.nodes["paid"][0] - 520, bent.document.layout.nodes["paid"][1]
    assert bends(bent) == ((360 + step[0], 160 + step[1]),)
    bent.bridge.undo()
    bent.settle()
    assert bent.document == before
    assert curve(bent) == way
    bent.view.select(["paid"])
    bent.drag(bent.node("paid"), bent.node("paid") + QPoint(0, 80))
    assert bends(bent) == ((360, 160),)


def test_an_edge_takes_its_bends_along_when_it_goes_and_brings_them_back(bent):
    before, way = bent.document, curve(bent)
    first = bent.document.edges[0]
    bent.scene.select(Selection(edges=(first,)))
    bent.delete()
    assert not bent.document.layout.edges
    bent.bridge.undo()
    bent.settle()
    assert bent.document == before
    assert curve(bent) == way


def test_tidying_up_drops_the_bends_of_the_edges_it_lays_out(bent):
    shown = bent.scene.shown
    edit = tidied(bent.document, shown.cards(), shown.places())
    assert edit is not None
    bent.view.commit(edit)
    assert not bent.document.layout.edges
    bent.bridge.undo()
    assert bends(bent) == ((360, 160),)
    only = tidied(bent.document, shown.cards(), shown.places(), ("paid", "out"))
    assert only is None or only.apply(bent.document).layout.edges == bent.document.layout.edges


def test_a_copy_of_both_ends_has_the_bends_too(bent):
    text = copied(bent.document, Selection(("orders", "paid")))
    after = pasted(bent.document, text, (100, 400)).edit.apply(bent.document)
    added = after.edges[-1]
    assert after.layout.edges[added] == ((460, 560),)


def test_ctrl_arrows_move_the_bends_of_a_selected_edge(bent):
    bent.scene.select(Selection(edges=(bent.document.edges[0],)))
    bent.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert bends(bent) == ((360, 168),)
    assert distance(curve(bent), 360, 168) < 1


@pytest.fixture
def led(canvas):
    """The first edge through two bends, with much room around."""
    first = canvas.document.edges[0]
    for place in ((320, 160), (440, 160)):
        canvas.view.bend_or_straighten(first, place)
    assert bends(canvas) == ((320, 160), (440, 160))
    return canvas


def chosen(canvas) -> list[int]:
    return [b.number for b in canvas.scene.selection.bends]


def test_a_band_and_shift_choose_bends_beside_cards_and_all_move_as_one(led):
    led.drag(led.at(290, 230), led.at(480, 140))
    assert chosen(led) == [0, 1]
    assert not led.scene.selection.edges, "or Delete would take the edge"
    for expected in ([0], [0, 1]):
        led.press(led.at(440, 160), Qt.KeyboardModifier.ShiftModifier)
        led.release(led.at(440, 160), Qt.KeyboardModifier.ShiftModifier)
        assert chosen(led) == expected
    led.press(led.node("out"), Qt.KeyboardModifier.ShiftModifier)
    led.release(led.node("out"), Qt.KeyboardModifier.ShiftModifier)
    assert (led.scene.selection.nodes, chosen(led)) == (("out",), [0, 1])
    before, way = led.document, curve(led)
    led.press(led.at(320, 160))
    led.move(led.at(340, 200))
    led.move(led.at(360, 240))
    assert distance(curve(led), 480, 240) < 1, "they are seen to move"
    led.key(Qt.Key.Key_Escape)
    assert (curve(led), led.document) == (way, before)
    led.release(led.at(360, 240))
    led.drag(led.at(320, 160), led.at(360, 240))
    assert bends(led) == ((360, 240), (480, 240))
    assert led.document.layout.nodes["out"] == (900, 240)
    led.bridge.undo()
    led.settle()
    assert led.document == before
    led.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert bends(led) == ((320, 152), (440, 152))
    assert led.document.layout.nodes["out"] == (860, 152)


def test_a_bend_pressed_is_the_one_deleted_and_its_edge_stays(led):
    led.press(led.at(320, 160))
    led.release(led.at(320, 160))
    assert chosen(led) == [0]
    before, edges = led.document, led.document.edges
    led.view.commit(deletion(led.document, led.scene.selection))
    assert bends(led) == ((440, 160),)
    assert led.document.edges == edges
    assert not led.scene.selection, "what is numbered otherwise is no longer what was chosen"
    led.bridge.undo()
    led.settle()
    assert led.document == before
    # With cards: what goes with them needs no edit of its own, bends elsewhere do.
    both = Selection(("out",), bends=(Bend(edges[0], 0),))
    after = deletion(led.document, both).apply(led.document)
    assert after.layout.edges == {edges[0]: ((440, 160),)}
    assert list(after.nodes) == ["orders", "paid"]


def test_bends_of_an_edge_whose_ends_move_apart_follow_each_by_its_share(led):
    held = led.scene.shown.held_by(Selection(("orders", "paid")))
    apart = replace(held, nodes={"orders": (0, -90), "paid": (520, 90)})
    after = led.scene.shown.moving(apart).apply(led.document)
    assert after.layout.edges[led.document.edges[0]] == ((320, 130), (440, 190))


def clear(canvas, *node_ids: str) -> bool:
    """Return True if the first edge runs under none of these cards."""
    frames = [canvas.scene.shown.nodes[i].frame for i in node_ids]
    boxes = [(f.left(), f.top(), f.right(), f.bottom()) for f in frames]
    way = curve(canvas)
    seen = [along(way, n / 2000) for n in range(2001)]
    return not any(b[0] < x < b[2] and b[1] < y < b[3] for b in boxes for x, y in seen)


@pytest.mark.parametrize(
    ("places", "card"),
    [
        (((300, 200), (700, 200)), (400, 170)),
        (((760, 200), (300, 200)), (400, 170)),
        (((640, 120), (640, 520)), (560, 280)),
        (((640, -420), (640, -60)), (560, -260)),
        (((-200, -200),), (-420, -400)),
        (((-200, 200), (900, 200)), (300, 170)),
    ],
    ids=["right", "left", "down", "up", "back over its own card", "under its own card"],
)
def test_a_leg_that_would_run_under_a_card_goes_round_it(make_canvas, places, card):
    canvas = make_canvas(
        document(
            {"orders": ("read", 0, 0), "paid": ("filter", 920, 0), "far": ("filter", *card)},
            "orders.rows -> paid.rows",
        )
    )
    first = canvas.document.edges[0]
    canvas.view.commit(bend(first, places))
    assert clear(canvas, "orders", "paid", "far")
    way = curve(canvas)
    assert all(distance(way, *place) < 1 for place in places), "it leads through its bends"
    assert (way[0], way[1]) == (208, 32)
    pieces = pieces_of(way, places)
    assert [piece[-2:] for piece in pieces[:-1]] == list(places)


def test_it_goes_straight_again_once_the_card_is_gone_and_takes_bends_on_its_way_round(led):
    plain = curve(led)
    assert plain == through(plain[:2], bends(led), plain[-2:])
    led.view.commit(bend(led.document.edges[0], [(240, 160), (560, 160)]))
    free = curve(led)
    led.view.commit(MoveNodes({"out": (300, 130)}))
    assert clear(led, "out")
    assert curve(led) != free
    x, y = along(pieces_of(curve(led), bends(led))[1], 0.5)
    double_click(led, x, y)
    assert len(bends(led)) == 3
    assert bends(led)[::2] == ((240, 160), (560, 160)), "it stands between the two"
    led.bridge.undo()
    led.settle()
    led.view.commit(MoveNodes({"out": (300, 600)}))
    assert curve(led) == free
