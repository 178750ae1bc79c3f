"""Rows out of PostgreSQL by COPY, as the server sends them."""

import contextlib
import io
import selectors
import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import psycopg

_POLL_SECS: Final = 0.1
_BATCH_BYTES: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class CopiedRows:
    """Rows as the server sent them.

    Args:
        data: All of them, one behind the other; of text each with its line end.
        sizes: The bytes of each.
    """

    data: bytes
    sizes: "Sequence[int]"

    def __len__(self) -> int:
        return len(self.sizes)

    def part(self, first: int, end: int) -> "CopiedRows":
        """Return the rows from `first` up to `end`, counted from 0."""
        start = sum(self.sizes[:first])
        sizes = self.sizes[first:end]
        return CopiedRows(self.data[start : start + sum(sizes)], sizes)

    def last(self) -> bytes:
        """Return the last row."""
        return self.data[len(self.data) - self.sizes[-1] :]


class Copied:
    """A COPY ... TO STDOUT.

    psycopg's own `Copy.read` costs several microseconds a row; libpq's call is ten times cheaper,
    and the server sends one message a row. Each is added to one buffer at once: to keep them by
    themselves takes four times as long, for the collector of garbage looks at all of them again
    and again.
    """

    def __init__(
        self, session: "psycopg.Connection[Any]", copy: str, cancel: CancelToken | None = None
    ) -> None:
        self._session = session
        self._copy = copy
        self._cancel = cancel or CancelToken()
        self.sent: int | None = None

    def batches(self, batch_rows: int) -> "Iterator[CopiedRows]":
        """Yield the rows, up to `batch_rows` or 32 MiB at a time; then `sent` is the command tag's.

        Raises:
            psycopg.Error: The server gave up.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(self._session.pgconn.socket, selectors.EVENT_READ)
            yield from self._batches(batch_rows, partial(self._wait, selector))

    def _batches(self, batch_rows: int, wait: "Callable[[], None]") -> "Iterator[CopiedRows]":
        from psycopg import errors, pq

        session, cancel = self._session, self._cancel
        session.pgconn.send_query(self._copy.encode())
        stop = session.cancel_safe
        remove = cancel.on_cancel(lambda: _stop_server_side(stop))
        try:
            result = _next_result(session, wait)
            if result is not None and result.status == pq.ExecStatus.COPY_OUT:
                yield from _batches(session, batch_rows, cancel, wait)
                result = _next_result(session, wait)
            if result is not None and result.status != pq.ExecStatus.COMMAND_OK:
                cancel.check()
                raise errors.error_from_result(result, encoding="utf-8")
            self.sent = result.command_tuples if result is not None else None
            # The session takes no other command before its end is read.
            while result is not None:
                result = _next_result(session, wait)
        finally:
            remove()
        # A request to stop that comes too late must not meet whoever has the session next.
        cancel.check()

    def _wait(self, selector: selectors.BaseSelector) -> None:
        """Sleep until the server sends something, and take it in."""
        while not selector.select(timeout=_POLL_SECS):
            self._cancel.check()
        self._session.pgconn.consume_input()


def _stop_server_side(stop: "Callable[..., None]") -> None:
    """Ask the server to stop, in a thread: whoever cancels must not wait for a network."""

    def ask() -> None:
        import psycopg

        # The session may be closed by now, or the server gone; then there is nothing to stop.
        with contextlib.suppress(psycopg.Error, OSError):
            stop(timeout=5)

    threading.Thread(target=ask, name="cancel-query", daemon=True).start()


def _batches(
    session: "psycopg.Connection[Any]",
    batch_rows: int,
    cancel: CancelToken,
    wait: "Callable[[], None]",
) -> "Iterator[CopiedRows]":
    receive = session.pgconn.get_copy_data
    data, sizes = io.BytesIO(), list[int]()
    left = _BATCH_BYTES
    while True:
        length, row = receive(1)
        if length > 0:
            data.write(row)
            sizes.append(length)
            left -= length
            if len(sizes) >= batch_rows or left <= 0:
                cancel.check()
                yield CopiedRows(data.getvalue(), sizes)
                data, sizes, left = io.BytesIO(), [], _BATCH_BYTES
        elif length == 0:
            wait()
        else:
            break
    if sizes:
        yield CopiedRows(data.getvalue(), sizes)


def _next_result(session: "psycopg.Connection[Any]", wait: "Callable[[], None]") -> Any:
    while session.pgconn.is_busy():
        wait()
    return session.pgconn.get_result()
