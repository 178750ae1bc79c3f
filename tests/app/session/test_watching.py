"""Another program changes the file while it is open."""

import os

import pytest
from PySide6.QtWidgets import QPushButton

from summit_studio.document.edits import AddNode
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Node

MINE = Document(name="Mine", nodes={"a": Node("a", "filter", {"condition": "true"})})
THEIRS = Document(name="Theirs", nodes={"a": Node("a", "filter", {"condition": "false"})})


@pytest.fixture
def path(window, tmp_path, qtbot):
    file = tmp_path / "work" / "a.summit.json"
    file.parent.mkdir()
    save(MINE, file)
    with qtbot.waitSignal(window.desk.opened):
        window.desk.open(file)
    return file


def button(window, text):
    return next(b for b in window.banner.findChildren(QPushButton) if b.text() == text)


@pytest.fixture
def in_conflict(window, path, qtbot):
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    save(THEIRS, path)
    qtbot.waitUntil(lambda: window.watch.theirs is not None)
    assert list(window.session.document.nodes) == ["a", "b"]
    return path


@pytest.mark.parametrize("how", ["renamed over", "written in place"])
def test_a_document_without_changes_shows_what_the_file_holds_now(window, path, qtbot, how):
    for round_ in ("first", "second"):  # The file is watched on once it was replaced.
        document = Document(name=round_, nodes=THEIRS.nodes)
        if how == "renamed over":
            save(document, path)
        else:
            other = path.with_name("other.summit.json")
            save(document, other)
            path.write_bytes(other.read_bytes())
        qtbot.waitUntil(lambda name=round_: window.session.document.name == name)
        assert window.session.bridge.clean
        assert "Another program changed" in window.banner.text.text()
    window.banner.dismiss()


def test_keeping_mine_saves_over_theirs_without_asking_again(window, in_conflict, qtbot):
    button(window, "Keep mine").click()
    assert not window.banner.isVisible()
    with qtbot.waitSignal(window.desk.saved):
        window.actions_table["save"].trigger()
    assert list(load(in_conflict).document.nodes) == ["a", "b"]


def test_taking_theirs_drops_mine(window, in_conflict, home, qtbot):
    button(window, "Take theirs").click()
    assert window.session.document.nodes == load(in_conflict).document.nodes == THEIRS.nodes
    assert window.session.bridge.clean
    assert not window.actions_table["take_theirs"].isEnabled()
    window.banner.dismiss()


def test_the_difference_is_shown_and_the_choice_stays(window, in_conflict, qtbot):
    from summit_studio.app.dialogs.difference import DifferenceDialog

    button(window, "Show the difference").click()
    (dialog,) = window.page.findChildren(DifferenceDialog)
    lines = [dialog.list.item(i).text() for i in range(dialog.list.count())]
    assert "Node a, condition: true here, false there" in lines
    assert "Node b: only here" in lines
    dialog.reject()
    button(window, "Take theirs").click()
    assert window.session.document.nodes == THEIRS.nodes
    window.banner.dismiss()


def test_our_own_save_is_nobody_elses_change(window, path, qtbot):
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save()
    window.session.do(AddNode(Node("c", "sort"), (600, 0)))
    os.utime(path)  # Stirs the watch, and changes nothing.
    window.watch._look()
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save()
    assert window.watch.theirs is None
    assert not window.banner.isVisible()


def test_a_file_taken_away_is_told_and_saved_again(window, path, qtbot):
    path.unlink()
    qtbot.waitUntil(lambda: "is gone" in window.banner.text.text())
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    with qtbot.waitSignal(window.desk.saved):
        button(window, "Save").click()
    assert not window.banner.isVisible()
    assert list(load(path).document.nodes) == ["a", "b"]


def test_a_file_that_comes_back_is_shown(window, path, qtbot):
    path.unlink()
    qtbot.waitUntil(lambda: "is gone" in window.banner.text.text())
    save(THEIRS, path)
    qtbot.waitUntil(lambda: window.session.document.name == "Theirs")
    assert "Another program changed" in window.banner.text.text()
    assert not window.banner.waiting.isVisible()  # It is gone no more.
    window.banner.dismiss()
