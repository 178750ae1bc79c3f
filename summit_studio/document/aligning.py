"""Places that bring boxes into line: aligned, at equal distances, chains straight."""

from collections.abc import Callable, Mapping
from enum import Enum

from summit_studio.document.layered.cards import Card
from summit_studio.document.model import Box, Document, Point

Boxes = Mapping[str, Box]


class Line(Enum):
    """What boxes have in common once they are aligned: across or down, and how far along."""

    LEFT = (0, 0.0)
    CENTRE = (0, 0.5)
    RIGHT = (0, 1.0)
    TOP = (1, 0.0)
    MIDDLE = (1, 0.5)
    BOTTOM = (1, 1.0)


def aligned(boxes: Boxes, line: Line) -> dict[str, Point]:
    """Return places in line: at the outermost side of all, or at the middle of all."""
    axis, share = line.value
    start = min(b[axis] for b in boxes.values())
    end = max(b[axis] + b[axis + 2] for b in boxes.values())
    at = start + (end - start) * share
    return {i: _put(b, axis, round(at - b[axis + 2] * share)) for i, b in boxes.items()}


def distributed(boxes: Boxes, axis: int) -> dict[str, Point]:
    """Return places at equal distances between the outermost two, which stay.

    Args:
        boxes: Two or more.
        axis: 0 for across, 1 for down.
    """
    order = sorted(boxes, key=lambda i: boxes[i][axis] + boxes[i][axis + 2] / 2)
    first, last = boxes[order[0]], boxes[order[-1]]
    room = last[axis] + last[axis + 2] - first[axis]
    gap = (room - sum(boxes[i][axis + 2] for i in order)) / max(1, len(order) - 1)
    at, places = float(first[axis]), {}
    for node_id in order:
        places[node_id] = _put(boxes[node_id], axis, round(at))
        at += boxes[node_id][axis + 2] + gap
    return places


def straightened(document: Document, boxes: Boxes, card: Callable[[str], Card]) -> dict[str, Point]:
    """Return places at which the edges between nodes run straight; none moves across.

    Each node is put level with the first node that feeds it among them.

    Args:
        document: Its edges tell what is a chain.
        boxes: Where the nodes stand.
        card: Tells where a node's ports are.
    """
    heights = {i: b[1] for i, b in boxes.items()}
    settled: set[str] = set()
    for node_id in sorted(boxes, key=lambda i: boxes[i][0]):
        for edge in document.edges_into(node_id):
            if edge.source.node in settled:
                start = heights[edge.source.node] + card(edge.source.node).output(edge.source.port)
                heights[node_id] = round(start - card(node_id).input(edge.target.port))
                break
        settled.add(node_id)
    return {i: (b[0], heights[i]) for i, b in boxes.items()}


def _put(box: Box, axis: int, at: int) -> Point:
    return (at, box[1]) if axis == 0 else (box[0], at)
