"""Time limits of a run: a clock beside it that ends what takes longer than it may."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Final, Self

from summit_studio.core.errors import SummitError
from summit_studio.core.events import Event, NodeFinished, NodeStarted, RunRetried
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Limits

GRACE_SECS: Final = 5.0
"""How long a run that is out of time waits for its threads; a person's code may never end."""

_TICK_SECS: Final = 0.1
"""How often is looked at which node is waited for."""


class OutOfTime(SummitError):
    """A run or one of its nodes took longer than `settings.limits` lets it."""

    code = "out_of_time"


class Clock:
    """A listener that says when time is up. Use it in a `with` block.

    Nodes work at the same time; what counts as a node's is the time in which it was the one that
    the others waited for.

    Args:
        awaited: Returns the node that others wait for, of those which have not finished.
        expire: Told the error, once, from a thread of the clock's own.
    """

    def __init__(
        self,
        limits: Limits,
        plan: Plan,
        awaited: Callable[[Collection[str]], str],
        expire: Callable[[OutOfTime], None],
    ) -> None:
        self._limits = limits
        self._plan = plan
        self._awaited = awaited
        self._expire = expire
        self._changed = threading.Condition()
        self._begun = time.monotonic()
        self._at_work: set[str] = set()
        self._spent: dict[str, float] = defaultdict(float)
        self._over = False
        self._thread = threading.Thread(target=self._watch, name="limits", daemon=True)

    @property
    def wanted(self) -> bool:
        """True if there is a limit."""
        return self._limits != Limits()

    def __enter__(self) -> Self:
        self._begun = time.monotonic()
        if self.wanted:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def __call__(self, event: Event) -> None:
        """Take in who begins and who ends."""
        if not isinstance(event, NodeStarted | NodeFinished | RunRetried):
            return
        with self._changed:
            if isinstance(event, NodeStarted):
                self._at_work.add(event.node_id)
            elif isinstance(event, NodeFinished):
                self._at_work.discard(event.node_id)
            else:
                self._at_work.clear()
                self._spent.clear()

    def _watch(self) -> None:
        error, last = None, self._begun
        with self._changed:
            while not self._over and error is None:
                self._changed.wait(_TICK_SECS)
                now = time.monotonic()
                error = self._overdue(now, now - last)
                last = now
        if error is not None:
            self._expire(error)

    def _overdue(self, now: float, since: float) -> OutOfTime | None:
        awaited = self._awaited(self._at_work) if self._at_work else None
        run, node = self._limits.run_secs, self._limits.node_secs
        if run is not None and now - self._begun >= run:
            return self._out_of_time("run", run, "The run", awaited)
        if node is None or awaited is None:
            return None
        self._spent[awaited] += since
        if self._spent[awaited] < node:
            return None
        return self._out_of_time("node", node, "A node", awaited)

    def _out_of_time(self, what: str, secs: float, who: str, awaited: str | None) -> OutOfTime:
        name = f"limits.{what}_secs"
        error = OutOfTime(
            f"{who} took longer than it may",
            why=f"{name} is {secs:g}, and no node was at work",
            do=f"find out what it waits for, or raise {name}",
        )
        if awaited is not None:
            node = self._plan.nodes[awaited]
            error.why = f"{name} is {secs:g}, and the run was waiting for '{node.node_title}'"
            error.where = node.place()
        return error
