"""Takes a request to its end: workspace, checks, plan, run, history."""

import contextlib
import logging
import random
import threading
from collections.abc import Callable, Iterable
from functools import partial

from summit_studio.connectors.breaker import Breakers, CircuitOpen
from summit_studio.core.cancel import CancelToken
from summit_studio.core.claims import at_work
from summit_studio.core.epochs import Demand
from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    BreakerChanged,
    ErrorReport,
    Event,
    RunFinished,
    RunRetried,
    RunStatus,
)
from summit_studio.core.version import __version__
from summit_studio.engine import lineage
from summit_studio.engine.design import design_context
from summit_studio.engine.hooks import OnError, call_hooks
from summit_studio.engine.letters import ended, keeps_letters
from summit_studio.engine.pinning import on_pinned_rows
from summit_studio.engine.processed import tracked, tracks_keys
from summit_studio.engine.request import RunRequest
from summit_studio.engine.retrying import wait_secs
from summit_studio.engine.run import Listener, Run
from summit_studio.engine.run_to import Seen, run_to
from summit_studio.engine.windows import acknowledge
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext
from summit_studio.planning.check import Checked, check
from summit_studio.planning.modules import expand, values_known
from summit_studio.planning.plan import Plan, plan_checked
from summit_studio.planning.rejects import errors_of
from summit_studio.planning.settings import settings_of
from summit_studio.state.errors import StateUnavailable
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.processed import KeyStore
from summit_studio.state.recorder import RunRecorder
from summit_studio.state.store import Store


def run(
    request: RunRequest,
    listeners: Iterable[Listener] = (),
    cancel: CancelToken | None = None,
    catalogue: Catalogue | None = None,
    on_checked: Callable[[Checked], None] | None = None,
    demand: Demand | None = None,
    on_error: OnError | None = None,
    seen: Seen | None = None,
) -> RunFinished:
    """Run a pipeline and keep its history; return how it ended.

    One that goes to a node only (`request.to`) is a look: it writes nothing and has no history.

    Args:
        request: What to run.
        listeners: Told every event in order, each from the thread where it happened.
        cancel: Cancels the run.
        catalogue: The node types; by default all that are installed.
        on_checked: Told what the checks found, before anything runs; may say the warnings.
        demand: Asks for checkpoints while the run goes.
        on_error: Told if the run fails, beside the hooks of the pipeline.
        seen: Told the first rows of the node that a run goes to.

    Raises:
        InvalidPipeline: The pipeline has problems; nothing ran.
        CircuitOpen: A run before has found a connection unwell, and no attempt is left.
        SummitError: The workspace cannot be read.
    """
    if request.pinned or request.begin:
        request, catalogue, listeners = on_pinned_rows(request, catalogue, listeners)
    if request.to is not None:
        token = cancel or CancelToken()
        return run_to(request, listeners, token, catalogue or Catalogue.load(), seen)
    return _run_whole(request, listeners, cancel, catalogue, on_checked, demand, on_error)


def _run_whole(
    request: RunRequest,
    listeners: Iterable[Listener],
    cancel: CancelToken | None,
    catalogue: Catalogue | None,
    on_checked: Callable[[Checked], None] | None,
    demand: Demand | None,
    on_error: OnError | None,
) -> RunFinished:
    """Run all of a pipeline; see `run`."""
    history = History(request)
    letters: LetterStore | None = None
    keys: KeyStore | None = None
    token, told = cancel or CancelToken(), list(listeners)
    try:
        workspace, known = request.workspace(), catalogue or Catalogue.load()
        if request.sandbox is not None:
            workspace = request.sandbox.workspace(workspace)
            known = request.sandbox.catalogue(known)
        # A run reads what its sources name, so it may look at them before.
        context = design_context(workspace, probe=True)
        breakers = Breakers(history.breakers()) if workspace.connections else None
        if breakers is not None and _unwell(
            request, known, context, breakers, told, token, on_error
        ):
            cancelled = RunFinished(request.run_id, RunStatus.CANCELLED, 0.0)
            for listener in told:
                listener(cancelled)
            return cancelled
        checked = check(request.document, known, context, dict(request.parameters))
        if on_checked is not None:
            on_checked(checked)
        if checked.ok and keeps_letters(checked):
            letters = LetterStore.open()
        settled = ended(checked, request, letters)
        if checked.ok and tracks_keys(checked):
            keys = KeyStore.open()
            settled = tracked(settled, request, keys)
        plan = plan_checked(settled)
        history.document = checked.document
        return run_plan(plan, request, context, history, told, token, demand, on_error, breakers)
    finally:
        history.drop()
        for store in (letters, keys):
            if store is not None:
                store.close()


def run_plan(
    plan: Plan,
    request: RunRequest,
    context: DesignContext,
    history: "History",
    listeners: Iterable[Listener] = (),
    cancel: CancelToken | None = None,
    demand: Demand | None = None,
    on_error: OnError | None = None,
    breakers: Breakers | None = None,
) -> RunFinished:
    """Run a settled plan, go on where its targets stand, and keep its history.

    Args:
        plan: What to run.
        request: What was asked for; its document may be another than the plan's.
        context: With which the plan was settled.
        history: Opened before, so that it takes no time now; the caller drops it.
        listeners: As of `run`.
        cancel: Cancels the run.
        demand: As of `run`.
        on_error: As of `run`.
        breakers: Those of the connections, where they were asked before.

    Raises:
        SummitError: The run may not begin.
    """
    everyone = [*listeners]
    recorder = history.recorder()
    if recorder is not None:
        everyone.insert(0, recorder)

    def tell(event: Event) -> None:
        for listener in everyone:
            listener(event)

    settings = settings_of(request.document.settings)
    hooks = _hooks(request, context, on_error)
    runner = Run(
        plan,
        context.workspace,
        context.secrets,
        settings,
        request.run_id,
        tell,
        cancel or CancelToken(),
        step=request.step,
        again=partial(lineage.again, plan, request, settings),
        whole=partial(acknowledge, plan) if request.sandbox is None else None,
        ending=hooks,
        demand=demand,
        breakers=breakers or Breakers(history.breakers()),
    )
    with at_work(request.run_id):
        try:
            runner.go_on(lineage.begin(plan, request, settings, runner.context, history.untold))
        except BaseException as error:
            runner.disconnect()
            if isinstance(error, SummitError):
                hooks(_failed(request, error))
            raise
        return runner.run()


def _hooks(
    request: RunRequest, context: DesignContext, on_error: OnError | None
) -> Callable[[RunFinished], None]:
    """Return what calls the hooks of a pipeline."""
    return partial(
        call_hooks,
        errors_of(request.document).on_error,
        request.document.name,
        workspace=context.workspace,
        secrets=context.secrets,
        function=on_error,
    )


def _failed(request: RunRequest, error: SummitError) -> RunFinished:
    """Return the end of a run that could not begin."""
    return RunFinished(request.run_id, RunStatus.FAILED, 0.0, error=ErrorReport.of(error))


def _unwell(
    request: RunRequest,
    catalogue: Catalogue,
    context: DesignContext,
    breakers: Breakers,
    listeners: Iterable[Listener],
    cancel: CancelToken,
    on_error: OnError | None,
) -> bool:
    """Wait for connections that a run before has found unwell; return True if someone cancelled.

    How often, at most, is for the pipeline's `retry` block to say.

    Raises:
        CircuitOpen: One is still to be left alone.
    """
    retry = errors_of(request.document).retry
    values = values_known(request.document, request.parameters)
    expanded = expand(request.document, catalogue, context.workspace, values)
    named = {node.params.get("connection") for node in expanded.document.nodes.values()}
    used = [breakers.of(c) for name, c in context.workspace.connections.items() if name in named]
    for attempt in range(2, retry.attempts + 2):
        try:
            for breaker in used:
                breaker.check()
        except CircuitOpen as error:
            if attempt > retry.attempts:
                _hooks(request, context, on_error)(_failed(request, error))
                raise
            chance = random.random()  # noqa: S311 - no secret
            secs = max(error.wait_secs, wait_secs(retry, attempt - 1, chance))
            report = ErrorReport.of(error)
            for listener in listeners:
                listener(RunRetried(request.run_id, report, attempt, retry.attempts, secs))
            if cancel.wait(secs):
                return True
        else:
            break
    return False


class History:
    """Opens the run history beside the planning: it takes a fifth of a second."""

    def __init__(self, request: RunRequest) -> None:
        self.document = request.document
        """What runs: once it is known, with its modules expanded."""
        self._request = request
        self._store: Store | None = None
        self._thread = threading.Thread(target=self._open, name="history", daemon=True)
        self._thread.start()

    def _open(self) -> None:
        try:
            self._store = Store.open()
        except StateUnavailable as error:
            logging.getLogger("summit.state").warning(
                "This run will not be in the history. %s", error
            )

    def drop(self) -> None:
        """Close the history, once the run has ended or will not begin."""
        self._thread.join()
        if self._store is not None:
            self._store.close()

    def untold(self, run_id: str) -> bool:
        """Return True if a run that began here has ended otherwise than in success."""
        self._thread.join()
        if self._store is None:
            return False
        try:
            self._store.mark_orphans()
            known = self._store.run(run_id)
        except StateUnavailable:
            return False  # The run that begins says so, once it cannot be recorded.
        return known is not None and known.run.status not in {
            RunStatus.SUCCEEDED.value, RunStatus.RUNNING.value
        }  # fmt: skip

    def breakers(self) -> dict[str, BreakerChanged]:
        """Return how the circuit breakers stood when a run said it last; none where not known."""
        self._thread.join()
        if self._store is not None:
            with contextlib.suppress(StateUnavailable):
                return self._store.breakers(self._workspace)
        return {}

    @property
    def _workspace(self) -> str:
        return str(self._request.root.resolve())

    def recorder(self) -> RunRecorder | None:
        """Return the listener that keeps the history, or None where it cannot be kept."""
        self._thread.join()
        if self._store is None:
            return None
        request = self._request
        return RunRecorder(
            self._store,
            self.document,
            trigger=request.trigger,
            path=str(request.path) if request.path else None,
            params=dict(request.parameters),
            version=__version__,
            workspace=self._workspace,
        )
