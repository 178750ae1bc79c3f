"""All columns of the input are ticked, named, cast and put in order in one table."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from summit_studio.document.edits import RemoveEdge
from summit_studio.document.model import Edge, Node

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
EDGE = "orders.rows -> pick.rows"


@pytest.fixture
def pick(window, orders, csv, nodes, qtbot):
    """Select a node behind the orders, as a person does, and return the field of its columns."""

    def of(**params):
        form = nodes(
            Node("orders", csv, {"path": "orders.csv"}),
            Node("pick", "select_columns", params),
            edges=(EDGE,),
        )
        field = form.fields["columns"]
        qtbot.waitUntil(field.mapping.isVisible)
        window.activateWindow()
        field.setFocus()
        return field

    return of


@pytest.fixture
def listed(window):
    return lambda: window.session.document.nodes["pick"].params.get("columns", [])


def rows(field) -> list[tuple[str, bool]]:
    model = field.mapping.model
    return [(model.name(i), model.ticked(i)) for i in range(model.rowCount())]


def press(field, *keys: Key, modifiers=Qt.KeyboardModifier.NoModifier):
    for key in keys:
        QTest.keyClick(field.mapping.table, key, modifiers)
        QApplication.processEvents()


def write(field, at: int, text: str):
    """Type into a cell of the row that has the cursor."""
    table = field.mapping.table
    table.setCurrentIndex(field.mapping.model.index(table.currentIndex().row(), at))
    press(field, Key.Key_Return)
    line = table.viewport().findChild(QLineEdit)
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Key.Key_Return)
    QApplication.processEvents()


def choose(field, row: int):
    field.mapping.table.selectRow(row)


def test_every_column_is_listed_and_keys_tick_name_and_cast_it(pick, listed):
    field = pick()
    assert rows(field) == [("id", False), ("status", False), ("amount", False)]
    assert not field.table.isVisible()
    choose(field, 0)
    press(field, Key.Key_Space)
    assert listed() == [{"column": "id"}]
    press(field, Key.Key_Down, Key.Key_Down)
    write(field, 1, "price")
    write(field, 2, "VARCHAR")
    price = {"column": "amount", "name": "price", "type": "VARCHAR"}
    assert listed() == [{"column": "id"}, price]
    press(field, Key.Key_Delete)
    assert listed() == [{"column": "id"}]
    assert field.mapping.count.text() == "1 of 3 listed"


def test_columns_that_stay_unlisted_are_told_from_those_left_out(pick, listed, window, qtbot):
    field = pick(columns=[{"column": "id", "name": "number"}], others="keep")
    model, state = field.mapping.model, Qt.ItemDataRole.CheckStateRole
    partly = Qt.CheckState.PartiallyChecked
    cells = [(model.index(i, 0).data(state), model.index(i, 1).data()) for i in range(3)]
    assert cells == [(Qt.CheckState.Checked, "number"), (partly, "kept"), (partly, "kept")]
    assert field.mapping.count.text() == "1 of 3 listed, the others kept"
    choose(field, 1)
    write(field, 1, "state")  # The word is nothing that one would have to take out.
    assert listed()[1] == {"column": "status", "name": "state"}
    others = window.inspector.form.fields["others"].combo
    others.setCurrentIndex(others.findData("drop"))
    others.activated.emit(others.currentIndex())
    qtbot.waitUntil(lambda: model.index(2, 0).data(state) is Qt.CheckState.Unchecked)
    assert not model.index(2, 1).data()
    assert field.mapping.count.text() == "2 of 3 listed"


def test_columns_are_moved_by_keys_and_by_hand(pick, listed):
    field = pick(columns=[{"column": "id"}, {"column": "amount", "name": "price"}])
    assert rows(field) == [("id", True), ("status", False), ("amount", True)]
    choose(field, 2)
    press(field, Key.Key_Up, modifiers=CONTROL | SHIFT)
    assert rows(field) == [("id", True), ("amount", True), ("status", False)]
    press(field, Key.Key_Up, modifiers=CONTROL | SHIFT)
    assert [e["column"] for e in listed()] == ["amount", "id"]
    press(field, Key.Key_Down, modifiers=CONTROL | SHIFT)
    assert rows(field) == [("id", True), ("amount", True), ("status", False)]
    table = field.mapping.table
    end = QPointF(10, table.viewport().height() - 1)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    table.dropEvent(QDropEvent(end, Qt.DropAction.MoveAction, QMimeData(), left, none))
    assert [name for name, _ in rows(field)] == ["id", "status", "amount"]
    assert field.mapping.chosen() == [2]
    assert listed() == [{"column": "id"}, {"column": "amount", "name": "price"}]


def test_each_gesture_is_one_step_and_undo_shows_in_the_table(window, pick, listed):
    field = pick()
    field.mapping.all.click()
    assert [e["column"] for e in listed()] == ["id", "status", "amount"]
    choose(field, 1)
    write(field, 1, "state")
    field.mapping.none.click()
    assert listed() == []
    for count, name in ((3, "state"), (3, ""), (0, "")):
        window.session.bridge.undo()
        QApplication.processEvents()
        assert len(listed()) == count
        assert field.mapping.model.index(1, 1).data() == name
        assert field.mapping.model.entries() == listed()


def test_a_search_narrows_what_all_and_none_mean(pick, listed):
    field = pick()
    QTest.keyClicks(field.mapping.search, "AM")
    assert [field.mapping.model.name(i) for i in field.mapping.seen()] == ["amount"]
    field.mapping.all.click()
    assert listed() == [{"column": "amount"}]
    QTest.keyClick(field.mapping.search, Key.Key_Return)
    assert field.mapping.row() == 2
    press(field, Key.Key_Space)
    assert listed() == []


def test_what_a_file_says_is_kept_though_the_table_has_no_room_for_it(pick, listed):
    written = [
        {"column": "amount", "type": "DATE", "format": "%d.%m.%Y"},
        {"column": "gone", "name": "was"},
        {"column": "ID", "name": "a"},
        {"column": "id", "name": "b"},
    ]
    field = pick(columns=written)
    assert field.value() == listed() == written
    assert ("status", False) in rows(field)
    choose(field, [name for name, _ in rows(field)].index("amount"))
    (beneath,) = field.rest
    assert (beneath.isVisible(), beneath.value()) == (True, "%d.%m.%Y")
    beneath.target.selectAll()
    QTest.keyClicks(beneath.target, "%Y")
    assert listed() == [{**written[0], "format": "%Y"}, *written[1:]]


def test_where_no_column_is_known_there_are_entries(window, pick, settle, qtbot):
    field = pick(columns=[{"column": "id"}])
    window.session.do(RemoveEdge(Edge.parse(EDGE)))
    settle()
    qtbot.waitUntil(field.table.isVisible)
    assert not field.mapping.isVisible()
    assert field.value() == [{"column": "id"}]
    assert field.target is field.table
    window.session.bridge.undo()
    settle()
    qtbot.waitUntil(field.mapping.isVisible)
    assert (field.target, field.table.isVisible()) == (field.mapping.table, False)


def test_a_problem_leads_to_the_row_of_its_entry(window, pick):
    from summit_studio.core.errors import Where

    field = pick(columns=[{"column": "id"}, {"column": "amount", "type": "VARCHAR"}])
    window.session.show_place(Where(node_id="pick", param="columns.1.type"))
    QApplication.processEvents()
    at = field.mapping.table.currentIndex()
    assert (field.mapping.model.name(at.row()), at.column()) == ("amount", 2)
