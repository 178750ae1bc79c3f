"""Writing to a DuckDB file: Arrow batches inserted; a table made anew is swapped in by rename."""

from typing import TYPE_CHECKING, Final

from summit_studio.connectors.duckdb.file import failure, known_tables
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import TargetColumn, check_fit, table_missing
from summit_studio.connectors.transaction import Transaction, TransactionWriter
from summit_studio.core.errors import SummitError, WriteFailed
from summit_studio.core.json_form import json_text
from summit_studio.core.schema import Column, is_nested
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_TARGET: Final = """
SELECT column_name, data_type, NOT is_nullable AND column_default IS NULL, is_generated
FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ?
  AND table_name = ? ORDER BY column_index
"""


class DuckdbTransaction(Transaction):
    """A transaction on a file."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """DuckDB's."""
        import duckdb

        return (duckdb.Error,)

    def failure(self, what: str, error: Exception) -> SummitError:
        """Return what DuckDB said."""
        return failure(WriteFailed, what, error)

    def refused(self, error: Exception) -> bool:
        """Return True for conflicts and constraints."""
        import duckdb

        return isinstance(error, duckdb.TransactionException | duckdb.ConstraintException)


class DuckdbWriter(TransactionWriter):
    """Fills one table by INSERT SELECT over Arrow batches."""

    _insert = ""

    @property
    def _whole(self) -> TableName:
        return TableName(self.table.schema or "main", self.table.table)

    def _open(self, *, create: bool) -> None:
        found = self._session.execute(_TARGET, [self._whole.schema, self._whole.table]).fetchall()
        target = [
            TargetColumn(name, kind, required=required, generated=generated)
            for name, kind, required, generated in found
        ]
        if not target and not create:
            raise table_missing(self.table, known_tables(self._session), reading=False)
        names = list(self._schema.names)
        into = self._whole
        if target and not self._remakes:
            names = check_fit(self._whole, self._schema, target)
            if self._empties:
                self._session.execute(f"DELETE FROM {into.sql}")
        else:
            into = self._whole.sibling(self._aside.table) if self._remakes else self._whole
            self._session.execute(
                f"CREATE SCHEMA IF NOT EXISTS {quote_name(into.schema or 'main')}"
            )
            columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in self._schema)
            self._session.execute(f"CREATE TABLE {into.sql} ({columns})")
            self._made = True
        self._into = into
        self._insert = (
            f"INSERT INTO {into.sql} ({', '.join(map(quote_name, names))}) "
            f"SELECT {', '.join(self._given(column, target) for column in self._schema)}"
            " FROM summit_batch"
        )

    def _given(self, column: Column, target: list[TargetColumn]) -> str:
        """Return SQL of a column as it is stored; nested values in a JSON column as their text."""
        into = next((t.type for t in target if t.name.casefold() == column.name.casefold()), "")
        name = quote_name(column.name)
        return json_text(name, column.type) if into == "JSON" and is_nested(column.type) else name

    def _send(self, batch: "pa.RecordBatch") -> int:
        """Insert the rows; the statement answers with how many it inserted."""
        self._session.register("summit_batch", batch)
        taken = self._session.execute(self._insert).fetchall()[0][0]
        self._session.unregister("summit_batch")
        return int(taken)

    def _stored(self) -> "Iterator[pa.RecordBatch]":
        with self._transaction.work("read back", self.table):
            names = ", ".join(map(quote_name, self._schema.names))
            query = f"SELECT {names} FROM {self._into.sql}"
            for batch in self._session.sql(query).to_arrow_reader(100_000):
                yield batch.cast(self._arrow)

    def _swap(self) -> None:
        self._session.execute(f"DROP TABLE IF EXISTS {self._whole.sql}")
        name = quote_name(self._whole.table)
        aside = TableName(self._whole.schema, self._aside.table)
        self._session.execute(f"ALTER TABLE {aside.sql} RENAME TO {name}")
