"""A column renamed by hand where it is made is renamed in nodes after, if that is wanted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.document.edits import SetParams
from summit_studio.document.model import Document, Edge, Layout, Node

EDGES = ("orders.rows -> net.rows", "net.rows -> paid.rows", "paid.kept -> by.rows")


@pytest.fixture
def opened(window, settle, orders, csv, qtbot):
    """Orders, a column made and computed with, kept by it, sorted by it; the maker is selected."""
    made = [{"name": "net", "expression": "amount * 0.8"}, {"name": "tax", "expression": "net / 5"}]
    nodes = {
        "orders": Node("orders", csv, {"path": "orders.csv"}),
        "net": Node("net", "derive", {"columns": made}),
        "paid": Node("paid", "filter", {"condition": "net * 2 > 10.5"}),
        "by": Node("by", "sort", {"columns": [{"column": "net"}]}),
    }
    layout = Layout({node_id: (at * 300, 0) for at, node_id in enumerate(nodes)})
    document = Document("Orders", nodes=nodes, edges=tuple(map(Edge.parse, EDGES)), layout=layout)
    window.session.bridge.set_document(document)
    settle()
    assert window.session.checked.ok
    window.activateWindow()
    window.session.choose_nodes(["net"])
    qtbot.waitUntil(lambda: window.inspector.form is not None)
    return window


def write(window, name: str):
    """Type another name into the first entry, and go on to its next field by Return."""
    form = window.inspector.form
    form.focus_field("columns.0.name")
    line = QApplication.focusWidget()
    line.selectAll()
    QTest.keyClicks(line, name)
    QTest.keyClick(line, Qt.Key.Key_Return)


def offered(window, qtbot) -> str:
    qtbot.waitUntil(lambda: window.catching_up.waiting)
    assert window.banner.isVisible()
    return f"{window.banner.text.text()}. {window.banner.detail.text()}"


def names(window) -> list[str]:
    nodes = window.session.document.nodes
    return [
        *(e[k] for e in nodes["net"].params["columns"] for k in ("name", "expression")),
        nodes["paid"].params["condition"],
        nodes["by"].params["columns"][0]["column"],
    ]


FOLLOWED = ["gross", "amount * 0.8", "tax", "gross / 5", "gross * 2 > 10.5", "gross"]


def test_a_name_written_anew_is_carried_on_in_one_undo_step_with_the_writing(opened, qtbot, settle):
    before = opened.session.document
    write(opened, "gross")
    assert not opened.banner.isVisible()
    said = offered(opened, qtbot)
    assert said == (
        "3 nodes still use 'net': Derive columns, Filter rows, Sort. "
        "Derive columns calls it 'gross' now."
    )
    qtbot.mouseClick(opened.banner.button, Qt.MouseButton.LeftButton)
    opened.session.bridge.flush()
    assert names(opened) == FOLLOWED
    assert opened.session.bridge.undo_text == "Rename net to gross"
    settle()
    assert opened.session.checked.ok
    assert not opened.banner.isVisible()
    assert not opened.actions_table["rename_after"].isEnabled()
    opened.actions_table["undo"].trigger()
    opened.session.bridge.flush()
    assert opened.session.document == before
    assert not opened.session.bridge.can_undo


def test_what_was_written_between_stays_and_the_next_node_may_be_selected(opened, qtbot, settle):
    write(opened, "gross")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_End)
    QTest.keyClicks(QApplication.focusWidget(), " + 1")
    opened.session.choose_nodes(["by"])
    offered(opened, qtbot)
    opened.actions_table["rename_after"].trigger()
    opened.session.bridge.flush()
    assert names(opened) == ["gross", "amount * 0.8 + 1", *FOLLOWED[2:]]
    opened.actions_table["undo"].trigger()
    opened.session.bridge.flush()
    assert names(opened)[:2] == ["gross", "amount * 0.8 + 1"]
    assert names(opened)[3:] == ["net / 5", "net * 2 > 10.5", "net"]


def test_a_name_that_was_saved_stays_a_step_of_its_own(opened, qtbot):
    write(opened, "gross")
    offered(opened, qtbot)
    opened.session.bridge.mark_saved()
    saved = opened.session.document
    opened.actions_table["rename_after"].trigger()
    opened.session.bridge.flush()
    assert names(opened) == FOLLOWED
    assert not opened.session.bridge.clean
    opened.session.bridge.undo()
    assert opened.session.document == saved
    assert opened.session.bridge.clean


def test_it_is_looked_at_first_by_show_and_made_there(opened, qtbot, settle):
    before = opened.session.document
    write(opened, "gross")
    offered(opened, qtbot)
    with qtbot.waitSignal(opened.column_desk.proposed):
        qtbot.mouseClick(opened.banner.buttons[1], Qt.MouseButton.LeftButton)
    proposal = opened.columns.proposal
    items = [proposal.list.topLevelItem(i) for i in range(proposal.list.topLevelItemCount())]
    assert [tuple(item.text(c) for c in range(4)) for item in items] == [
        ("Derive columns", "columns 2, expression", "net / 5", "gross / 5"),
        ("Filter rows", "condition", "net * 2 > 10.5", "gross * 2 > 10.5"),
        ("Sort", "columns 1, column", "net", "gross"),
    ]
    qtbot.mouseClick(proposal.accept_button, Qt.MouseButton.LeftButton)
    opened.session.bridge.flush()
    assert names(opened) == FOLLOWED
    opened.actions_table["undo"].trigger()
    opened.session.bridge.flush()
    assert opened.session.document == before


def test_an_offer_goes_once_nothing_is_left_to_follow(opened, qtbot, settle):
    write(opened, "gross")
    offered(opened, qtbot)
    write(opened, "net")
    qtbot.waitUntil(lambda: not opened.banner.isVisible())
    settle()
    assert not opened.catching_up.waiting
    opened.session.do(SetParams("paid", {"condition": "true"}))
    opened.session.do(SetParams("by", {"columns": [{"column": "id"}]}))
    columns = opened.session.document.nodes["net"].params["columns"]
    opened.session.do(SetParams("net", {"columns": columns[:1]}))
    settle()
    with qtbot.waitSignal(opened.catching_up.changed):
        write(opened, "gross")
        settle()
    assert not opened.catching_up.waiting
    assert not opened.banner.isVisible()


def test_a_column_that_gets_its_name_in_a_table_of_columns_is_followed_too(
    opened, qtbot, settle, csv_sink
):
    session = opened.session
    params = {"columns": [], "others": "keep"}
    nodes = {
        "orders": session.document.nodes["orders"],
        "pick": Node("pick", "select_columns", params),
        "kept": Node("kept", "filter", {"condition": "amount > 10"}),
        "out": Node("out", csv_sink, {"path": "out.csv"}),
    }
    edges = ("orders.rows -> pick.rows", "pick.rows -> kept.rows", "kept.kept -> out.rows")
    before = Document("Orders", nodes=nodes, edges=tuple(map(Edge.parse, edges)))
    session.bridge.set_document(before)
    settle()
    opened.session.choose_nodes(["pick"])
    field = opened.inspector.form.fields["columns"]
    qtbot.waitUntil(field.mapping.isVisible)
    model = field.mapping.model
    model.setData(model.index(2, 1), "price", Qt.ItemDataRole.EditRole)
    said = offered(opened, qtbot)
    assert said.startswith("1 node still uses 'amount': Filter rows.")  # The sink does not mind.
    qtbot.mouseClick(opened.banner.button, Qt.MouseButton.LeftButton)
    session.bridge.flush()
    assert session.document.nodes["pick"].params["columns"] == [
        {"column": "amount", "name": "price"}
    ]
    assert session.document.nodes["kept"].params == {"condition": "price > 10"}
    session.bridge.undo()
    assert session.document == before
