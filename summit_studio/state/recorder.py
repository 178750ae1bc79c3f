"""A listener that writes the history of one run: one row at its start, the rest at its end."""

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from summit_studio.core.events import (
    BatchProcessed,
    BreakerChanged,
    Event,
    LedgerLine,
    NodeFinished,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStatus,
)
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document
from summit_studio.document.text import dump
from summit_studio.state.errors import StateUnavailable
from summit_studio.state.past import Telling
from summit_studio.state.records import (
    EdgeStat,
    NodeStat,
    OutputStat,
    RuleStat,
    RunDetail,
    RunRecord,
)
from summit_studio.state.store import Store


@dataclass(slots=True)
class _Totals:
    """What one node has reported so far."""

    rows_in: Counter[str] = field(default_factory=Counter)
    rows_out: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    busy_secs: float = 0.0
    ledger: LedgerLine | None = None


class RunRecorder:
    """Records one run. Call it with every event, from any thread; it never raises.

    A history that cannot be written must not stop a run: the first failure is kept in `failure`
    and logged, and nothing more is tried but the final row.

    Args:
        document: The pipeline as it runs.
        trigger: `cli`, `editor` or `python`.
        path: The pipeline's file, if it has one.
        params: The run's parameters. Never a secret.
        version: The version of Summit Studio.
        workspace: The folder whose connections it uses.
    """

    def __init__(
        self,
        store: Store,
        document: Document,
        *,
        trigger: str = "python",
        path: str | None = None,
        params: Mapping[str, Any] | None = None,
        version: str = "",
        workspace: str = "",
    ) -> None:
        self.failure: StateUnavailable | None = None
        self._store = store
        self._document = document
        self._facts = {"trigger": trigger, "path": path, "version": version}
        self._params = dict(params or {})
        self._workspace = workspace
        self._text = dump(document)
        self._telling = Telling()
        self._lock = threading.Lock()
        self._run: RunRecord | None = None
        self._order: dict[str, None] = {}
        self._totals: dict[str, _Totals] = {}
        self._rules: list[RuleStat] = []
        self._outputs: list[OutputStat] = []

    def __call__(self, event: Event) -> None:
        """Take in one event; those of a run's begin and end, and of breakers, are written."""
        with self._lock:
            if isinstance(event, BreakerChanged):
                self._try(lambda: self._store.keep_breaker(self._workspace, event))
            else:
                self._telling.take(event, self._secs(event))
                self._take(event)

    def _secs(self, event: Event) -> float:
        """Return how long the run runs."""
        if self._run is None or isinstance(event, RunStarted):
            return 0.0
        return max((datetime.now(UTC) - self._run.started_at).total_seconds(), 0.0)

    def _take(self, event: Event) -> None:
        match event:
            case BatchProcessed():
                totals = self._of(event.node_id)
                totals.rows_in.update(event.rows_in)
                totals.rows_out.update(event.rows_out)
                totals.busy_secs += event.busy_secs
            case RowsRejected():
                self._of(event.node_id).rejected += event.rows
            case NodeFinished():
                self._of(event.node_id).ledger = event.ledger
            case RuleScored():
                self._rules.append(_rule(event))
            case OutputPublished():
                output = OutputStat(event.node_id, event.location, event.rows, event.counts)
                self._outputs.append(output)
            case RunStarted():
                self._start(event)
            case RunRetried():
                self._start_again()
            case RunResumed():
                self._go_on(event)
            case RunFinished():
                self._finish(event)
            case _:
                pass

    def _of(self, node_id: str) -> _Totals:
        return self._totals.setdefault(node_id, _Totals())

    def _start(self, event: RunStarted) -> None:
        run = self._record(event.run_id, event.pipeline, event.started_at)
        self._run = run
        self._order = dict.fromkeys(event.node_ids)
        self._try(lambda: self._store.begin_run(run, self._text))

    def _start_again(self) -> None:
        """Drop what was counted: the next attempt counts it again."""
        spent = {node_id: totals.busy_secs for node_id, totals in self._totals.items()}
        self._totals = {i: _Totals(busy_secs=secs) for i, secs in spent.items()}
        self._rules.clear()
        self._outputs.clear()

    def _go_on(self, event: RunResumed) -> None:
        """Begin with what was counted of the load before."""
        for line in event.ledger:
            totals = self._of(line.node_id)
            totals.rows_in.update(line.rows_in)
            totals.rows_out.update({**line.rows_out, REJECTED: line.rejected})
            totals.rejected += line.rejected

    def _finish(self, event: RunFinished) -> None:
        finished_at = event.finished_at or datetime.now(UTC)
        started = self._run or self._record(event.run_id, self._document.name, finished_at)
        for line in event.ledger:
            self._of(line.node_id).ledger = line
        run = replace(
            started,
            status=event.status.value,
            finished_at=finished_at,
            seconds=event.seconds,
            error=event.error,
        )
        detail = RunDetail(
            run, self._nodes(), self._edges(), tuple(self._rules), tuple(self._outputs)
        )
        self._try(lambda: self._store.finish_run(detail, self._text, self._telling.told))

    def _record(self, run_id: str, pipeline: str, started_at: datetime) -> RunRecord:
        text = dump(self._document.meaning())
        return RunRecord(
            run_id=run_id,
            pipeline=pipeline,
            document_hash=hashlib.sha256(text.encode()).hexdigest(),
            mode=self._document.mode,
            status=RunStatus.RUNNING.value,
            started_at=started_at,
            params=self._params,
            text_hash=hashlib.sha256(self._text.encode()).hexdigest(),
            **self._facts,  # type: ignore[arg-type]
        )

    def _nodes(self) -> tuple[NodeStat, ...]:
        ran = {**self._order, **dict.fromkeys(self._totals)}
        ordered = [i for i in self._document.nodes if i in ran]
        ordered += [i for i in ran if i not in self._document.nodes]
        return tuple(self._node(i, self._of(i)) for i in ordered)

    def _node(self, node_id: str, totals: _Totals) -> NodeStat:
        node = self._document.nodes.get(node_id)
        line = totals.ledger
        handed = {p: rows for p, rows in totals.rows_out.items() if p != REJECTED}
        return NodeStat(
            node_id=node_id,
            title=node.title if node else None,
            type=node.type if node else "",
            rows_in=line.rows_in if line else dict(totals.rows_in),
            rows_out=line.rows_out if line else handed,
            rejected=line.rejected if line else totals.rejected,
            filtered=line.filtered if line else 0,
            reshapes=line.reshapes if line else False,
            busy_secs=totals.busy_secs,
            balanced=line.balanced if line else None,
        )

    def _edges(self) -> tuple[EdgeStat, ...]:
        ran = {**self._order, **dict.fromkeys(self._totals)}
        return tuple(
            EdgeStat(str(edge), self._of(edge.source.node).rows_out[edge.source.port])
            for edge in self._document.edges
            if edge.source.node in ran
        )

    def _try(self, write: Callable[[], None]) -> None:
        try:
            write()
        except StateUnavailable as error:
            if self.failure is None:
                logging.getLogger("summit.state").error("The run history was not kept. %s", error)  # noqa: TRY400 - the message says it all, a trace would not
            self.failure = self.failure or error


def _rule(event: RuleScored) -> RuleStat:
    return RuleStat(
        event.node_id,
        event.rule,
        event.dimension,
        event.rows,
        event.failed,
        event.threshold,
        event.critical,
        event.breached,
    )
