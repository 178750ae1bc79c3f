"""While an expression is written its result on the first rows stands beneath it."""

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.inspector.signature import called
from summit_studio.document.model import Node


def shown(live) -> list[str]:
    model = live.model
    return [model.text(r, model.columnCount() - 1) for r in range(model.rowCount())]


def test_matches_values_and_type_follow_what_is_typed(window, nodes, orders, csv, qtbot):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter"),
        edges=("orders.rows -> paid.rows",),
    )
    field = form.fields["condition"]
    assert field.live.isHidden()
    field.code.setFocus()
    QTest.keyClicks(field.code, "amount > 2")
    qtbot.waitUntil(lambda: field.live.summary.text() == "true/false · 199 of 200 rows match")
    assert field.live.isVisible()
    assert shown(field.live) == ["false", "true", "true"]
    below = field.live.mapTo(form, field.live.rect().bottomLeft()).y()
    QTest.keyClicks(field.code, " +")
    qtbot.waitUntil(lambda: field.live.dimmed)
    assert shown(field.live) == ["false", "true", "true"]
    assert field.live.summary.text().startswith("Before: true/false")
    assert field.live.mapTo(form, field.live.rect().bottomLeft()).y() == below
    field.code.selectAll()
    QTest.keyClicks(field.code, "amount * 2")
    qtbot.waitUntil(lambda: field.live.summary.text() == "decimal · on 200 rows")
    assert not field.live.dimmed
    assert shown(field.live) == ["3.0", "6.0", "9.0"]


def test_an_entry_may_use_what_those_above_compute(window, nodes, orders, csv, qtbot):
    listed = [{"name": "twice", "expression": "id * 2"}, {"name": "b", "expression": "twice + 1"}]
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("more", "derive", {"columns": listed}),
        edges=("orders.rows -> more.rows",),
    )
    form.fields["columns"].focus_part("1.expression")
    live = form.fields["columns"]._fields[1].live
    qtbot.waitUntil(lambda: shown(live) == ["3", "5", "7"])
    window.session.choose_nodes(["orders"])
    QApplication.processEvents()
    assert not window.inspector._written


def test_within_brackets_the_function_says_how_it_is_called(window, nodes):
    window.activateWindow()
    code = nodes(Node("paid", "filter")).fields["condition"].code
    code.setFocus()
    QTest.keyClicks(code, "upper(left(a, 1), ")
    assert "upper(text) -> text" in code.signature.text()
    assert code.signature.isVisible()
    QTest.keyClicks(code, ") ")
    assert code.signature.isHidden()
    assert [called(t) for t in ("f(g(a), 'x(", "f(g(a), 'x(' ", "(a + f(", "f(a) (")] == [
        "", "f", "f", "",
    ]  # fmt: skip
