"""A condition is built from rows of column, operator and value, by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Node

Key = Qt.Key


@pytest.fixture
def field(window, nodes, orders, csv):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter"),
        edges=("orders.rows -> paid.rows",),
    )
    window.activateWindow()
    return form.fields["condition"]


def condition(window):
    return window.session.document.nodes["paid"].params.get("condition", "")


def test_rows_write_the_expression_by_keys_and_undo_takes_them_back(window, field, qtbot):
    field.as_rows.click()
    (row,) = field.builder.rows
    QTest.keyClicks(row.column, "sta")
    QTest.keyClick(row.column, Key.Key_Return)
    assert [row.operator.itemText(i) for i in range(3)] == ["is", "is not", "contains"]
    QTest.keyClicks(row.operator, "is not")
    QTest.keyClick(row.operator, Key.Key_Return)
    assert condition(window) == ""
    qtbot.waitUntil(lambda: row.values[0].completer().model().rowCount() == 2)
    assert row.values[0].completer().model().stringList() == ["paid", "cancelled"]
    QTest.keyClicks(row.values[0], "it's")
    assert condition(window) == "status <> 'it''s'"
    QTest.keyClick(row.values[0], Key.Key_Return)
    other = field.builder.rows[1]
    assert condition(window) == "status <> 'it''s'"
    QTest.keyClicks(other.column, "am")
    QTest.keyClicks(other.values[0], "30")
    assert condition(window) == "status <> 'it''s' AND amount = 30"
    qtbot.waitUntil(lambda: field.live.summary.text() == "true/false · 1 of 200 rows match")
    field.builder.joiner.setFocus()
    QTest.keyClick(field.builder.joiner, Key.Key_Down)
    assert condition(window) == "status <> 'it''s' OR amount = 30"
    QTest.keyClick(other.column, Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert condition(window) == "status <> 'it''s'"
    window.session.bridge.undo()
    qtbot.waitUntil(lambda: len(field.builder.rows) == 2)
    assert field.builder.joiner.currentData() is True


def test_what_rows_cannot_say_stays_text_and_the_choice_is_remembered(window, field, qtbot):
    QTest.keyClicks(field.code, "amount BETWEEN 2 AND 30")
    field.as_rows.click()
    (row,) = field.builder.rows
    assert (field.built, row.values[1].text()) == (True, "30")
    window.session.do(SetParams("paid", {"condition": "status LIKE 'p%'"}))
    qtbot.waitUntil(lambda: not field.built)
    assert not field.note.isHidden()
    assert field.code.isVisible()
    window.session.do(SetParams("paid", {"condition": "amount > 2"}))
    window.session.choose(Selection(("orders",)))
    QApplication.processEvents()
    window.session.choose(Selection(("paid",)))
    QApplication.processEvents()
    again = window.inspector.form.fields["condition"]
    assert again is not field
    assert again.built
    assert condition(window) == "amount > 2"
    again.as_text.click()
    assert not again.built
    assert again.code.toPlainText() == "amount > 2"


def test_nothing_is_clipped_in_the_narrow_dock(window, field, qtbot):
    QTest.keyClicks(field.code, "amount BETWEEN 2 AND 30 AND status = 'paid'")
    field.as_rows.click()
    # What begins in a window that is too small for all has its room once that grows.
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: window.inspector.width() > 280)
    room = window.inspector._scroll.viewport()
    inside = [*field.builder.rows[0].inputs(), field.builder.rows[0].remove, field.as_text]
    for widget in inside:
        assert widget.mapTo(room, widget.rect().topRight()).x() < room.width()
        assert widget.width() >= 20
