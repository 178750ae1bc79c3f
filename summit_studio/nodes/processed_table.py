"""Keys of rows that were loaded before, kept in a table of a database that a connection leads to.

The sink is one of tables like any other: what differs is that its rows are the keys of those that
it is handed, and that it commits once all others have.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from summit_studio.connectors.checkpoint import TableCheckpoint
from summit_studio.connectors.names import TableName
from summit_studio.connectors.processed import COLUMNS, KeyTable
from summit_studio.core.epochs import SinkKey
from summit_studio.core.schema import Column, Schema, to_arrow
from summit_studio.core.sql import quote_text
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.contract import RunContext, SinkNode, Writer
from summit_studio.nodes.processed import Lookup, Tracked, key_sql
from summit_studio.nodes.sinks.table_sink import TableRows, TableSink, TableSinkParams
from summit_studio.state.processed import Scope
from summit_studio.workspace.connections import FILE_KINDS

if TYPE_CHECKING:
    import pyarrow as pa


class InTable(Tracked):
    """Keys in a table.

    Args:
        connection: Of the database.
        table: In it.
    """

    def __init__(self, scope: Scope, progress: SinkKey, connection: str, table: str) -> None:
        super().__init__(scope, progress)
        self.params = TableSinkParams(connection=connection, table=table)

    def before(self, context: RunContext) -> Iterator[list[bytes]]:
        """Yield all keys of a file, which somebody may write to meanwhile; of a server none."""
        if not self._in_file(context):
            return
        keys = self.keys(context)
        yield from keys.all_known(_lineage(keys), context.epoch, context.started)

    def lookup(self, context: RunContext) -> Lookup:
        """Ask a server for the keys of a batch."""
        if self._in_file(context):
            return super().lookup(context)
        keys = self.keys(context)
        lineage = _lineage(keys)
        return lambda asked: keys.known(asked, lineage, context.epoch, context.started)

    def sink(self, node_id: str, title: str, columns: list[Column]) -> SinkNode[Any]:
        """Return a sink that writes to the table."""
        return KeyTableSink(self.params, node_id, title, self, columns)

    def keys(self, context: RunContext) -> KeyTable:
        """Return the table, with sessions of a run or of a command."""
        sink = TableSink(self.params, self.progress.sink)
        found = sink.checkpoint(context, self.progress)
        assert found is not None  # noqa: S101 - rows are appended
        return self.on(found, context)

    def on(self, checkpoint: TableCheckpoint, context: RunContext) -> KeyTable:
        """Return the table beside a checkpoint."""
        name = TableName.parse(self.params.table)
        return KeyTable(checkpoint, name, self.scope, indexed=not self._in_file(context))

    def _in_file(self, context: RunContext) -> bool:
        return context.workspace.connection(self.params.connection).kind in FILE_KINDS


def _lineage(keys: KeyTable) -> str:
    held = keys.checkpoint.look()
    return held.lineage if held else ""


class KeyTableSink(TableSink):
    """Keep the keys of rows in a table, once their rows are where they belong.

    Args:
        tracked: Where, and within which scope; None where a plan is only looked at.
        columns: Of the key.
    """

    id = "processed_keys_table"
    title = "Processed keys"
    icon = "key"
    can_reject = False
    commits_last = True

    def __init__(
        self,
        params: TableSinkParams,
        node_id: str,
        title: str,
        tracked: InTable | None = None,
        columns: list[Column] | None = None,
    ) -> None:
        super().__init__(params, node_id, title)
        self.tracked = tracked
        self.columns = columns or []
        self.keys: KeyTable | None = None
        """The table, once it was asked how far the keys are."""

    def checkpoint(
        self, context: RunContext, key: SinkKey, kept_in: str | None = None
    ) -> TableCheckpoint | None:
        """Return the row beside the table, with which the table and its loads are made."""
        found = super().checkpoint(context, key, kept_in)
        if found is not None and self.tracked is not None:
            self.keys = self.tracked.on(found, context)
        return found

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Begin the transaction that takes the keys of an epoch."""
        del schema
        keys = self.keys
        assert keys is not None  # noqa: S101 - a run claims it first, or does not begin
        return _KeyRows(self, keys, context)


class _KeyRows(TableRows):
    def __init__(self, sink: KeyTableSink, keys: KeyTable, context: RunContext) -> None:
        self._columns = sink.columns
        self._keys = keys
        held = keys.checkpoint.progress
        self._mark = (keys.load_id(held.lineage), held.epoch + 1)
        super().__init__(sink, COLUMNS, context)

    def write(self, batch: "pa.Table") -> None:
        """Send the key of each row."""
        names = [c.name for c in self._columns]
        load, epoch = self._mark
        with locked_connection() as con:
            con.register("batch", batch.select(names))
            query = (
                f"SELECT {key_sql(self._columns)} AS key, {quote_text(load)} AS load_id, "
                f"{epoch}::BIGINT AS epoch FROM batch"
            )
            found = con.sql(query).to_arrow_table()
        super().write(found.cast(to_arrow(COLUMNS)))

    def read_back(self) -> "Iterator[pa.Table] | None":
        """Return None: what was handed over cannot be told from its hashes."""
        return None

    def _advance(self, session: Any) -> None:
        """Let the keys count in the transaction that holds them."""
        before = self._keys.checkpoint.progress
        super()._advance(session)
        self._keys.commit(session, before, self._taken)
