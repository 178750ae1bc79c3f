import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.node_painter import letters_room
from summit_studio.document.edits import SetTitle
from summit_studio.document.model import Edge
from tests.app.canvas.conftest import document

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def edits_of(canvas) -> list:
    made: list = []
    canvas.bridge.edited.connect(made.append)
    return made


def test_dragging_a_node_is_one_move_on_the_grid_and_undo_takes_it_back(canvas):
    made = edits_of(canvas)
    canvas.drag(canvas.node("paid"), canvas.node("paid") + QPoint(43, 61))
    assert len(made) == 1
    assert type(made[0]).__name__ == "MoveNodes"
    assert canvas.document.layout.nodes["paid"] == (320, 64)
    canvas.bridge.undo()
    canvas.settle()
    assert canvas.document.layout.nodes["paid"] == (280, 0)
    item = canvas.scene.shown.nodes["paid"]
    assert (item.left, item.top) == (280, 0)


def test_dragging_previews_edges_and_leaves_the_document_alone(canvas):
    before = canvas.document
    edge = canvas.scene.shown.edges[Edge.parse("orders.rows -> paid.rows")]
    end = edge.curve[6:]
    canvas.press(canvas.node("paid"))
    canvas.move(canvas.node("paid") + QPoint(80, 80))
    assert edge.curve[6:] == (end[0] + 80, end[1] + 80)
    assert canvas.document is before
    canvas.key(Qt.Key.Key_Escape)
    assert edge.curve[6:] == end
    canvas.release(canvas.at(0, 600))
    assert canvas.document is before
    assert not canvas.bridge.can_undo


def test_all_selected_nodes_move_together_in_one_edit(canvas):
    canvas.view.select(["orders", "people"])
    made = edits_of(canvas)
    canvas.drag(canvas.node("people"), canvas.node("people") + QPoint(16, 24))
    assert len(made) == 1
    assert canvas.document.layout.nodes["orders"] == (16, 24)
    assert canvas.document.layout.nodes["people"] == (296, 224)
    assert canvas.document.layout.nodes["paid"] == (280, 0)


def test_a_drag_back_to_where_it_began_is_no_edit(canvas):
    made = edits_of(canvas)
    spot = canvas.node("paid")
    canvas.press(spot)
    canvas.move(spot + QPoint(50, 50))
    canvas.move(spot)
    canvas.release(spot)
    assert made == []


def test_pressing_selects_and_control_adds(canvas):
    told = []
    canvas.scene.selection_changed.connect(told.append)
    canvas.click(canvas.node("paid"))
    assert canvas.scene.selected_nodes() == ("paid",)
    canvas.click(canvas.node("both"), CONTROL)
    assert canvas.scene.selected_nodes() == ("paid", "both")
    canvas.click(canvas.node("paid"), SHIFT)
    assert canvas.scene.selected_nodes() == ("both",)
    canvas.click(canvas.at(500, 600))
    assert canvas.scene.selected_nodes() == ()
    assert [t.nodes for t in told] == [("paid",), ("paid", "both"), ("both",), ()]


def test_clicking_one_of_several_selected_leaves_it_alone_selected(canvas):
    canvas.view.select(["orders", "paid"])
    canvas.click(canvas.node("paid"))
    assert canvas.scene.selected_nodes() == ("paid",)


def test_connecting_by_dragging_and_undo(canvas):
    made = edits_of(canvas)
    canvas.drag(
        canvas.port("people", "rows", output=True), canvas.port("both", "right", output=False)
    )
    assert [type(e).__name__ for e in made] == ["AddEdge"]
    assert canvas.edges[-1] == "people.rows -> both.right"
    assert Edge.parse("people.rows -> both.right") in canvas.scene.shown.edges
    canvas.bridge.undo()
    canvas.settle()
    assert len(canvas.edges) == 3
    assert len(canvas.scene.shown.edges) == 3


def test_while_connecting_ports_light_up_and_a_ghost_follows(canvas):
    start = canvas.port("people", "rows", output=True)
    canvas.press(start)
    canvas.move(start + QPoint(60, 0))
    nodes = canvas.scene.shown.nodes
    assert nodes["both"].lit == {"in:left", "in:right"}
    assert nodes["orders"].lit == frozenset()
    assert nodes["orders"].dimmed
    assert canvas.scene.ghost.isVisible()
    canvas.key(Qt.Key.Key_Escape)
    assert not canvas.scene.ghost.isVisible()
    assert nodes["both"].lit == frozenset()
    assert not nodes["orders"].dimmed
    canvas.release(start)
    assert not canvas.bridge.can_undo


def test_a_drop_on_a_card_takes_its_first_free_input(canvas):
    canvas.drag(canvas.port("people", "rejected", output=True), canvas.node("both"))
    assert canvas.edges[-1] == "people.rejected -> both.right"


def test_a_taken_input_is_replaced_in_one_step(canvas):
    canvas.drag(
        canvas.port("people", "rows", output=True), canvas.port("both", "left", output=False)
    )
    assert "people.rows -> both.left" in canvas.edges
    assert "paid.kept -> both.left" not in canvas.edges
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo
    assert "paid.kept -> both.left" in canvas.edges


def test_a_circle_is_refused_with_its_reason(canvas):
    said = []
    canvas.view.refused.connect(said.append)
    before = canvas.document
    canvas.drag(canvas.port("both", "rows", output=True), canvas.port("paid", "rows", output=False))
    assert canvas.document is before
    assert said == ["Rows would run in a circle."]


def test_duplicates_and_self_loops_are_refused(make_canvas):
    canvas = make_canvas(
        document({"a": ("read", 0, 0), "u": ("union", 300, 0)}, "a.rows -> u.rows")
    )
    said = []
    canvas.view.refused.connect(said.append)
    canvas.drag(canvas.port("a", "rows", output=True), canvas.port("u", "rows", output=False))
    canvas.drag(canvas.port("u", "rows", output=True), canvas.port("u", "rows", output=False))
    assert said == ["These ports are connected already.", "A node cannot feed itself."]
    assert canvas.edges == ["a.rows -> u.rows"]


def test_a_drop_on_empty_canvas_asks_for_a_node_there(canvas):
    asked = []
    canvas.view.add_requested.connect(asked.append)
    canvas.drag(canvas.port("people", "rows", output=True), canvas.at(700, 400))
    (request,) = asked
    assert str(request.port) == "people.rows"
    assert request.forward
    assert abs(request.place[0] - 700) <= 1
    assert abs(request.place[1] - 400) <= 1
    assert not canvas.bridge.can_undo


def test_dragging_from_a_free_input_asks_for_what_comes_before(canvas):
    asked = []
    canvas.view.add_requested.connect(asked.append)
    start = canvas.port("both", "right", output=False)
    canvas.drag(start, canvas.at(520, 400))
    assert (str(asked[0].port), asked[0].forward) == ("both.right", False)
    canvas.drag(start, canvas.port("people", "rows", output=True))
    assert canvas.edges[-1] == "people.rows -> both.right"


def test_an_end_dragged_off_its_port_reconnects(canvas):
    canvas.drag(
        canvas.port("both", "left", output=False), canvas.port("both", "right", output=False)
    )
    assert "paid.kept -> both.right" in canvas.edges
    assert "paid.kept -> both.left" not in canvas.edges
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo


def test_an_end_dropped_on_empty_canvas_removes_the_edge(canvas):
    made = edits_of(canvas)
    canvas.drag(canvas.port("both", "left", output=False), canvas.at(600, 500))
    assert "paid.kept -> both.left" not in canvas.edges
    assert len(made) == 1


def test_an_end_put_back_changes_nothing(canvas):
    start = canvas.port("both", "left", output=False)
    canvas.press(start)
    canvas.move(start - QPoint(60, 90))
    assert canvas.scene.shown.edges[Edge.parse("paid.kept -> both.left")].hidden
    canvas.move(start)
    canvas.release(start)
    assert not canvas.bridge.can_undo
    assert not canvas.scene.shown.edges[Edge.parse("paid.kept -> both.left")].hidden


def test_an_edge_is_selected_by_its_middle_and_taken_off_near_its_start(canvas):
    edge = Edge.parse("paid.kept -> both.left")
    item = canvas.scene.shown.edges[edge]
    from summit_studio.app.canvas.geometry import along

    canvas.click(canvas.at(*along(item.curve, 0.5)))
    assert canvas.scene.selected_edges() == (edge,)
    start = canvas.at(*along(item.curve, 0.22))
    canvas.drag(start, canvas.port("people", "rows", output=True))
    assert "people.rows -> both.left" in canvas.edges
    assert str(edge) not in canvas.edges


def test_a_band_selects_what_it_touches_and_the_edges_between(canvas):
    told = []
    canvas.scene.selection_changed.connect(told.append)
    start, end = canvas.at(-40, -60), canvas.at(400, 40)
    canvas.press(start)
    canvas.move(start + QPoint(30, 30))
    canvas.move(end)
    assert canvas.scene.shown.nodes["orders"].selected
    assert told == []
    canvas.release(end)
    assert canvas.scene.selected_nodes() == ("orders", "paid")
    assert [str(e) for e in canvas.scene.selected_edges()] == ["orders.rows -> paid.rows"]
    assert len(told) == 1
    assert not canvas.scene.band.isVisible()


def test_a_cancelled_band_leaves_the_selection(canvas):
    canvas.view.select(["out"])
    canvas.press(canvas.at(-40, -60))
    canvas.move(canvas.at(400, 40))
    canvas.key(Qt.Key.Key_Escape)
    assert canvas.scene.selected_nodes() == ("out",)


def test_the_middle_button_pans(canvas):
    before = canvas.view.middle()
    canvas.drag(canvas.at(500, 300), canvas.at(400, 250), button=Qt.MouseButton.MiddleButton)
    moved = canvas.view.middle() - before
    assert (round(moved.x()), round(moved.y())) == (100, 50)


def test_space_and_drag_pans_and_asks_for_nothing(canvas):
    asked = []
    canvas.view.add_requested.connect(asked.append)
    before = canvas.view.middle()
    QTest.keyPress(canvas.view, Qt.Key.Key_Space)
    canvas.drag(canvas.node("paid"), canvas.node("paid") + QPoint(-64, 0))
    QTest.keyRelease(canvas.view, Qt.Key.Key_Space)
    assert round(canvas.view.middle().x() - before.x()) == 64
    assert asked == []
    assert not canvas.bridge.can_undo


def test_a_note_moves_with_a_node_in_one_edit(canvas):
    note = canvas.at(40, 440)
    canvas.view.centerOn(300, 300)
    note = canvas.at(100, 440)
    canvas.click(note)
    assert canvas.scene.selection.notes == ("remark",)
    canvas.click(canvas.node("people"), CONTROL)
    canvas.drag(note, note + QPoint(16, 8))
    assert canvas.document.layout.notes["remark"] == (16, 408, 200, 80)
    assert canvas.document.layout.nodes["people"] == (296, 208)
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo


def test_an_edit_from_elsewhere_ends_the_gesture(canvas):
    canvas.press(canvas.node("paid"))
    canvas.move(canvas.node("paid") + QPoint(80, 80))
    canvas.bridge.do(SetTitle("out", "Target"))
    canvas.settle()
    item = canvas.scene.shown.nodes["paid"]
    assert (item.left, item.top) == (280, 0)
    canvas.release(canvas.at(0, 0))
    assert canvas.bridge.undo_text == "Rename out"


def test_refused_edits_put_nodes_back(canvas):
    canvas.view.make_edits_by(lambda _edit, _gesture: False)
    canvas.drag(canvas.node("paid"), canvas.node("paid") + QPoint(80, 0))
    item = canvas.scene.shown.nodes["paid"]
    assert (item.left, item.top) == (280, 0)


def test_a_node_without_edges_is_put_into_the_edge_it_is_dropped_on(make_canvas):
    canvas = make_canvas(
        document(
            {
                "a": ("read", 0, 0),
                "b": ("write", 280, 0),
                "f": ("filter", 300, 240),
                "lone": ("read", 700, 240),
            },
            "a.rows -> b.rows",
        )
    )
    edge = canvas.scene.shown.edges[Edge.parse("a.rows -> b.rows")]
    middle = canvas.at(244, 32)
    canvas.press(canvas.node("f"))
    canvas.move(canvas.node("f") + QPoint(9, 9))
    canvas.move(middle)
    assert edge.target
    canvas.key(Qt.Key.Key_Escape)
    assert not edge.target
    canvas.release(middle)
    assert not canvas.bridge.can_undo
    canvas.drag(canvas.node("lone"), middle)
    assert canvas.edges == ["a.rows -> b.rows"]
    canvas.bridge.undo()
    canvas.settle()
    canvas.drag(canvas.node("f"), middle)
    assert canvas.edges == ["f.kept -> b.rows", "a.rows -> f.rows"]
    assert [canvas.document.layout.nodes[i] for i in ("a", "f", "b")] == [
        (0, 0), (280, 0), (560, 0)
    ]  # fmt: skip
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo
    assert canvas.document.layout.nodes["f"] == (300, 240)


def test_a_node_with_edges_moves_over_an_edge_and_is_not_put_into_it(canvas):
    before = canvas.edges
    canvas.drag(canvas.node("paid"), canvas.at(800, 112))
    assert canvas.edges == before
    assert canvas.bridge.undo_text == "Move paid"


def test_a_port_that_does_not_fit_says_why_while_the_edge_is_held(canvas):
    start = canvas.port("both", "rows", output=True)
    canvas.press(start)
    canvas.move(canvas.at(700, 400))
    assert canvas.scene.ghost.refusal == ""
    canvas.move(canvas.port("paid", "rows", output=False))
    assert canvas.scene.ghost.refusal == "Rows would run in a circle."
    canvas.move(canvas.node("orders"))
    assert canvas.scene.ghost.refusal == "This node takes no rows."
    canvas.key(Qt.Key.Key_Escape)
    canvas.release(start)
    assert not canvas.scene.ghost.isVisible()


def test_a_click_on_the_count_of_dead_letters_asks_for_them_and_a_drag_off_it_does_not(canvas):
    asked: list = []
    canvas.view.letters_asked.connect(asked.append)
    canvas.scene.set_letters({"paid": 12})
    item = canvas.scene.shown.nodes["paid"]
    room = letters_room(item.stage.style, item.letters, item.badge, item.card.height)
    count = canvas.at(item.left + room.center().x(), item.top + room.center().y())
    canvas.drag(count, count + QPoint(0, 90))
    assert asked == []
    canvas.click(count)
    assert asked == ["paid"]
    assert canvas.document.layout.nodes["paid"] == (280, 0)  # It is no handle to move the node by.


def test_two_fingers_zoom_about_the_place_between_them(canvas):
    viewport, place = canvas.view.viewport(), canvas.node("paid")
    held = canvas.view.mapToScene(place)
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice(), 2,
        QPointF(place), QPointF(place), QPointF(viewport.mapToGlobal(place)), 0.25, QPointF(),
    )  # fmt: skip
    before = canvas.view.zoom
    QApplication.sendEvent(viewport, pinch)
    assert canvas.view.zoom == pytest.approx(before * 1.25)
    assert (canvas.view.mapToScene(place) - held).manhattanLength() < 2
