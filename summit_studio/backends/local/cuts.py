"""Where the epochs of a domain end: at the same rows, however often they are read."""

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from summit_studio.backends.contract import Order, Start
from summit_studio.backends.local.channel import EXHAUSTED, Channel
from summit_studio.core.epochs import ENDED, WATERMARK, EpochEnd, Position, at_window
from summit_studio.nodes.contract import Replay, SourceNode


class Cuts:
    """Cuts the rows of a domain into epochs.

    Where it has several heads they take turns: the next begins once the one before has ended. A
    mark goes behind the rows of the one whose turn it is, and out of all others as well, so that
    every sink of the domain sees each.

    Args:
        heads: The sources of the domain, or the node that waits for all its rows.
        exits: Where the rows of each head's stream go.
    """

    def __init__(
        self, order: Order, heads: Sequence[str], exits: Mapping[str, Sequence[Channel]]
    ) -> None:
        starts = {head: order.epochs.starts.get(head, Start()) for head in heads}
        first = starts[heads[0]]
        nodes = [order.plan.nodes[head] for head in heads]
        again = all(
            isinstance(n, SourceNode) and n.replay(order.context) is not Replay.NONE for n in nodes
        )
        self.epoch = first.first
        self._heads = tuple(heads)
        self._exits = exits
        self._every = order.epochs.every if again else None
        self._windows = order.epochs.windows
        self._positions: dict[str, Position] = {
            **{node: at_window(window) for node, window in self._windows.items()},
            **{h: start.position for h, start in starts.items() if start.position is not None},
        }
        self._stops = deque(first.stops)
        self._demand, self._answered = order.epochs.demand, 0
        self._step = order.context.step
        self._cancel = order.context.cancel
        self._rows = self._size = 0
        self._since = time.monotonic()
        self._turn = 0
        self._changed = threading.Condition()

    def wait(self, head: str) -> None:
        """Wait until all heads before have ended.

        Raises:
            Cancelled: Someone cancelled meanwhile.
        """
        forget = self._cancel.on_cancel(self._wake)
        try:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._heads[self._turn] == head or self._cancel.cancelled
                )
            self._cancel.check()
        finally:
            forget()

    def passed(self, head: str, rows: int, size: int, position: Position | None) -> None:
        """Take note of rows that a head has handed on, and mark the end of an epoch behind them.

        Args:
            head: Whose turn it is.
            rows: How many its source gave for them.
            size: Their bytes.
            position: Where it goes on behind them; None where no epoch may end.
        """
        self._rows += rows
        self._size += size
        if position:
            self._positions[head] = self._of_load(head, position)
        if position is not None and self._ends():
            self._step(f"cut:{head}:{self.epoch}")
            self._send(EpochEnd(self.epoch, dict(self._positions)))
            self.epoch += 1
            self._rows = self._size = 0
            self._since = time.monotonic()

    def end(self, head: str) -> None:
        """Take note that a head has handed on all its rows: it is the next one's turn, if any."""
        if head != self._heads[-1]:
            for channel in self._exits[head]:
                channel.mark(EXHAUSTED)
            with self._changed:
                reached = self._positions.get(head, {})
                mark = {WATERMARK: reached[WATERMARK]} if WATERMARK in reached else {}
                self._positions[head] = self._of_load(head, {**ENDED, **mark})
                self._turn += 1
                self._changed.notify_all()
            return
        self._send(EpochEnd(self.epoch, dict(self._positions), last=True))
        for channels in self._exits.values():
            for channel in channels:
                channel.close()

    def _of_load(self, head: str, position: Position) -> Position:
        """Return a position with the window of its load, if it reads one."""
        window = self._windows.get(head)
        return position if window is None else at_window(window, position)

    def _ends(self) -> bool:
        """Return True if an epoch ends behind the rows so far."""
        if self._stops:
            stop = self._stops[0].positions
            if stop is None or stop != self._positions:
                return False
            self._stops.popleft()
            return True
        if self._every is None:
            return False
        asked, self._answered = self._demand.count > self._answered, self._demand.count
        spent = time.monotonic() - self._since
        return asked or self._every.reached(self._rows, self._size, spent)

    def _send(self, mark: EpochEnd) -> None:
        for channels in self._exits.values():
            for channel in channels:
                channel.mark(mark)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
