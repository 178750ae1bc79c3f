"""Bounded channels between the threads of a run: a full one holds its sender back."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import EpochEnd

if TYPE_CHECKING:
    import pyarrow as pa


class Exhausted:
    """Stands behind the last row of an edge on which marks may still come."""


EXHAUSTED = Exhausted()

DEPTH = 4
"""Batches a channel holds unless told otherwise (the setting `prefetch`)."""


class Channel:
    """One edge's rows on their way to another thread. One sender at a time, one receiver.

    Between them stand the marks at which epochs end; they take no room.

    Args:
        cancel: Wakes whoever waits; the wait then ends with Cancelled.
        depth: Batches it holds before `send` waits.
    """

    def __init__(self, cancel: CancelToken, depth: int = DEPTH) -> None:
        self._items: deque[pa.Table | EpochEnd | Exhausted] = deque()
        self._batches = 0
        self._depth = depth
        self._closed = False
        self._held = 0.0
        self._weighed = self._asked = time.monotonic()
        self._changed = threading.Condition()
        self._cancel = cancel
        self._forget = cancel.on_cancel(self._wake)

    def send(self, table: "pa.Table") -> None:
        """Hand on rows, waiting while the channel is full.

        Raises:
            Cancelled: Someone cancelled meanwhile.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._batches < self._depth or self._cancel.cancelled)
            self._cancel.check()
            self._weigh()
            self._items.append(table)
            self._batches += 1
            self._changed.notify_all()

    def mark(self, end: EpochEnd | Exhausted) -> None:
        """Say that an epoch ends behind the rows sent so far, or that they were the last."""
        with self._changed:
            self._items.append(end)
            self._changed.notify_all()

    def close(self) -> None:
        """Say that no more rows come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._forget()

    def rows(self) -> Iterator["pa.Table"]:
        """Yield the rows alone, for those to whom epochs are nothing; see `__iter__`."""
        return (item for item in self if not isinstance(item, EpochEnd))

    def __iter__(self) -> Iterator["pa.Table | EpochEnd"]:
        """Yield rows and marks; see `all`."""
        return (item for item in self.all() if not isinstance(item, Exhausted))

    def all(self) -> Iterator["pa.Table | EpochEnd | Exhausted"]:
        """Yield what comes until the sender closed; iterating again goes on where it stopped.

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
                self._weigh()
                item = self._items.popleft()
                self._batches -= not isinstance(item, EpochEnd | Exhausted)
                self._changed.notify_all()
            yield item

    def fill(self) -> float:
        """Return how full it was on average since this was last asked, 0 to 1."""
        with self._changed:
            self._weigh()
            span, held = self._weighed - self._asked, self._held
            self._asked, self._held = self._weighed, 0.0
        return min(held / (span * self._depth), 1.0) if span > 0 else 0.0

    def _weigh(self) -> None:
        """Add up batches by the time they have been held; called before their number changes."""
        now = time.monotonic()
        self._held += self._batches * (now - self._weighed)
        self._weighed = now

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
