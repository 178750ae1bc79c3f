"""What is selected on the canvas, as data."""

from dataclasses import dataclass

from summit_studio.document.model import Edge


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids of the selected nodes, notes and frames, and the selected edges, in the order chosen."""

    nodes: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    notes: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.edges or self.notes or self.frames)
