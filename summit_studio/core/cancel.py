"""Cancellation: one token a run, shared by every thread that works for it."""

import contextlib
import threading
from collections.abc import Callable

from summit_studio.core.errors import Cancelled


class CancelToken:
    """A flag that anyone may set once, from any thread.

    Work that blocks in a library registers how to wake it (`on_cancel`), so that cancelling takes
    effect at once and not at the next batch.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._wakers: dict[int, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        """True from the moment someone cancelled."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Cancel and wake everything registered. Calling it again does nothing more."""
        with self._lock:
            self._event.set()
            wakers = list(self._wakers.values())
        for wake in wakers:
            # What it would wake may have ended and closed meanwhile; the others must hear of it.
            with contextlib.suppress(Exception):
                wake()

    def check(self) -> None:
        """Raise Cancelled if someone cancelled."""
        if self.cancelled:
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Sleep up to `seconds`; return True at once when cancelled."""
        return self._event.wait(seconds)

    def on_cancel(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Register `wake`, called once, at once if already cancelled; return its removal."""
        with self._lock:
            key = id(wake)
            self._wakers[key] = wake
            already = self.cancelled
        if already:
            wake()

        def remove() -> None:
            with self._lock:
                self._wakers.pop(key, None)

        return remove
