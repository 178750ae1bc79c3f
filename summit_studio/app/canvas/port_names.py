"""Where the names of ports stand: beside them, and never over a count of rows or one another.

Knows no Qt.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from summit_studio.app.canvas.geometry import XY
from summit_studio.app.canvas.room import Box

HEIGHT = 18.0
_OFF = 10.0
"""How far from its port a name begins."""

_LEVEL = 6.0
"""A count no further above or beneath a name stands in one line with it."""

_STEPS = (0.0, -10.0, 10.0, -20.0, 20.0, -30.0, 30.0, -40.0, 40.0)
_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Count:
    """A count of rows as it is drawn on an edge.

    Args:
        box: What it covers.
        text: What it says.
        own: True if the edge begins or ends at the port in question.
    """

    box: Box
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A port whose name is shown.

    Args:
        name: As it is shown.
        place: Where the port is.
        output: True for a port where edges start.
        rejected: True for the one of rejected rows.
        counts: The counts near to it.
    """

    name: str
    place: XY
    output: bool
    rejected: bool
    counts: Sequence[Count] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """A name where it stands, with the count that it would have covered."""

    box: Box
    text: str
    rejected: bool


def labels(ports: Sequence[Named], width: Callable[[str], float]) -> list[Label]:
    """Return the names of ports, each beside its port where that is free.

    Those that give way come last: none of them pushes another away from its port.

    Args:
        ports: In the order in which they are placed.
        width: How wide a text is drawn, with its margins.
    """
    placed: list[Label] = []
    giving_way: list[Named] = []
    for port in ports:
        label = _joined(port, width)
        others = (c.box for c in port.counts if not _covers(label.box, c.box))
        if _is_free(label.box, (*others, *(known.box for known in placed))):
            placed.append(label)
        else:
            giving_way.append(port)
    for port in giving_way:
        beside = _beside(port, width(port.name))
        taken = [*(c.box for c in port.counts), *(known.box for known in placed)]
        ways = (_moved(beside, step) for step in _STEPS)
        box = next((b for b in ways if _is_free(b, taken)), beside)
        placed.append(Label(box, port.name, port.rejected))
    return placed


def _is_free(box: Box, taken: Iterable[Box]) -> bool:
    return not any(_meet(box, other) for other in taken)


def _joined(port: Named, width: Callable[[str], float]) -> Label:
    """Return a name beside its port, in one with the count of its edge that it would cover."""
    box = _beside(port, width(port.name))
    met = [c for c in port.counts if _meet(box, c.box)]
    if len(met) != 1 or not met[0].own or abs(_middle(met[0].box) - _middle(box)) > _LEVEL:
        return Label(box, port.name, port.rejected)
    text = f"{port.name} \N{MIDDLE DOT} {met[0].text}"
    wide, (left, top, right, bottom) = _beside(port, width(text)), met[0].box
    whole = min(wide[0], left), min(wide[1], top), max(wide[2], right), max(wide[3], bottom)
    # A count stands halfway: as far behind it is the port at the other end, which is left free.
    beyond = abs(left + right - 2 * port.place[0]) - _OFF
    reach = whole[2] - port.place[0] if port.output else port.place[0] - whole[0]
    return (
        Label(whole, text, port.rejected)
        if reach <= beyond
        else Label(box, port.name, port.rejected)
    )


def _beside(port: Named, width: float) -> Box:
    x, y = port.place
    left = x + _OFF if port.output else x - _OFF - width
    return left, y - HEIGHT / 2, left + width, y + HEIGHT / 2


def _moved(box: Box, down: float) -> Box:
    return box[0], box[1] + down, box[2], box[3] + down


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _meet(one: Box, other: Box) -> bool:
    """Return True if two boxes overlap, or stand closer than they should."""
    return (
        one[0] < other[2] + _GAP
        and one[2] > other[0] - _GAP
        and one[1] < other[3]
        and one[3] > other[1]
    )


def _covers(one: Box, other: Box) -> bool:
    return one[0] <= other[0] and one[1] <= other[1] and one[2] >= other[2] and one[3] >= other[3]
