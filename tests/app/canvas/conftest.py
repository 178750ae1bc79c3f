"""A canvas on a small pipeline, with faces of its own: no catalogue, no window around it."""

import os
from dataclasses import dataclass

import pytest

if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.canvas.face import NodeFace, PortFace
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.deleting import deletion
from summit_studio.document.model import Document, Edge, Layout, Node, Note

IN = PortFace("rows", "input", required=True)
OUT = PortFace("rows", "output")
REJECTED = PortFace("rejected", "rejected")
FACES = {
    "read": NodeFace("Read", "orders.csv", "source", "csv", (), (OUT, REJECTED)),
    "filter": NodeFace(
        "Filter", "amount > 0", "transform", "filter", (IN,), (PortFace("kept", "output"), REJECTED)
    ),
    "join": NodeFace(
        "Join", "on id", "transform", "join",
        (PortFace("left", "input", required=True), PortFace("right", "input", required=True)),
        (OUT,),
    ),
    "union": NodeFace(
        "Union", "", "transform", "union", (PortFace("rows", "input", many=True),), (OUT,)
    ),
    "write": NodeFace("Write", "out.parquet", "sink", "file-write", (IN,), (), badge="A"),
}  # fmt: skip


class StubFaces:
    """Faces by type; an unknown type has no ports, as one that is not installed."""

    def face(self, node: Node) -> NodeFace:
        return FACES.get(node.type) or NodeFace(node.type, "", "", "unknown", known=False)


def document(nodes: dict[str, tuple[str, int, int]], *edges: str, **notes: str) -> Document:
    """Return a document from `id=(type, x, y)` and edges as text."""
    return Document(
        nodes={i: Node(i, t) for i, (t, _, _) in nodes.items()},
        edges=tuple(map(Edge.parse, edges)),
        notes={i: Note(i, text) for i, text in notes.items()},
        layout=Layout(
            {i: (x, y) for i, (_, x, y) in nodes.items()},
            {i: (0, 400 + 120 * n, 200, 80) for n, i in enumerate(notes)},
        ),
    )


def sample() -> Document:
    """Two sources, a filter, a join and a sink; the join's right side is open."""
    return document(
        {
            "orders": ("read", 0, 0),
            "paid": ("filter", 280, 0),
            "people": ("read", 280, 200),
            "both": ("join", 560, 80),
            "out": ("write", 840, 80),
        },
        "orders.rows -> paid.rows",
        "paid.kept -> both.left",
        "both.rows -> out.rows",
        remark="Dirty on purpose",
    )


@dataclass
class Canvas:
    """A view and its bridge, driven by real events."""

    bridge: Bridge
    view: CanvasView

    @property
    def document(self) -> Document:
        return self.bridge.document

    @property
    def edges(self) -> list[str]:
        return [str(e) for e in self.document.edges]

    @property
    def scene(self):
        return self.view.scene()

    def at(self, x: float, y: float) -> QPoint:
        return self.view.mapFromScene(QPointF(x, y))

    def node(self, node_id: str) -> QPoint:
        """Where to press a node: its title, off its ports."""
        item = self.scene.shown.nodes[node_id]
        return self.at(item.left + 100, item.top + 20)

    def port(self, node_id: str, name: str, *, output: bool) -> QPoint:
        return self.at(*self.scene.shown.nodes[node_id].port_place(name, output=output))

    def delete(self, *, heal: bool = True) -> None:
        """Delete what is selected, as the action does."""
        edit = deletion(self.document, self.scene.selection, heal=heal)
        if edit is not None:
            self.view.commit(edit)

    def press(self, spot, modifiers=Qt.KeyboardModifier.NoModifier, button=None):
        button = button or Qt.MouseButton.LeftButton
        QTest.mousePress(self.view.viewport(), button, modifiers, spot)

    def move(self, spot):
        QTest.mouseMove(self.view.viewport(), spot)
        QApplication.processEvents()

    def release(self, spot, modifiers=Qt.KeyboardModifier.NoModifier, button=None):
        button = button or Qt.MouseButton.LeftButton
        QTest.mouseRelease(self.view.viewport(), button, modifiers, spot)
        QApplication.processEvents()

    def click(self, spot, modifiers=Qt.KeyboardModifier.NoModifier):
        self.press(spot, modifiers)
        self.release(spot, modifiers)

    def drag(self, start, end, modifiers=Qt.KeyboardModifier.NoModifier, button=None):
        self.press(start, modifiers, button)
        for share in (0.1, 0.5, 1.0):
            self.move(start + (end - start) * share)
        self.release(end, modifiers, button)

    def key(self, key, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.view, key, modifiers)
        QApplication.processEvents()

    def settle(self):
        for _ in range(3):
            QApplication.processEvents()


@pytest.fixture
def make_canvas(qtbot):
    """Return a function that shows a document on a canvas of 1200 by 700 pixels."""

    def make(shown: Document) -> Canvas:
        bridge = Bridge(shown)
        view = CanvasView(bridge, StubFaces(), Theme.light())
        qtbot.addWidget(view)
        view.resize(1200, 700)
        view.show()
        view.centerOn(500, 150)
        view.setFocus()
        canvas = Canvas(bridge, view)
        canvas.settle()
        return canvas

    return make


@pytest.fixture
def canvas(make_canvas) -> Canvas:
    """The sample pipeline on a canvas."""
    return make_canvas(sample())
