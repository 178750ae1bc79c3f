import json

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from summit_studio.document.edits import AddNode, MoveNodes
from summit_studio.document.files import load, save
from summit_studio.document.identity import id_of
from summit_studio.document.journal import leftovers
from summit_studio.document.model import Document, Node
from summit_studio.document.text import dump


@pytest.fixture
def opened(window, qtbot):
    def go(path):
        with qtbot.waitSignal(window.desk.opened):
            window.desk.open(path)

    return go


@pytest.fixture
def saved(window, qtbot):
    def go(path=None):
        with qtbot.waitSignal(window.desk.saved):
            window.desk.save() if path is None else window.desk.save_to(path)

    return go


def test_save_and_reopen_show_the_same(window, tmp_path, saved, opened):
    path = tmp_path / "orders.summit.json"
    window.session.do(AddNode(Node("a", "filter", {"condition": "true"}, "Keep"), (40, 80)))
    before = window.session.document
    saved(path)
    assert window.session.bridge.clean
    assert "orders.summit.json" in window.windowTitle()
    window.desk.new()
    assert window.session.document.nodes == {}
    opened(path)
    assert window.session.document == before
    assert path in window.settings.recent


def test_a_moved_box_touches_only_the_layout(window, tmp_path, saved):
    path = tmp_path / "a.summit.json"
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    saved(path)
    first = json.loads(path.read_text())
    window.session.do(MoveNodes({"a": (500, 600)}))
    saved()
    second = json.loads(path.read_text())
    assert {k for k in second if second[k] != first[k]} == {"layout"}


def test_a_pipeline_has_the_id_of_its_file_and_a_copy_one_of_its_own(
    window, tmp_path, saved, opened
):
    session, first, copy = window.session, tmp_path / "a.summit.json", tmp_path / "b.summit.json"
    session.do(AddNode(Node("a", "filter"), (0, 0)))
    known = session.document.id
    saved(first)
    assert load(first).document.id == session.document.id == known != ""
    saved(copy)
    assert load(copy).document.id == session.document.id not in {"", known}
    session.bridge.undo()
    saved()
    assert load(copy).document.id == session.document.id not in {"", known}


def test_a_file_without_an_id_has_one_once_it_is_saved(window, tmp_path, saved, opened):
    path = tmp_path / "a.summit.json"
    path.write_text(dump(Document(nodes={"a": Node("a", "filter")})))
    opened(path)
    before = id_of(window.session.document, path)
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    saved()
    assert load(path).document.id == window.session.document.id == before
    window.session.bridge.undo()
    assert window.session.document.id == before


def test_a_newer_file_opens_read_only(window, tmp_path, opened):
    path = tmp_path / "new.summit.json"
    path.write_text(json.dumps({"format": 999, "name": "New", "nodes": {}, "edges": []}))
    text = path.read_bytes()
    opened(path)
    assert window.session.files.read_only
    assert "Opened read-only" in window.banner.text.text()
    assert not window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    assert window.session.document.nodes == {}
    assert path.read_bytes() == text
    window.banner.dismiss()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1, "nodes": 3}', "\xff"])
def test_a_broken_file_is_told_and_what_is_open_stays(window, tmp_path, qtbot, text):
    path = tmp_path / "broken.summit.json"
    path.write_text(text, encoding="latin-1")
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.open(path)
    qtbot.waitUntil(window.banner.isVisible)
    assert "broken.summit.json" in window.banner.detail.text()
    assert list(window.session.document.nodes) == ["a"]
    window.banner.dismiss()


def test_unsaved_edits_come_back_after_a_crash(window, tmp_path, opened):
    path = tmp_path / "a.summit.json"
    save(Document(nodes={"a": Node("a", "filter")}), path)
    opened(path)
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    window.session.do(AddNode(Node("c", "limit"), (600, 0)))
    window.session.bridge.undo()
    window.desk.recovery._let_go()  # As after a kill: nobody said goodbye.
    opened(path)
    assert list(window.session.document.nodes) == ["a", "b"]
    assert not window.session.bridge.clean
    assert "recovered: " in window.banner.text.text()
    assert list(load(path).document.nodes) == ["a"]
    window.banner.dismiss()


def test_recovered_work_is_undone_step_by_step_or_discarded(window, tmp_path, opened):
    path = tmp_path / "a.summit.json"
    save(Document(), path)
    opened(path)
    for node_id in ("a", "b"):
        window.session.do(AddNode(Node(node_id, "filter"), (0, 0)))
    window.desk.recovery._let_go()
    opened(path)
    window.session.bridge.undo()
    assert list(window.session.document.nodes) == ["a"]
    window.session.bridge.redo()
    assert window.banner.button.text() == "Discard"
    window.banner.button.click()
    assert window.session.bridge.clean
    assert not window.session.document.nodes
    window.session.bridge.redo()
    assert list(window.session.document.nodes) == ["a"]
    window.session.bridge.undo()
    window.desk.new()
    opened(path)  # Nobody wanted it: it does not come back.
    assert not window.session.document.nodes


def test_work_on_another_version_of_the_file_is_kept_until_it_comes_back(window, tmp_path, opened):
    path = tmp_path / "a.summit.json"
    save(Document(name="First"), path)
    text = path.read_bytes()
    opened(path)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.recovery._let_go()
    save(Document(name="Second"), path)
    opened(path)
    assert not window.session.document.nodes
    assert "Cannot recover" in window.banner.text.text()
    path.write_bytes(text)
    opened(path)
    assert list(window.session.document.nodes) == ["a"]
    window.banner.dismiss()


def test_discarding_and_then_staying_keeps_the_journal(window, tmp_path, opened):
    path = tmp_path / "a.summit.json"
    save(Document(), path)
    opened(path)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.leaving.ask(lambda: None)  # As who discards, then cancels the choice of a file.
    window.findChild(QMessageBox).button(QMessageBox.StandardButton.Discard).click()
    window.session.do(AddNode(Node("b", "filter"), (0, 0)))
    window.desk.recovery._let_go()
    opened(path)
    assert list(window.session.document.nodes) == ["a", "b"]
    window.banner.dismiss()


def test_leaving_or_saving_again_waits_for_the_save_that_is_under_way(
    window, tmp_path, opened, qtbot
):
    path = tmp_path / "a.summit.json"
    save(Document(), path)
    opened(path)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.save()
    assert window.desk.saving
    left = []
    window.desk.save()
    window.leaving.ask(lambda: left.append("left"))
    assert left == []  # What is written is not in the file before the save says so.
    qtbot.waitUntil(lambda: left == ["left"])
    assert window.findChild(QMessageBox) is None  # Neither unsaved, nor changed by another.
    assert window.session.bridge.clean
    assert list(load(path).document.nodes) == ["a"]


def test_what_changes_during_a_save_is_asked_about_when_one_leaves(window, tmp_path, opened, qtbot):
    path = tmp_path / "a.summit.json"
    save(Document(), path)
    opened(path)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.save()
    window.session.do(AddNode(Node("b", "filter"), (0, 0)))
    left = []
    window.leaving.ask(lambda: left.append("left"))
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    box = window.findChild(QMessageBox)
    assert "Save the changes" in box.text()
    box.button(QMessageBox.StandardButton.Save).click()
    qtbot.waitUntil(lambda: left == ["left"])
    assert list(load(path).document.nodes) == ["a", "b"]


def test_a_pipeline_never_saved_is_offered_again(window):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.recovery._let_go()
    window.desk.new()
    window.owner.look_back()
    assert window.news.button.text() == "Recover"
    window.news.button.click()
    assert list(window.session.document.nodes) == ["a"]
    window.session.bridge.undo()
    assert window.session.bridge.clean


def test_a_file_changed_outside_is_not_written_over_in_silence(window, tmp_path, opened, qtbot):
    path = tmp_path / "a.summit.json"
    save(Document(name="Mine"), path)
    opened(path)
    save(Document(name="Theirs"), path)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.save()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    box = window.findChild(QMessageBox)
    assert "changed by another program" in box.text()
    box.reject()
    assert load(path).document.name == "Theirs"


def test_a_folder_that_cannot_be_written_is_told(window, tmp_path, qtbot):
    (tmp_path / "file").write_text("")
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.desk.save_to(tmp_path / "file" / "a.summit.json")
    qtbot.waitUntil(window.banner.isVisible)
    assert not window.session.bridge.clean
    window.banner.dismiss()


def test_leaving_with_changes_asks_first(window, tmp_path, qtbot):
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.actions_table["close_tab"].trigger()
    box = window.findChild(QMessageBox)
    assert box is not None
    assert list(window.session.document.nodes) == ["a"]
    box.button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: not window.editing)


def test_a_pipeline_brought_back_without_its_file_is_not_saved(window, pipeline, home):
    window.desk.show_unsaved(pipeline)
    assert window.session.document == pipeline
    assert window.page.modified
    assert [item.edits for item in leftovers(home / "journal")] == [1]


def test_a_first_save_names_the_pipeline_after_its_file(window, tmp_path, qtbot, monkeypatch):
    path = tmp_path / "sales.summit.json"

    def choose(*_args: object) -> tuple[str, str]:
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    window.session.do(AddNode(Node("a", "filter", {"condition": "true"}), (0, 0)))
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save()
    assert window.session.document.name == "sales"
    assert json.loads(path.read_text())["name"] == "sales"
    assert window.session.bridge.clean
    window.session.bridge.undo()
    assert window.session.document.name == "Untitled"
