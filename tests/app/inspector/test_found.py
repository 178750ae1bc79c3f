"""What a source found in its file, beneath the fields: shown, pinned, overridden."""

import pytest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node

TITLED = "Orders;;\n;;\nid;code;paid\n1;00123;1,50\n2;04711;2,25\n3;12345;2,00\n"


@pytest.fixture
def form(window, home, settle):
    folder = home / "workspace"
    folder.mkdir()
    (folder / "titled.csv").write_text(TITLED)
    window.session.do(AddNode(Node("s", "csv_source", {"path": "titled.csv"}), (0, 0)))
    settle()
    window.session.choose(Selection(("s",)))
    QApplication.processEvents()
    return window.inspector.form


def params(window):
    return dict(window.session.document.nodes["s"].params)


def shown(form):
    return [(f.column, f.value) for f in form.found_columns.findings]


def test_fields_left_on_auto_show_what_was_found_and_why(form):
    text = form.fields["delimiter"].found.text.text()
    assert text == "Found: ; (semicolons). It cuts 6 of 6 rows into 3 values."
    assert not form.fields["delimiter"].found.isHidden()
    assert form.fields["path"].found.isHidden()
    assert "(5 found in the file)" in form.fold.text()
    assert shown(form) == [("id", "BIGINT"), ("code", "VARCHAR"), ("paid", "DECIMAL(18,2)")]


def test_a_pin_is_one_edit_and_undo_takes_it_back(form, window, settle):
    before = window.session.document
    form.fields["header"].found.pin.click()
    assert params(window) == {"path": "titled.csv", "header": "yes", "skip_rows": 2}
    settle()
    assert form.fields["header"].found.isHidden()
    assert form.fields["skip_rows"].found.isHidden()
    assert shown(form)[2] == ("paid", "DECIMAL(18,2)")
    window.session.bridge.undo()
    assert window.session.document.nodes == before.nodes
    settle()
    assert not form.fields["header"].found.isHidden()


def test_all_types_are_pinned_by_one_edit(form, window, settle):
    form.found_columns.keep.click()
    assert params(window)["columns"] == [
        {"name": "id", "type": "BIGINT"},
        {"name": "code", "type": "VARCHAR"},
        {"name": "paid", "type": "DECIMAL(18,2)"},
    ]
    settle()
    assert form.found_columns.isHidden()
    window.session.bridge.undo()
    assert "columns" not in params(window)


def test_a_type_is_changed_in_the_list_and_the_others_stay_found_out(form, window, settle):
    tree = form.found_columns.tree
    tree.itemClicked.emit(tree.topLevelItem(1), 1)
    QApplication.processEvents()
    combo = tree.indexWidget(tree.indexFromItem(tree.topLevelItem(1), 1)) or next(
        w for w in tree.viewport().children() if hasattr(w, "currentText")
    )
    combo.setCurrentText("BIGINT")
    combo.activated.emit(combo.currentIndex())
    QApplication.processEvents()
    assert params(window)["columns"] == [
        {"name": "id"}, {"name": "code", "type": "BIGINT"}, {"name": "paid"},
    ]  # fmt: skip
    settle()
    assert shown(form) == [("id", "BIGINT"), ("paid", "DECIMAL(18,2)")]
    form.found_columns.choose(1, "DOUBLE")
    assert params(window)["columns"][2] == {"name": "paid", "type": "DOUBLE"}
    window.session.bridge.undo()
    window.session.bridge.undo()
    assert "columns" not in params(window)


def test_a_file_that_is_gone_shows_its_problem_and_nothing_found(form, window, home, settle, qtbot):
    (home / "workspace" / "titled.csv").unlink()
    window.session.reload_workspace()
    qtbot.waitUntil(lambda: form.fields["path"].problem != "")
    assert form.fields["delimiter"].found.isHidden()
    assert form.found_columns.isHidden()
