"""Keys of a join: columns of one name are paired by one click."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.document.model import Node

EDGES = ("orders.rows -> both.left", "people.rows -> both.right")


def test_columns_of_one_name_are_paired_by_one_click(window, orders, csv, nodes, qtbot):
    (orders.parent / "people.csv").write_text("ID,status,amount,city\n1,2,3.5,Bonn\n")
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("people", csv, {"path": "people.csv"}),
        Node("both", "join", {"keys": [{"left": "status", "right": "city"}]}),
        edges=EDGES,
    )
    field = form.fields["keys"]
    qtbot.waitUntil(lambda: field.proposed() == ("id", "amount"))
    window.activateWindow()
    field.alike.setFocus()
    QTest.keyClick(field.alike, Qt.Key.Key_Space)
    keys = [{"left": n, "right": m} for n, m in (("status", "city"), ("id", "ID"), ("amount",) * 2)]
    assert window.session.document.nodes["both"].params["keys"] == keys
    assert not field.alike.isVisible()
    window.session.bridge.undo()
    assert window.session.document.nodes["both"].params["keys"] == keys[:1]
    qtbot.waitUntil(field.alike.isVisible)


def test_a_text_and_a_number_of_one_name_are_not_proposed(window, orders, csv, nodes, qtbot):
    (orders.parent / "people.csv").write_text("status,id\n1,2\n")
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("people", csv, {"path": "people.csv"}),
        Node("both", "join"),
        edges=EDGES,
    )
    field = form.fields["keys"]
    qtbot.waitUntil(field.alike.isVisible)
    assert field.proposed() == ("id",)
    assert field.alike.text() == "Match id"


@pytest.mark.parametrize(
    ("typed", "key", "taken"),
    [("st", Qt.Key.Key_Return, "status"), ("OU", Qt.Key.Key_Tab, "amount"),
     ("id", Qt.Key.Key_Return, "id"), ("zz", Qt.Key.Key_Return, "zz")],
)  # fmt: skip
def test_a_key_takes_the_column_offered_and_goes_on(
    window, orders, csv, nodes, settle, typed, key, taken
):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("both", "join"),
        edges=("orders.rows -> both.left", "orders.rows -> both.right"),
    )
    for _ in range(3):  # Offscreen a popup that closed may still have the keys.
        window.activateWindow()
        QApplication.processEvents()
    field = form.fields["keys"]
    field.invite()
    left, right = (e.combo.lineEdit() for e in field._fields[:2])
    QTest.keyClicks(left, typed)
    QTest.keyClick(QApplication.activePopupWidget() or left, key)
    settle()
    (entry,) = window.session.document.nodes["both"].params["keys"]
    assert entry["left"] == taken
    # Offscreen the window of a list that closed keeps Tab, on a display it does not.
    assert key == Qt.Key.Key_Tab or right.hasFocus()
