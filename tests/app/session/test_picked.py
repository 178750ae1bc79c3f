"""A file that one picks is a file that one may use."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from summit_studio.core.events import RunStatus
from summit_studio.document.edits import AddEdge, AddNode
from summit_studio.document.model import Edge, Node

OUTSIDE = "outside_workspace"


@pytest.fixture
def sales(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    file = folder / "sales.csv"
    file.write_text("id,amount\n1,2.5\n2,3.5\n")
    return file


def drop_files(widget, paths):
    at, data = QPoint(300, 200), QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    enter = QDragEnterEvent(at, copy, data, left, none)
    widget.dragEnterEvent(enter)
    assert enter.isAccepted()
    widget.dropEvent(QDropEvent(QPointF(at), copy, data, left, none))


def codes(window, node_id):
    return [p.code for p in window.session.problems_of(node_id)]


def summit(args):
    command = [sys.executable, "-m", "summit_studio", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_file_picked_in_the_dialog_needs_no_trust(window, settle, sales, qtbot, monkeypatch):
    asked = []

    def choose(_parent, _title, start, names):
        asked.append((start, names))
        return str(sales), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    window.session.do(AddNode(Node("a", "csv_source", {"path": "gone.csv"}), (0, 0)))
    window.session.choose_nodes(["a"])
    field = window.inspector.form.fields["path"]
    QTest.mouseClick(field.browse, Qt.MouseButton.LeftButton)
    ((start, names),) = asked
    assert start == str(Path.cwd())  # Not a name that is not there, nor a folder never seen.
    assert names == "CSV files (*.csv *.csv.* *.tsv *.tsv.* *.txt *.txt.*);;All files (*)"
    settle()
    assert OUTSIDE not in codes(window, "a")
    assert not window.banner.isVisible()
    QTest.mouseClick(field.browse, Qt.MouseButton.LeftButton)
    assert asked[1][0] == str(sales)
    field.line.clear()
    QTest.mouseClick(field.browse, Qt.MouseButton.LeftButton)
    assert asked[2][0] == str(sales.parent)


def test_a_file_typed_out_needs_no_trust_either(window, settle, sales, qtbot):
    window.session.do(AddNode(Node("a", "csv_source", {}), (0, 0)))
    window.session.choose_nodes(["a"])
    line = window.inspector.form.fields["path"].line
    window.activateWindow()
    line.setFocus()
    QTest.keyClicks(line, str(sales))
    # What is typed on the way names other files, which are nobody's wish.
    assert not window.session.workspace.may_read(sales)
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle()
    assert OUTSIDE not in codes(window, "a")
    assert window.session.workspace.may_read(sales)
    assert not window.session.workspace.may_read(sales.parent / "other.csv")
    assert not window.banner.isVisible()
    line.selectAll()
    QTest.keyClicks(line, str(sales.parent / "*.csv"))
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle()
    assert window.session.workspace.may_read(sales.parent / "other.csv")
    assert not window.session.workspace.may_read(sales.parent.parent / "other.csv")


def test_the_same_file_named_by_the_pipeline_is_still_asked_about(window, settle, sales):
    window.session.do(AddNode(Node("a", "csv_source", {"path": str(sales)}), (0, 0)))
    settle()
    assert OUTSIDE in codes(window, "a")
    assert window.banner.button.text() == "Trust this folder"
    window.banner.dismiss()


def test_a_picked_file_runs_in_the_editor_comes_back_and_is_nobody_elses(
    window, settle, sales, tmp_path, qtbot
):
    drop_files(window.canvas, [sales])
    session = window.session
    qtbot.waitUntil(lambda: len(session.document.nodes) == 1)
    settle()
    (node,) = session.document.nodes
    path = tmp_path / "work" / "a.summit.json"
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save_to(path)
    settle()
    assert OUTSIDE not in codes(window, node)
    session.do(AddNode(Node("out", "preview_sink"), (400, 0)))
    session.do(AddEdge(Edge.parse(f"{node}.rows -> out.rows")))
    settle()
    with qtbot.waitSignal(window.supervisor.ended, timeout=60_000) as ended:
        window.actions_table["run"].trigger()
    assert ended.args[0].status is RunStatus.SUCCEEDED
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save()
    strict = summit(["run", path])
    assert strict.returncode != 0
    assert f"summit trust {path.parent}" in " ".join((strict.stdout + strict.stderr).split())
    stranger = tmp_path / "work" / "b.summit.json"
    stranger.write_text(path.read_text())
    window.desk.open(stranger)
    qtbot.waitUntil(lambda: OUTSIDE in codes(window, node))
    window.desk.open(path)
    qtbot.waitUntil(lambda: OUTSIDE not in codes(window, node))
    assert not window.banner.isVisible()


def test_a_place_picked_to_write_needs_no_trust(window, settle, tmp_path, monkeypatch):
    target = tmp_path / "elsewhere" / "out.parquet"
    target.parent.mkdir()

    def choose(*_args: object, **_kwargs: object):
        return str(target), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.session.do(AddNode(Node("a", "parquet_sink"), (0, 0)))
    window.session.choose_nodes(["a"])
    field = window.inspector.form.fields["path"]
    QTest.mouseClick(field.browse, Qt.MouseButton.LeftButton)
    settle()
    assert window.session.document.nodes["a"].params["path"] == str(target)
    assert OUTSIDE not in codes(window, "a")
