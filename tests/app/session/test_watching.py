"""Another program changes the file while it is open."""

import os

import pytest
from PySide6.QtWidgets import QPushButton

from summit_studio.app.dialogs.merge import MergeDialog
from summit_studio.document.edits import AddNode, SetParams
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
    assert not dialog.isModal()  # What it is about can be looked at beside it.
    lines = [dialog.list.item(i).text() for i in range(dialog.list.count())]
    assert "Node a, condition: true here, false there" in lines
    assert "Node b: only here" in lines
    dialog.reject()
    button(window, "Take theirs").click()
    assert window.session.document.nodes == THEIRS.nodes
    window.banner.dismiss()


def test_merging_keeps_both_asks_what_both_changed_and_is_one_undo_step(window, in_conflict, qtbot):
    window.session.do(SetParams("a", {"condition": "1 = 1"}))
    mine = window.session.document
    button(window, "Merge…").click()
    (dialog,) = window.page.findChildren(MergeDialog)
    (choice,) = dialog.choices
    assert choice.conflict.what == "Node a, condition"
    dialog.reject()
    assert window.session.document is mine
    button(window, "Merge…").click()
    dialog = window.page.findChildren(MergeDialog)[-1]
    dialog.choices[0].theirs.click()
    dialog.done_button.click()
    merged = window.session.document
    assert merged.name == "Theirs"
    assert merged.nodes["a"].params == {"condition": "false"}
    assert "b" in merged.nodes
    assert "Merged" in window.banner.text.text()
    assert not window.actions_table["merge"].isEnabled()
    window.session.bridge.undo()
    assert window.session.document == mine
    window.session.bridge.redo()
    with qtbot.waitSignal(window.desk.saved):
        window.actions_table["save"].trigger()
    assert load(in_conflict).document == merged
    window.banner.dismiss()


@pytest.mark.parametrize("how", ["save", "save as the same file"])
def test_saving_over_a_changed_file_offers_to_merge_and_save(window, path, qtbot, how):
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    save(THEIRS, path)
    window.desk.save() if how == "save" else window.desk.save_to(path)
    qtbot.waitUntil(lambda: window.desk._asking is not None)
    box = window.desk._asking
    with qtbot.waitSignal(window.desk.saved):
        next(b for b in box.buttons() if b.text() == "Merge and save").click()
    found = load(path).document
    assert (found.name, list(found.nodes)) == ("Theirs", ["a", "b"])
    assert found.nodes["a"].params == {"condition": "false"}
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
