"""Puts pinned rows in the place of the nodes that gave them, so that nothing before them runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from summit_studio.document.model import BYPASSED, ENABLED, Document, Edge, Node, PortRef
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.pinned import Pin, pinned_kind


@dataclass(frozen=True, slots=True)
class Pinned:
    """A document that begins at pinned rows.

    Args:
        document: What runs; the very one that was given where nothing of it is pinned.
        catalogue: The node types, those of pinned rows among them.
        used: The pins that stand in it.
    """

    document: Document
    catalogue: Catalogue
    used: tuple[Pin, ...] = ()


def with_pins(document: Document, pins: Mapping[PortRef, Pin], catalogue: Catalogue) -> Pinned:
    """Return a document whose pinned ports give the rows that were pinned.

    A node whose ports in use are all pinned does not run, nor does what only it had needed. One
    that has others in use runs for those. Nodes that are disabled or bypassed are left as they are.
    """
    used = [
        pin
        for ref, pin in pins.items()
        if ref.node in document.nodes and document.nodes[ref.node].state == ENABLED
    ]
    if not used:
        return Pinned(document, catalogue)
    nodes, edges = dict(document.nodes), list(document.edges)
    for node_id in dict.fromkeys(pin.port.node for pin in used):
        own = [pin for pin in used if pin.port.node == node_id]
        wanted = {e.source.port for e in document.edges if e.source.node == node_id}
        alone = wanted <= {pin.port.port for pin in own}
        for pin in own:
            taken = alone and pin is own[0]
            name = node_id if taken else _free(nodes, f"{node_id}-{pin.port.port}")
            nodes[name] = _source(pin, name, document.nodes[node_id])
            begin = PortRef(name, pin.port.port)
            edges = [Edge(begin, e.target) if e.source == pin.port else e for e in edges]
            if taken:
                edges = [e for e in edges if e.target.node != node_id]
    kept = _needed(document, nodes, edges)
    begun = replace(
        document,
        nodes={i: n for i, n in nodes.items() if i in kept},
        edges=tuple(e for e in edges if e.source.node in kept and e.target.node in kept),
    )
    kinds = {kind.id: kind for kind in map(pinned_kind, {pin.port.port for pin in used})}
    known = {kind.id: kind for kind in catalogue}
    return Pinned(begun, Catalogue({**known, **kinds}), tuple(used))


def begun_at(document: Document, node_ids: Iterable[str]) -> tuple[Document, tuple[PortRef, ...]]:
    """Return nodes with all that follows and what feeds these directly, and the ports that do.

    With rows pinned of those ports nothing before the nodes is needed. A bypassed node that feeds
    has no rows of its own, so it runs too, and what feeds it counts.
    """
    begun, edges = {i for i in node_ids if i in document.nodes}, document.edges
    while more := {e.target.node for e in edges if e.source.node in begun} - begun:
        begun |= more
    bypassed = {i for i, node in document.nodes.items() if node.state == BYPASSED}
    while more := {e.source.node for e in edges if e.target.node in begun} & bypassed - begun:
        begun |= more
    feeding = [e for e in edges if e.target.node in begun and e.source.node not in begun]
    ports = dict.fromkeys(
        e.source for e in feeding if document.nodes[e.source.node].state == ENABLED
    )
    kept = begun | {e.source.node for e in feeding}
    left = replace(
        document,
        nodes={i: n for i, n in document.nodes.items() if i in kept},
        edges=tuple(e for e in edges if e.target.node in begun),
    )
    return left, tuple(ports)


def _source(pin: Pin, name: str, node: Node) -> Node:
    params = {"file": str(pin.file), "port": pin.port.port, "at": pin.at.isoformat()}
    return Node(name, pinned_kind(pin.port.port).id, params, node.title)


def _free(nodes: Mapping[str, Node], name: str) -> str:
    while name in nodes:
        name += "-"
    return name


def _needed(document: Document, nodes: Mapping[str, Node], edges: Iterable[Edge]) -> set[str]:
    """Return the nodes without those whose rows went only to what does not run any more."""
    kept, left = set(nodes), list(edges)
    fed = {e.source.node for e in document.edges}
    while True:
        giving = {e.source.node for e in left}
        idle = {i for i in kept if i in fed and i not in giving and i in document.nodes}
        idle = {i for i in idle if nodes[i] is document.nodes[i]}
        if not idle:
            return kept
        kept -= idle
        left = [e for e in left if e.target.node not in idle]
