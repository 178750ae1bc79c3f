"""Real signals, sent to this very process."""

import os
import signal
import threading

import pytest

from summit_studio.cli.signals import cancelling
from summit_studio.core.cancel import CancelToken


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_says_so(number):
    before = signal.getsignal(number)
    token, told = CancelToken(), threading.Event()
    with cancelling(token, told.set):
        os.kill(os.getpid(), number)
        assert token.wait(10), "cancelled from another thread"
    assert told.is_set()
    assert signal.getsignal(number) is before


def test_without_a_signal_nothing_is_left_behind():
    threads = threading.active_count()
    token = CancelToken()
    with cancelling(token, lambda: pytest.fail("nobody sent a signal")):
        pass
    assert not token.cancelled
    assert threading.active_count() == threads
