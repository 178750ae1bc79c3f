"""Which lines a chart draws, and how each is told from the others. Knows nothing of Qt."""

import colorsys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from summit_studio.app.session.run_state import RunState

TOTAL: Final = ""
"""Stands, among the ids of nodes, for all sources together."""

BUSIEST: Final = 8
"""So many nodes are drawn until somebody chooses."""

MOST: Final = 24
"""So many are drawn at most: with more, none can be told from the next."""

_FIRST = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8f8f00", "#7a7a7a",
)  # fmt: skip
"""Okabe and Ito's set, told apart by everyone, then two quiet ones."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line is drawn.

    Args:
        colour: As `#rrggbb`; on a ground where it would not be seen it is changed.
        dash: 0 for a solid line, 1 for a dashed, 2 for a dotted one.
    """

    colour: str
    dash: int


def _hue(number: int) -> str:
    """Return a colour of the second and third round, between those of the first."""
    light = (0.62, 0.88)[number % 2]
    red, green, blue = colorsys.hsv_to_rgb((number * 0.618) % 1.0, 0.72, light)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


STROKES: Final = tuple(
    Stroke(_FIRST[n] if n < len(_FIRST) else _hue(n), n // len(_FIRST)) for n in range(MOST)
)


class Lines:
    """The nodes that are drawn. Until somebody chooses, the busiest are; who stays keeps a stroke.

    The total is drawn in a way of its own and takes none of the strokes.
    """

    def __init__(self) -> None:
        self.chosen = False
        """True once somebody has chosen, until `follow_busiest`."""
        self.total = True
        """True where the total is drawn."""
        self.strokes: dict[str, Stroke] = {}
        """Who is drawn, and how."""

    @property
    def full(self) -> bool:
        """True where no other node can be drawn."""
        return len(self.strokes) >= MOST

    def clear(self) -> None:
        """Begin anew."""
        self.strokes, self.chosen, self.total = {}, False, True

    def follow(self, run: RunState) -> bool:
        """Draw the busiest, unless somebody has chosen; return True if others are drawn now."""
        return not self.chosen and self._take(busiest(run, BUSIEST))

    def follow_busiest(self) -> None:
        """Draw the busiest from now on, whatever was chosen."""
        self.chosen, self.total = False, True

    def toggle(self, node_id: str) -> None:
        """Draw a node that is not drawn, or the other way round; `TOTAL` means the total."""
        self.chosen = True
        if node_id == TOTAL:
            self.total = not self.total
        elif node_id in self.strokes:
            self._take(i for i in self.strokes if i != node_id)
        elif not self.full:
            self._take((*self.strokes, node_id))

    def shows(self, node_id: str) -> bool:
        """Return True if it is drawn."""
        return self.total if node_id == TOTAL else node_id in self.strokes

    def _take(self, wanted: Iterable[str]) -> bool:
        ids = list(wanted)
        if ids == list(self.strokes):
            return False
        kept = {i: s for i, s in self.strokes.items() if i in ids}
        free = iter([s for s in STROKES if s not in kept.values()])
        self.strokes = {i: kept[i] if i in kept else next(free) for i in ids}
        return True


def busiest(run: RunState, most: int) -> list[str]:
    """Return the nodes that have dealt with the most rows, in the order of the run."""
    nodes = [i for i in run.history if i in run.nodes]
    ranked = sorted(nodes, key=lambda i: run.nodes[i].handled, reverse=True)[:most]
    return [i for i in nodes if i in ranked]
