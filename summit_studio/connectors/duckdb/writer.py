"""Writing to a DuckDB file: Arrow batches inserted in one transaction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from summit_studio.connectors.duckdb.file import failure, known_tables
from summit_studio.connectors.duckdb.sifting import Sifting
from summit_studio.connectors.duckdb.standing import SCHEMA, standing
from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import TableName
from summit_studio.connectors.transaction import Transaction, TransactionWriter, key_clause
from summit_studio.core.errors import SummitError, WriteFailed
from summit_studio.core.json_form import json_text
from summit_studio.core.refusal import Refusal, kept_rows
from summit_studio.core.schema import Column, Schema, is_nested
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa


class DuckdbTransaction(Transaction):
    """A transaction on a file."""

    dialect: ClassVar[str] = "duckdb"

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

    def run_one(self, text: str) -> bool:
        """Run a statement if it is one and not about the transaction."""
        import duckdb

        found = self.session.extract_statements(text)
        if len(found) != 1 or found[0].type == duckdb.StatementType.TRANSACTION:
            return False
        self.session.execute(found[0])
        return True


class DuckdbWriter(TransactionWriter):
    """Fills one table by INSERT SELECT over Arrow batches."""

    _insert = ""
    _sifting: Sifting | None = None

    def _standing(self, table: TableName) -> Standing | None:
        return standing(self._session, table)

    def _known(self) -> list[str]:
        return known_tables(self._session)

    def _create(self, table: TableName, schema: Schema, key: Sequence[str]) -> None:
        run = self._session.execute
        run(f"CREATE SCHEMA IF NOT EXISTS {quote_name(table.schema or SCHEMA)}")
        columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in schema)
        run(f"CREATE TABLE {table.sql} ({columns}{key_clause(key)})")

    def _create_stage(self, stage: TableName, standing: Standing | None, names: list[str]) -> None:
        run = self._session.execute
        run(f"CREATE SCHEMA IF NOT EXISTS {quote_name(stage.schema or SCHEMA)}")
        if standing is None:
            columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in self._sent)
            run(f"CREATE TABLE {stage.sql} ({columns})")
        else:
            listed = self._with_beside(names)
            run(f"CREATE TABLE {stage.sql} AS SELECT {listed} FROM {standing.name.sql} LIMIT 0")

    def _create_beside(self, stage: TableName, names: list[str]) -> None:
        listed = self._with_beside(names)
        made = f"CREATE TEMP TABLE {stage.sql} AS SELECT {listed} FROM {self._into.sql} LIMIT 0"
        self._session.execute(made)

    def _with_beside(self, names: list[str]) -> str:
        """Return SQL of a table's columns, and of those that changes have beside them."""
        beside = (f"NULL::{c.type} AS {quote_name(c.name)}" for c in self._beside)
        return ", ".join([*map(quote_name, names), *beside])

    def _inserted(self, cursor: Any) -> int:
        return int(cursor.fetchall()[0][0])

    def _replace_rows(self, standing: Standing, names: list[str]) -> None:
        del standing, names
        self._delete_all()

    def _ready(self, names: list[str]) -> None:
        if self._refuse is not None:
            found_by = () if self._merge is None else self._merge.unique
            self._sifting = Sifting(self._session, self._target, names, found_by, self._ends)
        self._insert = (
            f"INSERT INTO {self._into.sql} ({', '.join(map(quote_name, names))}) "
            f"SELECT {', '.join(map(self._given, self._sent))} FROM summit_batch"
        )

    def _given(self, column: Column) -> str:
        """Return SQL of a column as it is stored; nested values in a JSON column as their text."""
        name, into = quote_name(column.name), self._types.get(column.name.casefold(), "")
        return json_text(name, column.type) if into == "JSON" and is_nested(column.type) else name

    def _send(self, batch: "pa.RecordBatch | pa.Table") -> int:
        """Insert the rows; the statement answers with how many it inserted."""
        self._session.register("summit_batch", batch)
        taken = self._session.execute(self._insert).fetchall()[0][0]
        self._session.unregister("summit_batch")
        return int(taken)

    def _sift(self, batch: "pa.RecordBatch") -> tuple[int, list[Refusal]]:
        """Insert the rows that the table will not refuse."""
        import pyarrow as pa

        assert self._sifting is not None  # noqa: S101 - made where rows may be refused
        refusals = self._sifting.refusals(batch)
        kept = kept_rows(pa.Table.from_batches([batch]), refusals) if refusals else batch
        taken = self._send(kept)
        return taken if self._merging is None else self._carry_out_batch(self._merging), refusals

    def _stored(self) -> "Iterator[pa.RecordBatch]":
        with self._transaction.work("read back", self.table):
            names = ", ".join(map(quote_name, self._schema.names))
            query = f"SELECT {names} FROM {self._into.sql}"
            for batch in self._session.sql(query).to_arrow_reader(100_000):
                yield batch.cast(self._arrow)

    def _swap(self, table: TableName) -> None:
        self._session.execute(f"DROP TABLE {table.sql}")
        self._session.execute(f"ALTER TABLE {self._into.sql} RENAME TO {quote_name(table.table)}")
