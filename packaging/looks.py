"""Take pictures of every panel and dialog, at every scale, theme and size of window.

Usage: python packaging/looks.py FOLDER [--scale 1 1.5 2] [--theme light dark contrast-dark]
           [--size 1280x800 2560x1440] [--only example inspector]
       python packaging/looks.py --sheet [FILE]

Always offscreen, one process for each combination; the scenes are in `scenes.py`. A picture is the
whole window with whatever stands above it, and is called SCENE-THEME-SIZE-SCALE.png. `--only` keeps
the scenes whose names begin so. `--sheet` takes a few scenes in a few combinations and puts them on
one page, a row for each combination; by default on that of `resources/screenshots`.
"""

import argparse
import itertools
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scenes import Looks
from screenshots import ROOT

SCALES = ("1", "1.5", "2")
THEMES = ("light", "dark", "contrast-light", "contrast-dark")
SIZES = ("1280x800", "2560x1440")
SHEET = ROOT / "resources" / "screenshots" / "looks.jpg"
ON_SHEET = ("welcome-page", "example-canvas", "example-palette", "many-overview",
            "inspector-types", "letters-edit")  # fmt: skip
ROWS = (
    *itertools.product(SCALES, ("light", "dark"), ("1280x800",)),
    ("1", "contrast-light", "1280x800"),
    ("1", "contrast-dark", "1280x800"),
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
