"""Tracing a column: by menu and by key, lit on the canvas until Escape, told step by step."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.pointed import Pointed, Wish
from summit_studio.app.shell.docks import Side
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Edge, Node, PortRef


@pytest.fixture
def opened(window, settle, orders, pipeline, qtbot):
    """The pipeline in the window, checked."""
    window.session.bridge.set_document(pipeline)
    settle()
    return window


def unlit(window) -> set[str]:
    """Return the nodes and edges that are dimmed, while a path is lit."""
    assert window.canvas.scene().path_shown
    shown = window.canvas.scene().shown
    light = shown.nodes[next(iter(shown.nodes))].stage.spotlight
    edges = {str(e) for e in shown.edges if light.dims(e)}
    assert edges == {str(e) for e in shown.edges if not light.lights(e)}
    return {i for i, item in shown.nodes.items() if item.dimmed} | edges


def rows(steps) -> list[tuple[str, ...]]:
    found = (steps.topLevelItem(i) for i in range(steps.topLevelItemCount()))
    return [tuple(item.text(c) for c in range(3)) for item in found]


def trace(window, qtbot, port: str, column: str) -> None:
    with qtbot.waitSignal(window.column_desk.traced):
        window.session.ask_of_column(Pointed(PortRef(*port.split(".")), column))


def test_the_menu_of_a_column_in_the_inspector_traces_it(opened, qtbot):
    opened.session.choose_nodes(["paid"])
    tree = opened.inspector.ports.tree
    status = tree.findItems("status", Qt.MatchFlag.MatchRecursive)[1]  # Of `out: kept`.
    place = tree.visualItemRect(status).center()
    tree.customContextMenuRequested.emit(place)
    with qtbot.waitSignal(opened.column_desk.traced):
        (action,) = opened.inspector.ports.menu.actions()
        action.trigger()
    opened.inspector.ports.menu.close()
    assert opened.columns.isVisible()
    assert rows(opened.columns.up) == [("Read CSV", "status", "begins here"),
                                       ("Filter rows", "status", "passes")]  # fmt: skip
    assert rows(opened.columns.down) == [("Write CSV", "status", "written to out/paid.csv")]


def test_a_path_is_lit_until_escape_which_then_selects_nothing(opened, qtbot):
    trace(opened, qtbot, "orders.rows", "status")
    assert unlit(opened) == set()
    assert [row[2] for row in rows(opened.columns.down)] == [
        "passes", "read by condition: status <> 'cancelled'", "written to out/paid.csv",
    ]  # fmt: skip
    with qtbot.waitSignal(opened.column_desk.traced):
        opened.session.bridge.do(SetParams("out", {"path": "out/other.csv"}))
        opened.session.bridge.flush()
    assert rows(opened.columns.down)[-1][2] == "written to out/other.csv"
    opened.session.choose_nodes(["paid"])
    opened.canvas.setFocus()
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Escape)
    assert not opened.canvas.scene().path_shown
    assert opened.columns.lineage is None
    assert opened.session.selection.nodes == ("paid",)
    qtbot.keyClick(opened.canvas, Qt.Key.Key_Escape)
    assert opened.session.selection.nodes == ()


def test_what_lies_beside_the_path_is_dimmed_also_after_an_edge_was_drawn(
    opened, qtbot, pipeline, settle
):
    more = {"all": Node("all", "sort", {"columns": [{"column": "id"}]})}
    edges = (*pipeline.edges, Edge.parse("paid.dropped -> all.rows"))
    opened.session.bridge.set_document(
        replace(pipeline, nodes={**pipeline.nodes, **more}, edges=edges)
    )
    settle()
    trace(opened, qtbot, "paid.kept", "amount")
    beside = {"all", "paid.dropped -> all.rows"}
    assert unlit(opened) == beside
    scene = opened.canvas.scene()
    scene.light([PortRef("all", "rows")], outputs=False, held="orders")
    scene.unlight()
    assert unlit(opened) == beside
    trace(opened, qtbot, "paid.dropped", "id")
    assert unlit(opened) == {"out", "paid.kept -> out.rows"}


def test_a_step_leads_to_its_node_and_field(opened, qtbot):
    trace(opened, qtbot, "orders.rows", "status")
    steps = opened.columns.down
    steps.setCurrentItem(steps.topLevelItem(1))
    qtbot.keyClick(steps, Qt.Key.Key_Return)
    assert opened.session.selection.nodes == ("paid",)
    qtbot.waitUntil(lambda: opened.inspector.form.fields["condition"].isAncestorOf(
        QApplication.focusWidget()))  # fmt: skip
    assert opened.canvas.scene().path_shown


def test_the_key_traces_the_column_with_the_cursor_and_says_how_where_there_is_none(opened, qtbot):
    opened.actions_table["trace_column"].trigger()
    assert opened.columns.isVisible()
    assert opened.columns.lineage is None
    opened.docks.show("preview")
    with qtbot.waitSignal(opened.preview.previewer.arrived, timeout=20_000):
        opened.session.choose_nodes(["orders"])
    table = opened.preview.table
    table.setFocus()
    table.setCurrentIndex(table.rows.index(0, 2))
    with qtbot.waitSignal(opened.column_desk.traced):
        opened.actions_table["trace_column"].trigger()
    assert opened.columns.title.text() == "amount"
    opened.docks.show("preview")
    table.open_column_menu()
    menu = opened.preview.menus.menu
    action = next(a for a in menu.actions() if a.text() == "Trace column")
    menu.close()
    with qtbot.waitSignal(opened.column_desk.traced):
        menu.triggered.emit(action)
    assert opened.columns.isVisible()


def test_a_column_is_renamed_everywhere_after_a_look_at_what_changes_in_one_undo_step(
    opened, qtbot, settle
):
    before = opened.session.document
    opened.docks.show("preview")
    with qtbot.waitSignal(opened.preview.previewer.arrived, timeout=20_000):
        opened.session.choose_nodes(["orders"])
    table = opened.preview.table
    table.setCurrentIndex(table.rows.index(0, 1))
    table.open_column_menu()
    menu = opened.preview.menus.menu
    action = next(a for a in menu.actions() if a.text().startswith("Rename here"))
    menu.close()
    menu.triggered.emit(action)
    popup = opened.preview.menus.popup
    popup.lines[0].setText("State")
    with qtbot.waitSignal(opened.column_desk.proposed):
        qtbot.keyClick(popup.lines[0], Qt.Key.Key_Return)
    assert opened.session.document == before
    proposal = opened.columns.proposal
    assert proposal.isVisible()
    items = [proposal.list.topLevelItem(i) for i in range(proposal.list.topLevelItemCount())]
    assert [tuple(item.text(c) for c in range(4)) for item in items] == [
        ("New: Select columns", "columns 1, name", "", "State"),
        ("Filter rows", "condition", "status <> 'cancelled'", "\"State\" <> 'cancelled'"),
        ("Write CSV", "column", "status", "State"),
    ]
    qtbot.mouseClick(proposal.accept_button, Qt.MouseButton.LeftButton)
    opened.session.bridge.flush()
    assert opened.session.document.nodes["paid"].params["condition"] == "\"State\" <> 'cancelled'"
    assert opened.session.bridge.undo_text == "Rename status to State"
    assert not opened.canvas.scene().path_shown
    settle()
    assert opened.session.checked.ok
    opened.actions_table["undo"].trigger()
    opened.session.bridge.flush()
    assert opened.session.document == before


def test_what_is_proposed_follows_edits_and_cancel_changes_nothing(opened, qtbot):
    wish = Pointed(PortRef("orders", "rows"), "status", Wish.RENAME, "state")
    with qtbot.waitSignal(opened.column_desk.proposed):
        opened.session.ask_of_column(wish)
    with qtbot.waitSignal(opened.column_desk.proposed):
        opened.session.do(SetParams("paid", {"condition": "upper(status) = 'PAID'"}))
        opened.session.bridge.flush()
        assert not opened.column_desk.accept()
    item = opened.columns.proposal.list.topLevelItem(1)
    assert item.text(3) == "upper(state) = 'PAID'"
    document = opened.session.document
    qtbot.mouseClick(opened.columns.proposal.cancel_button, Qt.MouseButton.LeftButton)
    assert opened.session.document is document
    assert not opened.canvas.scene().path_shown


def test_a_click_on_a_column_is_followed_while_the_panel_is_seen_and_not_otherwise(opened, qtbot):
    opened.docks.show("preview")
    with qtbot.waitSignal(opened.preview.previewer.arrived, timeout=20_000):
        opened.session.choose_nodes(["orders"])
    table, left = opened.preview.table, Qt.MouseButton.LeftButton

    def place(column: int):
        return table.visualRect(table.rows.index(0, column)).center()

    qtbot.mouseClick(table.viewport(), left, pos=place(1))  # The columns stand behind the rows.
    assert opened.column_desk.pointed is None
    opened.docks.put("columns", Side.LEFT)
    qtbot.waitUntil(lambda: opened.docks.is_seen("columns") and opened.docks.is_seen("preview"))
    with qtbot.waitSignal(opened.column_desk.traced):
        qtbot.mouseClick(table.viewport(), left, pos=place(1))
    assert opened.columns.title.text() == "status"
    heads = table.heads
    with qtbot.waitSignal(opened.column_desk.traced):
        qtbot.mouseClick(heads.viewport(), left, pos=QPoint(place(2).x(), 6))
    assert opened.columns.title.text() == "amount"
    tree = opened.inspector.ports.tree
    (item,) = tree.findItems("id", Qt.MatchFlag.MatchRecursive)
    with qtbot.waitSignal(opened.column_desk.traced):
        qtbot.mouseClick(tree.viewport(), left, pos=tree.visualItemRect(item).center())
    assert opened.columns.title.text() == "id"
    held = Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(table.viewport(), left, held, place(1))
    assert opened.column_desk.pointed.column == "id"
    wanted = Pointed(PortRef("orders", "rows"), "id", Wish.RENAME, "number")
    with qtbot.waitSignal(opened.column_desk.proposed):
        opened.session.ask_of_column(wanted)
    qtbot.mouseClick(table.viewport(), left, pos=place(1))
    assert opened.column_desk.pointed is wanted  # Looked at until it is answered.
