"""The panel of connections looks into real databases, and makes nodes of what is in them."""

import contextlib
import socket
import sqlite3

import duckdb
import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from summit_studio.app.dialogs.connections import ConnectionsDialog
from summit_studio.app.session.addresses import TABLES_MIME, Address, packed
from summit_studio.app.session.browsing import Browsing, Phase
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import save_connection
from tests.connectors.conftest import server  # noqa: F401 - a fixture

Key = Qt.Key
ORDERS = Address("shop", "orders")
SHOP = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, total DECIMAL(12,2) NOT NULL, placed TIMESTAMP);
CREATE TABLE lines (order_id BIGINT, line BIGINT, sku VARCHAR, PRIMARY KEY (order_id, line));
CREATE VIEW revenue AS SELECT sum(total) AS total FROM orders;
INSERT INTO orders VALUES (1, 10.5, '2024-01-01'), (2, 20, NULL);
"""


@pytest.fixture
def root(home):
    folder = home / "workspace"
    folder.mkdir(exist_ok=True)
    with contextlib.closing(sqlite3.connect(folder / "shop.db")) as file:
        file.executescript(SHOP)
    save_connection(folder, Connection(name="shop", kind="sqlite", path="shop.db"))
    return folder


@pytest.fixture
def panel(root, window):
    """The panel on a workspace with one SQLite file."""
    window.session.reload_workspace()
    window.docks.show("connections")
    return window.connections


@pytest.fixture
def silent():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(20)
        yield listening


def row(panel, address):
    return panel._rows[address]


def beneath(item):
    return [item.child(at).text(0) for at in range(item.childCount())]


def opened(panel, qtbot, address):
    """Open a row as a person does, and return it once its answer is there."""
    row(panel, address).setExpanded(True)
    done = {Phase.KNOWN, Phase.FAILED}
    qtbot.waitUntil(lambda: panel._browsing.found(address).phase in done, timeout=20_000)
    return row(panel, address)


def press(panel, item, text):
    """Click on what a row offers beneath itself."""
    (child,) = [item.child(at) for at in range(item.childCount()) if item.child(at).text(0) == text]
    panel.tree.scrollToItem(child)
    place = panel.tree.visualItemRect(child).center()
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def drop(canvas, addresses, at, keys=Qt.KeyboardModifier.NoModifier):
    data, copy, left = QMimeData(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    data.setData(TABLES_MIME, QByteArray(packed(addresses)))
    enter = QDragEnterEvent(at, copy, data, left, keys)
    canvas.dragEnterEvent(enter)
    assert enter.isAccepted()
    canvas.dropEvent(QDropEvent(QPointF(at), copy, data, left, keys))
    QApplication.processEvents()


def test_a_file_is_looked_into_when_it_is_opened_and_not_before(panel, root, qtbot):
    shop = row(panel, Address("shop"))
    assert beneath(shop) == []
    assert panel._browsing.found(Address("shop")).phase is Phase.CLOSED
    opened(panel, qtbot, Address("shop"))
    assert beneath(shop) == ["lines", "orders", "revenue"]
    spoken = Qt.ItemDataRole.AccessibleTextRole
    assert shop.child(2).data(0, spoken) == "revenue, view"
    columns = opened(panel, qtbot, ORDERS)
    assert [columns.child(at).data(0, spoken) for at in range(3)] == [
        "id, whole number, never null, key", "total, decimal, never null", "placed, date and time",
    ]  # fmt: skip
    lines = opened(panel, qtbot, Address("shop", "lines"))
    assert "part of the key order_id, line" in lines.child(0).toolTip(0)
    # What is made meanwhile is seen once it is looked again, and what was open stays so.
    with contextlib.closing(sqlite3.connect(root / "shop.db")) as file:
        file.execute("CREATE TABLE more (id INTEGER)")
    panel.asked.emit("renew_connections")
    qtbot.waitUntil(lambda: beneath(row(panel, Address("shop")))[1:2] == ["more"])
    qtbot.waitUntil(lambda: row(panel, ORDERS).isExpanded() and row(panel, ORDERS).childCount() > 2)


def test_schemas_stand_above_their_tables_and_an_error_where_it_is_with_what_to_do(
    panel, root, window, qtbot
):
    with duckdb.connect(str(root / "house.duckdb")) as file:
        file.execute("CREATE TABLE events (id BIGINT PRIMARY KEY)")
        file.execute("CREATE SCHEMA stage; CREATE TABLE stage.raw AS SELECT 1 AS a")
    save_connection(root, Connection(name="house", kind="duckdb", path="house.duckdb"))
    window.session.reload_workspace()
    house = opened(panel, qtbot, Address("house"))
    assert beneath(house) == ["main", "stage"]
    assert beneath(house.child(1)) == ["raw"]
    assert beneath(opened(panel, qtbot, Address("house", "stage.raw"))) == ["a"]
    # An error stands where it is, with what to do, and is gone once that is done.
    save_connection(root, Connection(name="gone", kind="sqlite", path="gone.db"))
    window.session.reload_workspace()
    gone = opened(panel, qtbot, Address("gone"))
    said, again = beneath(gone)
    assert said.startswith("Cannot open the database file of connection 'gone'. There is no file")
    assert "Correct 'path' in connections.toml" in said
    assert again == "Look again"
    (root / "shop.db").rename(root / "gone.db")
    press(panel, gone, "Look again")
    qtbot.waitUntil(lambda: "orders" in beneath(gone))


def test_nothing_connects_in_an_untrusted_folder_before_the_person_says_so_and_none_waits_for_it(
    panel, root, window, silent, qtbot
):
    host, port = silent.getsockname()
    save_connection(root, Connection(name="far", kind="postgres", host=host, port=port))
    window.session.reload_workspace()
    far = row(panel, Address("far"))
    far.setExpanded(True)
    panel.asked.emit("renew_connections")
    said, connect = beneath(far)
    assert "not trusted" in said
    assert f"{host}:{port}" in said
    assert connect == "Connect"
    silent.setblocking(False)
    with pytest.raises(BlockingIOError):
        silent.accept()
    silent.settimeout(20)
    press(panel, far, "Connect")
    link, _ = silent.accept()
    # The server hangs; the window and other databases do not.
    assert beneath(far) == ["Looking for tables…", "Stop"]
    opened(panel, qtbot, Address("shop"))
    press(panel, far, "Stop")
    assert beneath(far) == ["Stopped.", "Look again"]
    link.close()
    # Leave was given for where it led, and for nothing else.
    save_connection(root, Connection(name="far", kind="postgres", host=host, port=port, user="x"))
    window.session.reload_workspace()
    assert beneath(row(panel, Address("far")))[1] == "Connect"


def test_what_does_not_answer_in_time_is_told_and_so_is_what_waits_behind_it(
    root, window, silent, qtbot
):
    host, port = silent.getsockname()
    save_connection(root, Connection(name="far", kind="postgres", host=host, port=port))
    trust(root)
    window.session.reload_workspace()
    browsing = Browsing(window.session, window, limit_secs=0.05)
    for address in (Address("far"), Address("far", "public.orders")):
        browsing.ask(address)
    behind = Address("far", "public.orders")
    qtbot.waitUntil(lambda: browsing.found(behind).phase is Phase.FAILED)
    assert "did not answer" in browsing.found(Address("far")).error.why
    browsing.close()


def test_return_makes_a_source_of_a_table_with_its_rows_and_one_undo_takes_it_back(
    panel, window, settle, qtbot
):
    opened(panel, qtbot, Address("shop"))
    QTest.keyClicks(panel.search, "ord")
    assert [i.text(0) for i in panel.tree.rows() if not i.isHidden()] == ["shop", "orders"]
    QTest.keyClick(panel.search, Key.Key_Down)
    QTest.keyClick(panel.tree, Key.Key_Return)
    (node,) = window.session.document.nodes.values()
    assert (node.type, node.title) == ("table_source", "orders")
    assert node.params == {"connection": "shop", "table": "orders"}
    settle()
    qtbot.waitUntil(lambda: window.preview.model.rowCount() == 2, timeout=20_000)
    window.session.bridge.undo()
    assert not window.session.document.nodes
    QTest.keyClicks(panel.search, "er that nobody has")
    assert panel._nothing.isVisible()


@pytest.fixture
def drawn(window, panel, settle):
    """A source, and a filter that has no rows yet."""
    window.session.bridge.set_document(
        Document(
            nodes={
                "a": Node("a", "table_source", {"connection": "shop", "table": "orders"}),
                "b": Node("b", "filter", {"condition": "true"}),
                "c": Node("c", "filter", {"condition": "true"}),
            },
            edges=(Edge.parse("a.rows -> c.rows"),),
            layout=Layout({"a": (0, 0), "b": (0, 200), "c": (400, 0)}),
        )
    )
    settle()
    window.canvas.zoom_to_fit()

    def on(node):
        card = window.canvas.scene().contents([node]).center()
        return window.canvas.mapFromScene(card)

    return on


def edges(window):
    return {str(edge) for edge in window.session.document.edges}


def test_a_table_dropped_on_a_node_feeds_it_or_takes_its_rows(window, drawn):
    drop(window.canvas, [ORDERS], drawn("b"), Qt.KeyboardModifier.ShiftModifier)
    assert "b.kept -> table_sink.rows" in edges(window)
    before = edges(window)
    drop(window.canvas, [ORDERS], drawn("b"))
    assert edges(window) - before == {"table_source.rows -> b.rows"}
    drop(window.canvas, [Address("shop", "lines")], drawn("a"))
    assert "a.rows -> table_sink_2.rows" in edges(window)
    assert window.session.document.nodes["table_sink_2"].params["table"] == "lines"


def test_a_table_dropped_on_an_edge_or_with_shift_takes_the_rows_of_what_is_there(window, drawn):
    middle = (drawn("a") + drawn("c")) / 2
    drop(window.canvas, [ORDERS], middle)
    assert "a.rows -> table_sink.rows" in edges(window)
    window.session.choose_nodes(["c"])
    corner = window.canvas.viewport().rect().bottomRight() - QPoint(40, 40)
    drop(window.canvas, [ORDERS], corner, Qt.KeyboardModifier.ShiftModifier)
    assert "c.kept -> table_sink_2.rows" in edges(window)
    # In an empty place rows are read; several tables are one step, and none on another.
    before = set(window.session.document.nodes)
    drop(window.canvas, [ORDERS, Address("shop", "lines")], QPoint(30, 30))
    made = [n for i, n in window.session.document.nodes.items() if i not in before]
    assert [n.type for n in made] == ["table_source"] * 2
    cards = [window.canvas.scene().contents([n.id]) for n in made]
    assert not cards[0].intersects(cards[1])
    window.session.bridge.undo()
    assert set(window.session.document.nodes) == before


def test_first_rows_are_shown_without_a_node_and_menus_offer_what_can_be_done(window, panel, qtbot):
    opened(panel, qtbot, Address("shop"))
    panel.tree.setCurrentItem(row(panel, ORDERS))
    window.actions_table["show_table_rows"].trigger()
    qtbot.waitUntil(lambda: window.preview.model.rowCount() == 2, timeout=20_000)
    assert window.preview.title.text() == "orders of shop"
    assert window.preview.note.text() == "All 2 rows"
    assert not window.session.document.nodes
    window.adding.add_in_view("filter")
    assert window.preview.title.text() == "Filter rows"
    # The menus of a table and of a connection offer what can be done with them.
    offered = {}
    for address in (ORDERS, Address("shop")):
        panel.tree.setCurrentItem(row(panel, address))
        panel.menu_asked.emit(QPoint(10, 10))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        offered[address] = {a.text().replace("&", "") for a in menu.actions() if a.isEnabled()}
        menu.close()
    assert offered[ORDERS] > {"Read this table", "Write into this table", "Show first rows"}
    assert "Edit the connection…" in offered[Address("shop")]
    assert "Connect" not in offered[Address("shop")]
    panel.tree.setCurrentItem(row(panel, ORDERS))
    QTest.keyClick(panel.tree, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "orders"


def test_with_no_connection_the_panel_says_what_to_do_and_opens_the_form(window, qtbot):
    window.actions_table["go_connections"].trigger()
    panel = window.connections
    button = panel.findChild(QPushButton, "new_connection")
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = window.page.findChild(ConnectionsDialog)
    dialog.fields["name"].setText("files")
    dialog.kind.setCurrentIndex(dialog.kind.findData("sqlite"))
    dialog.fields["path"].setText("files.db")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: Address("files") in panel._rows)
    dialog.reject()
    assert not button.isVisible()


def test_tables_of_a_real_server_are_listed_by_schema_and_read(
    window,
    panel,
    root,
    server,  # noqa: F811 - the fixture
    settle,
    qtbot,
):
    server.run(
        "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;"
        "DROP SCHEMA IF EXISTS stage CASCADE; CREATE SCHEMA stage;"
        "CREATE TABLE public.orders (id int PRIMARY KEY, code text UNIQUE NOT NULL, note text);"
        "INSERT INTO public.orders VALUES (1, 'a', NULL), (2, 'b', 'x'), (3, 'c', NULL);"
        "CREATE VIEW stage.codes AS SELECT code FROM public.orders"
    )
    save_connection(root, server.connection(name="warehouse"))
    trust(root)
    window.session.reload_workspace()
    top = opened(panel, qtbot, Address("warehouse"))
    assert beneath(top) == ["public", "stage"]
    orders = opened(panel, qtbot, Address("warehouse", "public.orders"))
    said = [orders.child(at).toolTip(0) for at in range(3)]
    assert said == [
        "id: INTEGER, never null, key", "code: VARCHAR, never null, key", "note: VARCHAR",
    ]  # fmt: skip
    panel.tree.setCurrentItem(orders)
    window.actions_table["read_table"].trigger()
    settle()
    qtbot.waitUntil(lambda: window.preview.model.rowCount() == 3, timeout=20_000)
    server.run("DROP SCHEMA stage CASCADE")
