"""A folder on a network that is away, really: nothing ever answers there until it is given up."""

import ctypes
import os
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from summit_studio.document.edits import AddNode
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Node

_DETACH = 2
_LONGEST_SECS = 30


class Away:
    """A folder over which a file system lies that never answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder).encode()
        self._calls = ctypes.CDLL(None, use_errno=True)
        self._line: int | None = os.open("/dev/fuse", os.O_RDWR)
        options = f"fd={self._line},rootmode=40000,user_id=0,group_id=0".encode()
        if self._calls.mount(b"away", self._folder, b"fuse", 0, options):
            os.close(self._line)
            pytest.skip("may not mount here")

        # Were the editor to wait for it, the test would never end.
        self._last = threading.Timer(_LONGEST_SECS, self.give_up)
        self._last.daemon = True  # Once given up it ends by itself, a moment later.
        self._last.start()

    def give_up(self) -> None:
        """Let every call that waits there fail, and show what was there before."""
        self._last.cancel()
        if self._line is not None:
            os.close(self._line)
            self._line = None
            self._calls.umount2(self._folder, _DETACH)


@pytest.fixture
def shared(window, tmp_path, qtbot):
    """A pipeline opened from a folder that is away from then on, and was changed here."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("needs /dev/fuse")
    folder = tmp_path / "share"
    folder.mkdir()
    save(Document(name="Orders"), folder / "orders.summit.json")
    with qtbot.waitSignal(window.desk.opened):
        window.desk.open(folder / "orders.summit.json")
    away = Away(folder)
    window.session.do(AddNode(Node("a", "filter"), (0, 0)))
    window.activateWindow()
    window.canvas.setFocus()
    yield folder
    away.give_up()


def save_by_key(window):
    QTest.keyClick(window.canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)


def told(window):
    return window.banner.isVisible() and "does not answer" in window.banner.text.text()


def test_saving_there_holds_nobody_up_and_it_is_saved_elsewhere(window, shared, tmp_path, qtbot):
    save_by_key(window)  # Comes back at once, though nothing answers.
    assert window.desk.saving
    window.session.do(AddNode(Node("b", "sort"), (300, 0)))
    qtbot.waitUntil(lambda: told(window), timeout=10_000)
    assert str(shared) in window.banner.detail.text()
    with qtbot.waitSignal(window.desk.saved):
        window.desk.save_to(tmp_path / "here.summit.json")
    assert list(load(tmp_path / "here.summit.json").document.nodes) == ["a", "b"]
    assert not told(window)


def test_a_window_can_be_closed_while_a_save_hangs(window, shared, qtbot):
    save_by_key(window)
    qtbot.waitUntil(lambda: told(window), timeout=10_000)
    window.actions_table["close_tab"].trigger()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    window.findChild(QMessageBox).button(QMessageBox.StandardButton.Discard).click()
    qtbot.waitUntil(lambda: not window.editing)


@pytest.fixture
def away(tmp_path):
    """A folder that is away, with a pipeline in it that cannot be reached."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("needs /dev/fuse")
    folder = tmp_path / "share"
    folder.mkdir()
    save(Document(name="Orders"), folder / "orders.summit.json")
    lies = Away(folder)
    yield folder, lies
    lies.give_up()


def tabs(window):
    return [window.bar.tabText(at) for at in range(window.bar.count())]


def test_a_file_that_does_not_come_holds_up_no_other(window, away, tmp_path, qtbot):
    folder, _ = away
    save(Document(name="Here"), tmp_path / "here.summit.json")
    window.wait_for(folder / "orders.summit.json")  # As at the start: its tab stands there already.
    window.owner.open(tmp_path / "here.summit.json", window)
    qtbot.waitUntil(
        lambda: window.page is not None and window.page.name == "here.summit.json", timeout=10_000
    )
    qtbot.waitUntil(lambda: told(window), timeout=10_000)
    assert "orders.summit.json" in window.banner.text.text()
    assert any("orders" in text for text in tabs(window))
    window.banner.button.click()
    assert not told(window)
    assert not any("orders" in text for text in tabs(window))


def test_a_file_that_comes_late_is_shown_and_nothing_more_is_said(window, away, qtbot):
    folder, lies = away
    window.owner.open(folder / "orders.summit.json", window)
    qtbot.waitUntil(lambda: told(window), timeout=10_000)
    lies.give_up()  # What waits fails, as where a mount was taken away.
    qtbot.waitUntil(lambda: not told(window), timeout=10_000)
    window.owner.open(folder / "orders.summit.json", window)
    qtbot.waitUntil(lambda: window.page is not None and window.page.name == "orders.summit.json")
