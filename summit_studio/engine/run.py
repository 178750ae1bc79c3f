"""One run of a plan: says how it begins, holds the counts against each other, says how it ended."""

import logging
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from summit_studio.backends.contract import Backend, Epochs, Order, Tap
from summit_studio.backends.local.backend import LocalBackend
from summit_studio.connectors.breaker import Breakers
from summit_studio.connectors.pooling import Pools
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Checkpoint, Demand, EpochEnd, Stage, Step, Sums
from summit_studio.core.errors import (
    Cancelled,
    ConnectionFailed,
    QualityGateFailed,
    SummitError,
)
from summit_studio.core.events import (
    BreakerChanged,
    CheckpointAsked,
    CheckpointCommitted,
    ErrorReport,
    Event,
    NodeFailed,
    NodeSkipped,
    NothingNew,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStatus,
    WindowOpened,
)
from summit_studio.core.suggest import listing
from summit_studio.document.model import PortRef
from summit_studio.engine.held import Held
from summit_studio.engine.ledger import Ledger
from summit_studio.engine.limits import GRACE_SECS, Clock, OutOfTime
from summit_studio.engine.lineage import Lineage
from summit_studio.engine.retrying import may_pass, wait_secs
from summit_studio.engine.tolerance import require_tolerated
from summit_studio.nodes.contract import RunContext, SinkNode
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Settings
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

Listener = Callable[[Event], None]

Again = Callable[[RunContext, Lineage], Lineage]
"""Claims the targets of a run's lineage anew, and says where they stand."""

Whole = Callable[[RunContext, Mapping[str, Checkpoint]], None]
"""Told of a load that every sink holds."""


class Run:
    """One run of a plan. Make a new one for each.

    Args:
        listener: Told every event, on the thread where it happened, one at a time.
        cancel: Cancels the run from outside.
        taps: Who looks at the rows of a port (preview).
        row_limit: Sources stop after so many rows; None reads all.
        strict: False lets rejected rows of unconnected ports go (preview).
        backend: Where the plan runs; by default on this machine.
        step: Told each step of the delivery before it is taken.
        again: Asks the targets for another attempt; None makes only one.
        whole: Called once every sink has all rows, before it is said that the run succeeded.
        ending: Told how it ended, before the listener: who supervises a run ends its process then.
        demand: Asks for checkpoints while the run goes.
        breakers: The circuit breakers of the connections.
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
        backend: Backend | None = None,
        step: Step | None = None,
        again: Again | None = None,
        whole: Whole | None = None,
        ending: Callable[[RunFinished], None] | None = None,
        demand: Demand | None = None,
        breakers: Breakers | None = None,
    ) -> None:
        self._plan = replace(plan, tapped=frozenset(taps or ()))
        self._settings = settings
        self._listener = listener
        self._outside = cancel
        self._stop = CancelToken()
        self._halt = CancelToken()
        self._expired = CancelToken()
        self._again = again
        self._whole = whole
        self._ending = ending
        self._failures = 0
        self._visible: set[str] = set()
        self._over = False
        self._late = False
        self._clock = Clock(settings.limits, plan, self._awaited, self._expire)
        self._taps = taps or {}
        self._strict = strict
        self._backend = backend or LocalBackend()
        self._lock = threading.RLock()
        self._error: SummitError | None = None
        self._enough = False
        self._phase = threading.Lock()
        self._cancelled = False
        self._publishing = False
        self._pools = Pools()
        self._context = RunContext(
            run_id, workspace, secrets, self._stop, settings.performance.batch_rows,
            settings.performance.batch_bytes, row_limit,
            written=frozenset(_targets(plan)), transactions=Transactions(self._stop),
            started=datetime.now(UTC), breakers=breakers or Breakers(), pools=self._pools,
        )  # fmt: skip
        self._context.breakers.listen(self._breaker_changed)
        self._begun = self._context.started
        if step is not None:
            self._context = replace(self._context, step=step)
        self._lineage: Lineage | None = None
        self._demand = demand or Demand()
        self._held = Held()
        self._refused = False
        self._ledger = Ledger(self._plan, self.emit)

    @property
    def context(self) -> RunContext:
        """What the run's nodes may use."""
        return self._context

    def go_on(self, lineage: Lineage) -> None:
        """Take over where a lineage stands; called before `run`."""
        self._lineage = lineage
        self._context = replace(self._context, started=lineage.started, reenters=lineage.reenters)
        self._ledger = Ledger(self._plan, self.emit)
        self._ledger.restore(lineage.sums)
        held = lineage.epochs.held
        self._held = Held(
            {sink: p.shown for sink, p in held.items() if p.shown},
            {sink: p.rows for sink, p in held.items() if p.stage is Stage.STAGED},
        )

    def run(self) -> RunFinished:
        """Run to the end and return the last event. Never raises for what happens in the run."""
        begun = time.perf_counter()
        forget = self._outside.on_cancel(self._cancel)
        try:
            self._demand.serve(self._asked)
            with self._clock:
                self._attempt(self._first)
                while self._waited():
                    self._attempt(self._next)
        finally:
            forget()
            self._release()
            self.disconnect()
        for used in self._pools.used():
            self._tell(used)
        if self._error is not None and self._error.where.node_id:
            self._tell(NodeFailed(self._error.where.node_id, ErrorReport.of(self._error)))
        if self._status() is RunStatus.SUCCEEDED:
            self._say_unmoved()
        finished = RunFinished(
            self._context.run_id,
            self._status(),
            time.perf_counter() - begun,
            self._ledger.lines(),
            ErrorReport.of(self._error) if self._error else None,
            datetime.now(UTC),
            {} if self._status() is RunStatus.SUCCEEDED else dict(self._held.committed),
            {} if self._status() is RunStatus.SUCCEEDED else dict(self._held.staged),
        )
        if self._ending is not None:
            self._ending(finished)
        self._tell(finished)
        self._over = True
        return finished

    def enough(self) -> None:
        """Stop early, as wished: the taps have seen all they need."""
        self._enough = True
        self._stop.cancel()

    def disconnect(self) -> None:
        """Close the sessions that are kept for the next who needs one."""
        self._pools.close()

    def close(self, mark: EpochEnd, node_ids: Collection[str], shown: Collection[str]) -> EpochEnd:
        """Let the sinks commit an epoch, unless the counts or a critical rule speak against it.

        Raises:
            LedgerImbalance: Rows appeared or vanished.
            TooManyRejected: More rows than are tolerated.
            QualityGateFailed: A critical rule is breached.
        """
        sums = self._ledger.close(mark.epoch, node_ids, self._stands())
        tolerance = self._settings.errors.tolerance
        if shown or (tolerance is not None and tolerance.rows is not None):
            self._tolerate(sums, mark.epoch)
        self._require([s for s in self._ledger.scores() if s.node_id in shown])
        return replace(mark, sums=sums)

    def audit(self) -> Sums:
        """Let the sinks publish, unless the counts or a critical rule speak against it.

        Raises:
            LedgerImbalance: Rows appeared or vanished.
            TooManyRejected: More rows than are tolerated.
            QualityGateFailed: A critical rule is breached.
            Cancelled: Someone cancelled meanwhile.
        """
        try:
            self._hold()
        except SummitError:
            # Going on would come to the same: what is staged of the load is of no more use.
            self._refused = True
            self._held.staged.clear()
            raise
        with self._phase:
            if self._cancelled or self._late:
                raise Cancelled
            self._publishing = True
        return self._ledger.sums()

    def _hold(self) -> None:
        self._ledger.verify(self._stands())
        self._tolerate(self._ledger.sums())
        self._gate()

    def emit(self, event: Event) -> None:
        """Tell the listener."""
        with self._lock:
            if self._over:
                # From a thread that a limit has left behind.
                return
            self._clock(event)
            if isinstance(event, CheckpointCommitted):
                self._held.take(event)
                self._failures = 0
            if isinstance(event, OutputPublished):
                self._visible.add(event.node_id)
            self._listener(event)
        if isinstance(event, RowsRejected):
            self._tolerate_so_far()

    def fail(self, error: BaseException, node_id: str | None = None) -> None:
        """Keep the first error, with the node that failed, and stop everything."""
        placed = self._placed(self._unexpected(error), node_id)
        with self._lock:
            first = self._error is None and not isinstance(placed, Cancelled)
            if first and not self._cancelled and not self._enough:
                self._error = placed
        self._stop.cancel()

    def _attempt(self, attempt: Callable[[], None]) -> None:
        """Make an attempt; where there is a time limit, on a thread that can be left behind."""
        if not self._clock.wanted:
            self._try(attempt)
            return

        def work() -> None:
            self._try(attempt)
            news.set()

        news = threading.Event()
        thread = threading.Thread(target=work, name="attempt", daemon=True)
        forget = self._expired.on_cancel(news.set)
        thread.start()
        try:
            news.wait()
            if self._expired.cancelled:
                thread.join(GRACE_SECS)
            else:
                thread.join()
        except BaseException:
            self._stop.cancel()
            raise
        finally:
            forget()

    def _expire(self, error: OutOfTime) -> None:
        """End a run that is out of time, unless publishing began: then it is left to finish."""
        with self._phase:
            if self._publishing:
                return
            self._late = True
            stop = self._stop
        with self._lock:
            if not self._cancelled:
                error.do = f"{error.do}; {self._stands()}"
                self._error = self._placed(error, None)
        self._halt.cancel()
        stop.cancel()
        self._expired.cancel()

    def _awaited(self, node_ids: Collection[str]) -> str:
        return self._ledger.awaited(node_ids)

    def _try(self, attempt: Callable[[], None]) -> None:
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - a listener may raise anything
            self.fail(error)

    def _first(self) -> None:
        context = self._context
        self.emit(
            RunStarted(context.run_id, self._plan.document.name, self._plan.order, self._begun)
        )
        for node_id, skip in self._plan.skipped.items():
            self.emit(NodeSkipped(node_id, skip.title, skip.sink, skip.why))
        self._work()

    def _work(self) -> None:
        self._say_resumed()
        self._say_windows()
        self._backend.run(self._order())
        if self._whole is not None and self._lineage is not None and not self._stop.cancelled:
            self._whole(self._context, self._lineage.epochs.checkpoints)
        self._context.step("end")

    def _next(self) -> None:
        """Make another attempt: ask the targets where they stand, and go on from there."""
        self._error = None
        with self._phase:
            self._stop = CancelToken()
            if self._cancelled:
                raise Cancelled
        assert self._again is not None and self._lineage is not None  # noqa: S101, PT018 - as waited
        self._context = replace(
            self._context, cancel=self._stop, transactions=Transactions(self._stop)
        )
        self.go_on(self._again(self._context, self._lineage))
        self._work()

    def _waited(self) -> bool:
        """Return True once another attempt is due; False where none is to be made."""
        with self._phase:
            self._publishing = False
        error, retry = self._error, self._settings.errors.retry
        self._failures += 1
        if error is None or self._again is None or self._lineage is None:
            return False
        if self._failures >= retry.attempts or self._halt.cancelled:
            return False
        if not may_pass(error, self._plan, self._lineage.epochs.checkpoints, self._visible):
            return False
        secs = wait_secs(retry, self._failures, random.random())  # noqa: S311 - no secret
        # Before that nobody is let in.
        secs = max(secs, self._context.breakers.wait_secs())
        attempt = self._failures + 1
        logging.getLogger("summit.engine").warning(
            "A run is tried again in %.1f s, attempt %d of %d. %s",
            secs, attempt, retry.attempts, error,
        )  # fmt: skip
        report = ErrorReport.of(error)
        self._tell(RunRetried(self._context.run_id, report, attempt, retry.attempts, secs))
        if self._halt.wait(secs) and self._cancelled:
            self._error = None
        return not self._halt.cancelled

    def _tolerate(self, sums: Sums, epoch: int | None = None) -> None:
        tolerance = self._settings.errors.tolerance
        if tolerance is not None and self._strict:
            require_tolerated(tolerance, self._plan, sums, self._stands(), epoch)

    def _tolerate_so_far(self) -> None:
        """End a run early that rejects too many rows, where no epoch would be committed before."""
        tolerance = self._settings.errors.tolerance
        in_epochs = self._lineage is not None and self._lineage.epochs.every is not None
        if tolerance is not None and tolerance.rows is not None and not in_epochs:
            self._tolerate(self._ledger.sums())

    def _breaker_changed(self, change: BreakerChanged) -> None:
        using = tuple(
            node_id
            for node_id, node in self._plan.nodes.items()
            if getattr(node.params, "connection", None) == change.connection
        )
        self._tell(replace(change, node_ids=using))

    def _release(self) -> None:
        """Let other runs have the targets, as far as these can be reached: each is tried once."""
        away: set[str] = set()
        for sink, checkpoint in self._lineage.epochs.checkpoints.items() if self._lineage else ():
            connection = getattr(self._plan.nodes[sink].params, "connection", "")
            if connection and connection in away:
                continue
            try:
                if self._refused and checkpoint.staged:
                    checkpoint.forget()
                else:
                    checkpoint.release()
            except ConnectionFailed:
                away.add(connection)
            except SummitError as error:
                logging.getLogger("summit.engine").debug("A target was not let go. %s", error)

    def _stands(self) -> str:
        """Return what targets hold of a load that goes no further, as part of a sentence."""
        if not any(self._held.committed.values()):
            return "nothing was published"
        return "what was committed before stays, and nothing since was published"

    def _say_resumed(self) -> None:
        lineage = self._lineage
        if lineage is not None and lineage.resumed:
            rows = {sink: progress.rows for sink, progress in lineage.epochs.held.items()}
            whole = all(p.stage is Stage.FINISHED for p in lineage.epochs.held.values())
            begun, lines = lineage.started, self._ledger.lines()
            staged = dict(self._held.staged)
            self.emit(RunResumed(self._context.run_id, begun, rows, lines, whole, staged))

    def _say_windows(self) -> None:
        """Say what the incremental sources read."""
        for node_id, window in self._windows():
            low, high = window["low"], window["to"]
            told = (window["low_in"], high, window["beyond"], window["back"])
            self.emit(WindowOpened(node_id, window["column"], low, *told))

    def _say_unmoved(self) -> None:
        """Say of the incremental sources which of them had nothing new."""
        for node_id, window in self._windows():
            line = self._ledger.line(node_id)
            if not sum(line.rows_out.values()) + line.rejected:
                self._tell(NothingNew(node_id, window["column"], window["to"]))

    def _windows(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        windows = self._lineage.epochs.windows if self._lineage is not None else {}
        yield from ((i, w) for i, w in windows.items() if i in self._plan.nodes and "at" in w)

    def _order(self) -> Order:
        return Order(
            self._plan,
            self._context,
            self._settings.performance,
            self._ledger,
            self,
            self._taps,
            self._strict,
            self._settings.verify,
            replace(self._lineage.epochs if self._lineage else Epochs(), demand=self._demand),
        )

    def _asked(self) -> str:
        """Say that a checkpoint is asked for, and return why there will be none."""
        why = ""
        if self._lineage is None or self._lineage.epochs.every is None:
            why = "each target shows all its rows at once; `summit validate` says why"
        elif self._publishing or self._stop.cancelled:
            why = "the run is at its end"
        self._tell(CheckpointAsked(why))
        return why

    def _cancel(self) -> None:
        """Stop for the one outside, unless publishing began: then all sinks publish, or none do."""
        with self._phase:
            self._cancelled = not self._publishing
            stop = self._stop
        self._halt.cancel()
        if self._cancelled:
            stop.cancel()

    def _gate(self) -> None:
        scores = self._ledger.scores()
        for score in scores:
            self.emit(score)
        self._require(scores)

    def _require(self, scores: Sequence[RuleScored]) -> None:
        broken = [s for s in scores if s.critical and s.breached]
        if broken:
            node = self._plan.nodes[broken[0].node_id]
            raise QualityGateFailed(
                "A critical quality rule is breached",
                why=listing([_verdict(s) for s in broken], 4),
                do=f"look at the failing rows, or lower the threshold; {self._stands()}",
                where=node.place(),
            )

    def _placed(self, error: SummitError, node_id: str | None) -> SummitError:
        if node_id is not None:
            error.at(node_id=node_id)
        known = self._plan.nodes.get(error.where.node_id or "")
        if known is None:
            return error
        return error.at(node_title=known.node_title, pipeline=self._plan.document.name)

    def _unexpected(self, error: BaseException) -> SummitError:
        if isinstance(error, SummitError):
            return error
        if self._stop.cancelled:
            return Cancelled()
        logging.getLogger("summit.engine").error("A run met a fault.", exc_info=error)
        return SummitError(
            "The run met a fault of the program",
            why=f"{type(error).__name__}: {error}".split("\n", 1)[0],
            do=f"report it with the log; {self._stands()}",
            code="internal_error",
        )

    def _status(self) -> RunStatus:
        if self._error is not None:
            gate = isinstance(self._error, QualityGateFailed)
            return RunStatus.QUALITY_FAILED if gate else RunStatus.FAILED
        if (self._stop.cancelled or self._cancelled) and not self._enough:
            return RunStatus.CANCELLED
        return RunStatus.SUCCEEDED

    def _tell(self, event: Event) -> None:
        """Say how something ended; a listener that fails on it changes nothing any more."""
        try:
            self.emit(event)
        except Exception:
            logging.getLogger("summit.engine").exception("A listener failed.")


def _targets(plan: Plan) -> Iterator[str]:
    for node_id in plan.sinks:
        node = plan.nodes[node_id]
        if isinstance(node, SinkNode):
            yield node.target()


def _verdict(score: RuleScored) -> str:
    return f"'{score.rule}' holds for {score.score:.2%} of rows, {score.threshold:.2%} are needed"
