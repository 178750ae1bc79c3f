"""Measures the preview in a real window: `python -m tests.benchmarks.preview_probe FILE ROUNDS`."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from summit_studio.document.edits import SetParams
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Layout, Node
from tests.benchmarks.preview import SCROLLED

KINDS: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "filter": ("kept", lambda n: {"condition": f"amount > {n}"}),
    "derive": ("rows", lambda n: {"columns": [{"name": "gross", "expression": f"amount * {n}"}]}),
    "aggregate": ("rows", lambda n: {
        "group_by": ["country"],
        "measures": [{"name": "n", "condition": f"amount > {n}"}]}),
    "sort": ("rows", lambda n: {"columns": [
        {"column": "amount", "direction": ("ascending", "descending")[n % 2]}]}),
}  # fmt: skip


class Probe:
    """The editor on a file, and how long it takes to show what an edit gives."""

    def __init__(self, file: Path) -> None:
        from PySide6.QtWidgets import QApplication

        from summit_studio.app.shell.page import Page
        from summit_studio.app.shell.starting import make_application, make_window

        make_application(sys.argv[:1])
        self.app = QApplication.instance()
        self.window = make_window()
        self.window.resize(1280, 800)
        self.window.show()
        self.file = file
        self.page: Page
        self.arrived: list[Any] = []
        self.number = 100

    def until(self, cond: Callable[[], bool]) -> None:
        end = time.perf_counter() + 60
        while not cond():
            self.app.processEvents()
            # A loop that only turned would take from the worker what an event loop leaves it.
            time.sleep(0.0005)
            if time.perf_counter() > end:
                raise TimeoutError("the preview shows nothing")

    def open(self, kind: str) -> float:
        """Open a pipeline with such a node; return the seconds from its choice to its rows."""
        from summit_studio.app.session.selection import Selection

        self.number += 1
        params = KINDS[kind][1](self.number)
        document = Document(
            kind,
            nodes={
                "o": Node("o", "csv_source", {"path": self.file.name}),
                "n": Node("n", kind, params),
            },
            edges=(Edge.parse("o.rows -> n.rows"),),
            layout=Layout({"o": (0, 0), "n": (280, 0)}),
        )
        path = self.file.with_name(f"preview-{kind}.summit.json")
        save(document, path)
        self.window.wait_for(path)
        self.until(
            lambda: self.window.page is not None and self.window.page.session.document.name == kind
        )
        self.page = self.window.page
        self.page.preview.previewer.arrived.connect(self.arrived.append)
        self.until(self.checked)
        self.page.docks.show("preview")
        self.arrived.clear()
        begun = time.perf_counter()
        self.page.session.choose(Selection(("n",)))
        self.until(lambda: bool(self.arrived))
        self.page.preview.grab()
        path.unlink()
        return time.perf_counter() - begun

    def checked(self) -> bool:
        known = self.page.session.checked
        return (
            known is not None and known.document.meaning() == self.page.session.document.meaning()
        )

    def edits(self, kind: str, rounds: int) -> float:
        """Return the median seconds from an edit to its rows on the screen."""
        taken = []
        for _ in range(rounds):
            self.number += 1
            self.until(self.checked)
            self.rest()
            self.arrived.clear()
            begun = time.perf_counter()
            self.page.session.do(SetParams("n", KINDS[kind][1](self.number)))
            self.until(lambda: bool(self.arrived))
            self.page.preview.grid.grab()
            taken.append(time.perf_counter() - begun)
        return statistics.median(taken)

    def rest(self) -> None:
        """Let what an edit set going come to its end."""
        end = time.perf_counter() + 0.5
        while time.perf_counter() < end:
            self.app.processEvents()

    def scroll(self) -> dict[str, float]:
        """Return the time of a frame while a million rows stand on both sides."""
        import pyarrow as pa

        from summit_studio.app.session.previewing import Looked, beside
        from summit_studio.core.schema import Schema
        from summit_studio.document.model import PortRef
        from summit_studio.engine.sides import Before, Shown, Sides

        looked: Looked = self.arrived[-1][1]
        schema = Schema.of({"id": "BIGINT", "name": "VARCHAR", "share": "DOUBLE", "n": "BIGINT"})
        numbers = pa.array(range(SCROLLED), pa.int64())
        table = pa.table({
            "id": numbers, "name": pa.array([f"name {n}" for n in range(SCROLLED)]),
            "share": pa.array([n / 7 for n in range(SCROLLED)]), "n": numbers,
        })  # fmt: skip
        rows = Shown(schema, table)
        before = (Before(looked.sides.before[0].edge, rows, numbers),)
        sides = Sides(PortRef("n", "rows"), rows, before, True, "", 0)
        self.page.preview.grid.show_looked(beside(sides, 0))
        bar = self.page.preview.table.verticalScrollBar()
        frames = []
        for step in range(300):
            begun = time.perf_counter()
            bar.setValue(bar.maximum() * step // 300)
            self.page.preview.grid.grab()
            frames.append(time.perf_counter() - begun)
        frames.sort()
        return {"median": statistics.median(frames), "p99": frames[-3]}


def main() -> None:
    probe = Probe(Path(sys.argv[1]))
    rounds, found = int(sys.argv[2]), {}
    for kind in KINDS:
        first = probe.open(kind)
        after = {}
        for side, on in (("beside", True), ("alone", False)):
            probe.page.preview.before_button.setChecked(on)
            probe.rest()
            after[side] = probe.edits(kind, rounds)
        probe.page.preview.before_button.setChecked(True)
        probe.rest()
        found[kind] = {"first": first, "after": after}
        probe.page.session.bridge.mark_saved()
    frames = probe.scroll()
    probe.window.owner.shut_down()
    print(json.dumps({"edits": found, "frames": frames}))


if __name__ == "__main__":
    main()
