"""Runs a node that must see all its rows: join, aggregate, sort and the like, spilling to disk."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.backends.contract import Measured
from summit_studio.backends.local.conform import conform
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.core.schema import REJECTED, Schema, to_arrow
from summit_studio.core.sql import quote_name
from summit_studio.expressions.clock import set_clock
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.contract import Input, RelationalNode

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Feed = Callable[[], Iterator["pa.Table"]]
"""Makes the rows of one input edge, batch by batch; called once, on one thread."""


class BlockingQuery:
    """A relational node over whole inputs.

    One output port over one input streams into DuckDB; otherwise the inputs are first taken into
    DuckDB tables, all at the same time, so that two inputs fed by one source never wait for each
    other.

    Args:
        node: The bound node.
        inputs: Schemas by input port, one an edge.
        outputs: Schemas by output port.
        wanted: Output ports with an edge. The first port and `rejected` are always computed.
        told: Has rejected rows say where they came from.
        batch_rows: Rows of the batches handed out.
        started: The time that every clock function tells.
        counting: Also count what ports must have, by other means.
    """

    def __init__(
        self,
        node: RelationalNode[Any],
        inputs: Mapping[str, tuple[Schema, ...]],
        outputs: Mapping[str, Schema],
        wanted: frozenset[str],
        *,
        told: Callable[["pa.Table"], "pa.Table"],
        batch_rows: int,
        started: datetime,
        spill_folder: Path | None,
        memory_limit_mb: int | None = None,
        threads: int = 2,
        counting: bool = True,
    ) -> None:
        self._node = node
        self._counting = counting
        self._inputs = inputs
        self._outputs = outputs
        self._wanted = wanted
        self._told = told
        self._batch_rows = batch_rows
        self._started = started
        self._spill_folder = spill_folder
        self._memory_limit_mb = memory_limit_mb
        self._threads = threads
        self.read: Counter[str] = Counter()
        """Rows that the query took from its inputs, by port, as DuckDB counts those it keeps."""

    def run(
        self, feeds: Mapping[tuple[str, int], Feed], cancel: CancelToken
    ) -> Iterator[tuple[str, "pa.Table | None", Measured | None]]:
        """Yield (port, rows, measure) until all ports are done; one of the last two may be absent.

        Raises:
            SummitError: A query failed.
            Cancelled: Someone cancelled.
        """
        tables = {
            port: tuple(Input(quote_name(_name(port, i)), s) for i, s in enumerate(schemas))
            for port, schemas in self._inputs.items()
        }
        relation = self._node.relation(tables)
        queries = self._queries(relation.ports)
        wanted = relation.counts if self._counting else {}
        counts = {port: query for port, query in wanted.items() if port in queries}
        con = locked_connection(self._threads, self._memory_limit_mb, self._spill_folder)
        set_clock(con, self._started)
        forget = cancel.on_cancel(con.interrupt)
        try:
            if len(queries) == 1 and len(feeds) == 1 and not counts:
                ((port, index),) = feeds
                reader = self._streamed(port, feeds[port, index], self._inputs[port][index])
                con.register(_name(port, index), reader)
            else:
                self._stage(con, feeds, cancel)
            for name, query in relation.built.items():
                con.execute(f"CREATE TEMP VIEW {name} AS {query}")
            for port, query in queries.items():
                yield from self._results(con, port, query, relation.stood_for.get(port), cancel)
            for port, query in counts.items():
                yield port, None, Measured(expected={port: self._counted(con, query, cancel)})
        finally:
            forget()
            con.close()

    def _queries(self, ports: Mapping[str, str]) -> dict[str, str]:
        first = next(iter(ports))
        return {p: q for p, q in ports.items() if p in (first, REJECTED) or p in self._wanted}

    def _streamed(self, port: str, feed: Feed, schema: Schema) -> "pa.RecordBatchReader":
        import pyarrow as pa

        def batches() -> "Iterator[pa.RecordBatch]":
            for table in feed():
                self.read[port] += table.num_rows
                yield from table.to_batches()

        return pa.RecordBatchReader.from_batches(to_arrow(schema), batches())

    def _stage(
        self,
        con: "duckdb.DuckDBPyConnection",
        feeds: Mapping[tuple[str, int], Feed],
        cancel: CancelToken,
    ) -> None:
        errors: list[BaseException] = []
        taken: list[tuple[str, int]] = []

        def take(port: str, index: int, feed: Feed) -> None:
            try:
                rows = _insert(con, _name(port, index), self._inputs[port][index], feed)
                taken.append((port, rows))
            except BaseException as error:  # noqa: BLE001 - raised again on the stage's thread
                errors.append(error)
                with contextlib.suppress(SummitError):
                    for _ in feed():
                        pass

        threads = [
            threading.Thread(target=take, args=(port, index, feed), name=f"stage-{port}-{index}")
            for (port, index), feed in feeds.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise query_failed(self._node, errors[0], cancel)
        for port, rows in taken:
            self.read[port] += rows

    def _counted(self, con: "duckdb.DuckDBPyConnection", query: str, cancel: CancelToken) -> int:
        try:
            return int(con.sql(query).fetchall()[0][0])
        except Exception as error:  # noqa: BLE001 - as of results
            raise query_failed(self._node, error, cancel) from None

    def _results(
        self,
        con: "duckdb.DuckDBPyConnection",
        port: str,
        query: str,
        stood_for: str | None,
        cancel: CancelToken,
    ) -> Iterator[tuple[str, "pa.Table | None", Measured | None]]:
        import pyarrow as pa
        import pyarrow.compute as pc

        promised = to_arrow(self._outputs[port])
        rejects = port == REJECTED
        try:
            reader = con.sql(query).to_arrow_reader(self._batch_rows)
            for batch in reader:
                cancel.check()
                measured = None
                if stood_for is not None:
                    size = pc.sum(batch.column(stood_for), min_count=0).as_py()
                    measured = Measured({port: int(size)}, {port: batch.num_rows})
                rows = pa.Table.from_batches([batch])
                yield port, conform(self._told(rows) if rejects else rows, promised), measured
        except Exception as error:  # noqa: BLE001 - a reader raises Arrow's or DuckDB's
            raise query_failed(self._node, error, cancel) from None


def query_failed(
    node: RelationalNode[Any], error: BaseException, cancel: CancelToken
) -> BaseException:
    """Return what to raise where the query of a node failed."""
    if cancel.cancelled:
        return Cancelled()
    if isinstance(error, SummitError):
        return error
    why = str(error).split("\n", 1)[0]
    if "Out of Memory Error" in why:
        return SummitError(
            f"'{node.node_title}' ran out of memory",
            why=why,
            do="raise the memory limit in the pipeline's properties, or let fewer columns come",
            code="out_of_memory",
            where=node.place(),
        )
    return SummitError(
        f"'{node.node_title}' failed",
        why=why,
        do="look at the values it gets, in the preview of its inputs",
        code="node_failed",
        where=node.place(),
    )


def _name(port: str, index: int) -> str:
    return f"{port}_{index}"


def _insert(con: "duckdb.DuckDBPyConnection", name: str, schema: Schema, feed: Feed) -> int:
    """Fill a table and return how many rows it then has, by DuckDB's word."""
    columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in schema)
    cursor = con.cursor()
    try:
        cursor.execute(f"CREATE TABLE {quote_name(name)} ({columns})")
        for table in feed():
            cursor.register("incoming", table)
            cursor.execute(f"INSERT INTO {quote_name(name)} SELECT * FROM incoming")
            cursor.unregister("incoming")
        return int(cursor.execute(f"SELECT count(*) FROM {quote_name(name)}").fetchall()[0][0])
    finally:
        cursor.close()
