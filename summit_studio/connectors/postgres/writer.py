"""Writing to PostgreSQL: one transaction, one COPY; a table made anew is swapped in by rename."""

import contextlib
from typing import TYPE_CHECKING, Any, cast

from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.copying import Copied
from summit_studio.connectors.postgres.csv import decode, encode, select_list
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.postgres.types import created_type, is_json, target_type, type_of
from summit_studio.connectors.relational import TargetColumn, check_fit, table_missing
from summit_studio.connectors.transaction import Transaction, TransactionWriter
from summit_studio.core.errors import SummitError, WriteFailed
from summit_studio.core.schema import Schema, is_nested
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

_TARGET = """
SELECT a.attname, coalesce(base.typname, t.typname),
       CASE WHEN base.typname IS NULL THEN a.atttypmod ELSE t.typtypmod END,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attgenerated <> ''
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type base ON base.oid = nullif(t.typbasetype, 0)
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""

_GRANTS = """
SELECT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
       g.privilege_type, g.is_grantable
FROM pg_class c, aclexplode(c.relacl) g
WHERE c.oid = to_regclass(%s) AND g.grantee <> c.relowner
"""

_KIND = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(%s)"

_CASCADES = """
SELECT conrelid::regclass::text,
       CASE confdeltype WHEN 'c' THEN 'deleted' ELSE 'changed' END
FROM pg_constraint
WHERE contype = 'f' AND confrelid = to_regclass(%s) AND conrelid <> confrelid
  AND confdeltype IN ('c', 'n', 'd') AND conparentid = 0
"""
"""Tables whose rows go or lose their key with the rows that they refer to."""

_SEQUENCES = """
SELECT s.oid::regclass::text, a.attname
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.refobjid = to_regclass(%s) AND d.deptype = 'a'
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
    """Fills one table by one COPY.

    Replace deletes the rows first, which readers do not wait for; TRUNCATE would wait for a source
    of the same run that reads the table. Remake builds a table aside in the same schema. Where the
    table there has just the columns to be written, the new one is made like it: types, defaults,
    keys, indexes and grants stay (indexes under new names); else it is made from the schema.
    """

    _cursor: Any = None
    _copying: Any = None
    _copy: Any = None
    _as_json: frozenset[str] = frozenset()

    def discard(self) -> None:
        """Tell the COPY that it failed: else leaving it would complete it."""
        copying, self._copying = self._copying, None
        with contextlib.suppress(*self._transaction.errors, WriteFailed):
            if copying is not None:
                copying.__exit__(WriteFailed, WriteFailed("Aborted"), None)

    def _open(self, *, create: bool) -> None:
        target = _target_columns(self._session, self.table)
        names = list(self._schema.names)
        if target and not self._remakes:
            self._require_table()
        if self._remakes:
            if not target and not create:
                raise self._absent()
            self._make_aside(target)
        elif target:
            names = check_fit(self.table, self._schema, target)
            if self._empties:
                self._empty()
        elif create:
            self._session.execute(_create(self.table, self._schema).encode())
            self._made = True
        else:
            raise self._absent()
        into = self._into = self._aside if self._remakes else self.table
        self._as_json = self._sent_as_json(target)
        columns = ", ".join(quote_name(name) for name in names)
        copy = f"COPY {into.sql} ({columns}) FROM STDIN (FORMAT csv)"
        self._cursor = self._session.cursor()
        self._copying = self._cursor.copy(copy.encode())
        self._copy = self._copying.__enter__()

    def _sent_as_json(self, target: list[TargetColumn]) -> frozenset[str]:
        """Return the columns that are sent as JSON: by what they are, or what they go into."""
        into = {column.name.casefold(): column.type for column in target}
        return frozenset(
            c.name
            for c in self._schema
            if is_json(c.type) or (is_nested(c.type) and into.get(c.name.casefold()) == "JSON")
        )

    def read_back(self) -> "Iterator[pa.RecordBatch] | None":
        """Return the rows of a table that was made; None where some come back as JSON."""
        return None if self._as_json else super().read_back()

    def _send(self, batch: "pa.RecordBatch") -> int:
        self._copy.write(encode(batch, self._schema, self._as_json))
        return 0

    def _finish(self) -> int:
        """End the COPY; its command tag says how many rows the table took."""
        copying, self._copying = self._copying, None
        if copying is None:
            return 0
        copying.__exit__(None, None, None)
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

    def _require_table(self) -> None:
        found = self._session.execute(_KIND, (self.table.sql,)).fetchone()
        if found and found[0] in {"v", "m"}:
            raise WriteFailed(
                f"Cannot write to {self.table}",
                why="it is a view, and rows are sent by COPY, which fills tables only",
                do="write to the table behind it",
                code="target_is_view",
            )

    def _empty(self) -> None:
        """Delete all rows, if that deletes all and nothing else.

        Raises:
            WriteFailed: Some rows are hidden from us, or rows of other tables would go too.
        """
        run = self._session.execute
        ((hidden,),) = run("SELECT row_security_active(%s)", (self.table.sql,)).fetchall()
        if hidden:
            raise WriteFailed(
                f"Cannot replace the rows of table {self.table}",
                why="its row security hides some of them from this user, and they would stay",
                do="connect as a user whom it does not bind (its owner, or one with BYPASSRLS)",
                code="rows_hidden",
            )
        for other, effect in run(_CASCADES, (self.table.sql,)).fetchall():
            ((rows,),) = run(f"SELECT EXISTS (SELECT FROM {other})".encode()).fetchall()
            if rows:
                raise WriteFailed(
                    f"Cannot replace the rows of table {self.table}",
                    why=f"rows of {other} refer to them, and would be {effect} with them",
                    do="empty that table first, or take ON DELETE out of its foreign key",
                    code="rows_referred_to",
                )
        run(f"DELETE FROM {self.table.sql}".encode())

    def _make_aside(self, target: list[TargetColumn]) -> None:
        made = _create(self._aside, self._schema)
        self._made = True
        if self._is_alike(target):
            made = f"CREATE TABLE {self._aside.sql} (LIKE {self.table.sql} INCLUDING ALL)"
        self._session.execute(made.encode())

    def _is_alike(self, target: list[TargetColumn]) -> bool:
        names = list(self._schema.names)
        if sorted(c.name for c in target) != sorted(names):
            return False
        try:
            return check_fit(self.table, self._schema, target) == names
        except WriteFailed:
            return False

    def _swap(self) -> None:
        run = self._session.execute
        grants = run(_GRANTS, (self.table.sql,)).fetchall()
        sequences = run(_SEQUENCES, (self.table.sql,)).fetchall()
        kept = {c.name for c in _target_columns(self._session, self._aside)}
        for sequence, column in sequences:
            if column in kept:
                owner = f"{self._aside.sql}.{quote_name(column)}"
                run(f"ALTER SEQUENCE {sequence} OWNED BY {owner}".encode())
        run(f"DROP TABLE IF EXISTS {self.table.sql}".encode())
        run(f"ALTER TABLE {self._aside.sql} RENAME TO {quote_name(self.table.table)}".encode())
        for grantee, privilege, grantable in grants:
            option = " WITH GRANT OPTION" if grantable else ""
            run(f"GRANT {privilege} ON {self.table.sql} TO {grantee}{option}".encode())

    def _absent(self) -> SummitError:
        known = [row[0] for row in self._session.execute(_KNOWN_TABLES).fetchall()]
        return table_missing(self.table, known, reading=False)


def _create(table: TableName, schema: Schema) -> str:
    columns = ", ".join(f"{quote_name(c.name)} {created_type(c.type)}" for c in schema)
    return f"CREATE TABLE {table.sql} ({columns})"


def _target_columns(session: "psycopg.Connection[Any]", table: TableName) -> list[TargetColumn]:
    """Return the columns of a table that is to be written; none if it is absent."""
    rows = session.execute(_TARGET, (table.sql,)).fetchall()
    return [
        TargetColumn(name, target_type(kind, typmod), required=required, generated=generated)
        for name, kind, typmod, required, generated in rows
    ]
