"""Fields of the inspector: their place, when they speak up, what they offer and put right."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import Catalogue


def test_no_form_is_stretched_apart(window):
    kinds = [k for k in Catalogue.load() if k.params_class.model_fields]
    for number, kind in enumerate(kinds):
        window.session.do(AddNode(Node(f"n{number}", kind.id), (number * 300, 0)))
    for number, kind in enumerate(kinds):
        window.session.choose_nodes((f"n{number}",))
        QApplication.processEvents()
        form = window.inspector.form
        head = window.inspector.head
        assert form.height() <= max(form.sizeHint().height(), form.heightForWidth(form.width()))
        gap = form.mapTo(head.parentWidget(), QPoint(0, 0)).y() - head.geometry().bottom()
        assert gap <= 16, kind.id


def activate(window):
    """Give the window the keys: offscreen a popup that closed may still have them."""
    for _ in range(3):
        window.activateWindow()
        QApplication.processEvents()


def severity(window, node_id):
    return window.canvas.scene().shown.nodes[node_id].severity


def test_problems_wait_until_one_has_had_a_chance(window, nodes, settle):
    form = nodes(Node("paid", "filter"))
    field = form.fields["condition"]
    told = (field.message.label.property("role"), field.code.property("invalid") or "")
    assert (told, severity(window, "paid")) == (("info", ""), None)
    assert window.problems._at(0)[1] is Severity.INFO
    window.session.choose(Selection())
    window.session.choose(Selection(("paid",)))
    QApplication.processEvents()
    field = window.inspector.form.fields["condition"]
    assert field.message.label.property("role") == field.code.property("invalid") == "warning"
    assert severity(window, "paid") is window.problems._at(0)[1] is Severity.WARNING
    window.gate.on_run()
    assert field.message.label.property("role") == field.code.property("invalid") == "error"
    assert severity(window, "paid") is window.problems._at(0)[1] is Severity.ERROR


def test_what_is_wrong_while_one_types_moves_no_field_and_warns_once_left(window, nodes, settle):
    form = nodes(Node("some", "limit"))
    window.session.choose(Selection())
    window.session.choose(Selection(("some",)))
    QApplication.processEvents()
    form = window.inspector.form
    rows = form.fields["rows"]
    activate(window)
    QTest.mouseClick(rows.line, Qt.MouseButton.LeftButton)
    settle()
    QApplication.processEvents()
    before = form.fold.y()
    QTest.keyClick(rows.line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(rows.line, "-5")
    settle()
    QApplication.processEvents()
    assert rows.problem
    assert (form.fold.y(), rows.message.label.property("role")) == (before, "info")
    activate(window)
    QTest.mouseClick(window.inspector.head.title, Qt.MouseButton.LeftButton)
    assert rows.message.label.property("role") == "warning"


def test_a_click_beneath_the_field_mends_it_and_one_undo_takes_it_back(
    window, nodes, orders, csv, settle
):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("more", "derive", {"columns": [{"name": "x", "expression": "id * status"}]}),
        edges=("orders.rows -> more.rows",),
    )
    message = form.fields["columns"].message
    assert [b.text() for b in message.buttons] == ["CAST(status AS INTEGER)"]
    assert "DATE" not in message.text
    QTest.mouseClick(message.buttons[0], Qt.MouseButton.LeftButton)
    settle()
    (column,) = window.session.document.nodes["more"].params["columns"]
    assert column["expression"] == "id * CAST(status AS INTEGER)"
    assert (message.text, message.buttons) == ("", ())
    window.session.bridge.undo()
    settle()
    assert window.session.document.nodes["more"].params["columns"][0]["expression"] == "id * status"
