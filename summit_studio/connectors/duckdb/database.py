"""DuckDB files: streaming rows out and in by Arrow."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import Relation, TableName
from summit_studio.connectors.relational import (
    DatabaseBase,
    TargetColumn,
    check_batch,
    check_fit,
    checked_schema,
    chosen,
    commit_unknown,
    database_file,
    table_missing,
)
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import (
    Cancelled,
    ConnectionFailed,
    ReadFailed,
    SummitError,
    Where,
    WriteFailed,
)
from summit_studio.core.schema import VARCHAR, Column, Schema, base_type, require_columns, to_arrow
from summit_studio.core.sql import quote_name, quote_text

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from summit_studio.connectors.contract import BeforeCommit, WriteMode
    from summit_studio.workspace.connections import Connection
    from summit_studio.workspace.workspace import Workspace

_CONFIG: Final = {"enable_external_access": "false", "allow_community_extensions": "false"}
"""A source's query reads its own file and no other, nor the network."""

_AS_TEXT: Final = frozenset({"ENUM", "BIT", "UNION", "UHUGEINT", "BIGNUM", "VARINT", "GEOMETRY"})
"""Types read as VARCHAR: Arrow has none that carries them everywhere."""

_TABLES: Final = """
SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal
  AND database_name = current_database()
UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal
  AND database_name = current_database()
ORDER BY ALL
"""

_TARGET: Final = """
SELECT column_name, data_type, NOT is_nullable AND column_default IS NULL, is_generated
FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ?
  AND table_name = ? ORDER BY column_index
"""


class DuckdbDatabase(DatabaseBase):
    """A DuckDB database file.

    Args:
        connection: Its `path` is the file.
        workspace: Where relative paths start.
        shared: True to open for reading as for writing; see `open_database`.
    """

    def __init__(
        self, connection: "Connection", workspace: "Workspace", *, shared: bool = False
    ) -> None:
        self.connection = connection
        self._workspace = workspace
        self._shared = shared

    def test(self) -> str:
        """Open the file and return DuckDB's version: `DuckDB v2.0.0`."""
        with self._reading("test the connection") as con:
            row = con.execute("SELECT version()").fetchall()[0]
            return f"DuckDB {row[0]}"

    def tables(self) -> list[str]:
        """Return the tables and views as `schema.table`."""
        with self._reading("list the tables") as con:
            return known_tables(con)

    def columns(self, table: str | None = None, query: str | None = None) -> Schema:
        """Return the columns of a table or a query; no row is read."""
        relation = Relation.one_of(table, query)
        with self._reading(f"look at {relation.label}") as con:
            return _described(con, relation)

    def read(
        self,
        query_or_table: str,
        columns: Sequence[str] | None = None,
        batch_rows: int = 100_000,
        cancel: CancelToken | None = None,
    ) -> "Iterator[pa.RecordBatch]":
        """Stream rows; see `Database.read`."""
        relation = Relation.of(query_or_table)
        token = cancel or CancelToken()
        with self._reading(f"read {relation.label}", token) as con:
            schema = chosen(relation, _described(con, relation), columns)
            picked = ", ".join(f"CAST({quote_name(c.name)} AS {c.type})" for c in schema)
            target = to_arrow(schema)
            reader = con.sql(f"SELECT {picked} FROM {relation.sql}").to_arrow_reader(batch_rows)
            for batch in reader:
                token.check()
                yield _renamed(batch, target)

    def writer(
        self,
        table: str,
        schema: Schema,
        mode: "WriteMode" = "append",
        *,
        create: bool = True,
        run_id: str = "run",
        before_commit: "BeforeCommit | None" = None,
    ) -> "DuckdbWriter":
        """Open a transaction that fills a table; see `Database.writer`."""
        path = database_file(self.connection, self._workspace, writing=True)
        name = TableName.parse(table)
        con = self._open(path, read_only=False)
        return DuckdbWriter(
            con, name, schema, mode, run_id, create=create, before_commit=before_commit
        )

    @contextlib.contextmanager
    def _reading(self, action: str, cancel: CancelToken | None = None) -> Iterator[Any]:
        import duckdb

        path = database_file(self.connection, self._workspace, writing=False)
        con = self._open(path, read_only=not self._shared)
        token = cancel or CancelToken()
        remove = token.on_cancel(con.interrupt)
        try:
            con.execute("BEGIN TRANSACTION READ ONLY")
            yield con
        except (duckdb.Error, OSError) as error:
            # Arrow raises OSError for what DuckDB says in the middle of a stream.
            if token.cancelled:
                raise Cancelled from None
            raise _failure(ReadFailed, f"Cannot {action}", error) from None
        finally:
            remove()
            con.close()

    def _open(self, path: "Path", *, read_only: bool) -> Any:
        import duckdb

        try:
            con = duckdb.connect(str(path), read_only=read_only, config=dict(_CONFIG))
        except duckdb.ConnectionException:
            if read_only:
                # This process has it open for writing; DuckDB wants all its sessions alike.
                return self._open(path, read_only=False)
            raise _open_failure(self.connection, path, "it is open for reading here") from None
        except duckdb.Error as error:
            raise _open_failure(self.connection, path, str(error)) from None
        con.execute("SET TimeZone = 'UTC'")
        return con


class DuckdbWriter:
    """One transaction that fills one table. See `databases.TableWriter`."""

    def __init__(
        self,
        con: Any,
        table: TableName,
        schema: Schema,
        mode: "WriteMode",
        run_id: str,
        *,
        create: bool,
        before_commit: "BeforeCommit | None",
    ) -> None:
        self._con = con
        self._named = table
        self._table = TableName(table.schema or "main", table.table)
        self._schema = schema
        self._arrow = to_arrow(schema)
        self._replaces = mode == "replace"
        self._aside = self._table.sibling(f"__summit_new_{run_id}")
        self._before_commit = before_commit
        self._rows = 0
        self._insert = ""
        with self._failures("open"):
            require_columns(schema)
            con.execute("BEGIN")
            self._begin(create=create)

    def write(self, batch: "pa.RecordBatch") -> None:
        """Insert a batch."""
        with self._failures("write to"):
            checked = check_batch(batch, self._arrow)
            self._con.register("summit_batch", checked)
            self._con.execute(self._insert)
            self._con.unregister("summit_batch")
        self._rows += batch.num_rows

    def prepare(self) -> None:
        """Return: every batch is checked and stored when `write` returns."""

    def commit(self) -> dict[str, int]:
        """Swap where needed, call the hook, commit, and return the counts."""
        import duckdb

        with self._failures("publish"):
            if self._replaces:
                self._con.execute(f"DROP TABLE IF EXISTS {self._table.sql}")
                rename = f"ALTER TABLE {self._aside.sql} RENAME TO {quote_name(self._table.table)}"
                self._con.execute(rename)
            if self._before_commit is not None:
                self._before_commit(self._con)
        try:
            self._con.execute("COMMIT")
        except duckdb.Error as error:
            self.abort()
            if isinstance(error, duckdb.TransactionException | duckdb.ConstraintException):
                raise _failure(WriteFailed, f"Cannot publish table {self._table}", error) from None
            raise commit_unknown(self._table, type(error).__name__) from None
        self._con.close()
        return {"inserted": self._rows}

    def abort(self) -> None:
        """Drop the rows: closing the session rolls back."""
        self._con.close()

    def _begin(self, *, create: bool) -> None:
        found = self._con.execute(_TARGET, [self._table.schema, self._table.table]).fetchall()
        target = [
            TargetColumn(name, kind, required=required, generated=generated)
            for name, kind, required, generated in found
        ]
        if not target and not create:
            raise table_missing(self._named, known_tables(self._con), reading=False)
        names = list(self._schema.names)
        into = self._table
        if target and not self._replaces:
            names = check_fit(self._table, self._schema, target)
        else:
            into = self._aside if self._replaces else self._table
            self._con.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_name(into.schema or 'main')}")
            columns = ", ".join(f"{quote_name(c.name)} {c.type}" for c in self._schema)
            self._con.execute(f"CREATE TABLE {into.sql} ({columns})")
        self._insert = (
            f"INSERT INTO {into.sql} ({', '.join(map(quote_name, names))}) "
            f"SELECT {', '.join(map(quote_name, self._schema.names))} FROM summit_batch"
        )

    @contextlib.contextmanager
    def _failures(self, action: str) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            self.abort()
            what = f"Cannot {action} table {self._table}"
            raise _failure(WriteFailed, what, error) from None
        except BaseException:
            self.abort()
            raise


def known_tables(con: Any) -> list[str]:
    """Return the tables and views of an open DuckDB connection as `schema.table`."""
    return [str(TableName(schema, table)) for schema, table in con.execute(_TABLES).fetchall()]


def _described(con: Any, relation: Relation) -> Schema:
    if relation.table is not None:
        wanted = relation.table
        known = con.execute(
            f"SELECT count(*) FROM ({_TABLES}) WHERE lower(table_name) = lower("
            f"{quote_text(wanted.table)}) AND lower(schema_name) = lower("
            f"{quote_text(wanted.schema or 'main')})"
        ).fetchall()[0][0]
        if not known:
            raise table_missing(wanted, known_tables(con), reading=True)
    # Not wrapped: a subquery's columns of one name would come out renamed.
    described = relation.query or f"SELECT * FROM {relation.sql}"
    rows = con.execute(f"DESCRIBE ({described}\n)").fetchall()
    return checked_schema(relation, [Column(row[0], _readable(row[1])) for row in rows])


def _readable(type_name: str) -> str:
    return VARCHAR if base_type(type_name) in _AS_TEXT else type_name


def _renamed(batch: "pa.RecordBatch", target: "pa.Schema") -> "pa.RecordBatch":
    import pyarrow as pa

    columns = [
        column if column.type == kind else column.cast(kind)
        for column, kind in zip(batch.columns, target.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=target)


def _open_failure(connection: "Connection", path: "Path", text: str) -> ConnectionFailed:
    holder = re.search(r"lock is held in (\S+) \(PID (\d+)\)", text)
    why, do, code = text.splitlines()[0], "check the file", "connection_failed"
    if "lock" in text:
        who = f"{holder[1]} (process {holder[2]})" if holder else "another process"
        why, do, code = f"{who} has it open for writing", "close it there and retry", "file_locked"
    elif "not a valid DuckDB" in text:
        why, do, code = "it is no DuckDB database", "correct 'path' or 'kind'", "file_invalid"
    elif "open for reading here" in text:
        why = "this run reads the same file, and DuckDB allows only one way at a time"
        do, code = "write to another file", "file_locked"
    return ConnectionFailed(
        f"Cannot open {connection.describe()}",
        why=why,
        do=do,
        code=code,
        where=Where(file=str(path)),
        retryable=code == "file_locked",
    )


def _failure(kind: type[SummitError], what: str, error: Exception) -> SummitError:
    lines = [line for line in str(error).splitlines() if line.strip()]
    why = lines[0] if lines else type(error).__name__
    known = {
        "ConstraintException": ("constraint_violated", "reject or deduplicate such rows before"),
        "ConversionException": ("value_does_not_fit", "cast or reject the value before"),
        "OutOfRangeException": ("value_out_of_range", "make the column wider"),
        "ParserException": ("query_invalid", "correct the query"),
        "BinderException": ("query_invalid", "correct the query"),
        "CatalogException": ("query_invalid", "correct the names in the query"),
        "DependencyException": ("table_in_use", "drop what depends on the table, or append"),
        "PermissionException": ("not_allowed", "read other files with a file source"),
        "TransactionException": ("conflict", "another session changed the table; run again"),
    }
    code, do = known.get(type(error).__name__, (kind.code, ""))
    return kind(what, why=why, do=do, code=code)
