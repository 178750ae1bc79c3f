"""The tables that connections lead to are looked at, and read by a key or a drag."""

import sqlite3
from contextlib import closing

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest


@pytest.fixture
def shop(window):
    """A workspace with one connection that has two tables, and one that leads nowhere."""
    root = window.session.workspace.root
    root.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(root / "shop.db")) as con, con:
        con.execute("CREATE TABLE orders (id INTEGER, amount REAL)")
        con.execute("CREATE TABLE people (name TEXT)")
        con.execute("INSERT INTO orders VALUES (1, 2.5)")
    (root / "connections.toml").write_text(
        '[shop]\nkind = "sqlite"\npath = "shop.db"\n[lost]\nkind = "sqlite"\npath = "no/such.db"\n'
    )
    window.session.reload_workspace()
    window.activateWindow()
    QTest.keyClick(window.canvas, Qt.Key.Key_8, Qt.KeyboardModifier.AltModifier)
    return window.databases


def texts(item):
    return [item.child(at).text(0) for at in range(item.childCount())]


def test_keys_lead_from_a_connection_to_the_columns_of_a_table_and_read_it(
    window, shop, qtbot, settle
):
    tree = shop.tree
    assert tree.hasFocus()
    top = tree.topLevelItem(0)
    assert (top.text(0), top.text(1)) == ("shop", "sqlite")
    tree.setCurrentItem(top)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(texts(top)) == 2)
    orders = top.child(0)
    assert [t.split(".")[-1] for t in texts(top)] == ["orders", "people"]
    QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: texts(orders) == ["id", "amount"])
    assert orders.child(1).text(1)
    QTest.keyClick(tree, Qt.Key.Key_Return)
    (node,) = window.session.document.nodes.values()
    assert (node.type, node.params["connection"]) == ("table_source", "shop")
    assert node.params["table"].split(".")[-1] == "orders"
    settle()
    codes = {p.code for p in window.session.problems_of(node.id)}
    assert codes <= {"output_unread"}


def test_a_table_is_dropped_where_it_is_wanted(window, shop, qtbot):
    top = shop.tree.topLevelItem(0)
    top.setExpanded(True)
    qtbot.waitUntil(lambda: len(texts(top)) == 2)
    data = shop.tree.mimeData([top.child(1)])
    at, copy, left = QPoint(300, 200), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at, copy, data, left, Qt.KeyboardModifier.NoModifier)
    window.canvas.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(at), copy, data, left, Qt.KeyboardModifier.NoModifier)
    window.canvas.dropEvent(drop)
    (node,) = window.session.document.nodes.values()
    assert (node.params["connection"], node.params["table"]) == ("shop", top.child(1).text(0))
    window.session.bridge.undo()
    assert not window.session.document.nodes


def test_what_does_not_answer_says_why_in_its_place_and_a_table_is_found_by_typing(
    window, shop, qtbot
):
    lost = shop.tree.topLevelItem(1)
    lost.setExpanded(True)
    qtbot.waitUntil(lambda: texts(lost) and not texts(lost)[0].startswith("Reading"))
    assert "such.db" in lost.child(0).toolTip(0)
    top = shop.tree.topLevelItem(0)
    top.setExpanded(True)
    qtbot.waitUntil(lambda: len(texts(top)) == 2)
    QTest.keyClicks(shop.search, "peo")
    assert [top.child(at).isHidden() for at in range(2)] == [True, False]
