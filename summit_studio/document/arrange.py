"""Places for the nodes of a pipeline, left to right as the rows flow.

Layers by longest path from the sources, then a few sweeps that put each node near the middle of
its neighbours, so that few edges cross. Source: Sugiyama, Tagawa and Toda, "Methods for Visual
Understanding of Hierarchical System Structures", IEEE Trans. SMC 11(2), 1981.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from itertools import pairwise

from summit_studio.document.model import Document, Point

COLUMN = 280
"""Scene pixels from one layer to the next."""

ROW = 112
"""Scene pixels from one node to the next within a layer."""

_SWEEPS = 6


def arrange(document: Document) -> dict[str, Point]:
    """Return a tidy place for every node, in document order. Edges that close a cycle are ignored.

    The first row is at y = 0 and the first layer at x = 0.
    """
    ahead = _forward_edges(document)
    layers = _ordered(_layers(document, ahead), ahead)
    rows = _rows(layers, ahead)
    column = {i: x for x, layer in enumerate(layers) for i in layer}
    return {i: (column[i] * COLUMN, rows[i] * ROW) for i in document.nodes}


def arrange_missing(document: Document) -> dict[str, Point]:
    """Return places for the nodes that have none, where they cover no node that has one."""
    known = document.layout.nodes
    missing = [i for i in document.nodes if i not in known]
    if len(missing) == len(document.nodes):
        return arrange(document)
    tidy = arrange(document)
    taken = [known[i] for i in document.nodes if i in known]
    found: dict[str, Point] = {}
    for node_id in missing:
        x, y = tidy[node_id]
        while any(abs(x - a) < COLUMN and abs(y - b) < ROW for a, b in taken):
            y += ROW
        taken.append((x, y))
        found[node_id] = (x, y)
    return found


def _forward_edges(document: Document) -> dict[str, list[str]]:
    """Return the successors of each node, without edges back to a node on the way to them."""
    after: dict[str, list[str]] = {i: [] for i in document.nodes}
    for edge in document.edges:
        source, target = edge.source.node, edge.target.node
        if source in after and target in after and target not in after[source]:
            after[source].append(target)
    kept: dict[str, list[str]] = {i: [] for i in after}
    done: set[str] = set()
    for start in after:
        _keep_forward(start, after, kept, done)
    return kept


def _keep_forward(
    start: str, after: Mapping[str, list[str]], kept: dict[str, list[str]], done: set[str]
) -> None:
    """Walk depth first without recursion: pipelines may be thousands of nodes deep."""
    if start in done:
        return
    path, on_path = [(start, iter(after[start]))], {start}
    while path:
        node, rest = path[-1]
        target = next(rest, None)
        if target is None:
            path.pop()
            on_path.discard(node)
            done.add(node)
        elif target not in on_path:
            kept[node].append(target)
            if target not in done:
                on_path.add(target)
                path.append((target, iter(after[target])))


def _layers(document: Document, ahead: Mapping[str, list[str]]) -> list[list[str]]:
    waiting = dict.fromkeys(document.nodes, 0)
    for targets in ahead.values():
        for target in targets:
            waiting[target] += 1
    depth = dict.fromkeys(document.nodes, 0)
    ready = [i for i, count in waiting.items() if not count]
    for node in ready:  # Grows while it is walked.
        for target in ahead[node]:
            depth[target] = max(depth[target], depth[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for node in document.nodes:
        layers[depth[node]].append(node)
    return layers


def _ordered(layers: list[list[str]], ahead: Mapping[str, list[str]]) -> list[list[str]]:
    before = _before(ahead)
    best, fewest = layers, _crossings(layers, ahead)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        layers = _swept(layers, before if down else ahead, down=down)
        crossings = _crossings(layers, ahead)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _swept(
    layers: list[list[str]], neighbours: Mapping[str, list[str]], *, down: bool
) -> list[list[str]]:
    place = {i: float(n) for layer in layers for n, i in enumerate(layer)}
    swept: list[list[str]] = []
    for layer in layers if down else reversed(layers):
        ordered = sorted(layer, key=lambda i: _middle(neighbours[i], place, place[i]))
        place.update({i: float(n) for n, i in enumerate(ordered)})
        swept.append(ordered)
    return swept if down else swept[::-1]


def _middle(nodes: Iterable[str], place: Mapping[str, float], default: float) -> float:
    places = [place[i] for i in nodes]
    return sum(places) / len(places) if places else default


def _crossings(layers: list[list[str]], ahead: Mapping[str, list[str]]) -> int:
    """Count crossings of edges between neighbouring layers; longer edges are left out."""
    place = {i: n for layer in layers for n, i in enumerate(layer)}
    total = 0
    for left, right in pairwise(layers):
        inside = set(right)
        total += _inversions(
            [p for s in left for p in sorted(place[t] for t in ahead[s] if t in inside)]
        )
    return total


def _inversions(numbers: list[int]) -> int:
    seen: list[int] = []
    count = 0
    for number in numbers:
        count += len(seen) - bisect_right(seen, number)
        insort(seen, number)
    return count


def _rows(layers: list[list[str]], ahead: Mapping[str, list[str]]) -> dict[str, int]:
    """Return the row of each node: its order is kept, and it stands near what feeds it."""
    before = _before(ahead)
    rows: dict[str, int] = {}
    for layer in layers:
        free = 0
        for node in layer:
            rows[node] = max(int(_middle(before[node], rows, free)), free)
            free = rows[node] + 1
    return rows


def _before(ahead: Mapping[str, list[str]]) -> dict[str, list[str]]:
    before: dict[str, list[str]] = {i: [] for i in ahead}
    for source, targets in ahead.items():
        for target in targets:
            before[target].append(source)
    return before
