"""The pipeline's settings beside the canvas: found, changed, undone, each with what it costs."""

import pytest
from pydantic import BaseModel, Field
from PySide6.QtWidgets import QDockWidget, QLabel

from summit_studio.app.panels.settings_form import SettingsForm
from summit_studio.core.errors import Where
from summit_studio.document.edits import AddNode, SetProperties
from summit_studio.document.model import Node
from summit_studio.planning.settings import Settings


def type_into(form, path, text: str):
    line = form.fields[path].line
    line.setText(text)
    line.textEdited.emit(text)


def choose(form, path, value):
    field = form.fields[path]
    field.set_value(value)
    field.edited.emit(value)


@pytest.fixture
def settings(window):
    """Shows the panel of a document's settings, and returns its form."""

    def show(**values) -> SettingsForm:
        if values:
            window.session.do(SetProperties(settings=values))
        window.actions_table["settings"].trigger()
        window.session.bridge.flush()
        return window.settings_panel.form

    return show


def test_each_change_is_an_undo_step_and_typing_in_one_field_is_one(window, settings, qtbot):
    form, session = settings(), window.session
    rows = form.fields[("performance", "batch_rows")]
    window.activateWindow()
    rows.setFocus()
    rows.line.selectAll()
    qtbot.keyClicks(rows.line, "1500")
    choose(form, ("verify",), "content")
    choose(form, ("verify",), "counts")
    steps = [session.document.settings]
    while session.bridge.can_undo:
        assert session.bridge.undo_text == "Change settings"
        session.bridge.undo()
        session.bridge.flush()
        steps.append(session.document.settings)
    batch = {"performance": {"batch_rows": 1500}}
    assert steps[1:] == [{**batch, "verify": "content"}, batch, {}]
    assert form.values == {}
    assert form.fields[("verify",)].value() == "counts"
    session.bridge.redo()
    session.bridge.flush()
    assert rows.line.text() == "1500"
    rows.reset.click()
    assert session.document.settings == {}
    session.bridge.undo()
    assert session.document.settings == batch


def test_settings_are_found_by_words_and_by_being_changed(window, settings, qtbot):
    form = settings(performance={"prefetch": 2})
    panel = window.settings_panel
    assert panel.search.hasFocus() or not window.isActiveWindow()

    def shown() -> set[str]:
        return {".".join(path) for path, field in form.fields.items() if field.isVisible()}

    everything = shown()
    assert everything == {".".join(path) for path in form.fields}
    qtbot.keyClicks(panel.search, "batch MEMORY")
    assert shown() >= {"performance.batch_rows", "performance.batch_bytes"}
    assert "checkpoints.publish" not in shown()
    heads = [label.text() for label in form.findChildren(QLabel) if label.isVisible()]
    assert "Performance" in heads
    assert "Checkpoints" not in heads
    panel.search.setText("exponential")
    assert shown() == {"errors.retry.backoff"}
    panel.search.setText("no such thing")
    assert not form.isVisible()
    assert "no such thing" in " ".join(
        label.text() for label in panel.findChildren(QLabel) if label.isVisible()
    )
    panel.search.clear()
    panel.changed_only.click()
    assert shown() == {"performance.prefetch"}
    panel.changed_only.click()
    assert shown() == everything


def test_it_stays_open_beside_the_canvas_and_is_no_panel_until_it_is_asked_for(window, settings):
    dock = window.findChild(QDockWidget, "settings")
    assert not dock.isVisible()
    assert window.settings_panel.form is None  # Nor is any field made.
    form = settings()
    assert dock.isVisible()
    assert window.canvas.isVisible()
    window.session.do(AddNode(Node("keep", "filter", {}), (0, 0)))
    window.session.bridge.flush()
    field = form.fields[("errors", "nodes")]
    field.add.click()
    assert field.value() == {"keep": form.fields[("errors", "nodes")].spec.choices[-1]}
    window.settings_panel.closed.emit()
    assert not dock.isVisible()
    window.actions_table["reset_layout"].trigger()
    assert not dock.isVisible()


def test_every_setting_there_is_has_a_field_and_says_what_it_does(settings):
    form = settings()
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


def test_what_is_wrong_with_a_setting_stands_at_its_field(window, settings):
    form = settings(checkpoints={"every_rows": 0}, perfomance={"prefetch": 2})
    field = form.fields[("checkpoints", "every_rows")]
    assert "greater than or equal to 1" in field.problem
    assert [p.code for p in form.problems] == ["setting_misfit", "setting_unknown"]
    (row,) = form._rows
    next(b for b in row._fixes if "performance" in b.text()).click()
    assert form.fields[("performance", "prefetch")].value() == 2
    assert form._rows == []
    type_into(form, ("checkpoints", "every_rows"), "500")
    assert field.problem == ""
    assert window.session.document.settings == {
        "checkpoints": {"every_rows": 500}, "performance": {"prefetch": 2},
    }  # fmt: skip


def test_a_number_that_the_machine_chooses_is_written_down_only_by_hand(window, settings):
    form = settings()
    field = form.fields[("performance", "parallelism")]
    shown = field.line.placeholderText()
    assert "by this machine" in shown
    type_into(form, ("performance", "parallelism"), shown.partition(",")[0])
    assert form.values == {"performance": {"parallelism": int(shown.partition(",")[0])}}
    type_into(form, ("performance", "parallelism"), "")
    assert form.values == {}


def test_a_problem_of_a_setting_leads_to_its_field(window, qtbot):
    window.session.show_place(Where(param="settings.checkpoints.every_rows"))
    form = window.settings_panel.form
    window.activateWindow()
    qtbot.waitUntil(form.fields[("checkpoints", "every_rows")].line.hasFocus)


def pick(combo, value):
    at = combo.findData(value)
    combo.setCurrentIndex(at)
    combo.activated.emit(at)


def errors(form):
    return form.values.get("errors", {})


def test_a_tolerance_is_any_none_a_number_or_a_share(window, settings):
    form = settings(errors={"tolerance": "none", "strategy": "skip"})
    field = form.fields[("errors", "tolerance")]
    assert field.kind.currentText() == "No row"
    assert field.number.isHidden()
    pick(field.kind, "rows")
    assert "valid integer" in field.problem
    field.number.setText("10")
    field.number.textEdited.emit("10")
    assert (errors(form)["tolerance"], field.problem) == ({"rows": 10}, "")
    pick(field.kind, "percent")
    field.number.setText("0.5")
    field.number.textEdited.emit("0.5")
    field.after.setText("1000")
    field.after.textEdited.emit("1000")
    assert errors(form)["tolerance"] == {"percent": 0.5, "after_rows": 1000}
    again = settings().fields[("errors", "tolerance")]
    shown = (again.kind.currentData(), again.number.text(), again.after.text())
    assert shown == ("percent", "0.5", "1000")
    assert not again.after.isHidden()


def test_any_number_of_rows_is_no_setting_and_what_is_ours_is_kept(window, settings):
    form = settings(errors={"tolerance": {"rows": 5, "x-why": "agreed"}})
    field = form.fields[("errors", "tolerance")]
    field.number.setText("6")
    field.number.textEdited.emit("6")
    assert errors(form)["tolerance"] == {"rows": 6, "x-why": "agreed"}
    pick(field.kind, "any")
    assert "tolerance" not in errors(form)


@pytest.mark.parametrize("value", [{"rows": "few"}, "some", {"rows": 1, "percent": 2}, 7])
def test_a_tolerance_that_does_not_fit_is_shown_with_what_is_wrong(settings, value):
    form = settings(errors={"tolerance": value})
    assert form.fields[("errors", "tolerance")].problem
    assert errors(form)["tolerance"] == value


def test_single_nodes_have_a_strategy_of_their_own(window, settings, pipeline):
    window.session.bridge.set_document(pipeline)
    form = settings(errors={"nodes": {"orders": "skip"}})
    field = form.fields[("errors", "nodes")]
    ((node, choice, _),) = field.rows
    assert (node.currentText(), choice.currentText()) == ("Read CSV (orders)", "Skip")
    field.add.click()
    (second, _, _) = field.rows[1]
    assert second.currentData() != "orders"
    pick(second, "out")
    assert errors(form)["nodes"] == {"orders": "skip", "out": "dead_letter"}
    pick(second, "orders")
    assert errors(form)["nodes"] == {"orders": "dead_letter"}
    assert len(field.rows) == 1
    field.rows[0][2].click()
    assert "nodes" not in errors(form)


def test_a_node_that_is_gone_is_shown_as_it_stands(settings):
    form = settings(errors={"nodes": {"gone": "skip"}})
    ((node, _, _),) = form.fields[("errors", "nodes")].rows
    assert node.currentText() == "gone"
    assert errors(form) == {"nodes": {"gone": "skip"}}


def test_a_setting_says_what_it_costs_and_is_reset_to_its_default(settings):
    form = settings(performance={"batch_rows": 1000})
    said = [label.text() for label in form.findChildren(QLabel)]
    cost = Settings.model_fields["verify"].json_schema_extra["cost"]
    assert f"Cost: {cost}" in said
    changed = [path for path, field in form.fields.items() if not field.reset.isHidden()]
    assert changed == [("performance", "batch_rows")]
    form.fields[("performance", "batch_rows")].reset.click()
    assert form.values == {}
    assert form.fields[("performance", "batch_rows")].reset.isHidden()
