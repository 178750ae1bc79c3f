"""Adds nodes from the library, by quick add and by a drop: connected, in room that is free."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal, Slot

from summit_studio.app.canvas.connecting import reachable
from summit_studio.app.canvas.geometry import CARD_HEIGHT, CARD_WIDTH, FIRST_PORT
from summit_studio.app.canvas.requests import AddRequest, NodeDropped, TablesDropped
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.quick_add import NodeWanted, QuickAdd
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.look.words import tr
from summit_studio.app.session.addresses import Address
from summit_studio.app.session.placing import (
    add_after,
    add_before,
    add_into,
    first_port,
    goes_between,
    new_node,
)
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.settings import Settings
from summit_studio.connectors.names import TableName
from summit_studio.core.errors import SummitError
from summit_studio.document.edits import Compound, Edit
from summit_studio.document.framing import joining
from summit_studio.document.model import Document, Edge, Node, Point, PortRef
from summit_studio.nodes.catalogue import AnyNode

_SOURCE, _SINK = "table_source", "table_sink"


class Adding(QObject):
    """Stands between the canvas, the library and the session. `added` carries the type of a node.

    Args:
        session: What is open.
        canvas: Where nodes go.
        quick_add: Asks which.
        inspector: Where the first field to fill in is.
        settings: Remember how often each type is used.
        show_panel: Brings a panel to the front by its name.
    """

    added = Signal(object)

    def __init__(
        self,
        session: Session,
        canvas: CanvasView,
        quick_add: QuickAdd,
        inspector: Inspector,
        settings: Settings,
        show_panel: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._quick_add = quick_add
        self._inspector = inspector
        self._settings = settings
        self._show_panel = show_panel
        canvas.node_dropped.connect(self._dropped)
        canvas.tables_dropped.connect(self.add_tables)
        canvas.add_requested.connect(self._ask)
        quick_add.wanted.connect(self._wanted)
        quick_add.closed.connect(self._closed)

    @Slot(object)
    def add_in_view(self, type_id: str) -> None:
        """Add a node beside what is selected, or in the middle of the view."""
        self._session.bridge.flush()
        canvas = self._canvas
        middle = canvas.place(canvas.viewport().rect().center())
        request = canvas.beside_selection() or AddRequest(middle, QPoint())
        self._add(self._session.catalogue.get(type_id), request)

    @Slot()
    def on_add_node(self) -> None:
        """Ask for a node beside what is selected; else where the cursor is, or in the middle."""
        self._session.bridge.flush()
        self._canvas.ask_for_node()

    @Slot(object)
    def _ask(self, request: AddRequest) -> None:
        scene = self._canvas.scene()
        if request.port is not None:
            scene.show_open_end(request.port, request.place, forward=request.forward)
        for port in filter(None, map(self._main_output, request.beside[-1:])):
            x, y = scene.shown.space().right_of(request.beside)
            scene.show_open_end(port, (x, y + FIRST_PORT))
        self._quick_add.open_for(request)

    @Slot()
    def _closed(self) -> None:
        self._canvas.scene().ghost.setVisible(False)

    @Slot(object)
    def _wanted(self, wanted: NodeWanted) -> None:
        self._add(wanted.kind, wanted.request, wanted.words)

    @Slot(object)
    def _dropped(self, drop: NodeDropped) -> None:
        kind = self._session.catalogue.get(drop.type_id)
        self._add(kind, AddRequest(drop.place, QPoint(), edge=drop.edge))

    @Slot(object)
    def add_tables(self, drop: TablesDropped) -> None:
        """Add nodes that read tables or write into them, beside what they were dropped on."""
        self._session.bridge.flush()
        document, edit = self._session.document, None
        request, write = self._request_for(drop)
        kind = self._session.catalogue.get(_SINK if write else _SOURCE)
        steps, ids = list[Edit](), list[str]()
        space = self._canvas.scene().shown.space()
        for table in drop.tables:
            node = _of_table(document, kind, table)
            if edit is None:
                edit = self._in_frame(self._edit(node, kind, request), node.id)
            else:
                card = self._canvas.scene().shown.card(node)
                fed = (request.port,) if write and request.port else ()
                edit = add_after(node, kind, space.below(ids, card), fed)
            document = edit.apply(document)
            card = self._canvas.scene().shown.card(node, document.layout.nodes[node.id])
            space.take(node.id, card)
            steps.append(edit)
            ids.append(node.id)
        label = tr("Write table") if write else tr("Read table")
        if steps and self._session.do(Compound(label, tuple(steps))):
            self._shown(kind, ids)
            self._show_panel("preview")
            self._canvas.setFocus()

    def _request_for(self, drop: TablesDropped) -> tuple[AddRequest, bool]:
        """Return where nodes of tables go, and whether they write: as what they fell on can use."""
        nodes, place, write = self._session.document.nodes, drop.place, drop.write
        on = drop.node if drop.node in nodes else None
        if drop.port is not None and drop.forward and write is not False:
            return AddRequest(place, QPoint(), drop.port), True
        if drop.port is not None and not drop.forward and not write:
            return AddRequest(place, QPoint(), drop.port, forward=False), False
        if on is not None:
            if not write and self._open_input(on) is not None:
                return AddRequest(place, QPoint(), beside=(on,)), False
            write = write if write is not None else self._main_output(on) is not None
            return AddRequest(place, QPoint(), beside=(on,)), write
        chosen = self._session.selection.nodes
        port = self._main_output(chosen[-1]) if write and chosen else None
        return AddRequest(place, QPoint(), port), bool(write)

    def _add(self, kind: type[AnyNode], request: AddRequest, words: str = "") -> None:
        self._session.bridge.flush()
        node = new_node(self._session.document, kind, self._said(kind, words))
        if not self._session.do(self._in_frame(self._edit(node, kind, request), node.id)):
            return
        self._shown(kind, [node.id])
        if not self._inspector.invite(node.id, needed=bool(words)):
            self._canvas.setFocus()

    def _shown(self, kind: type[AnyNode], ids: Sequence[str]) -> None:
        """Bring nodes just added before the person's eyes."""
        self._settings.count_use(kind.id)
        self.added.emit(kind)
        self._session.choose_nodes(ids)
        self._canvas.glide_to(ids[-1])
        self._show_panel("inspector")

    def _said(self, kind: type[AnyNode], words: str) -> dict[str, Any]:
        """Return the params that words stand for; those that say nothing are told of."""
        try:
            return kind.brief(words) if words else {}
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return {}

    def _in_frame(self, edit: Edit, node_id: str) -> Edit:
        """Return an edit that also puts the node into the frame where it comes to stand."""
        frames = self._session.document.layout.frames
        if not frames:
            return edit
        after = edit.apply(self._session.document)
        card = self._canvas.scene().shown.card(after.nodes[node_id])
        box = (*after.layout.nodes[node_id], round(card[2]), round(card[3]))
        steps = joining(frames, {node_id: box}, {})
        return Compound(edit.label, (edit, *steps)) if steps else edit

    def _edit(self, node: Node, kind: type[AnyNode], request: AddRequest) -> Edit:
        document, shown = self._session.document, self._canvas.scene().shown
        card, space = shown.card(node), shown.space()
        at, edge, port = request.place, request.edge, request.port
        if edge is not None and edge in shown.edges and goes_between(kind):
            behind = reachable(document.edges, edge.target.node) & shown.nodes.keys()
            ends = edge.source.node, edge.target.node
            place, moved = space.between(*ends, behind, _centred(at), card)
            return add_into(document, node, kind, place, edge, moved)
        if request.beside:
            return self._beside(node, kind, [i for i in request.beside if i in shown.nodes])
        if port is None or port.node not in document.nodes:
            return add_after(node, kind, space.place(_centred(at), (card,)), ())
        # The open end of an edge goes to the side of the new card, not beneath its middle.
        half = CARD_WIDTH // 2 if request.forward else -CARD_WIDTH // 2
        place = space.place(_centred((at[0] + half, at[1])), (card,))
        if request.forward:
            return add_after(node, kind, place, (port,))
        return add_before(node, kind, place, port, self._replaced(port))

    def _beside(self, node: Node, kind: type[AnyNode], nodes: Sequence[str]) -> Edit:
        """Return the edit that adds a node after others, or before one that lacks its rows."""
        shown = self._canvas.scene().shown
        card, space = shown.card(node), shown.space()
        sources = [p for p in map(self._main_output, nodes) if p is not None]
        if kind.inputs and sources:
            at = space.right_of([s.node for s in sources], card)
            return add_after(node, kind, at, sources)
        open_input = self._open_input(nodes[-1])
        if kind.outputs and open_input is not None:
            return add_before(node, kind, space.left_of(nodes[-1], card), open_input)
        return add_after(node, kind, space.below(nodes, card), ())

    def _main_output(self, node_id: str) -> PortRef | None:
        kind = self._session.kind_of(self._session.document.nodes[node_id])
        port = first_port(kind, output=True) if kind else None
        return PortRef(node_id, port.name) if port else None

    def _open_input(self, node_id: str) -> PortRef | None:
        """Return the first input of a node that has no edge, or takes many."""
        document = self._session.document
        kind = self._session.kind_of(document.nodes[node_id])
        taken = {e.target.port for e in document.edges_into(node_id)}
        ports = kind.inputs if kind else ()
        free = next((p for p in ports if p.many or p.name not in taken), None)
        return PortRef(node_id, free.name) if free else None

    def _replaced(self, target: PortRef) -> list[Edge]:
        face = self._canvas.scene().shown.nodes[target.node].face
        port = face.port(target.port, output=False)
        if port is not None and port.many:
            return []
        return list(self._session.document.edges_into(target.node, target.port))


def _of_table(document: Document, kind: type[AnyNode], address: Address) -> Node:
    """Return a new node of a table, called as it is."""
    params = {"connection": address.connection, "table": address.table}
    title = TableName.parse(address.table).table
    return replace(new_node(document, kind, params), title=title)


def _centred(place: Point) -> Point:
    """Return where a card's upper left goes for its middle to be at `place`."""
    return place[0] - CARD_WIDTH // 2, place[1] - CARD_HEIGHT // 2
