"""Runs a plan from start to end: starts the threads, waits, publishes, says how it ended."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from summit_studio.connectors.secrets import SecretStore
from summit_studio.connectors.workspace import Workspace
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, QualityGateFailed, SummitError
from summit_studio.core.events import (
    ErrorReport,
    Event,
    NodeFailed,
    RuleScored,
    RunFinished,
    RunStarted,
    RunStatus,
)
from summit_studio.core.suggest import listing
from summit_studio.document.model import Edge, PortRef
from summit_studio.engine.channel import Channel
from summit_studio.engine.heads import BlockingHead, CodeHead, Head, Incoming, SourceHead
from summit_studio.engine.ledger import Ledger
from summit_studio.engine.publishing import SinkRun
from summit_studio.engine.spill import make_spill_folder
from summit_studio.engine.stream import StreamRun, Tap
from summit_studio.nodes.contract import (
    CodeNode,
    Delivery,
    RelationalNode,
    RunContext,
    SinkNode,
    SourceNode,
)
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Settings

Listener = Callable[[Event], None]

LEAST_MEMORY_MB = 128
"""What a blocking node gets in any case: with less, sorts and joins of millions of rows fail."""


class Runner:
    """One run of a plan. Make a new one for each run.

    Args:
        listener: Told every event, on the thread where it happened, one at a time.
        cancel: Cancels the run from outside.
        taps: Who looks at the rows of a port (preview).
        row_limit: Sources stop after so many rows; None reads all.
        strict: False lets rejected rows of unconnected ports go (preview).
    """

    def __init__(
        self,
        plan: Plan,
        workspace: Workspace,
        secrets: SecretStore,
        settings: Settings,
        run_id: str,
        listener: Listener,
        cancel: CancelToken,
        *,
        taps: Mapping[PortRef, Tap] | None = None,
        row_limit: int | None = None,
        strict: bool = True,
    ) -> None:
        self._plan = replace(plan, tapped=frozenset(taps or ()))
        self._settings = settings.performance
        self._listener = listener
        self._outside = cancel
        self._stop = CancelToken()
        self._taps = taps or {}
        self._strict = strict
        self._lock = threading.RLock()
        self._error: SummitError | None = None
        self._enough = False
        self._phase = threading.Lock()
        self._cancelled = False
        self._publishing = False
        self._spill = make_spill_folder()
        self._context = RunContext(
            run_id, workspace, secrets, self._stop, self._settings.batch_rows, row_limit,
            self._spill, frozenset(_targets(plan)), datetime.now(UTC),
        )  # fmt: skip
        self._ledger = Ledger(self._plan, self._emit)
        self._threads: list[threading.Thread] = []

    def run(self) -> RunFinished:
        """Run to the end and return the last event. Never raises for what happens in the run."""
        begun = time.perf_counter()
        plan = self._plan
        forget = self._outside.on_cancel(self._cancel)
        try:
            context = self._context
            self._emit(RunStarted(context.run_id, plan.document.name, plan.order, context.started))
            self._work()
        except Exception as error:  # noqa: BLE001 - a listener may raise anything
            self._fail(self._unexpected(error))
        finally:
            forget()
            shutil.rmtree(self._spill, ignore_errors=True)
        finished = RunFinished(
            self._context.run_id,
            self._status(),
            time.perf_counter() - begun,
            self._ledger.lines(),
            ErrorReport.of(self._error) if self._error else None,
            datetime.now(UTC),
        )
        self._tell(finished)
        return finished

    def enough(self) -> None:
        """Stop early, as wished: the taps have seen all they need."""
        self._enough = True
        self._stop.cancel()

    def _cancel(self) -> None:
        """Stop for the one outside, unless publishing began: then all sinks publish, or none do."""
        with self._phase:
            self._cancelled = not self._publishing
        if self._cancelled:
            self._stop.cancel()

    def _work(self) -> None:
        channels = {
            edge: Channel(self._stop, self._settings.prefetch)
            for stream in self._plan.streams
            for edge in stream.exits
        }
        sinks = [self._sink(node_id, channels) for node_id in self._plan.sinks]
        try:
            for sink in sinks:
                self._start(f"sink-{sink.node.node_id}", sink.work, sink.node.node_id)
            streams = [
                self._start(f"stream-{s.head}", partial(self._stream, s, channels), s.head)
                for s in self._plan.streams
            ]
            for thread in streams:
                thread.join()
            self._publish(sinks)
        except Exception as error:  # noqa: BLE001 - a listener may raise anything
            self._fail(self._unexpected(error))
        except BaseException:
            self._stop.cancel()
            raise
        finally:
            for thread in list(self._threads):
                thread.join()

    def _publish(self, sinks: list[SinkRun]) -> None:
        for sink in sinks:
            while not sink.prepared.wait(0.05):
                self._stop.check()
        self._stop.check()
        self._ledger.verify()
        self._gate()
        with self._phase:
            if self._cancelled:
                raise Cancelled
            self._publishing = True
        # Databases can still refuse; a rename hardly can. So databases go first.
        for sink in sorted(sinks, key=lambda s: s.node.delivery is not Delivery.TRANSACTIONAL):
            sink.publish()
            self._stop.check()

    def _gate(self) -> None:
        scores = self._ledger.scores()
        for score in scores:
            self._emit(score)
        broken = [s for s in scores if s.critical and s.breached]
        if broken:
            node = self._plan.nodes[broken[0].node_id]
            raise QualityGateFailed(
                "A critical quality rule is breached",
                why=listing([_verdict(s) for s in broken], 4),
                do="look at the failing rows, or lower the threshold; nothing was published",
                where=node.place(),
            )

    def _stream(self, stream: Any, channels: Mapping[Edge, Channel]) -> None:
        StreamRun(
            self._plan,
            stream,
            partial(self._head, stream.head, channels),
            channels,
            self._ledger,
            self._stop,
            self._emit,
            taps={r: t for r, t in self._taps.items() if _in_stream(stream, r)},
            lanes=self._settings.parallelism,
            started=self._context.started,
            strict=self._strict,
        ).work(partial(self._start, node_id=stream.head))

    def _head(self, node_id: str, channels: Mapping[Edge, Channel]) -> Head:
        node = self._plan.nodes[node_id]
        incoming = [Incoming(e, channels[e]) for e in self._plan.document.edges_into(node_id)]
        if isinstance(node, SourceNode):
            return SourceHead(self._plan, node, self._context)
        if isinstance(node, RelationalNode):
            share = self._memory_share()
            return BlockingHead(self._plan, node, incoming, self._ledger, self._context, share)
        assert isinstance(node, CodeNode)  # noqa: S101 - the catalogue has no other kinds
        return CodeHead(self._plan, node, incoming, self._context)

    def _memory_share(self) -> int | None:
        if self._settings.memory_limit_mb is None:
            return None
        nodes = [self._plan.nodes[s.head] for s in self._plan.streams]
        count = sum(isinstance(n, RelationalNode) for n in nodes)
        return max(self._settings.memory_limit_mb // max(count, 1), LEAST_MEMORY_MB)

    def _sink(self, node_id: str, channels: Mapping[Edge, Channel]) -> SinkRun:
        node: Any = self._plan.nodes[node_id]
        (edge,) = self._plan.document.edges_into(node_id)
        incoming = Incoming(edge, channels[edge])
        return SinkRun(self._plan, node, incoming, self._ledger, self._context, self._emit)

    def _start(self, name: str, target: Callable[[], None], node_id: str) -> threading.Thread:
        def guarded() -> None:
            try:
                target()
            except BaseException as error:  # noqa: BLE001 - a thread must not die unheard
                self._fail(self._placed(self._unexpected(error), node_id))

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread

    def _placed(self, error: SummitError, node_id: str) -> SummitError:
        error.at(node_id=node_id)
        known = self._plan.nodes.get(error.where.node_id or "")
        return error.at(
            node_title=known.node_title if known else None, pipeline=self._plan.document.name
        )

    def _unexpected(self, error: BaseException) -> SummitError:
        if isinstance(error, SummitError):
            return error
        if self._stop.cancelled:
            return Cancelled()
        logging.getLogger("summit.engine").error("A run met a fault.", exc_info=error)
        return SummitError(
            "The run met a fault of the program",
            why=f"{type(error).__name__}: {error}".split("\n", 1)[0],
            do="report it with the log; nothing was published",
            code="internal_error",
        )

    def _fail(self, error: SummitError) -> None:
        with self._lock:
            first = self._error is None and not isinstance(error, Cancelled)
            if first and not self._cancelled and not self._enough:
                self._error = error
                if error.where.node_id:
                    self._tell(NodeFailed(error.where.node_id, ErrorReport.of(error)))
        self._stop.cancel()

    def _status(self) -> RunStatus:
        if self._error is not None:
            gate = isinstance(self._error, QualityGateFailed)
            return RunStatus.QUALITY_FAILED if gate else RunStatus.FAILED
        if self._stop.cancelled and not self._enough:
            return RunStatus.CANCELLED
        return RunStatus.SUCCEEDED

    def _emit(self, event: Event) -> None:
        with self._lock:
            self._listener(event)

    def _tell(self, event: Event) -> None:
        """Say how something ended; a listener that fails on it changes nothing any more."""
        try:
            self._emit(event)
        except Exception:
            logging.getLogger("summit.engine").exception("A listener failed.")


def _targets(plan: Plan) -> Iterator[str]:
    for node_id in plan.sinks:
        node = plan.nodes[node_id]
        if isinstance(node, SinkNode):
            yield node.target()


def _in_stream(stream: Any, ref: PortRef) -> bool:
    return ref.node == stream.head or any(ref.node in s.chain for s in stream.segments)


def _verdict(score: RuleScored) -> str:
    return f"'{score.rule}' holds for {score.score:.2%} of rows, {score.threshold:.2%} are needed"
