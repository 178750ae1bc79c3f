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
    """Show the window with the file until a key has reached it."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from summit_studio.app.shell.starting import make_application, make_window

    app = make_application(sys.argv[:1])
    window = make_window()
    window.wait_for(file)
    window.show()
    while window.page is None or not window.page.session.document.nodes:
        app.processEvents()
    window.page.canvas.grab()
    QTest.keyClick(window.page.canvas, Qt.Key.Key_Tab)
    app.processEvents()
    # What a person waits for has come; to end the checks that began is nobody's start.
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        save(snake(NODES), Path(sys.argv[2]))
    else:
        open_editor(Path(sys.argv[1]))
