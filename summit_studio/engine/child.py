"""The engine in a process of its own: whatever happens there, the caller lives on.

The child reads one pickled request from its standard input and writes pickled events to a pipe of
its own; what a person's code prints goes to standard error. A closed standard input means that
the parent is gone, and the child ends at once, unless the parent has let it go before: then it
tells its log (`run_log`) what it would have told the parent, and takes orders beside it.
"""

import contextlib
import logging
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Demand
from summit_studio.core.errors import SummitError
from summit_studio.core.events import ErrorReport, Event, RunFinished, RunStatus
from summit_studio.engine import run_log
from summit_studio.engine.held import Held
from summit_studio.engine.preview import Preview
from summit_studio.engine.request import RunRequest
from summit_studio.engine.run_log import RunLog
from summit_studio.state.engine import STATE

DIED: Final = "engine_died"
"""The code of the error that a run ends with whose process was killed."""

CANCEL = b"cancel\n"
CHECKPOINT = b"checkpoint\n"
DETACH = b"detach\n"
GRACE_SECS = 0.7
"""Seconds between asking a child to cancel and killing it; a kill costs no row."""
_LET_GO_SECS = 5.0
_log = logging.getLogger("summit.engine")
_LOOK_SECS = 0.1


class ChildRun:
    """One run in a child process.

    Args:
        request: What to run.
        state: Another place for all state than this process has.
    """

    def __init__(self, request: RunRequest, state: Path | None = None) -> None:
        self.request = request
        self.seen: Preview | None = None
        """The first rows of the node that it goes to, once it is there."""
        self._state = state
        self._events: queue.Queue[Event] = queue.Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._killer: threading.Timer | None = None
        self._cancelled = False
        self._held = Held()
        self._detached = False
        self._told_all = threading.Event()
        self._started = 0.0

    def start(self) -> None:
        """Start the process and hand it the request."""
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "summit_studio.engine.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=None if self._state is None else os.environ | {STATE: str(self._state)},
            # Ctrl+C is for the caller alone: it ends the child when it has taken notice.
            start_new_session=self._state is not None,
        )
        self._reader = threading.Thread(target=self._read, name="child-events", daemon=True)
        self._reader.start()
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        with contextlib.suppress(BrokenPipeError):
            _send(self._process.stdin, self.request)

    def poll(self, timeout_secs: float) -> list[Event]:
        """Return the events since the last call, waiting up to `timeout_secs` for the first.

        The last one ever is RunFinished, also when the child died.
        """
        events: list[Event] = []
        with contextlib.suppress(queue.Empty):
            events.append(self._events.get(timeout=timeout_secs))
            while True:
                events.append(self._events.get_nowait())
        return events

    def cancel(self) -> None:
        """Ask the child to cancel; kill it if it has not ended within `GRACE_SECS`."""
        if self._process is None or self._cancelled:
            return
        self._cancelled = True
        self._say(CANCEL)
        self._killer = threading.Timer(GRACE_SECS, self._process.kill)
        self._killer.daemon = True
        self._killer.start()

    def checkpoint(self) -> None:
        """Ask the child for a checkpoint; its events say whether there will be one."""
        self._say(CHECKPOINT)

    def detach(self) -> None:
        """Let the child go: it outlives this process, and tells its log how it goes on.

        Returns once the child has its log. `close` then leaves it alone.
        """
        if self._process is None or self._cancelled:
            return
        self._detached = True
        self._say(DETACH)
        # Its end of the pipe closes once it needs us no more. The reader waits for the process.
        if not self._told_all.wait(_LET_GO_SECS):
            _log.error("A run could not be let go, and ends: its log could not be written.")

    def _say(self, what: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.write(what)
                self._process.stdin.flush()

    def kill(self) -> None:
        """Kill the child, in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the child if it still runs and was not let go, and wait for it."""
        if self._process is None:
            return
        if self._detached:
            if self._process.stdin:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
            return
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._reader:
            self._reader.join()
        if self._killer:
            self._killer.cancel()
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._process.stdout:
            self._process.stdout.close()

    def _read(self) -> None:
        assert self._process is not None  # noqa: S101 - started before
        assert self._process.stdout is not None  # noqa: S101 - asked for at the start
        last: Event | None = None
        while (event := _receive(self._process.stdout)) is not None:
            if isinstance(event, Preview):
                self.seen = event
                continue
            last = event
            self._held.take(event)
            self._events.put(event)
        if self._detached:
            self._process.stdout.close()
        self._told_all.set()
        code = self._process.wait()
        if self._killer:
            self._killer.cancel()
        if not isinstance(last, RunFinished):
            self._events.put(self._died(code))

    def _died(self, code: int) -> RunFinished:
        seconds = time.perf_counter() - self._started
        # At least: it may have died before it told of an epoch.
        committed, staged = dict(self._held.committed), dict(self._held.staged)
        run_id = self.request.run_id
        if self._cancelled:
            return RunFinished(
                run_id, RunStatus.CANCELLED, seconds, committed=committed, staged=staged
            )
        how = (
            f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        )
        report = ErrorReport(
            DIED,
            "The run's process died",
            f"it {how}, often for want of memory or by a fault in a library",
            "set a memory limit in the pipeline's settings and run again: where a target has"
            " committed epochs the run goes on behind them, and nothing else was published",
        )
        return RunFinished(
            run_id, RunStatus.FAILED, seconds, error=report, committed=committed, staged=staged
        )


def _send(stream: IO[bytes], value: object) -> None:
    body = pickle.dumps(value)
    stream.write(struct.pack(">I", len(body)) + body)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(4)
    if len(head) < 4:  # noqa: PLR2004 - the length before each value
        return None
    (size,) = struct.unpack(">I", head)
    body = stream.read(size)
    # Both ends are this program, on a pipe that nobody else holds.
    return pickle.loads(body) if len(body) == size else None  # noqa: S301


class _Teller:
    """Tells the parent what happens, or the log once the parent has let this process go."""

    def __init__(self, out: IO[bytes], log: RunLog) -> None:
        self._out = out
        self._log = log
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            self._log.take(event)
            if not self._log.written:
                _send(self._out, event)

    def show(self, rows: "Preview") -> None:
        """Hand the parent rows that it looks at; a log has no use for them."""
        with self._lock:
            if not self._log.written:
                _send(self._out, rows)

    def let_go(self) -> bool:
        """Tell the log from now on; return False where it cannot be written."""
        with self._lock:
            try:
                self._log.begin()
            except OSError:
                return False
            with contextlib.suppress(AttributeError, OSError):
                os.setsid()  # Neither the parent's terminal nor its Ctrl+C concern it any more.
            nowhere = os.open(os.devnull, os.O_RDWR)
            for descriptor in (1, 2):
                os.dup2(nowhere, descriptor)
            self._out.close()
            return True

    def flush(self) -> None:
        """Tell what waits."""
        with self._lock:
            if self._log.written:
                self._log.flush()
            else:
                self._out.flush()


def _watch_parent(
    stream: IO[bytes], cancel: CancelToken, demand: Demand, teller: _Teller, log: RunLog
) -> None:
    while line := stream.readline():
        if line == CANCEL:
            cancel.cancel()
        elif line == CHECKPOINT:
            demand.ask()
        elif line == DETACH and teller.let_go():
            _take_orders(cancel, demand, teller, log)
    os._exit(1)


def _take_orders(cancel: CancelToken, demand: Demand, teller: _Teller, log: RunLog) -> NoReturn:
    while True:
        for word in log.orders():
            if word == run_log.CANCEL:
                cancel.cancel()
            elif word == run_log.CHECKPOINT:
                demand.ask()
        teller.flush()
        time.sleep(_LOOK_SECS)


def _answer_signals(demand: Demand) -> None:
    """Take the signal by which the command asks for a checkpoint."""

    def asked(_number: int, _frame: object) -> None:
        # The main thread may hold what telling of it needs.
        threading.Thread(target=demand.ask, daemon=True).start()

    if hasattr(signal, "SIGUSR1"):
        signal.signal(signal.SIGUSR1, asked)


def main() -> None:
    """Run the one request that comes on standard input."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # The editor's own threads come first.
    stream = sys.stdin.buffer
    request = _receive(stream)
    if not isinstance(request, RunRequest):
        return
    cancel, demand, log = CancelToken(), Demand(), RunLog(request)
    tell = _Teller(out, log)
    _answer_signals(demand)
    watching = (stream, cancel, demand, tell, log)
    threading.Thread(target=_watch_parent, args=watching, daemon=True).start()

    from summit_studio.engine.launch import run

    try:
        run(request, [tell], cancel, demand=demand, seen=tell.show)
    except SummitError as error:
        tell(RunFinished(request.run_id, RunStatus.FAILED, 0.0, error=ErrorReport.of(error)))
    tell.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
