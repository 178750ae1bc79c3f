"""The sinks of a domain from epoch to epoch."""

import threading
import time

import pytest

from summit_studio.backends.local.epochs import Coordinator
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import EpochEnd
from summit_studio.core.errors import Cancelled, LedgerImbalance, SummitError

FIRST = EpochEnd(1, {})


class Sinks:
    """Each on a thread; writes down what happens."""

    def __init__(self, *names: str, behind: dict[str, frozenset[str]] | None = None) -> None:
        self.log: list[str] = []
        self.fault: Exception | None = None
        self.cancel = CancelToken()
        self.coordinator = Coordinator(names, behind or {}, self._audit, self.cancel)
        self.ended: dict[str, BaseException | None] = {}
        self.threads: list[threading.Thread] = []

    def _audit(self, mark: EpochEnd) -> None:
        self.log.append(f"audit {mark.epoch}")
        if self.fault is not None:
            raise self.fault

    def start(self, name: str, *, fails: bool = False, takes: float = 0.0) -> None:
        def work() -> None:
            try:
                self.coordinator.prepared(name, FIRST)
                time.sleep(takes)
                if not fails:
                    self.log.append(name)
                    self.coordinator.committed(name, 1)
                self.ended[name] = None
            except SummitError as error:
                self.ended[name] = error
                self.cancel.cancel()
            finally:
                self.coordinator.leave(name)

        self.threads.append(threading.Thread(target=work))
        self.threads[-1].start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(10)
            assert not thread.is_alive()


def test_nobody_commits_before_all_have_prepared_and_the_audit_holds():
    sinks = Sinks("a", "b")
    sinks.start("a")
    time.sleep(0.05)
    assert sinks.log == []
    sinks.start("b")
    sinks.join()
    assert sinks.log[0] == "audit 1"
    assert sorted(sinks.log[1:]) == ["a", "b"]


def test_who_tells_of_refused_rows_commits_after_those_who_get_them():
    sinks = Sinks("a", "b", "c", behind={"a": frozenset({"b"}), "b": frozenset({"c"})})
    for name, takes in (("a", 0.0), ("b", 0.05), ("c", 0.1)):
        sinks.start(name, takes=takes)
    sinks.join()
    assert sinks.log == ["audit 1", "c", "b", "a"]


def test_it_does_not_commit_where_one_of_those_has_failed():
    sinks = Sinks("a", "b", behind={"a": frozenset({"b"})})
    sinks.start("a")
    sinks.start("b", fails=True)
    sinks.join()
    assert sinks.log == ["audit 1"]
    assert isinstance(sinks.ended["a"], Cancelled)


def test_an_audit_that_fails_lets_nobody_commit():
    sinks = Sinks("a", "b")
    sinks.fault = LedgerImbalance("The row ledger does not balance")
    sinks.start("a")
    sinks.start("b")
    sinks.join()
    assert sinks.log == ["audit 1"]
    assert {type(error) for error in sinks.ended.values()} == {Cancelled, LedgerImbalance}


def test_from_the_audit_on_cancelling_keeps_nobody_from_committing():
    sinks = Sinks("a", "b", behind={"a": frozenset({"b"})})
    sinks.start("a")
    sinks.start("b", takes=0.2)
    time.sleep(0.1)
    sinks.cancel.cancel()
    sinks.join()
    assert sinks.log == ["audit 1", "b", "a"]


def test_before_it_cancelling_ends_the_wait():
    sinks = Sinks("a", "b")
    sinks.start("a")
    sinks.cancel.cancel()
    sinks.join()
    assert isinstance(sinks.ended["a"], Cancelled)
    with pytest.raises(Cancelled):
        sinks.coordinator.prepared("b", FIRST)
    assert sinks.log == []
