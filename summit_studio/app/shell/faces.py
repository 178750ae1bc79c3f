"""How nodes look on the canvas, from the catalogue."""

from summit_studio.app.canvas.face import NodeFace, PortFace
from summit_studio.app.session.names import Names
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import SinkNode


class CatalogueFaces:
    """Remembers each node's face for as long as the node stays the same value.

    Args:
        catalogue: Gives the ports and icons of node types.
        names: Gives titles and second lines.
    """

    def __init__(self, catalogue: Catalogue, names: Names) -> None:
        self._catalogue = catalogue
        self._names = names
        self._known: dict[str, tuple[Node, NodeFace]] = {}

    def face(self, node: Node) -> NodeFace:
        """Return how a node looks; never raises."""
        known = self._known.get(node.id)
        if known is not None and known[0] is node:
            return known[1]
        face = self._make(node)
        self._known[node.id] = (node, face)
        return face

    def _make(self, node: Node) -> NodeFace:
        title, line = self._names.title(node), self._names.second_line(node)
        if node.type not in self._catalogue:
            return NodeFace(title, line, "", "unknown", known=False)
        kind = self._catalogue.get(node.type)
        return NodeFace(
            title=title,
            summary=line,
            category=kind.category.value,
            icon=kind.icon,
            inputs=tuple(
                PortFace(p.name, "input", required=p.required, many=p.many) for p in kind.inputs
            ),
            outputs=_outputs(kind),
            badge=kind.delivery.value if issubclass(kind, SinkNode) else "",
        )


def _outputs(kind: type[AnyNode]) -> tuple[PortFace, ...]:
    ports = sorted(kind.output_ports(), key=lambda p: p.name == REJECTED)
    return tuple(
        PortFace(p.name, "rejected" if p.name == REJECTED else "output", required=p.required)
        for p in ports
    )
