"""Edits: small values that change a document and know their inverse.

`edit.apply(document)` returns the changed document; `edit.inverse(document)`, asked of the document
*before* the change, returns the edit that takes it back exactly, order included. Undo,
the Python API and tests all use these and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.layout_edits import (
    SetInLayout,
    holds_node,
    knows_note,
    without_node,
    without_note,
)
from summit_studio.document.model import (
    BYPASSED,
    DISABLED,
    ENABLED,
    Box,
    Document,
    Edge,
    Layout,
    Node,
    Note,
    Parameter,
    Point,
)
from summit_studio.document.ordered import index_of, with_entry, without_entry

_STATE_VERBS = {ENABLED: "Enable", DISABLED: "Disable", BYPASSED: "Bypass"}
_PROPERTIES = ("name", "mode", "settings", "parameters", "tests", "extra")


class Edit(Protocol):
    """A change to a document."""

    @property
    def label(self) -> str:
        """What the undo menu calls it."""

    def apply(self, document: Document) -> Document:
        """Return the changed document; `document` itself never changes.

        Raises:
            InvalidDocument: The edit does not fit this document.
        """

    def inverse(self, document: Document) -> "Edit":
        """Return the edit that undoes this one, given the document before it."""

    def merge(self, later: "Edit") -> "Edit | None":
        """Return one edit that does both, or None where the two must stay apart."""


class _Alone:
    """An edit that never merges with a later one."""

    def merge(self, later: Edit) -> Edit | None:
        """Return None."""
        del later
        return None


@dataclass(frozen=True, slots=True)
class AddNode(_Alone):
    """Add a node, at the end or at `index` in the order of nodes; position None gives no place."""

    node: Node
    position: Point | None = (0, 0)
    index: int | None = None
    layout_index: int | None = None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return f"Add {self.node.title or self.node.id}"

    def apply(self, document: Document) -> Document:
        """Return the document with the node."""
        if self.node.id in document.nodes:
            raise _misfit(f"Cannot add node '{self.node.id}'", "a node of that id is there already")
        places = document.layout.nodes
        if self.position is not None:
            places = with_entry(places, self.node.id, self.position, self.layout_index)
        layout = replace(document.layout, nodes=places)
        nodes = with_entry(document.nodes, self.node.id, self.node, self.index)
        return replace(document, nodes=nodes, layout=layout)

    def inverse(self, document: Document) -> Edit:
        """Return the removal of the node; a file may hold edges and places of absent nodes."""
        remove = RemoveNode(self.node.id)
        steps: list[Edit] = [remove]
        dangling = [e for e in document.edges if self.node.id in (e.source.node, e.target.node)]
        if dangling:
            kept = tuple(e for e in document.edges if e not in dangling)
            steps = [RestoreEdges(kept), remove, RestoreEdges(document.edges)]
        if self.node.id in document.layout.nodes or holds_node(document.layout, self.node.id):
            steps.append(RestoreLayout(document.layout))
        return remove if len(steps) == 1 else Compound(remove.label, tuple(steps))


@dataclass(frozen=True, slots=True)
class RemoveNode(_Alone):
    """Remove a node that no edge touches; see `removal` for nodes with edges."""

    node_id: str

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return f"Delete {self.node_id}"

    def apply(self, document: Document) -> Document:
        """Return the document without the node."""
        _require_node(document, self.node_id)
        if any(self.node_id in (e.source.node, e.target.node) for e in document.edges):
            raise _misfit(f"Cannot remove node '{self.node_id}'", "edges still touch it")
        layout = without_node(document.layout, self.node_id)
        return replace(document, nodes=without_entry(document.nodes, self.node_id), layout=layout)

    def inverse(self, document: Document) -> Edit:
        """Return the addition of the node where it stood, and into the frame that held it."""
        places = document.layout.nodes
        add = AddNode(
            document.nodes[self.node_id],
            places.get(self.node_id),
            index_of(document.nodes, self.node_id),
            index_of(places, self.node_id) if self.node_id in places else None,
        )
        frames = holds_node(document.layout, self.node_id)
        return Compound(add.label, (add, *frames)) if frames else add


@dataclass(frozen=True, slots=True)
class AddEdge(_Alone):
    """Add an edge, at the end or at `index` in the order of edges."""

    edge: Edge
    index: int | None = None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return f"Connect {self.edge}"

    def apply(self, document: Document) -> Document:
        """Return the document with the edge."""
        if self.edge in document.edges:
            raise _misfit(f"Cannot add edge {self.edge}", "it is there already")
        _require_node(document, self.edge.source.node)
        _require_node(document, self.edge.target.node)
        at = len(document.edges) if self.index is None else self.index
        return replace(document, edges=(*document.edges[:at], self.edge, *document.edges[at:]))

    def inverse(self, document: Document) -> Edit:
        """Return the removal of the edge; a file may hold the bends of an absent one."""
        remove = RemoveEdge(self.edge)
        if self.edge not in document.layout.edges:
            return remove
        return Compound(remove.label, (remove, RestoreLayout(document.layout)))


@dataclass(frozen=True, slots=True)
class RemoveEdge(_Alone):
    """Remove an edge, every copy of it where a file holds it twice."""

    edge: Edge

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return f"Disconnect {self.edge}"

    def apply(self, document: Document) -> Document:
        """Return the document without the edge and its bends."""
        if self.edge not in document.edges:
            raise _misfit(f"Cannot remove edge {self.edge}", "it is not there")
        edges = tuple(e for e in document.edges if e != self.edge)
        if self.edge not in document.layout.edges:
            return replace(document, edges=edges)
        bends = without_entry(document.layout.edges, self.edge)
        return replace(document, edges=edges, layout=replace(document.layout, edges=bends))

    def inverse(self, document: Document) -> Edit:
        """Return the addition of the edge where it stood, with its bends."""
        back = self._back(document)
        if self.edge not in document.layout.edges:
            return back
        bend = SetInLayout("edges", self.edge, None).inverse(document)
        return Compound(back.label, (back, bend))

    def _back(self, document: Document) -> Edit:
        ends = {self.edge.source.node, self.edge.target.node}
        if document.edges.count(self.edge) > 1 or not ends <= document.nodes.keys():
            return RestoreEdges(document.edges)
        return AddEdge(self.edge, document.edges.index(self.edge))


@dataclass(frozen=True, slots=True)
class RestoreEdges(_Alone):
    """Put all edges back as they were found, those included that could not be added anew."""

    edges: tuple[Edge, ...]

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return "Restore edges"

    def apply(self, document: Document) -> Document:
        """Return the document with exactly these edges."""
        return replace(document, edges=self.edges)

    def inverse(self, document: Document) -> Edit:
        """Return the edit that puts the present edges back."""
        return RestoreEdges(document.edges)


@dataclass(frozen=True, slots=True)
class RestoreLayout(_Alone):
    """Put the whole layout back as it was found, order and places of absent nodes included."""

    layout: Layout

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return "Restore layout"

    def apply(self, document: Document) -> Document:
        """Return the document with exactly this layout."""
        return replace(document, layout=self.layout)

    def inverse(self, document: Document) -> Edit:
        """Return the edit that puts the present layout back."""
        return RestoreLayout(document.layout)


@dataclass(frozen=True, slots=True)
class SetParams:
    """Replace a node's params as a whole.

    Args:
        field: The param being typed in; edits of the same node and field merge.
    """

    node_id: str
    params: Mapping[str, Any]
    field: str | None = None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return f"Change {self.field or 'params'} of {self.node_id}"

    def apply(self, document: Document) -> Document:
        """Return the document with the new params."""
        node = _require_node(document, self.node_id)
        return _with_node(document, replace(node, params=dict(self.params)))

    def inverse(self, document: Document) -> Edit:
        """Return the edit that sets the params back."""
        return SetParams(self.node_id, document.nodes[self.node_id].params, self.field)

    def merge(self, later: Edit) -> Edit | None:
        """Return the later edit if both type in the same field of the same node."""
        same = (
            isinstance(later, SetParams)
            and later.node_id == self.node_id
            and later.field is not None
            and later.field == self.field
        )
        return later if same else None


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Name a node for people; None gives it back its type's name."""

    node_id: str
    title: str | None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return f"Rename {self.node_id}"

    def apply(self, document: Document) -> Document:
        """Return the document with the new title."""
        node = _require_node(document, self.node_id)
        return _with_node(document, replace(node, title=self.title))

    def inverse(self, document: Document) -> Edit:
        """Return the edit that sets the title back."""
        return SetTitle(self.node_id, document.nodes[self.node_id].title)

    def merge(self, later: Edit) -> Edit | None:
        """Return the later edit if both name the same node."""
        return later if isinstance(later, SetTitle) and later.node_id == self.node_id else None


@dataclass(frozen=True, slots=True)
class SetStates(_Alone):
    """Have nodes work, not run, or let rows past them: states by node id."""

    states: Mapping[str, str]

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        named = set(self.states.values())
        verb = _STATE_VERBS.get(next(iter(named)), "Change") if len(named) == 1 else "Change"
        count = len(self.states)
        return f"{verb} {next(iter(self.states))}" if count == 1 else f"{verb} {count} nodes"

    def apply(self, document: Document) -> Document:
        """Return the document with the nodes in these states."""
        nodes = dict(document.nodes)
        for node_id, state in self.states.items():
            nodes[node_id] = replace(_require_node(document, node_id), state=state)
        return replace(document, nodes=nodes)

    def inverse(self, document: Document) -> Edit:
        """Return the edit that sets the states back."""
        return SetStates({i: _require_node(document, i).state for i in self.states})


@dataclass(frozen=True, slots=True)
class MoveNodes:
    """Put nodes at new places; None takes a place out of the layout."""

    positions: Mapping[str, Point | None]

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        count = len(self.positions)
        return f"Move {next(iter(self.positions))}" if count == 1 else f"Move {count} nodes"

    def apply(self, document: Document) -> Document:
        """Return the document with the new layout."""
        for node_id in self.positions:
            _require_node(document, node_id)
        places: dict[str, Point | None] = {**document.layout.nodes, **self.positions}
        kept = {k: v for k, v in places.items() if v is not None}
        return replace(document, layout=replace(document.layout, nodes=kept))

    def inverse(self, document: Document) -> Edit:
        """Return the move back."""
        places = document.layout.nodes
        if any(place is None and i in places for i, place in self.positions.items()):
            return RestoreLayout(document.layout)
        return MoveNodes({i: document.layout.nodes.get(i) for i in self.positions})

    def merge(self, later: Edit) -> Edit | None:
        """Return one move if both move the same nodes."""
        same = isinstance(later, MoveNodes) and later.positions.keys() == self.positions.keys()
        return later if same else None


@dataclass(frozen=True, slots=True)
class SetNote:
    """Add, change or (with text None) remove a note.

    Args:
        box: x, y, width and height in scene pixels; None leaves it where it stands.
        index: Where a new note goes in the order of notes.
    """

    note_id: str
    text: str | None
    box: Box | None = None
    index: int | None = None
    layout_index: int | None = None
    extra: Mapping[str, Any] | None = None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return "Delete note" if self.text is None else "Edit note"

    def apply(self, document: Document) -> Document:
        """Return the document with the note as told."""
        layout = document.layout
        if self.text is None:
            notes = without_entry(document.notes, self.note_id)
            return replace(document, notes=notes, layout=without_note(layout, self.note_id))
        known = document.notes.get(self.note_id)
        extra = known.extra if self.extra is None and known else self.extra or {}
        note = Note(self.note_id, self.text, extra)
        notes = with_entry(document.notes, self.note_id, note, self.index)
        if self.box is not None:
            boxes = with_entry(layout.notes, self.note_id, self.box, self.layout_index)
            layout = replace(layout, notes=boxes)
        return replace(document, notes=notes, layout=layout)

    def inverse(self, document: Document) -> Edit:
        """Return the edit that sets the note back."""
        back = self._back(document)
        boxes = document.layout.notes
        had_note, had_box = self.note_id in document.notes, self.note_id in boxes
        stays = had_note and self.text is not None
        alone = stays or not knows_note(document.layout, self.note_id)
        if alone and (had_box == had_note or (had_note and self.box is None)):
            return back
        return Compound(self.label, (back, RestoreLayout(document.layout)))

    def _back(self, document: Document) -> "SetNote":
        note = document.notes.get(self.note_id)
        if note is None:
            return SetNote(self.note_id, None)
        boxes = document.layout.notes
        return SetNote(
            self.note_id,
            note.text,
            boxes.get(self.note_id),
            index_of(document.notes, self.note_id),
            index_of(boxes, self.note_id) if self.note_id in boxes else None,
            note.extra,
        )

    def merge(self, later: Edit) -> Edit | None:
        """Return the later edit if both change the same note in place."""
        if not isinstance(later, SetNote) or later.note_id != self.note_id:
            return None
        return later if None not in (self.text, later.text, later.box) else None


@dataclass(frozen=True, slots=True)
class SetProperties:
    """Set the pipeline's own properties; None leaves one as it is."""

    name: str | None = None
    mode: str | None = None
    settings: Mapping[str, Any] | None = None
    parameters: Mapping[str, Parameter] | None = None
    tests: tuple[Any, ...] | None = None
    extra: Mapping[str, Any] | None = None

    @property
    def label(self) -> str:
        """What the undo menu calls it."""
        return "Change settings" if self.sets == {"settings"} else "Change pipeline properties"

    @property
    def sets(self) -> set[str]:
        """The properties that it sets."""
        return {k for k in _PROPERTIES if getattr(self, k) is not None}

    def apply(self, document: Document) -> Document:
        """Return the document with the new properties."""
        new = {k: getattr(self, k) for k in _PROPERTIES}
        return replace(document, **{k: v for k, v in new.items() if v is not None})

    def inverse(self, document: Document) -> Edit:
        """Return the edit that sets the properties back."""
        return SetProperties(**{k: getattr(document, k) for k in _PROPERTIES})

    def merge(self, later: Edit) -> Edit | None:
        """Return the later edit if both set the settings alone, as typing in one field does."""
        alike = isinstance(later, SetProperties) and self.sets == later.sets == {"settings"}
        return later if alike else None


@dataclass(frozen=True, slots=True)
class Compound:
    """Several edits made as one, in order."""

    label: str
    edits: tuple[Edit, ...]

    def apply(self, document: Document) -> Document:
        """Return the document after every edit."""
        for edit in self.edits:
            document = edit.apply(document)
        return document

    def inverse(self, document: Document) -> Edit:
        """Return the inverses in reverse order."""
        undo: list[Edit] = []
        for edit in self.edits:
            undo.append(edit.inverse(document))
            document = edit.apply(document)
        return Compound(self.label, tuple(reversed(undo)))

    def merge(self, later: Edit) -> Edit | None:
        """Return one compound if each step merges with the same step of the later one."""
        if not isinstance(later, Compound) or len(later.edits) != len(self.edits):
            return None
        merged = [a.merge(b) for a, b in zip(self.edits, later.edits, strict=True)]
        steps = tuple(m for m in merged if m is not None)
        return Compound(later.label, steps) if len(steps) == len(merged) else None


def removal(document: Document, node_ids: Sequence[str], edges: Sequence[Edge] = ()) -> Compound:
    """Return the edit that removes nodes with every edge that touches them, and edges besides."""
    gone = set(node_ids)
    doomed = [
        e for e in document.edges if e in edges or e.source.node in gone or e.target.node in gone
    ]
    steps: list[Edit] = [RemoveEdge(e) for e in dict.fromkeys(doomed)]
    steps += [RemoveNode(i) for i in document.nodes if i in gone]
    count = len(gone) or len(doomed)
    noun = "node" if gone else "edge"
    return Compound(f"Delete {noun}" if count == 1 else f"Delete {count} {noun}s", tuple(steps))


def _misfit(what: str, why: str) -> InvalidDocument:
    return InvalidDocument(
        what, why=why, do="reload the pipeline and try again", code="edit_misfit"
    )


def _require_node(document: Document, node_id: str) -> Node:
    node = document.nodes.get(node_id)
    if node is None:
        raise _misfit(f"Cannot change node '{node_id}'", "there is no node of that id")
    return node


def _with_node(document: Document, node: Node) -> Document:
    nodes = dict(document.nodes)
    nodes[node.id] = node
    return replace(document, nodes=nodes)
