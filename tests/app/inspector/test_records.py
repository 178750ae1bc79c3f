"""Lists of entries are filled in by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.app.shell.editor_window import EditorWindow
from summit_studio.document.model import Node

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def holder():
    """What has the keys; offscreen a window may lose them to nothing for a moment."""
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, EditorWindow)]
    while QApplication.focusWidget() is None:
        windows[0].activateWindow()
        QApplication.processEvents()
    return QApplication.focusWidget()


def press(which, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(holder(), which, modifiers)
    QApplication.processEvents()


def write(text):
    QTest.keyClicks(holder(), text)
    QApplication.processEvents()


def focused() -> str:
    return holder().accessibleName()


@pytest.fixture
def entries(window):
    def of(node_id):
        params = window.session.document.nodes[node_id].params
        return [dict(e) for value in params.values() if isinstance(value, list) for e in value]

    return of


@pytest.fixture
def place(window, settle, orders, csv, nodes):
    """Place a node type from the library beside a source, as a person does."""

    def put(type_id):
        nodes(Node("orders", csv, {"path": "orders.csv"}))
        window.activateWindow()
        window.adding.add_in_view(type_id)
        QApplication.processEvents()
        return window.session.selection.nodes[-1]

    return put


def test_a_list_begins_with_an_entry_ready_and_keys_lead_through_it(window, place, entries):
    added = place("derive")
    assert focused() == "Name"
    assert entries(added) == []
    write("gross")
    press(Key.Key_Return)
    assert focused() == "Expression"
    write("net * 2")
    press(Key.Key_Return)
    assert focused() == "Name"
    assert entries(added) == [{"name": "gross", "expression": "net * 2"}]
    write("b")
    press(Key.Key_Return)
    write("2")
    assert [e["name"] for e in entries(added)] == ["gross", "b"]
    press(Key.Key_Tab)
    assert not window.inspector.form.fields["columns"].isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize(
    ("type_id", "first"), [("rules", "Id"), ("aggregate", "Name"), ("join", "Left")]
)
def test_every_list_a_node_cannot_do_without_stands_ready(window, place, type_id, first, qtbot):
    place(type_id)
    assert focused() == first
    port = window.inspector._scroll.viewport()
    qtbot.waitUntil(lambda: port.rect().contains(holder().mapTo(port, holder().rect().center())))


def test_what_nothing_was_written_in_is_no_entry_and_goes_when_left(window, place, entries):
    added = place("derive")
    field = window.inspector.form.fields["columns"]
    assert (field.model.rowCount(), entries(added)) == (1, [])
    assert not window.session.document.nodes[added].params
    press(Key.Key_Escape)
    assert window.canvas.hasFocus()
    QApplication.processEvents()
    assert field.model.rowCount() == 0


def test_escape_leaves_the_field_and_the_next_node_comes_connected(window, place):
    added = place("derive")
    write("a")
    press(Key.Key_Escape)
    assert window.session.selection.nodes == (added,)
    window.adding.add_in_view("filter")
    edges = [str(e) for e in window.session.document.edges]
    assert edges[-1].startswith(f"{added}.rows -> ")
    press(Key.Key_Escape)
    assert window.session.selection != Selection()
    press(Key.Key_Escape)
    assert window.session.selection == Selection()


def test_tab_walks_over_entries_and_back_and_keys_remove_and_move(window, nodes, entries):
    listed = [{"name": n, "expression": e} for n, e in ("a1", "b2", "c3")]
    field = nodes(Node("more", "derive", {"columns": listed})).fields["columns"]
    window.activateWindow()
    field.setFocus()
    press(Key.Key_Return)
    write("x")
    press(Key.Key_Tab)
    press(Key.Key_Tab)
    assert (focused(), field._row()) == ("Name", 1)
    press(Key.Key_Backtab)
    assert (focused(), field._row()) == ("Expression", 0)
    press(Key.Key_Down, CONTROL | SHIFT)
    assert [e["expression"] for e in entries("more")] == ["2", "1", "3"]
    press(Key.Key_Delete, CONTROL)
    assert [e["name"] for e in entries("more")] == ["b", "c"]
    assert focused() == "Expression"
    press(Key.Key_Delete, CONTROL)
    press(Key.Key_Delete, CONTROL)
    assert entries("more") == []
    window.session.bridge.undo()
    assert len(entries("more")) == 1


def test_an_entry_that_is_emptied_is_none_and_undo_leaves_room_to_write(window, place, entries):
    added = place("derive")
    write("a")
    press(Key.Key_Backspace)
    assert entries(added) == []
    assert focused() == "Name"
    write("total")
    window.session.bridge.undo()
    QApplication.processEvents()
    assert entries(added) == []
    assert focused() == "Name"


def test_a_problem_leads_to_the_entry_and_its_field(window, nodes):
    from summit_studio.core.errors import Where

    listed = [{"name": n, "expression": e} for n, e in ("a1", "b2")]
    field = nodes(Node("more", "derive", {"columns": listed})).fields["columns"]
    window.activateWindow()
    window.session.show_place(Where(node_id="more", param="columns.1.expression"))
    QApplication.processEvents()
    assert (field._row(), focused()) == (1, "Expression")


def test_moves_of_one_entry_are_one_step_apart_from_typing_and_from_removing(
    window, nodes, entries
):
    listed = [{"name": n, "expression": e} for n, e in ("a1", "b2", "c3")]
    field = nodes(Node("more", "derive", {"columns": listed})).fields["columns"]
    window.activateWindow()
    field.setFocus()
    press(Key.Key_Return)
    write("x")
    typed = entries("more")
    press(Key.Key_Down, CONTROL | SHIFT)
    press(Key.Key_Down, CONTROL | SHIFT)
    moved = entries("more")
    assert [e["expression"] for e in moved] == ["2", "3", "1"]
    press(Key.Key_Delete, CONTROL)
    press(Key.Key_Delete, CONTROL)
    assert len(entries("more")) == 1
    for before in (moved[:2], moved, typed, listed):
        window.session.bridge.undo()
        assert entries("more") == before
