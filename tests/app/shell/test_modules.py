"""Modules in the editor: made of a selection, shown, run, opened, taken when changed, dissolved."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QPushButton

from summit_studio.app.canvas.requests import FilesDropped
from summit_studio.app.session.selection import Selection
from summit_studio.app.shell.restoring import read, written
from summit_studio.core.errors import Where
from summit_studio.document.edits import AddNode, SetParams
from summit_studio.document.files import load, save
from summit_studio.document.model import Parameter
from summit_studio.document.modules import module_of
from summit_studio.document.text import dump


@pytest.fixture
def shown(window, pipeline, orders, settle, qtbot):
    """Orders, filtered by a parameter, written; saved beside its data."""
    nodes = dict(pipeline.nodes)
    nodes["paid"] = replace(nodes["paid"], params={"condition": "id >= ${least}"})
    least = {"least": Parameter("least", "integer", 10)}
    file = orders.parent / "orders.summit.json"
    save(replace(pipeline, nodes=nodes, parameters=least), file)
    with qtbot.waitSignal(window.desk.opened):
        window.desk.open(file)
    settle()
    return window


@pytest.fixture
def made(shown, qtbot, settle, monkeypatch):
    """The same with a module in the place of the filter."""
    chosen = str(shown.session.workspace.root / "keep_some.module.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    shown.session.choose_nodes(["paid"])
    shown.actions_table["make_module"].trigger()
    qtbot.waitUntil(lambda: "keep_some" in shown.session.document.nodes)
    settle()
    return shown


def way(window) -> list[str]:
    """Return what the breadcrumb says, without the signs between and the hint."""
    if not window.breadcrumb.isVisible():
        return []
    line = window.breadcrumb.layout()
    return [line.itemAt(n).widget().text() for n in range(0, line.count() - 1, 2)]


def labels(window, node_id: str) -> tuple[list[str], list[str]]:
    face = window.canvas.scene().shown.nodes[node_id].face
    return [p.name for p in face.inputs], [p.name for p in face.outputs]


def test_a_selection_becomes_a_module_in_one_step_and_its_card_has_its_ports(shown, made):
    session = made.session
    before = session.document
    node = before.nodes["keep_some"]
    assert node.params["path"] == "keep_some.module.json"
    assert session.selection == Selection(("keep_some",))
    assert labels(made, "keep_some") == (["rows"], ["kept"])
    assert made.canvas.scene().shown.nodes["keep_some"].face.badge == "module"
    assert session.checked.ok, session.checked.problems
    assert {*made.inspector.form.fields} == {"path", "least", "hash"}
    assert session.title_of("keep_some/paid") == "Keep some / Filter rows"
    session.bridge.undo()
    assert "paid" in session.document.nodes
    session.bridge.redo()
    assert dump(session.document) == dump(before)


def test_it_runs_and_its_card_shows_what_went_through_and_in_what_state(made, qtbot):
    with qtbot.waitSignal(made.supervisor.ended, timeout=60_000):
        made.actions_table["run"].trigger()
    run = made.supervisor.state
    counts = {str(e): n for e, n in run.edge_counts.items()}
    assert counts == {"orders.rows -> keep_some.rows": 200, "keep_some.kept -> out.rows": 191}
    live = made.canvas.scene().shown.nodes["keep_some"].live
    assert (live.rows_in, live.rows_out, live.state.name) == (200, 191, "DONE")
    assert "Keep some / Filter rows" in made.run_panel.log.toPlainText()


def test_a_fault_inside_stands_on_the_card_and_a_click_leads_there(made, settle):
    file = made.session.workspace.root / "keep_some.module.json"
    file.write_text(file.read_text().replace("id >=", "idd >="))
    node = made.session.document.nodes["keep_some"]
    now = module_of(load(file).document).hash
    made.session.do(SetParams("keep_some", {**node.params, "hash": now}))
    settle()
    (fault,) = [p for p in made.session.problems_of("keep_some") if p.severity == "error"]
    assert "idd" in fault.what
    made.session.ask_run()
    assert made.canvas.scene().shown.nodes["keep_some"].severity == "error"
    made.session.choose_nodes(["out"])
    (real,) = [p for p in made.session.checked.problems if p.code == fault.code]
    assert real.where.node_id == "keep_some/paid"
    made.session.show_place(real.where)
    assert made.session.selection.nodes == ("keep_some",)


def test_a_double_click_opens_it_and_there_is_a_way_back(made, qtbot):
    with qtbot.waitSignal(made.desk.saved):
        made.desk.save()
    canvas = made.canvas
    card = canvas.scene().shown.nodes["keep_some"]
    at = canvas.mapFromScene(card.sceneBoundingRect().center())
    QTest.mouseDClick(
        canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(at)
    )
    qtbot.waitUntil(lambda: made.session.document.name == "Keep some")
    assert list(made.session.document.nodes) == ["paid"]
    assert way(made) == ["orders", "Keep some"]
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    QTest.keyClick(made.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "keep_some" in made.session.document.nodes)
    assert way(made) == []
    assert "not opened from" in made.actions_table["leave_module"].toolTip()
    # Gone into again it is the same page in the same tab.
    made.session.choose_nodes(["keep_some"])
    made.actions_table["open_module"].trigger()
    qtbot.waitUntil(lambda: made.session.document.name == "Keep some")
    assert made.bar.count() == 1
    assert len(made.pages) == 2


def test_a_click_leads_out_of_a_module_within_a_module(made, qtbot, settle, monkeypatch):
    with qtbot.waitSignal(made.desk.saved):
        made.desk.save()
    made.session.choose_nodes(["keep_some"])
    made.actions_table["open_module"].trigger()
    qtbot.waitUntil(lambda: made.session.document.name == "Keep some")
    settle()
    inner = str(made.session.workspace.root / "inner.module.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (inner, ""))
    made.session.choose_nodes(["paid"])
    made.actions_table["make_module"].trigger()
    qtbot.waitUntil(lambda: "inner" in made.session.document.nodes)
    settle()
    made.session.choose_nodes(["inner"])
    made.actions_table["open_module"].trigger()
    qtbot.waitUntil(lambda: made.session.document.name == "Inner")
    assert way(made) == ["orders", "Keep some \N{BLACK CIRCLE}", "Inner"]
    # Out by one, which keeps its own way out, and from the innermost to the outermost at once.
    made.actions_table["leave_module"].trigger()
    assert made.session.document.name == "Keep some"
    assert way(made) == ["orders", "Keep some \N{BLACK CIRCLE}"]
    made.actions_table["undo"].trigger()
    assert list(made.session.document.nodes) == ["paid"], "each keeps its own undo"
    made.actions_table["redo"].trigger()
    made.session.bridge.flush()
    made.session.choose_nodes(["inner"])
    made.actions_table["open_module"].trigger()
    assert made.session.document.name == "Inner"
    crumb = made.breadcrumb.findChild(QPushButton)
    QTest.mouseClick(crumb, Qt.MouseButton.LeftButton)
    assert "keep_some" in made.session.document.nodes
    assert (made.bar.count(), len(made.pages)) == (1, 3)


def test_a_changed_module_is_taken_after_its_difference_was_shown(made, qtbot, settle):
    file = made.session.workspace.root / "keep_some.module.json"
    qtbot.waitUntil(lambda: any((made.modules._accepted._folder).glob("*.json")))
    raw = json.loads(file.read_text())
    raw["nodes"]["paid"]["params"]["condition"] = "id >= ${least} + 1"
    raw["ports"]["outputs"]["rest"] = "paid.dropped"
    file.write_text(json.dumps(raw))
    made.checker.check_now()
    qtbot.waitUntil(lambda: not made.session.checked.ok)
    assert labels(made, "keep_some") == (["rows"], ["kept", "rest"])
    made.session.choose_nodes(["keep_some"])
    made.actions_table["take_module"].trigger()
    qtbot.waitUntil(lambda: made.findChild(QMessageBox, "take_module") is not None)
    box = made.findChild(QMessageBox, "take_module")
    assert "Changed param 'condition' of node 'paid'" in box.informativeText()
    before = made.session.document
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert made.session.document is before
    made.actions_table["take_module"].trigger()
    qtbot.waitUntil(
        lambda: any(b.isVisible() for b in made.findChildren(QMessageBox, "take_module"))
    )
    (box,) = [b for b in made.findChildren(QMessageBox, "take_module") if b.isVisible()]
    (take,) = [b for b in box.buttons() if b.text() == "Take it"]
    take.click()
    settle()
    assert made.session.checked.ok
    made.session.bridge.undo()
    assert made.session.document.nodes["keep_some"] == before.nodes["keep_some"]


def test_it_dissolves_into_its_nodes_in_one_step(made, settle):
    made.session.choose_nodes(["keep_some"])
    before = dump(made.session.document)
    made.actions_table["dissolve_module"].trigger()
    document = made.session.document
    assert {str(e) for e in document.edges} == {"orders.rows -> paid.rows", "paid.kept -> out.rows"}
    assert document.nodes["paid"].params == {"condition": "id >= ${least}"}
    assert made.session.selection.nodes == ("paid",)
    settle()
    assert made.session.checked.ok
    made.session.bridge.undo()
    assert dump(made.session.document) == before


def test_what_is_no_module_is_said(shown):
    shown.session.choose_nodes(["paid"])
    for action in ("open_module", "dissolve_module", "take_module"):
        shown.actions_table.refresh()
        assert not shown.actions_table[action].isEnabled()
        assert "Select a module first." in shown.actions_table[action].toolTip()


def test_a_field_becomes_a_parameter_by_its_menu_or_its_key_in_one_step(shown, qtbot, settle):
    shown.session.choose_nodes(["out"])
    shown.actions_table["expose_field"].trigger()
    assert shown.banner.text.text() == "Choose a field first"
    before = dump(shown.session.document)
    editor = shown.inspector.form.fields["path"]
    shown.inspector.focus_field(Where(node_id="out", param="path"))
    qtbot.waitUntil(lambda: shown.inspector.current_field is editor.spec)
    shown.actions_table["expose_field"].trigger()
    document = shown.session.document
    assert document.nodes["out"].params["path"] == "${out_path}"
    made = document.parameters["out_path"]
    assert (made.type, made.default) == ("path", "out/paid.csv")
    settle()
    assert shown.session.checked.ok
    shown.actions_table["expose_field"].trigger()
    assert "parameter" in shown.banner.text.text()
    assert shown.session.document is document
    shown.session.bridge.undo()
    assert dump(shown.session.document) == before
    shown.session.choose_nodes(["orders"])
    label = shown.inspector.form.fields["path"]._title
    label.customContextMenuRequested.emit(QPoint(2, 2))
    (menu,) = [m for m in shown.findChildren(QMenu) if m.isVisible()]
    assert [a.objectName() for a in menu.actions()] == ["expose_field"]
    menu.actions()[0].trigger()
    menu.close()
    assert shown.session.document.nodes["orders"].params["path"] == "${orders_path}"


def test_a_module_dropped_on_the_canvas_is_a_node_with_its_ports(made, settle, qtbot):
    file = made.session.workspace.root / "keep_some.module.json"
    before = len(made.session.document.nodes)
    made.canvas.files_dropped.emit(FilesDropped((file,), (400, 300)))
    qtbot.waitUntil(lambda: len(made.session.document.nodes) == before + 1)
    (node_id,) = made.session.selection.nodes
    assert made.session.document.nodes[node_id].params == {"path": "keep_some.module.json"}
    assert labels(made, node_id) == (["rows"], ["kept"])
    settle()
    (warned,) = [p for p in made.session.problems_of(node_id) if p.code == "module_unpinned"]
    made.session.fix(warned.fixes[0])
    settle()
    assert "module_unpinned" not in [p.code for p in made.session.problems_of(node_id)]


@pytest.fixture
def inside(made, qtbot, settle):
    """Inside of the module, the pipeline saved."""
    with qtbot.waitSignal(made.desk.saved):
        made.desk.save()
    enter(made, qtbot)
    settle()
    return made


def enter(window, qtbot):
    window.session.choose_nodes(["keep_some"])
    window.actions_table["open_module"].trigger()
    qtbot.waitUntil(lambda: window.session.document.name == "Keep some")


def test_closing_the_tab_asks_once_for_all_that_is_not_saved_in_it(inside, qtbot, settle):
    window, inner = inside, inside.page
    window.session.do(SetParams("paid", {"condition": "id >= 5"}))
    settle()
    assert window.bar.tabText(0) == "orders \N{BLACK CIRCLE}"
    assert window.windowTitle().startswith(
        "orders \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} K"
    )
    window.actions_table["leave_module"].trigger()
    outer = window.page
    assert not outer.modified
    assert window.bar.tabText(0) == "orders \N{BLACK CIRCLE}", "of what is inside, too"
    assert window.bar.accessibleTabName(0) == "orders, Keep some not saved"
    window.session.do(SetParams("out", {"path": "out/others.csv"}))
    settle()
    files = (outer.path, inner.path)
    window.close_tab(0)
    (box,) = [b for b in window.findChildren(QMessageBox) if b.isVisible()]
    assert box.text() == "Save the changes to Orders and Keep some?"
    box.button(QMessageBox.StandardButton.SaveAll).click()
    qtbot.waitUntil(lambda: not window.pages)
    assert load(files[0]).document.nodes["out"].params == {"path": "out/others.csv"}
    assert load(files[1]).document.nodes["paid"].params == {"condition": "id >= 5"}


def test_a_module_saved_as_its_tab_closes_is_taken_and_that_is_saved_too(inside, qtbot):
    window, files = inside, [p.path for p in inside.pages]
    window.session.do(SetParams("paid", {"condition": "id >= 5"}))
    window.close_tab(0)
    (box,) = [b for b in window.findChildren(QMessageBox) if b.isVisible()]
    box.button(QMessageBox.StandardButton.Save).click()
    qtbot.waitUntil(lambda: not window.pages)
    held = load(files[0]).document.nodes["keep_some"].params["hash"]
    assert held == module_of(load(files[1]).document).hash


def test_the_next_start_goes_in_again_and_says_what_is_gone(inside, qtbot):
    window, file = inside, inside.page.path
    (kept,) = read(written([window.kept()]))
    window.close_tab(0)
    assert not window.pages
    window.restore(kept)
    qtbot.waitUntil(lambda: window.page is not None and window.page.path == file)
    assert way(window) == ["orders", "Keep some"]
    window.close_tab(0)
    file.unlink()
    window.restore(kept)
    qtbot.waitUntil(lambda: window.page is not None and window.banner.isVisible())
    assert window.banner.text.text().startswith("keep_some.module.json is gone")
    assert "keep_some" in window.session.document.nodes
    assert way(window) == []


def test_a_module_gone_into_from_two_tabs_is_one_page(inside, qtbot, settle):
    window, inner, outer = inside, inside.page, inside.pages[0]
    other = outer.path.with_name("other.summit.json")
    save(replace(outer.session.document, id="", name="Other"), other)
    window.session.do(SetParams("paid", {"condition": "id >= 5"}))
    window.owner.open(other, window)
    qtbot.waitUntil(lambda: window.page.path == other)
    settle()
    enter(window, qtbot)
    assert window.page is inner
    assert way(window) == ["other", "Keep some \N{BLACK CIRCLE}"]
    assert [window.bar.tabText(n) for n in (0, 1)] == ["orders", "other \N{BLACK CIRCLE}"]
    window.actions_table["undo"].trigger()
    assert not inner.modified
    window.show_tab(0)
    assert window.page is outer


def test_a_run_goes_on_while_one_is_inside_and_is_found_again(inside, qtbot, settle):
    window, outer = inside, inside.pages[0]
    window.actions_table["leave_module"].trigger()
    settle()
    with qtbot.waitSignal(outer.supervisor.ended, timeout=60_000):
        window.actions_table["run"].trigger()
        enter(window, qtbot)
        assert window.page is not outer
    live = window.canvas.scene().shown.nodes["paid"].live
    assert (live.rows_in, live.rows_out, live.state.name) == (200, 191, "DONE")
    window.actions_table["leave_module"].trigger()
    assert window.canvas.scene().shown.nodes["keep_some"].live.rows_out == 191
    assert window.supervisor.state.finished


def test_what_is_saved_inside_is_taken_by_what_is_around_if_that_held_it(inside, settle, qtbot):
    window, outer = inside, inside.pages[0]
    window.session.do(SetParams("paid", {"condition": "id >= 5"}))
    with qtbot.waitSignal(window.desk.saved):
        window.actions_table["save"].trigger()
    assert window.status.currentMessage().startswith("Keep some is saved. Orders takes it so")
    window.actions_table["leave_module"].trigger()
    settle()
    assert outer.session.checked.ok, outer.session.checked.problems
    assert outer.modified
    now = outer.session.document.nodes["keep_some"].params["hash"]
    assert now == module_of(load(inside.pages[1].path).document).hash
    window.actions_table["undo"].trigger()
    assert outer.session.document.nodes["keep_some"].params["hash"] != now
    # What it did not hold it does not take: somebody has to look at that first.
    enter(window, qtbot)
    held = outer.session.document.nodes["keep_some"].params["hash"]
    window.session.do(SetParams("paid", {"condition": "id >= 6"}))
    with qtbot.waitSignal(window.desk.saved):
        window.actions_table["save"].trigger()
    assert outer.session.document.nodes["keep_some"].params["hash"] == held


def run(window, qtbot, action="run"):
    """Run the pipeline of the tab to its end, by an action."""
    outer = window.tab_with(window.page).outer
    with qtbot.waitSignal(outer.supervisor.ended, timeout=60_000):
        window.actions_table[action].trigger()
    return outer.supervisor.state


def passed(window, node_id="paid"):
    live = window.canvas.scene().shown.nodes[node_id].live
    return (live.rows_in, live.rows_out)


def test_run_inside_of_a_module_runs_the_pipeline_around_it(inside, qtbot, settle):
    window, outer, inner = inside, *inside.pages
    settle()
    assert "orders" in run(window, qtbot).document.nodes
    assert window.page is inner
    assert passed(window) == (200, 191)
    assert window.status.run.text().startswith("Run succeeded")
    assert window.version_note.isHidden()
    ledger = window.run_panel.ledger
    assert [ledger.index(0, column).data() for column in range(4)] == [
        "Filter rows",
        "200",
        "191",
        "9",
    ]
    assert window.run_panel.headline.text().startswith("Done in")
    assert window.run_panel.headline.isVisible()
    # What was said of its nodes, and of the run; nothing of those around it.
    said = window.run_panel.log.toPlainText()
    assert "'Keep some / Filter rows' finished: 200 rows in" in said
    assert "The run succeeded" in said
    assert "Read CSV" not in said
    assert "Read CSV" in outer.run_panel.log.toPlainText()
    assert list(window.run_panel.chart.lines.strokes) == ["paid"]
    window.session.do(SetParams("paid", {"condition": "id >= 101"}))
    settle()
    assert window.version_note.text().endswith("was of an earlier version")
    window.actions_table["undo"].trigger()
    settle()
    assert window.version_note.isHidden()
    # To a node of it: the rows are shown where one looks, nothing is written.
    window.session.choose_nodes(["paid"])
    state = run(window, qtbot, "run_to")
    assert state.to == "keep_some/paid"
    assert not state.outputs
    qtbot.waitUntil(lambda: "of a run to here" in window.preview.note.text())
    assert outer.preview.shown is None or outer.preview.shown.node != "paid"


def test_no_run_takes_an_old_module_silently(inside, qtbot, settle):
    window, outer, inner = inside, *inside.pages
    assert not window.actions_table["save_and_run"].isEnabled()
    window.session.do(SetParams("paid", {"condition": "id >= 101"}))
    settle()
    for asked_outside in (False, True):
        if asked_outside:
            window.actions_table["leave_module"].trigger()
        window.actions_table["run"].trigger()
        assert not outer.supervisor.running
        assert window.banner.text.text() == "The module Keep some is not saved"
        assert [b.text() for b in window.banner.buttons[:2]] == ["Save and run", "Run as saved"]
    with qtbot.waitSignal(outer.supervisor.ended, timeout=60_000):
        window.banner.buttons[1].click()
    assert inner.modified
    assert passed(window, "keep_some") == (200, 191)
    enter(window, qtbot)
    assert window.version_note.isVisible(), "its counts are not of what one sees"
    window.actions_table["run"].trigger()
    with qtbot.waitSignal(outer.supervisor.ended, timeout=60_000):
        window.banner.button.click()
    assert outer.supervisor.state.error is None
    assert passed(window) == (200, 100)
    assert window.version_note.isHidden()
    assert window.banner.isHidden()


def test_inside_one_is_told_why_the_pipeline_does_not_run(inside, qtbot, settle):
    window, outer = inside, inside.pages[0]
    node = outer.session.document.nodes["out"]
    outer.session.do(SetParams("out", {**node.params, "path": ""}))
    outer.session.bridge.flush()
    qtbot.waitUntil(lambda: not outer.session.checked.ok)
    window.actions_table["run"].trigger()
    assert window.page is not outer
    assert window.banner.text.text() == "1 problem stands in the way of a run"
    outer.session.bridge.undo()
    outer.session.bridge.flush()
    qtbot.waitUntil(lambda: outer.session.checked.ok)
    assert window.banner.isHidden(), "it is taken back inside, too"


def test_save_all_saves_modules_and_tabs_and_asks_a_name_only_of_what_has_none(
    inside, qtbot, settle, monkeypatch
):
    window, outer, inner = inside, *inside.pages
    window.session.do(SetParams("paid", {"condition": "id >= 101"}))
    window.actions_table["leave_module"].trigger()
    window.new()
    (fresh,) = [p for p in window.pages if p.path is None]
    fresh.session.do(AddNode(replace(outer.session.document.nodes["orders"]), (0, 0)))
    window.show_tab(0)
    names = []

    def ask(*_: object):
        names.append(window.page)
        return str(outer.path.with_name("fresh.summit.json")), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    window.actions_table["save_all"].trigger()
    qtbot.waitUntil(lambda: window.page is outer and not any(p.modified for p in window.pages))
    assert names == [fresh], "people see what they name"
    held = load(outer.path).document.nodes["keep_some"].params["hash"]
    assert held == module_of(load(inner.path).document).hash
    assert load(inner.path).document.nodes["paid"].params == {"condition": "id >= 101"}
    assert "orders" in load(fresh.path).document.nodes
    assert window.status.currentMessage() == "3 documents saved."


def test_save_all_says_what_it_could_not_save_and_saves_the_others(inside, qtbot, settle):
    window, outer, inner = inside, *inside.pages
    window.session.do(SetParams("paid", {"condition": "id >= 101"}))
    outer.session.do(SetParams("out", {"path": "out/others.csv"}))
    text = inner.path.read_text()
    inner.path.unlink()
    inner.path.mkdir()
    try:
        window.actions_table["save_all"].trigger()
        qtbot.waitUntil(lambda: not outer.modified)
        qtbot.waitUntil(lambda: "could not be saved" in window.banner.text.text())
        assert window.banner.text.text().startswith("keep_some.module.json")
    finally:
        inner.path.rmdir()
        inner.path.write_text(text)
