"""Writing to SQLite: one transaction, bound values; a table made anew is swapped in by rename."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, cast

from summit_studio.connectors.relational import (
    ANY,
    TargetColumn,
    check_fit,
    cut,
    table_missing,
)
from summit_studio.connectors.sqlite.file import failure, known_tables
from summit_studio.connectors.sqlite.types import (
    Unfit,
    canonical,
    created_type,
    from_arrow_array,
    is_text,
    to_arrow_array,
)
from summit_studio.connectors.transaction import Transaction, TransactionWriter
from summit_studio.core.errors import SummitError, Where, WriteFailed
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa


_ROWS_AT_ONCE = 10_000


class SqliteTransaction(Transaction):
    """The one transaction that a file can have: it is locked for writing, readers go on.

    Args:
        path: The file.
    """

    begin = "BEGIN IMMEDIATE"

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


class SqliteWriter(TransactionWriter):
    """Fills one table by bound values."""

    _insert = ""

    def _open(self, *, create: bool) -> None:
        found = self._session.execute(
            f"PRAGMA table_xinfo({quote_name(self.table.table)})"
        ).fetchall()
        if not found and not create:
            raise table_missing(self.table, known_tables(self._session), reading=False)
        names = list(self._schema.names)
        into = self.table
        if found and not self._remakes:
            names = check_fit(self.table, self._schema, _targets(found))
            if self._empties:
                self._session.execute(f"DELETE FROM {self.table.sql}")
        else:
            into = self._aside if self._remakes else self.table
            columns = ", ".join(
                f"{quote_name(c.name)} {created_type(c.type)}" for c in self._schema
            )
            self._session.execute(f"CREATE TABLE {into.sql} ({columns})")
            self._made = True
        self._into = into
        marks = ", ".join("?" * len(names))
        listed = ", ".join(map(quote_name, names))
        self._insert = f"INSERT INTO {into.sql} ({listed}) VALUES ({marks})"

    def _send(self, batch: "pa.RecordBatch") -> int:
        """Insert the rows; `rowcount` leaves out those that a trigger ignored."""
        cursor = self._session.executemany(self._insert, zip(*self._bound(batch), strict=True))
        return int(cursor.rowcount)

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

    def _swap(self) -> None:
        run = self._session.execute
        found = run(
            "SELECT type FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')",
            (self.table.table,),
        ).fetchone()
        # Else SQLite would rewrite views and triggers that speak of the table while it is away.
        run("PRAGMA legacy_alter_table = ON")
        if found:
            run(f"DROP {'VIEW' if found[0] == 'view' else 'TABLE'} {self.table.sql}")
        run(f"ALTER TABLE {self._aside.sql} RENAME TO {quote_name(self.table.table)}")

    def _bound(self, batch: "pa.RecordBatch") -> list[list[object]]:
        columns: list[list[object]] = []
        for column, array in zip(self._schema, batch.columns, strict=True):
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


def _targets(found: list[tuple[int, str, str, int, object, int, int]]) -> list[TargetColumn]:
    """Return target columns from PRAGMA table_xinfo: cid, name, type, notnull, default, pk, hidden.

    A single INTEGER PRIMARY KEY fills itself.
    """
    return [
        TargetColumn(
            name,
            canonical(declared) or ANY,
            required=bool(notnull) and default is None and not (key and "INT" in declared.upper()),
            generated=hidden in {2, 3},
        )
        for _, name, declared, notnull, default, key, hidden in found
    ]
