"""What a backend is: something that can run a plan, told by whom and telling whom."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from summit_studio.core.epochs import (
    Checkpoint,
    Demand,
    EpochEnd,
    Every,
    Position,
    Progress,
    Publish,
    Sums,
)
from summit_studio.document.model import PortRef

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.core.events import Event, LedgerLine
    from summit_studio.nodes.contract import RunContext
    from summit_studio.planning.plan import Plan
    from summit_studio.planning.settings import Performance

Tap = Callable[["pa.Table"], None]
"""Looks at the rows of a port as they pass."""

READ = "read"
"""The name under which a source's own rows stand as rows in."""

BUILT = -1
"""The epoch of rows that each run takes in anew, wherever it goes on."""

WRITTEN = "written"
"""The name under which a sink's rows stand as rows out."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a node measured of one of its batches, by other means than counting what came out.

    Args:
        stood_for: Rows in that the rows out of a port stand for (sizes of groups), by port.
        expected: Rows that ports must have (matches of keys, what code returned), by port.
        read: Rows in that the node's query says it read, by port.
    """

    stood_for: Mapping[str, int] = field(default_factory=dict)
    expected: Mapping[str, int] = field(default_factory=dict)
    read: Mapping[str, int] = field(default_factory=dict)


class Account(Protocol):
    """Takes the counts of a run, from any thread.

    Each count belongs to the epoch in which its rows stand, so that the counts of an epoch can be
    held against each other while the next one is under way.
    """

    def add(
        self,
        node_id: str,
        rows_in: Mapping[str, int],
        rows_out: Mapping[str, int],
        *,
        bytes_out: int = 0,
        busy_secs: float = 0.0,
        progress: float | None = None,
        epoch: int = 1,
    ) -> None:
        """Count one batch of a node."""

    def add_held(self, node_id: str, rows: int | None, *, epoch: int = 1) -> None:
        """Count rows that a source holds by its own account; None where it has none of a piece."""

    def set_held(self, node_id: str, rows: int) -> None:
        """Take the whole number of rows that a source says it holds, over what was added."""

    def add_measured(self, node_id: str, measured: "Measured", *, epoch: int = 1) -> None:
        """Count what a node measured of itself beside the rows it handed on."""

    def set_taken(self, node_id: str, rows: int, *, epoch: int = 1) -> None:
        """Take the number of rows that a sink's target says it took in an epoch."""

    def adopt(self, node_id: str, sums: Sums) -> None:
        """Take what a sink's target has kept of its counts over what was counted since."""

    def set_compared(self, node_id: str, *, compared: bool = True) -> None:
        """Note that a sink's rows were read back and are those that it was handed, or were not.

        Of several epochs all must have been.
        """

    def add_failed(self, node_id: str, failed: Mapping[str, int], *, epoch: int = 1) -> None:
        """Count rows that failed quality rules."""

    def line(self, node_id: str) -> "LedgerLine":
        """Return the account of a node as it stands."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where an epoch must end, since a target holds it already.

    Args:
        positions: Where each source goes on behind it; None where they all end.
    """

    epoch: int
    positions: Mapping[str, Position] | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where a source goes on: the epoch that all its sinks hold, and the position behind it.

    Args:
        stops: Where epochs end that some sinks hold and others do not, one after the other; the
            same for all sources that these sinks get rows from.
    """

    epoch: int = 0
    position: Position | None = None
    stops: tuple[Stop, ...] = ()

    @property
    def first(self) -> int:
        """The first epoch that passes."""
        return self.stops[0].epoch if self.stops else self.epoch + 1


@dataclass(frozen=True, slots=True)
class Epochs:
    """How a run is cut into epochs, and what its targets hold of runs before.

    Args:
        every: How often a source's epochs end; None has one epoch.
        publish: What readers of a sink's target see meanwhile; the whole at the end where a sink
            is not named.
        checkpoints: Where a sink's target keeps how far it is.
        held: How far that is.
        starts: Where each source goes on; at its beginning where it is not named.
        windows: What sources read in the whole of the load, by node.
        demand: Counts the checkpoints asked for while the run goes.
    """

    every: Every | None = None
    publish: Mapping[str, Publish] = field(default_factory=dict)
    checkpoints: Mapping[str, Checkpoint] = field(default_factory=dict)
    held: Mapping[str, Progress] = field(default_factory=dict)
    starts: Mapping[str, Start] = field(default_factory=dict)
    windows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    demand: Demand = field(default_factory=Demand)


class Control(Protocol):
    """What a backend tells the run it works for, and asks of it."""

    def emit(self, event: "Event") -> None:
        """Say what happened, from any thread."""

    def fail(self, error: BaseException, node_id: str | None = None) -> None:
        """Say that the run cannot go on; its cancel token is then set."""

    def close(self, mark: EpochEnd, node_ids: Collection[str], shown: Collection[str]) -> EpochEnd:
        """Hold the counts of one epoch, and the quality gates so far, against what was promised.

        Called once the sinks have prepared the epoch, before any commits it.

        Args:
            mark: Its end.
            node_ids: Those whose rows of it end in these sinks, and the sinks.
            shown: Those of them whose rows readers will see then: only for these the gates, and
                the share of rejected rows, must hold by now.

        Returns:
            The mark, with what was counted up to it.

        Raises:
            LedgerImbalance: Rows appeared or vanished.
            TooManyRejected: More rows than are tolerated.
            QualityGateFailed: A critical rule is breached.
        """

    def audit(self) -> Sums:
        """Hold the counts and the quality gates against what was promised.

        Called once all sinks have prepared, before any publishes.

        Returns:
            What was counted.

        Raises:
            LedgerImbalance: Rows appeared or vanished.
            TooManyRejected: More rows than are tolerated.
            QualityGateFailed: A critical rule is breached.
            Cancelled: Someone cancelled meanwhile; from here on nobody can.
        """


@dataclass(frozen=True, slots=True)
class Order:
    """What a run asks of its backend.

    Args:
        context: What the nodes may use; its cancel token stops the backend.
        account: Takes the counts.
        taps: Who looks at the rows of a port (preview).
        strict: False lets rejected rows of unconnected ports go (preview).
        epochs: How the run is cut, and where it goes on.
        verify: `content` to have sinks read back what they wrote, as far as they can, and compare.
    """

    plan: "Plan"
    context: "RunContext"
    performance: "Performance"
    account: Account
    control: Control
    taps: Mapping[PortRef, Tap] = field(default_factory=dict)
    strict: bool = True
    verify: Literal["counts", "content"] = "counts"
    epochs: Epochs = field(default_factory=Epochs)


class Backend(ABC):
    """Where a plan runs."""

    @abstractmethod
    def run(self, order: Order) -> None:
        """Run a plan to its end; faults go to `order.control`. Returns once every thread ended."""
