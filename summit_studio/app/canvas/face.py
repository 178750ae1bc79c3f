"""What the canvas needs to know of a node to draw it. Knows neither Qt nor the catalogue."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from summit_studio.document.model import ENABLED, Node

PortKind = Literal["input", "output", "rejected"]


@dataclass(frozen=True, slots=True)
class PortFace:
    """A port as drawn. `many` inputs take any number of edges."""

    name: str
    kind: PortKind
    required: bool = False
    many: bool = False


@dataclass(frozen=True, slots=True)
class NodeFace:
    """A node as drawn.

    Args:
        summary: The second line: what the node does with its params.
        category: source, transform, quality, sink, code or module; picks the colour.
        icon: A name of the icon family.
        outputs: The rejected port, where there is one, comes last.
        known: False for a node type that is not installed.
        badge: The delivery class of a sink: T, A, I or N.
        state: Whether it works: enabled, disabled or bypassed.
    """

    title: str
    summary: str
    category: str
    icon: str
    inputs: tuple[PortFace, ...] = ()
    outputs: tuple[PortFace, ...] = ()
    known: bool = True
    badge: str = ""
    state: str = ENABLED

    def port(self, name: str, *, output: bool) -> PortFace | None:
        """Return the port of that name on one side, or None."""
        ports = self.outputs if output else self.inputs
        return next((p for p in ports if p.name == name), None)


@dataclass(frozen=True, slots=True)
class DeliveryFace:
    """How a sink delivers.

    Args:
        short: The letter of its class, and how it publishes.
        words: The same with the class in a word, the longest first.
        tip: All of it, told under the mouse.
    """

    short: str
    words: tuple[str, ...]
    tip: str


class NodeState(StrEnum):
    """How a node stands in a run."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class NodeLive:
    """A node's state and row counts in the run at hand; `tip` tells more of the state.

    Args:
        share: Its share of the run's time, 0 to 1, while cards are coloured by it; else None.
        heat: That share of the greatest one, 0 to 1: how strong the colour is.
    """

    state: NodeState = NodeState.IDLE
    rows_in: int = 0
    rows_out: int = 0
    rejected: int = 0
    tip: str = ""
    share: float | None = None
    heat: float = 0.0


class Faces(Protocol):
    """Gives nodes their faces; the catalogue stands behind it."""

    def face(self, node: Node) -> NodeFace:
        """Return how `node` looks; never raises, also for a node type that is not installed."""
