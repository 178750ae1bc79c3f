"""What collapsed frames stand for: the nodes in them, and the edges that cross their border."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from summit_studio.document.framing import homes, note_homes
from summit_studio.document.model import Document, Edge, PortRef


@dataclass(slots=True)
class Fold:
    """A collapsed frame.

    Args:
        nodes: The nodes that are not shown.
        notes: The notes that are not shown.
        entering: The edges that lead in.
        leaving: The edges that lead out.
    """

    nodes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    entering: list[Edge] = field(default_factory=list)
    leaving: list[Edge] = field(default_factory=list)

    @property
    def inputs(self) -> list[PortRef]:
        """The ports inside where rows come in, each once."""
        return list(dict.fromkeys(e.target for e in self.entering))

    @property
    def outputs(self) -> list[PortRef]:
        """The ports inside where rows go out, each once, those of rejected rows last."""
        found = dict.fromkeys(e.source for e in self.leaving)
        return sorted(found, key=lambda ref: ref.port == "rejected")


def folds_of(document: Document) -> Mapping[str, Fold]:
    """Return the collapsed frames of a document by their ids."""
    frames = document.layout.frames
    folds = {i: Fold() for i, f in frames.items() if f.collapsed}
    if not folds:
        return folds
    own = {n: i for n, i in homes(frames).items() if n in document.nodes}
    for node_id, frame_id in own.items():
        if frame_id in folds:
            folds[frame_id].nodes.append(node_id)
    for note_id, frame_id in note_homes(frames).items():
        if frame_id in folds and note_id in document.notes:
            folds[frame_id].notes.append(note_id)
    for edge in document.edges:
        source, target = own.get(edge.source.node), own.get(edge.target.node)
        if source == target or not {edge.source.node, edge.target.node} <= document.nodes.keys():
            continue
        if source in folds:
            folds[source].leaving.append(edge)
        if target in folds:
            folds[target].entering.append(edge)
    return folds
