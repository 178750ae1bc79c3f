"""What an edit would break is told before it is made; an edit that breaks nothing is just made."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.session.acting import cast, renamed
from summit_studio.document.edits import SetParams
from summit_studio.document.model import Document, Edge, Layout, Node

EDGES = ("orders.rows -> net.rows", "net.rows -> paid.rows", "paid.kept -> by.rows",
         "by.rows -> out.rows")  # fmt: skip


@pytest.fixture
def opened(window, settle, orders, csv, csv_sink):
    """Orders, a column made, kept by it, sorted by it, written."""
    entry = {"name": "net", "expression": "amount * 0.8"}
    nodes = {
        "orders": Node("orders", csv, {"path": "orders.csv"}),
        "net": Node("net", "derive", {"columns": [entry]}),
        "paid": Node("paid", "filter", {"condition": "net * 2 > 10.5"}),
        "by": Node("by", "sort", {"columns": [{"column": "net"}]}),
        "out": Node("out", csv_sink, {"path": "out/paid.csv"}),
    }
    layout = Layout({node_id: (at * 300, 0) for at, node_id in enumerate(nodes)})
    document = Document("Orders", nodes=nodes, edges=tuple(map(Edge.parse, EDGES)), layout=layout)
    window.session.bridge.set_document(document)
    settle()
    assert window.session.checked.ok
    return window


def delete(window, node_id: str) -> None:
    window.canvas.setFocus()
    window.session.choose_nodes([node_id])
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    window.session.bridge.flush()


def told(window, qtbot) -> str:
    qtbot.waitUntil(lambda: window.weigher.waiting)
    assert window.banner.isVisible()
    return f"{window.banner.text.text()}. {window.banner.detail.text()}"


def test_a_node_whose_columns_nobody_misses_is_deleted_at_once(opened):
    delete(opened, "by")
    assert "by" not in opened.session.document.nodes
    assert not opened.banner.isVisible()
    delete(opened, "out")
    assert "out" not in opened.session.document.nodes


def test_what_needs_a_column_is_told_first_and_the_button_deletes_all_the_same(opened, qtbot):
    before = opened.session.document
    delete(opened, "net")
    assert opened.session.document is before
    said = told(opened, qtbot)
    assert said.startswith("Deleting Derive columns would break 2 nodes. Filter rows: ")
    assert "Sort: " in said
    assert said.count("net") == 2
    qtbot.mouseClick(opened.banner.button, Qt.MouseButton.LeftButton)
    opened.session.bridge.flush()
    assert "net" not in opened.session.document.nodes
    assert not opened.banner.isVisible()
    assert not opened.actions_table["anyway"].isEnabled()
    opened.session.bridge.undo()
    assert opened.session.document == before


def test_asked_again_it_is_deleted_and_another_selection_forgets_it(opened, qtbot):
    delete(opened, "net")
    told(opened, qtbot)
    opened.session.choose_nodes(["by"])
    assert not opened.banner.isVisible()
    assert not opened.weigher.waiting
    delete(opened, "net")
    told(opened, qtbot)
    delete(opened, "net")
    assert "net" not in opened.session.document.nodes


def test_a_column_that_is_made_but_read_by_none_is_no_loss(opened, qtbot, settle):
    opened.session.do(SetParams("paid", {"condition": "amount > 1"}))
    opened.session.do(SetParams("by", {"columns": [{"column": "id"}]}))
    settle()
    delete(opened, "net")
    qtbot.waitUntil(lambda: "net" not in opened.session.document.nodes)
    assert not opened.banner.isVisible()


@pytest.mark.parametrize(
    ("act", "lost"),
    [(cast("net", "VARCHAR"), "Filter rows"), (renamed("net", "gross"), "Sort: ")],
    ids=["type", "name"],
)
def test_another_type_or_name_tells_what_no_longer_fits(opened, qtbot, act, lost):
    opened.docks.show("preview")
    with qtbot.waitSignal(opened.preview.previewer.arrived, timeout=20_000):
        opened.session.choose_nodes(["net"])
    before = opened.session.document
    opened.preview.menus.acted.emit((opened.preview.table, act))
    said = told(opened, qtbot)
    assert said.startswith(f"{act.label} would break ")
    assert lost in said
    assert opened.session.document is before
    opened.actions_table["anyway"].trigger()
    opened.session.bridge.flush()
    (made,) = set(opened.session.document.nodes) - set(before.nodes)
    assert opened.session.selection.nodes == (made,)


def entries(window) -> list:
    return window.session.document.nodes["net"].params["columns"]


def test_an_entry_that_is_needed_is_taken_out_of_a_list_only_once_that_is_wanted(
    opened, qtbot, settle
):
    more = [*entries(opened), {"name": "gross", "expression": "amount"}]
    opened.session.do(SetParams("net", {"columns": more}))
    settle()
    opened.session.choose_nodes(["net"])
    field = opened.inspector.form.fields["columns"]
    field.table.setCurrentIndex(field.model.index(1, 0))
    field.remove()
    qtbot.waitUntil(lambda: len(entries(opened)) == 1)  # Nobody needs it.
    settle()
    assert not opened.banner.isVisible()
    opened.session.do(SetParams("net", {"columns": more[::-1]}))
    settle()
    before = opened.session.document
    field.table.setCurrentIndex(field.model.index(1, 0))
    field.remove()
    said = told(opened, qtbot)
    assert said.startswith("Removing 'net' would break 2 nodes. Filter rows: ")
    assert opened.session.document is before
    qtbot.waitUntil(lambda: field.value() == entries(opened))  # It stands there again.
    qtbot.mouseClick(opened.banner.buttons[1], Qt.MouseButton.LeftButton)
    scene = opened.canvas.scene()
    assert {i for i, item in scene.shown.nodes.items() if not item.dimmed} == {"paid", "by"}
    assert opened.banner.isVisible()
    assert field.table.currentIndex().row() == 1
    field.remove()
    opened.session.bridge.flush()
    assert [e["name"] for e in entries(opened)] == ["gross"]
    assert not scene.path_shown
    assert not opened.banner.isVisible()
    opened.session.bridge.undo()
    assert opened.session.document == before


def test_what_is_typed_while_a_removal_is_weighed_is_not_lost(opened, qtbot, settle):
    opened.session.do(SetParams("by", {"columns": [{"column": "net"}, {"column": "id"}]}))
    settle()
    opened.session.choose_nodes(["by"])
    fields = opened.inspector.form.fields
    fields["columns"].table.setCurrentIndex(fields["columns"].model.index(1, 0))
    fields["columns"].remove()
    fields["columns"].model.setData(
        fields["columns"].model.index(0, 0), "status", Qt.ItemDataRole.EditRole
    )
    qtbot.waitUntil(
        lambda: opened.session.document.nodes["by"].params == {"columns": [{"column": "status"}]}
    )


def test_another_choice_that_takes_columns_away_waits_too(opened, qtbot, settle):
    params = {"columns": [{"column": "amount"}], "others": "keep"}
    nodes = {**opened.session.document.nodes, "net": Node("net", "select_columns", params)}
    nodes["paid"] = Node("paid", "filter", {"condition": "id > 1"})
    nodes["by"] = Node("by", "sort", {"columns": [{"column": "status"}]})
    opened.session.bridge.set_document(replace(opened.session.document, nodes=nodes))
    settle()
    opened.session.choose_nodes(["net"])
    others = opened.inspector.form.fields["others"]
    others.set_value("drop")
    others.edited.emit("drop")
    said = told(opened, qtbot)
    assert said.startswith("Changing 'Others' would break 2 nodes.")
    assert opened.session.document.nodes["net"].params == params
    qtbot.waitUntil(lambda: others.value() == "keep")


def test_an_entry_of_several_nodes_waits_as_well(opened, qtbot, settle):
    session = opened.session
    two = [{"name": "net", "expression": "amount"}, {"name": "more", "expression": "id"}]
    nodes = {**session.document.nodes, "net": Node("net", "derive", {"columns": two})}
    nodes |= {"net_2": replace(nodes["net"], id="net_2")}
    edges = (*session.document.edges, Edge.parse("orders.rows -> net_2.rows"))
    session.bridge.set_document(replace(session.document, nodes=nodes, edges=edges))
    settle()
    session.choose_nodes(["net", "net_2"])
    field = opened.inspector.several.form.fields["columns"]
    field.table.setCurrentIndex(field.model.index(0, 0))
    field.remove()
    said = told(opened, qtbot)
    assert said.startswith("Removing 'net' would break 2 nodes. Filter rows: ")
    assert session.document.nodes == nodes
    assert field.value() == two
    opened.actions_table["anyway"].trigger()
    session.bridge.flush()
    left = [session.document.nodes[i].params["columns"] for i in ("net", "net_2")]
    assert left == [two[1:], two[1:]]
