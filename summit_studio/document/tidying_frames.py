"""Frames while a pipeline is tidied: each is laid out within, and then stands as one large card."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from summit_studio.document.arrange import arrange, part
from summit_studio.document.framing import BELOW, SIDE, TITLE, homes, members
from summit_studio.document.layered.cards import Card
from summit_studio.document.model import Box, Document, Edge, Node, Point, PortRef

_KEY = "frame:"


@dataclass(frozen=True, slots=True)
class Group:
    """A frame with its nodes laid out.

    Args:
        inside: Where each of its cards stands, from the upper left of the frame.
        size: How wide and high it is while open.
        card: What it takes of the canvas, open or collapsed, with the ports at its border.
    """

    inside: Mapping[str, Point]
    size: Point
    card: Card

    def box(self, at: Point) -> Box:
        """Return its box, its upper left at a place."""
        return (*at, *self.size)


def moved_by(document: Document, chosen: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the nodes that tidying moves, and the frames that it lays out as a whole.

    Nodes chosen within one frame move within it; else a frame goes with its first node.
    """
    frames, own = document.layout.frames, homes(document.layout.frames)
    every = {i: members(document, i)[0] for i in frames}
    if not chosen:
        return list(document.nodes), [i for i, nodes in every.items() if nodes]
    touched = {own.get(i) for i in chosen}
    alone = next(iter(touched)) if len(touched) == 1 else None
    if alone is not None and not set(every[alone]) <= set(chosen):
        return [i for i in document.nodes if i in chosen], []
    whole = [i for i in frames if i in touched]
    taken = {*chosen, *(n for i in whole for n in every[i])}
    return [i for i in document.nodes if i in taken], whole


def group(
    document: Document,
    frame_id: str,
    cards: Mapping[str, Card],
    sheets: Mapping[str, tuple[Card, Point]],
    boxes: Mapping[str, Box],
    beside: Mapping[str, Iterable[Box]],
) -> Group:
    """Return a frame with its nodes laid out.

    Args:
        document: What it is in.
        frame_id: The frame.
        cards: The cards of all nodes.
        sheets: The same grown by notes near them, and where in it each card begins.
        boxes: Where cards stand now.
        beside: The notes that go along with a node without taking room.
    """
    nodes, _ = members(document, frame_id)
    present = {i: (boxes[i][0] - sheets[i][1][0], boxes[i][1] - sheets[i][1][1]) for i in nodes}
    found = arrange(part(document, nodes), {i: sheets[i][0] for i in nodes}, present)
    tops = {i: (x + sheets[i][1][0], y + sheets[i][1][1]) for i, (x, y) in found.items()}
    extents = [(*found[i], sheets[i][0].width, sheets[i][0].height) for i in nodes]
    for node_id in nodes:
        dx, dy = (tops[node_id][k] - boxes[node_id][k] for k in (0, 1))
        extents += [(b[0] + dx, b[1] + dy, b[2], b[3]) for b in beside.get(node_id, ())]
    left, top = min(e[0] for e in extents), min(e[1] for e in extents)
    right, bottom = max(e[0] + e[2] for e in extents), max(e[1] + e[3] for e in extents)
    inside = {i: (x - left + SIDE, y - top + TITLE) for i, (x, y) in tops.items()}
    size = right - left + 2 * SIDE, bottom - top + TITLE + BELOW
    return Group(inside, size, _card(document, frame_id, cards, inside, size))


def outer(document: Document, groups: Mapping[str, Group], nodes: Iterable[str]) -> Document:
    """Return the nodes that are moved with each group as one node, and the edges between them."""
    own = _owner(groups)
    known = {own.get(i, i): Node(own.get(i, i), "frame") for i in nodes}
    edges = []
    for edge in document.edges:
        source, target = _end(edge.source, own), _end(edge.target, own)
        if source.node in known and target.node in known and source.node != target.node:
            edges.append(Edge(source, target))
    return Document(nodes=known, edges=tuple(edges))


def key(frame_id: str) -> str:
    """Return what a group is called among nodes."""
    return _KEY + frame_id


def _owner(groups: Mapping[str, Group]) -> dict[str, str]:
    return {node_id: key(i) for i, g in groups.items() for node_id in g.inside}


def _end(ref: PortRef, own: Mapping[str, str]) -> PortRef:
    return PortRef(own[ref.node], str(ref)) if ref.node in own else ref


def _card(
    document: Document,
    frame_id: str,
    cards: Mapping[str, Card],
    inside: Mapping[str, Point],
    size: Point,
) -> Card:
    into = [e.target for e in document.edges if e.target.node in inside]
    out = [e.source for e in document.edges if e.source.node in inside]
    into = [r for r in dict.fromkeys(into) if _crosses(document, r, inside, output=False)]
    out = [r for r in dict.fromkeys(out) if _crosses(document, r, inside, output=True)]
    if document.layout.frames[frame_id].collapsed:
        return Card.plain(map(str, into), map(str, out))
    return Card(
        *size,
        {str(r): inside[r.node][1] + cards[r.node].input(r.port) for r in into},
        {str(r): inside[r.node][1] + cards[r.node].output(r.port) for r in out},
    )


def _crosses(document: Document, ref: PortRef, inside: Collection[str], *, output: bool) -> bool:
    if output:
        return any(e.target.node not in inside for e in document.edges_from(ref.node, ref.port))
    return any(e.source.node not in inside for e in document.edges_into(ref.node, ref.port))
