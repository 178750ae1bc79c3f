"""What lies under a place of the canvas, by arithmetic on what the items hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsScene

from summit_studio.app.canvas.edge_item import EdgeItem
from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import EDGE_REACH, END_REACH, PORT_REACH, Spot, distance
from summit_studio.app.canvas.items import Items
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.note_item import NoteItem
from summit_studio.app.canvas.style import Detail
from summit_studio.document.model import PortRef

_TOUCHING = Qt.ItemSelectionMode.IntersectsItemBoundingRect


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: a port of a node, a node, an edge, a bend of it, a note, a frame, or none."""

    node: NodeItem | None = None
    spot: Spot | None = None
    edge: EdgeItem | None = None
    note: NoteItem | None = None
    frame: FrameItem | None = None
    bend: int | None = None

    @property
    def port(self) -> PortRef | None:
        """The port found, by name."""
        return PortRef(self.node.node.id, self.spot.port.name) if self.node and self.spot else None


def hit(scene: QGraphicsScene, items: Items, x: float, y: float, zoom: float) -> Hit:
    """Return the topmost thing at a place; ports count before cards, cards before edges."""
    slack = max(1.0, 1.0 / zoom)
    if Detail.at(zoom) is Detail.OVERVIEW:
        # Items are hidden here, and ports too small to mean one.
        seen = (n for n in reversed(items.nodes.values()) if n.covers(x, y) and not n.folded)
        node = next(seen, None)
        if node is not None:
            return Hit(node)
        note = _note((n for n in items.notes.values() if not n.folded), x, y)
        return Hit(note=note) if note else Hit(frame=_frame(items.frames.values(), x, y))
    reach = PORT_REACH * slack
    found = scene.items(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), _TOUCHING)
    nodes = [i for i in found if isinstance(i, NodeItem)]
    frames = [i for i in found if isinstance(i, FrameItem)]
    for node in nodes:
        inside = node.covers(x, y)
        # A port's reach ends sooner over the card, which people grab to move it.
        spot = node.card.spot_at(x - node.left, y - node.top, reach * (0.7 if inside else 1.0))
        if spot is not None:
            return Hit(node, spot)
    for node in nodes:
        if node.covers(x, y):
            return Hit(node)
    card = _frame((f for f in frames if f.collapsed), x, y)
    if card is not None:
        return Hit(frame=card)
    edge = nearest_edge((i for i in found if isinstance(i, EdgeItem)), x, y, EDGE_REACH * slack)
    if edge is not None:
        return Hit(edge=edge, bend=edge.bend_at(x, y, slack))
    note = _note((i for i in found if isinstance(i, NoteItem)), x, y)
    return Hit(note=note) if note else Hit(frame=_frame(frames, x, y))


def nearest_edge(edges: Iterable[EdgeItem], x: float, y: float, reach: float) -> EdgeItem | None:
    """Return the edge nearest to a place, if one is within reach."""
    near = [(distance(e.curve, x, y), id(e), e) for e in edges if not e.hidden]
    best = min(near, default=None)
    return best[2] if best is not None and best[0] <= reach else None


def edge_beneath(scene: QGraphicsScene, x: float, y: float) -> EdgeItem | None:
    """Return the edge at a place, whatever card is drawn over it there."""
    reach = 2 * EDGE_REACH
    found = scene.items(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), _TOUCHING)
    return nearest_edge((i for i in found if isinstance(i, EdgeItem)), x, y, reach)


def grabbed_end(edge: EdgeItem, x: float, y: float) -> str | None:
    """Return `source` or `target` where a place is near that end of an edge, else None."""
    c = edge.curve
    to_source, to_target = hypot(x - c[0], y - c[1]), hypot(x - c[-2], y - c[-1])
    # On a short edge each half belongs to its own end, less a middle part that only selects.
    reach = min(END_REACH, hypot(c[-2] - c[0], c[-1] - c[1]) / 3)
    if min(to_source, to_target) > reach:
        return None
    return "source" if to_source < to_target else "target"


def _frame(frames: Iterable[FrameItem], x: float, y: float) -> FrameItem | None:
    return next((f for f in frames if f.covers(x, y)), None)


def _note(notes: Iterable[NoteItem], x: float, y: float) -> NoteItem | None:
    return next((n for n in notes if n.covers(x, y)), None)
