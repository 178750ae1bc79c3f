"""Opens the editor on a file, waits for its first frame and first key, and leaves at once.

Usage: python -m tests.benchmarks.editor_probe FILE | --make FILE
"""

import os
import sys
from pathlib import Path

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Layout, Node

COLUMNS = 40
NODES = 1000


def snake(count: int) -> Document:
    """Return a chain of `count` nodes laid out as a snake."""
    nodes = {"n0": Node("n0", "sample_source", {"kind": "orders", "rows": 100})}
    for number in range(1, count):
        node = Node(f"n{number}", "sort", {"columns": [{"column": "order_id"}]})
        nodes[node.id] = node
    edges = tuple(Edge.parse(f"n{i}.rows -> n{i + 1}.rows") for i in range(count - 1))
    places = {f"n{i}": (i % COLUMNS * 280, i // COLUMNS * 128) for i in range(count)}
    return Document("snake", nodes=nodes, edges=edges, layout=Layout(nodes=places))


def open_editor(file: Path) -> None:
    """Open the file by the editor's own command until a key has reached the canvas."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from summit_studio.app.main import main

    app = QApplication(sys.argv[:1])

    def press() -> None:
        for window in app.topLevelWidgets():
            page = getattr(window, "page", None)
            if page is not None and window.isVisible() and page.session.document.nodes:
                page.canvas.grab()
                QTest.keyClick(page.canvas, Qt.Key.Key_Tab)
                app.processEvents()
                # What a person waits for has come; to end the checks that began is nobody's start.
                os._exit(0)

    timer = QTimer(interval=5)
    timer.timeout.connect(press)
    timer.start()
    sys.exit(main([str(file)]))


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        save(snake(NODES), Path(sys.argv[2]))
    else:
        open_editor(Path(sys.argv[1]))
