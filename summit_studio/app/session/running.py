"""Runs: a thread that supervises the engine's child process and hands its events to the editor."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session, default_folder
from summit_studio.core.errors import SummitError
from summit_studio.core.events import ErrorReport, Event, RunFinished, RunStarted, RunStatus
from summit_studio.document.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from summit_studio.app.session.run_state import RunState
    from summit_studio.engine.child import ChildRun
    from summit_studio.engine.detached import DetachedRun
    from summit_studio.engine.request import RunRequest

    AnyRun = ChildRun | DetachedRun

SHOWN_ROWS = 10_000
"""Rows that a run to a node shows: as many as a preview of a source looks at."""
_POLL_SECS = 0.1
_TICK_MS = 100


class _Poller(QObject):
    """Lives on the run thread: starts or follows a run, polls it, passes events on in order."""

    arrived = Signal(object)
    showed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self.checkpoint = threading.Event()
        self.detach = threading.Event()

    @Slot(object)
    def run(self, begin: "Callable[[], AnyRun]") -> None:
        """Follow to the end. Whatever happens, the last event is RunFinished; none if let go."""
        started = time.monotonic()
        try:
            self._drain(begin())
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            report = _report(error)
            seconds = time.monotonic() - started
            finished = RunFinished("", RunStatus.FAILED, seconds, error=report)
            self.arrived.emit([finished])

    def _drain(self, run: "AnyRun") -> None:
        try:
            run.start()
            asked, over = False, False
            while not over:
                if self.detach.is_set():
                    run.detach()
                    return
                if self.cancel.is_set() and not asked:
                    asked = True
                    run.cancel()
                if self.checkpoint.is_set():
                    self.checkpoint.clear()
                    run.checkpoint()
                events = list(run.poll(_POLL_SECS))
                over = any(isinstance(e, RunFinished) for e in events)
                if over and run.seen is not None:
                    self.showed.emit(run.seen)
                if events:
                    self.arrived.emit(events)
        finally:
            run.close()


class RunSupervisor(QObject):
    """At most one run at a time: one begun here, or one that was let go and is followed.

    `started` carries the RunState, `ticked` the same ten times a second, `told` each batch of
    events as it comes, `ended` the RunState after its last event, `showed` the Preview of the node
    that a run went to and no further, before that. `changed` is sent
    when a run can be started or stopped that could not before, or the other way round.
    """

    started = Signal(object)
    told = Signal(object)
    ticked = Signal(object)
    ended = Signal(object)
    changed = Signal()
    showed = Signal(object)
    _asked = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._thread = QThread()
        self._thread.setObjectName("run")
        self._poller = _Poller()
        self._poller.moveToThread(self._thread)
        self._asked.connect(self._poller.run, Qt.ConnectionType.QueuedConnection)
        self._poller.arrived.connect(self._arrived, Qt.ConnectionType.QueuedConnection)
        self._poller.showed.connect(self.showed, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._began = 0.0
        self._waiting: list[Event] = []
        self.state: RunState | None = None

    @property
    def running(self) -> bool:
        """True from the start until the last event."""
        return self.state is not None and not self.state.finished

    @property
    def writing(self) -> bool:
        """True while a run goes that writes: one to a node is a look, and can always be left."""
        return self.running and self.state is not None and not self.state.to

    @property
    def cancelling(self) -> bool:
        """True once cancelled, until the last event."""
        return self.running and self._poller.cancel.is_set()

    def start(
        self,
        *,
        restart: bool = False,
        take_over: bool = False,
        to: str | None = None,
        pinned: bool = False,
        begin: "Sequence[str]" = (),
    ) -> None:
        """Run the document as it is on the screen, saved or not.

        Args:
            restart: Start an unfinished load again, where that writes no row twice.
            take_over: Do not wait for another run of it that seems alive.
            to: The node, or its port, to go to and no further; nothing is written then.
            pinned: Take pinned rows, and do not read what they came from.
            begin: The nodes to begin at, on pinned rows of what feeds them.
        """
        from summit_studio.engine.child import ChildRun

        if self.running:
            return
        wanted = request_of(self._session)
        request = replace(
            wanted,
            restart=restart,
            take_over=take_over,
            to=to,
            rows=SHOWN_ROWS,
            pinned=pinned,
            begin=tuple(begin),
        )
        self._begin(request.document, lambda: ChildRun(request))
        if self.state is not None:
            self.state.to = (to or "").partition(".")[0]

    def follow(self, log: Path, document: Document) -> None:
        """Follow a run that was let go.

        Args:
            log: What it tells.
            document: The pipeline as it runs.
        """
        from summit_studio.engine.detached import DetachedRun

        if not self.running:
            self._begin(document, lambda: DetachedRun(log))

    def recall(self, run: "RunState") -> None:
        """Take a run that was over before; nothing is told of it, and none may be under way."""
        if not self.running:
            self.state = run
            self.changed.emit()

    def _begin(self, document: Document, begin: "Callable[[], AnyRun]") -> None:
        self.state = self._session.new_run(document)
        for flag in (self._poller.cancel, self._poller.checkpoint, self._poller.detach):
            flag.clear()
        self._began = time.monotonic()
        self.started.emit(self.state)
        self.changed.emit()
        if not self._thread.isRunning():
            self._thread.start()
        self._timer.start()
        self._asked.emit(begin)

    def cancel(self) -> None:
        """Ask the run to stop; the screen says so at once."""
        if self.running:
            self._poller.cancel.set()
            self.ticked.emit(self.state)
            self.changed.emit()

    def checkpoint(self) -> None:
        """Ask the run for a checkpoint; its events say whether there will be one."""
        if self.running:
            self._poller.checkpoint.set()

    def detach(self) -> None:
        """Let the run go on by itself: it is no longer followed, and outlives the editor."""
        self._poller.detach.set()

    def close(self) -> None:
        """Cancel what was not let go, and wait until nothing is followed any more."""
        if not self._poller.detach.is_set():
            self._poller.cancel.set()
        self._timer.stop()
        if self._thread.isRunning():
            self._thread.quit()
            self._thread.wait()

    @Slot(object)
    def _arrived(self, events: Any) -> None:
        if self.state is None or self.state.finished:
            return
        self._waiting += events
        # Drawn by the timer, ten times a second; the end is drawn at once.
        if any(isinstance(e, RunFinished) for e in events):
            self._tick()

    @Slot()
    def _tick(self) -> None:
        if self.state is None:
            return
        events, self._waiting = self._waiting, []
        if any(isinstance(e, RunStarted) for e in events):
            # The start of the process is over; of a run let go it has been for long.
            since = datetime.now(UTC) - self._started_at(events)
            self._began = time.monotonic() - max(since.total_seconds(), _TICK_MS / 1000)
        self.state.feed(events)
        self.state.sample(time.monotonic() - self._began)
        if events:
            self.told.emit(events)
        self.ticked.emit(self.state)
        if self.state.finished:
            self._timer.stop()
            self.ended.emit(self.state)
            self.changed.emit()

    @staticmethod
    def _started_at(events: list[Event]) -> datetime:
        return next(e.started_at for e in events if isinstance(e, RunStarted))


def request_of(session: Session, *, to_look: bool = False) -> "RunRequest":
    """Return the request that runs the present snapshot in its workspace.

    Args:
        session: What is open.
        to_look: True if nothing is to be run: a workspace that is not there is not made.
    """
    from summit_studio.engine.request import RunRequest

    root = session.workspace.root
    if session.files.path is None and session.files.past is None:
        root = default_folder()
        if not to_look:
            root.mkdir(parents=True, exist_ok=True)
    return RunRequest(
        document=session.document,
        root=root,
        path=session.files.path,
        parameters=session.values,
        trigger="editor",
        picked=session.workspace.picked,
    )


def _report(error: Exception) -> ErrorReport:
    if isinstance(error, SummitError):
        return ErrorReport.of(error)
    return ErrorReport(
        "engine_failed",
        tr("The run could not be started"),
        why=f"{type(error).__name__}: {error}",
        do=tr("try again; if it happens again, report it with the log"),
    )
