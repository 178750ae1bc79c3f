"""What is to be placed: cards with ports on their sides, and the edges between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

WIDTH, HEIGHT = 208, 64
_FIRST_PORT, _PORT_STEP, _FOOT = 32, 20, 20


@dataclass(frozen=True, slots=True)
class Card:
    """A card's size and the heights of its ports below its upper edge, in scene pixels."""

    width: int = WIDTH
    height: int = HEIGHT
    inputs: Mapping[str, float] = field(default_factory=dict)
    outputs: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def plain(cls, inputs: Iterable[str], outputs: Iterable[str]) -> "Card":
        """Return a card of which no more is known than its ports, in the order they stand in."""
        left = {name: _FIRST_PORT + i * _PORT_STEP for i, name in enumerate(inputs)}
        right = {name: _FIRST_PORT + i * _PORT_STEP for i, name in enumerate(outputs)}
        last = max((*left.values(), *right.values()), default=0)
        return cls(WIDTH, max(HEIGHT, last + _FOOT), left, right)

    def input(self, port: str) -> float:
        """Return the height of an input, that of the middle where it is not known."""
        return self.inputs.get(port, self.height / 2)

    def output(self, port: str) -> float:
        """Return the height of an output, that of the middle where it is not known."""
        return self.outputs.get(port, self.height / 2)


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge: two cards by their numbers, and the height of the port on each."""

    source: int
    target: int
    start: float
    end: float

    @property
    def turned(self) -> "Arrow":
        """The same edge as seen from its end."""
        return Arrow(self.target, self.source, self.end, self.start)
