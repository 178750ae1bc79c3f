"""A run that was let go, followed by its log."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from summit_studio.core.events import ErrorReport, Event, RunFinished, RunStatus, from_json
from summit_studio.core.process import is_alive
from summit_studio.engine.child import GRACE_SECS
from summit_studio.engine.run_log import CANCEL, CHECKPOINT, drop, order, read_head

LOST: Final = "run_lost"
"""The code of the error that a run ends with that nobody saw end."""
_ASK_SECS = 0.05


class DetachedRun:
    """A run that was let go, seen from its log: polled, stopped and asked like one's own child.

    Args:
        path: The log.

    Raises:
        InvalidDocument: It is no log, or of another version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = path.open(encoding="utf-8")
        try:
            self.head = read_head(self._lines.readline())
        except BaseException:
            self._lines.close()
            raise
        self._rest = ""
        self.seen: None = None
        """Rows are not kept of a run that was let go."""
        self._over = False
        self._cancelled = False
        self._killer: threading.Timer | None = None

    @property
    def alive(self) -> bool:
        """True while its process runs; also where that cannot be known."""
        return is_alive(self.head.process) is not False

    def start(self) -> None:
        """Do nothing: it runs, or has ended."""

    def poll(self, timeout_secs: float) -> list[Event]:
        """Return the events since the last call, waiting up to `timeout_secs` for the first.

        The last one ever is RunFinished, also where the process died.
        """
        end = time.monotonic() + timeout_secs
        while not self._over:
            alive = self.alive  # Asked before: what it wrote last is read after.
            events = self._read()
            if not events and not alive:
                events = [self._lost()]
            if events or time.monotonic() >= end:
                self._over = any(isinstance(e, RunFinished) for e in events)
                return events
            time.sleep(_ASK_SECS)
        return []

    def cancel(self) -> None:
        """Ask it to cancel; end its process if it has not ended by itself a while later."""
        if not self._cancelled:
            self._cancelled = True
            order(self._path, CANCEL)
            self._killer = threading.Timer(GRACE_SECS, self.kill)
            self._killer.daemon = True
            self._killer.start()

    def checkpoint(self) -> None:
        """Ask it for a checkpoint; its events say whether there will be one."""
        order(self._path, CHECKPOINT)

    def detach(self) -> None:
        """Let it be: it goes on as it did."""

    def kill(self) -> None:
        """End its process, if it is on this machine and is still the same."""
        host, _, rest = self.head.process.partition("|")
        if host == socket.gethostname() and is_alive(self.head.process):
            with contextlib.suppress(OSError):
                os.kill(int(rest.partition("|")[0]), getattr(signal, "SIGKILL", signal.SIGTERM))

    def close(self) -> None:
        """Stop reading; a run that is over has no log any more: the history has it."""
        self._lines.close()
        if self._killer is not None:
            self._killer.cancel()
        if self._over:
            drop(self._path)

    def _read(self) -> list[Event]:
        self._rest += self._lines.read()
        *whole, self._rest = self._rest.split("\n")
        return [from_json(json.loads(line)) for line in whole]

    def _lost(self) -> RunFinished:
        if self._cancelled:
            return RunFinished(self.head.run_id, RunStatus.CANCELLED, 0.0)
        report = ErrorReport(
            LOST,
            "The run's process died",
            "it went on by itself and nobody saw how it ended, as when the machine was switched"
            " off or ran out of memory",
            "run again: where a target has committed epochs the run goes on behind them, and"
            " nothing else was published",
        )
        now = datetime.now(UTC)
        return RunFinished(self.head.run_id, RunStatus.FAILED, 0.0, error=report, finished_at=now)
