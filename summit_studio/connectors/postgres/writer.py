"""Writing to PostgreSQL: one transaction, one COPY."""

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar, cast

from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.copying import Copied
from summit_studio.connectors.postgres.csv import decode, encode, select_list
from summit_studio.connectors.postgres.replacing import Replacement, staged, types_of
from summit_studio.connectors.postgres.sifting import Sifting, check_at_once
from summit_studio.connectors.postgres.standing import LONGEST_NAME, standing
from summit_studio.connectors.postgres.transaction import PostgresTransaction
from summit_studio.connectors.postgres.types import created_type, is_json, type_of
from summit_studio.connectors.transaction import TransactionWriter
from summit_studio.core.errors import WriteFailed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import is_nested
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa


_ROWS_AT_ONCE = 100_000

_KNOWN_TABLES = """
SELECT schemaname || '.' || tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


class PostgresWriter(TransactionWriter):
    """Fills one table by one COPY; to replace or to refuse rows, by way of a temporary table.

    Tables that refer to each other share a session, which one COPY occupies: each batch has its
    own, into a temporary table.
    """

    longest_name: ClassVar[int | None] = LONGEST_NAME
    _cursor: Any = None
    _copying: Any = None
    _copy: Any = None
    _replacement: Replacement | None = None
    _sifting: Sifting | None = None
    _columns = ""
    _stage: TableName
    _copy_in = b""
    _as_json: frozenset[str] = frozenset()

    def discard(self) -> None:
        """Tell the COPY that it failed: else leaving it would complete it."""
        copying, self._copying = self._copying, None
        with contextlib.suppress(*self._transaction.errors, WriteFailed):
            if copying is not None:
                copying.__exit__(WriteFailed, WriteFailed("Aborted"), None)

    def _standing(self, table: TableName) -> Standing | None:
        return standing(self._session, table)

    def _known(self) -> list[str]:
        return [row[0] for row in self._session.execute(_KNOWN_TABLES).fetchall()]

    def _create(self, table: TableName) -> None:
        columns = ", ".join(f"{quote_name(c.name)} {created_type(c.type)}" for c in self._schema)
        self._session.execute(f"CREATE TABLE {table.sql} ({columns})".encode())

    def _create_stage(self, stage: TableName, standing: Standing | None, names: list[str]) -> None:
        """Make one that is not logged: where the server crashes, it and its progress are empty."""
        types = [created_type(column.type) for column in self._schema]
        if standing is not None:
            known = types_of(self._session, standing.name)
            types = [known[name] for name in names]
        columns = ", ".join(
            f"{quote_name(name)} {kind}" for name, kind in zip(names, types, strict=True)
        )
        made = f"CREATE UNLOGGED TABLE IF NOT EXISTS {stage.sql} ({columns})"
        self._session.execute(made.encode())

    def _pour(self, stage: TableName, names: list[str]) -> int:
        """Insert the rows that wait, and have checked what could wait for the COMMIT."""
        taken = (
            super()._pour(stage, names)
            if self._replacement is None
            else self._replacement.carry_out()
        )
        self._session.execute(b"SET CONSTRAINTS ALL IMMEDIATE")
        return taken

    def _inserted(self, cursor: Any) -> int:
        return int(cursor.rowcount)

    def _replace_rows(self, standing: Standing, names: list[str]) -> None:
        replacement = Replacement(
            self._session,
            standing.name,
            names,
            self._mark,
            at_once=self._alone,
            stage=self._waiting,
        )
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
        self._columns = ", ".join(map(quote_name, names))
        self._stage = self._into if self._replacement is None else self._replacement.stage
        if self._replacement is None and not self._alone:
            self._stage = staged(self._session, self._into, names, f"{self._mark}_rows")
        self._copy_in = f"COPY {self._stage.sql} ({self._columns}) FROM STDIN (FORMAT csv)".encode()
        if self._alone:
            self._cursor = self._session.cursor()
            self._copying = self._cursor.copy(self._copy_in)
            self._copy = self._copying.__enter__()

    @property
    def _alone(self) -> bool:
        """True if no other writer uses the session."""
        return self._shared.circle is None

    @property
    def _shared(self) -> PostgresTransaction:
        return cast("PostgresTransaction", self._transaction)

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
        rows = encode(batch, self._schema, self._as_json)
        if self._alone:
            self._copy.write(rows)
        else:
            with self._session.cursor() as cursor, cursor.copy(self._copy_in) as copy:
                copy.write(rows)
        return 0

    def _sift(self, batch: "pa.RecordBatch") -> tuple[int, list[Refusal]]:
        """Have the server tell which rows the table takes."""
        assert self._sifting is not None  # noqa: S101 - made where rows may be refused
        return self._sifting.take(batch)

    def _finish(self) -> int:
        """End the COPY, and have checked what could wait for the COMMIT.

        Its command tag, or the INSERT's, says how many rows the table took.
        """
        if not self._alone:
            return self._shared.fill_together(self)
        taken = self._carried_out()
        self._session.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return taken

    def _carried_out(self) -> int:
        copying, self._copying = self._copying, None
        if copying is None:
            return 0
        copying.__exit__(None, None, None)
        return int(self._cursor.rowcount) if self._replacement is None else self.fill()

    def empty(self) -> None:
        """Delete the old rows, where they are to be replaced and nothing refers to them."""
        if self._replacement is not None:
            self._replacement.empty()

    def fill(self) -> int:
        """Put the staged rows in; return how many the table took."""
        if self._replacement is not None:
            return self._replacement.carry_out()
        insert = f"INSERT INTO {self._into.sql} ({self._columns}) "
        rows = f"SELECT {self._columns} FROM {self._stage.sql}"
        return int(self._session.execute((insert + rows).encode()).rowcount)

    def check(self) -> None:
        """Have checked what could wait for the COMMIT."""
        check_at_once(self._session, self._into)

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
