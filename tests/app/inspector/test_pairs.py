"""Keys of a join: columns of one name are paired by one click."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

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
