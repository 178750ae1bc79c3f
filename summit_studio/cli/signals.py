"""Ctrl+C and SIGTERM: the first cancels the run in good order, the second ends the process."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from summit_studio.cli.exit_codes import CANCELLED
from summit_studio.core.cancel import CancelToken


@contextmanager
def cancelling(token: CancelToken, told: Callable[[], None]) -> Iterator[None]:
    """Cancel `token` at the first signal and end the process at the second.

    The work happens on a thread of its own: a handler would run on the main thread in the middle
    of whatever that holds locked, and not at all while a library call keeps it busy.

    Args:
        token: What to cancel.
        told: Called when the first signal came, to say so.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    thread = threading.Thread(target=_watch, args=(ours, token, told), daemon=True)
    before = {s: signal.signal(s, _nothing) for s in (signal.SIGINT, signal.SIGTERM)}
    woken = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        theirs.close()
        thread.join()
        ours.close()


def _nothing(_number: int, _frame: object) -> None:
    """Keep Python from its own answer; `_watch` has been told already."""


def _watch(wake: socket.socket, token: CancelToken, told: Callable[[], None]) -> None:
    asked = False
    while wake.recv(1):
        if asked:
            os._exit(CANCELLED)
        asked = True
        told()
        token.cancel()
