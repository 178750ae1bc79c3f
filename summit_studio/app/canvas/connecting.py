"""Which ports an edge may join, and the edit that joins them. Knows no Qt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from summit_studio.app.canvas.face import NodeFace
from summit_studio.app.look.words import tr
from summit_studio.document.edits import AddEdge, Compound, Edit, RemoveEdge
from summit_studio.document.model import Document, Edge, PortRef


@dataclass(frozen=True, slots=True)
class Drawing:
    """An edge being drawn.

    Args:
        fixed: The port where it is held.
        forward: True if `fixed` is an output, so that an input is looked for.
        replacing: The edge whose end was taken off.
    """

    fixed: PortRef
    forward: bool = True
    replacing: Edge | None = None

    def edge_to(self, free: PortRef) -> Edge:
        """Return the edge that would join `free`."""
        return Edge(self.fixed, free) if self.forward else Edge(free, self.fixed)


class Connector:
    """Answers for one edge being drawn; the document stays the same meanwhile."""

    def __init__(self, document: Document, faces: Mapping[str, NodeFace], drawing: Drawing) -> None:
        self._document = document
        self._faces = faces
        self._drawing = drawing
        rest = [e for e in document.edges if e != drawing.replacing]
        # Rows would run in a circle if the edge led to where its start gets its own rows from.
        self._circular = reachable(rest, drawing.fixed.node, backward=drawing.forward)
        self._taken: dict[PortRef, list[Edge]] = {}
        for edge in rest:
            self._taken.setdefault(edge.target, []).append(edge)
        self._edges = set(rest)

    def candidates(self) -> list[PortRef]:
        """Return every port where the edge may end."""
        return [
            PortRef(node_id, port.name)
            for node_id, face in self._faces.items()
            if node_id not in self._circular
            for port in (face.inputs if self._drawing.forward else face.outputs)
            if self._drawing.edge_to(PortRef(node_id, port.name)) not in self._edges
        ]

    def refusal(self, free: PortRef) -> str:
        """Return why the edge may not end there, as a sentence; empty if it may."""
        if free.node == self._drawing.fixed.node:
            return tr("A node cannot feed itself.")
        if free.node in self._circular:
            return tr("Rows would run in a circle.")
        if self._drawing.edge_to(free) in self._edges:
            return tr("These ports are connected already.")
        return ""

    def replaces(self, free: PortRef) -> bool:
        """Return True if the edge would take the place of another at the input where it ends."""
        target = self._drawing.edge_to(free).target
        face = self._faces.get(target.node)
        port = face.port(target.port, output=False) if face else None
        return port is not None and not port.many and target in self._taken

    def port_of(self, node_id: str) -> PortRef | None:
        """Return the port that a drop on a node's card means: its first free one."""
        face = self._faces[node_id]
        ports = face.inputs if self._drawing.forward else face.outputs
        refs = [(PortRef(node_id, p.name), p) for p in ports]
        allowed = [(ref, p) for ref, p in refs if not self.refusal(ref)]
        for ref, port in allowed:
            if not self._drawing.forward or port.many or ref not in self._taken:
                return ref
        # A node with one input leaves no doubt which edge would be replaced.
        return allowed[0][0] if len(refs) == 1 and allowed else None

    def why_none(self, node_id: str) -> str:
        """Return why no port of a node is meant, as a sentence."""
        face = self._faces[node_id]
        ports = face.inputs if self._drawing.forward else face.outputs
        if not ports:
            return (
                tr("This node takes no rows.")
                if self._drawing.forward
                else tr("This node gives none.")
            )
        reasons = [self.refusal(PortRef(node_id, p.name)) for p in ports]
        return next(
            (r for r in reasons if r), tr("Every input is taken: choose the one to replace.")
        )

    def edit(self, free: PortRef) -> Edit | None:
        """Return the edit that ends the edge at a port; None if it ends there already."""
        edge = self._drawing.edge_to(free)
        if edge == self._drawing.replacing:
            return None
        steps: list[Edit] = []
        if self._drawing.replacing is not None:
            steps.append(RemoveEdge(self._drawing.replacing))
        face = self._faces.get(edge.target.node)
        port = face.port(edge.target.port, output=False) if face else None
        if port is not None and not port.many:
            steps += [RemoveEdge(e) for e in self._taken.get(edge.target, ())]
        add = AddEdge(edge)
        label = add.label if self._drawing.replacing is None else tr("Reconnect {edge}", edge=edge)
        return Compound(label, (*steps, add)) if steps else add


def reachable(edges: Iterable[Edge], start: str, *, backward: bool = False) -> set[str]:
    """Return a node and all that it leads to, or with `backward` all that lead to it."""
    after: dict[str, list[str]] = {}
    for edge in edges:
        a, b = edge.source.node, edge.target.node
        if backward:
            a, b = b, a
        after.setdefault(a, []).append(b)
    found = {start}
    waiting = [start]
    while waiting:
        for follower in after.get(waiting.pop(), ()):
            if follower not in found:
                found.add(follower)
                waiting.append(follower)
    return found
