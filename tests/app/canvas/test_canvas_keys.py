from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from summit_studio.document.model import Edge

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def test_arrows_walk_along_the_edges(canvas):
    canvas.view.select(["orders"])
    canvas.key(Key.Key_Right)
    assert canvas.scene.selected_nodes() == ("paid",)
    canvas.key(Key.Key_Right)
    assert canvas.scene.selected_nodes() == ("both",)
    canvas.key(Key.Key_Left)
    assert canvas.scene.selected_nodes() == ("paid",)
    canvas.key(Key.Key_Down)
    assert canvas.scene.selected_nodes() == ("people",)
    canvas.key(Key.Key_Up, SHIFT)
    assert canvas.scene.selected_nodes() == ("people", "paid")


def test_an_arrow_without_a_selection_begins_in_the_middle(canvas):
    canvas.view.center_on_node("people")
    canvas.key(Key.Key_Right)
    assert canvas.scene.selected_nodes() == ("people",)


def test_walking_brings_nodes_into_view(canvas):
    canvas.view.select(["orders"])
    canvas.view.set_zoom(3)
    canvas.view.center_on_node("orders")
    canvas.key(Key.Key_Right)
    frame = canvas.view.mapFromScene(canvas.scene.shown.nodes["paid"].frame).boundingRect()
    assert canvas.view.viewport().rect().contains(frame)


def test_control_and_arrows_nudge_by_the_grid(canvas):
    canvas.view.select(["paid", "out"])
    canvas.key(Key.Key_Down, CONTROL)
    canvas.key(Key.Key_Left, CONTROL)
    assert canvas.document.layout.nodes["paid"] == (272, 8)
    assert canvas.document.layout.nodes["out"] == (832, 88)
    canvas.bridge.undo()
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo


def test_a_held_arrow_is_one_undo_step(canvas, qtbot):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    canvas.view.select(["paid"])
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Right, CONTROL, "", repeat)
        QApplication.sendEvent(canvas.view, event)
    assert canvas.document.layout.nodes["paid"] == (304, 0)
    canvas.bridge.undo()
    assert canvas.document.layout.nodes["paid"] == (280, 0)


def test_delete_removes_nodes_with_their_edges_and_notes_in_one_edit(canvas):
    canvas.view.select_all()
    canvas.delete()
    assert not canvas.document.nodes
    assert not canvas.document.edges
    assert not canvas.document.notes
    assert not canvas.scene.selection
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo
    assert len(canvas.document.nodes) == 5
    assert len(canvas.edges) == 3


def test_delete_removes_a_selected_edge_alone(canvas):
    from summit_studio.app.session.selection import Selection

    edge = canvas.document.edges[1]
    canvas.view.select(Selection(edges=(edge,)))
    canvas.delete()
    assert edge not in canvas.document.edges
    assert len(canvas.document.nodes) == 5


def test_delete_removes_a_note_alone(canvas):
    from summit_studio.app.session.selection import Selection

    canvas.view.select(Selection(notes=("remark",)))
    canvas.delete()
    assert not canvas.document.notes
    assert canvas.bridge.undo_text == "Delete note"


def test_delete_with_nothing_selected_is_no_edit(canvas):
    canvas.delete()
    assert not canvas.bridge.can_undo


def test_space_and_double_click_ask_for_a_node(canvas):
    asked = []
    canvas.view.add_requested.connect(asked.append)
    canvas.view.ask_for_node()
    canvas.key(Key.Key_Space)
    spot = canvas.at(500, 500)
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert len(asked) == 3
    assert all(a.port is None for a in asked)
    assert asked[2].place == (500, 500)
    assert asked[2].global_place == canvas.view.viewport().mapToGlobal(spot)


def test_a_node_is_asked_for_beside_what_is_selected(canvas):
    from summit_studio.app.session.selection import Selection

    asked = []
    canvas.view.add_requested.connect(asked.append)
    canvas.view.select(["orders", "people"])
    canvas.view.ask_for_node()
    canvas.view.select(Selection(edges=(Edge.parse("paid.kept -> both.left"),)))
    canvas.key(Key.Key_Space)
    assert asked[0].beside == ("orders", "people")
    assert str(asked[1].edge) == "paid.kept -> both.left"


def test_double_click_and_enter_open_a_node(canvas):
    opened = []
    canvas.view.node_activated.connect(opened.append)
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=canvas.node("people"))
    canvas.view.select(["out"])
    canvas.key(Key.Key_Return)
    assert opened == ["people", "out"]


def test_escape_selects_nothing(canvas):
    canvas.view.select(["out"])
    canvas.key(Key.Key_Escape)
    assert canvas.scene.selected_nodes() == ()


def test_tab_reaches_the_canvas(make_canvas, qtbot):
    from tests.app.canvas.conftest import sample

    canvas = make_canvas(sample())
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    line = QLineEdit()
    column.addWidget(line)
    column.addWidget(canvas.view)
    window.show()
    window.activateWindow()
    line.setFocus()
    QTest.keyClick(line, Key.Key_Tab)
    assert window.focusWidget() is canvas.view
    canvas.view.setParent(None)


def test_a_note_is_edited_where_it_stands(canvas):
    canvas.view.centerOn(300, 400)
    spot = canvas.at(100, 440)
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    field = canvas.view.viewport().focusWidget()
    QTest.keyClicks(field, "Clean now")
    QTest.keyClick(field, Key.Key_Return, CONTROL)
    assert canvas.document.notes["remark"].text == "Clean now"
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    field = canvas.view.viewport().focusWidget()
    QTest.keyClicks(field, "Clean at last")
    QTest.keyClick(field, Key.Key_Escape)
    assert canvas.document.notes["remark"].text == "Clean at last"
    assert canvas.view.hasFocus()
    canvas.bridge.undo()
    assert canvas.document.notes["remark"].text == "Clean now"
    assert canvas.document.layout.notes["remark"] == (0, 400, 200, 80)


def test_a_key_that_means_nothing_here_goes_to_the_window(canvas):
    before = canvas.view.middle()
    canvas.key(Key.Key_PageDown)
    assert canvas.view.middle() == before


def test_hovering_a_port_shows_its_name_from_80_percent(canvas):
    canvas.move(canvas.node("both"))
    assert canvas.scene.names.isVisible()
    canvas.move(canvas.at(500, 600))
    assert not canvas.scene.names.isVisible()
    canvas.view.set_zoom(0.7)
    canvas.move(canvas.node("both"))
    canvas.move(canvas.node("both") + QPoint(2, 0))
    assert not canvas.scene.names.isVisible()


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

    canvas.view.select(Selection(nodes=("paid",), notes=("remark",)))
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Down, CONTROL, "", repeat)
        QApplication.sendEvent(canvas.view, event)
    assert canvas.document.layout.nodes["paid"] == (280, 24)
    assert canvas.document.layout.notes["remark"] == (0, 424, 200, 80)
    canvas.view.select(Selection(notes=("remark",)))
    canvas.key(Key.Key_Right, CONTROL)
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
    canvas.key(Key.Key_Left)
    assert canvas.scene.selected_nodes() == ("paid",)
    canvas.view.select(Selection(edges=(edge,)))
    canvas.key(Key.Key_Right)
    assert canvas.scene.selected_nodes() == ("both",)


def test_delete_closes_the_gap_or_leaves_it(canvas):
    canvas.view.select(["paid"])
    canvas.delete()
    assert canvas.edges == ["orders.rows -> both.left", "both.rows -> out.rows"]
    canvas.bridge.undo()
    assert not canvas.bridge.can_undo
    canvas.settle()
    canvas.view.select(["paid"])
    canvas.delete(heal=False)
    assert canvas.edges == ["both.rows -> out.rows"]
