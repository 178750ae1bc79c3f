"""Puts the rows of several inputs behind one another, batch by batch."""

import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import Measured, Order
from summit_studio.backends.local.blocking import query_failed
from summit_studio.backends.local.channel import EXHAUSTED, Exhausted
from summit_studio.backends.local.conform import conform
from summit_studio.backends.local.heads import Done, Emitted, Head, Incoming, Piece, promised
from summit_studio.backends.local.positions import Positions
from summit_studio.core.epochs import EpochEnd
from summit_studio.core.schema import to_arrow
from summit_studio.core.sql import quote_name
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.contract import Input, RelationalNode

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


class FollowingHead(Head):
    """A query over batches of one input after the other, while the others have no rows.

    Marks come on every input, also on those whose turn is not now: each is handed on once.
    """

    def __init__(
        self,
        order: Order,
        node: RelationalNode[Any],
        incoming: Sequence[Incoming],
        positions: Positions,
        *,
        epoch: int,
    ) -> None:
        self._node = node
        self._cancel = order.context.cancel
        self._promised = promised(positions.plan, node.node_id)
        self._incoming = incoming
        (self._schemas,) = positions.inputs(node.node_id).values()
        (self._output,) = (p.name for p in node.outputs)
        names = [quote_name(_name(place)) for place in range(len(incoming))]
        inputs = [Input(n, s) for n, s in zip(names, self._schemas, strict=True)]
        self._query = node.relation({node.in_turn: tuple(inputs)}).ports[self._output]
        self._epoch = epoch
        self._end: EpochEnd | None = None
        self._lane = threading.local()

    def pieces(self) -> Iterator[Piece]:
        """Yield a piece for each batch, input after input, and each mark once."""
        for place, incoming in enumerate(self._incoming):
            for item in incoming.channel.all():
                if isinstance(item, Exhausted):
                    break
                if not isinstance(item, EpochEnd):
                    yield _Batch(self, place, item)
                elif item.last:
                    self._end = item
                elif item.epoch >= self._epoch:
                    self._epoch = item.epoch + 1
                    yield Done(Emitted(mark=item))
        if self._end is None:
            yield Done(Emitted(mark=EXHAUSTED))
            yield from self._marks()

    def end(self) -> EpochEnd | None:
        """Return the mark behind the last rows."""
        return self._end

    def of(self, place: int, rows: "pa.Table") -> Emitted:
        """Return what the node gives for rows of one input; from any thread."""
        begun = time.perf_counter()
        con = self._connection()
        forget = self._cancel.on_cancel(con.interrupt)
        _show(con, place, rows)
        try:
            found = con.sql(self._query).to_arrow_table()
            # What the input holds, by the count of who computed it.
            query = f"SELECT count(*) FROM {quote_name(_name(place))}"
            read = int(con.execute(query).fetchall()[0][0])
        except Exception as error:  # noqa: BLE001 - a reader raises Arrow's or DuckDB's
            raise query_failed(self._node, error, self._cancel) from None
        finally:
            forget()
            _show(con, place, to_arrow(self._schemas[place]).empty_table())
        port = self._node.in_turn
        return Emitted(
            {self._output: conform(found, self._promised[self._output])},
            rows_in={port: rows.num_rows},
            busy_secs=time.perf_counter() - begun,
            measured=Measured(read={port: read}),
        )

    def _marks(self) -> Iterator[Piece]:
        """Yield the marks that come once there are no more rows: on every input the same."""
        for item in self._incoming[-1].channel:
            assert isinstance(item, EpochEnd)  # noqa: S101 - no more rows
            if item.last:
                self._end = item
            elif item.epoch >= self._epoch:
                self._epoch = item.epoch + 1
                yield Done(Emitted(mark=item))

    def _connection(self) -> "duckdb.DuckDBPyConnection":
        """Return the calling thread's own, in which all inputs are empty."""
        if not hasattr(self._lane, "con"):
            self._lane.con = locked_connection()
            for place, schema in enumerate(self._schemas):
                _show(self._lane.con, place, to_arrow(schema).empty_table())
        con: duckdb.DuckDBPyConnection = self._lane.con
        return con


class _Batch(Piece):
    def __init__(self, head: FollowingHead, place: int, rows: "pa.Table") -> None:
        self._head = head
        self._place = place
        self._rows = rows

    def load(self) -> Emitted:
        return self._head.of(self._place, self._rows)


def _show(con: "duckdb.DuckDBPyConnection", place: int, rows: "pa.Table") -> None:
    con.register(_name(place), rows)


def _name(place: int) -> str:
    return f"input_{place}"
