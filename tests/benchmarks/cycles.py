"""Opens, edits, runs, cancels and closes pipelines, and looks what stays behind."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from summit_studio.document.edits import AddNode, MoveNodes, SetParams
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Layout, Node

CYCLES = 200
_WARM = 20
_WAIT_SECS = 60


def run(_args: Any) -> Iterator[dict[str, Any]]:
    """Yield what the editor holds after so many cycles; `ratio` is to what it held after 20."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with TemporaryDirectory() as folder:
        os.environ["SUMMIT_HOME"] = str(Path(folder) / "home")
        held = list(cycles(Path(folder), CYCLES))
    first, last = held[_WARM - 1], held[-1]
    for what in ("megabytes", "threads", "objects", "timers", "files"):
        yield {
            "case": f"cycles {what}",
            "ratio": last[what] / max(first[what], 1),
            f"after {_WARM}": first[what],
            f"after {CYCLES}": last[what],
        }


def cycles(folder: Path, count: int) -> Iterator[dict[str, int]]:
    """Yield what the editor holds after each cycle.

    Args:
        folder: Where the pipeline is, and what it writes.
        count: How many; every second run is cancelled.
    """
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    from summit_studio.app.shell.garbage import GarbageCollector
    from summit_studio.app.shell.starting import make_application, make_window

    app = make_application(["cycles"])
    collector = GarbageCollector()
    window = make_window()
    window.resize(1280, 800)
    window.show()
    file = folder / "cycle.summit.json"
    for number in range(count):
        save(_pipeline(), file)
        _cycle(app, window, file, cancel=bool(number % 2))
        # Outside of `exec` nobody else deletes what was to be deleted later.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        app.processEvents()
        gc.collect()
        yield _held(app)
    window.owner.shut_down()
    collector.stop()


def _pipeline() -> Document:
    nodes = {
        "rows": Node("rows", "sample_source", {"kind": "orders", "rows": 200_000}),
        "some": Node("some", "filter", {"condition": "order_id > 7"}),
        "out": Node("out", "csv_sink", {"path": "out/cycle.csv"}),
    }
    edges = (Edge.parse("rows.rows -> some.rows"), Edge.parse("some.kept -> out.rows"))
    places = {"rows": (0, 0), "some": (280, 0), "out": (560, 0)}
    return Document("Cycle", nodes=nodes, edges=edges, layout=Layout(nodes=places))


def _cycle(app: Any, window: Any, file: Path, *, cancel: bool) -> None:
    def until(true: Callable[[], Any]) -> None:
        end = time.monotonic() + _WAIT_SECS
        while not true():
            app.processEvents()
            time.sleep(0.002)  # Workers need the interpreter, too.
            if time.monotonic() > end:
                raise TimeoutError("the editor did not get there")

    window.wait_for(file)
    until(lambda: window.page is not None and window.page.path == file)
    page, session = window.page, window.page.session
    until(lambda: session.checked is not None)
    session.do(SetParams("some", {"condition": "order_id > 8"}))
    session.do(AddNode(Node("more", "sample_source"), (280, 200)))
    session.do(MoveNodes({"out": (600, 40)}))
    session.bridge.undo()
    session.bridge.redo()
    session.choose_nodes(["some"])
    page.docks.show("preview")
    until(lambda: page.preview.grid.looked is not None)
    window.actions_table["save"].trigger()
    until(lambda: not page.modified)
    until(lambda: session.checked is not None and session.checked.drawn is session.document)
    window.actions_table["run"].trigger()
    until(lambda: page.supervisor.running or page.supervisor.state is not None)
    if cancel:
        window.actions_table["stop"].trigger()
    until(lambda: not page.supervisor.running)
    window.actions_table["close_tab"].trigger()
    until(lambda: window.page is None)


def _held(app: Any) -> dict[str, int]:
    from PySide6.QtCore import QObject, QTimer
    from PySide6.QtWidgets import QApplication

    pages = int(Path("/proc/self/statm").read_text().split()[1])
    tops = QApplication.topLevelWidgets()
    timers = [t for w in tops for t in w.findChildren(QTimer) if t.isActive()]
    return {
        "megabytes": pages * os.sysconf("SC_PAGE_SIZE") >> 20,
        "threads": _count("/proc/self/task"),
        "objects": sum(len(w.findChildren(QObject)) for w in tops),
        "timers": len(timers) + len([t for t in app.findChildren(QTimer) if t.isActive()]),
        "files": _count("/proc/self/fd"),
    }


def _count(folder: str) -> int:
    return sum(1 for _ in Path(folder).iterdir())
