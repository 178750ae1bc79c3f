"""Streams rows past tables that were taken in before: lookups, and joins with one side kept."""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import BUILT, Measured, Order
from summit_studio.backends.local.blocking import query_failed
from summit_studio.backends.local.changes import DeleteLane, has_changes
from summit_studio.backends.local.channel import Exhausted
from summit_studio.backends.local.conform import conform
from summit_studio.backends.local.heads import Done, Emitted, Head, Incoming, Piece, promised
from summit_studio.backends.local.positions import Positions
from summit_studio.backends.local.spill import folder_of
from summit_studio.core.changes import SEQ
from summit_studio.core.epochs import EpochEnd
from summit_studio.core.schema import REJECTED, Schema
from summit_studio.core.sql import quote_name
from summit_studio.document.model import PortRef
from summit_studio.expressions.clock import set_clock
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.contract import Input, Relation, RelationalNode

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pyarrow as pa

_STREAMED = "streamed"
_SHARE = 8
"""Rows stream past a table in batches of at least this part of it: each batch may read it all."""

_MOST = 1_000_000
"""Rows of a batch, however large the table."""


class BuildHead(Head):
    """A query over batches of one input and the whole of the others.

    Args:
        streamed: The port whose rows stream.
        incoming: All inputs of the node.
        threads: Of its DuckDB: lanes work on batches side by side.
        epoch: The first that passes.
    """

    def __init__(
        self,
        order: Order,
        node: RelationalNode[Any],
        streamed: str,
        incoming: "Sequence[Incoming]",
        positions: Positions,
        *,
        memory_limit_mb: int | None,
        threads: int,
        epoch: int,
    ) -> None:
        self._node = node
        self._account = order.account
        self._cancel = order.context.cancel
        self._batch_rows = order.context.batch_rows
        self._told = positions.told
        self._promised = promised(positions.plan, node.node_id)
        self._port = streamed
        (self._rows,) = (i for i in incoming if i.edge.target.port == streamed)
        self._others = [i for i in incoming if i is not self._rows]
        self._inputs = positions.inputs(node.node_id)
        self._relation = self._related()
        self._queries = {
            port: query
            for place, (port, query) in enumerate(self._relation.ports.items())
            if place == 0 or port == REJECTED or positions.plan.wanted(node.node_id, port)
        }
        main = node.outputs[0].name
        output = positions.plan.schemas[PortRef(node.node_id, main)]
        self._main = main
        self._deletes = DeleteLane(node, self._inputs, output) if has_changes(output) else None
        self._first = epoch == 1
        self._end: EpochEnd | None = None
        folder = folder_of(order.context, node.node_id)
        self._con = locked_connection(threads, memory_limit_mb, folder)
        set_clock(self._con, order.context.started)
        self._lane = threading.local()

    def pieces(self) -> Iterator[Piece]:
        """Take the other inputs in, then yield a piece for each batch of rows that streams."""
        built = self._build()
        # In later epochs they were handed on in the first.
        if self._first:
            for port in filter(self._depends_on_built, self._queries):
                yield _Built(self, port)
        least = min(max(self._batch_rows, built // _SHARE), _MOST)
        for item in self._batches(least):
            if isinstance(item, EpochEnd) and item.last:
                self._end = item
            elif isinstance(item, EpochEnd | Exhausted):
                yield Done(Emitted(mark=item))
            else:
                yield _Past(self, item)

    def end(self) -> EpochEnd | None:
        """Return the mark behind the last rows."""
        return self._end

    def close(self) -> None:
        """Let go of the tables."""
        self._con.close()

    def past(self, rows: "pa.Table") -> Emitted:
        """Return what the node gives for rows that stream past; from any thread."""
        begun = time.perf_counter()
        if self._deletes is None:
            emitted = self._through(rows)
        else:
            emitted = self._changes_past(self._deletes, rows)
        emitted.rows_in = {self._port: rows.num_rows}
        emitted.busy_secs = time.perf_counter() - begun
        return emitted

    def _changes_past(self, lane: DeleteLane, batch: "pa.Table") -> Emitted:
        """Return what the node gives for changes: deletes go past it with their key.

        What it leaves out becomes a delete. How many rows it gives is held against its own count,
        so that a row lost on the way does not pass for one left out.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        rows, others = lane.part(batch)
        places: list[pa.ChunkedArray] = []
        emitted = self._through(rows, places)
        seen = pa.chunked_array([c for one in places for c in one.chunks], pa.int64())
        gone = pc.invert(pc.is_in(rows.column(SEQ), value_set=seen.combine_chunks()))
        left_out = lane.deletes_of(rows.filter(gone))
        made = (lane.past(None, others), lane.past(None, left_out))
        emitted.tables[self._main] = lane.joined(batch, emitted.tables[self._main], *made)
        known, further = emitted.measured or Measured(), others.num_rows
        expected = dict(known.expected)
        if self._main in expected:
            expected[self._main] += further + left_out.num_rows
        read = {port: count + further for port, count in known.read.items()}
        emitted.measured = Measured(expected=expected, read=read)
        return emitted

    def _through(self, rows: "pa.Table", places: "list[pa.ChunkedArray] | None" = None) -> Emitted:
        """Return what the queries give for rows; of changes, add which of them they give."""
        emitted = Emitted()
        con = self._cursor()
        forget = self._cancel.on_cancel(con.interrupt)
        _show(con, rows)
        try:
            expected = {}
            for port in self._queries:
                if not self._depends_on_built(port):
                    emitted.tables[port] = self._asked(con, port, places)
                    if port in self._relation.counts:
                        expected[port] = self._number(con, self._relation.counts[port])
            read = self._number(con, f"SELECT count(*) FROM {_STREAMED}")
            emitted.measured = Measured(expected=expected, read={self._port: read})
        finally:
            forget()
            con.unregister(_STREAMED)
        return emitted

    def alone(self, port: str) -> Emitted:
        """Return the rows of a port that depends on the tables alone."""
        return Emitted({port: self._asked(self._cursor(), port)})

    def _related(self) -> Relation:
        tables = {
            port: tuple(
                Input(_STREAMED if port == self._port else _name(port, i), schema)
                for i, schema in enumerate(schemas)
            )
            for port, schemas in self._inputs.items()
        }
        return self._node.relation(tables)

    def _build(self) -> int:
        """Take the other inputs in; return how many rows they have."""
        places: dict[str, int] = {}
        rows = 0
        for incoming in self._others:
            port = incoming.edge.target.port
            place = places[port] = places.get(port, -1) + 1
            rows += self._take(incoming, port, _name(port, place), self._inputs[port][place])
        try:
            for name, query in self._relation.built.items():
                self._con.execute(f"CREATE TABLE {name} AS {query}")
        except Exception as error:  # noqa: BLE001 - as of results
            raise query_failed(self._node, error, self._cancel) from None
        return rows

    def _take(self, incoming: Incoming, port: str, name: str, schema: Schema) -> int:
        """Fill a table and return how many rows it then has, by DuckDB's word."""
        columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in schema)
        forget = self._cancel.on_cancel(self._con.interrupt)
        try:
            self._con.execute(f"CREATE TABLE {name} ({columns})")
            for table in incoming.channel.rows():
                counted = {port: table.num_rows}
                self._account.add(self._node.node_id, counted, {}, epoch=BUILT)
                _put(self._con, name, table)
            rows = self._number(self._con, f"SELECT count(*) FROM {name}")
        except Exception as error:  # noqa: BLE001 - as of results
            raise query_failed(self._node, error, self._cancel) from None
        finally:
            forget()
        self._account.add_measured(self._node.node_id, Measured(read={port: rows}), epoch=BUILT)
        return rows

    def _batches(self, least: int) -> "Iterator[pa.Table | EpochEnd | Exhausted]":
        """Yield the rows in batches of at least so many, and what stands between them."""
        import pyarrow as pa

        waiting: list[pa.Table] = []
        for item in self._rows.channel.all():
            if not isinstance(item, EpochEnd | Exhausted):
                waiting.append(item)
                if sum(table.num_rows for table in waiting) < least:
                    continue
            if waiting:
                yield pa.concat_tables(waiting)
                waiting = []
            if isinstance(item, EpochEnd | Exhausted):
                yield item

    def _depends_on_built(self, port: str) -> bool:
        return self._node.origin(port) in {i.edge.target.port for i in self._others}

    def _cursor(self) -> "duckdb.DuckDBPyConnection":
        """Return the calling thread's own: what is registered there is seen by no other."""
        if not hasattr(self._lane, "con"):
            self._lane.con = self._con.cursor()
        con: duckdb.DuckDBPyConnection = self._lane.con
        return con

    def _asked(
        self,
        con: "duckdb.DuckDBPyConnection",
        port: str,
        places: "list[pa.ChunkedArray] | None" = None,
    ) -> "pa.Table":
        query = self._queries[port]
        try:
            rows = con.sql(query).to_arrow_table()
        except Exception as error:  # noqa: BLE001 - a reader raises Arrow's or DuckDB's
            raise query_failed(self._node, error, self._cancel) from None
        if places is not None:
            places.append(rows.column(SEQ))
        return conform(self._told(rows) if port == REJECTED else rows, self._promised[port])

    def _number(self, con: "duckdb.DuckDBPyConnection", query: str) -> int:
        try:
            return int(con.execute(query).fetchall()[0][0])
        except Exception as error:  # noqa: BLE001 - as of results
            raise query_failed(self._node, error, self._cancel) from None


class _Past(Piece):
    def __init__(self, head: BuildHead, rows: "pa.Table") -> None:
        self._head = head
        self._rows = rows

    def load(self) -> Emitted:
        return self._head.past(self._rows)


class _Built(Piece):
    def __init__(self, head: BuildHead, port: str) -> None:
        self._head = head
        self._port = port

    def load(self) -> Emitted:
        return self._head.alone(self._port)


def _put(con: "duckdb.DuckDBPyConnection", name: str, rows: "pa.Table") -> None:
    con.register("incoming", rows)
    con.execute(f"INSERT INTO {name} SELECT * FROM incoming")
    con.unregister("incoming")


def _show(con: "duckdb.DuckDBPyConnection", rows: "pa.Table") -> None:
    con.register(_STREAMED, rows)


def _name(port: str, place: int) -> str:
    return quote_name(f"{port}_{place}")
