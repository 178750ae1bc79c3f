"""Old rows out of a PostgreSQL table and new ones in, whatever else the table has."""

import contextlib
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.merging import PLACE
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import rows_remain
from summit_studio.core.errors import WriteFailed
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

_TYPES: Final = """
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""

PLACE_COLUMN: Final = f"{PLACE} bigint GENERATED ALWAYS AS IDENTITY"

_FACTS: Final = """
SELECT c.relkind,
  has_table_privilege(c.oid, 'DELETE') AND (
    c.relreplident IN ('f', 'i')
    OR c.relreplident = 'd'
      AND EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)
    OR NOT EXISTS (
      SELECT FROM pg_publication_tables t JOIN pg_publication p USING (pubname)
      WHERE p.pubdelete AND t.schemaname = c.relnamespace::regnamespace::name
        AND t.tablename = c.relname)),
  has_table_privilege(c.oid, 'TRUNCATE') AND NOT row_security_active(c.oid),
  row_security_active(c.oid) OR c.relhasrules OR EXISTS (
    SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 8 > 0 AND (
      tgrelid = c.oid OR tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid))))
FROM pg_class c WHERE c.oid = to_regclass(%s)
"""
"""Its kind; may rows be deleted, may it be truncated, and may something keep old rows.

A row-level delete trigger has bit 8. A published table without a replica identity refuses DELETE.
"""

_REFERENCES: Final = """
SELECT f.conrelid::regclass::text, f.conname, f.confdeltype IN ('c', 'n', 'd'),
  f.conrelid = f.confrelid
    OR f.conrelid IN (SELECT relid FROM pg_partition_tree(f.confrelid)),
  (SELECT string_agg(format('%%I IS NOT NULL', attname), ' AND ') FROM pg_attribute
   WHERE attrelid = f.conrelid AND attnum = ANY (f.conkey))
FROM pg_constraint f WHERE f.contype = 'f' AND f.confrelid = to_regclass(%s)
ORDER BY 1, 2
"""
"""Foreign keys to it: table, name, does a delete change the rows there, is it its own, which do."""

_OLD: Final = "xmin::text <> (txid_current() % 4294967296)::text"
"""True of rows that this transaction did not write."""


class Replacement:
    """Puts staged rows in the place of all rows of a table.

    Rows are deleted, so that readers see the old ones until the commit, delete triggers run and
    policies hold; where the user or a publication allows only TRUNCATE it is that, and readers wait
    from there to the commit. Neither starts an identity again. Other writers wait from `carry_out`
    to the commit. The rows of tables that inherit from a plain table are theirs and stay.

    Args:
        table: With its schema.
        names: The columns to be written.
        mark: What the temporary table is called in which rows are staged.
        at_once: False if rows that refer to the old ones may be gone by the time these go.
        stage: The table in which the rows are staged already; None makes one.

    Raises:
        WriteFailed: Deleting would change the rows of another table.
    """

    def __init__(
        self,
        session: "psycopg.Connection[Any]",
        table: TableName,
        names: "Sequence[str]",
        mark: str,
        *,
        at_once: bool = True,
        stage: TableName | None = None,
    ) -> None:
        self._session = session
        self._table = table
        self._columns = ", ".join(map(quote_name, names))
        (facts,) = session.execute(_FACTS, (table.sql,)).fetchall()
        self._kind: str = facts[0]
        self._deletes, self._truncates, self._may_keep = (bool(fact) for fact in facts[1:])
        self._whole = f"ONLY {table.sql}" if self._kind == "r" else table.sql
        self._together = self._refers_from_outside() if at_once else False
        self.stage = stage or staged(session, table, names, mark)

    def delete(self) -> None:
        """Delete the old rows now, for new ones that come one by one and not from the stage.

        Raises:
            WriteFailed: Deleting would change another table, rows of it refer to the old ones, or
                old rows are still there.
        """
        import psycopg

        self._lock()
        if self._truncates and not self._deletes:
            self._session.execute(f"TRUNCATE {self._whole}".encode())
        else:
            try:
                self._session.execute(f"DELETE FROM {self._whole}".encode())
            except psycopg.IntegrityError as error:
                raise _is_needed(self._table, error.diag.message_detail or str(error)) from None
        self._require_gone()

    def empty(self) -> None:
        """Delete the old rows if nothing refers to them; else `carry_out` does."""
        import psycopg

        if self._truncates and not self._deletes:
            return
        self._lock()
        with contextlib.suppress(psycopg.IntegrityError), self._session.transaction():
            self._session.execute(f"DELETE FROM {self._whole}".encode())

    def carry_out(self) -> int:
        """Put the staged rows in; return how many the table took.

        Raises:
            WriteFailed: Deleting would change another table, or old rows are still there.
        """
        run = self._session.execute
        self._lock()
        gone, condition = "", ""
        if self._truncates and not self._deletes:
            run(f"TRUNCATE {self._whole}".encode())
        elif self._together:
            # A foreign key is checked at the statement's end: the keys are there again by then.
            gone = f"WITH gone AS (DELETE FROM {self._whole} RETURNING 1) "
            condition = " WHERE (SELECT count(*) FROM gone) >= 0"
        else:
            run(f"DELETE FROM {self._whole}".encode())
        taken = run(
            f"{gone}INSERT INTO {self._table.sql} ({self._columns}) "
            f"SELECT {self._columns} FROM {self.stage.sql}{condition}".encode()
        ).rowcount
        self._require_gone()
        return taken

    def _lock(self) -> None:
        """Keep other writers out, and look again at who refers to the rows."""
        if self._kind != "f":
            lock = f"LOCK TABLE {self._whole} IN SHARE ROW EXCLUSIVE MODE"
            self._session.execute(lock.encode())
        self._together = self._refers_from_outside()

    def _require_gone(self) -> None:
        left = f"SELECT 1 FROM {self._whole} WHERE {_OLD} LIMIT 1"
        if self._may_keep and self._session.execute(left.encode()).fetchone() is not None:
            raise rows_remain(self._table)

    def _refers_from_outside(self) -> bool:
        """Return True if rows must go and come in one statement, for the rows that refer to them.

        Raises:
            WriteFailed: They would be deleted or emptied with them.
        """
        references = self._session.execute(_REFERENCES, (self._table.sql,)).fetchall()
        for table, key, acts, own, refers in references:
            if not acts or own:
                continue
            some = f"SELECT 1 FROM {table} WHERE {refers} LIMIT 1"
            if self._session.execute(some.encode()).fetchone() is not None:
                raise _would_spread(self._table, table, key)
        # In one statement a key of the table's own that acts would take the new rows too.
        own_acts = any(acts and own for _, _, acts, own, _ in references)
        return bool(references) and not own_acts


def staged(
    session: "psycopg.Connection[Any]",
    table: TableName,
    names: "Sequence[str]",
    mark: str,
    *,
    ordered: bool = False,
    beside: "Sequence[tuple[str, str]]" = (),
) -> TableName:
    """Make a temporary table for rows of a table's columns, without any rule, and return it.

    Where it is `ordered` a column numbers the rows as they come. Columns that the table has not
    stand `beside` them, by name and type.
    """
    stage = TableName("pg_temp", mark)
    types = types_of(session, table)
    columns = ", ".join(
        f"{quote_name(name)} {kind}"
        for name, kind in (*((name, types[name]) for name in names), *beside)
    )
    columns += f", {PLACE_COLUMN}" if ordered else ""
    session.execute(f"CREATE TEMP TABLE {stage.sql} ({columns}) ON COMMIT DROP".encode())
    return stage


def types_of(session: "psycopg.Connection[Any]", table: TableName) -> dict[str, str]:
    """Return the types of a table's columns by name, as SQL writes them."""
    return dict(session.execute(_TYPES, (table.sql,)).fetchall())


def _is_needed(table: TableName, why: str) -> WriteFailed:
    return WriteFailed(
        f"Cannot replace the rows of table {table}",
        why=f"others refer to them: {why}",
        do="leave the rejected port of this sink unconnected: the rows then go and come in one "
        "step, which such a key allows; or empty the table that refers to them first",
        code="foreign_key",
    )


def _would_spread(table: TableName, other: str, key: str) -> WriteFailed:
    return WriteFailed(
        f"Cannot replace the rows of table {table}",
        why=f"rows of table {other} refer to them, and its foreign key {key} would delete or empty "
        "those with them",
        do=f"empty {other} first, or let {key} take no action on delete",
        code="foreign_key",
    )
