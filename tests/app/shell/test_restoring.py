"""The next start: what was open is open again, and what an unclean end left is offered."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.restoring import Kept, read, written
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Node

OTHER = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from summit_studio.app.shell.editor import Editor
from summit_studio.app.shell.starting import make_application
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node

app = make_application([])
editor = Editor()
editor.restore()
window = editor.windows[0]
window.show()
paths = [Path(name) for name in sys.argv[1:]]
for path in paths:
    editor.open(path, window)

def work():
    if len(window.pages) < len(paths):
        return
    timer.stop()
    window.new()
    window.new()
    for number, page in enumerate(window.pages):
        page.session.do(AddNode(Node(f"new_{number}", "filter"), (0, 0)))
    window.show_tab(0)
    editor.new_window().show()
    editor.settings.flush()
    print("ready", flush=True)

timer = QTimer()
timer.timeout.connect(work)
timer.start(20)
app.exec()
"""


def file_in(folder: Path, name: str) -> Path:
    path = folder / f"{name}.summit.json"
    save(Document(name=name, nodes={"a": Node("a", "filter")}), path)
    return path


@pytest.fixture
def start(qtbot, home):
    """Start an editor as the program does, without its event loop."""
    from summit_studio.app.shell.editor import Editor
    from summit_studio.app.shell.starting import make_application

    make_application([])
    editors = []

    def go() -> Editor:
        editor = Editor()
        editors.append((editor, editor.windows))
        editor.restore()
        for window in editor.windows:
            window.show()
        return editor

    yield go
    for editor, windows in editors:
        editor.shut_down()
        for window in list(windows):
            window.leave()
            window.deleteLater()


@pytest.fixture
def shown(qtbot):
    def wait(window, path: Path):
        qtbot.waitUntil(
            lambda: window.page is not None and window.page.path == path, timeout=20_000
        )
        return window.page

    return wait


def tabs(window) -> list[str]:
    return [window.bar.tabText(i) for i in range(window.bar.count())]


def test_what_was_open_is_open_again_and_only_the_tab_shown_is_read(start, shown, tmp_path):
    one, two, three = (file_in(tmp_path, name) for name in ("one", "two", "three"))
    editor = start()
    first, second = editor.windows[0], editor.new_window()
    for path in (one, two):
        editor.open(path, first)
        shown(first, path)
    editor.open(three, second)
    shown(second, three)
    first.show_tab(0)
    first.actions_table["quit"].trigger()
    assert editor.windows == []

    again = start()
    assert [tabs(w) for w in again.windows] == [["one", "two"], ["three"]]
    first, second = again.windows
    assert list(shown(first, one).session.document.nodes) == ["a"]
    shown(second, three)
    assert len(first.pages) == 1
    first.actions_table["next_tab"].trigger()
    shown(first, two)
    assert tabs(first) == ["one", "two"]
    assert first.bar.currentIndex() == 1


def test_a_file_that_is_gone_is_told_and_is_no_error(start, shown, tmp_path):
    one, two = (file_in(tmp_path, name) for name in ("one", "two"))
    editor = start()
    for path in (one, two):
        editor.open(path, editor.windows[0])
        shown(editor.windows[0], path)
    editor.close_when_asked(list(editor.windows))
    two.unlink()
    again = start()
    window = again.windows[0]
    assert tabs(window) == ["one"]
    assert window.news.text.text() == "two.summit.json is gone that had been open last time"
    shown(window, one)


def test_a_person_may_turn_it_off(start, shown, tmp_path):
    path = file_in(tmp_path, "one")
    editor = start()
    editor.open(path, editor.windows[0])
    shown(editor.windows[0], path)
    action = editor.windows[0].actions_table["restore_session"]
    assert action.isChecked()
    action.trigger()
    editor.close_when_asked(list(editor.windows))
    again = start()
    assert tabs(again.windows[0]) == []
    assert not again.windows[0].actions_table["restore_session"].isChecked()


def test_a_second_editor_leaves_the_session_to_the_first(start, shown, tmp_path):
    path = file_in(tmp_path, "one")
    first = start()
    first.open(path, first.windows[0])
    shown(first.windows[0], path)
    kept = Settings().session
    second = start()
    assert tabs(second.windows[0]) == []
    second.windows[0].new()
    assert Settings().session == kept


def test_after_a_kill_every_document_has_its_unsaved_work(start, shown, tmp_path, qtbot):
    paths = [file_in(tmp_path, name) for name in ("one", "two")]
    command = [sys.executable, "-c", OTHER, *map(str, paths)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    editor = start()
    window = editor.windows[0]
    assert len(editor.windows) == 2
    assert tabs(window) == ["one", "two"]
    editor.look_back()
    assert window.news.text.text() == "There is unsaved work on 2 pipelines"
    window.news.button.click()
    qtbot.waitUntil(lambda: len(window.pages) == 3, timeout=20_000)
    window.show_tab(tabs(window).index("two"))
    shown(window, paths[1])
    found = {tuple(p.session.document.nodes) for p in window.pages}
    assert found == {("a", "new_0"), ("a", "new_1"), ("new_2",), ("new_3",)}
    assert all(p.modified for p in window.pages)
    assert [list(load(p).document.nodes) for p in paths] == [["a"], ["a"]]


def test_a_window_is_read_as_it_was_written(tmp_path):
    kept = [Kept((tmp_path / "a", tmp_path / "b"), 1), Kept()]
    assert read(written(kept)) == kept


@pytest.mark.parametrize("text", ["", "{", "3", "[3]", '[{"files": 3}]', '[{"current": 1}]'])
def test_a_damaged_session_restores_nothing(text):
    assert read(text) == []
