"""SQLite files: reading loose types strictly, and writing in one transaction."""

import contextlib
import json
import logging
import re
import sqlite3
from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.checkpoint import checkpoints_of
from summit_studio.connectors.contract import Misfit
from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.names import Listed, Relation, TableName
from summit_studio.connectors.relational import (
    DatabaseBase,
    KeyColumn,
    after_key,
    checked_schema,
    chosen,
    cut,
    database_file,
    database_path,
    key_order,
    require_key,
    table_missing,
)
from summit_studio.connectors.selection import Survey, integer, survey_query
from summit_studio.connectors.sqlite.checkpoint import SqliteCheckpoint
from summit_studio.connectors.sqlite.file import failure, known_tables, listed
from summit_studio.connectors.sqlite.keys import key_values, last_key
from summit_studio.connectors.sqlite.part import Part
from summit_studio.connectors.sqlite.standing import standing
from summit_studio.connectors.sqlite.types import (
    SAMPLED,
    Unfit,
    canonical,
    misfits,
    to_arrow_array,
    unheld,
)
from summit_studio.connectors.sqlite.writer import SqliteTransaction, SqliteWriter
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import (
    Cancelled,
    ConnectionFailed,
    ReadFailed,
    Where,
    WriteFailed,
)
from summit_studio.core.schema import VARCHAR, Column, Schema, base_type, to_arrow, type_label
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
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

_SAMPLE_ROWS: Final = 1000
_log = logging.getLogger("summit.sources")


class SqliteDatabase(DatabaseBase):
    """An SQLite database file.

    Args:
        connection: Its `path` is the file; `lock_timeout_secs` is how long a busy file is waited
            for.
        workspace: Where relative paths start.
    """

    def __init__(self, connection: "Connection", workspace: "Workspace") -> None:
        self.connection = connection
        self._workspace = workspace

    @staticmethod
    def unheld(type_name: str) -> str:
        """Return which values of a type SQLite holds in no column; see `Database.unheld`."""
        return unheld(type_name)

    def test(self) -> str:
        """Open the file and return SQLite's version: `SQLite 3.45.1`."""
        with self._reading("test the connection") as con:
            con.execute("SELECT count(*) FROM sqlite_master").fetchall()
        return f"SQLite {sqlite3.sqlite_version}"

    def listed(self) -> list[Listed]:
        """Return the tables and views. SQLite has no schemas: the names stand alone."""
        with self._reading("list the tables") as con:
            return listed(con)

    def columns(
        self,
        table: str | None = None,
        query: str | None = None,
        selection: "Selection | None" = None,
    ) -> Schema:
        """Return the columns of a table or a query.

        Declared types decide; for columns without one (expressions) the first thousand values do.
        """
        relation = Relation.one_of(table, query)
        with self._reading(f"look at {relation.label}") as con:
            return _described(con, Part(con, relation, selection))

    def clock(self) -> datetime:
        """Return the clock of this machine, which is that of the file."""
        return datetime.now(UTC)

    def survey(self, query_or_table: str, selection: "Selection") -> Survey:
        """Return what the rows hold in a cursor; see `Database.survey`."""
        relation = Relation.of(query_or_table)
        assert selection.window is not None  # noqa: S101 - it names the cursor
        with self._reading(f"look at {relation.label}") as con:
            part = Part(con, relation, replace(selection, window=None))
            query = survey_query(part.relation, selection.window, part.bind, part.cursor)
            row = con.execute(query, part.values).fetchone()
        return Survey(integer(row[0]), row[1], row[2])

    def standing(self, table: str) -> Standing | None:
        """Return what stands under the name of a table that is to be written; see `Database`."""
        name = _in_file(TableName.parse(table))
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
        """Stream rows; see `Database.read`."""
        relation = Relation.of(query_or_table)
        token = cancel or CancelToken()
        with self._reading(f"read {relation.label}", token) as con:
            part = Part(con, relation, selection)
            schema = chosen(relation, _described(con, part), columns)
            # One transaction: what is counted at its end is what was read.
            con.execute("BEGIN")
            picked = ", ".join(map(quote_name, schema.names))
            source, order = _ordered(con, part, keyset)
            cursor = con.execute(f"SELECT {picked} FROM {source}{order}", part.values)
            done = keyset.before if keyset is not None else 0
            computed = 0
            while rows := cursor.fetchmany(batch_rows):
                token.check()
                if reject is None:
                    batch, taken = _batch(con, part, schema, rows, done), rows
                else:
                    batch, taken = _readable(schema, rows, done + 1, reject)
                computed += _computed(schema, taken, batch)
                done += len(rows)
                if keyset is not None:
                    keyset.reached(last_key(rows[-1], schema, keyset.columns))
                yield batch
            if computed:
                _log.warning(
                    "Read %d computed numbers of %s as the decimals that they are in 15 digits.",
                    computed,
                    relation.label,
                )
            if relation.table is None:
                return None
            counted = con.execute(f"SELECT count(*) FROM {source}", part.values).fetchone()
        return int(counted[0])

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
    ) -> SqliteWriter:
        """Open a transaction that fills a table; see `Database.writer`."""
        del beside  # All tables of a file share a transaction.
        name = _in_file(TableName.parse(table))
        path = database_file(self.connection, self._workspace, writing=True)
        transaction = (transactions or Transactions()).of(
            f"sqlite:{path}", lambda: SqliteTransaction(self._open(path, "rwc"), path)
        )
        return SqliteWriter(
            transaction, name, schema, mode, run_id,
            create=create, replace=replace, before_commit=before_commit, refuse=refuse,
            stage=stage, merge=merge, scripts=scripts,
        )  # fmt: skip

    def checkpoint(self, table: str, key: SinkKey, kept_in: str | None = None) -> SqliteCheckpoint:
        """Return how far a sink of a table is; see `Database.checkpoint`."""
        name = _in_file(TableName.parse(table))
        path = database_path(self.connection, self._workspace)
        return SqliteCheckpoint(
            lambda: self._open(self._file(), "rwc"), path, checkpoints_of(name, kept_in), key,
            f"table {name}",
        )  # fmt: skip

    def _file(self) -> Path:
        return database_file(self.connection, self._workspace, writing=True)

    @contextlib.contextmanager
    def _reading(
        self, action: str, cancel: CancelToken | None = None
    ) -> Iterator[sqlite3.Connection]:
        path = database_file(self.connection, self._workspace, writing=False)
        token = cancel or CancelToken()
        con = self._read_only(path)
        remove = token.on_cancel(con.interrupt)
        try:
            yield con
        except sqlite3.Error as error:
            if token.cancelled:
                raise Cancelled from None
            raise failure(ReadFailed, f"Cannot {action}", error, path) from None
        finally:
            remove()
            con.close()

    def _read_only(self, path: Path) -> sqlite3.Connection:
        """Open a file for reading, once what a process has left of a COMMIT is taken back.

        Whoever died while it committed leaves a journal, without which the file is half written;
        SQLite reads such a file only where it may put it right.
        """
        con = self._open(path, "ro")
        try:
            con.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") != "SQLITE_READONLY_ROLLBACK":
                return con  # What is asked for then says so itself.
            con.close()
            with contextlib.closing(self._open(self._file(), "rw")) as healed:
                healed.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            return self._open(path, "ro")
        return con

    def _open(self, path: Path, mode: str) -> sqlite3.Connection:
        try:
            con = sqlite3.connect(
                f"{path.as_uri()}?mode={mode}",
                uri=True,
                timeout=self.connection.lock_timeout_secs,
                isolation_level=None,
                # A run hands a source from the thread that checks it to the one that reads it.
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            what = f"Cannot open {self.connection.describe()}"
            raise failure(ConnectionFailed, what, error, path) from None
        return con


def _ordered(con: sqlite3.Connection, part: Part, keyset: "Keyset | None") -> tuple[str, str]:
    """Return what is read, and the order of its rows."""
    relation = part.relation
    if keyset is None:
        return relation.sql, ""
    # Bytewise, so that no two texts are equal of which the table has both.
    bound = [
        part.put(value) for value in key_values(keyset.after or [None for _ in keyset.columns])
    ]
    key = [
        KeyColumn(name, f"{quote_name(name)} COLLATE BINARY", place)
        for name, place in zip(keyset.columns, bound, strict=True)
    ]
    known = standing(con, TableName(None, relation.table.table)) if relation.table else None
    unique = known is not None and any(set(k) <= set(keyset.columns) for k in known.keys)
    require_key(
        relation,
        key,
        lambda query: con.execute(query, part.values).fetchone() is not None,
        unique=unique,
    )
    order = f" ORDER BY {key_order(key)}"
    if keyset.after is None:
        return relation.sql, order
    return f"{relation.sql} WHERE {after_key(key)}", order


def _in_file(table: TableName) -> TableName:
    if table.schema is not None and table.schema.casefold() != "main":
        raise WriteFailed(
            f"Cannot write to table {table}",
            why=f"a SQLite file has no schema '{table.schema}'",
            do=f"name it {TableName(None, table.table)}; a name with a dot in it stands in double "
            "quotes",
            code="table_name_invalid",
        )
    return TableName(None, table.table)


def _described(con: sqlite3.Connection, part: Part) -> Schema:
    relation = part.relation
    if relation.table is not None:
        # xinfo lists generated columns too; 1 marks the hidden ones of virtual tables.
        listed = con.execute(f"PRAGMA table_xinfo({quote_name(relation.table.table)})").fetchall()
        found = [row for row in listed if row[6] != 1]
        if not found:
            raise table_missing(relation.table, known_tables(con), reading=True)
        if relation.condition:
            con.execute(f"SELECT 1 FROM {relation.sql} LIMIT 0", part.values)
    else:
        found = _view_columns(con, part)
    declared = [(row[1], canonical(row[2])) for row in found]
    untyped = [name for name, kind in declared if kind is None]
    sampled = _sampled(con, part, untyped)
    return checked_schema(relation, [Column(n, kind or sampled[n]) for n, kind in declared])


def _view_columns(con: sqlite3.Connection, part: Part) -> list[Any]:
    # Only a view tells which declared types a query's columns come from. It is a temporary one:
    # the file itself is open for reading only. Views take no values.
    relation = part.relation
    cursor = con.execute(f"SELECT * FROM {relation.sql} LIMIT 0", part.values)
    names = [d[0] for d in cursor.description or ()]
    # SQLite renames a second `a` to `a:1` here.
    folded = {name.casefold() for name in names}
    stems = [re.sub(r":\d+$", "", name) for name in names]
    doubled = [
        stem if stem.casefold() in folded else name for stem, name in zip(stems, names, strict=True)
    ]
    checked_schema(relation, [Column(name, VARCHAR) for name in doubled])
    con.execute(f"CREATE TEMP VIEW summit_columns AS {part.bare}\n")
    try:
        return con.execute("PRAGMA temp.table_info(summit_columns)").fetchall()
    finally:
        con.execute("DROP VIEW temp.summit_columns")


def _sampled(con: sqlite3.Connection, part: Part, names: list[str]) -> dict[str, str]:
    if not names:
        return {}
    kinds = ", ".join(f"typeof({quote_name(name)})" for name in names)
    query = f"SELECT {kinds} FROM {part.relation.sql} LIMIT {_SAMPLE_ROWS}"
    rows = con.execute(query, part.values).fetchall()
    found = {name: frozenset(row[i] for row in rows) - {"null"} for i, name in enumerate(names)}
    return {name: SAMPLED.get(classes, VARCHAR) for name, classes in found.items()}


def _batch(
    con: sqlite3.Connection, part: Part, schema: Schema, rows: list[Any], done: int
) -> "pa.RecordBatch":
    import pyarrow as pa

    arrays = []
    for column, values in zip(schema, zip(*rows, strict=True), strict=True):
        try:
            arrays.append(to_arrow_array(values, column.type))
        except Unfit as fault:
            row = done + fault.index
            raise _unfit(con, part, column, fault.value, row) from None
    return pa.RecordBatch.from_arrays(arrays, schema=to_arrow(schema))


def _readable(
    schema: Schema, rows: list[Any], first_row: int, reject: "Reject"
) -> tuple["pa.RecordBatch", list[Any]]:
    """Return the rows that fit, as a batch and as they were; tell `reject` of the others."""
    import pyarrow as pa

    bad: dict[int, Column] = {}
    for at, column in enumerate(schema):
        for index in misfits([row[at] for row in rows], column.type):
            bad.setdefault(index, column)
    for index in sorted(bad):
        column, row = bad[index], rows[index]
        value = row[schema.names.index(column.name)]
        texts = [v.hex() if isinstance(v, bytes) else v for v in row]
        raw = json.dumps(dict(zip(schema.names, texts, strict=True)), ensure_ascii=False)
        reason = f"The value {cut(value)} is no {type_label(column.type)} ({column.type})."
        reject(Misfit(first_row + index, raw, column.name, reason))
    good = [row for index, row in enumerate(rows) if index not in bad] if bad else rows
    values = zip(*good, strict=True) if good else ([] for _ in schema)
    arrays = [to_arrow_array(v, c.type) for c, v in zip(schema, values, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=to_arrow(schema)), good


def _computed(schema: Schema, rows: list[Any], batch: "pa.RecordBatch") -> int:
    """Return how many numbers became another decimal, the one that they stand for."""
    changed = 0
    for at, column in enumerate(schema):
        if base_type(column.type) == "DECIMAL":
            given = zip((row[at] for row in rows), batch.column(at).to_pylist(), strict=True)
            changed += sum(isinstance(v, float) and Decimal(repr(v)) != d for v, d in given)
    return changed


def _unfit(con: sqlite3.Connection, part: Part, column: Column, value: Any, row: int) -> ReadFailed:
    place, relation = f"row {row + 1}", part.relation
    if relation.table is not None and not relation.condition:
        # Without an order, a second scan in the same transaction meets the rows the same way.
        with contextlib.suppress(sqlite3.Error):
            found = con.execute(
                f"SELECT rowid FROM {relation.sql} LIMIT 1 OFFSET ?", (row,)
            ).fetchone()
            place += f", rowid {found[0]}" if found else ""
    name = quote_name(column.name)
    return ReadFailed(
        f"Cannot read column '{column.name}' of {relation.label} as {column.type}",
        why=f"the value {cut(value)} ({place}) is no {column.type}",
        do=f"correct it, or read the column as text in a query: SELECT CAST({name} AS TEXT) AS "
        f"{name} ...",
        code="value_does_not_fit",
        where=Where(column=column.name),
    )
