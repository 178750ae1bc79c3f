"""From one node to the next by arrow keys. Knows no Qt."""

from collections.abc import Mapping
from enum import Enum

from summit_studio.app.canvas.geometry import XY
from summit_studio.document.model import Document, Edge

_ASIDE = 2.0


class Direction(Enum):
    """An arrow key, as steps in x and y."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    UP = (0, -1)
    DOWN = (0, 1)


def neighbour(
    document: Document, middles: Mapping[str, XY], node_id: str, direction: Direction
) -> str | None:
    """Return the node that an arrow key leads to.

    Right follows edges downstream and Left upstream, to the straightest where there are several;
    where there is no edge, and for Up and Down, it is the nearest node that way.

    `middles` are those of all nodes drawn, in scene pixels.
    """
    along = {
        Direction.RIGHT: (e.target.node for e in document.edges_from(node_id)),
        Direction.LEFT: (e.source.node for e in document.edges_into(node_id)),
    }
    joined = [i for i in along.get(direction, ()) if i in middles and i != node_id]
    if joined:
        level = middles[node_id][1]
        return min(joined, key=lambda i: abs(middles[i][1] - level))
    return _nearest(middles, node_id, direction)


def end_of(edge: Edge, direction: Direction) -> str:
    """Return the node that an arrow key leads to from an edge: Right and Down go with the rows."""
    forward = direction in {Direction.RIGHT, Direction.DOWN}
    return edge.target.node if forward else edge.source.node


def _nearest(middles: Mapping[str, XY], node_id: str, direction: Direction) -> str | None:
    x, y = middles[node_id]
    dx, dy = direction.value
    best: tuple[float, str] | None = None
    for other, (ox, oy) in middles.items():
        ahead = (ox - x) * dx + (oy - y) * dy
        aside = abs((ox - x) * dy) + abs((oy - y) * dx)
        if other != node_id and ahead > 0:
            best = min(best or (float("inf"), ""), (ahead + _ASIDE * aside, other))
    return best[1] if best else None
