"""Rows out of PostgreSQL by COPY, as the server sends them."""

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

_POLL_SECS: Final = 0.1
_BATCH_BYTES: Final = 32 << 20


class Copied:
    """A COPY ... TO STDOUT.

    psycopg's own `Copy.read` costs several microseconds a row; libpq's call is ten times cheaper,
    and the server sends one message a row.
    """

    def __init__(
        self, session: "psycopg.Connection[Any]", copy: str, cancel: CancelToken | None = None
    ) -> None:
        self._session = session
        self._copy = copy
        self._cancel = cancel or CancelToken()
        self.sent: int | None = None

    def batches(self, batch_rows: int) -> "Iterator[list[bytes | memoryview]]":
        """Yield the rows, up to `batch_rows` or 32 MiB at a time; then `sent` is the command tag's.

        Raises:
            psycopg.Error: The server gave up.
        """
        from psycopg import errors, pq

        session, cancel = self._session, self._cancel
        session.pgconn.send_query(self._copy.encode())
        stop = session.cancel_safe
        remove = cancel.on_cancel(lambda: _stop_server_side(stop))
        try:
            result = _next_result(session, cancel)
            if result is not None and result.status == pq.ExecStatus.COPY_OUT:
                yield from _batches(session, batch_rows, cancel)
                result = _next_result(session, cancel)
            if result is not None and result.status != pq.ExecStatus.COMMAND_OK:
                cancel.check()
                raise errors.error_from_result(result, encoding="utf-8")
            self.sent = result.command_tuples if result is not None else None
            # The session takes no other command before its end is read.
            while result is not None:
                result = _next_result(session, cancel)
        finally:
            remove()
        # A request to stop that comes too late must not meet whoever has the session next.
        cancel.check()


def _stop_server_side(stop: "Callable[..., None]") -> None:
    """Ask the server to stop, in a thread: whoever cancels must not wait for a network."""

    def ask() -> None:
        import psycopg

        # The session may be closed by now, or the server gone; then there is nothing to stop.
        with contextlib.suppress(psycopg.Error, OSError):
            stop(timeout=5)

    threading.Thread(target=ask, name="cancel-query", daemon=True).start()


def _batches(
    session: "psycopg.Connection[Any]", batch_rows: int, cancel: CancelToken
) -> "Iterator[list[bytes | memoryview]]":
    receive = session.pgconn.get_copy_data
    rows: list[bytes | memoryview] = []
    size = 0
    while True:
        length, data = receive(1)
        if length > 0:
            rows.append(data)
            size += length
            if len(rows) >= batch_rows or size >= _BATCH_BYTES:
                cancel.check()
                yield rows
                rows, size = [], 0
        elif length == 0:
            _wait(session, cancel)
        else:
            break
    if rows:
        yield rows


def _next_result(session: "psycopg.Connection[Any]", cancel: CancelToken) -> Any:
    while session.pgconn.is_busy():
        _wait(session, cancel)
    return session.pgconn.get_result()


def _wait(session: "psycopg.Connection[Any]", cancel: CancelToken) -> None:
    """Sleep until the server sends something, and take it in."""
    import selectors

    with selectors.DefaultSelector() as selector:
        selector.register(session.pgconn.socket, selectors.EVENT_READ)
        while not selector.select(timeout=_POLL_SECS):
            cancel.check()
    session.pgconn.consume_input()
