"""DuckDB files: streaming rows out and in by Arrow."""

import contextlib
import re
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.checkpoint import checkpoints_of
from summit_studio.connectors.contract import Misfit
from summit_studio.connectors.duckdb.bound import Bound
from summit_studio.connectors.duckdb.checkpoint import DuckdbCheckpoint
from summit_studio.connectors.duckdb.file import TABLES, failure, known_tables, listed
from summit_studio.connectors.duckdb.standing import standing
from summit_studio.connectors.duckdb.writer import DuckdbTransaction, DuckdbWriter
from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import Listed, Relation, TableName
from summit_studio.connectors.relational import (
    DatabaseBase,
    KeyColumn,
    after_key,
    checked_schema,
    chosen,
    database_file,
    database_path,
    key_order,
    require_key,
    table_missing,
)
from summit_studio.connectors.selection import Survey, integer, selected, survey_query
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import (
    Cancelled,
    ConnectionFailed,
    ReadFailed,
    Where,
)
from summit_studio.core.schema import (
    TIMESTAMP,
    VARCHAR,
    Column,
    Schema,
    base_type,
    to_arrow,
)
from summit_studio.core.sql import quote_name, quote_text

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from summit_studio.connectors.checkpoint import StageTable
    from summit_studio.connectors.contract import Keyset, Reject
    from summit_studio.connectors.merging import Merge
    from summit_studio.connectors.scripts import Scripts
    from summit_studio.connectors.selection import Selection
    from summit_studio.connectors.transaction import BeforeCommit, Replaced, WriteMode
    from summit_studio.core.refusal import Refuse
    from summit_studio.workspace.connections import Connection
    from summit_studio.workspace.workspace import Workspace

_CONFIG: Final = {"enable_external_access": "false", "allow_community_extensions": "false"}
"""A source's query reads its own file and no other, nor the network."""

_AS_TEXT: Final = frozenset(
    {"ENUM", "BIT", "UNION", "UHUGEINT", "BIGNUM", "VARINT", "GEOMETRY", "TIME WITH TIME ZONE"}
)
"""Types read as VARCHAR: Arrow has none that carries them everywhere."""

_AS: Final = {
    "HUGEINT": "DECIMAL(38,0)", "TIMESTAMP_S": TIMESTAMP, "TIMESTAMP_MS": TIMESTAMP,
    "TIMESTAMP_NS": TIMESTAMP,
}  # fmt: skip
"""Types read as the one that carries their values, all of them or almost."""

_MISFIT: Final = {
    "HUGEINT": "{0} NOT BETWEEN -99999999999999999999999999999999999999"
    " AND 99999999999999999999999999999999999999",
    "TIMESTAMP_NS": "isfinite({0}) AND epoch_ns({0}) % 1000 <> 0",
}
"""When a value is one of the others: 39 digits, or nanoseconds."""


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

    def listed(self) -> list[Listed]:
        """Return the tables and views, each with its schema."""
        with self._reading("list the tables") as con:
            return listed(con)

    def columns(
        self,
        table: str | None = None,
        query: str | None = None,
        selection: "Selection | None" = None,
    ) -> Schema:
        """Return the columns of a table or a query; no row is read."""
        relation = Relation.one_of(table, query)
        with self._reading(f"look at {relation.label}") as con:
            relation = selected(relation, selection, Bound(con))
            return checked_schema(relation, [column for column, _ in _described(con, relation)])

    def clock(self) -> datetime:
        """Return the clock of this machine, which is that of the file."""
        return datetime.now(UTC)

    def survey(self, query_or_table: str, selection: "Selection") -> Survey:
        """Return what the rows hold in a cursor; see `Database.survey`."""
        relation = Relation.of(query_or_table)
        assert selection.window is not None  # noqa: S101 - it names the cursor
        with self._reading(f"look at {relation.label}") as con:
            bind = Bound(con)
            part = selected(relation, replace(selection, window=None), bind)
            row = con.execute(survey_query(part, selection.window, bind)).fetchall()[0]
        return Survey(integer(row[0]), row[1], row[2])

    def standing(self, table: str) -> Standing | None:
        """Return what stands under the name of a table that is to be written; see `Database`."""
        name = TableName.parse(table)
        if not self._workspace.path(self.connection.path or "").exists():
            return None
        with self._reading(f"look at table {name}") as con:
            return standing(con, name)

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
        """Stream rows; see `Database.read`. Whole numbers of 39 digits and nanoseconds misfit."""
        relation = Relation.of(query_or_table)
        token = cancel or CancelToken()
        with self._reading(f"read {relation.label}", token) as con:
            relation = selected(relation, selection, Bound(con))
            described = _described(con, relation)
            whole = checked_schema(relation, [column for column, _ in described])
            schema = chosen(relation, whole, columns)
            native = {column.name: name for column, name in described}
            watched = [column for column in schema if native[column.name] in _MISFIT]
            picked = [_value(column, native[column.name]) for column in schema]
            picked += [_mark(column, native[column.name], schema) for column in watched]
            part, order = _part(con, relation, keyset, native)
            key = keyset.columns if keyset is not None else ()
            picked += [f"CAST({quote_name(name)} AS VARCHAR)" for name in key]
            target = to_arrow(schema)
            query = f"SELECT {', '.join(picked)} FROM {part}{order}"
            done = keyset.before if keyset is not None else 0
            for batch in con.sql(query).to_arrow_reader(batch_rows):
                token.check()
                rows = batch.select(range(batch.num_columns - len(key)))
                fitting = _fitting(rows, watched, done, reject) if watched else rows
                done += batch.num_rows
                if keyset is not None:
                    last = batch.slice(batch.num_rows - 1).columns[-len(key) :]
                    keyset.reached([column[0].as_py() for column in last])
                yield _renamed(fitting, target)
            if relation.table is None:
                return None
            return int(con.execute(f"SELECT count(*) FROM {part}").fetchall()[0][0])

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
    ) -> DuckdbWriter:
        """Open a transaction that fills a table; see `Database.writer`."""
        del beside  # All tables of a file share a transaction.
        path = database_file(self.connection, self._workspace, writing=True)
        transaction = (transactions or Transactions()).of(
            f"duckdb:{path}", lambda: DuckdbTransaction(self._open(path, read_only=False))
        )
        return DuckdbWriter(
            transaction, TableName.parse(table), schema, mode, run_id, create=create,
            replace=replace, before_commit=before_commit, refuse=refuse, stage=stage,
            merge=merge,
            scripts=scripts,
        )  # fmt: skip

    def checkpoint(self, table: str, key: SinkKey, kept_in: str | None = None) -> DuckdbCheckpoint:
        """Return how far a sink of a table is; see `Database.checkpoint`."""
        name = TableName.parse(table)
        path = database_path(self.connection, self._workspace)
        return DuckdbCheckpoint(
            lambda: self._open(self._file(), read_only=False), path, checkpoints_of(name, kept_in),
            key, f"table {name}",
        )  # fmt: skip

    def _file(self) -> "Path":
        return database_file(self.connection, self._workspace, writing=True)

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
            raise failure(ReadFailed, f"Cannot {action}", error) from None
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


def _described(con: Any, relation: Relation) -> list[tuple[Column, str]]:
    """Return the columns of a relation, each with DuckDB's own type."""
    if relation.table is not None:
        wanted = relation.table
        known = con.execute(
            f"SELECT count(*) FROM ({TABLES}) WHERE lower(table_name) = lower("
            f"{quote_text(wanted.table)}) AND lower(schema_name) = lower("
            f"{quote_text(wanted.schema or 'main')})"
        ).fetchall()[0][0]
        if not known:
            raise table_missing(wanted, known_tables(con), reading=True)
    # Not wrapped: a subquery's columns of one name would come out renamed.
    described = relation.query or ""
    if not described or relation.condition:
        described = f"SELECT * FROM {relation.sql}"
    rows = con.execute(f"DESCRIBE ({described}\n)").fetchall()
    return [(Column(row[0], _readable(row[1])), row[1]) for row in rows]


def _part(
    con: Any, relation: Relation, keyset: "Keyset | None", native: Mapping[str, str]
) -> tuple[str, str]:
    """Return what is read, and the order of its rows."""
    if keyset is None:
        return relation.sql, ""
    key = []
    for number, name in enumerate(keyset.columns):
        kind = native[name]
        # Bytewise, so that no two texts are equal of which the table has both.
        collated = " COLLATE C" if kind == VARCHAR else ""
        bound = f"CAST(getvariable('summit_key_{number}') AS {kind})"
        key.append(KeyColumn(name, f"{quote_name(name)}{collated}", bound))
    known = standing(con, relation.table) if relation.table is not None else None
    unique = known is not None and any(set(k) <= set(keyset.columns) for k in known.keys)
    require_key(relation, key, lambda query: bool(con.execute(query).fetchall()), unique=unique)
    if keyset.after is None:
        return relation.sql, f" ORDER BY {key_order(key)}"
    for number, value in enumerate(keyset.after):
        con.execute(f"SET VARIABLE summit_key_{number} = CAST(? AS VARCHAR)", [value])
    return f"{relation.sql} WHERE {after_key(key)}", f" ORDER BY {key_order(key)}"


def _readable(type_name: str) -> str:
    if base_type(type_name) in _AS_TEXT and not type_name.endswith("]"):
        return VARCHAR
    return _AS.get(type_name, type_name)


def _value(column: Column, native: str) -> str:
    cast = "TRY_CAST" if native in _MISFIT else "CAST"
    return f"{cast}({quote_name(column.name)} AS {column.type})"


def _mark(column: Column, native: str, schema: Schema) -> str:
    """Return SQL that gives a row as JSON where the column's value misfits, else null."""
    names = ((quote_text(c.name), quote_name(c.name)) for c in schema)
    raw = ", ".join(f"{key}, {name}::VARCHAR" for key, name in names)
    misfits = _MISFIT[native].format(quote_name(column.name))
    return f"CASE WHEN {misfits} THEN json_object({raw})::VARCHAR END"


def _fitting(
    batch: "pa.RecordBatch", watched: list[Column], done: int, reject: "Reject | None"
) -> "pa.RecordBatch":
    """Return the rows without a mark, and without the columns of marks, which stand last."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = batch.select(range(batch.num_columns - len(watched)))
    marks = batch.columns[len(rows.schema) :]
    bad: dict[int, tuple[Column, str]] = {}
    for column, found in zip(watched, marks, strict=True):
        for row in pc.indices_nonzero(found.is_valid()).to_pylist():
            bad.setdefault(row, (column, found[row].as_py()))
    for row, (column, raw) in sorted(bad.items()):
        why = f"the value has no place in {column.type}, as which the column is read"
        if reject is None:
            raise ReadFailed(
                f"Cannot read column '{column.name}' as {column.type}",
                why=f"row {done + row + 1}: {why}",
                do=f"read it as text in a query: SELECT CAST({quote_name(column.name)} AS VARCHAR)",
                code="value_does_not_fit",
                where=Where(column=column.name),
            )
        reject(Misfit(done + row + 1, raw, column.name, f"{why[:1].upper()}{why[1:]}."))
    return (
        rows.take(pa.array(sorted(set(range(batch.num_rows)) - set(bad)), pa.int64()))
        if bad
        else rows
    )


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
    passing = "lock" in text
    if passing:
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
        retryable=passing,
    )
