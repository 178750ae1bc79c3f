"""Tables whose changes are followed: what they are now, and what the log says they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.replication.lsn import lsn_text
from summit_studio.connectors.postgres.replication.messages import Named, Relation, Values
from summit_studio.connectors.postgres.replication.slots import (
    identity_missing,
    require_published,
    talking,
)
from summit_studio.connectors.postgres.types import LOOSE, target_type, type_of
from summit_studio.connectors.relational import table_missing
from summit_studio.core.errors import ReadFailed
from summit_studio.core.schema import VARCHAR, Column, Schema, base_type, carried
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import listing

if TYPE_CHECKING:
    import psycopg

    from summit_studio.connectors.postgres.database import PostgresDatabase

OnNew = Literal["fail", "ignore"]
OnMissing = Literal["fail", "null"]

_KEYS: Final = """
SELECT c.relreplident, i.indisprimary, i.indisreplident, array_agg(a.attname::text ORDER BY k.at)
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, at)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
WHERE c.oid = to_regclass(%s) AND (i.indisprimary OR i.indisreplident) AND k.at <= i.indnkeyatts
GROUP BY c.oid, i.indexrelid
"""

_KINDS: Final = "SELECT pubinsert, pubupdate, pubdelete, pubtruncate FROM pg_publication "
_WORDS: Final = ("insert", "update", "delete", "truncate")

_INTEGERS: Final = ("SMALLINT", "INTEGER", "BIGINT")
"""From the narrowest; each takes those before it."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What happens where rows in the log have other columns than the table that is read.

    A column whose values could be misread always fails.

    Args:
        new: A column that is not read.
        missing: A column that is read and that they have not.
    """

    new: OnNew = "fail"
    missing: OnMissing = "fail"


@dataclass(frozen=True, slots=True)
class Followed:
    """A table as it is read.

    Args:
        name: With its schema.
        schema: The columns of its rows.
        native: PostgreSQL's name of the type of each, as `type_of` tells.
        casts: How each type is written in a cast.
        keys: What identifies a row, in the log too.
        kinds: Which changes its publication tells of: insert, update, delete, truncate.
        before: A delete tells the whole row, and not its key alone.
    """

    name: TableName
    schema: Schema
    native: tuple[str, ...]
    casts: tuple[str, ...]
    keys: tuple[str, ...]
    kinds: frozenset[str]
    before: bool

    @property
    def key_places(self) -> tuple[int, ...]:
        """Where the key stands among the columns."""
        return tuple(self.schema.names.index(key) for key in self.keys)

    @property
    def odd(self) -> tuple[int, ...]:
        """The places of columns whose texts are not yet as a COPY to us writes them."""
        return tuple(
            at
            for at, (column, native) in enumerate(zip(self.schema, self.native, strict=True))
            if native.endswith("[]")
            or native in {"money", "interval"}
            or (native == LOOSE and column.type != VARCHAR)
        )


def follow(
    database: "PostgresDatabase", publication: str, tables: Sequence[str]
) -> tuple[Followed, ...]:
    """Return tables of a publication as they are now.

    Raises:
        ReadFailed: One is missing, not published, or without a key.
    """
    found = []
    for text in tables:
        with talking(database, f"look at table {text}") as session:
            name = _whole_name(session, database, TableName.parse(text))
            names = require_published(session, publication, name)
            kinds = session.execute(f"{_KINDS} WHERE pubname = %s".encode(), (publication,))
            flags = kinds.fetchone() or ()
            keys, before = _keys(session, name)
            described = _described(session, name, names)
        known = database.columns(str(name))
        columns = carried(Schema(tuple(column for column in map(known.find, names) if column)))
        native, casts = zip(*(described[column.name] for column in columns), strict=True)
        if not set(keys) <= set(names):
            raise identity_missing(name)
        told = frozenset(word for word, flag in zip(_WORDS, flags, strict=True) if flag)
        found.append(Followed(name, columns, native, casts, keys, told, before))
    return tuple(found)


def _whole_name(
    session: "psycopg.Connection[Any]", database: "PostgresDatabase", name: TableName
) -> TableName:
    row = session.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.oid = to_regclass(%s)",
        (name.sql,),
    ).fetchone()
    if row is None:
        raise table_missing(name, database.tables(), reading=True)
    return TableName(*row)


def _keys(session: "psycopg.Connection[Any]", name: TableName) -> tuple[tuple[str, ...], bool]:
    """Return the key by which the log tells rows, and whether it tells the old row whole."""
    rows = session.execute(_KEYS, (name.sql,)).fetchall()
    for identity, primary, chosen, names in rows:
        if (identity == "i" and chosen) or (identity in {"d", "f"} and primary):
            return tuple(names), identity == "f"
    raise identity_missing(name)


def _described(
    session: "psycopg.Connection[Any]", name: TableName, names: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Return the type of each column: PostgreSQL's name for us, and how it is written in a cast."""
    wanted = ", ".join(map(quote_name, names))
    cursor = session.execute(f"SELECT {wanted} FROM {name.sql} LIMIT 0".encode())
    found = {}
    for column in cursor.description or ():
        # With -1 a type is named so that it cuts nothing.
        row = session.execute("SELECT format_type(%s, -1)", (column.type_code,)).fetchone()
        found[column.name] = (type_of(column)[1], row[0] if row else "text")
    return found


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the values of a row in the log belong.

    Args:
        table: Whose they are.
        places: For each column of the table, where its value stands; None for nowhere.
        count: How many values a row has.
    """

    table: Followed
    places: tuple[int | None, ...]
    count: int

    @classmethod
    def of(
        cls, table: Followed, relation: Relation, named: Mapping[int, Named], drift: Drift, lsn: int
    ) -> "Layout":
        """Return that of the rows that follow a message.

        Args:
            table: As it is read.
            relation: What the log says of it.
            named: Types that are no part of PostgreSQL.
            drift: What to do about other columns.
            lsn: Where the rows stand, for messages.

        Raises:
            ReadFailed: The columns have changed so that nobody decided what to do.
        """
        there = {column.name: at for at, column in enumerate(relation.columns)}
        faults = []
        new = [name for name in there if name not in table.schema.names]
        if new and drift.new == "fail":
            faults.append(f"{listing(new)} is not among the columns that are read")
        missing = [name for name in table.schema.names if name not in there]
        held = [key for key in table.keys if key in missing]
        if held or (missing and drift.missing == "fail"):
            faults.append(f"{listing(held or missing)} is missing there")
        for column in table.schema:
            at = there.get(column.name)
            if at is None:
                continue
            was = _type_of(relation.columns[at].type_oid, relation.columns[at].typmod, named)
            if not _takes(column.type, was):
                faults.append(f"'{column.name}' is {was} there and read as {column.type}")
        if faults:
            raise _drifted(table, faults, lsn)
        places = tuple(there.get(name) for name in table.schema.names)
        return cls(table, places, len(relation.columns))

    def values(self, row: Values) -> Values:
        """Return the values of a row in the order of the table's columns.

        Raises:
            ReadFailed: It has not as many as the table had.
        """
        if len(row) != self.count:
            raise ReadFailed(
                "Cannot understand what PostgreSQL's log says",
                why=f"a row of table {self.table.name} has {len(row)} values, not {self.count}",
                code="log_message_invalid",
            )
        return tuple([None if at is None else row[at] for at in self.places])


def _type_of(oid: int, typmod: int, named: Mapping[int, Named]) -> str:
    """Return the canonical type of a column in the log."""
    from psycopg.postgres import types

    info = types.get(oid)
    if info is None and oid in named and named[oid].schema == "pg_catalog":
        info = types.get(named[oid].name)  # What a domain is made of.
        typmod = -1
    if info is None:
        return VARCHAR
    array = info.array_oid == oid
    return target_type(f"_{info.name}" if array else info.name, typmod)


def _takes(read: str, was: str) -> bool:
    """Return True if no value of type `was` can be taken for another in a column read as `read`.

    One that is too long for it is rejected by itself.
    """
    found = carried(Schema((Column("v", was),))).columns[0].type
    if read == found:
        return True
    if read.endswith("[]") and found.endswith("[]"):
        return _takes(read[:-2], found[:-2])
    if base_type(found) == "DECIMAL" and base_type(read) == "DECIMAL":
        return True
    if found == "DECIMAL" and read == VARCHAR:
        return True  # As a table is read that has a numeric whose digits no DECIMAL holds.
    if found in _INTEGERS:
        wider = read in _INTEGERS and _INTEGERS.index(read) >= _INTEGERS.index(found)
        return wider or base_type(read) == "DECIMAL"
    return False


def _drifted(table: Followed, faults: Sequence[str], lsn: int) -> ReadFailed:
    return ReadFailed(
        f"Cannot go on with the changes of table {table.name}",
        why=f"from {lsn_text(lsn)} of the log on its rows have other columns: {'; '.join(faults)}",
        do="check the pipeline against the table as it is now; then say what to do about columns "
        "that are new (ignore) or missing (null), or load the table anew from a snapshot",
        code="columns_drifted",
    )
