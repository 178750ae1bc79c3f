"""What the history holds, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from summit_studio.core.events import ErrorReport, Event

INTERRUPTED = "interrupted"
"""The status of a run whose process died before it could say how it ended."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Args:
        path: The pipeline file; None where it was never saved.
        document_hash: SHA-256 of the pipeline's text without its layout.
        trigger: `cli`, `editor` or `python`.
        status: A `RunStatus`, or `interrupted`.
        seconds: How long it took; None while it runs.
        params: The parameters it was given. Never a secret.
        version: The version of Summit Studio.
        text_hash: SHA-256 of the pipeline's text with its layout; None where it is not kept.
    """

    run_id: str
    pipeline: str
    path: str | None
    document_hash: str
    mode: str
    trigger: str
    status: str
    started_at: datetime
    finished_at: datetime | None = None
    seconds: float | None = None
    error: ErrorReport | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    text_hash: str | None = None


@dataclass(frozen=True, slots=True)
class NodeStat:
    """One node's row account in one run.

    Args:
        rows_out: Rows handed on by output port, the rejected port left out.
        balanced: Whether every row is accounted for; None where the run ended before that.
    """

    node_id: str
    title: str | None
    type: str
    rows_in: Mapping[str, int]
    rows_out: Mapping[str, int]
    rejected: int
    filtered: int
    reshapes: bool
    busy_secs: float
    balanced: bool | None


@dataclass(frozen=True, slots=True)
class EdgeStat:
    """How many rows one edge carried."""

    edge: str
    rows: int


@dataclass(frozen=True, slots=True)
class RuleStat:
    """One quality rule's result in one run."""

    node_id: str
    rule: str
    dimension: str
    rows: int
    failed: int
    threshold: float
    critical: bool
    breached: bool


@dataclass(frozen=True, slots=True)
class OutputStat:
    """What one sink published, and where."""

    node_id: str
    location: str
    rows: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One run with everything recorded of it, nodes and edges in document order."""

    run: RunRecord
    nodes: tuple[NodeStat, ...] = ()
    edges: tuple[EdgeStat, ...] = ()
    rules: tuple[RuleStat, ...] = ()
    outputs: tuple[OutputStat, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a run, and when it came; batches of one node are one, added up.

    Args:
        secs: Seconds since the run began.
    """

    secs: float
    event: Event


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as it can be opened again.

    Args:
        text: The pipeline as it ran; None for runs of versions that did not keep it.
        told: What the run told, in order; nothing of one whose process died.
    """

    detail: RunDetail
    text: str | None = None
    told: tuple[Told, ...] = ()
