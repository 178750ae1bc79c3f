"""Runs and their documents: several at once, of older versions, let go, found again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QMessageBox

from summit_studio.app.session.leaving import GO_ON, STOP
from summit_studio.core.events import RunStatus
from summit_studio.core.process import is_alive
from summit_studio.document.edits import AddNode, MoveNodes, SetParams, removal
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.engine.run_log import detached_runs, head_of
from summit_studio.workspace.trust import trust

CODE = """
import pathlib, time
def process(rows):
    while not pathlib.Path({gate!r}).exists():
        time.sleep(0.02)
    return rows
"""


class Folder:
    """A pipeline whose run waits for a file."""

    def __init__(self, folder: Path, name: str = "slow") -> None:
        self.gate = folder / f"{name}.gate"
        self.out = folder / f"{name}.csv"
        self.path = folder / f"{name}.summit.json"
        trust(folder)
        nodes = {
            "rows": Node("rows", "sample_source", {"kind": "orders", "rows": 7}),
            "wait": Node("wait", "python", {"code": CODE.format(gate=str(self.gate))}),
            "out": Node("out", "csv_sink", {"path": self.out.name}),
        }
        edges = (Edge.parse("rows.rows -> wait.rows"), Edge.parse("wait.rows -> out.rows"))
        layout = Layout({"rows": (0, 0), "wait": (300, 0), "out": (600, 0)})
        save(Document(name, nodes=nodes, edges=edges, layout=layout), self.path)


@pytest.fixture
def slow(tmp_path, home):
    folder = tmp_path / "work"
    folder.mkdir()
    yield Folder(folder)
    for log in detached_runs():
        process = head_of(log).process
        if is_alive(process):
            os.kill(int(process.split("|")[1]), signal.SIGKILL)


@pytest.fixture
def opened(window, qtbot):
    def go(path: Path):
        window.owner.open(path, window)
        qtbot.waitUntil(
            lambda: window.page is not None and window.page.path == path, timeout=20_000
        )
        page = window.page
        qtbot.waitUntil(lambda: page.session.checked is not None, timeout=20_000)
        return page

    return go


@pytest.fixture
def run(window, qtbot):
    """Run the page that is shown until its nodes are at work."""

    def go():
        page = window.page
        window.actions_table["run"].trigger()
        qtbot.waitUntil(lambda: bool(page.supervisor.state.nodes), timeout=30_000)
        return page.supervisor.state

    return go


@pytest.fixture
def ended(qtbot):
    def wait(page):
        qtbot.waitUntil(
            lambda: page.supervisor.state is not None and not page.supervisor.running,
            timeout=30_000,
        )
        return page.supervisor.state

    return wait


def click(page, text: str) -> None:
    box = page.findChildren(QMessageBox)[-1]
    next(b for b in box.buttons() if b.text().replace("&", "") == text).click()


def let_go(window, page, qtbot) -> None:
    window.actions_table["close_tab"].trigger()
    click(page, GO_ON)
    assert page not in window.pages
    qtbot.waitUntil(lambda: len(detached_runs()) == 1, timeout=10_000)


def test_each_document_has_its_run_at_the_same_time(window, slow, opened, run, ended, tmp_path):
    other = Folder(slow.path.parent, "other")
    first = opened(slow.path)
    run()
    second = opened(other.path)
    assert second.run_panel.headline.text() == "No run yet"
    assert window.actions_table["run"].isEnabled()
    run()
    assert first.supervisor.running
    assert window.bar.tabToolTip(0).endswith("\nrunning")
    other.gate.touch()
    assert ended(second).status is RunStatus.SUCCEEDED
    assert first.supervisor.running
    assert "running" not in window.bar.tabToolTip(1)
    window.actions_table["previous_tab"].trigger()
    assert "This pipeline is running" in window.actions_table["run"].toolTip()
    slow.gate.touch()
    assert ended(first).status is RunStatus.SUCCEEDED


def test_a_run_is_marked_as_of_an_earlier_version_once_what_matters_has_changed(
    window, slow, opened, run, ended
):
    page = opened(slow.path)
    slow.gate.touch()
    run()
    at = ended(page).started_at.astimezone().strftime("%H:%M")
    session, note = page.session, page.version_note
    session.do(MoveNodes({"out": (900, 0)}))
    session.bridge.flush()
    assert not note.isVisible()
    session.do(SetParams("out", {"path": "elsewhere.csv"}))
    session.bridge.flush()
    assert note.text() == f"The run of {at} was of an earlier version"
    assert note.isVisible()
    assert page.run_panel.version.text() == note.text()
    assert page.canvas.scene().stage.lives["out"].rows_in == 7
    session.do(removal(session.document, ("wait",), ()))
    session.bridge.flush()
    ledger = page.run_panel.ledger
    names = [ledger.index(row, 0).data() for row in range(ledger.rowCount())]
    assert len(names) == 3
    assert "wait" not in names  # By its title, as it was called.
    for _ in range(2):
        session.bridge.undo()
    session.bridge.flush()
    assert not note.isVisible()


def test_closing_during_a_run_asks_and_stopping_leaves_the_others_alone(
    window, slow, opened, run, qtbot
):
    page = opened(slow.path)
    run()
    window.actions_table["close_tab"].trigger()
    click(page, "Cancel")
    assert window.pages == [page]
    assert page.supervisor.running
    window.new()
    window.close_tab(0)
    click(page, STOP)
    assert page not in window.pages
    assert window.isVisible()
    qtbot.waitUntil(lambda: not window.owner.ending, timeout=20_000)
    assert not page.supervisor.running
    assert not slow.out.exists()
    assert detached_runs() == []


def test_unsaved_edits_and_a_run_are_one_question(window, slow, opened, run, qtbot):
    page = opened(slow.path)
    run()
    page.session.do(AddNode(Node("more", "filter"), (0, 300)))
    window.close()
    box = page.findChild(QMessageBox)
    assert "Save the changes to slow?" in box.text()
    assert "running" in box.text()
    box.findChild(QCheckBox).setChecked(True)
    click(page, "Save")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    assert "more" in load(slow.path).document.nodes
    (log,) = detached_runs()
    assert is_alive(head_of(log).process)


def test_a_run_let_go_is_found_again_live_and_can_be_stopped(
    window, slow, opened, run, ended, qtbot
):
    page = opened(slow.path)
    run()
    let_go(window, page, qtbot)
    again = opened(slow.path)
    assert again is not page
    qtbot.waitUntil(lambda: bool(again.supervisor.state and again.supervisor.state.nodes))
    assert again.supervisor.running
    assert again.canvas.scene().stage.lives["rows"].rows_out == 7
    assert "running" in window.bar.tabToolTip(window.bar.currentIndex())
    window.actions_table["stop"].trigger()
    assert ended(again).status is RunStatus.CANCELLED
    assert "went on by itself has ended: cancelled" in again.banner.text.text()
    assert not slow.out.exists()
    qtbot.waitUntil(lambda: detached_runs() == [])
    again.banner.dismiss()


def test_how_a_run_let_go_has_ended_is_told_once(window, slow, opened, run, ended, qtbot):
    page = opened(slow.path)
    run()
    let_go(window, page, qtbot)
    process = head_of(detached_runs()[0]).process
    slow.gate.touch()
    qtbot.waitUntil(lambda: not is_alive(process), timeout=30_000)
    window.owner.look_back()
    assert window.news.text.text() == "Left to run by itself: slow has ended"
    window.news.button.click()
    qtbot.waitUntil(lambda: window.editing and window.page.path == slow.path, timeout=20_000)
    again = window.page
    assert ended(again).status is RunStatus.SUCCEEDED
    assert "went on by itself has ended: done" in again.banner.text.text()
    assert "7 written" in again.run_panel.figures.text()
    assert "the ledger balances" in again.banner.detail.text()
    qtbot.waitUntil(lambda: detached_runs() == [])
    window.actions_table["close_tab"].trigger()
    opened(slow.path)
    assert window.page.supervisor.state is None


EDITOR = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from summit_studio.app.session.leaving import GO_ON
from summit_studio.app.shell.starting import make_application, make_window

app = make_application([])
window = make_window()
window.show()
window.owner.open(Path(sys.argv[1]), window)

def step():
    page = window.page
    if page is None or page.session.checked is None:
        return
    state = page.supervisor.state
    if state is None:
        page.supervisor.start()
    elif state.nodes and sys.argv[2] == "let go":
        window.actions_table["quit"].trigger()
        box = page.findChild(QMessageBox)
        next(b for b in box.buttons() if b.text() == GO_ON).click()
    elif state.nodes:
        print("running", flush=True)
        timer.stop()

timer = QTimer()
timer.timeout.connect(step)
timer.start(50)
app.exec()
print("gone", flush=True)
"""


def another_editor(path: Path, what: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", EDITOR, str(path), what],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_a_run_outlives_the_editor_that_let_it_go_and_is_found_by_the_next(
    window, slow, opened, ended, qtbot
):
    with another_editor(slow.path, "let go") as editor:
        assert editor.stdout.readline() == "gone\n"
        editor.kill()
    page = opened(slow.path)
    qtbot.waitUntil(lambda: bool(page.supervisor.state and page.supervisor.state.nodes))
    slow.gate.touch()
    assert ended(page).status is RunStatus.SUCCEEDED
    assert len(slow.out.read_text().splitlines()) == 8
    page.banner.dismiss()


def test_a_run_that_was_not_let_go_dies_with_its_editor(slow, home):
    from summit_studio.state.store import Store

    with another_editor(slow.path, "stay") as editor:
        assert editor.stdout.readline() == "running\n"
        editor.kill()
        editor.communicate()
    assert detached_runs() == []
    with Store.open() as store:
        while not store.mark_orphans():  # As soon as the child has noticed.
            pass
        assert [r.status for r in store.runs()] == ["interrupted"]
    slow.gate.touch()
    assert not slow.out.exists()
