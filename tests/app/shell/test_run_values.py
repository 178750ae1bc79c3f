"""Values of parameters before a run: asked for, checked, remembered, told as a command."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from summit_studio.app.dialogs.run_form import RunForm
from summit_studio.app.session.pointed import Pointed, Wish
from summit_studio.core.events import RunStatus
from summit_studio.document.edits import AddEdge, AddNode, Compound, SetParams, SetProperties
from summit_studio.document.model import Edge, Node, Parameter, PortRef


@pytest.fixture
def drawn(window, pipeline, settle, orders):
    parameters = {
        "least": Parameter("least", "integer", None, "The smallest id."),
        "status": Parameter("status", "text", "paid"),
    }
    document = replace(pipeline, parameters=parameters)
    condition = {"condition": "id >= ${least} AND status = '${status}'"}
    document = SetParams("paid", condition).apply(document)
    window.session.bridge.set_document(document)
    settle()
    return window


def form_of(window) -> RunForm:
    (form,) = [f for f in window.page.findChildren(RunForm) if f.isVisible()]
    return form


def asked(window, action: str) -> RunForm:
    window.actions_table.trigger(action)
    assert not window.supervisor.running
    return form_of(window)


def test_a_run_asks_for_what_has_no_value_and_runs_by_enter(drawn, qtbot):
    window = drawn
    form = asked(window, "run")
    field = form.fields["least"]
    assert isinstance(field.editor, QLineEdit)
    assert form.focusWidget() is field.editor
    assert form.fields["status"].editor.placeholderText() == "Default: paid"
    qtbot.keyClicks(field.editor, "many")
    assert "cannot be 'many'" in field.wrong.text()
    assert not field.wrong.isHidden()
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert form.isVisible()
    field.editor.clear()
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert form.isVisible()
    assert "no default" in field.wrong.text()
    qtbot.keyClicks(field.editor, "191")
    assert form.command.text() == "summit run FILE --param least=191"
    qtbot.mouseClick(form.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == form.command.text()
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert window.supervisor.state.status is RunStatus.SUCCEEDED
    rows = (window.session.workspace.root / "out" / "paid.csv").read_text().splitlines()
    assert rows[1].startswith("191,")
    qtbot.waitUntil(lambda: window.session.checked.ok, timeout=10_000)
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.actions_table.trigger("run")  # It is not asked again.


def test_a_run_to_a_node_asks_too_and_goes_there(drawn, qtbot):
    window = drawn
    window.session.choose_nodes(["paid"])
    form = asked(window, "run_to")
    qtbot.keyClicks(form.fields["least"].editor, "191")
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        form.accept()
    assert window.supervisor.state.to == "paid"
    assert window.preview.model.rowCount() == 8


def test_a_preview_takes_the_values_at_once(drawn, qtbot):
    window = drawn
    window.session.set_values({"least": 191})
    window.session.choose_nodes(["paid"])
    window.docks.show("preview")
    window.actions_table.trigger("preview")
    qtbot.waitUntil(lambda: window.preview.model.rowCount() == 8, timeout=10_000)
    window.session.set_values({"least": 196})
    qtbot.waitUntil(lambda: window.preview.model.rowCount() == 4, timeout=10_000)


def test_values_are_remembered_for_a_file_and_can_be_changed_any_time(drawn, qtbot, home):
    window = drawn
    window.session.set_values({"least": 7})
    path = home / "workspace" / "orders.summit.json"
    with qtbot.waitSignal(window.desk.saved, timeout=10_000):
        window.desk.save_to(path)
    assert "least" not in path.read_text().split('"parameters"')[0]
    assert window.settings.values_of(path) == {"least": 7}
    window.session.set_values({})
    window.settings.set_values(path, {"least": 9, "status": "cancelled", "gone": 1})
    window.page.run_values._opened()
    assert window.session.values == {"least": 9, "status": "cancelled"}
    form = asked(window, "run_with")
    assert form.fields["least"].text == "9"
    assert form.command.text() == (f"summit run {path} --param least=9 --param status=cancelled")
    form.reject()
    assert not window.supervisor.running


def test_a_value_whose_name_speaks_of_a_secret_is_never_written(drawn, home, qtbot):
    window = drawn
    token = {"api_token": Parameter("api_token")}
    window.session.do(SetProperties(parameters={**window.session.document.parameters, **token}))
    window.session.set_values({"least": 7, "api_token": "hunter2-canary"})
    path = home / "workspace" / "orders.summit.json"
    with qtbot.waitSignal(window.desk.saved, timeout=10_000):
        window.desk.save_to(path)
    window.settings.flush()
    assert window.session.values["api_token"] == "hunter2-canary"
    assert window.settings.values_of(path) == {"least": 7}
    assert not [f for f in home.rglob("*.ini") if "canary" in f.read_text()]


def test_columns_are_renamed_and_expressions_tried_with_the_values(drawn, qtbot, settle):
    window = drawn
    window.session.set_values({"least": 191})
    qtbot.waitUntil(lambda: window.session.checked.ok)
    desk = window.column_desk
    with qtbot.waitSignal(desk.proposed) as proposed:
        wish = Pointed(PortRef("orders", "rows"), "id", Wish.RENAME, "key")
        window.session.ask_of_column(wish)
    (found,) = proposed.args
    assert found.kept == ()
    assert ("paid", "key >= ${least} AND status = '${status}'") in {
        (c.node, c.after) for c in found.changes
    }
    desk.end()
    made = Node("made", "derive", {"columns": [{"name": "twice", "expression": "id * 2"}]})
    window.session.do(Compound("Make", (
        AddNode(made), AddEdge(Edge.parse("paid.kept -> made.rows")))))  # fmt: skip
    settle()
    trier = window.inspector.trier
    window.session.choose_nodes(["made"])
    with qtbot.waitSignal(trier.arrived, check_params_cb=bool) as arrived:
        window.inspector.form.focus_field("columns.0.expression")
    assert arrived.args[0][0].tried.rows == 8
