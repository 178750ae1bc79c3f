"""Work away from the UI thread: one worker thread, jobs in order, results back on the UI thread."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

_log = logging.getLogger("summit.app")


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


class _Runner(QObject):
    """Lives on the worker thread and runs one job at a time."""

    finished = Signal(object)

    @Slot(object)
    def run(self, job: Job) -> None:
        """Run `job` and report its outcome, whatever it is."""
        if not job.wanted():
            return
        try:
            outcome = _Outcome(job, job.work())
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            outcome = _Outcome(job, error=error)
        self.finished.emit(outcome)


class Background(QObject):
    """A worker thread that starts with the first job; `close` waits for the present one."""

    _asked = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._runner = _Runner()
        self._runner.moveToThread(self._thread)
        self._asked.connect(self._runner.run, Qt.ConnectionType.QueuedConnection)
        self._runner.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._closed = False

    def submit(self, job: Job) -> None:
        """Queue `job`; after `close` it is forgotten."""
        if self._closed:
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._asked.emit(job)

    def close(self) -> None:
        """Stop after the job at hand and drop what waits. UI thread only."""
        self._closed = True
        if self._thread.isRunning():
            self._thread.quit()
            self._thread.wait()

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        if self._closed:
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
