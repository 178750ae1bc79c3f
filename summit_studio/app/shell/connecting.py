"""Connects, reconnects and disconnects by keyboard: a port is chosen, then where the edge ends."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.connecting import Connector, Drawing
from summit_studio.app.canvas.face import NodeFace
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Session
from summit_studio.document.edits import Compound, RemoveEdge
from summit_studio.document.model import Edge, PortRef

_WIDTH = 460
_BELOW = 24
_GIVES_NONE = mark("This node gives none.")


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """A port where an edge may end."""

    connector: Connector
    drawing: Drawing
    port: PortRef


@dataclass(frozen=True, slots=True)
class _Pick:
    """An edge to be selected."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class _Cut:
    """Edges to be removed."""

    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class _New:
    """A node that is not there yet, at the end of an edge."""

    port: PortRef
    forward: bool


class Connecting(QObject):
    """Asks in a popup beside the selected node, and shows on the canvas what is pointed at.

    Args:
        session: What is open.
        canvas: Where it is shown.
        window: What the popup is over.
    """

    def __init__(self, session: Session, canvas: CanvasView, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._canvas = canvas
        self._icons: dict[tuple[str, str], QIcon] = {}
        self.popup = SearchPopup(tr("Connect to"), _WIDTH, window)
        self.popup.chosen.connect(self._chosen)
        self.popup.pointed.connect(self._pointed)
        self.popup.closed.connect(self._closed)

    @Slot()
    def on_connect(self) -> None:
        """Draw an edge from the selected node; of a selected edge, put its end elsewhere.

        Two selected nodes are connected at once, in the order in which they were selected.
        """
        self._begin(forward=True)

    @Slot()
    def on_connect_from(self) -> None:
        """Draw an edge to the selected node; of a selected edge, put its start elsewhere."""
        self._begin(forward=False)

    @Slot()
    def on_pick_edge(self) -> None:
        """Select one of the edges of the selected node."""
        node_id = self._node()
        edges = self._edges_of(node_id) if node_id else []
        if len(edges) == 1:
            self._session.choose(Selection(edges=(edges[0],)))
        elif node_id and edges:
            self._ask(
                tr("Select an edge"), node_id, [self._line(e, _Pick(e), node_id) for e in edges]
            )
        else:
            self._canvas.refuse(tr("No edge touches this node."))

    @Slot()
    def on_disconnect(self) -> None:
        """Remove the selected edges, or one of the selected node."""
        chosen = self._session.selection
        if chosen.edges and not chosen.nodes:
            self._cut(chosen.edges)
            return
        node_id = self._node()
        edges = self._edges_of(node_id) if node_id else []
        if len(edges) == 1:
            self._cut(edges)
        elif node_id and edges:
            lines = [self._line(e, _Cut((e,)), node_id) for e in edges]
            every = Choice(
                (tr("All edges of this node"),),
                _Cut(tuple(edges)),
                tr("{count} edges", count=len(edges)),
            )
            self._ask(tr("Disconnect"), node_id, [*lines, every])
        else:
            self._canvas.refuse(tr("No edge touches this node."))

    def _node(self) -> str | None:
        self._session.bridge.flush()
        nodes = self._session.selection.nodes
        return nodes[-1] if nodes and nodes[-1] in self._canvas.scene().shown.nodes else None

    def _edges_of(self, node_id: str) -> list[Edge]:
        document = self._session.document
        found = [*document.edges_into(node_id), *document.edges_from(node_id)]
        return list(dict.fromkeys(found))

    def _begin(self, *, forward: bool) -> None:
        chosen = self._session.selection
        node_id = self._node()
        if node_id is None and len(chosen.edges) == 1:
            edge = chosen.edges[0]
            fixed = edge.source if forward else edge.target
            self._offer(Drawing(fixed, forward, replacing=edge))
        elif node_id is not None and len(chosen.nodes) == 2:
            pair = chosen.nodes if forward else chosen.nodes[::-1]
            self._join(*pair)
        elif node_id is not None:
            self._from_node(node_id, forward=forward)

    def _join(self, node_id: str, other: str) -> None:
        """Connect the first output of a node to the first input of another that is free."""
        faces = {i: n.face for i, n in self._canvas.scene().shown.nodes.items()}
        output = next(iter(faces[node_id].outputs), None)
        if output is None:
            self._canvas.refuse(tr(_GIVES_NONE))
            return
        connector = Connector(self._session.document, faces, Drawing(PortRef(node_id, output.name)))
        free = connector.port_of(other)
        edit = connector.edit(free) if free is not None else None
        if edit is not None:
            self._canvas.commit(edit)
        else:
            self._canvas.refuse(connector.why_none(other))

    def _from_node(self, node_id: str, *, forward: bool) -> None:
        face = self._canvas.scene().shown.nodes[node_id].face
        ports = face.outputs if forward else face.inputs
        if not ports:
            self._canvas.refuse(tr(_GIVES_NONE) if forward else tr("This node takes no rows."))
            return
        drawings = [Drawing(PortRef(node_id, p.name), forward) for p in ports]
        if len(drawings) == 1:
            self._offer(drawings[0])
            return
        hint = tr("From which port?") if forward else tr("To which port?")
        self._ask(hint, node_id, [self._port_line(d) for d in drawings])

    def _port_line(self, drawing: Drawing) -> Choice:
        """Return the line of a port of the node itself: what it is, and how it stands."""
        ref = drawing.fixed
        node = self._session.document.nodes[ref.node]
        kind = self._session.kind_of(node)
        known = (*kind.output_ports(), *kind.inputs) if kind else ()
        doc = next((p.doc for p in known if p.name == ref.port), "")
        edges = self._session.document.edges
        count = sum(ref in (e.source, e.target) for e in edges)
        note = (
            tr("free")
            if not count
            else tr("1 edge")
            if count == 1
            else tr("{count} edges", count=count)
        )
        picture = self._icon("edge", "")
        return Choice((ref.port, doc), drawing, note, picture, str(ref), doc or " ")

    def _offer(self, drawing: Drawing) -> None:
        """Ask where an edge is to end; only ports where it may are offered, the nearest first."""
        scene = self._canvas.scene()
        faces = {i: n.face for i, n in scene.shown.nodes.items()}
        connector = Connector(self._session.document, faces, drawing)
        ports = [p for p in connector.candidates() if connector.edit(p) is not None]
        fixed = drawing.fixed.node
        if not ports and drawing.replacing is not None:
            self._canvas.refuse(tr("No other node has a port where this edge could end."))
            return
        ports.sort(key=lambda p: (connector.replaces(p), self._distance(fixed, p.node)))
        title = self._session.title_of(fixed)
        way = f"{title}: {drawing.fixed.port}" if drawing.forward else title
        hint = (
            tr("Connect {way} to…", way=way)
            if drawing.forward
            else tr("Connect {way} from…", way=way)
        )
        ends = [_End(connector, drawing, p) for p in ports]
        names = Counter((faces[p.node].title, faces[p.node].summary) for p in ports)
        lines = [self._end_line(e, faces[e.port.node], names) for e in ends]
        if drawing.replacing is None:
            lines.append(self._new_line(drawing))
        self._ask(hint, fixed, lines)
        scene.light(ports, outputs=not drawing.forward, held=fixed)
        scene.hide_edge(drawing.replacing)

    def _end_line(self, end: _End, face: NodeFace, names: Counter[tuple[str, str]]) -> Choice:
        ports = face.inputs if end.drawing.forward else face.outputs
        title = f"{face.title}: {end.port.port}" if len(ports) > 1 else face.title
        note = tr("takes the place of an edge") if end.connector.replaces(end.port) else ""
        if names[face.title, face.summary] > len(ports):
            note = end.port.node  # Nothing else tells it from its likes.
        return Choice(
            (title, end.port.node, face.summary, end.port.port),
            end,
            note,
            self._icon(face.icon, face.category),
            str(end.port),
            face.summary or " ",
        )

    def _new_line(self, drawing: Drawing) -> Choice:
        """Return the line of a node that is yet to be added."""
        new = _New(drawing.fixed, drawing.forward)
        way = tr("at the end of the edge") if drawing.forward else tr("at the start of the edge")
        return Choice((tr("A new node…"), "add"), new, "", self._icon("add", ""), "", way)

    def _distance(self, node_id: str, other: str) -> float:
        shown = self._canvas.scene().shown.nodes
        (x1, y1), (x2, y2) = shown[node_id].middle, shown[other].middle
        return hypot(x2 - x1, y2 - y1)

    def _line(self, edge: Edge, value: object, node_id: str) -> Choice:
        """Return the line of an edge as it is seen from one of its nodes."""
        out = edge.source.node == node_id
        mine, other = (edge.source, edge.target) if out else (edge.target, edge.source)
        face = self._canvas.scene().shown.nodes[other.node].face
        title = f"{mine.port} → {face.title}" if out else f"{face.title} → {mine.port}"
        texts, picture = (title, other.node, face.summary), self._icon(face.icon, face.category)
        return Choice(texts, value, "", picture, str(edge), face.summary or " ")

    def _icon(self, name: str, category: str) -> QIcon:
        """Return an icon; of thousands of lines a few differ."""
        colour = category_colour(self._session.theme, category)
        if (name, colour) not in self._icons:
            self._icons[name, colour] = icon(name, colour)
        return self._icons[name, colour]

    def _ask(self, hint: str, node_id: str, choices: Sequence[Choice]) -> None:
        item = self._canvas.scene().shown.nodes[node_id]
        # Below the card: what it may be connected to stands at its sides.
        spot = self._canvas.mapFromScene(item.left, item.top + item.card.height + _BELOW)
        view = self._canvas.viewport()
        if not view.rect().contains(spot):
            spot = view.rect().center() - QPoint(_WIDTH // 2, 200)
        self.popup.line.setPlaceholderText(hint)
        self.popup.line.setAccessibleName(hint)
        self.popup.open_at(view.mapToGlobal(spot), lambda: choices)

    @Slot(object)
    def _pointed(self, value: object) -> None:
        """Show on the canvas what the line at hand stands for."""
        scene = self._canvas.scene()
        if isinstance(value, _End):
            held, forward = value.drawing.fixed, value.drawing.forward
            start = scene.spot_of(held, output=forward)
            free = scene.spot_of(value.port, output=not forward)
            ends = (start, free) if forward else (free, start)
            scene.ghost.show_between(*ends, free, waits=True)
            return
        scene.ghost.setVisible(False)
        edges = value.edges if isinstance(value, _Cut) else ()
        only = value.edge if isinstance(value, _Pick) else edges[0] if len(edges) == 1 else None
        scene.aim_at(scene.shown.edges.get(only) if only is not None else None)

    @Slot()
    def _closed(self) -> None:
        scene = self._canvas.scene()
        scene.ghost.setVisible(False)
        scene.unlight()
        scene.hide_edge(None)
        scene.aim_at(None)
        self._canvas.setFocus()

    @Slot(object)
    def _chosen(self, value: object) -> None:
        if isinstance(value, Drawing):
            self._offer(value)
        elif isinstance(value, _End):
            edit = value.connector.edit(value.port)
            if edit is not None and self._canvas.commit(edit):
                self._canvas.glide_to(value.port.node)
        elif isinstance(value, _New):
            self._canvas.ask_at_end(value.port, forward=value.forward)
        elif isinstance(value, _Pick):
            self._session.choose(Selection(edges=(value.edge,)))
        elif isinstance(value, _Cut):
            self._cut(value.edges)

    def _cut(self, edges: Sequence[Edge]) -> None:
        steps = tuple(RemoveEdge(e) for e in edges)
        several = tr("Disconnect {count} edges", count=len(steps))
        self._canvas.commit(steps[0] if len(steps) == 1 else Compound(several, steps))
