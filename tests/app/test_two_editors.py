"""Two real editors at once: the journal of the one that lives is its own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from summit_studio.document.edits import AddNode
from summit_studio.document.files import load, save
from summit_studio.document.journal import leftovers
from summit_studio.document.model import Document, Node

OTHER = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from summit_studio.app.shell.starting import make_application, make_window
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node

app = make_application([])
window = make_window()
window.show()
window.new()
page = window.page

def work(*_ignored):
    page.session.do(AddNode(Node("theirs", "filter"), (0, 0)))
    print("ready", flush=True)

def answer():
    # One line asks for one edit, as of a person who types on.
    sys.stdin.readline()
    page.session.do(AddNode(Node("late", "filter"), (0, 0)))
    print(page.session.files.holder, flush=True)

def open_it():
    page.desk.opened.connect(work)
    page.desk.open(Path(sys.argv[1])) if sys.argv[1] else page.desk.new()

QTimer.singleShot(0, open_it)
timer = QTimer()
timer.timeout.connect(lambda: (timer.stop(), answer()))
page.desk.opened.connect(lambda *_: timer.start(300))
app.exec()
"""


@pytest.fixture
def other():
    """Return a function that starts a second editor, on a file or on a new pipeline."""
    started = []

    def start(path: Path | str = "") -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline().strip() == "ready"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "a.summit.json"
    save(Document(nodes={"a": Node("a", "filter")}), path)
    return path


@pytest.fixture
def opened(window, qtbot):
    def go(path):
        with qtbot.waitSignal(window.desk.opened):
            window.desk.open(path)

    return go


def kept(home: Path) -> list[int]:
    return [item.edits for item in leftovers(home / "journal")]


def test_a_file_open_elsewhere_opens_read_only(window, opened, other, file, home):
    process = other(file)
    opened(file)
    assert list(window.session.document.nodes) == ["a"]
    assert window.session.files.read_only
    assert f"process {process.pid}" in window.banner.detail.text()
    assert "did not end properly" not in window.banner.detail.text()
    assert window.banner.button.text() == "Take over"
    assert not window.session.do(AddNode(Node("mine", "filter"), (0, 0)))
    window.desk.new()
    assert kept(home) == [1]
    window.banner.dismiss()


def test_taking_over_brings_the_other_windows_work_and_stops_it(
    window, opened, other, file, home, qtbot
):
    process = other(file)
    opened(file)
    with qtbot.waitSignal(window.desk.opened):
        window.banner.button.click()
    assert list(window.session.document.nodes) == ["a", "theirs"]
    assert not window.session.files.read_only
    process.stdin.write("go on\n")
    process.stdin.flush()
    assert "process" in process.stdout.readline()  # The first editor knows that it may only read.
    window.session.do(AddNode(Node("mine", "filter"), (0, 0)))
    assert kept(home) == [2]
    window.banner.dismiss()


def test_a_killed_editors_work_is_recovered(window, opened, other, file):
    process = other(file)
    process.send_signal(signal.SIGKILL)
    process.wait()
    opened(file)
    assert not window.session.files.read_only
    assert list(window.session.document.nodes) == ["a", "theirs"]
    assert "did not end properly" in window.banner.detail.text()
    window.banner.dismiss()


def test_a_pipeline_without_a_file_is_left_to_the_editor_that_lives(window, other, home):
    process = other()
    window.owner.look_back()
    assert not window.news.isVisible()
    window.owner.recover(window)
    assert kept(home) == [1]
    process.send_signal(signal.SIGKILL)
    process.wait()
    window.owner.look_back()
    assert window.news.button.text() == "Recover"
    window.news.button.click()
    assert list(window.session.document.nodes) == ["theirs"]


def test_saving_over_a_file_open_elsewhere_is_refused(window, other, file, home):
    other(file)
    window.session.do(AddNode(Node("mine", "filter"), (0, 0)))
    window.desk.save_to(file)
    assert "Cannot save over" in window.banner.text.text()
    assert list(load(file).document.nodes) == ["a"]
    assert sorted(kept(home)) == [1, 1]
    window.banner.dismiss()
