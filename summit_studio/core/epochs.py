"""Epochs: the pieces that a run's rows are cut into, and how far each target says it has come.

A run may die at any moment. What counts afterwards is what the target holds: the epoch that was
committed last stands there beside the rows, written in the same step.
"""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from summit_studio.core.errors import SummitError

Position = Mapping[str, Any]
"""Where a source goes on, as JSON values. Only the source knows what they mean."""

ENDED: Position = {"exhausted": True}
"""The position of a source that gave all its rows before another began."""

WINDOW: Final = "window"
"""The name, in a position, of what the source reads in the whole of a load."""


WATERMARK: Final = "watermark"
"""The name, in a position, of where the next load goes on, of a source that knows only then."""


def at_window(window: Mapping[str, Any], position: Position | None = None) -> Position:
    """Return a position of a source that reads a window."""
    return {**(position or {}), WINDOW: dict(window)}


def windows_of(positions: Mapping[str, Position]) -> dict[str, Position]:
    """Return positions without all but the windows: where sources stand before their first row."""
    return {node: at_window(p[WINDOW]) for node, p in positions.items() if WINDOW in p}


Sums = Mapping[str, Any]
"""What was counted up to the end of an epoch, as JSON values."""

Step = Callable[[str], None]
"""Told each step of a delivery by its label, such as `commit:orders:3`, just before it is taken."""


class Publish(StrEnum):
    """What a reader of a target sees while a run is under way."""

    WHOLE = "whole"  # Nothing; all comes in one step at the end. A run that dies starts again.
    STAGED = "staged"  # Nothing; but what was written is kept, and a run that died goes on.
    EACH = "each"  # Every epoch once it is committed.


class Stage(StrEnum):
    """How far a target is with a lineage."""

    OPEN = "open"  # More epochs may come.
    STAGED = "staged"  # More may come, and readers see none before the last is there.
    COMPLETE = "complete"  # The last epoch is committed.
    FINISHED = "finished"  # And so it is in every other target of the run.


@dataclass(frozen=True, slots=True)
class Every:
    """How often epochs end: at the first chunk of a source at which one of these is reached.

    Args:
        rows: Rows of the source.
        size: Bytes of the rows that it hands on, in memory.
        secs: Seconds since the epoch before ended.
    """

    rows: int
    size: int | None = None
    secs: float | None = None

    def reached(self, rows: int, size: int, secs: float) -> bool:
        """Return True if an epoch of so many rows, bytes and seconds is to end."""
        return (
            rows >= self.rows
            or (self.size is not None and size >= self.size)
            or (self.secs is not None and secs >= self.secs)
        )

    def __str__(self) -> str:
        parts = [f"{self.rows:,} rows"]
        parts += [f"{self.size:,} bytes"] if self.size is not None else []
        parts += [f"{self.secs:g} seconds"] if self.secs is not None else []
        return f"every {' or '.join(parts)}"


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """The mark behind the rows of an epoch, on every edge that they pass.

    Args:
        epoch: From 1.
        positions: Where each source goes on, by node id.
        last: No more rows come.
        sums: What was counted so far; known once the epoch has been audited.
    """

    epoch: int
    positions: Mapping[str, Position]
    last: bool = False
    sums: Sums = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SinkKey:
    """Whose progress it is.

    Args:
        pipeline_id: Of the document.
        sink: The node's id.
        environment: Progress in one is nothing to another.
    """

    pipeline_id: str
    sink: str
    environment: str = "default"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants to write to a target, and what for.

    Args:
        lineage: One load, over all runs that it takes.
        started: When the lineage began: what every clock function tells in all of them.
        fingerprint: Of all that must not change while it lasts.
        run_id: The run that claims.
        owner: The process that runs it, as `core.process` tells one from another.
        path: The document's file; empty if it has none.
        take_over: Do not wait for another run that seems alive.
        renews: The run has claimed the target before: that claim must still be the newest.
        seen: The lineage and epoch at which the run saw the target when it decided what to do;
            None where that does not matter.
        staged: What the run commits is kept out of sight until all of the load is there.
        positions: Where its sources stand at its beginning: what they keep from load to load.
    """

    lineage: str
    started: datetime
    fingerprint: str
    run_id: str
    owner: str
    path: str = ""
    take_over: bool = False
    renews: bool = False
    seen: tuple[str, int] | None = None
    staged: bool = False
    positions: Mapping[str, Position] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a target says of a sink.

    Args:
        lineage: The load that wrote to it last.
        started: When that began.
        fingerprint: What it was of.
        epoch: The last that is committed; 0 for none.
        positions: Where each source goes on behind it.
        rows: How many the target has taken over all epochs.
        sums: What was counted over all epochs.
        generation: Counts the runs that claimed it: only the newest may commit.
        run_id: The newest of them.
        owner: Its process.
        path: The document's file, as that run knew it.
        idle_secs: How long ago it gave a sign of life, by the target's clock.
    """

    lineage: str
    started: datetime
    fingerprint: str
    epoch: int = 0
    positions: Mapping[str, Position] = field(default_factory=dict)
    rows: int = 0
    sums: Sums = field(default_factory=dict)
    stage: Stage = Stage.OPEN
    generation: int = 0
    run_id: str = ""
    owner: str = ""
    path: str = ""
    idle_secs: float = 0.0

    @classmethod
    def told(cls, values: Mapping[str, Any]) -> Self:
        """Return what a target tells, looked at: anybody may have changed it.

        Args:
            values: By field; `started` as ISO text, positions and sums as JSON, read or not.

        Raises:
            ValueError: Something is missing or is not what runs write; says what.
        """
        known = {name: values[name] for name in cls.__dataclass_fields__ if name in values}
        for name, kind in _KINDS.items():
            value = known.get(name, MISSING)
            if kind is dict and isinstance(value, str):
                known[name] = value = _parsed(name, value)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise ValueError(f"its field '{name}' is not what a run writes")  # noqa: TRY004 - it was told so
        known["started"] = datetime.fromisoformat(known["started"])
        known["stage"] = Stage(known["stage"])
        return cls(**known)

    @property
    def shown(self) -> int:
        """How many of its rows readers of the target can see."""
        return 0 if self.stage is Stage.STAGED else self.rows

    def holds(self, mark: EpochEnd) -> bool:
        """Return True if the rows of an epoch are committed already."""
        return mark.epoch <= self.epoch


_KINDS: Final[Mapping[str, type]] = {
    "lineage": str, "started": str, "fingerprint": str, "epoch": int, "positions": dict,
    "rows": int, "sums": dict, "stage": str, "generation": int, "run_id": str, "owner": str,
    "path": str,
}  # fmt: skip


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"its field '{name}' is not JSON") from None


class Demand:
    """Asks a run for a checkpoint now: its epochs at hand end at the next chunk. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._answer: Callable[[], str] | None = None

    @property
    def count(self) -> int:
        """How often there will be, or has been, a checkpoint that was asked for."""
        return self._count

    def ask(self) -> str:
        """Ask; return why there will be none, empty if there will as soon as rows come.

        Asked before the run has begun it is remembered.
        """
        answer = self._answer
        why = answer() if answer is not None else ""
        if not why:
            with self._lock:
                self._count += 1
        return why

    def serve(self, answer: Callable[[], str]) -> None:
        """Let a run answer, which says why it makes none; empty if it does."""
        self._answer = answer
        with self._lock:
            waiting, self._count = self._count, 0
        if waiting:
            self.ask()


class Fenced(SummitError):
    """Another run has taken a target over; what this one would commit may be there already."""

    code = "fenced"


class Checkpoint(ABC):
    """How far a sink is, kept where its rows are. One a sink and run.

    `acquire` comes first; then, for every epoch, `settle` and the writer's commit, which moves the
    checkpoint in the same step as the rows; `finish` last.
    """

    mark: EpochEnd | None = None
    """The epoch that the next commit ends, as audited."""

    staged: bool = False
    """True once it is claimed for a load whose epochs are kept out of sight until the last."""

    only_staged: bool = False
    """True if it is kept for such loads alone: any other takes the place of all that is there."""

    def settle(self, mark: EpochEnd) -> None:
        """Take the epoch that the next commit ends."""
        self.mark = mark

    def reach(self) -> None:  # noqa: B027 - most need nothing made
        """Make what keeps it, where it is missing.

        Raises:
            SummitError: The target does not allow it (`permission_denied`), or cannot be reached.
        """

    def may_stage(self) -> bool:
        """Return True if epochs can be kept out of sight here; makes what that needs.

        Raises:
            SummitError: The target cannot be reached.
        """
        return True

    def leftovers(self, *, drop: bool = False) -> tuple[str, ...]:
        """Return what waits beside the target for no load that is unfinished, as far as is known.

        Args:
            drop: Drop it; what somebody holds is left.

        Raises:
            SummitError: The target cannot be reached.
        """
        del drop
        return ()

    def finished(self) -> Mapping[SinkKey, Progress]:
        """Return what the target says of all loads that are whole, of other pipelines too.

        Raises:
            SummitError: The target cannot be reached.
        """
        return {}

    def drop_finished(self, key: SinkKey) -> None:  # noqa: B027 - those that tell of none need not
        """Remove what the target says of a load that is whole; one that goes on by now stays."""

    @abstractmethod
    def look(self) -> Progress | None:
        """Return what the target says, or None where it says nothing; changes nothing."""

    @abstractmethod
    def acquire(self, claim: Claim) -> Progress:
        """Claim the target for a run: from now on no earlier run can commit.

        A lineage that is another than the target's begins at epoch 0, and what that has staged
        is dropped.

        Raises:
            AlreadyRunning: Another run is at work, as far as can be told.
            Fenced: Another has taken over from the run that renews its claim.
        """

    @abstractmethod
    def finish(self) -> None:
        """Note that every target of the lineage has all rows.

        Raises:
            Fenced: Another run has taken over.
        """

    @abstractmethod
    def release(self) -> None:
        """Note that the run has ended, however it did; another need not wait for it.

        Harmless where another has taken over.
        """

    @abstractmethod
    def forget(self) -> None:
        """Remove what is known of the sink, and what it has staged. Rows that readers see stay."""


class AlreadyRunning(SummitError):
    """Another run of the pipeline is at work."""

    code = "already_running"
    retryable = True


class Moved(AlreadyRunning):
    """A target has moved since it was looked at; what a run makes of it is to be decided anew."""
