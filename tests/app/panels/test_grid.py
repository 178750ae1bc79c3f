"""The grid of the preview, by mouse and key: sides, marks, search, copy, export, acts, more."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from summit_studio.app.panels.grid.cells import Cells
from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddEdge, AddNode
from summit_studio.document.model import Document, Edge, Layout, Node, PortRef

COLUMNS = [{"name": "id"}, {"name": "status"}, {"name": "amount", "type": "VARCHAR"}]


def text(*rows: str) -> str:
    return "id,status,amount\n" + "".join(f"{row}\n" for row in rows)


@pytest.fixture
def grid(window, home, settle, qtbot):
    """Show a node behind a file, and wait until its heads are known."""
    window.resize(1500, 800)  # Both sides have room.
    folder = home / "workspace"
    folder.mkdir()
    (folder / "in.csv").write_text(text("1,paid,1.5", "2,open,2", "3,paid,x", "4,open,4"))
    panel = window.preview
    window.docks.show("preview")

    def show(kind, params, **more):
        source = Node("o", "csv_source", {"path": "in.csv", "columns": COLUMNS})
        document = Document(
            nodes={"o": source, "n": Node("n", kind, params), **more},
            edges=(Edge.parse("o.rows -> n.rows"),),
            layout=Layout({"o": (0, 0), "n": (280, 0)}),
        )
        window.session.bridge.set_document(document)
        settle()
        look("n")
        return panel

    def look(node_id):
        with qtbot.waitSignal(panel.previewer.glanced, timeout=20_000):
            window.session.choose(Selection((node_id,)))
            panel.refresh()
        return panel

    show.folder, show.look = folder, look
    return show


def shown(view, column):
    return [view.rows.text(line, column) for line in range(view.rows.rowCount())]


def choose(menus, *path: str):
    """Choose a line of the open menu by its words, as a key does."""
    menu = menus.menu
    for step in path:
        action = next(a for a in menu.actions() if a.text().startswith(step))
        menu = action.menu() or menu
    menus.menu.close()
    menus.menu.triggered.emit(action)
    QApplication.processEvents()


def test_both_sides_stand_line_by_line_and_the_toggle_takes_one_away(grid, qtbot):
    panel = grid("filter", {"condition": "CAST(amount AS DOUBLE) < 3"})
    before, after = panel.grid.before, panel.grid.after
    assert shown(before, 0) == ["1", "2", "3", "4"]
    assert shown(after, 0) == ["1", "2", "", ""]
    assert panel.grid.after_note.text() == "After: 2 rows · 1 left out · 1 rejected"
    tip = before.rows.data(before.rows.index(2, 0), Qt.ItemDataRole.ToolTipRole)
    assert "The condition cannot be computed." in tip
    before.verticalScrollBar().setValue(before.verticalScrollBar().maximum())
    assert after.verticalScrollBar().value() == before.verticalScrollBar().value()
    with qtbot.waitSignal(panel.previewer.arrived):
        QTest.mouseClick(panel.before_button, Qt.MouseButton.LeftButton)
    assert not before.isVisible()
    assert shown(after, 0) == ["1", "2"]


def test_heads_tell_what_is_new_what_changed_and_what_the_sample_holds(grid):
    panel = grid("derive", {"columns": [
        {"name": "status", "expression": "upper(status)"},
        {"name": "none", "expression": "nullif(id, 1)"},
    ]})  # fmt: skip
    rows = panel.grid.after.rows
    assert [rows.mark_at(c) for c in range(4)] == ["", "", "", "New"]
    assert [rows.is_lit(0, c) for c in range(4)] == [False, True, False, False]
    assert panel.grid.before.rows.is_lit(0, 1)
    tip = rows.headerData(3, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "Of the 4 rows that were looked at" in tip
    assert "25.0% null" in tip
    assert "3 distinct values" in tip


def test_a_column_that_is_added_comes_into_view_once(grid, window, settle):
    many = [{"name": f"column_{n}", "expression": "id"} for n in range(20)]
    panel = grid("derive", {"columns": many})
    view, late = panel.grid.after, {"name": "late", "expression": "id + 1"}
    window.session.do(AddNode(Node("m", "derive", {"columns": [late]}), (560, 0)))
    window.session.do(AddEdge(Edge.parse("n.rows -> m.rows")))
    settle()
    grid.look("m")
    names = panel.grid.looked.sides.after.schema.names
    left = view.columnViewportPosition(names.index("late"))
    assert 0 <= left <= view.viewport().width() - view.columnWidth(names.index("late"))
    assert left > 0
    grid.look("n")
    view.horizontalScrollBar().setValue(0)
    grid.look("m")
    assert view.horizontalScrollBar().value() == 0  # Where the person scrolled to.


def test_only_what_is_on_the_screen_is_painted(grid, monkeypatch):
    (grid.folder / "in.csv").write_text(text(*(f"{n},a,{n}" for n in range(9_000))))
    painted = []
    paint = Cells.paint

    def counted(self, painter, option, index):
        painted.append(index.row())
        paint(self, painter, option, index)

    monkeypatch.setattr(Cells, "paint", counted)
    panel = grid("limit", {"rows": 9_000})
    panel.grid.after.scrollToBottom()
    panel.grab()
    assert 8_999 in painted
    assert len(set(painted)) < 100


def test_text_is_found_by_keys_and_rows_without_it_are_hidden(grid, qtbot):
    panel = grid("sort", {"columns": [{"column": "id"}]})
    after = panel.grid.after
    after.setFocus()
    QTest.keyClick(after, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = panel.grid.finder.line
    assert line.hasFocus()
    with qtbot.waitSignal(panel.grid.arranged):
        QTest.keyClicks(line, "PEN")
    qtbot.waitUntil(lambda: panel.grid.finder.count.text() == "2 rows")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (after.currentIndex().row(), after.currentIndex().column()) == (3, 1)
    with qtbot.waitSignal(panel.grid.arranged):
        QTest.mouseClick(panel.grid.finder.only, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(after, 0) == ["2", "4"])
    assert shown(panel.grid.before, 0) == ["2", "4"]
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert shown(after, 0) == ["1", "2", "3", "4"]


def test_what_is_seen_is_sorted_copied_and_exported_and_the_pipeline_stays(
    grid, window, monkeypatch, qtbot
):
    panel = grid("filter", {"condition": "id > 1"})
    panel.before_button.setChecked(False)
    after, document = panel.grid.after, window.session.document
    qtbot.waitUntil(lambda: shown(after, 0) == ["2", "3", "4"])
    window.actions_table["column_menu"].trigger()
    with qtbot.waitSignal(panel.grid.arranged):
        choose(panel.menus, "Only in this view", "Largest on top")
    qtbot.waitUntil(lambda: shown(after, 0) == ["4", "3", "2"])
    place = after.visualRect(after.rows.index(0, 0)).center()
    QTest.mouseClick(after.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(after, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(after, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(after, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "4\topen\n3\tpaid"
    after.open_column_menu()
    choose(panel.menus, "Copy with column names")
    assert QApplication.clipboard().text() == "id\tstatus\n4\topen\n3\tpaid"
    file = grid.folder / "rows.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    with qtbot.waitSignal(window.session.noticed) as told:
        window.actions_table["export_rows"].trigger()
    assert told.args[0].text == "3 rows written to rows.csv"
    assert file.read_text().startswith('"id","status","amount"\n4,"open","4"\n3,')
    assert window.session.document is document


def test_a_value_in_a_cell_makes_a_filter_behind_the_node(grid, window, settle, qtbot):
    panel = grid("limit", {"rows": 9})
    after = panel.grid.after
    place = after.visualRect(after.rows.index(1, 1)).center()
    after.setCurrentIndex(after.rows.index(1, 1))
    after.menu_asked.emit((after, 1, 1, after.viewport().mapToGlobal(place)))
    choose(panel.menus, "Keep only")
    made = window.session.document.nodes["filter"]
    assert made.params == {"condition": "status = 'open'"}
    assert Edge.parse("n.rows -> filter.rows") in window.session.document.edges
    assert window.session.selection.nodes == ("filter",)
    settle()
    qtbot.waitUntil(lambda: shown(after, 0) == ["", "2", "", "4"], timeout=20_000)
    window.actions_table["undo"].trigger()
    assert set(window.session.document.nodes) == {"o", "n"}
    assert not window.session.bridge.can_undo


def test_a_second_name_goes_into_the_node_just_made(grid, window, settle, qtbot):
    panel = grid("limit", {"rows": 9})

    def rename(column, name):
        panel.table.setFocus()
        panel.table.setCurrentIndex(panel.model.index(0, column))
        window.actions_table["column_menu"].trigger()
        choose(panel.menus, "Rename")
        QTest.keyClicks(panel.menus.popup.lines[0], name)
        QTest.keyClick(panel.menus.popup.lines[0], Qt.Key.Key_Return)
        settle()

    rename(0, "number")
    qtbot.waitUntil(lambda: "number" in panel.model.schema.names, timeout=20_000)
    rename(1, "state")
    qtbot.waitUntil(lambda: "state" in panel.model.schema.names, timeout=20_000)
    assert set(window.session.document.nodes) == {"o", "n", "select_columns"}
    assert panel.model.mark_at(1) == "was status"


def test_a_column_is_removed_by_its_menu(grid, window, settle, qtbot):
    panel = grid("limit", {"rows": 9})
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.model.index(0, 1))
    window.actions_table["column_menu"].trigger()
    choose(panel.menus, "Remove column")
    settle()
    qtbot.waitUntil(lambda: panel.model.schema.names == ("id", "amount"), timeout=20_000)
    made = window.session.document.nodes["select_columns"]
    assert made.params == {"columns": [{"column": "id"}, {"column": "amount"}]}
    window.actions_table["undo"].trigger()
    assert not window.session.bridge.can_undo


def test_a_condition_on_a_column_opens_the_builder_of_a_filter(grid, window, settle):
    panel = grid("limit", {"rows": 9})
    panel.table.setFocus()
    panel.table.setCurrentIndex(panel.model.index(0, 1))
    window.actions_table["column_menu"].trigger()
    choose(panel.menus, "Condition…")
    settle()
    assert Edge.parse("n.rows -> filter.rows") in window.session.document.edges
    field = window.inspector.form.fields["condition"]
    (row,) = field.builder.rows
    assert field.built
    assert row.column.currentText() == "status"
    assert window.focusWidget() is row.operator
    QTest.keyClick(row.operator, Qt.Key.Key_Return)
    QTest.keyClicks(row.values[0], "paid")
    assert window.session.document.nodes["filter"].params == {"condition": "status = 'paid'"}
    window.session.bridge.undo()
    window.session.bridge.undo()
    assert set(window.session.document.nodes) == {"o", "n"}
    assert not window.session.bridge.can_undo


def test_two_columns_are_combined(grid, window):
    panel = grid("limit", {"rows": 9})
    after = panel.grid.after
    after.selectColumn(0)
    modifier = Qt.KeyboardModifier.ControlModifier
    place = QPoint(after.heads.sectionViewportPosition(1) + 20, 8)
    QTest.mouseClick(after.heads.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    assert after.chosen_columns() == [0, 1]
    after.menu_asked.emit((after, -1, 1, after.mapToGlobal(place)))
    choose(panel.menus, "Combine", "with a hyphen")
    (column,) = window.session.document.nodes["derive"].params["columns"]
    assert column == {"name": "id_status", "expression": "concat_ws('-', id, status)"}


def test_both_sides_go_across_together_by_the_names_of_columns(grid, qtbot):
    names = [f"c{n}" for n in range(20)]
    (grid.folder / "in.csv").write_text(",".join(names) + "\n" + ",".join(names) + "\n")
    kept = [n for n in names if n not in {"c2", "c3"}]
    columns = [{"column": n} for n in kept]
    columns[0]["name"] = "a_name_that_takes_more_room_than_the_one_before"
    source = Node("o", "csv_source", {"path": "in.csv", "columns": [{"name": n} for n in names]})
    panel = grid("select_columns", {"columns": columns}, o=source)
    if not panel.before_button.isChecked():
        with qtbot.waitSignal(panel.previewer.glanced):
            panel.before_button.click()
    before, after = panel.grid.before, panel.grid.after

    def begins(view, name):
        return view.heads.sectionViewportPosition(view.rows.schema.names.index(name))

    after.horizontalScrollBar().setValue(after.heads.sectionPosition(6))
    assert begins(after, "c8") == begins(before, "c8") == 0
    before.horizontalScrollBar().setValue(before.heads.sectionPosition(10) + 30)
    assert begins(after, "c10") == begins(before, "c10") == -30
    before.horizontalScrollBar().setValue(before.heads.sectionPosition(2))
    assert begins(before, "c2") == 0  # It is on this side alone: the next one leads.
    assert begins(after, "c4") == begins(before, "c4")
    after.horizontalScrollBar().setValue(100)
    assert before.horizontalScrollBar().value() == 0  # As far as it goes; it pulls nothing back.
    assert after.horizontalScrollBar().value() == 100


def test_where_the_first_rows_hold_nothing_one_button_reads_on(grid, qtbot):
    (grid.folder / "in.csv").write_text(text(*(f"{n},a,{n}" for n in range(30_000))))
    panel = grid("filter", {"condition": "id = 25000"})
    none = panel.grid.none
    assert none.title == "No row of the first 10,000 matches"
    with qtbot.waitSignal(panel.previewer.glanced, timeout=30_000):
        QTest.mouseClick(none.button, Qt.MouseButton.LeftButton)
    assert not none.isVisible()
    assert shown(panel.grid.before, 0) == ["25000"]
    assert shown(panel.grid.after, 0) == ["25000"]
    assert not panel.further.isVisible()
    assert panel.note.text().startswith("1 of 30,000 rows read, which are all")


def test_where_all_rows_were_rejected_a_click_leads_to_them(grid, window, qtbot):
    (grid.folder / "in.csv").write_text(text(*(f"{n},a,x" for n in range(120))))
    panel = grid("filter", {"condition": "CAST(status AS INTEGER) > 1"})
    none = panel.grid.none
    assert none.title == "All 120 rows went to rejected"
    numbers = [{"name": "id"}, {"name": "status"}, {"name": "amount", "type": "INTEGER"}]
    source = Node("o", "csv_source", {"path": "in.csv", "columns": numbers})
    window.session.bridge.set_document(Document(nodes={"o": source}))
    grid.look("o")
    qtbot.waitUntil(lambda: panel.shown == PortRef("o", "rows") and none.isVisible())
    assert none.title == "All 120 rows went to rejected"
    QTest.mouseClick(none.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 120, timeout=20_000)
    assert panel.shown == PortRef("o", "rejected")
    assert panel.ports.currentText() == "rejected"
    assert not none.isVisible()
