"""The scenes of `looks.py`: every panel and dialog, with little in it and with much."""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from screenshots import LETTERS, ORDERS, ROOT, Studio

MANY = 300
CHAIN = ("csv_source", "select_columns", "derive", "filter", "sort", "deduplicate", "fill_missing",
         "limit", "aggregate", "parquet_sink")  # fmt: skip


class Looks(Studio):
    """One window at one scale, theme and size, and every scene of it.

    Args:
        folder: Where pictures go.
        scale: As Qt takes it, a part of the names of the pictures.
        theme: A name of a theme.
        size: Of the window, in logical pixels.
        only: How the names of the scenes begin that are wanted.
    """

    def __init__(
        self, folder: Path, scale: str, theme: str, size: str, only: Sequence[str]
    ) -> None:
        super().__init__(folder, theme, tuple(map(int, size.split("x"))))  # type: ignore[arg-type]
        self._end = f"{theme}-{size}-{scale}"
        self._only = tuple(only)

    def take(self, folder: Path) -> None:
        """Go through every scene.

        Args:
            folder: For pipelines and what they write.
        """
        visits: dict[str, Callable[[Path], Iterator[str]]] = {
            "welcome": self._welcome,
            "example": self._example,
            "many": self._many,
            "inspector": self._inspectors,
            "letters": self._letters,
            "modules": self._modules,
            "running": self._running,
            "changed": self._changed,
        }
        for name, visit in visits.items():
            if any(name.startswith(only.split("-")[0]) for only in self._only):
                for scene in visit(folder / name):
                    full = f"{name}-{scene}"
                    if full.startswith(self._only):
                        self.shot(full)
        self.close()

    def _welcome(self, _folder: Path) -> Iterator[str]:
        self.rest(1.5)
        yield "page"
        self.window.new()
        self.rest()
        yield "empty"
        yield from self._above("keys", "shortcuts")
        yield from self._above("about", "about")
        yield from self._tour()

    def _tour(self) -> Iterator[str]:
        from summit_studio.app.shell.tour import Guide

        self.window.actions_table.trigger("tour")
        tour: Any = next(g for g in self.window.findChildren(Guide) if g.tour is not None).tour
        for at in range(6):
            self.until(lambda at=at: tour.at == at, 60)  # type: ignore[misc]
            self.rest(1.0)
            yield f"tour-{at + 1}"
            if at < 5:
                tour.card.next.click()
        tour.end()
        self.rest()

    def _example(self, folder: Path) -> Iterator[str]:
        from summit_studio.app.dialogs.find_panel import FindPanel

        page, session = self._copy("first_steps", folder)
        self._choose(session, "paid")
        yield "canvas"
        yield from self._previews(page)
        for name in ("problems", "run", "dead_letters", "columns", "outline"):
            page.docks.show(name)
            self.rest(0.3)
            yield f"{name}-nothing"
        page.docks.show("library")
        page.docks.show("preview")
        self.window.actions_table.trigger("settings")
        self.rest(0.3)
        yield "settings"
        page.docks.hide("settings")
        for name, action in (("palette", "palette"), ("quick-add", "add_node"),
                             ("connections", "connections"), ("properties", "properties"),
                             ("rehearse", "rehearse"),
                             ("export", "export"), ("picture", "picture"),
                             ("menu", "context_menu"), ("find", "find")):  # fmt: skip
            page.canvas.setFocus()
            yield from self._above(name, action)
        next(p for p in page.findChildren(FindPanel)).close_panel()
        yield from self._chosen(page, session)

    def _chosen(self, page: Any, session: Any) -> Iterator[str]:
        """Show an edge, several nodes, and where a column comes from."""
        from summit_studio.app.session.selection import Selection
        from summit_studio.document.model import Edge

        edge = next(e for e in session.document.edges if isinstance(e, Edge))
        several = Selection(nodes=("paid", "amount", "report"))
        for name, selection in (("edge", Selection(edges=(edge,))), ("several", several)):
            session.choose(selection)
            self.rest(1.2)
            yield name
        self._choose(session, "amount")
        page.preview.setFocus()
        self.window.actions_table.trigger("trace_column")
        self.rest(1.0)
        yield "traced"

    def _previews(self, page: Any) -> Iterator[str]:
        yield "preview-filter"
        page.preview.on_before_after()
        self.rest(1.0)
        yield "preview-before"
        page.preview.on_before_after()
        page.preview.on_column_menu()
        self.rest(0.3)
        yield "preview-menu"
        self._drop_popups()

    def _many(self, folder: Path) -> Iterator[str]:
        folder.mkdir()
        (folder / "many.csv").write_text("id,name\n1,a\n")
        (folder / "many.summit.json").write_text(json.dumps(many(MANY)))
        page, session = self.open(folder / "many.summit.json")
        self._checked(session, MANY)
        page.canvas.zoom_to_fit()
        page.docks.show("preview")
        self._choose(session, "n14")
        yield "overview"
        page.docks.show("outline")
        self.window.actions_table.trigger("zoom_selection")
        self.rest(1.0)
        yield "outline"
        page.docks.show("problems")
        self.window.actions_table.trigger("zoom_reset")
        self.rest(1.0)
        yield "problems"
        yield from self._above("find", "find", "sort")

    def _inspectors(self, folder: Path) -> Iterator[str]:
        page, session = self._copy("orders", folder)
        for node in ("orders", "types", "tidy", "placed", "with_customer", "quality", "private",
                     "per_month", "clean_file", "revenue_table", "customers"):  # fmt: skip
            self._choose(session, node)
            yield node
        self._run(page)
        tabs = page.run_panel.tabs
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            self.rest(0.5)
            yield f"run-{tabs.tabText(at).lower()}"
        yield from self._compared(page)
        self._break(session)
        self._choose(session, "placed")
        page.docks.show("problems")
        self.rest(0.5)
        yield "problems"
        session.bridge.mark_saved()

    def _compared(self, page: Any) -> Iterator[str]:
        page.run_panel.tabs.setCurrentWidget(page.run_panel.history)
        self._run(page)
        page.docks.show("run")
        page.run_panel.tabs.setCurrentWidget(page.run_panel.history)
        history = page.run_panel.history
        self.until(lambda: history.tree.topLevelItemCount() > 1)
        history.tree.selectAll()
        history.on_compare_runs()
        self.until(lambda: bool(self._over_it()))
        self.rest()
        yield "compared"
        self._drop_popups()

    def _letters(self, folder: Path) -> Iterator[str]:
        folder.mkdir()
        (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
        (folder / "orders.csv").write_text(ORDERS)
        (folder / "orders.summit.json").write_text(LETTERS)
        page, session = self.open(folder / "orders.summit.json")
        self._checked(session, 4)
        self._run(page)
        page.canvas.zoom_to_fit()
        self.window.actions_table.trigger("dead_letters")
        self.rest(1.5)
        page.dead_letters.edit.code.setPlainText("amount = replace(amount, ',', '.')")
        self.until(page.dead_letters.edit.button.isEnabled)
        self.rest()
        yield "edit"
        yield from self._above("connections", "connections")

    def _modules(self, folder: Path) -> Iterator[str]:
        """Show a module from without and within, its parameters, and their form before a run."""
        page, session = self._copy("two_shops", folder, 3)
        module = next(n.id for n in session.document.nodes.values() if n.type == "module")
        self._choose(session, module)
        yield "outside"
        page.canvas.setFocus()
        self.window.actions_table.trigger("open_module")
        self.until(lambda: self.window.page is not page)
        self.rest(1.5)
        yield "inside"
        yield from self._above("properties", "properties")
        yield from self._above("run-form", "run_with")

    def _running(self, folder: Path) -> Iterator[str]:
        """Show a run under way, and what is asked when it is left."""
        from summit_studio.document.edits import SetParams, SetTitle

        page, session = self._copy("kill_me", folder)
        session.do(SetParams("orders", {"rows": 2_000_000_000}))
        page.gate.on_run()
        self.until(lambda: page.supervisor.running)
        self.rest(4.0)
        yield "canvas"
        yield from self._above("leave", "close_tab")
        session.do(SetTitle("orders", "Many orders"))
        yield from self._above("leave-unsaved", "close_tab")
        page.supervisor.cancel()
        self.until(lambda: not page.supervisor.running, 60)
        self.rest(1.0)
        yield "cancelled"
        session.bridge.mark_saved()

    def _changed(self, folder: Path) -> Iterator[str]:
        """Show what is asked of a file that another program changed, and work that is recovered."""
        from summit_studio.app.session.recovery import _folder as journals
        from summit_studio.document.edits import SetParams

        page, session = self._copy("first_steps", folder)
        session.do(SetParams("paid", {"condition": "status = 'open'"}))
        self.rest()
        kept = {path: path.read_bytes() for path in journals().glob("*") if path.is_file()}
        file = page.path
        before = file.read_text()
        file.write_text(before.replace("status = 'paid'", "status <> 'cancelled'"))
        self.window.activateWindow()
        self.until(lambda: page.watch.theirs is not None, 30)
        self.rest(1.0)
        yield "on-disk"
        yield from self._above("difference", "compare")
        yield from self._above("merge", "merge")
        file.write_text(before)
        session.bridge.mark_saved()
        self.window.drop(page)
        self.rest()
        for path, content in kept.items():
            path.write_bytes(content)
        for lock in journals().glob("*.lock"):
            lock.unlink()
        page, session = self.open(file)
        self.rest(1.5)
        yield "recovered"
        session.bridge.mark_saved()

    def _run(self, page: Any) -> None:
        before = page.supervisor.state
        page.gate.on_run()
        self.until(lambda: page.supervisor.state is not before)
        self.until(lambda: page.supervisor.state.finished, 60)
        self.rest(1.0)

    def _copy(self, example: str, folder: Path, nodes: int = 5) -> tuple[Any, Any]:
        """Open a copy of an example, checked and fitted."""
        shutil.copytree(ROOT / "resources" / "examples" / example, folder,
                        ignore=shutil.ignore_patterns("out"))  # fmt: skip
        page, session = self.open(folder / f"{example}.summit.json")
        self._checked(session, nodes)
        for name in ("library", "preview"):
            page.docks.show(name)
        page.canvas.zoom_to_fit()
        return page, session

    def _checked(self, session: Any, nodes: int) -> None:
        self.until(lambda: session.checked is not None and len(session.checked.nodes) >= nodes, 60)

    def _choose(self, session: Any, node: str) -> None:
        from summit_studio.app.session.selection import Selection

        session.choose(Selection(nodes=(node,)))
        self.rest(1.2)

    def _above(self, name: str, action: str, typed: str = "") -> Iterator[str]:
        """Show what an action opens above the page, then close it."""
        from PySide6.QtTest import QTest

        self.window.activateWindow()
        self.window.actions_table.trigger(action)
        self.rest(0.7)
        focus = self.app.focusWidget()
        if typed and focus is not None:
            QTest.keyClicks(focus, typed)
            self.rest(0.7)
        yield name
        self._drop_popups()

    def _drop_popups(self) -> None:
        for widget in self._over_it():
            widget.close()
        self.rest(0.2)

    def _over_it(self) -> list[Any]:
        return [w for w in self.app.topLevelWidgets() if w.isVisible() and w is not self.window]

    def shot(self, name: str, widget: Any = None) -> None:
        """Save a picture of the window and of all that stands above it."""
        from PySide6.QtGui import QPainter

        picture = (widget or self.window).grab()
        painter = QPainter(picture)
        for above in self._over_it():
            self._draw(painter, above)
        painter.end()
        path = self._folder / f"{name}-{self._end}.png"
        picture.save(str(path), "PNG", 0)
        print(path.name, flush=True)

    def _draw(self, painter: Any, above: Any) -> None:
        """Draw what stands above the window; round a dialog, what the system puts there."""
        from PySide6.QtCore import QRect, Qt
        from PySide6.QtWidgets import QDialog

        place = QRect(above.pos() - self.window.pos(), above.size())
        if isinstance(above, QDialog) and above.windowTitle():
            head = place.adjusted(-1, -28, 1, 1)
            painter.fillRect(head, Qt.GlobalColor.darkGray)
            painter.setPen(Qt.GlobalColor.white)
            head.setHeight(28)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, above.windowTitle())
        painter.drawPixmap(place.topLeft(), above.grab())


def many(nodes: int) -> dict[str, Any]:
    """Return a pipeline of chains side by side."""
    made: dict[str, Any] = {
        "format": 2, "name": "Many", "nodes": {}, "edges": [], "layout": {"nodes": {}},
    }  # fmt: skip
    wanted = {
        "csv_source": {"path": "many.csv"},
        "select_columns": {"columns": [{"column": "id"}, {"column": "name"}]},
        "fill_missing": {"columns": [{"column": "name", "value": "'none'"}]},
        "derive": {"columns": [{"name": "n", "expression": "id + 1"}]},
        "filter": {"condition": "id > 0"},
        "sort": {"columns": [{"column": "id"}]},
        "deduplicate": {"keys": ["id"]},
        "limit": {"rows": 100},
        "aggregate": {"group_by": ["name"], "measures": [{"name": "rows"}]},
    }
    out = {"filter": "kept", "deduplicate": "unique"}
    for at in range(nodes):
        chain, step = divmod(at, len(CHAIN))
        kind = CHAIN[step]
        params = {"path": f"out/{at}.parquet"} if step == 9 else wanted.get(kind, {})
        if step == 1 and chain % 10 == 3:
            params = {}  # Some stand there with an error.
        made["nodes"][f"n{at}"] = {"type": kind, "params": params}
        made["layout"]["nodes"][f"n{at}"] = [step * 264 + chain // 15 * 2900, chain % 15 * 136]
        if step:
            made["edges"].append(f"n{at - 1}.{out.get(CHAIN[step - 1], 'rows')} -> n{at}.rows")
    return made
