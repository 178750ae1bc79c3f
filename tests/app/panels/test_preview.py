"""The preview: the file as it stands beside its rows, and rejected rows with their reason first."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node

TITLED = (
    'Orders;;\n;;\nid;note;paid\n1;"two\nlines";1,50\n2;x;2,25\n3;y;soon\n4;z\n'
    + "5;<b>w;1,00\n" * 9
)
COLUMNS = [{"name": "id"}, {"name": "note"}, {"name": "paid", "type": "DECIMAL(9,2)"}]


@pytest.fixture
def preview(window, home, settle):
    """Show a source's preview, with the raw lines if wanted."""
    folder = home / "workspace"
    folder.mkdir()
    (folder / "titled.csv").write_text(TITLED)

    def show(path="titled.csv", *, raw=True, **params):
        window.session.do(AddNode(Node("s", "csv_source", {"path": path, **params}), (0, 0)))
        settle()
        window.docks.show("preview")
        window.preview.raw_button.setChecked(raw)
        window.session.choose(Selection(("s",)))
        QApplication.processEvents()
        return window.preview

    return show


def cell(model, row, column, role=Qt.ItemDataRole.DisplayRole):
    return model.data(model.index(row, column), role)


def numbers(model):
    down = Qt.Orientation.Vertical
    return [
        model.headerData(row, down, Qt.ItemDataRole.DisplayRole) for row in range(model.rowCount())
    ]


def test_raw_lines_stand_by_their_numbers_beside_the_rows(preview, qtbot):
    panel = preview(columns=COLUMNS, decimal=",")
    model = panel.raw.model
    qtbot.waitUntil(lambda: model.rowCount() > 0 and panel.model.rowCount() > 0)
    assert numbers(model) == list(range(1, 18))
    assert [cell(model, row, 0) for row in range(6)] == [
        "Orders;;", ";;", "id;note;paid", '1;"two', 'lines";1,50', "2;x;2,25",
    ]  # fmt: skip
    down, tip = Qt.Orientation.Vertical, Qt.ItemDataRole.ToolTipRole
    assert model.headerData(0, down, tip) == "Above the table: left out"
    assert model.headerData(4, down, tip) == "Goes on with the line before"
    assert panel.raw.isVisible()
    panel.raw_button.setChecked(False)
    assert not panel.raw.isVisible()


def test_raw_lines_are_there_for_sources_of_files_only(preview, window, settle):
    panel = preview()
    assert panel.raw_button.isVisible()
    window.session.do(AddNode(Node("f", "filter", {"condition": "true"}), (300, 0)))
    settle()
    window.session.choose(Selection(("f",)))
    QApplication.processEvents()
    assert not panel.raw_button.isVisible()
    assert not panel.raw.isVisible()


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("gone.csv", None, "gone.csv"),
        ("../outside.csv", None, "May not read ../outside.csv"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(500), "This is not a text file"),
        ("nothing.csv", b"", "The file is empty"),
    ],
)
def test_a_file_that_cannot_be_shown_says_why(preview, home, qtbot, path, data, said):
    if data is not None:
        (home / "workspace" / path).write_bytes(data)
    panel = preview(path)
    empty = panel.raw.empty
    qtbot.waitUntil(lambda: said in empty._title.text())
    assert panel.raw.stack.currentWidget() is empty
    assert empty._text.text()


def test_rejected_rows_begin_with_their_reason_and_are_whole_on_hover(preview, qtbot):
    panel = preview(raw=False, columns=COLUMNS, decimal=",")
    panel.ports.setCurrentText("rejected")
    panel.ports.activated.emit(panel.ports.currentIndex())
    model = panel.model
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    across = Qt.Orientation.Horizontal
    heads = [model.headerData(at, across).split("\n")[0] for at in range(model.columnCount())]
    first = ["reject_reason", "reject_code", "line", "reject_column", "raw", "file"]
    assert heads == [*first, "reject_source"]
    assert [cell(model, 0, at) for at in range(1, 6)] == [
        "cast_failed", "7", "paid", "3;y;soon", "titled.csv",
    ]  # fmt: skip
    assert "soon" in cell(model, 0, 0, Qt.ItemDataRole.ToolTipRole)


def test_no_rejected_rows_is_said(preview, home, qtbot):
    (home / "workspace" / "good.csv").write_text("a,b\n1,2\n")
    panel = preview("good.csv", raw=False)
    panel.ports.setCurrentText("rejected")
    panel.ports.activated.emit(panel.ports.currentIndex())
    qtbot.waitUntil(lambda: panel._empty._title.text() == "Nothing was rejected")


def test_a_cell_that_looks_like_markup_is_shown_as_it_is(preview, qtbot):
    panel = preview(raw=False, columns=COLUMNS, decimal=",")
    qtbot.waitUntil(lambda: panel.model.rowCount() > 3)
    tip = cell(panel.model, 3, 1, Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;w" in tip
