"""Work away from the UI thread: one worker thread, jobs in order, results back on the UI thread."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

_log = logging.getLogger("summit.app")

_PATIENCE_SECS = 2.0
"""For how long the end of a worker's job is waited for, before it is left to itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One piece of work and who wants its result.

    Args:
        work: Called on the worker thread.
        done: Called on the UI thread with what `work` returned.
        failed: Called on the UI thread with what `work` raised.
        wanted: Asked on the worker thread just before; False drops the job unrun.
    """

    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    wanted: Callable[[], bool] = lambda: True


@dataclass(frozen=True, slots=True, eq=False)
class _Outcome:
    job: Job
    value: Any = None
    error: Exception | None = None
    by: "_Worker | None" = None


class _Worker:
    """A thread of its own for jobs in order. The process does not wait for it at its end."""

    def __init__(self, name: str, arrived: Callable[[_Outcome], None]) -> None:
        self._arrived = arrived
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def leave(self, wait_secs: float) -> None:
        """Drop what waits, and wait for the job at hand; one that takes longer is left alone."""
        self._left.set()
        self._jobs.put(None)
        self._thread.join(wait_secs)

    def _work(self) -> None:
        for job in iter(self._jobs.get, None):
            if self._left.is_set() or not job.wanted():
                continue
            try:
                outcome = _Outcome(job, job.work(), by=self)
            except Exception as error:  # noqa: BLE001 - handed to whoever asked
                outcome = _Outcome(job, error=error, by=self)
            if self._left.is_set():
                return
            try:
                self._arrived(outcome)
            except RuntimeError:  # Who asked is gone.
                _log.debug("An answer came after its asker had gone.")
            del job, outcome  # What they hold is not kept until the next job comes.


class Background(QObject):
    """A worker thread that starts with the first job; `close` waits for the present one.

    A job may never end, as where a network folder does not answer: `let_go` leaves it to itself,
    and `close` waits no longer than a moment.
    """

    _arrived = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._worker: _Worker | None = None
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(self, job: Job) -> None:
        """Queue `job`; after `close` it is forgotten."""
        if self._closed:
            return
        if self._worker is None:
            self._worker = _Worker(self._name, self._arrived.emit)
        self._worker.submit(job)

    def let_go(self) -> None:
        """Wait no more for the job at hand, nor for those behind it; what comes of it is dropped.

        What is asked for next is done by another thread.
        """
        self._leave(0.0)

    def close(self) -> None:
        """Stop after the job at hand and drop what waits. UI thread only."""
        self._closed = True
        self._leave(_PATIENCE_SECS)

    def _leave(self, wait_secs: float) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.leave(wait_secs)

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        if self._closed or outcome.by is not self._worker:
            return
        if outcome.error is None:
            outcome.job.done(outcome.value)
        else:
            outcome.job.failed(outcome.error)


class Debounce(QObject):
    """Calls `act` once things have been quiet for `wait_ms`; UI thread only."""

    def __init__(self, wait_ms: int, act: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._act = act
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(wait_ms)
        self._timer.timeout.connect(self._fire)

    def ask(self) -> None:
        """Ask for a call; asking again starts the wait anew."""
        self._timer.start()

    def stop(self) -> None:
        """Forget what was asked."""
        self._timer.stop()

    @Slot()
    def _fire(self) -> None:
        self._act()


class Unsure(QObject):
    """Runs work that may hang for ever (a keyring prompt, a silent server), with a time limit.

    The work has a thread that the process does not wait for at its end.
    """

    _arrived = Signal(object)

    def __init__(self, limit_secs: float, parent: QObject) -> None:
        super().__init__(parent)
        self._limit_ms = int(limit_secs * 1000)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._too_late)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._job: Job | None = None
        self._late: Callable[[], None] | None = None

    @property
    def busy(self) -> bool:
        """True while an answer is awaited."""
        return self._job is not None

    def start(self, job: Job, late: Callable[[], None]) -> None:
        """Run `job`; call `late` and drop its result if the limit passes first."""
        self._job, self._late = job, late
        self._timer.start(self._limit_ms)
        threading.Thread(target=self._work, args=(job,), daemon=True, name="unsure").start()

    def drop(self) -> None:
        """Wait no longer; what comes of the work is dropped."""
        self._job = None
        self._timer.stop()

    def _work(self, job: Job) -> None:
        try:
            outcome = _Outcome(job, job.work())
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            outcome = _Outcome(job, error=error)
        try:
            self._arrived.emit(outcome)
        except RuntimeError:  # The dialog is gone; nobody asks any more.
            _log.debug("An answer came after its dialog had closed.")

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        if outcome.job is not self._job:
            return
        self._job = None
        self._timer.stop()
        if outcome.error is None:
            outcome.job.done(outcome.value)
        else:
            outcome.job.failed(outcome.error)

    @Slot()
    def _too_late(self) -> None:
        if self._job is not None and self._late is not None:
            self._job = None
            self._late()
