"""How nodes look on the canvas, from the catalogue."""

from collections.abc import Callable

from summit_studio.app.canvas.face import NodeFace, PortFace
from summit_studio.app.session.names import Names
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import SinkNode
from summit_studio.nodes.transforms.module import ModuleNode


class CatalogueFaces:
    """Remembers each node's face for as long as the node and its type stay the same value.

    Args:
        kind_of: Gives the type of a node, with its ports and icon; None for one not installed.
        names: Gives titles and second lines.
    """

    def __init__(self, kind_of: Callable[[Node], type[AnyNode] | None], names: Names) -> None:
        self._kind_of = kind_of
        self._names = names
        self._known: dict[str, tuple[Node, type[AnyNode] | None, NodeFace]] = {}

    def face(self, node: Node) -> NodeFace:
        """Return how a node looks; never raises."""
        known, kind = self._known.get(node.id), self._kind_of(node)
        if known is not None and known[0] is node and known[1] is kind:
            return known[2]
        face = self._make(node, kind)
        self._known[node.id] = (node, kind, face)
        return face

    def _make(self, node: Node, kind: type[AnyNode] | None) -> NodeFace:
        title, line = self._names.title(node), self._names.second_line(node)
        if kind is None:
            return NodeFace(title, line, "", "unknown", known=False, state=node.state)
        return NodeFace(
            title=title,
            summary=line,
            category=kind.category.value,
            icon=kind.icon,
            inputs=tuple(
                PortFace(p.name, "input", required=p.required, many=p.many) for p in kind.inputs
            ),
            outputs=_outputs(kind),
            badge=_badge(kind),
            state=node.state,
        )


def _badge(kind: type[AnyNode]) -> str:
    if issubclass(kind, ModuleNode):
        return "module"
    return kind.delivery.value if issubclass(kind, SinkNode) else ""


def _outputs(kind: type[AnyNode]) -> tuple[PortFace, ...]:
    ports = sorted(kind.output_ports(), key=lambda p: p.name == REJECTED)
    return tuple(
        PortFace(p.name, "rejected" if p.name == REJECTED else "output", required=p.required)
        for p in ports
    )
