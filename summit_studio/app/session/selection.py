"""What is selected on the canvas, as data."""

from dataclasses import dataclass
from typing import NamedTuple

from summit_studio.document.model import Edge


class Bend(NamedTuple):
    """One of the bends of an edge, by its number from the start; the first is 0."""

    edge: Edge
    number: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids of the selected nodes, notes and frames, and the selected edges and bends, as chosen."""

    nodes: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()
    notes: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    bends: tuple[Bend, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.edges or self.notes or self.frames or self.bends)
