"""What two versions of a pipeline both added under one id, without meaning the same by it.

Ids are given by number: whoever adds a filter gets `filter`, and then `filter_2`. Two who add one
each have the same id for two nodes.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from summit_studio.core.ids import unique_id
from summit_studio.document.model import Document, Edge, Layout, Point, PortRef

Names = Mapping[str, str]
"""New ids by old ones."""

_WIDE, _HIGH, _STEP = 240, 110, 130
"""How near two cards may stand, and how far one goes that stands nearer."""


@dataclass(frozen=True, slots=True)
class NewIds:
    """Ids that take the place of those that another version gave to something else."""

    nodes: Names = field(default_factory=dict)
    notes: Names = field(default_factory=dict)
    frames: Names = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.nodes or self.notes or self.frames)

    def given(self, document: Document, beside: Layout) -> Document:
        """Return a document in which they stand, edges, frames and places with them.

        Args:
            document: It has the old ids.
            beside: What must not be covered by what got a new id.
        """
        nodes = {
            self._node(i): replace(node, id=self._node(i)) for i, node in document.nodes.items()
        }
        notes = {
            self._note(i): replace(note, id=self._note(i)) for i, note in document.notes.items()
        }
        edges = tuple(map(self._edge, document.edges))
        layout = self._layout(document.layout, beside)
        return replace(document, nodes=nodes, notes=notes, edges=edges, layout=layout)

    def _layout(self, layout: Layout, beside: Layout) -> Layout:
        places = {self._node(i): place for i, place in layout.nodes.items()}
        for new in self.nodes.values():
            if new in places:
                others = [place for i, place in places.items() if i != new]
                places[new] = _beside(places[new], [*beside.nodes.values(), *others])
        frames = {
            self.frames.get(i, i): replace(
                frame,
                nodes=tuple(map(self._node, frame.nodes)),
                notes=tuple(map(self._note, frame.notes)),
            )
            for i, frame in layout.frames.items()
        }
        return replace(
            layout,
            nodes=places,
            notes={self._note(i): box for i, box in layout.notes.items()},
            colours={self._note(i): colour for i, colour in layout.colours.items()},
            frames=frames,
            edges={self._edge(edge): bends for edge, bends in layout.edges.items()},
        )

    def _node(self, node_id: str) -> str:
        return self.nodes.get(node_id, node_id)

    def _note(self, note_id: str) -> str:
        return self.notes.get(note_id, note_id)

    def _edge(self, edge: Edge) -> Edge:
        source, target = edge.source, edge.target
        if not {source.node, target.node} & self.nodes.keys():
            return edge
        return Edge(
            PortRef(self._node(source.node), source.port),
            PortRef(self._node(target.node), target.port),
        )


def new_ids(
    base: Document, mine: Document, theirs: Document, same: Callable[[Any, Any], bool]
) -> NewIds:
    """Return ids for what theirs added under one that mine gave to something else.

    Only ids that were given by number are another's by chance; one that a person chose, such as
    `paid`, means the same in both.

    Args:
        base: What both began as.
        mine: One version.
        theirs: The other.
        same: Tells what a file writes alike.
    """
    stems = {i: node.type.replace(".", "_") for i, node in theirs.nodes.items()}
    nodes = _Twice(stems, base.nodes, mine.nodes, theirs.nodes)
    nodes.tell_apart(lambda i: not same(mine.nodes[i], theirs.nodes[i]))
    sources, others = _sources(mine), _sources(theirs)
    while nodes.tell_apart(
        lambda i: any(
            port in sources and sources[port] != {nodes.known(ref) for ref in found}
            for port, found in others.items()
            if port.node == i
        )
    ):
        pass  # What another one leads into that was told apart is another one, too.
    notes = _Twice(dict.fromkeys(theirs.notes, "note"), base.notes, mine.notes, theirs.notes)
    notes.tell_apart(lambda i: not same(mine.notes[i], theirs.notes[i]))
    frames = [document.layout.frames for document in (base, mine, theirs)]
    framed = _Twice(dict.fromkeys(frames[2], "frame"), *frames)
    framed.tell_apart(lambda i: not same(frames[1][i], frames[2][i]))
    return NewIds(nodes.ids, notes.ids, framed.ids)


class _Twice:
    """Things that both versions added under one id that was given by number.

    Args:
        stems: What each id of theirs begins with.
        base: What both began with, by id.
        mine: What is in one version.
        theirs: What is in the other.
    """

    def __init__(
        self, stems: Names, base: Container[str], mine: Iterable[str], theirs: Iterable[str]
    ) -> None:
        here = list(mine)
        self._stems = stems
        self._taken = {*here, *theirs}
        self._twice = [
            i for i in theirs
            if i in here and i not in base and re.fullmatch(rf"{re.escape(stems[i])}(_\d+)?", i)
        ]  # fmt: skip
        self.ids: dict[str, str] = {}

    def tell_apart(self, differ: Callable[[str], bool]) -> bool:
        """Give ids to those that differ; return whether there were any more."""
        found = [i for i in self._twice if i not in self.ids and differ(i)]
        for known in found:
            self.ids[known] = unique_id(self._stems[known], self._taken)
            self._taken.add(self.ids[known])
        return bool(found)

    def known(self, ref: PortRef) -> PortRef:
        """Return a port by the id that its node has now."""
        return PortRef(self.ids.get(ref.node, ref.node), ref.port)


def _sources(document: Document) -> dict[PortRef, set[PortRef]]:
    """Return what leads into each input."""
    found: dict[PortRef, set[PortRef]] = {}
    for edge in document.edges:
        found.setdefault(edge.target, set()).add(edge.source)
    return found


def _beside(place: Point, taken: Iterable[Point]) -> Point:
    x, y = place
    places = list(taken)
    while any(abs(x - a) < _WIDE and abs(y - b) < _HIGH for a, b in places):
        y += _STEP
    return x, y
