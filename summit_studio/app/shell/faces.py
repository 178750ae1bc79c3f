"""How nodes look on the canvas, from the catalogue."""

from collections.abc import Callable

from summit_studio.app.canvas.face import NodeFace, PortFace
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.contract import SinkNode
from summit_studio.nodes.transforms.module import ModuleNode

_LONGEST = 80


class CatalogueFaces:
    """Remembers each node's face for as long as the node and its type stay the same value."""

    def __init__(
        self, catalogue: Catalogue, kind_of: Callable[[Node], type[AnyNode] | None]
    ) -> None:
        self._catalogue = catalogue
        self._kind_of = kind_of
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
        if kind is None:
            return NodeFace(node.title or node.type, "Not installed", "", "unknown", known=False)
        return NodeFace(
            title=node.title or kind.title,
            summary=self._summary(node, kind),
            category=kind.category.value,
            icon=kind.icon,
            inputs=tuple(
                PortFace(p.name, "input", required=p.required, many=p.many) for p in kind.inputs
            ),
            outputs=_outputs(kind),
            badge=_badge(kind),
        )

    def _summary(self, node: Node, kind: type[AnyNode]) -> str:
        try:
            text = self._catalogue.bind(node, kind=kind).summary()
        except SummitError:
            # Params that do not fit, or hold ${parameters}: the problems say more.
            return "Not set up yet" if not node.params else _params_in_short(node)
        return " ".join(text.split())[:_LONGEST]


def _badge(kind: type[AnyNode]) -> str:
    if issubclass(kind, ModuleNode):
        return "module"
    return kind.delivery.value if issubclass(kind, SinkNode) else ""


def _params_in_short(node: Node) -> str:
    shown = [str(v) for v in node.params.values() if isinstance(v, str | int | float)]
    return " ".join(", ".join(shown).split())[:_LONGEST]


def _outputs(kind: type[AnyNode]) -> tuple[PortFace, ...]:
    ports = sorted(kind.output_ports(), key=lambda p: p.name == REJECTED)
    return tuple(
        PortFace(p.name, "rejected" if p.name == REJECTED else "output", required=p.required)
        for p in ports
    )
