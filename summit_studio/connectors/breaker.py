"""Circuit breakers: a system that fails again and again is left alone for a while."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import AlreadyRunning, Fenced
from summit_studio.core.errors import (
    Cancelled,
    ConnectionFailed,
    ReadFailed,
    SummitError,
    WriteFailed,
)
from summit_studio.core.events import BreakerChanged, BreakerState, ErrorReport

if TYPE_CHECKING:
    from summit_studio.workspace.connections import Connection

Told = Callable[[BreakerChanged], None]

_MARGIN_SECS: Final = 0.01
"""A wait may end a little before the moment by the clock."""


class CircuitOpen(ConnectionFailed):
    """A connection is not tried, since it has failed again and again.

    `wait_secs` is how long it will not be.
    """

    code = "circuit_open"

    def __init__(self, last: BreakerChanged, secs: float) -> None:
        until = f"{last.retry_at:%Y-%m-%d %H:%M:%S} UTC" if last.retry_at else "it is tried again"
        failure = f", at last: {last.error.what.rstrip('.')}" if last.error else ""
        why = f" ({last.error.why.rstrip('.')})" if last.error and last.error.why else ""
        super().__init__(
            f"'{last.connection}' is left alone until {until}",
            why=f"{last.failures:,} calls in a row have failed{failure}{why}",
            do="look at the server; a run waits until then if it has attempts left",
        )
        self.wait_secs = secs


@dataclass(frozen=True, slots=True)
class Limits:
    """When a circuit breaker switches.

    Args:
        failures: Calls in a row that fail before it opens; 0 never opens it.
        timeout_secs: Seconds for which it is open.
        successes: Calls in a row that succeed before it is closed again.
    """

    failures: int = 5
    timeout_secs: float = 60.0
    successes: int = 1

    @classmethod
    def of(cls, connection: "Connection") -> Self:
        """Return those of a connection."""
        return cls(
            connection.breaker_failures,
            connection.breaker_timeout_secs,
            connection.breaker_successes,
        )


class Breaker:
    """A circuit breaker. Any thread may call it.

    Closed, it lets every call through and counts the failures in a row. After so many it opens:
    nobody connects for a while. Then it is half-open: one at a time may connect, and others wait
    for what becomes of it, until enough calls have succeeded. One that fails opens it again.

    What its counts lead to is decided by pybreaker. Who may call when is decided here: pybreaker
    lets only one thread call at a time, and when half-open it lets everybody.

    Args:
        name: Of the connection.
        tell: Told each change.
        last: How it stood when that was kept; None begins closed.
        failed: Says of an error whether the call failed; None where it says neither that nor that
            the system has answered.
    """

    def __init__(
        self,
        name: str,
        limits: Limits,
        tell: Told,
        last: BreakerChanged | None = None,
        failed: "Callable[[Exception], bool | None] | None" = None,
    ) -> None:
        from pybreaker import CircuitBreaker, CircuitMemoryStorage

        self._name = name
        self._limits = limits
        self._tell = tell
        self._failed = failed or unwell
        self._changed = threading.Condition()
        self._probing = False
        self._error = last.error if last else None
        was_open = last is not None and last.state is not BreakerState.CLOSED
        self._storage = CircuitMemoryStorage("open" if was_open else "closed")
        if last is not None:
            self._storage.opened_at = last.opened_at or datetime.now(UTC)
            for _ in range(last.failures):
                self._storage.increment_counter()
        self._machine = CircuitBreaker(
            fail_max=limits.failures,
            success_threshold=limits.successes,
            state_storage=self._storage,
            throw_new_error_on_trip=False,
        )

    @contextmanager
    def connecting(self, cancel: CancelToken) -> Iterator[None]:
        """Make a call that connects, if it may be made.

        Raises:
            CircuitOpen: It may not.
            Cancelled: While another tries whether the system answers.
        """
        probing = self._admit(cancel)
        try:
            with self.calling(cancel):
                yield
        finally:
            if probing:
                with self._changed:
                    self._probing = False
                    self._changed.notify_all()

    @contextmanager
    def calling(self, cancel: CancelToken) -> Iterator[None]:
        """Make a call in a session that is open, and count what becomes of it."""
        try:
            yield
        except Exception as error:
            failed = self._failed(error)
            # What fails in a run that ends was most likely broken off by it.
            if failed is not None and not (failed and cancel.cancelled):
                self._settle(error if failed else None)
            raise
        else:
            self._settle(None)

    def check(self) -> None:
        """Do nothing if somebody may connect.

        Raises:
            CircuitOpen: Nobody may.
        """
        with self._changed:
            left = self._left() if self._storage.state == "open" else 0.0
            if left:
                raise CircuitOpen(self._standing(), left)

    def standing(self) -> BreakerChanged:
        """Return how it stands."""
        with self._changed:
            return self._standing()

    def wait_secs(self) -> float:
        """Return for how many seconds nobody may connect; 0 if somebody may."""
        with self._changed:
            return self._left() if self._storage.state == "open" else 0.0

    def _admit(self, cancel: CancelToken) -> bool:
        """Return once the call may be made; True if all others wait for what becomes of it."""
        if not self._limits.failures:
            return False
        forget = cancel.on_cancel(self._wake)
        try:
            with self._changed:
                self._changed.wait_for(lambda: not self._probing or cancel.cancelled)
                if self._probing:
                    raise Cancelled
                before = self._standing()
                if before.state is BreakerState.CLOSED:
                    return False
                if before.state is BreakerState.OPEN:
                    left = self._left()
                    if left:
                        raise CircuitOpen(before, left)
                    self._machine.half_open()
                self._probing = True
                after = self._standing()
        finally:
            forget()
        self._say(before, after)
        return True

    def _settle(self, error: Exception | None) -> None:
        """Count a failure, or with None a success."""
        storage = self._storage
        if not self._limits.failures:
            return
        if error is None and storage.state == "closed" and not storage.counter:
            return
        with self._changed:
            before = self._standing()
            if before.state is BreakerState.OPEN:
                return  # It was called before that.
            self._error = _report(error) if error else self._error
            with suppress(_Failed):
                self._machine.call(_fail if error else _succeed)
            if storage.state == "closed" and error is None:
                storage.reset_counter()
                self._error = None
            after = self._standing()
        self._say(before, after)

    def _left(self) -> float:
        """Return the seconds until it may be tried; the lock is held."""
        opened, now = self._storage.opened_at, datetime.now(UTC)
        if opened is None or now < opened:  # The clock was put back.
            return 0.0
        left = self._limits.timeout_secs - (now - opened).total_seconds()
        return left if left > _MARGIN_SECS else 0.0

    def _standing(self) -> BreakerChanged:
        """Return how it stands; the lock is held."""
        storage = self._storage
        state = BreakerState(storage.state.replace("-", "_"))
        opened = storage.opened_at if state is not BreakerState.CLOSED else None
        wait = timedelta(seconds=self._limits.timeout_secs)
        return BreakerChanged(
            self._name,
            state,
            storage.counter,
            opened,
            opened + wait if opened and state is BreakerState.OPEN else None,
            self._error,
        )

    def _say(self, before: BreakerChanged, after: BreakerChanged) -> None:
        if (before.state, before.failures) != (after.state, after.failures):
            self._tell(replace(after, before=before.state))

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Breakers:
    """The circuit breakers of a process, one a connection. Any thread may call them.

    Args:
        last: How they stood when that was kept, by connection.
    """

    def __init__(self, last: Mapping[str, BreakerChanged] | None = None) -> None:
        self._last = dict(last or {})
        self._lock = threading.Lock()
        self._telling = threading.RLock()
        self._breakers: dict[str, Breaker] = {}
        self._news: deque[BreakerChanged] = deque()
        self._told: Told | None = None

    def of(self, connection: "Connection") -> Breaker:
        """Return the breaker of a connection."""
        with self._lock:
            known = self._breakers.get(connection.name)
            if known is None:
                last = self._last.get(connection.name)
                known = Breaker(connection.name, Limits.of(connection), self._tell, last)
                self._breakers[connection.name] = known
            return known

    def listen(self, told: Told) -> None:
        """Have a run told of every change from now on, one at a time and in order."""
        self._told = told

    def wait_secs(self) -> float:
        """Return for how many seconds one of those that were asked for is left alone; 0 if none."""
        with self._lock:
            known = list(self._breakers.values())
        return max((breaker.wait_secs() for breaker in known), default=0.0)

    def _tell(self, change: BreakerChanged) -> None:
        self._news.append(change)
        with self._telling:
            while self._news and self._told is not None:
                self._told(self._news.popleft())


class _Failed(Exception):
    """A call has failed in a way that may pass."""


def _fail() -> None:
    raise _Failed


def _succeed() -> None:
    pass


def _report(error: Exception) -> ErrorReport:
    if isinstance(error, SummitError):
        return ErrorReport.of(error)
    return ErrorReport("error", f"{type(error).__name__}: {error}")


def unwell(error: Exception) -> bool | None:
    """Return True of an error of a database that may pass; None of one that tells nothing of it.

    A row that it does not take, or a table that another run has, is an answer like any other.
    """
    if isinstance(error, CircuitOpen | Cancelled):
        return None
    if not isinstance(error, ConnectionFailed | ReadFailed | WriteFailed):
        return False if isinstance(error, AlreadyRunning | Fenced) else None
    if error.retryable or error.code == "commit_unknown":
        return True
    return None if isinstance(error, ConnectionFailed) else False
