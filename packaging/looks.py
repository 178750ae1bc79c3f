"""Take pictures of every panel and dialog, at every scale, theme and size of window.

Usage: python packaging/looks.py FOLDER [--scale 1 1.5 2] [--theme light dark contrast-light]
           [--size 1280x800 2560x1440] [--only example inspector]
       python packaging/looks.py --sheet [FILE]

Always offscreen, one process for each combination. A picture is the whole window with whatever
stands above it, and is called SCENE-THEME-SIZE-SCALE.png. `--only` keeps the scenes whose names
begin so. `--sheet` takes a few scenes in a few combinations and puts them on one page, a row for
each combination; by default on that of `resources/screenshots`.
"""

import argparse
import itertools
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from screenshots import LETTERS, ORDERS, ROOT, Studio

SCALES = ("1", "1.5", "2")
THEMES = ("light", "dark", "contrast-light")
SIZES = ("1280x800", "2560x1440")
MANY = 300
CHAIN = ("csv_source", "select_columns", "derive", "filter", "sort", "deduplicate", "fill_missing",
         "limit", "aggregate", "parquet_sink")  # fmt: skip
SHEET = ROOT / "resources" / "screenshots" / "looks.jpg"
ON_SHEET = ("welcome-page", "example-canvas", "example-palette", "many-overview",
            "inspector-types", "letters-edit")  # fmt: skip
ROWS = (
    *itertools.product(SCALES, ("light", "dark"), ("1280x800",)),
    ("1", "contrast-light", "1280x800"),
    *itertools.product(("1",), ("light", "dark"), ("2560x1440",)),
)
_THUMB, _QUALITY = 320, 50

Picture = tuple[str, str, str]
"""Scale, theme and size."""


def main(arguments: Sequence[str]) -> int:
    """Take the pictures asked for, each combination in a process of its own."""
    asked = _parser().parse_args(arguments)
    if asked.sheet:
        with tempfile.TemporaryDirectory() as name:
            for row in ROWS:
                _in_a_process(Path(name), row, ON_SHEET)
            _sheet(Path(name), asked.sheet)
        return 0
    if asked.folder is None:
        raise SystemExit("Name a folder for the pictures, or --sheet.")
    asked.folder.mkdir(parents=True, exist_ok=True)
    combinations = list(itertools.product(asked.scale, asked.theme, asked.size))
    if len(combinations) > 1 or "QT_SCALE_FACTOR" not in os.environ:
        for each in combinations:
            _in_a_process(asked.folder, each, asked.only)
        return 0
    with tempfile.TemporaryDirectory() as name:
        os.environ["SUMMIT_HOME"] = str(Path(name) / "home")
        Looks(asked.folder, *combinations[0], asked.only).take(Path(name))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--scale", nargs="+", default=SCALES)
    parser.add_argument("--theme", nargs="+", default=THEMES)
    parser.add_argument("--size", nargs="+", default=SIZES)
    parser.add_argument("--only", nargs="+", default=[""])
    parser.add_argument("--sheet", type=Path, nargs="?", const=SHEET)
    return parser


def _in_a_process(folder: Path, combination: Picture, only: Sequence[str]) -> None:
    scale, theme, size = combination
    width, height = (math.ceil(int(side) * float(scale)) for side in size.split("x"))
    screen = {"name": "looks", "x": 0, "y": 0, "width": width, "height": height,
              "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        screens = Path(name) / "screens.json"
        screens.write_text(json.dumps({"screens": [screen]}))
        environment = os.environ | {
            "QT_QPA_PLATFORM": f"offscreen:configfile={screens}", "QT_SCALE_FACTOR": scale,
        }  # fmt: skip
        subprocess.run(
            [sys.executable, __file__, str(folder), "--scale", scale, "--theme", theme,
             "--size", size, "--only", *only],
            check=True, env=environment,
        )  # fmt: skip


def _sheet(folder: Path, target: Path) -> None:
    """Put the pictures on one page, those of a combination in a row."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = QGuiApplication([])
    rows = [
        [
            QImage(str(folder / f"{scene}-{theme}-{size}-{scale}.png")).scaledToWidth(
                _THUMB, Qt.TransformationMode.SmoothTransformation
            )
            for scene in ON_SHEET
        ]
        for scale, theme, size in ROWS
    ]
    heights = [row[0].height() for row in rows]
    columns = len(ON_SHEET)
    page = QImage(columns * (_THUMB + 8) - 8, sum(heights) + 8 * (len(rows) - 1),
                  QImage.Format.Format_RGB32)  # fmt: skip
    page.fill(QColor("#808080"))
    painter = QPainter(page)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, image in enumerate(row):
            painter.drawImage(QPoint(column * (_THUMB + 8), top), image)
        top += height + 8
    painter.end()
    if not page.save(str(target), quality=_QUALITY):
        raise SystemExit(f"{target} could not be written.")
    app.quit()


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
        self.window.actions_table.trigger("tour")
        self.rest()
        yield "tour"
        yield from self._above("settings-keys", "shortcuts")
        yield from self._above("about", "about")

    def _example(self, folder: Path) -> Iterator[str]:
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
        for name, action in (("find", "find"), ("palette", "palette"), ("quick-add", "add_node"),
                             ("connections", "connections"), ("properties", "properties"),
                             ("rehearse", "rehearse"),
                             ("export", "export"), ("picture", "picture")):  # fmt: skip
            page.canvas.setFocus()
            yield from self._above(name, action)

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
        page.gate.on_run()
        self.until(lambda: page.supervisor.state is not None and page.supervisor.state.finished, 60)
        self.rest(1.0)
        tabs = page.run_panel.tabs
        for at in range(tabs.count()):
            tabs.setCurrentIndex(at)
            self.rest(0.5)
            yield f"run-{tabs.tabText(at).lower()}"
        self._break(session)
        self._choose(session, "placed")
        page.docks.show("problems")
        self.rest(0.5)
        yield "problems"
        session.bridge.mark_saved()

    def _letters(self, folder: Path) -> Iterator[str]:
        folder.mkdir()
        (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
        (folder / "orders.csv").write_text(ORDERS)
        (folder / "orders.summit.json").write_text(LETTERS)
        page, session = self.open(folder / "orders.summit.json")
        self._checked(session, 4)
        page.gate.on_run()
        self.until(lambda: page.supervisor.state is not None and page.supervisor.state.finished, 60)
        page.canvas.zoom_to_fit()
        self.window.actions_table.trigger("dead_letters")
        self.rest(1.5)
        page.dead_letters.edit.code.setPlainText("amount = replace(amount, ',', '.')")
        self.until(page.dead_letters.edit.button.isEnabled)
        self.rest()
        yield "edit"

    def _copy(self, example: str, folder: Path) -> tuple[Any, Any]:
        """Open a copy of an example, checked and fitted."""
        shutil.copytree(ROOT / "resources" / "examples" / example, folder,
                        ignore=shutil.ignore_patterns("out"))  # fmt: skip
        page, session = self.open(folder / f"{example}.summit.json")
        self._checked(session, 5)
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
            painter.drawPixmap(above.pos() - self.window.pos(), above.grab())
        painter.end()
        path = self._folder / f"{name}-{self._end}.png"
        picture.save(str(path), "PNG", 0)
        print(path.name, flush=True)


def many(nodes: int) -> dict[str, Any]:
    """Return a pipeline of chains side by side."""
    made: dict[str, Any] = {
        "format": 2, "name": "Many", "nodes": {}, "edges": [], "layout": {"nodes": {}},
    }  # fmt: skip
    wanted = {
        "csv_source": {"path": "many.csv"},
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
        made["nodes"][f"n{at}"] = {"type": kind, "params": params}
        made["layout"]["nodes"][f"n{at}"] = [step * 264 + chain // 15 * 2900, chain % 15 * 136]
        if step:
            made["edges"].append(f"n{at - 1}.{out.get(CHAIN[step - 1], 'rows')} -> n{at}.rows")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
