"""Writing to PostgreSQL: one transaction, one COPY."""

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar, cast

from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.copying import Copied
from summit_studio.connectors.postgres.csv import decode, encode, select_list
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.postgres.replacing import Replacement
from summit_studio.connectors.postgres.sifting import Sifting
from summit_studio.connectors.postgres.standing import LONGEST_NAME, standing
from summit_studio.connectors.postgres.types import created_type, is_json, type_of
from summit_studio.connectors.transaction import Transaction, TransactionWriter
from summit_studio.core.errors import SummitError, WriteFailed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import is_nested
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    import pyarrow as pa


_ROWS_AT_ONCE = 100_000

_KNOWN_TABLES = """
SELECT schemaname || '.' || tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


class PostgresTransaction(Transaction):
    """A transaction of its own session."""

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Psycopg's."""
        import psycopg

        return (psycopg.Error,)

    def failure(self, what: str, error: Exception) -> SummitError:
        """Return what the server said."""
        return statement_failure(WriteFailed, what, cast("psycopg.Error", error))

    def refused(self, error: Exception) -> bool:
        """Return True for deferred constraints and the like; False where the link was lost."""
        state = cast("psycopg.Error", error).sqlstate
        return bool(state) and not str(state).startswith(("08", "57P"))


class PostgresWriter(TransactionWriter):
    """Fills one table by one COPY; to replace or to refuse rows, by way of a temporary table."""

    longest_name: ClassVar[int | None] = LONGEST_NAME
    _cursor: Any = None
    _copying: Any = None
    _copy: Any = None
    _replacement: Replacement | None = None
    _sifting: Sifting | None = None
    _as_json: frozenset[str] = frozenset()

    def discard(self) -> None:
        """Tell the COPY that it failed: else leaving it would complete it."""
        copying, self._copying = self._copying, None
        with contextlib.suppress(*self._transaction.errors, WriteFailed):
            if copying is not None:
                copying.__exit__(WriteFailed, WriteFailed("Aborted"), None)

    def _standing(self) -> Standing | None:
        return standing(self._session, self.table)

    def _known(self) -> list[str]:
        return [row[0] for row in self._session.execute(_KNOWN_TABLES).fetchall()]

    def _create(self, table: TableName) -> None:
        columns = ", ".join(f"{quote_name(c.name)} {created_type(c.type)}" for c in self._schema)
        self._session.execute(f"CREATE TABLE {table.sql} ({columns})".encode())

    def _replace_rows(self, standing: Standing, names: list[str]) -> None:
        replacement = Replacement(self._session, standing.name, names, self._mark)
        if self._refuse is None:
            self._replacement = replacement
        else:
            replacement.delete()

    def _ready(self, names: list[str]) -> None:
        self._as_json = self._sent_as_json()
        if self._refuse is not None:
            self._sifting = Sifting(
                self._session, self._into, names, f"{self._mark}_rows", self._schema, self._as_json
            )
            return
        into = self._into if self._replacement is None else self._replacement.stage
        columns = ", ".join(map(quote_name, names))
        copy = f"COPY {into.sql} ({columns}) FROM STDIN (FORMAT csv)"
        self._cursor = self._session.cursor()
        self._copying = self._cursor.copy(copy.encode())
        self._copy = self._copying.__enter__()

    def _sent_as_json(self) -> frozenset[str]:
        """Return the columns that are sent as JSON: by what they are, or what they go into."""
        return frozenset(
            c.name
            for c in self._schema
            if is_json(c.type)
            or (is_nested(c.type) and self._types.get(c.name.casefold()) == "JSON")
        )

    def read_back(self) -> "Iterator[pa.RecordBatch] | None":
        """Return the rows of a table that was made; None where some come back as JSON."""
        return None if self._as_json else super().read_back()

    def _send(self, batch: "pa.RecordBatch") -> int:
        self._copy.write(encode(batch, self._schema, self._as_json))
        return 0

    def _sift(self, batch: "pa.RecordBatch") -> tuple[int, list[Refusal]]:
        """Have the server tell which rows the table takes."""
        assert self._sifting is not None  # noqa: S101 - made where rows may be refused
        return self._sifting.take(batch)

    def _finish(self) -> int:
        """End the COPY, and have checked what could wait for the COMMIT.

        Its command tag, or the INSERT's, says how many rows the table took.
        """
        taken = self._carried_out()
        self._session.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return taken

    def _carried_out(self) -> int:
        copying, self._copying = self._copying, None
        if copying is None:
            return 0
        copying.__exit__(None, None, None)
        if self._replacement is not None:
            return self._replacement.carry_out()
        return int(self._cursor.rowcount)

    def _stored(self) -> "Iterator[pa.RecordBatch]":
        with self._transaction.work("read back", self.table):
            cursor = self._session.execute(f"SELECT * FROM {self._into.sql} LIMIT 0".encode())
            native = {column.name: type_of(column)[1] for column in cursor.description or ()}
            picked = select_list([(column, native[column.name]) for column in self._schema])
            copy = f"COPY (SELECT {picked} FROM {self._into.sql}) TO STDOUT (FORMAT csv)"
            done = 0
            for rows in Copied(self._session, copy).batches(_ROWS_AT_ONCE):
                yield decode(rows, self._schema, done + 1)
                done += len(rows)

    def _swap(self, table: TableName) -> None:
        run = self._session.execute
        run(f"DROP TABLE {table.sql}".encode())
        run(f"ALTER TABLE {self._into.sql} RENAME TO {quote_name(table.table)}".encode())
