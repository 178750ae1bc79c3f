"""What the events of a run add up to: counts, speeds, the ledger. Knows nothing of Qt."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from summit_studio.app.session.series import Series
from summit_studio.core.events import (
    BatchProcessed,
    BreakerChanged,
    ErrorReport,
    Event,
    LedgerLine,
    LoadMeasured,
    NodeFailed,
    NodeFinished,
    NodeStarted,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStatus,
)
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.planning.modules import INSIDE, drawn_id

_REJECTED = "rejected"

SMOOTHING_SECS = 1.0
"""How long a burst of rows is spread in the speed shown."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The row counts of a node: what its card, its edges' pills and the ledger all show.

    Args:
        rows_in: None where nothing comes in.
        rows_out: Rows handed on, the rejected ones left out.
        filtered: None until the node's account is closed.
    """

    rows_in: int | None
    rows_out: int
    rejected: int
    filtered: int | None = None


@dataclass(slots=True)
class NodeRun:
    """One node's figures so far. `speed` is smoothed rows a second."""

    state: str = "waiting"
    rows_in: dict[str, int] = field(default_factory=dict)
    rows_out: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    busy_secs: float = 0.0
    progress: float | None = None
    speed: float = 0.0
    mean: float = 0.0
    worked_secs: float = 0.0
    ledger: LedgerLine | None = None

    @property
    def handled(self) -> int:
        """Rows this node has dealt with: those in, or for a source those out."""
        return max(sum(self.rows_in.values()), sum(self.rows_out.values()))


@dataclass(slots=True)
class RunState:
    """A run as it stands. Feed it every event once, in order.

    Args:
        document: The document as it was when the run started.
        mains: The main output port of each node; its rows count even where no edge leaves it.
        expanded: The same with its modules expanded, where they are known.
        through: The inner port that gives the rows of each output of a module's node.
        retried: The attempt that is waited for, once one has failed in a way that may pass.
        breakers: What was said last of the circuit breakers, by connection.
        to: The node that it goes to and no further; empty for all.
        committed: Rows that targets hold of a load that is unfinished, by sink, once it has ended.
        staged: The same of rows that no reader sees yet.
        history: The speed of each node over time.
        total: The speed of all sources together over time.
        cpu: The processors that the run kept busy over time.
        memory: The bytes that its process held over time; empty where the system does not say.
        queues: How full the queues are, 0 to 1, by edge as text; empty once it has ended.
    """

    document: Document
    mains: Mapping[str, str] = field(default_factory=dict)
    expanded: Document | None = None
    through: Mapping[PortRef, PortRef] = field(default_factory=dict)
    run_id: str = ""
    started_at: datetime | None = None
    status: RunStatus = RunStatus.RUNNING
    nodes: dict[str, NodeRun] = field(default_factory=dict)
    ports: dict[PortRef, int] = field(default_factory=dict)
    outputs: list[OutputPublished] = field(default_factory=list)
    scores: list[RuleScored] = field(default_factory=list)
    rejects: dict[tuple[str, str, str | None], int] = field(default_factory=dict)
    history: dict[str, Series] = field(default_factory=dict)
    total: Series = field(default_factory=Series)
    cpu: Series = field(default_factory=Series)
    memory: Series = field(default_factory=Series)
    queues: Mapping[str, float] = field(default_factory=dict)
    to: str = ""
    error: ErrorReport | None = None
    failed_node: str | None = None
    seconds: float = 0.0
    finished: bool = False
    retried: RunRetried | None = None
    breakers: dict[str, BreakerChanged] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    staged: dict[str, int] = field(default_factory=dict)
    _pending: dict[str, int] = field(default_factory=dict)
    _sampled: float = 0.0
    _over: bool = False
    _connected: frozenset[PortRef] = frozenset()

    def __post_init__(self) -> None:
        self._connected = frozenset(e.source for e in self.graph.edges)

    @property
    def graph(self) -> Document:
        """What runs: the document, its modules expanded where they are known."""
        return self.expanded or self.document

    def feed(self, events: Iterable[Event]) -> None:
        """Take in new events."""
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.run_id, self.started_at = event.run_id, event.started_at
                self.to = event.to
                self.nodes = {i: NodeRun() for i in event.node_ids}
                self._sampled = 0.0
            case RunRetried():
                self._begin_again(event)
            case BreakerChanged():
                self.breakers[event.connection] = event
            case RunResumed():
                self._go_on(event)
            case RuleScored():
                self.scores.append(event)
            case OutputPublished():
                self.outputs.append(event)
            case LoadMeasured():
                self._measure(event)
            case RunFinished():
                self._finish(event)
            case _:
                self._take_of_node(event)

    def _take_of_node(self, event: Event) -> None:
        match event:
            case NodeStarted():
                self.retried = None
                self._node(event.node_id).state = "running"
            case BatchProcessed():
                self._batch(event)
            case RowsRejected():
                key = (event.node_id, event.code, event.column)
                self.rejects[key] = self.rejects.get(key, 0) + event.rows
                self._node(event.node_id).rejected += event.rows
            case NodeFinished():
                node = self._node(event.node_id)
                node.state, node.ledger, node.progress = "done", event.ledger, 1.0
            case NodeFailed():
                self._node(event.node_id).state = "failed"
                self.failed_node, self.error = event.node_id, event.error

    def _measure(self, event: LoadMeasured) -> None:
        began = self.started_at or event.at
        secs = max((event.at - began).total_seconds(), 0.0)
        self.cpu.add(secs, event.cpu)
        if event.memory_bytes is not None:
            self.memory.add(secs, event.memory_bytes)
        if not self.finished:
            self.queues = event.queues

    def _begin_again(self, event: RunRetried) -> None:
        """Drop what was counted: the next attempt counts it again."""
        self.retried, self.queues = event, {}
        self.nodes = {i: NodeRun(busy_secs=n.busy_secs) for i, n in self.nodes.items()}
        for counted in (self.ports, self.outputs, self.scores, self.rejects, self._pending):
            counted.clear()

    def _go_on(self, event: RunResumed) -> None:
        """Begin with what was counted of the load before."""
        for line in event.ledger:
            node = self._node(line.node_id)
            node.rows_in, node.rejected = dict(line.rows_in), line.rejected
            node.rows_out = {**line.rows_out, _REJECTED: line.rejected}
            for port, rows in node.rows_out.items():
                self.ports[PortRef(line.node_id, port)] = rows

    def _node(self, node_id: str) -> NodeRun:
        return self.nodes.setdefault(node_id, NodeRun())

    def _batch(self, event: BatchProcessed) -> None:
        node = self._node(event.node_id)
        if node.state == "waiting":
            node.state = "running"
        before = node.handled
        for port, rows in event.rows_in.items():
            node.rows_in[port] = node.rows_in.get(port, 0) + rows
        for port, rows in event.rows_out.items():
            node.rows_out[port] = node.rows_out.get(port, 0) + rows
            ref = PortRef(event.node_id, port)
            self.ports[ref] = self.ports.get(ref, 0) + rows
        node.busy_secs += event.busy_secs
        node.progress = event.progress if event.progress is not None else node.progress
        pending = self._pending.get(event.node_id, 0) + node.handled - before
        self._pending[event.node_id] = pending

    def _finish(self, event: RunFinished) -> None:
        self.finished, self.status, self.seconds = True, event.status, event.seconds
        self.error, self.queues = event.error or self.error, {}
        self.committed, self.staged = event.committed, event.staged
        if self.error is not None and self.failed_node is None:
            self.failed_node = self.error.where.node_id
        for line in event.ledger:
            self._node(line.node_id).ledger = line
        for node_id, node in self.nodes.items():
            if node.state in {"running", "waiting"}:
                node.state = self._end_state(node_id, node)

    def _end_state(self, node_id: str, node: NodeRun) -> str:
        if self.status is RunStatus.SUCCEEDED:
            return "done"
        if node_id == self.failed_node:
            return "failed"
        return "cancelled" if node.state == "running" else "waiting"

    def sample(self, elapsed_secs: float) -> None:
        """Note every node's speed at `elapsed_secs` since the start, for the chart."""
        span = elapsed_secs - self._sampled
        if span <= 0 or self._over:
            return
        self._over = self.finished
        self._sampled = elapsed_secs
        if not self.finished:
            self.seconds = elapsed_secs
        for node_id, node in self.nodes.items():
            node.speed = self._smooth(node, self._pending.pop(node_id, 0), span)
            self.history.setdefault(node_id, Series()).add(elapsed_secs, node.speed)
        self.total.add(elapsed_secs, self._speed_of_sources())

    def _smooth(self, node: NodeRun, rows: int, span: float) -> float:
        """Return a mean over the last second or so, of less where the node has just begun."""
        if not rows and not node.worked_secs:
            return 0.0
        kept = math.exp(-span / SMOOTHING_SECS)
        node.worked_secs += span
        node.mean = kept * node.mean + (1.0 - kept) * rows / span
        return node.mean / (1.0 - math.exp(-node.worked_secs / SMOOTHING_SECS))

    def within(
        self, way: Sequence[str], document: Document, mains: Mapping[str, str]
    ) -> "RunState":
        """Return what is known of the nodes of a module, by their ids inside of it.

        Args:
            way: The ids of the modules' nodes that lead there, the outermost first.
            document: What the module holds.
            mains: The main output port of each of its nodes.
        """
        prefix = "".join(f"{i}{INSIDE}" for i in way)
        through = {
            PortRef(port.node.removeprefix(prefix), port.port): PortRef(
                begin.node.removeprefix(prefix), begin.port
            )
            for port, begin in self.through.items()
            if port.node.startswith(prefix) and begin.node.startswith(prefix)
        }
        view = RunState(document, mains, through=through)
        view.to = self.to
        view.nodes = {
            i.removeprefix(prefix): n for i, n in self.nodes.items() if i.startswith(prefix)
        }
        view.ports = {
            PortRef(ref.node.removeprefix(prefix), ref.port): rows
            for ref, rows in self.ports.items()
            if ref.node.startswith(prefix)
        }
        view.outputs = [
            replace(o, node_id=o.node_id.removeprefix(prefix))
            for o in self.outputs
            if o.node_id.startswith(prefix)
        ]
        view.scores = [
            replace(s, node_id=s.node_id.removeprefix(prefix))
            for s in self.scores
            if s.node_id.startswith(prefix)
        ]
        view.history = {
            i.removeprefix(prefix): s for i, s in self.history.items() if i.startswith(prefix)
        }
        view.total, view.cpu, view.memory = self.total, self.cpu, self.memory
        view.run_id, view.started_at, view.status = self.run_id, self.started_at, self.status
        view.seconds, view.finished = self.seconds, self.finished
        return view

    @property
    def starting(self) -> bool:
        """True until the engine has said that it runs."""
        return not self.run_id and not self.finished

    @property
    def progress(self) -> float | None:
        """0 to 1 over all nodes, or None where no source can say."""
        if self.finished:
            return 1.0 if self.status is RunStatus.SUCCEEDED else self._known_progress()
        return self._known_progress()

    def _known_progress(self) -> float | None:
        shares = [n.progress for n in self.nodes.values() if n.progress is not None]
        if not shares:
            return None
        waiting = [i for i in self.nodes if self.nodes[i].progress is None]
        total = sum(shares) / len(shares)
        # The nodes behind the sources finish last; keep a little of the bar for them.
        return total * (0.95 if waiting else 1.0)

    @property
    def speed(self) -> float:
        """Rows a second that enter the pipeline: the speed of its sources."""
        return 0.0 if self.finished else self._speed_of_sources()

    @property
    def mean_speed(self) -> float:
        """The same over the whole run so far."""
        return sum(n.handled for n in self._sources) / self.seconds if self.seconds > 0 else 0.0

    def _speed_of_sources(self) -> float:
        return sum(n.speed for n in self._sources)

    @property
    def _sources(self) -> list[NodeRun]:
        targets, own = {e.target.node for e in self.graph.edges}, self.graph.nodes
        return [n for i, n in self.nodes.items() if i in own and i not in targets]

    def figures(self, node_id: str) -> Figures:
        """Return a node's row counts as they stand."""
        node = self.nodes[node_id]
        line = node.ledger
        if line is not None:
            rows_in = sum(line.rows_in.values()) if line.rows_in else None
            return Figures(rows_in, sum(line.rows_out.values()), line.rejected, line.filtered)
        # As the engine does: what leaves a side port without an edge is filtered, not handed on.
        main = self.mains.get(node_id)
        out = sum(
            rows
            for port, rows in node.rows_out.items()
            if port != _REJECTED and (port == main or PortRef(node_id, port) in self._connected)
        )
        rows_in = sum(node.rows_in.values()) if node.rows_in else None
        return Figures(rows_in, out, node.rows_out.get(_REJECTED, 0))

    @property
    def shares(self) -> Mapping[str, float]:
        """Each node's share, 0 to 1, of the time that all of the document's nodes worked.

        Empty while no node has worked.
        """
        spent = {i: n.busy_secs for i, n in self.nodes.items() if i in self.document.nodes}
        total = sum(spent.values())
        return {i: secs / total for i, secs in spent.items()} if total > 0 else {}

    @property
    def edge_counts(self) -> Mapping[Edge, int]:
        """Rows that went over each edge."""
        begins = {e: self.through.get(e.source, e.source) for e in self.document.edges}
        return {e: self.ports[begin] for e, begin in begins.items() if begin in self.ports}

    @property
    def edge_fills(self) -> Mapping[Edge, float]:
        """How full the queue of each edge is, 0 to 1; what has no queue is left out."""
        fills: dict[tuple[PortRef, str], float] = {}
        for edge in self.graph.edges:
            if str(edge) in self.queues:
                key = edge.source, drawn_id(edge.target.node)
                fills[key] = max(fills.get(key, 0.0), self.queues[str(edge)])
        keys = {
            e: (self.through.get(e.source, e.source), e.target.node) for e in self.document.edges
        }
        return {e: fills[key] for e, key in keys.items() if key in fills}

    @property
    def ledger(self) -> list[LedgerLine]:
        """The lines known so far, in document order."""
        return [n.ledger for n in self.nodes.values() if n.ledger is not None]
