"""Runs one stream: a feeder hands pieces to lanes, lanes work in parallel, order is kept."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from summit_studio.backends.contract import READ, Order
from summit_studio.backends.local.channel import Channel, Exhausted
from summit_studio.backends.local.cuts import Cuts
from summit_studio.backends.local.fusion import Stream
from summit_studio.backends.local.heads import Emitted, Head, Piece
from summit_studio.backends.local.positions import Positions, bare, shown
from summit_studio.backends.local.rowwise import CompiledSegment, NodeResult
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import EpochEnd
from summit_studio.core.errors import RowsNotHandled
from summit_studio.core.events import NodeFinished, NodeStarted, RowsRejected
from summit_studio.core.schema import REJECT_SOURCE, REJECTED
from summit_studio.document.model import Edge, PortRef
from summit_studio.expressions.clock import set_clock
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.contract import RelationalNode

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class _Turns:
    """Lets lanes deliver in the order in which their pieces were made."""

    def __init__(self, cancel: CancelToken) -> None:
        self._next = 0
        self._changed = threading.Condition()
        self._cancel = cancel

    def wait(self, number: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._next == number or self._cancel.cancelled)
        self._cancel.check()

    def done(self) -> None:
        with self._changed:
            self._next += 1
            self._changed.notify_all()

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class _Pieces:
    """Hands pieces from the feeder to the lanes, a few ahead."""

    def __init__(self, cancel: CancelToken, ahead: int) -> None:
        self._items: deque[tuple[int, Piece]] = deque()
        self._ahead = ahead
        self._closed = False
        self._cancel = cancel
        self._changed = threading.Condition()

    def put(self, number: int, piece: Piece) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._items) < self._ahead or self._cancel.cancelled)
            self._cancel.check()
            self._items.append((number, piece))
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self) -> tuple[int, Piece] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed or self._cancel.cancelled)
            self._cancel.check()
            if not self._items:
                return None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


class StreamRun:
    """One stream at work.

    Args:
        open_head: Opens the source, query or code; called on the feeding thread.
        channels: Where the rows of each exit edge go.
        cuts: Of the domain whose head it has; None of a stream that marks come to.
        epoch: The first that will pass.
    """

    def __init__(
        self,
        order: Order,
        stream: Stream,
        open_head: Callable[[], Head],
        channels: Mapping[Edge, Channel],
        positions: Positions,
        cuts: Cuts | None,
        epoch: int = 1,
    ) -> None:
        self._plan = order.plan
        self._stream = stream
        self._open_head = open_head
        self._head: Head | None = None
        self._positions = positions
        self._exits = [(edge, channels[edge]) for edge in stream.exits]
        self._ledger = order.account
        self._cancel = order.context.cancel
        self._emit = order.control.emit
        self._taps = {ref: tap for ref, tap in order.taps.items() if ref.node in self.node_ids}
        self._strict = order.strict
        self._context = order.context
        self._started = order.context.started
        lanes = order.performance.parallelism
        works = isinstance(self._plan.nodes[stream.head], RelationalNode) or stream.segments
        self._lanes = lanes if works else max(1, min(lanes, 2))
        self._segments = [CompiledSegment(positions, s) for s in stream.segments]
        self._kept = {edge.source for edge in stream.exits} | self._taps.keys()
        self._last_read = {s.source: n for n, s in enumerate(stream.segments)}
        self._pieces = _Pieces(self._cancel, self._lanes + 1)
        self._turns = _Turns(self._cancel)
        self._cuts = cuts
        self._given_epoch = epoch
        self._given_end: EpochEnd | None = None

    @property
    def node_ids(self) -> Sequence[str]:
        """The nodes of this stream, head first."""
        return [self._stream.head, *(i for s in self._stream.segments for i in s.chain)]

    def work(self, start: Callable[[str, Callable[[], None]], threading.Thread]) -> None:
        """Run to the end on the calling thread, with lanes begun by `start(name, target)`."""
        forget = [self._cancel.on_cancel(w) for w in (self._pieces.wake, self._turns.wake)]
        lanes = [start(f"lane-{self._stream.head}-{n}", self._lane) for n in range(self._lanes)]
        try:
            self._feed()
        finally:
            self._pieces.close()
            for lane in lanes:
                lane.join()
            if self._head is not None:
                self._head.close()
            for remove in forget:
                remove()
        self._cancel.check()
        self._end()
        for node_id in self.node_ids:
            self._emit(NodeFinished(node_id, self._ledger.line(node_id)))

    @property
    def _epoch(self) -> int:
        """The epoch that is open."""
        return self._given_epoch if self._cuts is None else self._cuts.epoch

    def _end(self) -> None:
        """Mark the end of the last epoch, and close."""
        if self._cuts is not None:
            self._cuts.end(self._stream.head)
            return
        self._send(self._given_end or EpochEnd(self._epoch, {}, last=True))
        for _, channel in self._exits:
            channel.close()

    def _cut(self, emitted: Emitted) -> None:
        """Mark the end of an epoch where one ends; within the turn of the piece before it."""
        if self._cuts is not None:
            size = sum(table.nbytes for table in emitted.tables.values())
            rows = emitted.rows_in.get(READ, 0)
            self._cuts.passed(self._stream.head, rows, size, emitted.position)
        elif emitted.mark is not None:
            self._send(emitted.mark)
            if isinstance(emitted.mark, EpochEnd):
                self._given_epoch = emitted.mark.epoch + 1

    def _send(self, mark: EpochEnd | Exhausted) -> None:
        for _, channel in self._exits:
            channel.mark(mark)

    def _feed(self) -> None:
        if self._cuts is not None:
            self._cuts.wait(self._stream.head)
        head = self._head = self._open_head()
        for node_id in self.node_ids:
            self._emit(NodeStarted(node_id))
        for number, piece in enumerate(head.pieces()):
            self._pieces.put(number, piece)
        self._given_end = head.end()

    def _lane(self) -> None:
        con = locked_connection(threads=1) if self._segments else None
        if con:
            set_clock(con, self._started)
        forget = self._cancel.on_cancel(con.interrupt) if con else None
        try:
            while (item := self._pieces.take()) is not None:
                self._do(con, *item)
        finally:
            if forget:
                forget()
            if con:
                con.close()

    def _do(self, con: "duckdb.DuckDBPyConnection | None", number: int, piece: Piece) -> None:
        emitted = piece.load()
        tables = {PortRef(self._stream.head, p): t for p, t in emitted.tables.items()}
        begun = time.perf_counter()
        accounts: list[tuple[str, NodeResult]] = []
        sizes: Counter[str] = Counter()
        for index, segment in enumerate(self._segments):
            batch = tables.get(segment.source)
            if batch is None or not batch.num_rows or con is None:
                continue
            result = segment.run(con, batch)
            accounts += result.nodes.items()
            for ref, table in result.tables.items():
                sizes[ref.node] += table.nbytes
            tables.update(result.tables)
            # Of hundreds of nodes in a row only few hold rows at a time.
            for ref in (segment.source, *result.tables):
                if not self._is_needed(ref, index):
                    tables.pop(ref, None)
        spent = (time.perf_counter() - begun) / max(len(accounts), 1)
        self._turns.wait(number)
        self._account(emitted, accounts, sizes, spent)
        for ref, table in tables.items():
            if ref.port == REJECTED and table.num_rows:
                self._rejected(ref, table)
        self._deliver(tables)
        self._cut(emitted)
        self._turns.done()

    def _is_needed(self, ref: PortRef, index: int) -> bool:
        """Return True if anybody wants the rows of a port once the segment `index` has run."""
        return ref in self._kept or ref.port == REJECTED or self._last_read.get(ref, -1) > index

    def _account(
        self,
        emitted: Emitted,
        accounts: list[tuple[str, NodeResult]],
        sizes: Mapping[str, int],
        spent: float,
    ) -> None:
        head, epoch = self._stream.head, self._epoch
        self._ledger.add(
            head,
            emitted.rows_in,
            {port: table.num_rows for port, table in emitted.tables.items()},
            bytes_out=sum(t.nbytes for t in emitted.tables.values()),
            busy_secs=emitted.busy_secs,
            progress=emitted.progress,
            epoch=epoch,
        )
        if READ in emitted.rows_in:
            self._ledger.add_held(head, emitted.held, epoch=epoch)
        if emitted.measured is not None:
            self._ledger.add_measured(head, emitted.measured, epoch=epoch)
        for node_id, account in accounts:
            port = self._plan.nodes[node_id].inputs[0].name
            self._ledger.add(
                node_id,
                {port: account.rows_in},
                account.rows_out,
                bytes_out=sizes[node_id],
                busy_secs=spent,
                epoch=epoch,
            )
            if account.failed:
                self._ledger.add_failed(node_id, account.failed, epoch=epoch)

    def _rejected(self, ref: PortRef, table: "pa.Table") -> None:
        first = table.slice(0, 1).to_pylist()[0]
        groups = table.group_by(["reject_code", "reject_column"]).aggregate(
            [("reject_reason", "min"), ([], "count_all")]
        )
        for group in groups.to_pylist():
            self._emit(
                RowsRejected(
                    ref.node,
                    group["reject_code"],
                    group["reject_column"],
                    group["count_all"],
                    group["reject_reason_min"] or "",
                )
            )
        if self._strict and not self._plan.connected(ref.node, REJECTED):
            raise self._not_handled(ref, table.num_rows, first)

    def _not_handled(self, ref: PortRef, count: int, first: Mapping[str, object]) -> RowsNotHandled:
        node = self._plan.nodes[ref.node]
        source = first.get(REJECT_SOURCE)
        place = f" at {source}" if source is not None else ""
        noun = "row" if count == 1 else "rows"
        return RowsNotHandled(
            f"'{node.node_title}' rejected {count:,} {noun} and its rejected port leads nowhere",
            why=f"the first{place}: {first.get('reject_reason')}",
            do="connect the rejected port to a sink to keep such rows, keep them as dead letters "
            "(settings.errors.strategy: dead_letter), or correct the data",
            where=node.place(),
        )

    def _deliver(self, tables: Mapping[PortRef, "pa.Table"]) -> None:
        for ref, tap in self._taps.items():
            if ref in tables:
                tap(shown(tables[ref]))
        for edge, channel in self._exits:
            table = tables.get(edge.source)
            if table is not None and table.num_rows:
                channel.send(table if self._positions.takes(edge) else bare(table))
