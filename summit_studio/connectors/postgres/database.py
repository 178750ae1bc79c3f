"""PostgreSQL: connecting, looking around, and streaming rows out by COPY."""

import contextlib
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from summit_studio.connectors.checkpoint import checkpoints_of
from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import Listed, Relation, TableName
from summit_studio.connectors.postgres.bound import Bound
from summit_studio.connectors.postgres.checkpoint import PostgresCheckpoint
from summit_studio.connectors.postgres.circle import circle_of
from summit_studio.connectors.postgres.copying import Copied
from summit_studio.connectors.postgres.csv import joined, readable, select_list, texts_of
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.postgres.keys import part_of
from summit_studio.connectors.postgres.session import Sessions
from summit_studio.connectors.postgres.standing import LONGEST_NAME, standing
from summit_studio.connectors.postgres.transaction import PostgresTransaction
from summit_studio.connectors.postgres.types import UNCONSTRAINED, type_of, wide_enough
from summit_studio.connectors.postgres.writer import PostgresWriter
from summit_studio.connectors.relational import (
    DatabaseBase,
    checked_schema,
    chosen,
    table_missing,
)
from summit_studio.connectors.selection import Survey, integer, selected, survey_query
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import ReadFailed, WriteFailed
from summit_studio.core.schema import Column, Schema
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    from summit_studio.connectors.checkpoint import StageTable
    from summit_studio.connectors.contract import Keyset, Reject
    from summit_studio.connectors.merging import Merge
    from summit_studio.connectors.pooling import Pools
    from summit_studio.connectors.scripts import Scripts
    from summit_studio.connectors.selection import Selection
    from summit_studio.connectors.transaction import BeforeCommit, Replaced, WriteMode
    from summit_studio.core.refusal import Refuse
    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.connections import Connection

_LOOK_ROWS: Final = 10_000
_PLACES: Final = "max(min_scale({0}))"
_WHOLE: Final = (
    "max(CASE WHEN min_scale({0}) IS NULL OR abs({0}) < 1 THEN 0"
    " ELSE length(trunc(abs({0}))::text) END)"
)
"""The most digits after and before the point; NaN and infinity have none."""

_TABLES: Final = """
SELECT n.nspname, c.relname, c.relkind IN ('v', 'm')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\\_%' AND has_schema_privilege(n.oid, 'USAGE')
ORDER BY 1, 2
"""


class PostgresDatabase(DatabaseBase):
    """A PostgreSQL database. Each call has a session to itself, so calls do not disturb another.

    Args:
        connection: Where it is.
        secrets: Resolves the password, each time a session opens.
        pools: Those of a run, from which sessions are taken; None opens one for each call.
    """

    longest_name: ClassVar[int | None] = LONGEST_NAME

    def __init__(
        self, connection: "Connection", secrets: "SecretStore", pools: "Pools | None" = None
    ) -> None:
        self.connection = connection
        self._sessions = Sessions(connection, secrets)
        self._pools = pools

    def test(self) -> str:
        """Connect and return the server's version: `PostgreSQL 18.0`."""
        with self._session("test the connection") as session:
            row = session.execute("SHOW server_version").fetchone()
            return f"PostgreSQL {row[0] if row else ''}".strip()

    def listed(self) -> list[Listed]:
        """Return the tables and views outside the system's schemas."""
        with self._session("list the tables") as session:
            rows = session.execute(_TABLES).fetchall()
        return [Listed(TableName(schema, table), view) for schema, table, view in rows]

    def columns(
        self,
        table: str | None = None,
        query: str | None = None,
        selection: "Selection | None" = None,
    ) -> Schema:
        """Return the columns of a table or a query.

        No row is read, but the first ones where a numeric has no limits: see `postgres.types`.
        """
        relation = Relation.one_of(table, query)
        with self._session(f"look at {relation.label}") as session:
            relation = selected(relation, selection, Bound(session))
            return Schema(tuple(column for column, _ in self._described(session, relation)))

    def clock(self) -> datetime:
        """Return the server's clock."""
        with self._session("ask for the time") as session:
            row = session.execute("SELECT clock_timestamp()").fetchone()
        assert row is not None  # noqa: S101 - a query without FROM gives a row
        return cast("datetime", row[0]).astimezone(UTC)

    def survey(self, query_or_table: str, selection: "Selection") -> Survey:
        """Return what the rows hold in a cursor; see `Database.survey`."""
        relation = Relation.of(query_or_table)
        assert selection.window is not None  # noqa: S101 - it names the cursor
        with self._session(f"look at {relation.label}") as session:
            bind = Bound(session)
            part = selected(relation, replace(selection, window=None), bind)
            query = survey_query(part, selection.window, bind)
            row = session.execute(query.encode(), binary=True).fetchone()
        assert row is not None  # noqa: S101 - see above
        return Survey(integer(row[0]), row[1], row[2])

    def standing(self, table: str) -> Standing | None:
        """Return what stands under the name of a table that is to be written; see `Database`."""
        name = TableName.parse(table)
        with self._session(f"look at table {name}") as session:
            return standing(session, name)

    def check_related(
        self, table: str, beside: "Collection[str]", *, sifts: bool
    ) -> tuple[str, ...]:
        """See whether a table can be filled together with others; see `Database`."""
        name = TableName.parse(table)
        with self._session(f"look at table {name}") as session:
            circle = circle_of(session, name, list(map(TableName.parse, beside)))
        if circle is not None and sifts:
            circle.refuse_sifting(name)
        return circle.tables if circle is not None else ()

    def read(
        self,
        query_or_table: str,
        columns: Sequence[str] | None = None,
        batch_rows: int = 100_000,
        cancel: CancelToken | None = None,
        reject: "Reject | None" = None,
        keyset: "Keyset | None" = None,
        selection: "Selection | None" = None,
    ) -> "Generator[pa.RecordBatch, None, int | None]":
        """Stream rows by COPY in a read-only transaction; see `Database.read`."""
        relation = Relation.of(query_or_table)
        token = cancel or CancelToken()
        with self._session(f"read {relation.label}") as session:
            if keyset is not None:
                # What is looked at for its key is what is read.
                session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            relation = selected(relation, selection, Bound(session))
            described = self._described(session, relation)
            schema = chosen(relation, Schema(tuple(c for c, _ in described)), columns)
            native = {column.name: name for column, name in described}
            picked = select_list([(column, native[column.name]) for column in schema])
            part = relation.sql if keyset is None else part_of(session, relation, keyset)
            copy = f"COPY (SELECT {picked} FROM {part}) TO STDOUT (FORMAT csv)"
            copied = Copied(session, copy, token)
            done = keyset.before if keyset is not None else 0
            for rows in copied.batches(batch_rows):
                if keyset is None:
                    yield from readable(rows, schema, done + 1, reject)
                else:
                    batch = joined(readable(rows, schema, done + 1, reject), schema)
                    keyset.reached(texts_of(rows.last(), schema, keyset.columns))
                    yield batch
                done += len(rows)
        return copied.sent

    def writer(
        self,
        table: str,
        schema: Schema,
        mode: "WriteMode" = "append",
        *,
        create: bool = True,
        replace: "Replaced" = "rows",
        run_id: str = "run",
        before_commit: "BeforeCommit | None" = None,
        transactions: "Transactions | None" = None,
        refuse: "Refuse | None" = None,
        beside: "Collection[str]" = (),
        stage: "StageTable | None" = None,
        merge: "Merge | None" = None,
        scripts: "Scripts | None" = None,
    ) -> PostgresWriter:
        """Open a transaction that fills a table by COPY; see `Database.writer`.

        A server keeps several open at a time, but for tables that refer to each other.
        """
        name = TableName.parse(table)
        tables = [TableName.parse(other) for other in beside]
        transaction = self._transaction(
            name, tables, transactions or Transactions(), sifts=refuse is not None
        )
        return PostgresWriter(
            transaction, name, schema, mode, run_id,
            create=create, replace=replace, before_commit=before_commit, refuse=refuse,
            stage=stage, merge=merge, scripts=scripts,
        )  # fmt: skip

    def checkpoint(
        self, table: str, key: SinkKey, kept_in: str | None = None
    ) -> PostgresCheckpoint:
        """Return how far a sink of a table is; see `Database.checkpoint`."""
        name = TableName.parse(table)
        return PostgresCheckpoint(self.connect, checkpoints_of(name, kept_in), key, f"table {name}")

    def _transaction(
        self,
        table: TableName,
        beside: "Collection[TableName]",
        transactions: Transactions,
        *,
        sifts: bool,
    ) -> PostgresTransaction:
        """Return a transaction of the table's own, or that of all it refers to."""
        import psycopg

        session = self.connect()
        try:
            circle = circle_of(session, table, beside) if beside else None
            if circle is not None and sifts:
                circle.refuse_sifting(table)
        except psycopg.Error as error:
            session.close()
            raise statement_failure(WriteFailed, f"Cannot open table {table}", error) from None
        except WriteFailed:
            session.close()
            raise
        if circle is None:
            return PostgresTransaction(session)
        key = f"postgres:{self.connection.describe()}:{sorted(circle.tables)}"
        made = PostgresTransaction(session, circle, transactions.cancel)
        shared = transactions.of(key, lambda: made)
        if shared is not made:
            session.close()
        return cast("PostgresTransaction", shared)

    def connect(self, within_secs: int | None = None) -> "psycopg.Connection[Any]":
        """Return a session in autocommit, with time limits set, that nobody else has.

        Closing it, for the caller to do, gives it back to the run's pool where there is one.

        Args:
            within_secs: The most to wait for the server, for a lock and for a statement, in a
                session of its own; None as long as the connection says.

        Raises:
            ConnectionFailed: With its cause; never with the password.
            SecretMissing: The password's reference leads nowhere.
        """
        if self._pools is None or within_secs is not None:
            return self._sessions.open(within_secs)
        pool = self._pools.of(self.connection, lambda: self._sessions)
        return cast("psycopg.Connection[Any]", pool.session())

    @contextlib.contextmanager
    def _session(self, action: str) -> "Iterator[psycopg.Connection[Any]]":
        """Give a session in a read-only transaction, and turn its failures into ReadFailed."""
        import psycopg

        session = self.connect()
        try:
            session.execute("BEGIN READ ONLY")
            yield session
            # What it may have changed outside of rows is undone where it goes back to a pool.
            session.execute("ROLLBACK")
        except psycopg.Error as error:
            raise statement_failure(ReadFailed, f"Cannot {action}", error) from None
        finally:
            session.close()

    def _described(
        self, session: "psycopg.Connection[Any]", relation: Relation
    ) -> list[tuple[Column, str]]:
        import psycopg

        try:
            # By the protocol for binary results the server takes one statement, and no second one.
            statement = f"SELECT * FROM {relation.sql} LIMIT 0"
            cursor = session.execute(statement.encode(), binary=True)
        except psycopg.errors.UndefinedTable:
            if relation.table is None:
                raise
            raise table_missing(relation.table, self.tables(), reading=True) from None
        found = [(column, type_of(column)) for column in cursor.description or ()]
        described = [(Column(column.name, kind), native) for column, (kind, native) in found]
        checked_schema(relation, [column for column, _ in described])
        kinds = {UNCONSTRAINED, f"{UNCONSTRAINED}[]"}
        loose = [column for column, _ in described if column.type in kinds]
        wide = _looked_at(session, relation, loose) if loose else {}
        return [(wide.get(column.name, column), native) for column, native in described]


def _looked_at(
    session: "psycopg.Connection[Any]", relation: Relation, columns: Sequence[Column]
) -> dict[str, Column]:
    """Return numerics without limits in types that hold the values of the first rows."""
    digits = ", ".join(_most(column, kind) for column in columns for kind in (_PLACES, _WHOLE))
    names = ", ".join(quote_name(column.name) for column in columns)
    query = (
        f"SELECT {digits} FROM (SELECT {names} FROM {relation.sql} LIMIT {_LOOK_ROWS}) AS looked"
    )
    row = session.execute(query.encode()).fetchone() or ()
    found = zip(columns, row[::2], row[1::2], strict=True)
    return {
        column.name: Column(
            column.name, column.type.replace(UNCONSTRAINED, wide_enough(places, whole))
        )
        for column, places, whole in found
    }


def _most(column: Column, digits: str) -> str:
    name = quote_name(column.name)
    if column.type == UNCONSTRAINED:
        return digits.format(name)
    return f"max((SELECT {digits.format('e')} FROM unnest({name}) AS e))"
