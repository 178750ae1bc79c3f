"""Two versions of a pipeline that began as one, made one again: what only one changed is taken."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from summit_studio.document.added_twice import NewIds, new_ids
from summit_studio.document.edits import (
    AddNode,
    Compound,
    Edit,
    RemoveNode,
    RestoreEdges,
    RestoreLayout,
    SetNote,
    SetParams,
    SetProperties,
    SetStates,
    SetTitle,
)
from summit_studio.document.model import Document, Edge, Frame, Layout, Node
from summit_studio.document.text import frame_json, node_json, note_json, parameter_json

Key = tuple[str, ...]
"""What a conflict is about: a kind, and the names that lead to it."""

_ABSENT: Final = object()
_LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Conflict:
    """What both changed, each to something else.

    Args:
        key: Tells it from all others.
        what: What it is, in words: `Node paid, condition`.
        mine: What it is here, in words.
        theirs: What it is there.
    """

    key: Key
    what: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """One version made of two.

    Args:
        document: It, with the id of mine.
        conflicts: What both changed, those that were decided among them.
        kept: The ids that nodes, notes and frames of theirs got, since mine has others there.
    """

    document: Document
    conflicts: tuple[Conflict, ...]
    kept: NewIds


def merge(base: Document, mine: Document, theirs: Document, taken: Collection[Key] = ()) -> Merged:
    """Return what two versions make together.

    Each setting, parameter, note, node, param of a node and input is taken from the version that
    changed it. A node that one removed and the other changed, or connected anew, is a conflict,
    and so is one that both added in another form under an id that was chosen for it; under one that
    was given by number both are kept, theirs by another id. Places, colours and frames that both
    changed stay as they are in mine, without a conflict.

    Args:
        base: What both began as.
        mine: One version.
        theirs: The other.
        taken: The conflicts in which theirs holds; in all others mine does.
    """
    ids = new_ids(base, mine, theirs, _same)
    merging = _Merging(base, mine, ids.given(theirs, mine.layout) if ids else theirs, taken)
    return Merged(merging.document(), tuple(merging.conflicts), ids)


def change(old: Document, new: Document, label: str) -> Edit:
    """Return the edit that makes one version of another; it keeps the id."""
    stay = [i for i, n in old.nodes.items() if i in new.nodes and _alike(n, new.nodes[i])]
    steps: list[Edit] = [RestoreEdges(())]
    steps += [RemoveNode(i) for i in old.nodes if i not in stay]
    steps += [AddNode(n, None, at) for at, (i, n) in enumerate(new.nodes.items()) if i not in stay]
    for node_id in stay:
        steps += _node_steps(old.nodes[node_id], new.nodes[node_id])
    steps += [SetNote(i, None) for i in old.notes if i not in new.notes]
    steps += [
        SetNote(i, n.text, extra=n.extra) for i, n in new.notes.items() if old.notes.get(i) != n
    ]
    steps.append(
        SetProperties(new.name, new.mode, new.settings, new.parameters, new.tests, new.extra)
    )
    return Compound(label, (*steps, RestoreEdges(new.edges), RestoreLayout(new.layout)))


def _alike(old: Node, new: Node) -> bool:
    return old.type == new.type and _same(old.extra, new.extra)


def _node_steps(old: Node, new: Node) -> Iterator[Edit]:
    if not _same(old.params, new.params):
        yield SetParams(old.id, new.params)
    if old.title != new.title:
        yield SetTitle(old.id, new.title)
    if old.state != new.state:
        yield SetStates({old.id: new.state})


class _Merging:
    def __init__(
        self, base: Document, mine: Document, theirs: Document, taken: Collection[Key]
    ) -> None:
        self._all = base, mine, theirs
        self._taken = frozenset(taken)
        self._decided: dict[str, int] = {}
        self.conflicts: list[Conflict] = []

    def document(self) -> Document:
        mine = self._all[1]
        settings = self._mapping("Setting", [d.settings for d in self._all])
        parameters = self._mapping("Parameter", [d.parameters for d in self._all])
        name = self._one(("name",), "Name", [d.name for d in self._all])
        mode = self._one(("mode",), "Mode", [d.mode for d in self._all])
        nodes = self._nodes()
        notes = self._mapping("Note", [d.notes for d in self._all])
        edges = self._edges(nodes)
        tests = self._one(("tests",), "Tests", [d.tests for d in self._all])
        extra = self._mapping("Further key", [d.extra for d in self._all])
        merged = replace(
            mine, name=name, mode=mode, settings=settings, parameters=parameters, nodes=nodes,
            edges=edges, notes=notes, tests=tests, extra=extra,
        )  # fmt: skip
        return replace(merged, layout=self._layout(merged))

    def _one(self, key: Key, what: str, versions: list[Any]) -> Any:
        base, mine, theirs = versions
        if _same(mine, theirs) or _same(theirs, base):
            return mine
        if _same(mine, base):
            return theirs
        return self._decide(key, what, mine, theirs)

    def _decide(self, key: Key, what: str, mine: Any, theirs: Any) -> Any:
        self.conflicts.append(Conflict(key, what, _said(mine), _said(theirs)))
        return theirs if key in self._taken else mine

    def _mapping(
        self, what: str, versions: list[Mapping[str, Any]], key: Key = ()
    ) -> dict[str, Any]:
        found = {}
        for name in dict.fromkeys((*versions[1], *versions[2])):
            values = [v.get(name, _ABSENT) for v in versions]
            value = self._one((*key, what, name), f"{what} {name}", values)
            if value is not _ABSENT:
                found[name] = value
        return found

    def _nodes(self) -> dict[str, Node]:
        found = {}
        for node_id in dict.fromkeys((*self._all[1].nodes, *self._all[2].nodes)):
            node = self._node(node_id)
            if node is not None:
                found[node_id] = node
        return found

    def _node(self, node_id: str) -> Node | None:
        base, mine, theirs = (d.nodes.get(node_id) for d in self._all)
        what = f"Node {_called(mine, theirs)}"
        if mine is not None and theirs is not None:
            if base is not None and base.type == mine.type == theirs.type:
                return self._parts(what, base, mine, theirs)
            both: Node = self._one(("node", node_id), what, [base or _ABSENT, mine, theirs])
            return both
        left, version = (mine, 1) if mine is not None else (theirs, 2)
        if base is None:
            return left
        if _same(left, base) and not self._newly_connected(node_id, version):
            return None
        there = [mine or _ABSENT, theirs or _ABSENT]
        found = self._decide(("node", node_id), what, *there)
        self._decided[node_id] = 2 if ("node", node_id) in self._taken else 1
        return found if isinstance(found, Node) else None

    def _parts(self, what: str, base: Node, mine: Node, theirs: Node) -> Node:
        key = ("node", mine.id)
        trio = [base, mine, theirs]
        params = self._mapping(f"{what},", [n.params for n in trio], key)
        extra = self._mapping(f"{what}, further key", [n.extra for n in trio], key)
        title = self._one((*key, "title"), f"{what}, title", [n.title for n in trio])
        state = self._one((*key, "state"), f"{what}, state", [n.state for n in trio])
        return replace(mine, params=params, extra=extra, title=title, state=state)

    def _newly_connected(self, node_id: str, version: int) -> bool:
        known = set(self._all[0].edges)
        return any(
            node_id in (e.source.node, e.target.node) and e not in known
            for e in self._all[version].edges
        )

    def _edges(self, nodes: Mapping[str, Node]) -> tuple[Edge, ...]:
        """Return the edges; what leads into a port is taken as a whole, from one version."""
        _, mine, theirs = self._all
        into: dict[str, Any] = {}
        for edge in (*mine.edges, *theirs.edges):
            port = str(edge.target)
            if port not in into:
                into[port] = self._leading(port)
        gone = (mine.nodes.keys() | theirs.nodes.keys()) - nodes.keys()
        return tuple(
            e
            for e in dict.fromkeys((*mine.edges, *theirs.edges))
            if str(e.source) in into[str(e.target)] and not gone & {e.source.node, e.target.node}
        )

    def _leading(self, port: str) -> Any:
        """Return what leads into a port; the edges of a node that was decided come with it."""
        leading = [[e for e in d.edges if str(e.target) == port] for d in self._all]
        touched = {n for edges in leading for e in edges for n in (e.source.node, e.target.node)}
        sources = [[str(e.source) for e in edges] for edges in leading]
        for node_id in sorted(touched & self._decided.keys()):
            return sources[self._decided[node_id]]
        return self._one(("input", port), f"What leads into {port}", sources)

    def _layout(self, merged: Document) -> Layout:
        places, boxes, colours, frames, bends, extra = (
            self._quiet([getattr(d.layout, section) for d in self._all])
            for section in ("nodes", "notes", "colours", "frames", "edges", "extra")
        )
        for kept, shown, section in (
            (places, merged.nodes, "nodes"),
            (boxes, merged.notes, "notes"),
        ):
            for document in (self._all[2], self._all[1]):
                for name in [n for n in kept if n not in shown and n in getattr(document, section)]:
                    del kept[name]  # It went with what stood there.
                for name, place in getattr(document.layout, section).items():
                    if name in shown:
                        kept.setdefault(name, place)
        led: dict[Any, Any] = {**bends}
        led = {edge: led[edge] for edge in led if edge in merged.edges}
        return Layout(places, boxes, extra, colours=colours, frames=frames, edges=led)

    def _quiet(self, versions: list[Mapping[str, Any]]) -> dict[str, Any]:
        base, mine, theirs = versions
        found = {}
        for name in dict.fromkeys((*mine, *theirs)):
            here = mine.get(name, _ABSENT)
            value = theirs.get(name, _ABSENT) if here == base.get(name, _ABSENT) else here
            if value is not _ABSENT:
                found[name] = value
        return found


def _same(one: Any, other: Any) -> bool:
    """Return True of what a file writes alike: 1, 1.0 and true are three values."""
    if one is other:
        return True
    return _ABSENT not in (one, other) and _written(one) == _written(other)


def _written(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Node):
        return node_json(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Frame):
        return frame_json(value)
    return note_json(value) if hasattr(value, "text") else parameter_json(value)


def _said(value: Any) -> str:
    if value is _ABSENT:
        return "not there"
    if isinstance(value, Node):
        return f"there, as {value.type}"
    if hasattr(value, "text"):
        value = value.text
    if isinstance(value, list):
        value = ", ".join(map(str, value)) or "nothing"
    text = value if isinstance(value, str) else _written(value)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _called(mine: Node | None, theirs: Node | None) -> str:
    node = mine or theirs
    assert node is not None  # noqa: S101 - one of them has it
    return f"{node.title} ({node.id})" if node.title else node.id
