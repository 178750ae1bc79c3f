"""Files, folders, databases and pipelines dropped on the canvas and the welcome page."""

import sqlite3

import duckdb
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from summit_studio.document.files import save
from summit_studio.document.model import Document, Node


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "data"
    made.mkdir()
    for name in ("a.csv", "b.csv"):
        (made / name).write_text("id,amount\n1,2.5\n2,3.5\n")
    (made / "c.json").write_text('[{"id": 1}]')
    (made / "notes.doc").write_text("no data")
    return made


def drop_files(widget, paths):
    at, data = QPoint(300, 200), QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    enter = QDragEnterEvent(at, copy, data, left, none)
    widget.dragEnterEvent(enter)
    assert enter.isAccepted()
    widget.dropEvent(QDropEvent(QPointF(at), copy, data, left, none))


@pytest.fixture
def dropped(window, qtbot):
    def go(*paths: object) -> list[Node]:
        before = len(window.session.document.nodes)
        drop_files(window.canvas, paths)
        qtbot.waitUntil(lambda: len(window.session.document.nodes) > before)
        return list(window.session.document.nodes.values())[before:]

    return go


def test_a_csv_dropped_stands_there_selected_with_its_columns_and_rows(
    window, folder, dropped, settle, qtbot
):
    (node,) = dropped(folder / "a.csv")
    assert window.session.selection.nodes == (node.id,)
    settle()
    (schema,) = [s for ref, s in window.session.checked.schemas.items() if ref.port == "rows"]
    assert list(schema.names) == ["id", "amount"]
    qtbot.waitUntil(lambda: window.preview.model.rowCount() == 2, timeout=20_000)
    assert not window.banner.isVisible()


def test_files_and_a_folder_become_sources_that_do_not_overlap_in_one_step(window, folder, dropped):
    nodes = dropped(folder / "a.csv", folder / "c.json", folder)
    assert [n.type for n in nodes] == ["csv_source", "json_source", "csv_source"]
    assert nodes[2].params["path"] == str(folder / "*.csv")
    cards = [window.canvas.scene().contents([n.id]) for n in nodes]
    for at, card in enumerate(cards):
        assert not any(card.intersects(other) for other in cards[at + 1 :])
    window.session.bridge.undo()
    assert not window.session.document.nodes


def make_sqlite(path, tables):
    with sqlite3.connect(path) as database:
        for table in tables:
            database.execute(f"CREATE TABLE {table} (id INTEGER)")
            database.execute(f"INSERT INTO {table} VALUES (1)")
    database.close()


def make_duckdb(path, tables):
    with duckdb.connect(str(path)) as database:
        for table in tables:
            database.execute(f"CREATE TABLE {table} AS SELECT 1 AS id")


@pytest.mark.parametrize(("make", "kind"), [(make_sqlite, "sqlite"), (make_duckdb, "duckdb")])
def test_a_database_dropped_makes_a_connection_once_and_a_table_source(
    window, tmp_path, dropped, settle, make, kind
):
    file = tmp_path / "My shop.db"  # Told by its content, whatever it is called.
    make(file, ["orders"])
    (node,) = dropped(file)
    assert node.type == "table_source"
    (connection,) = window.session.workspace.connections.values()
    assert (connection.name, connection.kind, connection.path) == ("my_shop", kind, str(file))
    assert node.params["connection"] == "my_shop"
    assert node.params["table"].split(".")[-1] == "orders"
    settle()
    problems = [p.code for p in window.session.problems_of(node.id)]
    assert problems in ([], ["output_unread"])
    (again,) = dropped(file)
    assert again.params["connection"] == "my_shop"
    assert list(window.session.workspace.connections) == ["my_shop"]


def test_of_several_tables_the_person_chooses(window, tmp_path, dropped):
    make_sqlite(tmp_path / "shop.db", ["orders", "customers"])
    (node,) = dropped(tmp_path / "shop.db")
    assert dict(node.params) == {"connection": "shop"}


def test_files_copied_elsewhere_are_pasted_by_the_key_as_sources(window, folder, qtbot, settle):
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(folder / name)) for name in ("a.csv", "c.json")])
    QGuiApplication.clipboard().setMimeData(files)
    window.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    nodes = window.session.document.nodes
    qtbot.waitUntil(lambda: len(window.session.document.nodes) == 2)
    assert [n.type for n in window.session.document.nodes.values()] == ["csv_source", "json_source"]
    settle()
    assert not window.banner.isVisible()
    QTest.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.document.nodes == nodes


def test_what_no_source_reads_is_told_beside_what_is_added(window, folder, dropped):
    (node,) = dropped(folder / "notes.doc", folder / "a.csv", folder / "gone.csv")
    assert node.type == "csv_source"
    assert window.banner.text.text() == "No source reads notes.doc"
    assert window.banner.waiting.text() == "1 more"
    for _ in range(2):
        window.banner.dismiss()


def test_a_pipeline_dropped_opens_in_a_tab(window, tmp_path, qtbot):
    file = tmp_path / "a.summit.json"
    save(Document(nodes={"a": Node("a", "filter")}), file)
    drop_files(window.canvas, [file])
    qtbot.waitUntil(lambda: window.page.path == file)
    assert list(window.session.document.nodes) == ["a"]


def test_a_file_dropped_on_the_welcome_page_begins_a_pipeline(window, folder, qtbot):
    window.close_tab(0)
    assert window.page is None
    drop_files(window.welcome, [folder / "a.csv"])
    assert window.page is not None
    qtbot.waitUntil(lambda: len(window.session.document.nodes) == 1)
