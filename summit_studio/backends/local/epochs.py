"""Brings the sinks of a domain from epoch to epoch: all prepare, the audit, then all commit."""

import threading
from collections.abc import Callable, Iterable, Mapping

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import EpochEnd
from summit_studio.core.errors import Cancelled

Audit = Callable[[EpochEnd], None]
"""Holds the counts of an epoch against each other, and settles it with every sink."""


class Coordinator:
    """The sinks of one domain that commit epoch by epoch, each on a thread of its own.

    Args:
        sinks: Those that commit epochs.
        behind: Of a sink, those that must have committed an epoch before it does.
        audit: Called once an epoch, on the thread of the sink that prepared last.
        cancel: Ends the wait of whoever may not commit yet.
    """

    def __init__(
        self,
        sinks: Iterable[str],
        behind: Mapping[str, frozenset[str]],
        audit: Audit,
        cancel: CancelToken,
    ) -> None:
        self._all = frozenset(sinks)
        self._behind = {sink: behind.get(sink, frozenset()) & self._all for sink in self._all}
        self._audit = audit
        self._cancel = cancel
        self._prepared: dict[int, set[str]] = {}
        self._audited = 0
        self._committed: dict[str, int] = dict.fromkeys(self._all, 0)
        self._gone: set[str] = set()
        self._changed = threading.Condition()
        self._forget = cancel.on_cancel(self._wake)

    def prepared(self, sink: str, mark: EpochEnd) -> None:
        """Say that a sink holds an epoch, durable and invisible; return once it may commit it.

        From the audit on every sink commits, whoever cancels meanwhile.

        Raises:
            SummitError: The audit failed.
            Cancelled: Someone cancelled before it, or a sink that must commit first has failed.
        """
        epoch = mark.epoch
        with self._changed:
            there = self._prepared.setdefault(epoch, set())
            there.add(sink)
            if there == self._all:
                self._cancel.check()
                self._audit(mark)
                self._audited = epoch
                del self._prepared[epoch]
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._audited >= epoch or self._cancel.cancelled)
            if self._audited < epoch:
                raise Cancelled
            first = self._behind[sink]
            self._changed.wait_for(
                lambda: all(self._committed[s] >= epoch or s in self._gone for s in first)
            )
            if any(self._committed[s] < epoch for s in first):
                raise Cancelled

    def committed(self, sink: str, epoch: int) -> None:
        """Say that a sink has committed an epoch."""
        with self._changed:
            self._committed[sink] = epoch
            self._changed.notify_all()

    def leave(self, sink: str) -> None:
        """Say that a sink commits no more."""
        with self._changed:
            self._gone.add(sink)
            self._changed.notify_all()
            if self._gone >= self._all:
                self._forget()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
