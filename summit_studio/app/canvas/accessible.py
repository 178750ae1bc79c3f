"""The canvas for those who do not see it: nodes, ports and edges by name, role and state.

Nothing here is made before a screen reader, or a test, asks for it.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QApplication

from summit_studio.app.canvas.face import NodeLive, NodeState
from summit_studio.app.canvas.geometry import bounds
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.workbench import Workbench
from summit_studio.app.look.words import mark, tr
from summit_studio.core.problems import Severity
from summit_studio.document.model import Edge

_INSTALLED = "canvas-is-accessible"
_PORT = 12
_PROBLEMS = {
    Severity.ERROR: mark("has an error"),
    Severity.WARNING: mark("has a warning"),
    Severity.INFO: mark("has a hint"),
}

P = TypeVar("P", bound="Part")


def make_canvas_accessible(app: QApplication) -> None:
    """Let screen readers see into every canvas of an application, from now on."""
    if app.property(_INSTALLED) is None:
        app.setProperty(_INSTALLED, True)
        QAccessible.installFactory(_made_for)


def _made_for(key: str, target: QObject) -> QAccessibleInterface | None:
    del key
    return Reading(target).canvas if isinstance(target, Workbench) else None


class Reading(QObject):
    """Keeps what is told of one canvas as long as the canvas lives, and tells what changes.

    Args:
        view: The canvas.
    """

    def __init__(self, view: Workbench) -> None:
        super().__init__(view)
        self.canvas: CanvasAccess | None = CanvasAccess(view)
        self._document = view.scene().document
        view.view_changed.connect(self._look)
        view.scene().selection_changed.connect(self._tell_chosen)
        view.destroyed.connect(self._end)

    @Slot()
    def _look(self) -> None:
        """Forget what the document no longer holds."""
        canvas = self.canvas
        if canvas is None or canvas.document is self._document:
            return
        self._document = canvas.document
        canvas.prune()
        if QAccessible.isActive():
            event = QAccessibleEvent(canvas.view, QAccessible.Event.ObjectReorder)
            QAccessible.updateAccessibility(event)

    @Slot(object)
    def _tell_chosen(self, _selection: object) -> None:
        """Say that the reader is on what was selected last."""
        canvas = self.canvas
        if canvas is None or not QAccessible.isActive() or not canvas.view.hasFocus():
            return
        chosen = canvas.focusChild()
        if chosen is not None:
            event = QAccessibleEvent(canvas.view, QAccessible.Event.Focus)
            event.setChild(canvas.indexOfChild(chosen))
            QAccessible.updateAccessibility(event)

    @Slot()
    def _end(self) -> None:
        # In this order: Qt's registry must not keep what Python lets go.
        if self.canvas is not None:
            self.canvas.forget()
        self.canvas = None


class CanvasAccess(QAccessibleWidget):
    """The canvas: its children are the nodes, then the edges, then what widgets lie on it."""

    def __init__(self, view: Workbench) -> None:
        super().__init__(view, QAccessible.Role.Canvas, tr("Canvas"))
        self.view = view
        self._parts: dict[Hashable, Part] = {}

    @property
    def document(self) -> Any:
        """The document shown."""
        return self.view.scene().document

    @property
    def shown(self) -> Any:
        """The items of the scene."""
        return self.view.scene().shown

    def part(self, key: Hashable, made: Callable[[], P]) -> P:
        """Return the part of a key, made and registered where it is asked for first."""
        known = self._parts.get(key)
        if known is None:
            known = self._parts[key] = made()
            QAccessible.registerAccessibleInterface(known)
        return known  # type: ignore[return-value]

    def node(self, node_id: str) -> "NodePart":
        """Return what stands for a node."""
        return self.part(node_id, lambda: NodePart(self, node_id))

    def edge(self, edge: Edge) -> "EdgePart":
        """Return what stands for an edge."""
        return self.part(edge, lambda: EdgePart(self, edge))

    def prune(self) -> None:
        """Forget the parts of what is no longer shown."""
        self._drop([key for key, part in self._parts.items() if not part.isValid()])

    def forget(self) -> None:
        """Forget every part: the canvas goes."""
        self._drop(list(self._parts))

    def _drop(self, keys: Sequence[Hashable]) -> None:
        for key in keys:
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(self._parts[key]))
            del self._parts[key]

    def _keys(self) -> list[str | Edge]:
        return [*self.shown.nodes, *self.shown.edges]

    def _widgets(self) -> list[QAccessibleInterface]:
        """Return the widgets that lie on the canvas, without what scrolls it."""
        below = [super(CanvasAccess, self).child(i) for i in range(super().childCount())]
        return [b for b in below if not b.object().objectName().startswith("qt_scrollarea")]

    def childCount(self) -> int:
        """Return how many nodes, edges and widgets there are."""
        return len(self._keys()) + len(self._widgets())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return one of them."""
        keys = self._keys()
        if not 0 <= index < len(keys):
            widgets = self._widgets()
            at = index - len(keys)
            return widgets[at] if 0 <= at < len(widgets) else None
        key = keys[index]
        return self.edge(key) if isinstance(key, Edge) else self.node(key)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of a child, -1 for none of them."""
        keys = self._keys()
        if isinstance(child, NodePart | EdgePart):
            return keys.index(child.key) if child.key in keys else -1
        objects = [w.object() for w in self._widgets()]
        return len(keys) + objects.index(child.object()) if child.object() in objects else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return what lies at a place of the screen."""
        spot = self.view.viewport().mapFromGlobal(QPoint(x, y))
        found = self.view.scene().hit(*self.view.mapToScene(spot).toTuple())
        if found.node is not None:
            return self.node(found.node.node.id)
        return self.edge(found.edge.edge) if found.edge is not None else None

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return what was selected last, while the canvas has the keys."""
        chosen = self.view.scene().selection
        if chosen.nodes:
            return self.node(chosen.nodes[-1])
        edges = chosen.edges or tuple(b.edge for b in chosen.bends)
        return self.edge(edges[-1]) if edges else None

    def text(self, kind: QAccessible.Text) -> str:
        """Say what the canvas holds, and how to go about in it."""
        if kind is QAccessible.Text.Name:
            return tr("Canvas")
        if kind is QAccessible.Text.Description:
            nodes, edges = len(self.shown.nodes), len(self.shown.edges)
            return tr(
                "{nodes}, {edges}. Arrow keys walk along edges, Return opens a node; the outline "
                "lists the pipeline as a tree.",
                nodes=tr("1 node") if nodes == 1 else tr("{count:,} nodes", count=nodes),
                edges=tr("1 edge") if edges == 1 else tr("{count:,} edges", count=edges),
            )
        return ""

    def on_screen(self, box: QRectF) -> QRect:
        """Return where a box of the scene lies on the screen."""
        room = self.view.mapFromScene(box).boundingRect()
        return QRect(self.view.viewport().mapToGlobal(room.topLeft()), room.size())

    def name(self, node_id: str) -> str:
        """Return what a node is called on its card."""
        item = self.shown.nodes.get(node_id)
        return item.face.title if item is not None else node_id


class Part(QAccessibleInterface):
    """Something drawn on the canvas.

    Args:
        canvas: What it is drawn on.
        key: What it is called in the document.
    """

    kind = QAccessible.Role.StaticText

    def __init__(self, canvas: CanvasAccess, key: Any) -> None:
        super().__init__()
        self.canvas = canvas
        self.key = key

    def isValid(self) -> bool:
        """Return True while the document holds it."""
        return self.key in self.canvas.shown.nodes

    def object(self) -> QObject | None:  # type: ignore[override]
        """Return nothing: it is no QObject."""
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        """Return the window of the canvas."""
        return self.canvas.window()

    def parent(self) -> QAccessibleInterface:
        """Return the canvas."""
        return self.canvas

    def childCount(self) -> int:
        """Return how many parts of its own it has."""
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return one of its own parts."""
        del index
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the part at a place of the screen."""
        below = (self.child(i) for i in range(self.childCount()))
        return next((c for c in below if c is not None and c.rect().contains(x, y)), None)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of one of its parts, -1 for none of them."""
        del child
        return -1

    def role(self) -> QAccessible.Role:
        """Return what kind of thing it is."""
        return self.kind

    def rect(self) -> QRect:
        """Return where it is on the screen."""
        return self.canvas.on_screen(self.box()) if self.isValid() else QRect()

    def text(self, kind: QAccessible.Text) -> str:
        """Return its name, or what there is to say of it."""
        if not self.isValid():
            return ""
        if kind is QAccessible.Text.Name:
            return self.name()
        return self.description() if kind is QAccessible.Text.Description else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Do nothing: names are changed in the document."""

    def state(self) -> QAccessible.State:
        """Return whether it is seen."""
        state = QAccessible.State()
        view = self.canvas.view.viewport()
        seen = QRect(view.mapToGlobal(view.rect().topLeft()), view.size())
        state.offscreen = not self.rect().intersects(seen)
        return state

    def box(self) -> QRectF:
        """Return where it is in the scene."""
        raise NotImplementedError

    def name(self) -> str:
        """Return what it is called."""
        raise NotImplementedError

    def description(self) -> str:
        """Return what else there is to say of it."""
        raise NotImplementedError


class _Chosen(Part):
    """A part that can be selected."""

    kind = QAccessible.Role.ListItem

    def chosen(self) -> bool:
        """Return True if it is selected."""
        raise NotImplementedError

    def state(self) -> QAccessible.State:
        """Return whether it is seen, selected, and where the keys go."""
        state = super().state()
        state.selectable = state.focusable = state.multiSelectable = True
        state.selected = self.chosen()
        focused = self.canvas.view.hasFocus() and self.canvas.focusChild() is self
        state.focused = state.active = focused
        return state


class NodePart(_Chosen):
    """A node; its ports are its children."""

    @property
    def item(self) -> NodeItem:
        """How it is drawn."""
        item: NodeItem = self.canvas.shown.nodes[self.key]
        return item

    def _ports(self) -> list[tuple[str, bool]]:
        face = self.item.face
        inputs = [(p.name, False) for p in face.inputs]
        return [*inputs, *((p.name, True) for p in face.outputs)]

    def childCount(self) -> int:
        """Return how many ports it has."""
        return len(self._ports()) if self.isValid() else 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return a port: the inputs first, then the outputs."""
        if not 0 <= index < self.childCount():
            return None
        key = (self.key, *self._ports()[index])
        return self.canvas.part(key, lambda: PortPart(self.canvas, key))

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of a port."""
        port = child.key[1:] if isinstance(child, PortPart) else None
        ports = self._ports() if self.isValid() else []
        return ports.index(port) if port in ports else -1

    def box(self) -> QRectF:
        """Return its card."""
        return self.item.frame

    def chosen(self) -> bool:
        """Return True if it is selected."""
        return self.item.selected

    def name(self) -> str:
        """Return its title, and what it does in a few words."""
        return ", ".join(filter(None, (self.item.face.title, self.item.face.summary)))

    def description(self) -> str:
        """Return its kind, how it stands in a run and with the checks, and what it is joined to."""
        item, document = self.item, self.canvas.document
        fed = dict.fromkeys(e.source.node for e in document.edges_into(self.key))
        feeds = dict.fromkeys(e.target.node for e in document.edges_from(self.key))
        names = self.canvas.name
        parts = (
            item.face.category if item.face.known else tr("not installed"),
            tr(_PROBLEMS[item.severity]) if item.severity is not None else "",
            _stands(item.live),
            _letters(item.dead_letters),
            tr("fed by {listed}", listed=_listed([names(i) for i in fed])) if fed else "",
            tr("feeds {listed}", listed=_listed([names(i) for i in feeds])) if feeds else "",
        )
        return "; ".join(filter(None, parts))


class PortPart(Part):
    """A port of a node: its key is the node's id, its name, and whether it is an output."""

    def isValid(self) -> bool:
        """Return True while the node has it."""
        node_id, name, output = self.key
        item = self.canvas.shown.nodes.get(node_id)
        return item is not None and item.face.port(name, output=output) is not None

    def parent(self) -> QAccessibleInterface:
        """Return its node."""
        return self.canvas.node(self.key[0])

    def box(self) -> QRectF:
        """Return the place where edges end."""
        node_id, name, output = self.key
        x, y = self.canvas.shown.nodes[node_id].port_place(name, output=output)
        return QRectF(x - _PORT / 2, y - _PORT / 2, _PORT, _PORT)

    def name(self) -> str:
        """Return its side and name."""
        return f"{'output' if self.key[2] else 'input'} {self.key[1]}"

    def description(self) -> str:
        """Return where its edges lead."""
        node_id, name, output = self.key
        document = self.canvas.document
        if output:
            ends = [e.target for e in document.edges_from(node_id, name)]
        else:
            ends = [e.source for e in document.edges_into(node_id, name)]
        if ends:
            listed = _listed([f"{self.canvas.name(end.node)}, {end.port}" for end in ends])
            return f"{'to' if output else 'from'} {listed}"
        port = self.canvas.shown.nodes[node_id].face.port(name, output=output)
        return tr("not connected, but required") if port and port.required else tr("not connected")


class EdgePart(_Chosen):
    """An edge."""

    def isValid(self) -> bool:
        """Return True while the document holds it."""
        return self.key in self.canvas.shown.edges

    def box(self) -> QRectF:
        """Return what it runs through."""
        return QRectF(*bounds(self.canvas.shown.edges[self.key].curve))

    def chosen(self) -> bool:
        """Return True if it is selected."""
        return bool(self.canvas.shown.edges[self.key].selected)

    def name(self) -> str:
        """Return both its ends."""
        start, end = self.key.source, self.key.target
        names = self.canvas.name
        return tr(
            "Edge from {names}, {port}, to {names_2}, {port_2}",
            names=names(start.node),
            port=start.port,
            names_2=names(end.node),
            port_2=end.port,
        )

    def description(self) -> str:
        """Return how many rows went along it in the run at hand."""
        count = self.canvas.shown.edges[self.key].count
        if count is None:
            return ""
        return tr("1 row") if count == 1 else tr("{count:,} rows", count=count)


def _stands(live: NodeLive | None) -> str:
    """Return how a node stands in a run, with its counts; empty where none ran it."""
    if live is None or live.state is NodeState.IDLE:
        return ""
    counts = tr(
        "{rows_in:,} rows in, {rows_out:,} out", rows_in=live.rows_in, rows_out=live.rows_out
    )
    rejected = tr(", {rejected:,} rejected", rejected=live.rejected) if live.rejected else ""
    return f"{live.state.value}: {counts}{rejected}"


def _letters(count: int) -> str:
    if not count:
        return ""
    return tr("1 dead letter") if count == 1 else tr("{count:,} dead letters", count=count)


def _listed(names: Sequence[str]) -> str:
    return tr(" and ").join(filter(None, (", ".join(names[:-1]), *names[-1:])))
