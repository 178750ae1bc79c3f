"""Bounded channels between the threads of a run: a full one holds its sender back."""

import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from summit_studio.core.cancel import CancelToken

if TYPE_CHECKING:
    import pyarrow as pa

DEPTH = 4
"""Batches a channel holds unless told otherwise (the setting `prefetch`)."""


class Channel:
    """One edge's rows on their way to another thread. One sender at a time, one receiver.

    Args:
        cancel: Wakes whoever waits; the wait then ends with Cancelled.
        depth: Batches it holds before `send` waits.
    """

    def __init__(self, cancel: CancelToken, depth: int = DEPTH) -> None:
        self._items: deque[pa.Table] = deque()
        self._depth = depth
        self._closed = False
        self._changed = threading.Condition()
        self._cancel = cancel
        self._forget = cancel.on_cancel(self._wake)

    def send(self, table: "pa.Table") -> None:
        """Hand on rows, waiting while the channel is full.

        Raises:
            Cancelled: Someone cancelled meanwhile.
        """
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._depth or self._cancel.cancelled)
            self._cancel.check()
            self._items.append(table)
            self._changed.notify_all()

    def close(self) -> None:
        """Say that no more rows come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._forget()

    def __iter__(self) -> Iterator["pa.Table"]:
        """Yield the rows until the sender closed; iterating again goes on where it stopped.

        Raises:
            Cancelled: Someone cancelled meanwhile.
        """
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._items or self._closed or self._cancel.cancelled
                )
                self._cancel.check()
                if not self._items:
                    return
                table = self._items.popleft()
                self._changed.notify_all()
            yield table

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
