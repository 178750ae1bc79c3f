"""Writing to PostgreSQL: one transaction, one COPY."""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.merging import PLACE, Merge, Merged, Merging, counted
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.binary import BinaryRows, sent_as
from summit_studio.connectors.postgres.copying import Copied
from summit_studio.connectors.postgres.csv import decode, encode, select_list
from summit_studio.connectors.postgres.replacing import PLACE_COLUMN, Replacement, staged, types_of
from summit_studio.connectors.postgres.sifting import Sifting, check_at_once
from summit_studio.connectors.postgres.standing import LONGEST_NAME, standing
from summit_studio.connectors.postgres.transaction import PostgresTransaction
from summit_studio.connectors.postgres.types import created_type, is_json, type_of
from summit_studio.connectors.transaction import TransactionWriter, key_clause
from summit_studio.connectors.versions import Tally, Versions, history_broken
from summit_studio.connectors.window import Window
from summit_studio.core.errors import WriteFailed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import Schema, is_nested
from summit_studio.core.sql import quote_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa


_ROWS_AT_ONCE = 100_000

_WITHOUT_EQUALITY = """
SELECT a.attname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype <> 'd'
  AND t.typname IN ('json', '_json', 'xml', '_xml', 'point', 'polygon', 'line', 'path', 'box',
    'lseg', 'circle')
"""
"""Columns of types that the server cannot compare as they are."""

_ABOUT_MERGING = """
SELECT c.relkind = 'p', row_security_active(c.oid) OR c.relhasrules OR EXISTS (
  SELECT FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 2 = 2 AND (
    tgrelid = c.oid OR tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid))))
FROM pg_class c WHERE c.oid = to_regclass(%s)
"""
"""Is it partitioned, and may a trigger before, a rule or a policy keep a row out in silence."""

_FRESH = "SELECT count(*) FILTER (WHERE fresh), count(*) FILTER (WHERE NOT fresh) FROM done"
"""Inserted and updated rows: those that were there have been locked by this transaction."""

_NUMBERING = "SELECT pg_get_serial_sequence(%s, %s)"
"""The sequence of a numbered column."""

_KNOWN_TABLES = """
SELECT schemaname || '.' || tablename FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


class PostgresWriter(TransactionWriter):
    """Fills one table by one COPY; to replace or to refuse rows, by way of a temporary table.

    Tables that refer to each other share a session, which one COPY occupies: each batch has its
    own, into a temporary table.
    """

    place: ClassVar[str] = PLACE
    longest_name: ClassVar[int | None] = LONGEST_NAME
    _cursor: Any = None
    _copying: Any = None
    _copy: Any = None
    _replacement: Replacement | None = None
    _sifting: Sifting | None = None
    _columns = ""
    _kinds: tuple[str, ...] | None = None
    _binary: BinaryRows | None = None
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

    def _create(self, table: TableName, schema: Schema, key: Sequence[str]) -> None:
        columns = ", ".join(f"{quote_name(c.name)} {created_type(c.type)}" for c in schema)
        self._session.execute(f"CREATE TABLE {table.sql} ({columns}{key_clause(key)})".encode())

    def _create_stage(self, stage: TableName, standing: Standing | None, names: list[str]) -> None:
        """Make one that is not logged: where the server crashes, it and its progress are empty."""
        types = [created_type(column.type) for column in self._schema]
        if standing is not None:
            known = types_of(self._session, standing.name)
            types = [known[name] for name in names]
        columns = ", ".join(
            f"{quote_name(name)} {kind}" for name, kind in zip(names, types, strict=True)
        )
        columns += "".join(f", {c.name} {created_type(c.type)}" for c in self._beside)
        if self._merge is not None:
            columns += f", {PLACE_COLUMN}"
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

    def _create_beside(self, stage: TableName, names: list[str]) -> None:
        beside = tuple((c.name, created_type(c.type)) for c in self._beside)
        staged(self._session, self._into, names, stage.table, ordered=True, beside=beside)

    def _without_equality(self) -> list[str]:
        found = self._session.execute(_WITHOUT_EQUALITY, (self._into.sql,)).fetchall()
        return [name for (name,) in found]

    def _carry_out(self, merging: Merging | Versions | Window) -> Merged:
        """Merge, while others may write to the table too: the server's own words count."""
        assert self._merge is not None  # noqa: S101 - else nothing is merged
        run = self._session.execute
        if isinstance(merging, Versions):
            merged = self._add_versions(merging)
        elif isinstance(merging, Window):
            self._keep_others_out()
            merged = super()._carry_out(merging)
        elif self._merge.mode == "delete_insert":
            merged = super()._carry_out(merging)
        else:
            merged = self._put_in(self._merge, merging)
        if self._alone:
            run("SET CONSTRAINTS ALL IMMEDIATE")
        return merged

    def _add_versions(self, versions: Versions) -> Merged:
        run = self._session.execute
        self._keep_others_out()
        if run(versions.broken().encode()).fetchone() is not None:
            raise history_broken(self.table, self._ends[1])
        return Tally(*run(versions.at_once().encode()).fetchall()[0]).merged

    def _keep_others_out(self) -> None:
        """Let nobody else write to the table until the COMMIT: what it has decides what goes in."""
        lock = f"LOCK TABLE {self._target.sql} IN SHARE ROW EXCLUSIVE MODE"
        self._session.execute(lock.encode())

    def _put_in(self, merge: Merge, merging: Merging) -> Merged:
        run = self._session.execute
        partitioned, may_swallow = run(_ABOUT_MERGING, (merging.table.sql,)).fetchall()[0]
        rows, keys = run(merging.staged().encode()).fetchall()[0]
        merging.single = rows == keys
        if partitioned:  # Its rows do not tell which of them are new.
            _, updated, stale = run(merging.looked_up().encode()).fetchall()[0]
            inserted = max(int(run(merging.put().encode()).rowcount) - updated, 0)
        elif merge.version is None:
            stale, (inserted, updated) = 0, self._put_told(merging.put())
        else:
            count = self._counter(merging)
            begun = run(f"SELECT {count}").fetchall()[0][0]
            inserted, updated = self._put_told(merging.put(f"{count} IS NULL"))
            stale = run(f"SELECT {count}").fetchall()[0][0] - begun - 1
        lost = run(merging.missing().encode()).fetchall()[0][0] if may_swallow else 0
        counts = counted(
            inserted=inserted, updated=updated, stale=stale, duplicate=rows - keys,
            unchanged=max(keys - inserted - updated - stale - lost, 0),
        )  # fmt: skip
        return Merged(counts, rows - lost)

    def _put_told(self, put: str) -> tuple[int, int]:
        """Insert and update; return how many rows of each."""
        told = f"WITH done AS ({put} RETURNING xmax = 0 AS fresh) {_FRESH}"
        inserted, updated = self._session.execute(told.encode()).fetchall()[0]
        return inserted, updated

    def _counter(self, merging: Merging) -> str:
        """Return SQL that counts on: what numbered the rows of the stage, which are all there.

        By it the server counts older rows as it comes upon them, where to look for them before
        would be another join, and others might write between the two.
        """
        found = self._session.execute(_NUMBERING, (merging.rows, PLACE)).fetchall()[0][0]
        return f"nextval({quote_text(found)})"

    def _put_beside(self, names: list[str]) -> None:
        """Where rows may be refused they wait where they are sifted."""
        self._target = self._into
        if self._refuse is None:
            super()._put_beside(names)

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
            if self._history is not None:
                self._keep_others_out()
            self._sifting = Sifting(
                self._session, self._target, names, f"{self._mark}_sift", self._schema,
                self._as_json,
                None if self._merge is None else lambda rows: self._merging_of(rows, names),
            )  # fmt: skip
            return
        self._columns = ", ".join(map(quote_name, names))
        self._stage = self._into if self._replacement is None else self._replacement.stage
        if self._replacement is None and self._merging is None and not self._alone:
            self._stage = staged(self._session, self._into, names, f"{self._mark}_rows")
        self._kinds = sent_as(self._session, self._stage, names, self._sent)
        form = "csv" if self._kinds is None else "binary"
        copy = f"COPY {self._stage.sql} ({self._columns}) FROM STDIN (FORMAT {form})"
        self._copy_in = copy.encode()
        if self._alone:
            self._cursor = self._session.cursor()
            self._copying = self._cursor.copy(self._copy_in)
            self._copy = self._copying.__enter__()
            self._binary = self._begun(self._copy)

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
        if self._alone:
            self._copy.write(self._encoded(batch, self._binary))
            return 0
        with self._session.cursor() as cursor, cursor.copy(self._copy_in) as copy:
            binary = self._begun(copy)
            copy.write(self._encoded(batch, binary))
            if binary is not None:
                copy.write(binary.end())
        return 0

    def _begun(self, copy: Any) -> BinaryRows | None:
        """Begin the bytes of a COPY; None where it is text."""
        if self._kinds is None:
            return None
        made = BinaryRows(self._sent, self._kinds)
        copy.write(made.head)
        return made

    def _encoded(self, batch: "pa.RecordBatch", binary: BinaryRows | None) -> bytes:
        if binary is None:
            return encode(batch, self._sent, self._as_json)
        return binary.encode(batch)

    def _sift(self, batch: "pa.RecordBatch") -> tuple[int, list[Refusal]]:
        """Have the server tell which rows the table takes."""
        assert self._sifting is not None  # noqa: S101 - made where rows may be refused
        sifted = self._sifting.take(batch)
        self._counted.update(sifted.counts)
        return sifted.taken, sifted.refusals

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
        if self._binary is not None:
            self._copy.write(self._binary.end())
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
        if self._merging is not None:
            self._merged = self._merge_in(self._merging)
            return self._merged.taken
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
