"""The canvas (P10): ours beside a plain QGraphicsView, in one process, in alternating rounds.

Both draw the same chain of nodes in a snake of 40 columns at 1600 by 900 pixels.
"""

import argparse
import itertools
import os
import statistics
import time

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsScene, QGraphicsView

from summit_studio.app.canvas.face import NodeFace, NodeLive, NodeState, PortFace
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.shell.garbage import GarbageCollector
from summit_studio.document.model import Document, Edge, Layout, Node, PortRef
from tests.benchmarks.frames import DRAGGED, STEP_X, STEP_Y, draw, frames_of, percentile_99, place

ROUNDS = 5
SIZES = (1_000, 5_000)
GOAL_MS = {1_000: 16.0, 5_000: 33.0}


def run(args: argparse.Namespace | None = None) -> list[dict]:
    """Return one dict a case; `sizes` and `rounds` of `args` may ask for fewer."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    # As the editor does it; without, the first frame that comes along has to.
    collector = GarbageCollector()
    collector.start()
    sizes = getattr(args, "sizes", None) or SIZES
    rounds = getattr(args, "rounds", None) or ROUNDS
    results = []
    for size in sizes:
        results += _size(app, size, rounds)
    collector.stop()
    return results


def _size(app, size: int, rounds: int) -> list[dict]:
    loads: dict[str, list[float]] = {"ours": [], "proto": []}
    frames: dict[str, dict[str, list[float]]] = {}
    # The first round warms caches and fonts, and does not count.
    for number in range(rounds + 1):
        for name, make in (("ours", ours), ("proto", proto)):
            view, load = make(app, size)
            if number:
                loads[name].append(load)
            for case, times in frames_of(app, view).items():
                if number:
                    frames.setdefault(case, {}).setdefault(name, []).extend(times)
            view.close()
            view.deleteLater()
            app.processEvents()
    results = [_result(f"canvas/load-{size}", loads, goal=None)]
    for case, by_name in frames.items():
        results.append(_result(f"canvas/{case}-{size}", by_name, goal=GOAL_MS.get(size)))
    return results


def _result(case: str, times: dict[str, list[float]], goal: float | None) -> dict:
    mine, theirs = statistics.median(times["ours"]), statistics.median(times["proto"])
    result = {
        "case": case,
        "ratio": round(mine / theirs, 3),
        "ours_ms": round(mine, 2),
        "limit_ms": round(theirs, 2),
        "p99_ms": round(percentile_99(times["ours"]), 2),
        "limit_p99_ms": round(percentile_99(times["proto"]), 2),
    }
    return result if goal is None else result | {"goal_p99_ms": goal}


class Faces:
    """Faces made anew at every call, as a catalogue would."""

    ports_in = (PortFace("rows", "input", required=True),)
    ports_out = (PortFace("rows", "output"),)

    def face(self, node: Node) -> NodeFace:
        summary = "status <> 'cancelled'"
        title = f"Node {node.id}"
        return NodeFace(title, summary, "transform", "filter", self.ports_in, self.ports_out)


class OurView(CanvasView):
    """Ours, driven as a person would: dragging goes through real mouse events."""

    def look(self, zoom: float | None) -> None:
        if zoom is None:
            self.zoom_to_fit()
        else:
            self.set_zoom(zoom)
            self.centerOn(20 * STEP_X, 10 * STEP_Y)

    def pan_by(self, dx: int, dy: int) -> None:
        self.pan(dx, dy)

    def zoom_at(self, zoom: float) -> None:
        self.set_zoom(zoom)

    def press(self) -> None:
        item = self.scene().shown.nodes[f"n{DRAGGED}"]
        self.pressed = self.mapFromScene(QPointF(*item.middle))
        QTest.mousePress(self.viewport(), Qt.MouseButton.LeftButton, pos=self.pressed)

    def drag_to(self, dx: int, dy: int) -> None:
        QTest.mouseMove(self.viewport(), self.pressed + QPoint(dx, dy))

    def release(self) -> None:
        QTest.keyClick(self, Qt.Key.Key_Escape)
        QTest.mouseRelease(self.viewport(), Qt.MouseButton.LeftButton, pos=self.pressed)

    def show_counts(self, step: int) -> None:
        document = self.scene().document
        counts = dict.fromkeys(document.edges, 1_000_000 + 977 * step)
        live = NodeLive(NodeState.RUNNING, 1_000 * step, 1_000 * step, 0)
        self.scene().set_live(counts, dict.fromkeys(document.nodes, live))


def ours(app, size: int) -> tuple[OurView, float]:
    """Return our view of a chain, and the milliseconds it took to load and show it."""
    ids = [f"n{i}" for i in range(size)]
    document = Document(
        nodes={i: Node(i, "filter") for i in ids},
        edges=tuple(
            Edge(PortRef(a, "rows"), PortRef(b, "rows")) for a, b in itertools.pairwise(ids)
        ),
        layout=Layout({i: place(n) for n, i in enumerate(ids)}),
    )
    theme = Theme.light()
    start = time.perf_counter()
    view = OurView(Bridge(document), Faces(), theme)
    return view, _show(app, view, start)


def _show(app, view, start: float) -> float:
    view.resize(1600, 900)
    view.show()
    view.look(None)
    draw(app)
    return (time.perf_counter() - start) * 1000


CARD, ACCENT = QBrush(QColor("white")), QBrush(QColor("#009E73"))
INK, LINE = QPen(QColor("#334155")), QPen(QColor("#64748b"), 2)


class PlainNode(QGraphicsItem):
    """One item a node, with level of detail: what one would write first."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.title, self.edges, self.count = f"Node n{number}", [], None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsMovable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)
        self.setPos(*place(number))

    def boundingRect(self):  # noqa: N802 - Qt's name
        return QRectF(-8, -4, 224, 72)

    def paint(self, painter, option, widget=None):
        if option.levelOfDetailFromTransform(painter.worldTransform()) < 0.6:
            painter.fillRect(QRectF(0, 0, 208, 64), CARD)
            painter.fillRect(QRectF(0, 0, 28, 64), ACCENT)
            return
        painter.setPen(INK)
        painter.setBrush(CARD)
        painter.drawRoundedRect(QRectF(0, 0, 208, 64), 8, 8)
        painter.setBrush(ACCENT)
        painter.drawRoundedRect(QRectF(14, 14, 36, 36), 8, 8)
        painter.drawText(QPointF(60, 28), self.title)
        painter.drawText(QPointF(60, 46), "status <> 'cancelled'")
        painter.drawEllipse(QPointF(0, 32), 5, 5)
        painter.drawEllipse(QPointF(208, 32), 5, 5)
        if self.count is not None:
            painter.drawText(QPointF(150, 60), str(self.count))

    def itemChange(self, change, value):  # noqa: N802 - Qt's name
        if change == QGraphicsItem.GraphicsItemChange.ItemPositionHasChanged:
            for edge in self.edges:
                edge.lay()
        return super().itemChange(change, value)


class PlainEdge(QGraphicsItem):
    """One item an edge."""

    def __init__(self, a: PlainNode, b: PlainNode) -> None:
        super().__init__()
        self.a, self.b, self.path, self.count = a, b, None, None
        a.edges.append(self)
        b.edges.append(self)
        self.setZValue(-1)
        self.lay()

    def lay(self):
        self.prepareGeometryChange()
        p, q = self.a.pos() + QPointF(208, 32), self.b.pos() + QPointF(0, 32)
        self.path = QPainterPath(p)
        self.path.cubicTo(p + QPointF(60, 0), q - QPointF(60, 0), q)
        self.line = QLineF(p, q)

    def boundingRect(self):  # noqa: N802 - Qt's name
        return self.path.controlPointRect().adjusted(-4, -12, 4, 12)

    def paint(self, painter, option, widget=None):
        painter.setPen(LINE)
        if option.levelOfDetailFromTransform(painter.worldTransform()) < 0.6:
            painter.drawLine(self.line)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path)
        if self.count is not None:
            painter.drawText(self.line.center(), str(self.count))


class PlainView(QGraphicsView):
    """The limit: no grid, no ports, no states, and items moved without a mouse."""

    def __init__(self, size: int) -> None:
        scene = QGraphicsScene(-50_000, -50_000, 100_000, 100_000)
        super().__init__(scene)
        scene.setParent(self)
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setHorizontalScrollBarPolicy(off)
        self.setVerticalScrollBarPolicy(off)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.nodes = [PlainNode(i) for i in range(size)]
        self.edges = [PlainEdge(a, b) for a, b in itertools.pairwise(self.nodes)]
        for item in (*self.nodes, *self.edges):
            scene.addItem(item)

    def look(self, zoom: float | None) -> None:
        self.resetTransform()
        if zoom is None:
            box = self.scene().itemsBoundingRect()
            self.fitInView(box, Qt.AspectRatioMode.KeepAspectRatio)
        else:
            self.scale(zoom, zoom)
            self.centerOn(20 * STEP_X, 10 * STEP_Y)

    def pan_by(self, dx: int, dy: int) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)

    def zoom_at(self, zoom: float) -> None:
        self.resetTransform()
        self.scale(zoom, zoom)

    def press(self) -> None:
        self.pressed = self.nodes[DRAGGED].pos()

    def drag_to(self, dx: int, dy: int) -> None:
        self.nodes[DRAGGED].setPos(self.pressed + QPointF(dx, dy))

    def release(self) -> None:
        self.nodes[DRAGGED].setPos(self.pressed)

    def show_counts(self, step: int) -> None:
        for item in (*self.nodes, *self.edges):
            item.count = 1_000_000 + 977 * step
            item.update()


def proto(app, size: int) -> tuple[PlainView, float]:
    """Return the plain view of the same chain, and its milliseconds."""
    start = time.perf_counter()
    view = PlainView(size)
    return view, _show(app, view, start)
