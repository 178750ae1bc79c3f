import sqlite3

import pytest
from pydantic import BaseModel, Field
from PySide6.QtWidgets import QLabel

from summit_studio.app.dialogs.connections import ConnectionsDialog
from summit_studio.app.dialogs.export import ExportDialog
from summit_studio.app.dialogs.properties import PropertiesDialog
from summit_studio.app.dialogs.settings_form import SettingsForm
from summit_studio.core.errors import Where
from summit_studio.document.edits import SetProperties
from summit_studio.document.model import Parameter
from summit_studio.planning.settings import Settings

CANARY = "hunter2-canary"


@pytest.fixture
def connections(window, qtbot):
    dialog = ConnectionsDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def fill(dialog, kind: str, **values: str):
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
    for key, value in values.items():
        dialog.fields[key].setText(value)


def test_a_database_file_is_added_tested_and_deleted(connections, window, home, qtbot):
    folder = home / "workspace"
    folder.mkdir()
    with sqlite3.connect(folder / "shop.db") as database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    fill(connections, "sqlite", name="shop", path="shop.db")
    connections.test_button.click()
    qtbot.waitUntil(lambda: connections.status.text().startswith("Connected"), timeout=20_000)
    assert "SQLite" in connections.status.text()
    assert list(window.session.workspace.connections) == ["shop"]
    assert connections.list.currentItem().text() == "shop"
    connections.remove()
    assert dict(window.session.workspace.connections) == {}


def test_a_circuit_breaker_is_set_and_left_as_it_is_where_nothing_is_said(
    connections, window, home, qtbot
):
    (home / "workspace").mkdir()
    limits = {"breaker_failures": "2", "breaker_timeout_secs": "1.5"}
    fill(connections, "sqlite", name="shop", path="shop.db", **limits)
    connections.save_button.click()
    qtbot.waitUntil(lambda: connections.status.text() == "Saved.", timeout=20_000)
    file = home / "workspace" / "connections.toml"
    assert "breaker_failures = 2\nbreaker_timeout_secs = 1.5\n" in file.read_text()
    assert "breaker_successes" not in file.read_text()
    assert connections.fields["breaker_timeout_secs"].text() == "1.5"
    connections.fields["breaker_failures"].setText("many")
    connections.save_button.click()
    assert "breaker_failures" in connections.status.text()


def test_a_renamed_connection_stays_in_its_place_with_all_it_held(window, home, qtbot):
    folder = home / "workspace"
    folder.mkdir()
    text = (
        '# ours\n\n[main]  # the big one\nkind = "postgres"\nhost = "db"\n'
        'lock_timeout_secs = 5  # ops said so\nteam = "data"\n\n'
        '# small\n[lite]\nkind = "sqlite"\npath = "x.db"\n'
    )
    (folder / "connections.toml").write_text(text)
    window.session.reload_workspace()
    dialog = ConnectionsDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.fields["name"].text() == "main"
    dialog.fields["name"].setText("big")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "big" in window.session.workspace.connections, timeout=20_000)
    assert (folder / "connections.toml").read_text() == text.replace("[main]", "[big]")
    dialog.fields["name"].setText("lite")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Cannot rename" in dialog.status.text(), timeout=20_000)
    assert (folder / "connections.toml").read_text() == text.replace("[main]", "[big]")


def test_a_wrong_field_is_told(connections):
    fill(connections, "sqlite", name="1 bad", path="x.db")
    connections.save_button.click()
    assert "name" in connections.status.text()
    assert connections.status.property("role") == "error"


def test_a_password_is_kept_as_a_reference_or_refused_but_never_written(
    connections, home, qtbot, monkeypatch
):
    fill(connections, "postgres", name="warehouse", host="localhost", password=CANARY)
    connections.save_button.click()
    qtbot.waitUntil(lambda: not connections._unsure.busy, timeout=20_000)
    file = home / "workspace" / "connections.toml"
    text = file.read_text() if file.exists() else ""
    assert CANARY not in text
    assert CANARY not in connections.status.text()
    if text:
        assert 'password = "keyring:warehouse"' in text
        assert connections.fields["password"].text() == ""


def test_no_answer_in_time_is_told(connections, qtbot):
    import threading

    release = threading.Event()
    connections._unsure._limit_ms = 50
    connections._run(lambda: release.wait(5), lambda _: None, "Connecting…")
    qtbot.waitUntil(lambda: "No answer" in connections.status.text())
    release.set()
    assert connections.save_button.isEnabled()


def test_properties_are_one_edit(window, qtbot):
    dialog = PropertiesDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.name.setText("Orders")
    dialog.add()
    dialog.table.item(0, 0).setText("country")
    dialog.table.item(0, 2).setText("DK")
    type_into(dialog, ("performance", "batch_rows"), "1000")
    dialog.accept()
    document = window.session.document
    assert document.name == "Orders"
    assert document.parameters == {"country": Parameter("country", "text", "DK")}
    assert document.settings == {"performance": {"batch_rows": 1000}}
    window.session.bridge.undo()
    assert window.session.document.name == "Untitled"
    assert window.session.document.parameters == {}


@pytest.mark.parametrize(
    ("name", "kind", "default", "says"),
    [
        ("1 bad", "text", "", "cannot name"),
        ("rows", "integer", "many", "not a number"),
        ("on", "boolean", "maybe", "true or false"),
    ],
)
def test_a_parameter_that_does_not_fit_keeps_the_dialog_open(
    window, qtbot, name, kind, default, says
):
    dialog = PropertiesDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.add()
    dialog.table.item(0, 0).setText(name)
    dialog.table.cellWidget(0, 1).setCurrentText(kind)
    dialog.table.item(0, 2).setText(default)
    dialog.accept()
    assert says in dialog.status.text()
    assert dialog.isVisible()
    dialog.reject()


def test_the_export_dialog_grows_with_what_it_tells(window, qtbot, tmp_path):
    path = tmp_path / "orders.summit.json"
    dialog = ExportDialog(path, window)
    qtbot.addWidget(dialog)
    dialog.open()
    before = dialog.height()
    dialog.export()  # There is no such file.
    qtbot.waitUntil(dialog.go.isEnabled, timeout=20_000)
    needed = dialog.status.heightForWidth(dialog.status.width())
    assert dialog.status.height() >= needed
    dialog._done("Wrote 6 files. " * 30)
    assert dialog.height() > before
    assert dialog.status.height() >= dialog.status.heightForWidth(dialog.status.width())
    dialog.reject()


def type_into(dialog, path, text: str):
    line = dialog.settings.fields[path].line
    line.setText(text)
    line.textEdited.emit(text)


def choose(dialog, path, value):
    field = dialog.settings.fields[path]
    field.set_value(value)
    field.edited.emit(value)


@pytest.fixture
def properties(window, qtbot):
    def show(**settings) -> PropertiesDialog:
        if settings:
            window.session.do(SetProperties(settings=settings))
        dialog = PropertiesDialog(window.session, window)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return show


def test_reading_back_is_a_choice_among_the_settings(window, properties):
    dialog = properties()
    type_into(dialog, ("performance", "batch_rows"), "1000")
    choose(dialog, ("verify",), "content")
    dialog.accept()
    settings = {"performance": {"batch_rows": 1000}, "verify": "content"}
    assert window.session.document.settings == settings
    again = properties()
    assert again.settings.fields[("verify",)].value() == "content"
    choose(again, ("verify",), "counts")
    again.accept()
    assert "verify" not in window.session.document.settings
    window.session.bridge.undo()
    assert window.session.document.settings == settings


def test_every_setting_there_is_has_a_field_and_says_what_it_does(properties):
    form = properties().settings
    wanted = {(n,) for n, f in Settings.model_fields.items() if f.default_factory is None} | {
        (part, n) for part in ("performance", "checkpoints") for n in _fields(part)
    }
    assert set(form.fields) >= wanted
    assert all(editor.spec.doc for editor in form.fields.values())


def _fields(part: str):
    return Settings.model_fields[part].annotation.model_fields


def test_parts_within_parts_become_fields_of_their_own(window, qtbot):
    class Retry(BaseModel):
        """How often."""

        attempts: int = Field(3, ge=1, description="Tries.")
        delay_secs: float = Field(1.0, description="Between two.")

    class Errors(BaseModel):
        retry: Retry | None = None
        tolerance: dict[str, int] | None = Field(None, description="How many.")

    class Model(BaseModel):
        errors: Errors = Field(default_factory=Errors)

    form = SettingsForm(window.session, {"errors": {"x-ours": 1}}, Model)
    qtbot.addWidget(form)
    delay = form.fields[("errors", "retry", "delay_secs")]
    assert (delay.spec.title, delay.spec.unit) == ("Delay", "seconds")
    for path, text in {
        ("errors", "retry", "delay_secs"): "2.5",
        ("errors", "tolerance"): '{"rows": 5}',
    }.items():
        form.fields[path].line.setText(text)
        form.fields[path].line.textEdited.emit(text)
    wanted = {"x-ours": 1, "retry": {"delay_secs": 2.5}, "tolerance": {"rows": 5}}
    assert form.values == {"errors": wanted}


def test_what_is_wrong_with_a_setting_stands_at_its_field(window, properties):
    dialog = properties(checkpoints={"every_rows": 0}, perfomance={"prefetch": 2})
    form = dialog.settings
    field = form.fields[("checkpoints", "every_rows")]
    assert "greater than or equal to 1" in field.problem
    assert [p.code for p in form.problems] == ["setting_misfit", "setting_unknown"]
    (row,) = form._rows
    next(b for b in row._fixes if "performance" in b.text()).click()
    assert form.fields[("performance", "prefetch")].value() == 2
    assert form._rows == []
    type_into(dialog, ("checkpoints", "every_rows"), "500")
    assert field.problem == ""
    dialog.accept()
    assert window.session.document.settings == {
        "checkpoints": {"every_rows": 500}, "performance": {"prefetch": 2},
    }  # fmt: skip


def test_a_number_that_the_machine_chooses_is_written_down_only_by_hand(window, properties):
    dialog = properties()
    field = dialog.settings.fields[("performance", "parallelism")]
    shown = field.line.placeholderText()
    assert "by this machine" in shown
    type_into(dialog, ("performance", "parallelism"), shown.partition(",")[0])
    assert dialog.settings.values == {"performance": {"parallelism": int(shown.partition(",")[0])}}
    type_into(dialog, ("performance", "parallelism"), "")
    assert dialog.settings.values == {}


def test_a_problem_of_a_setting_leads_to_its_field(window, qtbot):
    window.session.show_place(Where(param="settings.checkpoints.every_rows"))
    dialog = window.findChild(PropertiesDialog)
    assert dialog.tabs.currentWidget() is dialog.settings
    qtbot.waitUntil(dialog.settings.fields[("checkpoints", "every_rows")].line.hasFocus)
    dialog.reject()


def pick(combo, value):
    at = combo.findData(value)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


def errors(dialog):
    return dialog.settings.values.get("errors", {})


def test_a_tolerance_is_any_none_a_number_or_a_share(window, properties):
    dialog = properties(errors={"tolerance": "none", "strategy": "skip"})
    field = dialog.settings.fields[("errors", "tolerance")]
    assert field.kind.currentText() == "No row"
    assert field.number.isHidden()
    pick(field.kind, "rows")
    assert "valid integer" in field.problem
    field.number.setText("10")
    field.number.textEdited.emit("10")
    assert (errors(dialog)["tolerance"], field.problem) == ({"rows": 10}, "")
    pick(field.kind, "percent")
    field.number.setText("0.5")
    field.number.textEdited.emit("0.5")
    field.after.setText("1000")
    field.after.textEdited.emit("1000")
    assert errors(dialog)["tolerance"] == {"percent": 0.5, "after_rows": 1000}
    dialog.accept()
    again = properties().settings.fields[("errors", "tolerance")]
    shown = (again.kind.currentData(), again.number.text(), again.after.text())
    assert shown == ("percent", "0.5", "1000")
    assert not again.after.isHidden()


def test_any_number_of_rows_is_no_setting_and_what_is_ours_is_kept(window, properties):
    dialog = properties(errors={"tolerance": {"rows": 5, "x-why": "agreed"}})
    field = dialog.settings.fields[("errors", "tolerance")]
    field.number.setText("6")
    field.number.textEdited.emit("6")
    assert errors(dialog)["tolerance"] == {"rows": 6, "x-why": "agreed"}
    pick(field.kind, "any")
    assert "tolerance" not in errors(dialog)


@pytest.mark.parametrize("value", [{"rows": "few"}, "some", {"rows": 1, "percent": 2}, 7])
def test_a_tolerance_that_does_not_fit_is_shown_with_what_is_wrong(properties, value):
    dialog = properties(errors={"tolerance": value})
    assert dialog.settings.fields[("errors", "tolerance")].problem
    assert errors(dialog)["tolerance"] == value


def test_single_nodes_have_a_strategy_of_their_own(window, properties, pipeline):
    window.session.bridge.set_document(pipeline)
    dialog = properties(errors={"nodes": {"orders": "skip"}})
    field = dialog.settings.fields[("errors", "nodes")]
    ((node, choice, _),) = field.rows
    assert (node.currentText(), choice.currentText()) == ("Read CSV (orders)", "Skip")
    field.add.click()
    (second, _, _) = field.rows[1]
    assert second.currentData() != "orders"
    pick(second, "out")
    assert errors(dialog)["nodes"] == {"orders": "skip", "out": "dead_letter"}
    pick(second, "orders")
    assert errors(dialog)["nodes"] == {"orders": "dead_letter"}
    assert len(field.rows) == 1
    field.rows[0][2].click()
    assert "nodes" not in errors(dialog)


def test_a_node_that_is_gone_is_shown_as_it_stands(properties):
    dialog = properties(errors={"nodes": {"gone": "skip"}})
    ((node, _, _),) = dialog.settings.fields[("errors", "nodes")].rows
    assert node.currentText() == "gone"
    assert errors(dialog) == {"nodes": {"gone": "skip"}}


def test_a_setting_says_what_it_costs_and_is_reset_to_its_default(properties):
    form = properties(performance={"batch_rows": 1000}).settings
    said = [label.text() for label in form.findChildren(QLabel)]
    cost = Settings.model_fields["verify"].json_schema_extra["cost"]
    assert f"Cost: {cost}" in said
    changed = [path for path, field in form.fields.items() if not field.reset.isHidden()]
    assert changed == [("performance", "batch_rows")]
    form.fields[("performance", "batch_rows")].reset.click()
    assert form.values == {}
    assert form.fields[("performance", "batch_rows")].reset.isHidden()
