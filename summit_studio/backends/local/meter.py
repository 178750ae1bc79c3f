"""Measures a run while it goes: its process, and how full its queues are."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from summit_studio.backends.local.channel import Channel
from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import LoadMeasured
from summit_studio.core.process import memory_bytes
from summit_studio.document.model import Edge

SPAN_SECS: Final = 0.5
"""How long a span is that is measured; a run that is over sooner is not measured."""


class Meter:
    """Tells of each span at its end, until it is stopped or the run is cancelled.

    Args:
        channels: The queues, by the edges whose rows they hold.
        tell: Told each measure, from the thread that calls `work`.
    """

    def __init__(
        self,
        channels: Mapping[Edge, Channel],
        tell: Callable[[LoadMeasured], None],
        cancel: CancelToken,
    ) -> None:
        self._queues = {str(edge): channel for edge, channel in channels.items()}
        self._tell = tell
        self._over = threading.Event()
        self._forget = cancel.on_cancel(self._over.set)
        self._at, self._spent = time.monotonic(), time.process_time()

    def work(self) -> None:
        """Measure until stopped."""
        while not self._over.wait(SPAN_SECS):
            self._tell(self._measure())

    def stop(self) -> None:
        """End `work`; the span that has begun is not told of."""
        self._forget()
        self._over.set()

    def _measure(self) -> LoadMeasured:
        at, spent = time.monotonic(), time.process_time()
        cpu = (spent - self._spent) / (at - self._at)
        self._at, self._spent = at, spent
        queues = {edge: round(channel.fill(), 2) for edge, channel in self._queues.items()}
        return LoadMeasured(datetime.now(UTC), round(cpu, 2), memory_bytes(), queues)
