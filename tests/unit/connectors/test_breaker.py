"""A circuit breaker: what counts, when it switches, and who may call meanwhile."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from summit_studio.connectors.breaker import Breaker, Breakers, CircuitOpen, Limits
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import AlreadyRunning
from summit_studio.core.errors import Cancelled, ConnectionFailed, SecretMissing, WriteFailed
from summit_studio.core.events import BreakerChanged, BreakerState, ErrorReport
from summit_studio.workspace.connections import Connection

LOST = WriteFailed("Cannot write", code="connection_lost", retryable=True)
LATER = datetime.now(UTC) + timedelta(hours=1)


class Bench:
    """A breaker, and what it has told."""

    def __init__(self, limits: Limits, last: BreakerChanged | None = None) -> None:
        self.told: list[BreakerChanged] = []
        self.breaker = Breaker("db", limits, self.told.append, last)
        self.cancel = CancelToken()

    def call(self, error: Exception | None = None, *, connect: bool = True) -> None:
        """Make a call that fails with an error, or succeeds; the error goes no further."""
        guard = self.breaker.connecting if connect else self.breaker.calling
        try:
            with guard(self.cancel):
                if error is not None:
                    raise error
        except type(error or LOST) as met:
            if met is not error:
                raise

    @property
    def states(self) -> list[str]:
        return [change.state.value for change in self.told if change.state is not change.before]


def opened(secs_ago: float, failures: int = 2) -> BreakerChanged:
    at = datetime.now(UTC) - timedelta(seconds=secs_ago)
    return BreakerChanged("db", BreakerState.OPEN, failures, at, error=ErrorReport.of(LOST))


def test_it_opens_after_so_many_failures_in_a_row():
    bench = Bench(Limits(failures=3, timeout_secs=60))
    for error in (LOST, LOST, None, LOST, LOST):
        bench.call(error)
    assert bench.states == []
    assert bench.breaker.wait_secs() == 0
    bench.call(LOST)
    assert bench.states == ["open"]
    assert 59 < bench.breaker.wait_secs() <= 60
    with pytest.raises(CircuitOpen, match="left alone until") as refused:
        bench.call()
    assert refused.value.retryable
    assert "3 calls in a row have failed, at last: Cannot write" in refused.value.why
    assert [change.failures for change in bench.told] == [1, 2, 0, 1, 2, 3]


@pytest.mark.parametrize(
    "error",
    [
        WriteFailed("A value does not fit", code="check_violated"),
        ConnectionFailed("No such password", retryable=False),
        AlreadyRunning("Another run is at work"),
        SecretMissing("No such secret"),
        Cancelled(),
        ValueError("a fault of ours"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_only_what_may_pass_counts(error: Exception):
    bench = Bench(Limits(failures=1))
    for _ in range(3):
        bench.call(error)
    assert bench.told == []


def test_a_commit_without_an_answer_counts():
    bench = Bench(Limits(failures=1))
    bench.call(WriteFailed("Nobody knows", code="commit_unknown"))
    assert bench.states == ["open"]


def test_what_fails_since_the_run_ends_does_not_count():
    bench = Bench(Limits(failures=1))
    bench.cancel.cancel()
    bench.call(LOST)
    assert bench.told == []


def test_it_closes_once_enough_calls_have_succeeded():
    bench = Bench(Limits(2, 60, successes=3), opened(61))
    bench.call()
    bench.call(connect=False)
    assert bench.states == ["half_open"]
    bench.call()
    assert bench.states == ["half_open", "closed"]
    assert bench.told[-1].failures == 0
    bench.call(LOST)
    assert bench.states == ["half_open", "closed"]


def test_one_failure_while_it_is_half_open_opens_it_again():
    bench = Bench(Limits(5, 60, successes=2), opened(61, failures=5))
    bench.call()
    bench.call(LOST)
    assert bench.states == ["half_open", "open"]
    assert bench.breaker.wait_secs() > 59


def test_a_call_that_says_nothing_decides_nothing():
    bench = Bench(Limits(2, 60), opened(61))
    bench.call(SecretMissing("No such secret"))
    assert bench.states == ["half_open"]
    bench.call()
    assert bench.states == ["half_open", "closed"]


def test_one_tries_and_the_others_wait_for_what_becomes_of_it():
    bench = Bench(Limits(2, 60), opened(61))
    inside, go_on, called = threading.Event(), threading.Event(), []

    def probe() -> None:
        with bench.breaker.connecting(bench.cancel):
            inside.set()
            go_on.wait(30)
            called.append("probe")

    def other() -> None:
        with bench.breaker.connecting(bench.cancel):
            called.append("other")

    first, second = threading.Thread(target=probe), threading.Thread(target=other)
    first.start()
    assert inside.wait(30)
    second.start()
    # A session that is open needs nobody's leave.
    bench.call(WriteFailed("refused", code="check_violated"), connect=False)
    stopped = CancelToken()
    waiting = threading.Thread(target=_refused, args=(bench, stopped))
    waiting.start()
    stopped.cancel()
    waiting.join(30)
    assert not waiting.is_alive()
    go_on.set()
    for thread in (first, second):
        thread.join(30)
    assert called == ["probe", "other"]


def _refused(bench: Bench, cancel: CancelToken) -> None:
    with pytest.raises(Cancelled), bench.breaker.connecting(cancel):
        pytest.fail("it was let in")


def test_what_a_probe_meets_is_what_the_others_are_told():
    bench = Bench(Limits(2, 60), opened(61))
    inside, go_on = threading.Event(), threading.Event()
    met: list[Exception] = []

    def lost() -> None:
        inside.set()
        go_on.wait(30)
        raise LOST

    def probe() -> None:
        with pytest.raises(WriteFailed), bench.breaker.connecting(bench.cancel):
            lost()

    def other() -> None:
        try:
            bench.call()
        except CircuitOpen as error:
            met.append(error)

    first = threading.Thread(target=probe)
    first.start()
    assert inside.wait(30)
    second = threading.Thread(target=other)
    second.start()
    go_on.set()
    for thread in (first, second):
        thread.join(30)
    assert len(met) == 1


def test_a_clock_that_was_put_back_keeps_nobody_out():
    bench = Bench(Limits(2, 60), BreakerChanged("db", BreakerState.OPEN, 2, LATER))
    assert bench.breaker.wait_secs() == 0
    bench.call()
    assert bench.states == ["half_open", "closed"]


def test_it_can_be_turned_off():
    bench = Bench(Limits(failures=0), opened(1))
    for _ in range(20):
        bench.call(LOST)
    bench.call()
    assert bench.told == []


def test_failures_of_a_run_before_count():
    breakers = Breakers({"db": BreakerChanged("db", BreakerState.CLOSED, 4)})
    told: list[BreakerChanged] = []
    breakers.listen(told.append)
    breaker = breakers.of(Connection(name="db", kind="sqlite", path="x.db"))
    assert breakers.of(Connection(name="db", kind="sqlite", path="x.db")) is breaker
    with pytest.raises(WriteFailed), breaker.calling(CancelToken()):
        raise LOST
    assert [(change.state, change.failures) for change in told] == [("open", 5)]
    assert told[0].retry_at is not None
    assert breakers.wait_secs() > 59


@pytest.mark.parametrize(
    ("key", "guess"), [("breaker_failure", "breaker_failures"), ("breaker_pause", "successes")]
)
def test_a_setting_that_there_is_not_is_refused(key: str, guess: str):
    with pytest.raises(ValueError, match=guess):
        Connection(name="db", kind="sqlite", path="x.db", **{key: 3})
