"""Pools: the sessions of a connection that a run opened, kept for the next who needs one."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from summit_studio.core.errors import ConnectionFailed
from summit_studio.core.events import SessionsUsed

if TYPE_CHECKING:
    from sqlalchemy.pool import QueuePool

    from summit_studio.workspace.connections import Connection


class PoolExhausted(ConnectionFailed):
    """All sessions that a connection may have are in use, and none came back in time."""

    code = "pool_exhausted"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a pool keeps to.

    Args:
        size: The most sessions open at once; None for any number.
        wait_secs: Seconds to wait for one of them.
        idle_secs: Seconds after which one that nobody uses is not used any more.
        uses: How often one is used; None for ever.
    """

    size: int | None = None
    wait_secs: float = 10.0
    idle_secs: float = 300.0
    uses: int | None = None

    @classmethod
    def of(cls, connection: "Connection") -> Self:
        """Return those of a connection."""
        return cls(
            connection.pool_size,
            connection.connect_timeout_secs,
            connection.idle_timeout_secs,
            connection.max_uses,
        )


class Opener(Protocol):
    """Opens sessions of one kind of database, and keeps them fit for use."""

    def open(self) -> Any:
        """Return a new session; `close` ends it.

        Raises:
            ConnectionFailed: There is none to be had.
        """

    def ready(self, session: Any) -> bool:
        """Make a session as one that was just opened; False if it is dead."""

    def clean(self, session: Any) -> bool:
        """Rid a session of all that its user left there; False if it cannot be used again."""


class Pool:
    """The sessions of one connection. Any thread may call it.

    Which session is lent to whom is decided by SQLAlchemy's QueuePool. The one given back last is
    lent first, so that those not needed stay idle and go.

    Args:
        connection: Its name.
        opener: Opens and cleans sessions.
    """

    def __init__(self, connection: str, limits: Limits, opener: Opener) -> None:
        self._connection = connection
        self._limits = limits
        self._opener = opener
        self._lock = threading.Lock()
        self._lent = 0
        self._opened = self._reused = self._most = self._waited = 0
        self._closed = False
        self._pool = self._made()

    def session(self) -> Any:
        """Return a session that nobody else has; its `close` gives it back.

        Raises:
            PoolExhausted: All are in use.
            ConnectionFailed: A new one cannot be opened.
        """
        from sqlalchemy.exc import TimeoutError as NoneCame

        size = self._limits.size
        with self._lock:
            self._waited += size is not None and self._lent >= size
        try:
            return self._pool.connect()
        except NoneCame:
            raise PoolExhausted(
                f"Cannot get a session of '{self._connection}'",
                why=f"its pool_size is {size}, all are in use, and none came back within "
                f"{self._limits.wait_secs:g} s (connect_timeout_secs)",
                do="raise pool_size, or have fewer nodes use the connection: each that reads or "
                "writes holds a session meanwhile",
                retryable=False,
            ) from None

    def close(self) -> None:
        """Close those that nobody uses now, and the others as they come back."""
        self._closed = True
        self._pool.dispose()

    def used(self) -> SessionsUsed:
        """Return what became of the sessions so far."""
        with self._lock:
            return SessionsUsed(
                self._connection, self._opened, self._reused, self._most, self._waited
            )

    def _made(self) -> "QueuePool":
        from sqlalchemy import event
        from sqlalchemy.pool import QueuePool

        # Of unlimited size if 0.
        pool = QueuePool(
            self._opener.open,
            pool_size=self._limits.size or 0,
            max_overflow=0,
            timeout=self._limits.wait_secs,
            use_lifo=True,
            reset_on_return=None,
        )
        event.listen(pool, "connect", self._on_opened)
        event.listen(pool, "checkout", self._on_lent)
        event.listen(pool, "reset", self._on_returned)
        event.listen(pool, "checkin", self._on_free)
        return pool

    def _on_opened(self, session: Any, record: Any) -> None:
        del session
        record.info["uses"] = 0
        with self._lock:
            self._opened += 1

    def _on_lent(self, session: Any, record: Any, proxy: Any) -> None:
        from sqlalchemy.exc import DisconnectionError

        del proxy
        again = record.info["uses"] > 0
        if again and not self._is_fresh(record.info["since"]):
            raise DisconnectionError("It was idle for too long.")
        if again and not self._opener.ready(session):
            raise DisconnectionError("It is dead.")
        record.info["uses"] += 1
        record.record_info["lent"] = True
        with self._lock:
            self._reused += again
            self._lent += 1
            self._most = max(self._most, self._lent)

    def _is_fresh(self, since: float) -> bool:
        return time.monotonic() - since < self._limits.idle_secs

    def _on_returned(self, session: Any, record: Any, state: Any) -> None:
        del state
        uses = self._limits.uses
        worn = uses is not None and record.info["uses"] >= uses
        if self._closed or worn or not self._opener.clean(session):
            record.invalidate()

    def _on_free(self, session: Any, record: Any) -> None:
        del session
        record.info["since"] = time.monotonic()
        if record.record_info.pop("lent", False):
            with self._lock:
                self._lent -= 1


class Pools:
    """The pools of a run, one a connection. Any thread may call them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[str, Pool] = {}

    def of(self, connection: "Connection", opener: Callable[[], Opener]) -> Pool:
        """Return the pool of a connection, made for the first who asks."""
        with self._lock:
            if connection.name not in self._pools:
                made = Pool(connection.name, Limits.of(connection), opener())
                self._pools[connection.name] = made
            return self._pools[connection.name]

    def used(self) -> Iterator[SessionsUsed]:
        """Yield what became of the sessions, by connection."""
        with self._lock:
            known = list(self._pools.values())
        for pool in known:
            yield pool.used()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            known = list(self._pools.values())
        for pool in known:
            with contextlib.suppress(Exception):
                pool.close()
