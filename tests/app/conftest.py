"""Fixtures of the editor's tests: a window of its own and a settings folder of its own, each."""

import gc
import os
import subprocess
import threading
from pathlib import Path

import pytest

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication

from summit_studio.app.shell.garbage import GarbageCollector
from summit_studio.document.model import Document, Edge, Layout, Node


def pytest_collection_modifyitems(items):
    """The offscreen platform warns of what it cannot do; that is no fault of ours."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support", extend=True))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """A settings and state folder that no other test sees."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("SUMMIT_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True, scope="module")
def collector():
    """Garbage is collected between tests and never in a worker thread, as in the program."""
    made = GarbageCollector()
    yield made
    gc.collect()
    made.stop()


@pytest.fixture(autouse=True)
def _nothing_left_behind(collector):
    """Fail the test that leaves a thread or a running timer behind."""
    before = set(threading.enumerate())
    yield
    app = QApplication.instance()
    if app is None:
        return
    app.processEvents()
    collector.collect_due()
    left = [t for t in threading.enumerate() if t not in before and not t.daemon and t.is_alive()]
    # Qt threads show up as dummies, which Python counts as daemons.
    running = [t for t in app.findChildren(QThread) if t.isRunning()]
    timers = [t for t in app.findChildren(QTimer) if t.isActive()]
    assert not left, f"threads left behind: {left}"
    assert not running, f"Qt threads left behind: {running}"
    assert not timers, f"timers left behind: {timers}"


@pytest.fixture
def display():
    """A display of its own, on a number that nobody uses."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as told:
        number = told.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.fixture
def window(qtbot, home, monkeypatch):
    """The editor's window on an empty pipeline, as a person meets it.

    What it does not have itself is looked for on the page that it shows: `window.canvas`.
    """
    from summit_studio.app.shell.editor_window import EditorWindow
    from summit_studio.app.shell.starting import make_application, make_window

    def of_page(self, name):
        page = None if name.startswith("_") else self.page
        if page is None or name not in vars(page):
            raise AttributeError(name)
        return vars(page)[name]

    monkeypatch.setattr(EditorWindow, "__getattr__", of_page, raising=False)
    make_application([])
    made = make_window()
    editor = made.owner
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.new()
    qtbot.waitUntil(lambda: made.session.checked is not None)
    yield made
    editor.shut_down()
    for one in [made, *editor.windows]:
        one.leave()
        one.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def settle(qtbot, window):
    """Wait until the checks have caught up with the document."""

    def wait():
        window.session.bridge.flush()

        def caught_up():
            checked = window.session.checked
            return checked is not None and (
                checked.drawn.meaning() == window.session.document.meaning()
            )

        qtbot.waitUntil(caught_up, timeout=10_000)

    return wait


@pytest.fixture
def orders(home) -> Path:
    """A small dirty file in the workspace of pipelines without a file."""
    folder = home / "workspace"
    folder.mkdir()
    file = folder / "orders.csv"
    lines = ["id,status,amount"]
    for number in range(1, 201):
        status = "cancelled" if number % 5 == 0 else "paid"
        lines.append(f"{number},{status},{number * 1.5}")
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def pipeline(csv, csv_sink) -> Document:
    """Orders, filtered, written."""
    return Document(
        name="Orders",
        nodes={
            "orders": Node("orders", csv, {"path": "orders.csv"}),
            "paid": Node("paid", "filter", {"condition": "status <> 'cancelled'"}),
            "out": Node("out", csv_sink, {"path": "out/paid.csv"}),
        },
        edges=(Edge.parse("orders.rows -> paid.rows"), Edge.parse("paid.kept -> out.rows")),
        layout=Layout({"orders": (0, 0), "paid": (300, 0), "out": (600, 0)}),
    )


def _type_id(category: str, word: str) -> str:
    from summit_studio.nodes.catalogue import Catalogue

    found = [k.id for k in Catalogue.load() if k.category == category and word in k.id]
    if not found:
        pytest.skip(f"there is no {category} for {word} yet")
    return found[0]


@pytest.fixture
def csv() -> str:
    """The id of the source that reads CSV files."""
    return _type_id("source", "csv")


@pytest.fixture
def csv_sink() -> str:
    """The id of the sink that writes CSV files."""
    return _type_id("sink", "csv")
