"""What sources that read a database share."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from summit_studio.connectors.contract import Keyset, Misfit
from summit_studio.connectors.opening import open_database
from summit_studio.connectors.selection import Selection
from summit_studio.core.bound import LAST_WATERMARK, BoundSql, Value
from summit_studio.core.errors import Cancelled, InvalidParams
from summit_studio.core.schema import RAW_REJECTS, Schema, to_arrow
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import Chunk, DesignContext, Reader, RunContext
from summit_studio.nodes.parts.probing import probe
from summit_studio.nodes.targets import table_target
from summit_studio.workspace.connections import Connection

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.nodes.targets import Target
    from summit_studio.workspace.workspace import Workspace

SAMPLE = {"id": "BIGINT", "name": "VARCHAR", "city": "VARCHAR"}
"""The columns of the table `customers` in `sample_files`."""


def sample_files() -> dict[str, str | bytes]:
    """Return a workspace with a small SQLite database behind the connection `shop`."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(":memory:")) as con:
        con.executescript(
            "CREATE TABLE customers (id BIGINT, name VARCHAR, city VARCHAR);"
            "INSERT INTO customers VALUES (1, 'Ada', 'London'), (2, 'Grace', NULL);"
            "CREATE TABLE cities (name VARCHAR PRIMARY KEY); INSERT INTO cities VALUES ('London');"
        )
        content = con.serialize()
    return {"connections.toml": '[shop]\nkind = "sqlite"\npath = "shop.db"\n', "shop.db": content}


def described(
    connection: Connection,
    context: DesignContext,
    *,
    table: str | None = None,
    query: str | None = None,
    selection: Selection | None = None,
) -> Schema | None:
    """Return the columns of a table or query; None where the database may not be asked.

    Args:
        connection: Leads to the database.
        context: Says whether it may be asked.
        table: Either this,
        query: or this.
        selection: Which rows are to be read: the database says whether it understands that.

    Raises:
        SummitError: The database cannot be reached, or refuses.
    """
    subject = (table, query, repr(selection), *_values(selection))
    return probe(connection, context, subject, lambda d: d.columns(table, query, selection))


def _values(selection: Selection | None) -> tuple[str, ...]:
    parts = (selection.query, selection.where) if selection is not None else ()
    return tuple(repr(dict(part.values)) for part in parts if part is not None)


def same_file(connection: str, target: "Target", workspace: "Workspace") -> bool:
    """Return True if a connection leads to the database file that holds a target."""
    own = table_target(workspace, connection, "any")
    return own is not None and bool(own.file) and own.database == target.database


def bound_here(text: BoundSql, last_watermark: Value = None) -> BoundSql:
    """Return SQL of a node with every value that it speaks of.

    Args:
        text: With the values of the pipeline's parameters.
        last_watermark: Behind which a load begins; None where nothing is loaded incrementally.

    Raises:
        InvalidParams: It speaks of the last watermark, and there is none.
    """
    if LAST_WATERMARK not in text.names or LAST_WATERMARK in text.values:
        return text
    if last_watermark is None:
        raise InvalidParams(
            f"There is no ${{{LAST_WATERMARK}}}",
            why="the node does not load incrementally, or has no 'initial' for the first time",
            do="choose 'incremental', 'cursor' and 'initial', or take it out",
            code="watermark_missing",
        )
    return text.with_value(LAST_WATERMARK, last_watermark)


class DatabaseReader(Reader):
    """Streams a table or query.

    Args:
        connection: The connection's name.
        what: A table or a query.
        called: What people call it.
        schema: The columns to read.
        key: Those that give the rows an order, so that they can be read on; none for any order.
        selection: Which rows; None for all.
    """

    def __init__(
        self,
        connection: str,
        what: str,
        called: str,
        schema: Schema,
        context: RunContext,
        key: Sequence[str] = (),
        selection: Selection | None = None,
    ) -> None:
        self._database = open_database(
            context.workspace.connection(connection),
            context.secrets,
            context.workspace,
            shared=context.writes_to(connection),
            pools=context.pools,
        )
        self._breaker = context.breaker(connection)
        self._what = what
        self._selection = selection
        self._place = f"{called} of {connection}, row "
        self._schema = schema
        self._context = context
        self._sent: int | None = None
        self._misfits: list[Misfit] = []
        self._needed = ""
        self._wait_secs = 0.0
        start = context.start or {}
        before: int = start.get("row", 0)
        self._next = before + 1
        self._keyset = Keyset(key, self._reach, start.get("key"), before) if key else None
        self._reached: Sequence[Any] = ()

    def rejects_without(self, column: str) -> None:
        """Have rows rejected that have nothing in a column."""
        self._needed = column

    def waits(self, secs: float) -> None:
        """Have so many seconds pass before the first row is asked for."""
        self._wait_secs = secs

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, batch by batch, as the database sends them."""
        import pyarrow as pa

        if self._wait_secs and self._context.cancel.wait(self._wait_secs):
            raise Cancelled
        seen = 0
        limit = self._context.row_limit
        size = min(self._context.batch_rows, limit or self._context.batch_rows)
        for batch in self._batches(size):
            table = pa.Table.from_batches([batch])
            if limit is not None:
                table = table.slice(0, limit - seen)
            seen += table.num_rows
            yield self._chunk(table)
            if limit is not None and seen >= limit:
                return
        if self._misfits:
            yield self._chunk(to_arrow(self._schema).empty_table())

    def _chunk(self, table: "pa.Table") -> Chunk:
        numbers = self._numbers(table.num_rows)
        if self._needed:
            table, numbers = self._with_cursor(table, numbers)
        loaded = Loaded(table, self._rejected(), place=self._place, lines=lambda: numbers)
        if self._keyset is None:
            return Chunk(lambda: loaded)
        return Chunk(lambda: loaded, {"key": list(self._reached), "row": self._next - 1})

    def _with_cursor(
        self, table: "pa.Table", numbers: Sequence[int]
    ) -> "tuple[pa.Table, Sequence[int]]":
        """Return the rows that have a value in the column that is needed; reject the others."""
        column = table.column(self._needed)
        if not column.null_count:
            return table, numbers
        there, missing = column.is_valid(), column.is_null()
        why = "The row has no cursor, so that no load can tell whether it is new."
        for row, number in zip(
            table.filter(missing).to_pylist(), _where(numbers, missing), strict=True
        ):
            raw = json.dumps(row, ensure_ascii=False, default=str)
            self._misfits.append(Misfit(number, raw, self._needed, why))
        return table.filter(there), _where(numbers, there)

    def _reach(self, key: Sequence[Any]) -> None:
        self._reached = key

    def _numbers(self, rows: int) -> Sequence[int]:
        """Return the numbers in the result of the next rows; those that did not fit have theirs."""
        gone = {misfit.row for misfit in self._misfits}
        first = self._next
        self._next += rows + len(gone)
        if not gone:
            return range(first, self._next)
        return [number for number in range(first, self._next) if number not in gone][:rows]

    def _rejected(self) -> "pa.Table | None":
        """Return the rows that did not fit since the last chunk, with their place in the result."""
        found = self._misfits[:]
        self._misfits.clear()
        return rejected_rows(found, self._what, self._place)

    def total(self) -> int | None:
        """Return how many rows the database says it sent; nothing where only some were wanted."""
        return self._sent if self._context.row_limit is None else None

    def _batches(self, size: int) -> "Iterator[pa.RecordBatch]":
        cancel = self._context.cancel
        reading = self._database.read(
            self._what, self._schema.names, size, cancel, self._misfits.append, self._keyset,
            self._selection,
        )  # fmt: skip
        guarded = self._breaker.connecting  # With the first batch.
        with closing(reading):
            while True:
                with guarded(cancel):
                    try:
                        batch = next(reading)
                    except StopIteration as end:
                        self._sent = end.value
                        return
                guarded = self._breaker.calling
                yield batch

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def rejected_rows(found: Sequence[Misfit], what: str, place: str) -> "pa.Table | None":
    """Return rows with a value that did not fit, as a rejected port gives them; None for none.

    Args:
        found: The rows.
        what: The table or query that they are of.
        place: Where they come from; their number follows.
    """
    import pyarrow as pa

    if not found:
        return None
    rows = [
        (what, m.row, m.raw, "value_does_not_fit", m.column, m.reason, f"{place}{m.row}")
        for m in found
    ]
    columns = dict(zip(RAW_REJECTS.names, zip(*rows, strict=True), strict=True))
    return pa.table({n: list(v) for n, v in columns.items()}, schema=to_arrow(RAW_REJECTS))


def _where(numbers: Sequence[int], wanted: "pa.ChunkedArray") -> list[int]:
    return [number for number, is_so in zip(numbers, wanted.to_pylist(), strict=True) if is_so]
