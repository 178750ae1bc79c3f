"""Writing to PostgreSQL: one transaction, one COPY, a swap by rename for replace."""

import contextlib
from typing import TYPE_CHECKING, Any

from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.csv import encode
from summit_studio.connectors.postgres.database import target_columns
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.postgres.types import created_type
from summit_studio.connectors.relational import (
    TargetColumn,
    check_batch,
    check_fit,
    commit_unknown,
    table_missing,
)
from summit_studio.core.errors import SummitError, WriteFailed
from summit_studio.core.schema import Schema, require_columns, to_arrow
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    import pyarrow as pa

    from summit_studio.connectors.contract import BeforeCommit, WriteMode

_KNOWN_TABLES = """
SELECT schemaname || '.' || tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""

_GRANTS = """
SELECT CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
       g.privilege_type, g.is_grantable
FROM pg_class c, aclexplode(c.relacl) g
WHERE c.oid = to_regclass(%s) AND g.grantee <> c.relowner
"""

_SEQUENCES = """
SELECT s.oid::regclass::text, a.attname
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.refobjid = to_regclass(%s) AND d.deptype = 'a'
"""


class PostgresWriter:
    """One transaction that fills one table. See `databases.TableWriter`.

    Replace builds `__summit_new_RUN` in the same schema. Where the table there has just the columns
    to be written, the new one is made like it: types, defaults, keys, indexes and grants stay
    (indexes under new names); else it is made from the schema.
    """

    def __init__(
        self,
        session: "psycopg.Connection[Any]",
        table: TableName,
        schema: Schema,
        mode: "WriteMode",
        run_id: str,
        *,
        create: bool,
        before_commit: "BeforeCommit | None",
    ) -> None:
        self._session = session
        self._table = table
        self._schema = schema
        self._arrow = to_arrow(schema)
        self._replaces = mode == "replace"
        self._aside = table.sibling(f"__summit_new_{run_id}")
        self._before_commit = before_commit
        self._rows = 0
        self._copy: Any = None
        self._closing = contextlib.ExitStack()
        with self._failures("open"):
            require_columns(schema)
            session.execute("BEGIN")
            self._begin(create=create)

    def write(self, batch: "pa.RecordBatch") -> None:
        """Send a batch."""
        with self._failures("write to"):
            self._copy.write(encode(check_batch(batch, self._arrow)))
        self._rows += batch.num_rows

    def prepare(self) -> None:
        """End the COPY: the server has checked and stored every row, still invisible."""
        if self._copy is None:
            return
        with self._failures("write to"):
            self._copy = None
            self._closing.close()

    def commit(self) -> dict[str, int]:
        """Swap where needed, call the hook, commit, and return the counts."""
        import psycopg

        self.prepare()
        with self._failures("publish"):
            if self._replaces:
                self._swap()
            if self._before_commit is not None:
                self._before_commit(self._session)
        try:
            self._session.execute("COMMIT")
        except psycopg.Error as error:
            raise self._commit_failed(error) from None
        self._session.close()
        return {"inserted": self._rows}

    def abort(self) -> None:
        """Drop the rows by closing the session: the server rolls back."""
        import psycopg

        self._copy = None
        closing, self._closing = self._closing, contextlib.ExitStack()
        with contextlib.suppress(psycopg.Error):
            # Tell the COPY it failed: else leaving it would complete it.
            closing.__exit__(WriteFailed, WriteFailed("Aborted"), None)
        self._session.close()

    def _begin(self, *, create: bool) -> None:
        target = target_columns(self._session, self._table)
        names = list(self._schema.names)
        if self._replaces:
            if not target and not create:
                raise self._absent()
            self._make_aside(target)
        elif target:
            names = check_fit(self._table, self._schema, target)
        elif create:
            self._session.execute(_create(self._table, self._schema).encode())
        else:
            raise self._absent()
        into = self._aside if self._replaces else self._table
        columns = ", ".join(quote_name(name) for name in names)
        copy = f"COPY {into.sql} ({columns}) FROM STDIN (FORMAT csv)"
        cursor = self._closing.enter_context(self._session.cursor())
        self._copy = self._closing.enter_context(cursor.copy(copy.encode()))

    def _make_aside(self, target: list[TargetColumn]) -> None:
        made = _create(self._aside, self._schema)
        if self._is_alike(target):
            made = f"CREATE TABLE {self._aside.sql} (LIKE {self._table.sql} INCLUDING ALL)"
        self._session.execute(made.encode())

    def _is_alike(self, target: list[TargetColumn]) -> bool:
        names = list(self._schema.names)
        if sorted(c.name for c in target) != sorted(names):
            return False
        try:
            return check_fit(self._table, self._schema, target) == names
        except WriteFailed:
            return False

    def _swap(self) -> None:
        run = self._session.execute
        grants = run(_GRANTS, (self._table.sql,)).fetchall()
        sequences = run(_SEQUENCES, (self._table.sql,)).fetchall()
        kept = {c.name for c in target_columns(self._session, self._aside)}
        for sequence, column in sequences:
            if column in kept:
                owner = f"{self._aside.sql}.{quote_name(column)}"
                run(f"ALTER SEQUENCE {sequence} OWNED BY {owner}".encode())
        run(f"DROP TABLE IF EXISTS {self._table.sql}".encode())
        run(f"ALTER TABLE {self._aside.sql} RENAME TO {quote_name(self._table.table)}".encode())
        for grantee, privilege, grantable in grants:
            option = " WITH GRANT OPTION" if grantable else ""
            run(f"GRANT {privilege} ON {self._table.sql} TO {grantee}{option}".encode())

    def _absent(self) -> SummitError:
        known = [row[0] for row in self._session.execute(_KNOWN_TABLES).fetchall()]
        return table_missing(self._table, known, reading=False)

    def _commit_failed(self, error: "psycopg.Error") -> SummitError:
        """Tell a refused COMMIT (deferred constraints: rolled back) from a lost answer."""
        self.abort()
        if error.sqlstate and not error.sqlstate.startswith(("08", "57P")):
            return statement_failure(WriteFailed, f"Cannot write to table {self._table}", error)
        return commit_unknown(self._table, type(error).__name__)

    @contextlib.contextmanager
    def _failures(self, action: str) -> "Iterator[None]":
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            self.abort()
            what = f"Cannot {action} table {self._table}"
            raise statement_failure(WriteFailed, what, error) from None
        except BaseException:
            self.abort()
            raise


def _create(table: TableName, schema: Schema) -> str:
    columns = ", ".join(f"{quote_name(c.name)} {created_type(c.type)}" for c in schema)
    return f"CREATE TABLE {table.sql} ({columns})"
