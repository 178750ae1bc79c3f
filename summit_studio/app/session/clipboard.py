"""Copied nodes, notes and frames as text: what they are, and where they stood."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from summit_studio.app.look.words import tr
from summit_studio.app.session.selection import Selection
from summit_studio.core.errors import InvalidDocument, SummitError
from summit_studio.core.ids import is_id, unique_id
from summit_studio.document.edits import AddEdge, AddNode, Compound, Edit, SetNote
from summit_studio.document.framing import members
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import (
    ENABLED,
    Box,
    Document,
    Edge,
    Frame,
    Node,
    Note,
    Point,
    PortRef,
)
from summit_studio.document.reading import frame_of
from summit_studio.document.text import frame_json, note_json

_NOWHERE = (0, 0, 224, 96)

KIND = "summit-studio/nodes"
"""What the text calls itself."""


def whole(document: Document, chosen: Selection) -> Selection:
    """Return a selection with all that its frames hold."""
    nodes, notes = dict.fromkeys(chosen.nodes), dict.fromkeys(chosen.notes)
    for frame_id in chosen.frames:
        in_frame, notes_in_frame = members(document, frame_id)
        nodes |= dict.fromkeys(in_frame)
        notes |= dict.fromkeys(notes_in_frame)
    return replace(chosen, nodes=tuple(nodes), notes=tuple(notes))


def copied(document: Document, selection: Selection) -> str:
    """Return the text of what is chosen, and of the edges that have both ends among it."""
    selection = whole(document, selection)
    chosen, layout = set(selection.nodes), document.layout
    nodes = [n for i, n in document.nodes.items() if i in chosen]
    notes = [n for i, n in document.notes.items() if i in selection.notes]
    frames = {i: f for i, f in layout.frames.items() if i in selection.frames}
    sheets = {
        "notes": {n.id: note_json(n) for n in notes},
        "boxes": {n.id: layout.notes.get(n.id, _NOWHERE) for n in notes},
        "colours": {n.id: layout.colours[n.id] for n in notes if n.id in layout.colours},
        "frames": {i: frame_json(f) for i, f in frames.items()},
        "bends": {
            str(e): bends
            for e, bends in layout.edges.items()
            if {e.source.node, e.target.node} <= chosen
        },
    }
    return json.dumps(
        {
            "kind": KIND,
            "nodes": [
                {"id": n.id, "type": n.type, "title": n.title, "params": dict(n.params)}
                | ({} if n.state == ENABLED else {"state": n.state})
                | ({"extra": dict(n.extra)} if n.extra else {})
                for n in nodes
            ],
            "edges": [str(e) for e in document.edges if {e.source.node, e.target.node} <= chosen],
            "places": {n.id: list(layout.nodes.get(n.id, (0, 0))) for n in nodes},
            **{key: value for key, value in sheets.items() if value},
        },
        indent=2,
        ensure_ascii=False,
    )


def is_nodes(text: str) -> bool:
    """Return True if `text` looks like copied nodes, without reading it all."""
    return KIND in text[:200]


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a paste adds.

    Args:
        edit: Adds it, with new ids.
        added: What it added.
        cards: The nodes, where they go.
    """

    edit: Compound
    added: Selection
    cards: tuple[AddNode, ...]


def pasted(document: Document, text: str, at: Point) -> Pasted:
    """Return what adds copied nodes, notes and frames.

    The upper left of the group goes to `at`. Only edges among the pasted nodes are made.

    Raises:
        InvalidDocument: The text holds none.
    """
    copy = _read(text)
    left, top = copy.corner
    dx, dy = at[0] - left, at[1] - top
    nodes = _renamed(copy.nodes, document.nodes)
    notes = _renamed(copy.notes, document.notes)
    frames = _renamed(copy.frames, document.layout.frames)
    cards = tuple(
        AddNode(replace(n, id=nodes[i]), (copy.places[i][0] + dx, copy.places[i][1] + dy))
        for i, n in copy.nodes.items()
    )
    steps: list[Edit] = [*cards]
    for edge in copy.edges:
        source = PortRef(nodes[edge.source.node], edge.source.port)
        target = PortRef(nodes[edge.target.node], edge.target.port)
        steps.append(AddEdge(Edge(source, target)))
        if edge in copy.bends:
            bends = tuple((x + dx, y + dy) for x, y in copy.bends[edge])
            steps.append(SetInLayout("edges", Edge(source, target), bends))
    for note_id, note in copy.notes.items():
        box = _moved(copy.boxes[note_id], dx, dy)
        steps.append(SetNote(notes[note_id], note.text, box, extra=note.extra))
        if note_id in copy.colours:
            steps.append(SetInLayout("colours", notes[note_id], copy.colours[note_id]))
    for frame_id, frame in copy.frames.items():
        new = replace(
            frame,
            box=_moved(frame.box, dx, dy),
            nodes=tuple(nodes[i] for i in frame.nodes if i in nodes),
            notes=tuple(notes[i] for i in frame.notes if i in notes),
        )
        steps.append(SetInLayout("frames", frames[frame_id], new))
    count = len(nodes) + len(notes) + len(frames)
    mixed = bool(notes or frames)
    one, some = (tr("item"), tr("items")) if mixed else (tr("node"), tr("nodes"))
    noun = one if count == 1 else some
    label = (
        tr("Paste {noun}", noun=noun)
        if count == 1
        else tr("Paste {count} {noun}", count=count, noun=noun)
    )
    added = Selection(
        tuple(nodes.values()), notes=tuple(notes.values()), frames=tuple(frames.values())
    )
    return Pasted(Compound(label, tuple(steps)), added, cards)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What a text holds."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    places: Mapping[str, Point]
    notes: Mapping[str, Note]
    boxes: Mapping[str, Box]
    colours: Mapping[str, str]
    frames: Mapping[str, Frame]
    bends: Mapping[Edge, tuple[Point, ...]]

    @property
    def corner(self) -> Point:
        """The upper left of all of it."""
        corners = [*self.places.values(), *(b[:2] for b in self.boxes.values())]
        corners += [f.box[:2] for f in self.frames.values()]
        return min(x for x, _ in corners), min(y for _, y in corners)


def _renamed(items: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    known, renamed = set(taken), dict[str, str]()
    for item_id in items:
        stem, _, number = item_id.rpartition("_")
        # A copy of `sort_2` is the next `sort`.
        again = number.isdecimal() and {item_id, stem} <= known
        renamed[item_id] = unique_id(stem if again else item_id, known)
        known.add(renamed[item_id])
    return renamed


def _moved(box: Box, dx: int, dy: int) -> Box:
    return box[0] + dx, box[1] + dy, box[2], box[3]


def _read(text: str) -> _Copy:
    try:
        raw = json.loads(text)
        nodes = [_node(item) for item in raw["nodes"]]
        known = {n.id: n for n in nodes}
        edges = (Edge.parse(item) for item in raw["edges"])
        notes = {_id(i): _note(i, item) for i, item in raw.get("notes", {}).items()}
        copy = _Copy(
            known,
            tuple(
                dict.fromkeys(e for e in edges if {e.source.node, e.target.node} <= known.keys())
            ),
            {i: _place(raw["places"], i) for i in known},
            notes,
            {i: _box(raw["boxes"][i]) for i in notes},
            {i: str(c) for i, c in raw.get("colours", {}).items() if i in notes},
            {i: frame_of(i, item) for i, item in raw.get("frames", {}).items()},
            {Edge.parse(e): tuple(map(_point, b)) for e, b in raw.get("bends", {}).items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SummitError) as error:
        raise _nothing() from error
    if not (nodes or notes or copy.frames) or len(known) != len(nodes):
        raise _nothing()
    return copy


def _id(text: str) -> str:
    if not is_id(text):
        raise ValueError(text)
    return text


def _note(note_id: str, item: Mapping[str, Any]) -> Note:
    extra = {key: value for key, value in item.items() if key != "text"}
    return Note(note_id, str(item["text"]), extra)


def _box(raw: Any) -> Box:
    x, y, width, height = raw
    return int(x), int(y), int(width), int(height)


def _node(item: Mapping[str, Any]) -> Node:
    if not (is_id(item["id"]) and isinstance(item["type"], str)):
        raise ValueError(item["id"])
    title, state = item.get("title"), item.get("state")
    return Node(
        item["id"],
        item["type"],
        dict(item.get("params") or {}),
        title if isinstance(title, str) else None,
        dict(item.get("extra") or {}),
        state=state if isinstance(state, str) else ENABLED,
    )


def _place(places: Mapping[str, Any], node_id: str) -> Point:
    return _point(places[node_id])


def _point(raw: Any) -> Point:
    x, y = raw
    return int(x), int(y)


def _nothing() -> InvalidDocument:
    return InvalidDocument(
        tr("Cannot paste"),
        why=tr("the clipboard holds no nodes"),
        do=tr("select nodes and copy them first"),
        code="clipboard_empty",
    )
