"""Ctrl+C and SIGTERM: the first cancels the run in good order, the second ends the process.

SIGUSR1 asks for a checkpoint.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from summit_studio.cli.exit_codes import CANCELLED
from summit_studio.core.cancel import CancelToken

CHECKPOINT: Final[int | None] = getattr(signal, "SIGUSR1", None)
"""The signal that asks for a checkpoint, where the system has it."""


@contextmanager
def cancelling(
    token: CancelToken, told: Callable[[], None], asked: Callable[[], object] | None = None
) -> Iterator[None]:
    """Cancel `token` at the first signal and end the process at the second.

    The work happens on a thread of its own: a handler would run on the main thread in the middle
    of whatever that holds locked, and not at all while a library call keeps it busy.

    Args:
        token: What to cancel.
        told: Called when the first signal came, to say so.
        asked: Called when a checkpoint is asked for.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    thread = threading.Thread(target=_watch, args=(ours, token, told, asked), daemon=True)
    before = {s: signal.signal(s, _nothing) for s in (signal.SIGINT, signal.SIGTERM)}
    if asked is not None and CHECKPOINT is not None:
        # It is not put back: by default it would end the process, and one may still be on its way.
        signal.signal(CHECKPOINT, _nothing)
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


def _watch(
    wake: socket.socket,
    token: CancelToken,
    told: Callable[[], None],
    asked: Callable[[], object] | None,
) -> None:
    once = False
    while got := wake.recv(1):
        if got[0] == CHECKPOINT:
            if asked is not None:
                asked()
            continue
        if once:
            os._exit(CANCELLED)
        once = True
        told()
        token.cancel()
