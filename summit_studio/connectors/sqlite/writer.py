"""Writing to SQLite: one transaction, bound values."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import cut
from summit_studio.connectors.sqlite.file import failure, known_tables, refusal_of
from summit_studio.connectors.sqlite.standing import standing
from summit_studio.connectors.sqlite.types import (
    Unfit,
    created_type,
    from_arrow_array,
    is_text,
    to_arrow_array,
)
from summit_studio.connectors.transaction import Transaction, TransactionWriter, key_clause
from summit_studio.core.errors import SummitError, Where, WriteFailed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import Schema
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa


_ROWS_AT_ONCE = 10_000

_REFUSALS = (sqlite3.IntegrityError, sqlite3.DataError)
"""What SQLite raises about a row. After any other error the batch, and the run, fails."""

_BATCH = "summit_batch"
"""The savepoint before a batch."""

_ROW = "summit_row"
"""The savepoint before a row of a batch that has one that is refused."""


class SqliteTransaction(Transaction):
    """The one transaction that a file can have: it is locked for writing, readers go on.

    Args:
        path: The file.
    """

    begin = "BEGIN IMMEDIATE"
    dialect: ClassVar[str] = "sqlite"

    def __init__(self, session: sqlite3.Connection, path: Path) -> None:
        super().__init__(session)
        self._path = path

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The module's."""
        return (sqlite3.Error,)

    def failure(self, what: str, error: Exception) -> SummitError:
        """Return what SQLite said."""
        return failure(WriteFailed, what, cast("sqlite3.Error", error), self._path)

    def refused(self, error: Exception) -> bool:
        """Return False where the disk failed in the middle."""
        return not (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_IOERR")

    def run_one(self, text: str) -> bool:
        """Run a statement; SQLite takes one at a time."""
        self.session.execute(text).fetchall()
        return bool(self.session.in_transaction)


class SqliteWriter(TransactionWriter):
    """Fills one table by bound values."""

    _insert = ""

    def _standing(self, table: TableName) -> Standing | None:
        return standing(self._session, table)

    def _known(self) -> list[str]:
        return known_tables(self._session)

    def _create(self, table: TableName, schema: Schema, key: Sequence[str]) -> None:
        columns = ", ".join(f"{quote_name(c.name)} {created_type(c.type)}" for c in schema)
        self._session.execute(f"CREATE TABLE {table.sql} ({columns}{key_clause(key)})")

    def _create_stage(self, stage: TableName, standing: Standing | None, names: list[str]) -> None:
        """Make one of columns without a type, which keep each value as it is bound."""
        del standing
        columns = [*names, *(c.name for c in self._beside)]
        self._session.execute(f"CREATE TABLE {stage.sql} ({', '.join(map(quote_name, columns))})")

    def _create_beside(self, stage: TableName, names: list[str]) -> None:
        listed = ", ".join(map(quote_name, [*names, *(c.name for c in self._beside)]))
        self._session.execute(f"CREATE TEMP TABLE {stage.sql} ({listed})")

    def _inserted(self, cursor: Any) -> int:
        return max(int(cursor.rowcount), 0)

    def _replace_rows(self, standing: Standing, names: list[str]) -> None:
        del standing, names
        self._delete_all()

    def _ready(self, names: list[str]) -> None:
        marks = ", ".join("?" * len(names))
        listed = ", ".join(map(quote_name, names))
        self._insert = f"INSERT INTO {self._into.sql} ({listed}) VALUES ({marks})"

    def _send(self, batch: "pa.RecordBatch") -> int:
        """Insert the rows; `rowcount` leaves out those that a trigger ignored."""
        cursor = self._session.executemany(self._insert, zip(*self._bound(batch), strict=True))
        return int(cursor.rowcount)

    def _sift(self, batch: "pa.RecordBatch") -> tuple[int, list[Refusal]]:
        """Insert all rows at once or, where the table refuses one, each by itself."""
        refusals: dict[int, Refusal] = {}
        columns = []
        for column, array in zip(self._schema, batch.columns, strict=True):
            unfit: list[Unfit] = []
            columns.append(from_arrow_array(array, column.type, unfit))
            for fault in unfit:
                reason = f"The value {cut(fault.value)} has no place in the table: {fault.reason}."
                refusal = Refusal(fault.index, "value_does_not_fit", reason, column.name)
                refusals.setdefault(fault.index, refusal)
        rows = [
            (index, row)
            for index, row in enumerate(zip(*columns, strict=True))
            if index not in refusals
        ]
        run = self._session.execute
        run(f"SAVEPOINT {_BATCH}")
        try:
            taken = self._put(row for _, row in rows)
        except _REFUSALS as error:
            self._require_transaction(error)
            run(f"ROLLBACK TO {_BATCH}")
            taken = 0
            for index, row in rows:
                try:
                    taken += self._put_one(row)
                except _REFUSALS as refused:
                    self._require_transaction(refused)
                    self._forget()
                    refusals[index] = refusal_of(index, refused)
        run(f"RELEASE {_BATCH}")
        return max(taken, 0), [refusals[index] for index in sorted(refusals)]

    def _put(self, rows: Iterable[tuple[object, ...]]) -> int:
        """Put bound rows where they go; return how many the table took."""
        taken = self._session.executemany(self._insert, rows).rowcount
        return taken if self._merging is None else self._carry_out_batch(self._merging)

    def _put_one(self, row: tuple[object, ...]) -> int:
        """Put a row where it goes; a merge is several statements, of which the last may fail."""
        if self._merging is None:
            return self._put([row])
        self._session.execute(f"SAVEPOINT {_ROW}")
        taken = self._put([row])
        self._session.execute(f"RELEASE {_ROW}")
        return taken

    def _forget(self) -> None:
        """Leave nothing of a row that was refused."""
        if self._merging is not None:
            self._session.execute(f"ROLLBACK TO {_ROW}")
            self._session.execute(f"RELEASE {_ROW}")

    def _require_transaction(self, error: sqlite3.Error) -> None:
        """Go on with an error that has taken the whole transaction along."""
        if not self._session.in_transaction:
            raise error

    def read_back(self) -> "Iterator[pa.RecordBatch] | None":
        """Return the rows of a table that was made; None where some come back as text."""
        return None if any(is_text(c.type) for c in self._schema) else super().read_back()

    def _stored(self) -> "Iterator[pa.RecordBatch]":
        import pyarrow as pa

        with self._transaction.work("read back", self.table):
            names = ", ".join(map(quote_name, self._schema.names))
            cursor = self._session.execute(f"SELECT {names} FROM {self._into.sql}")
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                columns = zip(self._schema, zip(*rows, strict=True), strict=True)
                arrays = [to_arrow_array(values, column.type) for column, values in columns]
                yield pa.RecordBatch.from_arrays(arrays, schema=self._arrow)

    def _swap(self, table: TableName) -> None:
        run = self._session.execute
        # Else SQLite would rewrite views and triggers that speak of the table while it is away.
        run("PRAGMA legacy_alter_table = ON")
        run(f"DROP TABLE {table.sql}")
        run(f"ALTER TABLE {self._into.sql} RENAME TO {quote_name(table.table)}")

    def _bound(self, batch: "pa.RecordBatch") -> list[list[object]]:
        columns: list[list[object]] = []
        for column, array in zip(self._sent, batch.columns, strict=True):
            name = column.name
            try:
                columns.append(from_arrow_array(array, column.type))
            except Unfit as fault:
                raise WriteFailed(
                    f"Cannot write column '{name}' to table {self.table}",
                    why=f"row {self._rows + fault.index + 1} has {cut(fault.value)}: "
                    f"{fault.reason}",
                    do="cast or replace such values before this sink",
                    code="value_does_not_fit",
                    where=Where(column=name),
                ) from None
        return columns
