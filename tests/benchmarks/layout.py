"""Tidy places beside those of ELK: how often edges cross, how many run under cards, how long.

The graphs of `tests/golden/layout` are drawn by the canvas itself, and counted as it draws them;
ELK's are counted on its own bend points by the same function.
"""

import itertools
import json
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from summit_studio.app.canvas.arrange import card_of
from summit_studio.app.canvas.face import NodeFace, PortFace
from summit_studio.app.canvas.geometry import along, shape_of
from summit_studio.document.layered.cards import Card
from summit_studio.document.model import Document, Edge, Layout, Node
from tests.golden.layout.make import graph

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "layout"
SIZES = (30, 60, 120, 300)
SECONDS = {300: 0.3, 1_000: 1.5}

Way = np.ndarray
Box = tuple[float, float, float, float]


def run(args: Any = None) -> Iterator[dict[str, Any]]:
    """Yield one result a graph, and the time that graphs of 300 and 1,000 nodes take."""
    rounds = getattr(args, "rounds", 5)
    for size in SIZES:
        golden = Golden(size)
        ours, elk = golden.ours(), golden.elk()
        yield {
            "case": f"layout/{size}",
            "ratio": ratio(ours["crossings"], elk["crossings"]),
            "goal": 1.1,
            **{f"ours_{k}": v for k, v in ours.items()},
            **{f"elk_{k}": v for k, v in elk.items()},
        }
    for size in SECONDS:
        yield _timed(size, rounds)


def ratio(ours: int, theirs: int) -> float:
    """Return how many there are for each of the other's; 1 where neither has any."""
    return (ours or 1) / (theirs or 1) if ours or not theirs else 0.0


class Golden:
    """A graph with the places that ELK gave it."""

    def __init__(self, size: int) -> None:
        text = (GOLDEN / f"{size}.json").read_text(encoding="utf-8")
        self._take(json.loads(text))

    def _take(self, made: dict[str, Any]) -> None:
        self.made = made
        self.faces = {kind: face(kind, *ports) for kind, ports in self.made["kinds"].items()}
        self.document = Document(
            nodes={i: Node(i, kind) for i, kind in self.made["nodes"].items()},
            edges=tuple(map(Edge.parse, self.made["edges"])),
        )

    @classmethod
    def grown(cls, size: int) -> "Golden":
        """Return a graph of any size, made as those of the set; ELK has not drawn it."""
        self = cls.__new__(cls)
        self._take(graph(size))
        return self

    def cards(self) -> dict[str, Card]:
        """Return what the layout knows of the nodes."""
        return {i: card_of(shape_of(self.face(n))) for i, n in self.document.nodes.items()}

    def face(self, node: Node) -> NodeFace:
        """Return how a node looks, as a catalogue would."""
        return self.faces[node.type]

    def elk(self) -> dict[str, int]:
        """Return what is counted in ELK's drawing."""
        known = self.made["elk"]
        boxes = {i: self._box(i, place) for i, place in known["places"].items()}
        ways = {Edge.parse(e): np.array(points) for e, points in known["ways"].items()}
        return counted(boxes, ways)

    def ours(self) -> dict[str, int]:
        """Return what is counted on the canvas, for a file without places."""
        scene = shown(self.document, self)
        return counted(scene_boxes(scene), scene_ways(scene))

    def _box(self, node_id: str, place: Sequence[float]) -> Box:
        height = shape_of(self.face(self.document.nodes[node_id])).height
        return place[0], place[1], place[0] + 208, place[1] + height


def face(kind: str, inputs: Sequence[str], outputs: Sequence[str]) -> NodeFace:
    """Return the face of a kind of node."""
    return NodeFace(
        kind.title(), "", "transform", "filter",
        tuple(PortFace(p, "input", many=kind == "union") for p in inputs),
        tuple(PortFace(p, "rejected" if p == "rejected" else "output") for p in outputs),
    )  # fmt: skip


def shown(document: Document, faces: Any) -> Any:
    """Return a scene that shows a document."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from summit_studio.app.canvas.scene import CanvasScene
    from summit_studio.app.look.theme import Theme

    shown.app = QApplication.instance() or QApplication([])
    scene = CanvasScene(faces, Theme.light())
    scene.show_document(document)
    return scene


def scene_boxes(scene: Any) -> dict[str, Box]:
    """Return where the cards of a scene stand."""
    nodes = scene.shown.nodes.items()
    return {i: (n.left, n.top, n.left + 208, n.top + n.card.height) for i, n in nodes}


def scene_ways(scene: Any) -> dict[Edge, Way]:
    """Return how the edges of a scene run."""
    return {e: polyline(item.curve) for e, item in scene.shown.edges.items()}


def polyline(curve: Sequence[float]) -> Way:
    """Return cubics as short straight pieces."""
    steps = 24 * (len(curve) // 6)
    return np.array([along(curve, i / steps) for i in range(steps + 1)])


def counted(boxes: Mapping[str, Box], ways: Mapping[Edge, Way]) -> dict[str, int]:
    """Return how often edges cross, and how many cards they run under."""
    return {"crossings": crossings(ways), "under_cards": len(under_cards(boxes, ways))}


def crossings(ways: Mapping[Edge, Way]) -> int:
    """Count the crossings of all pairs of edges; those at one port are branches of one."""
    hulls = {e: (*w.min(axis=0), *w.max(axis=0)) for e, w in ways.items()}
    total = 0
    for one, other in itertools.combinations(ways, 2):
        a, b = hulls[one], hulls[other]
        apart = a[0] > b[2] or b[0] > a[2] or a[1] > b[3] or b[1] > a[3]
        if not apart and one.source != other.source and one.target != other.target:
            total += _meetings(ways[one], ways[other])
    return total


def _meetings(one: Way, other: Way) -> int:
    """Count where the pieces of one cross those of the other."""
    a, b = one[:-1, None], one[1:, None]
    c, d = other[None, :-1], other[None, 1:]
    apart = (_side(a, b, c) > 0) != (_side(a, b, d) > 0)
    return int((apart & ((_side(c, d, a) > 0) != (_side(c, d, b) > 0))).sum())


def _side(a: Way, b: Way, p: Way) -> Way:
    return (b[..., 0] - a[..., 0]) * (p[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        p[..., 0] - a[..., 0]
    )


def under_cards(boxes: Mapping[str, Box], ways: Mapping[Edge, Way]) -> list[tuple[Edge, str]]:
    """Return which edges run under which cards, by a pixel at least."""
    names = list(boxes)
    sides = np.array([boxes[i] for i in names])
    found = []
    for edge, way in ways.items():
        x, y = _close(way)
        inside = (
            (x > sides[:, :1] + 1) & (x < sides[:, 2:3] - 1)
            & (y > sides[:, 1:2] + 1) & (y < sides[:, 3:4] - 1)
        ).any(axis=1)  # fmt: skip
        found += [(edge, names[i]) for i in inside.nonzero()[0]]
    return found


def _close(way: Way) -> tuple[Way, Way]:
    """Return places along a way, a few pixels apart."""
    lengths = np.hypot(*np.diff(way, axis=0).T)
    at = np.concatenate([[0], np.cumsum(lengths)])
    where = np.linspace(0, at[-1], max(2, int(at[-1] / 3)))
    return np.interp(where, at, way[:, 0]), np.interp(where, at, way[:, 1])


def _timed(size: int, rounds: int) -> dict[str, Any]:
    """Return how long the places of so many nodes take, and of their edges' ways."""
    from summit_studio.document.arrange import arrange

    golden = Golden.grown(size)
    document, cards = golden.document, golden.cards()
    times, ways = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        places = arrange(document, cards)
        times.append(time.perf_counter() - begun)
        placed = Document(nodes=document.nodes, edges=document.edges, layout=Layout(nodes=places))
        begun = time.perf_counter()
        shown(placed, golden)
        ways.append(time.perf_counter() - begun)
    median = statistics.median(times)
    return {
        "case": f"layout/time-{size}", "ratio": median / SECONDS[size], "ours_secs": median,
        "limit_secs": SECONDS[size], "show_secs": statistics.median(ways),
        "edges": len(document.edges),
    }  # fmt: skip
