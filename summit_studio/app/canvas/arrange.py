"""Places for nodes that have none, as in a file written by hand: columns along the edges."""

from collections.abc import Iterable

from summit_studio.app.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from summit_studio.document.model import Document, Point

_COLUMN = CARD_WIDTH + 72
_ROW = CARD_HEIGHT + 56


def places(document: Document) -> dict[str, Point]:
    """Return a place for every node: its own, or one below all nodes that have theirs."""
    known = document.layout.nodes
    missing = [i for i in document.nodes if i not in known]
    if not missing:
        return dict(known)
    below = [y for i, (_, y) in known.items() if i in document.nodes]
    top = max(below) + _ROW if below else 0
    rows: dict[int, int] = {}
    found = dict(known)
    depths = _depths(document)
    for node_id in missing:
        column = depths[node_id]
        row = rows.get(column, 0)
        rows[column] = row + 1
        found[node_id] = (column * _COLUMN, top + row * _ROW)
    return found


def _depths(document: Document) -> dict[str, int]:
    """Return how many edges the longest way from a source to each node has."""
    after: dict[str, list[str]] = {i: [] for i in document.nodes}
    waits = dict.fromkeys(document.nodes, 0)
    for edge in document.edges:
        if edge.source.node in after and edge.target.node in after:
            after[edge.source.node].append(edge.target.node)
            waits[edge.target.node] += 1
    depths = dict.fromkeys(document.nodes, 0)
    ready = [i for i, count in waits.items() if count == 0]
    while ready:
        ready = list(_next(ready, after, waits, depths))
    return depths


def _next(
    ready: list[str], after: dict[str, list[str]], waits: dict[str, int], depths: dict[str, int]
) -> Iterable[str]:
    for node_id in ready:
        for follower in after[node_id]:
            depths[follower] = max(depths[follower], depths[node_id] + 1)
            waits[follower] -= 1
            # Nodes on a cycle, which a file may hold, never come here and stay at 0.
            if waits[follower] == 0:
                yield follower
