"""Random edits by the editor's own history: all undone the first text, all redone the last."""

import os
import random
from collections.abc import Iterator
from typing import Any

from summit_studio.core.errors import SummitError
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    RemoveEdge,
    SetNote,
    SetParams,
    SetProperties,
    SetStates,
    SetTitle,
    removal,
)
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import BYPASSED, DISABLED, ENABLED, Document, Edge, Frame, Node
from summit_studio.document.text import dump, parse
from summit_studio.nodes.catalogue import Catalogue

RUNS = 1_000
EDITS = 100
_KINDS = tuple(Catalogue.load())
_WORDS = ("amount > 7", "Büro", "", "a\nb", "\N{SNOWMAN}", '"quoted"', "${p}")


def run(_args: Any) -> Iterator[dict[str, Any]]:
    """Yield how many runs gave another text; `ratio` is their share, and must be 0."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    # Cases behind it draw, and a process has but one application.
    app = QApplication.instance() or QApplication([])
    made = unlike = 0
    for seed in range(RUNS):
        edits, same = fidelity(seed)
        made, unlike = made + edits, unlike + (not same)
        app.processEvents()
    yield {
        "case": "fidelity", "ratio": unlike / RUNS, "runs": RUNS, "edits": made, "unlike": unlike,
    }  # fmt: skip


def fidelity(seed: int) -> tuple[int, bool]:
    """Return how many edits were made, undone and redone, and whether the texts were the same."""
    from summit_studio.app.session.bridge import Bridge

    chance = random.Random(seed)
    bridge = Bridge(Document("Random"))
    start, made = dump(bridge.document), 0
    while made < EDITS:
        edit = _edit(chance, bridge.document)
        try:
            bridge.do(edit)
        except SummitError:
            continue  # It does not fit; nothing is changed.
        made += 1
    end = dump(bridge.document)
    while bridge.can_undo:
        bridge.undo()
    same = dump(bridge.document) == start
    while bridge.can_redo:
        bridge.redo()
    return made, same and dump(bridge.document) == end == dump(parse(end).document)


def _edit(chance: random.Random, document: Document) -> Edit:
    nodes, notes, frames = document.nodes, document.notes, document.layout.frames

    def some(of: Any) -> str:
        return chance.choice([*of, "nowhere"])

    def place() -> tuple[int, int]:
        return chance.randrange(-4000, 4000), chance.randrange(-4000, 4000)

    def box() -> tuple[int, int, int, int]:
        return *place(), chance.randrange(120, 900), chance.randrange(80, 700)

    def value() -> Any:
        return chance.choice([*_WORDS, 7, 1.5, None, True, [1, "a"], {"b": [{}]}])

    def node() -> Edit:
        kind = chance.choice(_KINDS)
        new = Node(f"{kind.id}_{chance.randrange(10**6)}", kind.id, {"x": value()})
        return AddNode(new, place())

    def edge() -> Edit:
        source, target = some(nodes), some(nodes)
        return AddEdge(Edge.parse(f"{source}.{chance.choice(['rows', 'kept'])} -> {target}.rows"))

    def frame() -> Edit:
        held = tuple(chance.sample(list(nodes), min(len(nodes), 3)))
        old = {i for f in frames.values() for i in f.nodes}
        new = Frame(box(), chance.choice(_WORDS), nodes=tuple(i for i in held if i not in old))
        return SetInLayout("frames", f"frame_{chance.randrange(40)}", new)

    makers = (
        node, node, node, edge, edge,
        lambda: removal(document, [some(nodes)], list(document.edges[:1])),
        lambda: RemoveEdge(chance.choice([*document.edges, Edge.parse("a.b -> c.d")])),
        lambda: SetParams(some(nodes), {chance.choice("xyz"): value()}),
        lambda: SetTitle(some(nodes), chance.choice([*_WORDS, None])),
        lambda: SetStates({some(nodes): chance.choice([ENABLED, DISABLED, BYPASSED])}),
        lambda: MoveNodes({some(nodes): place()}),
        lambda: SetNote(some([*notes, f"n{chance.randrange(99)}"]), chance.choice(_WORDS), box()),
        lambda: SetNote(some(notes), None),
        lambda: SetProperties(name=chance.choice(_WORDS) or "x"),
        frame,
        lambda: SetInLayout("frames", some(frames), None),
        lambda: SetInLayout("colours", some(notes), chance.choice(["blue", "green", None])),
        lambda: Compound("Several", (node(), node(), MoveNodes({some(nodes): place()}))),
    )  # fmt: skip
    return chance.choice(makers)()
