"""One canvas in a process of its own: prints its figures as JSON, or `shown` when it stands.

Usage: python -m tests.benchmarks.beside_probe NAME SIZE FRAMES | NAME --start

The peers run where the project is not installed, so each adapter imports what it needs itself.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.frames import DRAGGED, STEP_X, STEP_Y, draw, moves_of, place, series

TEXTS = slice(320, 520)
SMALL = 10
BINDINGS = {"orange-canvas-core": "pyqt6"}


class Peer:
    """A canvas that is a QGraphicsView, driven by Qt's own means; nodes move without a mouse."""

    view: Any
    window: Any
    items: Any

    def look(self, zoom: float | None) -> None:
        self.view.resetTransform()
        if zoom is None:
            self.view.fitInView(self.items.itemsBoundingRect(), self.keep)
        else:
            self.view.scale(zoom, zoom)
            self.view.centerOn(20 * STEP_X, 10 * STEP_Y)

    @property
    def keep(self) -> Any:
        from qtpy.QtCore import Qt

        return Qt.AspectRatioMode.KeepAspectRatio

    def pan_by(self, dx: int, dy: int) -> None:
        across, down = self.view.horizontalScrollBar(), self.view.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)

    def zoom_at(self, zoom: float) -> None:
        self.view.resetTransform()
        self.view.scale(zoom, zoom)

    def press(self) -> None:
        """Nothing to press: `drag_to` moves the node."""

    def drag_to(self, dx: int, dy: int) -> None:
        x, y = place(DRAGGED)
        self.move(x + dx, y + dy)

    def release(self) -> None:
        self.move(*place(DRAGGED))

    def move(self, x: int, y: int) -> None:
        raise NotImplementedError

    def show_texts(self, step: int) -> None:
        raise NotImplementedError


class NodeGraphQt(Peer):
    """NodeGraphQt by PySide6; its view pans and zooms by a rectangle of its own."""

    def __init__(self, size: int) -> None:
        from NodeGraphQt import BaseNode, NodeGraph

        class Filter(BaseNode):
            __identifier__ = "beside"
            NODE_NAME = "Filter"

            def __init__(self) -> None:
                super().__init__()
                self.add_input("rows")
                self.add_output("rows")

        self.graph = NodeGraph()
        self.graph.register_node(Filter)
        self.nodes = [
            self.graph.create_node(
                "beside.Filter", name=f"Node n{i}", pos=list(place(i)),
                selected=False, push_undo=False,
            )
            for i in range(size)
        ]  # fmt: skip
        for a, b in itertools.pairwise(self.nodes):
            a.output(0).connect_to(b.input(0), push_undo=False)
        self.view, self.window = self.graph.viewer(), self.graph.widget
        self.items = self.view.scene()

    def look(self, zoom: float | None) -> None:
        from Qt.QtCore import QRectF

        if zoom is None:
            self.view._scene_range = self.items.itemsBoundingRect()
        else:
            wide, high = self.view.width() / zoom, self.view.height() / zoom
            left, top = 20 * STEP_X - wide / 2, 10 * STEP_Y - high / 2
            self.view._scene_range = QRectF(left, top, wide, high)
        self.view._update_scene()

    def pan_by(self, dx: int, dy: int) -> None:
        scale = self.view.transform().m11()
        self.view._set_viewer_pan(dx / scale, dy / scale)

    def zoom_at(self, zoom: float) -> None:
        self.look(zoom)

    def move(self, x: int, y: int) -> None:
        self.nodes[DRAGGED].view.setPos(x, y)

    def show_texts(self, step: int) -> None:
        for node in self.nodes[TEXTS]:
            node.view.name = f"{1_000_000 + 977 * step}"


class QtPyNodeEditor(Peer):
    """qtpynodeeditor by PySide6; a caption is an attribute that the painter reads."""

    def __init__(self, size: int) -> None:
        import qtpynodeeditor as library
        from qtpy.QtCore import QPointF

        rows = library.NodeDataType("rows", "rows")

        class Filter(library.NodeDataModel):
            name, caption, data_type = "filter", "Filter", rows
            num_ports = {"input": 1, "output": 1}

            def out_data(self, _port: int) -> None:
                return None

            def set_in_data(self, _data: Any, _port: Any) -> None:
                """There are no data."""

            def embedded_widget(self) -> None:
                return None

        registry = library.DataModelRegistry()
        registry.register_model(Filter, category="beside")
        self.items = library.FlowScene(registry=registry)
        self.view = self.window = library.FlowView(self.items)
        self.nodes = [self.items.create_node(Filter) for _ in range(size)]
        for number, node in enumerate(self.nodes):
            node.graphics_object.setPos(QPointF(*place(number)))
        for a, b in itertools.pairwise(self.nodes):
            self.items.create_connection(a["output"][0], b["input"][0])

    def move(self, x: int, y: int) -> None:
        from qtpy.QtCore import QPointF

        self.nodes[DRAGGED].graphics_object.setPos(QPointF(x, y))

    def show_texts(self, step: int) -> None:
        for node in self.nodes[TEXTS]:
            node.model.caption = f"{1_000_000 + 977 * step}"
            node.graphics_object.update()


class OrangeCanvas(Peer):
    """orange-canvas-core by PyQt6; nodes move and change their title in its model."""

    def __init__(self, size: int) -> None:
        from orangecanvas import registry as kinds
        from orangecanvas.document.schemeedit import SchemeEditWidget
        from orangecanvas.scheme import Scheme, SchemeLink, SchemeNode

        kind = kinds.WidgetDescription(
            name="Filter", id="filter", qualified_name="orangecanvas.scheme.Scheme",
            category="Data",
            inputs=[kinds.InputSignal("rows", "builtins.object", "set")],
            outputs=[kinds.OutputSignal("rows", "builtins.object")],
        )  # fmt: skip
        registry = kinds.WidgetRegistry()
        registry.register_category(kinds.CategoryDescription("Data"))
        registry.register_widget(kind)
        self.scheme = Scheme()
        self.nodes = [SchemeNode(kind, title=f"Node n{i}", position=place(i)) for i in range(size)]
        for node in self.nodes:
            self.scheme.add_node(node)
        for a, b in itertools.pairwise(self.nodes):
            self.scheme.add_link(SchemeLink(a, "rows", b, "rows"))
        self.window = SchemeEditWidget()
        self.window.setRegistry(registry)
        self.window.setScheme(self.scheme)
        self.view, self.items = self.window.view(), self.window.scene()

    def move(self, x: int, y: int) -> None:
        self.nodes[DRAGGED].position = (x, y)

    def show_texts(self, step: int) -> None:
        for node in self.nodes[TEXTS]:
            node.title = f"{1_000_000 + 977 * step}"


PEERS: dict[str, Callable[[int], Peer]] = {
    "NodeGraphQt": NodeGraphQt,
    "qtpynodeeditor": QtPyNodeEditor,
    "orange-canvas-core": OrangeCanvas,
}


def application() -> Any:
    """Return the application of the binding that `QT_API` names."""
    from qtpy.QtWidgets import QApplication

    return QApplication([])


def peer(name: str, size: int) -> tuple[Any, Any, float]:
    """Return the application, a peer's canvas, and the milliseconds to load and show it."""
    app = application()
    start = time.perf_counter()
    view = PEERS[name](size)
    view.window.resize(1600, 900)
    view.window.show()
    if name != "NodeGraphQt":  # It keeps a rectangle of its own.
        # As in the plain view: room to pan in where all nodes are in view.
        view.view.setSceneRect(-50_000, -50_000, 100_000, 100_000)
    view.look(None)
    draw(app)
    return app, view, (time.perf_counter() - start) * 1000


def own(name: str, size: int) -> tuple[Any, Any, float]:
    """Return the application, our canvas or the plain one, and its milliseconds."""
    from PySide6.QtWidgets import QApplication

    from tests.benchmarks import canvas

    app = QApplication([])
    made, load = {"ours": canvas.ours, "proto": canvas.proto}[name](app, size)
    made.show_texts = {"ours": _our_texts, "proto": _plain_texts}[name](made)
    return app, made, load


def _our_texts(view: Any) -> Callable[[int], None]:
    from summit_studio.app.canvas.face import NodeLive, NodeState

    ids = list(view.scene().document.nodes)[TEXTS]

    def show(step: int) -> None:
        rows = 1_000_000 + 977 * step
        view.scene().set_live({}, dict.fromkeys(ids, NodeLive(NodeState.RUNNING, rows, rows, 0)))

    return show


def _plain_texts(view: Any) -> Callable[[int], None]:
    def show(step: int) -> None:
        for item in view.nodes[TEXTS]:
            item.count = 1_000_000 + 977 * step
            item.update()

    return show


def measured(name: str, size: int, count: int) -> dict[str, list[float]]:
    """Return the milliseconds of loading and of every frame of a canvas."""
    app, view, load = (peer if name in PEERS else own)(name, size)
    frames = moves_of(app, view, count)
    return {"load": [load], **frames, "texts": series(app, view, view.show_texts, 0.6, count)}


def start(name: str) -> None:
    """Show a window with a few nodes; ours is the whole editor with the example of orders."""
    if name == "ours":
        from summit_studio.app.shell.starting import make_application, make_window
        from summit_studio.core.resources import resource

        app, window = make_application(sys.argv[:1]), make_window()
        window.wait_for(resource("examples/orders/orders.summit.json"))
        window.show()
        while window.page is None or not window.page.session.document.nodes:
            app.processEvents()
        window.page.canvas.grab()
        print("shown", flush=True)
        return
    kept = (peer if name in PEERS else own)(name, SMALL)
    draw(kept[0])
    print("shown", flush=True)


def main(name: str, what: str, count: str = "") -> None:
    """Do what the command line asks, and leave without the time that taking down takes."""
    if name in PEERS:
        api = BINDINGS.get(name, "pyside6")
        os.environ |= {"QT_API": api, "QT_PREFERRED_BINDING": "PySide6"}
    if what == "--start":
        start(name)
    else:
        print(json.dumps(measured(name, int(what), int(count))), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
