from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.gestures.cutting import crosses
from summit_studio.document.model import Edge

ALT = Qt.KeyboardModifier.AltModifier


def stroke(canvas, *places: tuple[float, float], modifiers=ALT):
    spots = [canvas.at(*p) for p in places]
    canvas.press(spots[0], modifiers)
    for spot in spots[1:]:
        canvas.move(spot)
    return spots[-1]


def test_a_stroke_marks_what_it_crosses_and_cuts_it_in_one_step(canvas):
    before = canvas.edges
    end = stroke(canvas, (244, -80), (244, 200), (524, 200), (524, -40))
    items = canvas.scene.shown.edges
    doomed = {str(e) for e, item in items.items() if item.doomed}
    assert doomed == {"orders.rows -> paid.rows", "paid.kept -> both.left"}
    assert canvas.scene.stroke.isVisible()
    assert canvas.edges == before
    canvas.release(end, ALT)
    assert canvas.edges == ["both.rows -> out.rows"]
    assert canvas.bridge.undo_text == "Cut 2 edges"
    assert not canvas.scene.stroke.isVisible()
    canvas.bridge.undo()
    assert canvas.edges == before
    assert not canvas.bridge.can_undo


def test_escape_takes_the_stroke_back(canvas):
    end = stroke(canvas, (244, -80), (244, 200))
    canvas.key(Qt.Key.Key_Escape)
    assert not any(item.doomed for item in canvas.scene.shown.edges.values())
    assert not canvas.scene.stroke.isVisible()
    canvas.release(end, ALT)
    assert not canvas.bridge.can_undo


def test_a_stroke_over_nothing_is_no_edit(canvas):
    canvas.release(stroke(canvas, (0, 300), (900, 320)), ALT)
    assert not canvas.bridge.can_undo


def test_a_stroke_that_was_asked_for_needs_no_modifier_and_is_one_alone(canvas):
    none = Qt.KeyboardModifier.NoModifier
    canvas.view.cut_next()
    canvas.release(stroke(canvas, (244, -80), (244, 200), modifiers=none))
    assert "orders.rows -> paid.rows" not in canvas.edges
    canvas.release(stroke(canvas, (524, 250), (524, -80), modifiers=none))
    assert "paid.kept -> both.left" in canvas.edges
    canvas.view.cut_next()
    canvas.key(Qt.Key.Key_Escape)
    canvas.release(stroke(canvas, (524, 250), (524, -80), modifiers=none))
    assert "paid.kept -> both.left" in canvas.edges


def test_a_line_crosses_a_curve_where_it_changes_sides():
    way = (0.0, 0.0, 50.0, 0.0, 50.0, 100.0, 100.0, 100.0)
    assert crosses(way, (50, 0), (51, 100))
    assert not crosses(way, (0, 90), (40, 90))
    assert not crosses((0, 0, 30, 0, 60, 0, 90, 0), (20, 0), (50, 0))


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


def test_the_key_of_the_menu_asks_for_that_of_what_is_selected(canvas):
    asked = []
    canvas.view.context_requested.connect(asked.append)
    canvas.view.select(["paid"])
    canvas.view.ask_for_menu()
    item = canvas.scene.shown.nodes["paid"]
    assert asked[0].node == "paid"
    corner = canvas.view.viewport().mapToGlobal(canvas.at(item.left, item.top + item.card.height))
    assert asked[0].global_place == corner
    canvas.view.select([])
    canvas.view.ask_for_menu()
    assert (asked[1].node, asked[1].edge, asked[1].note) == (None, None, None)


def test_notes_and_nodes_move_together_by_keys_and_a_held_key_is_one_step(canvas):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    from summit_studio.app.session.selection import Selection

    control = Qt.KeyboardModifier.ControlModifier
    canvas.view.select(Selection(nodes=("paid",), notes=("remark",)))
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, control, "", repeat)
        QApplication.sendEvent(canvas.view, event)
    assert canvas.document.layout.nodes["paid"] == (280, 24)
    assert canvas.document.layout.notes["remark"] == (0, 424, 200, 80)
    canvas.view.select(Selection(notes=("remark",)))
    canvas.key(Qt.Key.Key_Right, control)
    assert canvas.document.layout.notes["remark"] == (8, 424, 200, 80)
    canvas.bridge.undo()
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo
    assert canvas.document.layout.nodes["paid"] == (280, 0)
    assert canvas.document.layout.notes["remark"] == (0, 400, 200, 80)


def test_arrows_lead_from_an_edge_to_its_ends(canvas):
    from summit_studio.app.session.selection import Selection

    edge = Edge.parse("paid.kept -> both.left")
    canvas.view.select(Selection(edges=(edge,)))
    canvas.key(Qt.Key.Key_Left)
    assert canvas.scene.selected_nodes() == ("paid",)
    canvas.view.select(Selection(edges=(edge,)))
    canvas.key(Qt.Key.Key_Right)
    assert canvas.scene.selected_nodes() == ("both",)


def test_delete_closes_the_gap_and_with_shift_leaves_it(canvas):
    canvas.view.select(["paid"])
    canvas.key(Qt.Key.Key_Delete)
    assert canvas.edges == ["orders.rows -> both.left", "both.rows -> out.rows"]
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo
    canvas.settle()
    canvas.view.select(["paid"])
    QTest.keyClick(canvas.view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.edges == ["both.rows -> out.rows"]
