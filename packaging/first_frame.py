"""Open the installed editor on a file, close it once it has drawn it, and return its exit code.

Usage: python -I first_frame.py FILE
Imports nothing of the checkout: it is run by the environment whose editor is to be tried.
"""

import sys
from importlib.metadata import entry_points

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

COLOURS = 16
"""An empty window has fewer; a canvas with cards has more."""


def main() -> int:
    """Start the editor as its command does, with a timer that closes it."""
    app = QApplication(sys.argv[:1])
    timer = QTimer(interval=50)
    timer.timeout.connect(lambda: [leave(window) for window in app.topLevelWidgets()])
    timer.start()
    (command,) = entry_points(group="gui_scripts", name="summit-studio")
    code: int = command.load()(sys.argv[1:])
    return code


def leave(window: QWidget) -> None:
    """Close the editor's window once its canvas shows the file."""
    page = getattr(window, "page", None)
    if page is None or not window.isVisible() or not page.session.document.nodes:
        return
    window.grab()
    if len(colours(page.canvas.grab().toImage())) > COLOURS:
        window.close()


def colours(picture: QImage) -> set[int]:
    """Return the different colours of every eighth pixel."""
    across, down = range(0, picture.width(), 8), range(0, picture.height(), 8)
    return {picture.pixel(x, y) for x in across for y in down}


if __name__ == "__main__":
    sys.exit(main())
