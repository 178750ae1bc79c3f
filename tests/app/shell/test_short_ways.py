"""Short ways: words in quick add, a fix by a key, data opened like a pipeline, rows read back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import start_folder
from summit_studio.document.edits import SetParams
from tests.app.shell.test_adding import edges_of, put, shows

Key = Qt.Key


def quick(window, words: str) -> None:
    window.actions_table["add_node"].trigger()
    QTest.keyClicks(window.quick_add.line, words)
    QTest.keyClick(window.quick_add.line, Key.Key_Return)


def params(window) -> dict:
    return {i: dict(n.params) for i, n in window.session.document.nodes.items()}


def test_words_after_a_colon_fill_the_node_in_and_one_step_takes_it_back(window, orders):
    quick(window, "read csv: orders.csv")
    quick(window, "filter: status = 'paid' AND note <> 'a: b'")
    assert params(window) == {
        "csv_source": {"path": "orders.csv"},
        "filter": {"condition": "status = 'paid' AND note <> 'a: b'"},
    }
    assert edges_of(window) == ["csv_source.rows -> filter.rows"]
    assert window.session.selection == Selection(("filter",))
    assert window.canvas.hasFocus()  # Nothing is left to be filled in.
    window.session.bridge.undo()
    assert list(params(window)) == ["csv_source"]


def test_words_that_say_nothing_are_told_of_and_the_node_waits_for_its_fields(window):
    quick(window, "derive: nothing")
    assert params(window) == {"derive": {}}
    assert "could not be read" in window.banner.text.text()


def test_the_fix_that_is_pressing_is_made_by_a_key(window, orders, settle, qtbot):
    def wrong() -> set[str]:
        problems = window.session.checked.problems
        return {p.where.node_id for p in problems if p.code == "connection_missing"}

    put(
        window, ("a", "csv_source", 0, 0), ("out", "table_sink", 300, 0),
        ("other", "table_sink", 300, 200), edges=("a.rows -> out.rows", "a.rows -> other.rows"),
    )  # fmt: skip
    window.session.do(SetParams("a", {"path": "orders.csv"}))
    for node in ("out", "other"):
        window.session.do(SetParams(node, {"connection": node, "table": "t"}))
    settle()
    window.actions_table["fix"].trigger()
    assert window.fixing.popup.list.count() > 1  # Two are as pressing.
    window.fixing.popup.hide()
    window.session.choose(Selection(("out",)))
    window.actions_table["fix"].trigger()
    assert list(window.session.workspace.connections) == ["out"]
    window.session.choose(Selection())
    qtbot.waitUntil(lambda: wrong() == {"other"})
    window.actions_table["fix"].trigger()
    assert list(window.session.workspace.connections) == ["out", "other"]
    qtbot.waitUntil(lambda: not wrong())
    window.actions_table["fix"].trigger()
    assert params(window)["a"].get("columns")  # The next: keep what was found out.


def test_data_is_opened_into_the_new_pipeline_and_else_into_another(window, tmp_path, qtbot):
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file in files:
        file.write_text("id\n1\n")
    first = window.page
    window.begin_with(files[:1])
    qtbot.waitUntil(lambda: "csv_source" in window.session.document.nodes)
    assert window.page is first
    window.begin_with(files[1:])
    qtbot.waitUntil(lambda: window.page.session.document.nodes.keys() == {"csv_source"})
    assert window.page is not first
    assert window.page.session.document.nodes["csv_source"].params == {"path": str(files[1])}


def test_dialogs_begin_where_the_editor_was_started(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert start_folder() == tmp_path
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert start_folder() == tmp_path


@pytest.fixture
def ran(window, orders, settle, qtbot):
    """A pipeline of two sinks that has run."""
    quick(window, "read csv: orders.csv")
    quick(window, "limit: 3")
    quick(window, "write csv: out/a.csv")
    window.session.choose(Selection(("limit",)))
    quick(window, "write parquet: out/b.parquet")
    settle()
    window.actions_table["run"].trigger()
    qtbot.waitUntil(lambda: len(window.run_panel.outputs.sinks) == 2, timeout=20_000)
    qtbot.waitUntil(lambda: not window.supervisor.running, timeout=20_000)


def rows_of(window) -> list[int] | None:
    looked = window.preview.grid.looked
    if looked is None or window.preview.previewer.busy or not window.preview.shown_written:
        return None
    return looked.sides.after.table.column(0).to_pylist()


def test_what_was_written_is_shown_sink_by_sink_and_read_anew(window, ran, orders, qtbot):
    written = window.actions_table["written"]
    written.trigger()
    qtbot.waitUntil(lambda: rows_of(window) == [1, 2, 3], timeout=20_000)
    first = window.preview.shown_written
    written.trigger()
    qtbot.waitUntil(lambda: rows_of(window) == [1, 2, 3], timeout=20_000)
    assert {first, window.preview.shown_written} == {"csv_sink", "parquet_sink"}
    file = orders.parent / "out" / "a.csv"
    file.write_text(file.read_text() + "9,paid,9.5\n")
    window.preview.show_written("csv_sink")
    qtbot.waitUntil(lambda: rows_of(window) == [1, 2, 3, 9], timeout=20_000)


def test_rows_that_are_written_are_not_acted_on(window, ran, qtbot):
    from summit_studio.app.session import acting

    window.preview.show_written("csv_sink")
    window.docks.show("preview")
    qtbot.waitUntil(lambda: rows_of(window) == [1, 2, 3], timeout=20_000)
    before = window.session.document
    window.preview.menus.acted.emit((window.preview.table, acting.renamed("id", "nr")))
    assert window.session.document is before
    assert "written already" in window.banner.text.text()


def test_an_act_brings_its_node_and_its_new_column_into_view(window, orders, qtbot):
    from summit_studio.app.session import acting

    quick(window, "read csv: orders.csv")
    window.resize(900, 700)
    window.docks.show("preview")
    qtbot.waitUntil(lambda: window.preview.grid.looked is not None, timeout=20_000)
    act = acting.calculated("amount", "/", "id", "each")
    window.preview.menus.acted.emit((window.preview.table, act))
    qtbot.waitUntil(lambda: window.preview.model.columnCount() == 4, timeout=20_000)
    view = window.preview.table
    left = view.horizontalHeader().sectionViewportPosition(3)
    assert left < view.viewport().width()
    assert left + view.columnWidth(3) > 0
    qtbot.waitUntil(lambda: shows(window, "derive"))
