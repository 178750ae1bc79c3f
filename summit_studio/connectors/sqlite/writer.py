"""Writing to SQLite: one transaction, bound values, a swap by rename for replace."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import (
    ANY,
    TargetColumn,
    check_batch,
    check_fit,
    commit_unknown,
    cut,
    table_missing,
)
from summit_studio.connectors.sqlite.database import failure, known_tables
from summit_studio.connectors.sqlite.types import Unfit, canonical, created_type, from_arrow_array
from summit_studio.core.errors import SummitError, Where, WriteFailed
from summit_studio.core.schema import Schema, require_columns, to_arrow
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.connectors.contract import BeforeCommit, WriteMode


class SqliteWriter:
    """One transaction that fills one table. See `databases.TableWriter`.

    The file is locked for writing from the first batch to the end; readers go on.
    """

    def __init__(
        self,
        con: sqlite3.Connection,
        table: TableName,
        schema: Schema,
        mode: "WriteMode",
        run_id: str,
        *,
        create: bool,
        before_commit: "BeforeCommit | None",
    ) -> None:
        self._con = con
        self._path = Path(con.execute("PRAGMA database_list").fetchone()[2])
        self._table = TableName(None, table.table)
        self._schema = schema
        self._arrow = to_arrow(schema)
        self._replaces = mode == "replace"
        self._aside = self._table.sibling(f"__summit_new_{run_id}")
        self._before_commit = before_commit
        self._rows = 0
        self._insert = ""
        with self._failures("open"):
            require_columns(schema)
            con.execute("BEGIN IMMEDIATE")
            self._begin(create=create)

    def write(self, batch: "pa.RecordBatch") -> None:
        """Insert a batch."""
        with self._failures("write to"):
            columns = self._bound(check_batch(batch, self._arrow))
            self._con.executemany(self._insert, zip(*columns, strict=True))
        self._rows += batch.num_rows

    def prepare(self) -> None:
        """Return: every batch is checked and stored when `write` returns."""

    def commit(self) -> dict[str, int]:
        """Swap where needed, call the hook, commit, and return the counts."""
        with self._failures("publish"):
            if self._replaces:
                self._swap()
            if self._before_commit is not None:
                self._before_commit(self._con)
        try:
            self._con.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._commit_failed(error) from None
        self._con.close()
        return {"inserted": self._rows}

    def abort(self) -> None:
        """Drop the rows: closing the file rolls back."""
        self._con.close()

    def _begin(self, *, create: bool) -> None:
        found = self._con.execute(f"PRAGMA table_xinfo({quote_name(self._table.table)})").fetchall()
        if not found and not create:
            raise table_missing(self._table, known_tables(self._con), reading=False)
        names = list(self._schema.names)
        into = self._table
        if found and not self._replaces:
            names = check_fit(self._table, self._schema, _targets(found))
        else:
            into = self._aside if self._replaces else self._table
            columns = ", ".join(
                f"{quote_name(c.name)} {created_type(c.type)}" for c in self._schema
            )
            self._con.execute(f"CREATE TABLE {into.sql} ({columns})")
        marks = ", ".join("?" * len(names))
        listed = ", ".join(map(quote_name, names))
        self._insert = f"INSERT INTO {into.sql} ({listed}) VALUES ({marks})"

    def _swap(self) -> None:
        run = self._con.execute
        found = run(
            "SELECT type FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')",
            (self._table.table,),
        ).fetchone()
        # Else SQLite would rewrite views and triggers that speak of the table while it is away.
        run("PRAGMA legacy_alter_table = ON")
        if found:
            run(f"DROP {'VIEW' if found[0] == 'view' else 'TABLE'} {self._table.sql}")
        run(f"ALTER TABLE {self._aside.sql} RENAME TO {quote_name(self._table.table)}")

    def _bound(self, batch: "pa.RecordBatch") -> list[list[object]]:
        columns: list[list[object]] = []
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            try:
                columns.append(from_arrow_array(array))
            except Unfit as fault:
                raise WriteFailed(
                    f"Cannot write column '{name}' to table {self._table}",
                    why=f"row {self._rows + fault.index + 1} has {cut(fault.value)}: "
                    f"{fault.reason}",
                    do="cast or replace such values before this sink",
                    code="value_does_not_fit",
                    where=Where(column=name),
                ) from None
        return columns

    def _commit_failed(self, error: sqlite3.Error) -> SummitError:
        unsure = (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_IOERR")
        self.abort()
        if unsure:
            return commit_unknown(self._table, str(error))
        return failure(WriteFailed, f"Cannot publish table {self._table}", error, self._path)

    @contextlib.contextmanager
    def _failures(self, action: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self.abort()
            what = f"Cannot {action} table {self._table}"
            raise failure(WriteFailed, what, error, self._path) from None
        except BaseException:
            self.abort()
            raise


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
