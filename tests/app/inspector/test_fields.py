"""Fields of the inspector: their place, when they speak up, what they offer and put right."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.inspector.completing import Word, fitting
from summit_studio.app.session.selection import Selection
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, SetParams
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
    field = form.fields["columns"]
    message = field._fields[1].message  # Beneath the expression itself.
    assert not field.message.text
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


def test_what_is_said_of_an_expression_stands_beneath_it_and_in_view(
    window, nodes, orders, csv, settle, qtbot
):
    columns = [{"name": "x", "expression": "id"}, {"name": "y", "expression": "nothing"}]
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("more", "derive", {"columns": columns}),
        edges=("orders.rows -> more.rows",),
    )
    window.resize(1280, 600)
    activate(window)
    field = form.fields["columns"]
    code = field._fields[1]
    assert (code.problem, "'nothing'" in field.problem) == ("", True)  # Of the other entry.
    field.focus_part("1.expression")
    assert ("'nothing'" in code.problem, field.problem) == (True, "")
    field.add()
    field.focus_part("2.expression")
    settle()
    QApplication.processEvents()
    assert code.live.isHidden()
    QTest.keyClicks(code.code, "id + 1")
    settle()
    view = window.inspector._scroll.viewport()

    def seen():
        top = code.mapTo(view, QPoint(0, 0)).y()
        below = code.live.mapTo(view, QPoint(0, code.live.height())).y()
        return code.live.isVisible() and top >= 0 and below <= view.height()

    qtbot.waitUntil(seen)


def test_what_is_wrong_is_underlined_where_it_stands_once_it_is_told(
    window, nodes, orders, csv, settle
):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter", {"condition": "id > 1\n  and nothing = 2"}),
        edges=("orders.rows -> paid.rows",),
    )
    code = form.fields["condition"].code
    assert code.marks == ()  # A node just made only hints.
    window.session.ask_run()
    ((word, told),) = code.marks
    assert word == "nothing"
    assert "There is no column 'nothing'" in told
    (mark,) = code.extraSelections()
    assert mark.format.underlineStyle() == QTextCharFormat.UnderlineStyle.WaveUnderline
    assert code.told_at(code.cursorRect(mark.cursor).center()) == told
    assert code.told_at(QPoint(2, 2)) == ""
    window.session.do(SetParams("paid", {"condition": "id > 1"}))
    settle()
    assert code.marks == ()


@pytest.fixture
def condition(window, nodes, orders, csv):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter"),
        edges=("orders.rows -> paid.rows",),
    )
    activate(window)
    code = form.fields["condition"].code
    QTest.mouseClick(code.viewport(), Qt.MouseButton.LeftButton)
    assert code.hasFocus()
    return code


def test_keys_typed_fast_all_arrive_while_the_completions_open(window, condition):
    handle = window.windowHandle()
    for letter in "status = amount and id":
        QTest.keyClick(handle, letter)
    assert condition.toPlainText() == "status = amount and id"


def test_completions_never_cover_the_text_and_show_what_they_are(window, condition):
    for letter in "st":
        QTest.keyClick(window.windowHandle(), letter)
    shown = condition.completion
    assert shown.isVisible()
    area = condition.cursorRect()
    line = QRect(condition.viewport().mapToGlobal(area.topLeft()), area.size())
    assert not shown.geometry().intersects(line)
    first, *others = shown.words
    assert (first.text, first.kind) == ("status", "text")
    assert {w.kind for w in others} >= {"function"}
    assert all(w.description for w in others if w.kind == "function")
    item = shown.list.topLevelItem(0)
    assert (item.text(0), item.text(1)) == ("status", "text")
    assert condition.hasFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert (shown.isVisible(), condition.hasFocus()) == (False, True)


@pytest.mark.parametrize(
    ("before", "offered"),
    [("status = 'pa", False), ("id -- st", False), ('"st', False), ("'paid' = st", True)],
)
def test_completions_offer_nothing_within_quotes_and_comments(window, condition, before, offered):
    for letter in before:
        QTest.keyClick(window.windowHandle(), letter)
    assert condition.toPlainText() == before
    assert condition.completion.isVisible() is offered


def test_completions_stand_above_where_there_is_no_room_below(window, condition):
    screen = condition.screen().availableGeometry()
    line = QRect(40, screen.bottom() - 20, 30, 14)
    condition.completion.offer([Word("status", "text", column=True)], line)
    shown = condition.completion.geometry()
    assert not shown.intersects(line)
    assert screen.contains(shown)


def test_a_column_is_found_by_the_middle_of_its_name_after_those_that_begin_so():
    words = [
        Word("amount()", "function"),
        Word("paid_amount", column=True),
        Word("amount_net", column=True),
    ]
    assert [w.text for w in fitting(words, "am")] == ["amount_net", "paid_amount", "amount()"]


def test_single_columns_come_before_all_of_them(nodes, orders, csv):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("few", "deduplicate"),
        edges=("orders.rows -> few.rows",),
    )
    actions = [a.text() for a in form.fields["keys"].menu().actions() if a.text()]
    assert [a.partition("\t")[0] for a in actions] == ["id", "status", "amount", "All 3 columns"]


def test_a_changed_field_goes_back_to_its_default_by_one_click_and_one_undo(window, nodes, qtbot):
    form = nodes(Node("some", "limit"))
    rows = form.fields["rows"]
    assert rows.reset.isHidden()
    QTest.keyClicks(rows.line, "7")
    qtbot.waitUntil(rows.reset.isVisible)
    typed = window.session.document.nodes["some"].params
    QTest.mouseClick(rows.reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(rows.reset.isHidden)
    assert rows.value() == rows.spec.default
    assert window.session.document.nodes["some"].params == {}
    window.session.bridge.undo()
    assert window.session.document.nodes["some"].params == typed
