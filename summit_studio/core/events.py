"""What an engine says while it runs: frozen, picklable values, one a batch and never one a row."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, get_args

from summit_studio.core.errors import SummitError, Where, sentence


class RunStatus(StrEnum):
    """How a run stands or ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    QUALITY_FAILED = "quality_failed"


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error as data: what a SummitError says, fit for a file, a pipe or a screen."""

    code: str
    what: str
    why: str = ""
    do: str = ""
    where: Where = field(default_factory=Where)
    retryable: bool = False

    @classmethod
    def of(cls, error: SummitError) -> "ErrorReport":
        """Return the report of `error`."""
        return cls(error.code, error.what, error.why, error.do, error.where, error.retryable)

    def __str__(self) -> str:
        return sentence(self.what, str(self.where), self.why, self.do, self.code)


class Counted(StrEnum):
    """How the two sides of a node's row account were counted."""

    COUNTERPART = "counterpart"  # One side is what the file, server or table says of itself.
    CONTENT = "content compared"  # And the rows were read back, and are those handed over.
    TWICE = "counted twice"  # Both are ours, by different means.
    HANDED_OVER = "handed over"  # There is no second count.


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """The row account of one node: rows in equal rows out, filtered and rejected.

    Args:
        rows_in: Rows received, by input port; for a source, rows held by what it reads, under
            `read`.
        rows_out: Rows handed on, by output port, the rejected port left out; for a sink, rows that
            its target says it took, under `written`.
        rejected: Rows that failed here.
        filtered: Rows left out on purpose whose port leads nowhere.
        reshapes: True where rows in and out differ by design (join, SQL).
        expected: Rows out and rejected by the node's own second measure, where it has one: of a
            join by the matches of its keys, of code by what it returned.
        stood_for: Rows in that the rows out stand for, where the node says so: sizes of groups.
        read: Rows in that the node's own query says it read, where it says so.
        counted: How the two sides were counted.
    """

    node_id: str
    rows_in: dict[str, int]
    rows_out: dict[str, int]
    rejected: int = 0
    filtered: int = 0
    reshapes: bool = False
    expected: int | None = None
    stood_for: int | None = None
    read: int | None = None
    counted: Counted = Counted.TWICE

    @property
    def balanced(self) -> bool:
        """True if every row that came in is accounted for."""
        return not self.imbalance

    @property
    def checked(self) -> str:
        """A tick or a cross, and how the two sides were counted."""
        if not self.balanced:
            return "✗"
        # Where nothing else counts there is nothing to tick.
        mark = "" if self.counted is Counted.HANDED_OVER else "✓ "
        return f"{mark}{self.counted}"

    @property
    def imbalance(self) -> str:
        """What does not add up, in words; empty where all does."""
        rows_in, out = sum(self.rows_in.values()), sum(self.rows_out.values())
        if self.read is not None and rows_in != self.read:
            return f"took {rows_in:,} rows, and its query read {self.read:,}"
        if self.expected is not None and self.expected != out + self.rejected:
            return f"gave {out + self.rejected:,} rows where its own measure is {self.expected:,}"
        if self.stood_for is not None and rows_in != self.stood_for + self.rejected:
            stood = self.stood_for + self.rejected
            return f"took {rows_in:,} rows, and what it gave stands for {stood:,}"
        if not self.reshapes and rows_in != out + self.rejected + self.filtered:
            parts = [f"took {rows_in:,} rows, handed on {out:,}"]
            parts += [f"rejected {self.rejected:,}"] if self.rejected else []
            parts += [f"filtered {self.filtered:,}"] if self.filtered else []
            return ", ".join(parts)
        return ""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began. `node_ids` are those that will work, in topological order.

    Args:
        to: The node that it goes to and no further, writing nothing; empty for all.
    """

    run_id: str
    pipeline: str
    node_ids: tuple[str, ...]
    started_at: datetime
    to: str = ""


@dataclass(frozen=True, slots=True)
class NodeSkipped:
    """A node does not run: it is bypassed, or it or one that its rows come from is disabled.

    Args:
        title: What people call it.
        sink: True if it would have written.
        why: As part of a sentence.
    """

    node_id: str
    title: str
    sink: bool
    why: str


@dataclass(frozen=True, slots=True)
class RowsPinned:
    """A port gives rows that were pinned, and what they came from is not read.

    Args:
        told: How many rows, and of when, for people.
    """

    node_id: str
    port: str
    told: str


@dataclass(frozen=True, slots=True)
class RunResumed:
    """A run goes on with a load that runs before, or its own last attempt, have left unfinished.

    Args:
        began_at: When the load began.
        rows: Rows that its targets hold already, by sink.
        ledger: The accounts up to there; what is counted from now on comes to it.
        whole: No row is missing: only the end is to be told.
        staged: Those of the rows that no reader sees yet.
    """

    run_id: str
    began_at: datetime
    rows: dict[str, int]
    ledger: tuple[LedgerLine, ...] = ()
    whole: bool = False
    staged: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WindowOpened:
    """An incremental source reads the rows of a window, which stays the same until they are there.

    Args:
        column: The cursor.
        low: Where it begins; None at the first row.
        low_in: True if `low` itself belongs to it.
        high: Where it ends, and where the next begins; None where there is no row yet.
        beyond: Rows whose cursor lies too far in the future.
        back: True if the source stands before the watermark, which does not move.
    """

    node_id: str
    column: str
    low: str | None
    low_in: bool
    high: str | None
    beyond: int = 0
    back: bool = False


@dataclass(frozen=True, slots=True)
class NothingNew:
    """A load is whole, and its source had no new row.

    Args:
        column: The cursor.
        watermark: Behind which the next load begins; None at the first row.
    """

    node_id: str
    column: str
    watermark: str | None


@dataclass(frozen=True, slots=True)
class RunRetried:
    """An attempt of a run failed in a way that may pass: after a while it is made again.

    All that was counted of the run so far no longer counts; `RunResumed` says what does, where
    targets hold some of it.

    Args:
        error: Why the last attempt ended.
        attempt: The number of the next, from 2; it begins anew once an epoch was committed.
        attempts: The last that will be made.
        wait_secs: Seconds until then.
    """

    run_id: str
    error: ErrorReport
    attempt: int
    attempts: int
    wait_secs: float


class BreakerState(StrEnum):
    """How the circuit breaker of a connection stands."""

    CLOSED = "closed"  # Calls are made.
    OPEN = "open"  # None are, for a while.
    HALF_OPEN = "half_open"  # One at a time is, to see whether the system answers.


@dataclass(frozen=True, slots=True)
class BreakerChanged:
    """The circuit breaker of a connection counts a failure more, or none any more, or switches.

    Args:
        connection: Its name.
        failures: Calls in a row that have failed in a way that may pass.
        opened_at: When it opened; None where it is closed.
        retry_at: Until when nobody connects; None where somebody may.
        error: What the last of these calls met; None where they succeed.
        before: How it stood.
        node_ids: The nodes of the run that use the connection.
    """

    connection: str
    state: BreakerState
    failures: int = 0
    opened_at: datetime | None = None
    retry_at: datetime | None = None
    error: ErrorReport | None = None
    before: BreakerState = BreakerState.CLOSED
    node_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeStarted:
    """A node saw its first batch, or opened its file or connection."""

    node_id: str


@dataclass(frozen=True, slots=True)
class BatchProcessed:
    """A node finished one batch. All figures are increments since its last event.

    Args:
        rows_in: Rows received, by input port.
        rows_out: Rows handed on, by output port, `rejected` among them.
        bytes_out: Arrow bytes handed on over all ports.
        busy_secs: Seconds this node worked, shared evenly among fused nodes.
        progress: 0 to 1, how far a source has come, where that is known.
    """

    node_id: str
    rows_in: dict[str, int]
    rows_out: dict[str, int]
    bytes_out: int = 0
    busy_secs: float = 0.0
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class RowsRejected:
    """Rows failed at a node: one event a batch, code and column; `reason` is the first row's."""

    node_id: str
    code: str
    column: str | None
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class RuleScored:
    """A quality rule's result over the whole run. `score` and `threshold` are shares of rows."""

    node_id: str
    rule: str
    dimension: str
    rows: int
    failed: int
    threshold: float
    critical: bool

    @property
    def score(self) -> float:
        """Share of rows that passed, 0 to 1; 1 for no rows."""
        return 1.0 if self.rows == 0 else 1.0 - self.failed / self.rows

    @property
    def breached(self) -> bool:
        """True if the score is below the threshold."""
        return self.score < self.threshold


@dataclass(frozen=True, slots=True)
class NodeFinished:
    """A node has handed on its last row."""

    node_id: str
    ledger: LedgerLine


@dataclass(frozen=True, slots=True)
class NodeFailed:
    """A node could not go on; the run will end as failed."""

    node_id: str
    error: ErrorReport


@dataclass(frozen=True, slots=True)
class CheckpointCommitted:
    """A sink's target holds an epoch, and how far it is.

    Args:
        epoch: From 1, over all runs of the load.
        rows: Rows that the target took in it.
        lineage: The load, over all its runs.
        staged: No reader sees them before the load is whole.
    """

    node_id: str
    epoch: int
    rows: int
    lineage: str = ""
    staged: bool = False


@dataclass(frozen=True, slots=True)
class CheckpointAsked:
    """Somebody asks for a checkpoint now.

    Args:
        why_not: Why there will be none; empty where the epoch ends at the next chunk.
    """

    why_not: str = ""


@dataclass(frozen=True, slots=True)
class OutputPublished:
    """A sink's rows became visible at `location` (a path, or connection and table)."""

    node_id: str
    location: str
    rows: int
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadMeasured:
    """How hard a run's process works, and where its rows wait: at most two a second.

    Args:
        at: When the span ended that is measured; it began at the last of these events.
        cpu: Processors kept busy on average: 1.5 is one and a half.
        memory_bytes: What the process holds in main memory; None where the system does not say.
        queues: How full the queue of an edge was on average, 0 to 1, by the edge as text. Edges
            between nodes that work as one have none.
    """

    at: datetime
    cpu: float
    memory_bytes: int | None = None
    queues: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionsUsed:
    """What became of the sessions that a run had with a server: once, before its end.

    Args:
        connection: Its name.
        opened: Sessions opened.
        reused: How often one that was open already was used again.
        most: The most that were in use at once.
        waited: How often all that `pool_size` allows were in use, and one was waited for.
    """

    connection: str
    opened: int
    reused: int
    most: int
    waited: int = 0


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event of a run.

    Args:
        committed: Rows that targets hold of a load that is unfinished, by sink: another run goes on
            behind them.
        staged: The same of rows that no reader sees yet.
    """

    run_id: str
    status: RunStatus
    seconds: float
    ledger: tuple[LedgerLine, ...] = ()
    error: ErrorReport | None = None
    finished_at: datetime | None = None
    committed: dict[str, int] = field(default_factory=dict)
    staged: dict[str, int] = field(default_factory=dict)


Event = (
    RunStarted
    | NodeSkipped
    | RowsPinned
    | RunResumed
    | WindowOpened
    | NothingNew
    | RunRetried
    | BreakerChanged
    | NodeStarted
    | BatchProcessed
    | RowsRejected
    | RuleScored
    | NodeFinished
    | NodeFailed
    | CheckpointCommitted
    | CheckpointAsked
    | OutputPublished
    | LoadMeasured
    | SessionsUsed
    | RunFinished
)


def to_json(event: Event) -> dict[str, Any]:
    """Return the event as plain JSON values, its kind under `event`."""
    body = asdict(event)
    if isinstance(event, RuleScored):
        body |= {"score": event.score, "breached": event.breached}
    return {"event": type(event).__name__} | {k: _plain(v) for k, v in body.items()}


def from_json(body: dict[str, Any]) -> Event:
    """Return the event that `to_json` made these values of.

    Raises:
        ValueError: They are of no event known here.
    """
    from pydantic import TypeAdapter

    kinds = {kind.__name__: kind for kind in get_args(Event)}
    kind = kinds.get(body.get("event", ""))
    if kind is None:
        raise ValueError(f"'{body.get('event')}' is no event.")
    known = {k: v for k, v in body.items() if k in kind.__dataclass_fields__}
    event: Event = TypeAdapter(kind).validate_python(known)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
