import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Node
from summit_studio.nodes.parts.database_reader import sample_files


def params(window, node_id: str):
    return dict(window.session.document.nodes[node_id].params)


def test_the_form_follows_the_params_class(window, nodes):
    form = nodes(Node("paid", "filter"))
    assert list(form.fields) == ["condition"]
    assert form.fields["condition"].code.placeholderText() == "status <> 'cancelled'"


def test_each_key_is_an_edit_and_one_undo_takes_the_typing_back(window, nodes, qtbot):
    form = nodes(Node("paid", "filter"))
    code = form.fields["condition"].code
    code.setFocus()
    QTest.keyClicks(code, "id > 1")
    assert params(window, "paid") == {"condition": "id > 1"}
    QTest.keyClick(code, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    if params(window, "paid"):  # Without a window manager the shortcut finds no active window.
        window.session.bridge.undo()
        QApplication.processEvents()
    assert params(window, "paid") == {}
    qtbot.waitUntil(lambda: code.toPlainText() == "")
    window.session.bridge.redo()
    qtbot.waitUntil(lambda: code.toPlainText() == "id > 1")


def test_undo_does_not_rebuild_the_form_under_the_cursor(window, nodes, qtbot):
    form = nodes(Node("paid", "filter", {"condition": "id = 1"}))
    code = form.fields["condition"].code
    window.session.do(SetParams("paid", {"condition": "id = 12"}, "condition"))
    qtbot.waitUntil(lambda: code.toPlainText() == "id = 12")
    window.session.bridge.undo()
    qtbot.waitUntil(lambda: code.toPlainText() == "id = 1")
    assert window.inspector.form is form
    assert form.fields["condition"].code is code


def test_a_problem_appears_beneath_its_field_and_vanishes(window, nodes, orders, csv, settle):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter", {"condition": "statsu = 'paid'"}),
        edges=("orders.rows -> paid.rows",),
    )
    field = form.fields["condition"]
    assert "statsu" in field.problem
    assert "status" in field.problem
    code = field.code
    code.selectAll()
    QTest.keyClicks(code, "status = 'paid'")
    settle()
    assert field.problem == ""


def test_completion_offers_columns_and_functions(window, nodes, orders, csv):
    form = nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter"),
        edges=("orders.rows -> paid.rows",),
    )
    code = form.fields["condition"].code
    code.setFocus()
    QTest.keyClicks(code, "sta")
    assert code.completion.isVisible()
    assert code.completion.current == "status"
    QTest.keyClick(code, Qt.Key.Key_Return)
    assert code.toPlainText() == "status"
    code.selectAll()
    QTest.keyClicks(code, "uppe")
    QTest.keyClick(code, Qt.Key.Key_Tab)
    assert code.toPlainText() == "upper()"
    QTest.keyClicks(code, "x")
    assert params(window, "paid") == {"condition": "upper(x)"}


def test_entries_are_added_typed_moved_and_removed(window, nodes):
    form = nodes(Node("more", "derive"))
    field = form.fields["columns"]
    field._buttons["Add"].click()
    name, expression = field._fields[:2]
    QTest.keyClicks(name.focusProxy(), "total")
    QTest.keyClicks(expression.focusProxy(), "1 + 1")
    assert params(window, "more")["columns"] == [{"name": "total", "expression": "1 + 1"}]
    field._buttons["Add"].click()
    QTest.keyClicks(field._fields[0].focusProxy(), "b")
    field._buttons["Up"].click()
    assert [c["name"] for c in params(window, "more")["columns"]] == ["b", "total"]
    field._buttons["Remove"].click()
    assert [c["name"] for c in params(window, "more")["columns"]] == ["total"]
    while window.session.bridge.can_undo and "more" in window.session.document.nodes:
        window.session.bridge.undo()
    assert window.session.document.nodes == {}


def test_a_cell_can_be_edited_in_place(window, nodes):
    form = nodes(Node("more", "derive", {"columns": [{"name": "a", "expression": "1"}]}))
    field = form.fields["columns"]
    model = field.model
    assert model.setData(model.index(0, 1), "2", Qt.ItemDataRole.EditRole)
    assert params(window, "more")["columns"] == [{"name": "a", "expression": "2"}]


def test_all_about_a_type_is_read_beside_its_fields_by_key_and_by_click(window, nodes):
    nodes(Node("paid", "filter"))
    about = window.inspector.about
    assert not about.isVisible()
    window.activateWindow()
    QTest.keyClick(window.canvas, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    assert about.isVisible()
    assert about.hasFocus()
    kind = window.session.catalogue.get("filter")
    said = QTextDocumentFragment.fromHtml(about.text()).toPlainText()
    for text in (
        kind.params_class.model_fields["condition"].description,
        kind.outputs[1].doc, *(e.title for e in kind.examples),
    ):  # fmt: skip
        assert text in said
    assert about.width() < window.inspector.width()
    # It stays for the next node, of that one's type; a click takes it away.
    nodes(Node("first", "limit"))
    said = QTextDocumentFragment.fromHtml(about.text()).toPlainText()
    assert window.session.catalogue.get("limit").examples[0].title in said
    QTest.mouseClick(window.inspector.head.sign, Qt.MouseButton.LeftButton)
    assert not about.isVisible()


def test_the_title_is_typed_at_the_top(window, nodes):
    nodes(Node("paid", "filter"))
    title = window.inspector.head.title
    title.setFocus()
    QTest.keyClicks(title, "Only paid")
    assert window.session.document.nodes["paid"].title == "Only paid"
    window.session.bridge.undo()
    assert window.session.document.nodes["paid"].title is None


def test_an_unknown_type_shows_its_params_and_is_left_alone(window, nodes):
    assert nodes(Node("odd", "acme.magic", {"power": 11})) is None
    assert '"power": 11' in window.inspector.raw.toPlainText()
    assert window.inspector.raw.isReadOnly()
    assert window.inspector.raw.isVisible()


def test_columns_flow_into_the_lower_list(window, nodes, orders, csv):
    nodes(
        Node("orders", csv, {"path": "orders.csv"}),
        Node("paid", "filter", {"condition": "true"}),
        edges=("orders.rows -> paid.rows",),
    )
    tree = window.inspector.ports.tree
    tops = {tree.topLevelItem(i).text(0): tree.topLevelItem(i) for i in range(4)}
    assert set(tops) == {"in: rows", "out: kept", "out: dropped", "out: rejected"}
    kept = tops["out: kept"]
    names = [kept.child(i).text(0) for i in range(kept.childCount())]
    assert names == ["id", "status", "amount"]


def test_nothing_selected_says_so(window, nodes):
    nodes(Node("paid", "filter"))
    window.session.choose(Selection())
    assert window.inspector._stack.currentWidget() is window.inspector._empty


@pytest.fixture
def shop(home):
    """Put a database into the folder that the window opens."""
    folder = home / "workspace"
    folder.mkdir()
    for name, content in sample_files().items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)


def test_a_source_offers_its_own_columns(shop, window, nodes):
    form = nodes(Node("read", "table_source", {"connection": "shop", "table": "customers"}))
    menu = form.fields["key"].menu()
    assert [action.data() for action in menu.actions() if action.data()] == [
        ["id"],
        ["name"],
        ["city"],
        ["id", "name", "city"],
    ]
    menu.deleteLater()


def test_fields_without_effect_are_left_out_unless_they_say_something(window, nodes, qtbot):
    form = nodes(Node("out", "table_sink", {"version": "at"}))

    def shown():
        form.fold.setChecked(True)
        return {name for name, editor in form.fields.items() if editor.isVisible()}

    always = {"connection", "table", "mode", "create", "before_sql", "after_sql"}
    assert shown() == always | {"version"}  # What stands there in vain is to be seen.
    window.session.do(SetParams("out", {"mode": "scd2"}, "mode"))
    history = {"keys", "version", "tracked", "valid_from", "valid_to", "is_current"}
    qtbot.waitUntil(lambda: shown() == always | history)
    window.session.do(SetParams("out", {"mode": "upsert", "deletes": "mark"}, "mode"))
    keyed = {"keys", "version", "on_conflict", "deletes", "mark"}
    qtbot.waitUntil(lambda: shown() == always | keyed)
    window.session.do(SetParams("out", {"mode": "${how}"}, "mode"))
    qtbot.waitUntil(lambda: {"keys", "replace", "tracked"} <= shown())
    window.session.do(SetParams("out", {"mode": "append"}, "mode"))
    qtbot.waitUntil(lambda: shown() == always)
    assert form.focus_field("keys.0")  # A problem, or a fix, may lead there.
    assert form.fields["keys"].isVisible()
