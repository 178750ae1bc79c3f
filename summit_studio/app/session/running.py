"""Runs: a thread that supervises the engine's child process and hands its events to the editor."""

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from summit_studio.app.session.session import Session, default_folder
from summit_studio.core.errors import SummitError
from summit_studio.core.events import ErrorReport, Event, RunFinished, RunStarted, RunStatus

if TYPE_CHECKING:
    from summit_studio.app.session.run_state import RunState
    from summit_studio.engine.request import RunRequest

_POLL_SECS = 0.1
_TICK_MS = 100


class _Poller(QObject):
    """Lives on the run thread: starts the child, polls it, passes events on in order."""

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.cancel = threading.Event()
        self.checkpoint = threading.Event()

    @Slot(object)
    def run(self, request: "RunRequest") -> None:
        """Run to the end. Whatever happens, the last event is RunFinished."""
        started = time.monotonic()
        try:
            self._drain(request)
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            report = _report(error)
            seconds = time.monotonic() - started
            finished = RunFinished("", RunStatus.FAILED, seconds, error=report)
            self.arrived.emit([finished])

    def _drain(self, request: "RunRequest") -> None:
        from summit_studio.engine.child import ChildRun

        child = ChildRun(request)
        try:
            child.start()
            asked, over = False, False
            while not over:
                if self.cancel.is_set() and not asked:
                    asked = True
                    child.cancel()
                if self.checkpoint.is_set():
                    self.checkpoint.clear()
                    child.checkpoint()
                events = list(child.poll(_POLL_SECS))
                over = any(isinstance(e, RunFinished) for e in events)
                if events:
                    self.arrived.emit(events)
        finally:
            child.close()


class RunSupervisor(QObject):
    """At most one run at a time.

    `started` carries the RunState, `ticked` the same ten times a second, `told` each batch of
    events as it comes, `ended` the RunState after its last event. `changed` is sent
    when a run can be started or stopped that could not before, or the other way round.
    """

    started = Signal(object)
    told = Signal(object)
    ticked = Signal(object)
    ended = Signal(object)
    changed = Signal()
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
    def cancelling(self) -> bool:
        """True once cancelled, until the last event."""
        return self.running and self._poller.cancel.is_set()

    def start(self, *, restart: bool = False, take_over: bool = False) -> None:
        """Run the document as it is on the screen, saved or not.

        Args:
            restart: Start an unfinished load again, where that writes no row twice.
            take_over: Do not wait for another run of it that seems alive.
        """
        if self.running:
            return
        self.state = self._session.new_run()
        self._poller.cancel.clear()
        self._poller.checkpoint.clear()
        self._began = time.monotonic()
        self.started.emit(self.state)
        self.changed.emit()
        if not self._thread.isRunning():
            self._thread.start()
        self._timer.start()
        self._asked.emit(replace(request_of(self._session), restart=restart, take_over=take_over))

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

    def close(self) -> None:
        """Cancel, and wait until the child is gone."""
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
            self._began = time.monotonic() - _TICK_MS / 1000  # The start of the process is over.
        self.state.feed(events)
        self.state.sample(time.monotonic() - self._began)
        if events:
            self.told.emit(events)
        self.ticked.emit(self.state)
        if self.state.finished:
            self._timer.stop()
            self.ended.emit(self.state)
            self.changed.emit()


def request_of(session: Session, *, to_look: bool = False) -> "RunRequest":
    """Return the request that runs the present snapshot in its workspace.

    Args:
        session: What is open.
        to_look: True if nothing is to be run: a workspace that is not there is not made.
    """
    from summit_studio.engine.request import RunRequest

    root = session.workspace.root
    if session.files.path is None:
        root = default_folder()
        if not to_look:
            root.mkdir(parents=True, exist_ok=True)
    return RunRequest(
        document=session.document,
        root=root,
        path=session.files.path,
        parameters={},
        trigger="editor",
    )


def _report(error: Exception) -> ErrorReport:
    if isinstance(error, SummitError):
        return ErrorReport.of(error)
    return ErrorReport(
        "engine_failed",
        "The run could not be started",
        why=f"{type(error).__name__}: {error}",
        do="try again; if it happens again, report it with the log",
    )
