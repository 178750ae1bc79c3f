"""Documents in tabs and windows: each has what is its own, and is open once."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from summit_studio.app.shell.tab_titles import titles
from summit_studio.document.edits import AddNode, MoveNodes
from summit_studio.document.files import load, save
from summit_studio.document.journal import leftovers
from summit_studio.document.model import Document, Node


def file_in(folder: Path, name: str = "orders", node: str = "a") -> Path:
    path = folder / f"{name}.summit.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    save(Document(name=name, nodes={node: Node(node, "filter")}), path)
    return path


@pytest.fixture
def opened(window, qtbot):
    def go(path: Path, into=window):
        into.owner.open(path, into)
        qtbot.waitUntil(lambda: into.page is not None and into.page.path == path, timeout=20_000)
        return into.page

    return go


def texts(window) -> list[str]:
    return [window.bar.tabText(i) for i in range(window.bar.count())]


def press(window, key: Qt.Key, how: Qt.KeyboardModifier = Qt.KeyboardModifier.ControlModifier):
    QTest.keyClick(QApplication.focusWidget() or window, key, how)


def test_a_file_opens_in_place_of_an_untouched_pipeline_and_once(window, opened, tmp_path):
    path = file_in(tmp_path)
    page = opened(path)
    assert window.pages == [page]
    window.new()
    window.owner.open(path.parent / "." / path.name, window)
    assert window.page is page
    assert len(window.pages) == 2


def test_pages_share_nothing(window, opened, tmp_path):
    page = opened(file_in(tmp_path))
    window.actions_table["new"].trigger()
    fresh = window.page
    assert fresh is not page
    fresh.session.do(AddNode(Node("b", "sort"), (0, 0)))
    assert list(page.session.document.nodes) == ["a"]
    assert not page.session.bridge.can_undo
    window.actions_table["previous_tab"].trigger()
    assert window.page is page
    assert not window.actions_table["undo"].isEnabled()
    window.actions_table["undo"].trigger()
    assert list(fresh.session.document.nodes) == ["b"]


def test_keys_walk_and_move_tabs_and_a_key_of_the_canvas_works_on_the_page_shown(
    window, opened, tmp_path
):
    pages = [opened(file_in(tmp_path, name)) for name in ("one", "two", "three")]
    press(window, Qt.Key.Key_Tab)
    assert window.page is pages[0]
    press(window, Qt.Key.Key_PageUp)
    assert window.page is pages[2]
    shifted = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(window, Qt.Key.Key_PageUp, shifted)
    assert texts(window) == ["one", "three", "two"]
    assert window.page is pages[2]
    assert [p.name for p in window.pages] == [f"{n}.summit.json" for n in ("one", "three", "two")]
    window.canvas.setFocus()
    window.session.choose_nodes(["a"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    assert not pages[2].session.document.nodes
    assert list(pages[0].session.document.nodes) == ["a"]


def test_a_tab_dragged_takes_its_page_along(window, opened, tmp_path):
    pages = [opened(file_in(tmp_path, name)) for name in ("one", "two")]
    window.bar.moveTab(0, 1)
    assert window.pages == pages[::-1]
    window.show_tab(0)
    assert window.page is pages[1]


def test_tabs_close_by_key_cross_and_middle_button_down_to_the_welcome_page(
    window, opened, tmp_path
):
    for name in ("one", "two", "three"):
        opened(file_in(tmp_path, name))
    press(window, Qt.Key.Key_W)
    assert texts(window) == ["one", "two"]
    QTest.mouseClick(window.bar, Qt.MouseButton.MiddleButton, pos=window.bar.tabRect(0).center())
    assert texts(window) == ["two"]
    window.bar.tabCloseRequested.emit(0)
    assert not window.editing
    assert window.welcome.isVisible()
    assert not window.bar.isVisible()
    assert window.windowTitle() == "Summit Studio"
    assert not window.actions_table["run"].isEnabled()


def test_a_tab_shows_what_is_not_saved_and_asks_before_it_closes(window, opened, tmp_path):
    path = file_in(tmp_path)
    page = opened(path)
    page.session.do(MoveNodes({"a": (500, 0)}))
    page.session.bridge.flush()
    assert texts(window) == ["orders \N{BLACK CIRCLE}"]
    assert window.bar.tabToolTip(0) == f"{path}\nnot saved"
    window.actions_table["close_tab"].trigger()
    box = page.findChild(QMessageBox)
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert window.pages == [page]
    window.actions_table["close_tab"].trigger()
    page.findChildren(QMessageBox)[-1].button(QMessageBox.StandardButton.Discard).click()
    assert window.pages == []
    assert load(path).document.layout.nodes.get("a") != (500, 0)


def test_closing_a_window_asks_for_each_document_and_cancel_keeps_all(
    window, opened, tmp_path, home
):
    pages = [opened(file_in(tmp_path, name)) for name in ("one", "two")]
    for page in pages:
        page.session.do(MoveNodes({"a": (500, 0)}))
    window.close()
    pages[0].findChild(QMessageBox).button(QMessageBox.StandardButton.Discard).click()
    assert window.page is pages[1]
    pages[1].findChild(QMessageBox).button(QMessageBox.StandardButton.Cancel).click()
    assert window.pages == pages
    assert window.isVisible()
    assert len(leftovers(home / "journal")) == 2


def test_equal_names_are_told_apart_by_their_folders(window, opened, tmp_path):
    for folder in ("a/x", "b/x", "c"):
        opened(file_in(tmp_path / folder))
    assert texts(window) == [
        "orders \N{EN DASH} a/x",
        "orders \N{EN DASH} b/x",
        f"orders \N{EN DASH} {tmp_path.name}/c",
    ]


def test_titles_take_as_little_of_the_folder_as_tells_apart():
    a, b, c = Path("/d/a/n"), Path("/d/b/n"), Path("/d/c/m")
    assert titles([("n", a), ("n", b), ("m", c)]) == ["n \N{EN DASH} a", "n \N{EN DASH} b", "m"]
    new = [("Untitled", None), ("Untitled", None), ("Untitled", a)]
    assert titles(new) == ["Untitled", "Untitled 2", "Untitled \N{EN DASH} a"]


def test_panels_stay_where_people_put_them_on_every_tab(window, qtbot):
    first = window.page
    window.docks.show("problems")
    first.docks.toggles()[0].trigger()
    window.new()
    assert window.problems.isVisible()
    assert not window.library.isVisible()
    window.docks.toggles()[0].trigger()
    window.actions_table["previous_tab"].trigger()
    assert window.page is first
    assert first.library.isVisible()
    window.docks.toggles()[0].trigger()
    window.actions_table["reset_layout"].trigger()
    window.actions_table["next_tab"].trigger()
    assert window.library.isVisible()
    assert window.preview.isVisible()


def test_a_document_moves_to_a_window_of_its_own_and_works_there(window, opened, tmp_path, qtbot):
    path = file_in(tmp_path)
    page = opened(path)
    window.new()
    stays = window.session
    stays.do(AddNode(Node("b", "filter"), (0, 0)))
    stays.choose_nodes(["b"])
    window.actions_table["previous_tab"].trigger()
    window.actions_table["move_tab"].trigger()
    (other,) = [w for w in window.owner.windows if w is not window]
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.canvas)
    assert other.pages == [page]
    assert page not in window.pages
    page.session.choose_nodes(["a"])
    QTest.keyClick(page.canvas, Qt.Key.Key_Delete)
    assert not page.session.document.nodes
    assert list(stays.document.nodes) == ["b"]
    other.actions_table["undo"].trigger()
    assert list(page.session.document.nodes) == ["a"]
    window.owner.open(path, window)
    assert page not in window.pages
    assert other.page is page
    page.session.bridge.mark_saved()
    other.close()
    assert window.owner.windows == [window]
    assert window.isVisible()


def test_saving_over_what_another_tab_has_open_is_refused(window, opened, tmp_path):
    path = file_in(tmp_path)
    opened(path)
    window.new()
    window.desk.save_to(path)
    assert "Cannot save over" in window.banner.text.text()


def test_an_action_that_cannot_be_used_says_why(window):
    run = window.actions_table["run"]
    assert not run.isEnabled()
    assert "The pipeline is empty" in run.toolTip()
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.session.bridge.flush()
    assert run.isEnabled()
    assert "\n" not in run.toolTip()
    window.close_tab(0)
    box = window.page.findChild(QMessageBox)
    box.button(QMessageBox.StandardButton.Discard).click()
    assert "Open a pipeline" in run.toolTip()


def test_the_menu_of_a_tab_is_about_that_tab(window, opened, tmp_path):
    from PySide6.QtWidgets import QMenu

    pages = [opened(file_in(tmp_path, name)) for name in ("one", "two")]
    window.bar.customContextMenuRequested.emit(window.bar.tabRect(0).center() + QPoint(1, 1))
    menu = next(m for m in window.findChildren(QMenu) if m.isVisible())
    next(a for a in menu.actions() if a.text().startswith("&Close tab")).trigger()
    menu.close()
    assert window.pages == pages[1:]


def test_the_welcome_page_has_a_tab_beside_documents_and_is_no_document(window, opened, tmp_path):
    page = opened(file_in(tmp_path))
    window.actions_table["welcome"].trigger()
    assert texts(window) == ["orders", "Welcome"]
    assert window.welcome.isVisible()
    assert not window.actions_table["save"].isEnabled()
    assert window.actions_table["connections"].isEnabled()
    window.actions_table["welcome"].trigger()
    assert window.bar.count() == 2
    window.actions_table["close_tab"].trigger()
    assert window.page is page
