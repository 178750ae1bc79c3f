"""Rows that find their place in a table by a key: which go in, which replace another, which stay.

Rows wait on a stage, in the order in which they came. Of several with one key the newest goes on:
by the version column where there is one, else the last. All databases do it by these statements.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.history import History
from summit_studio.connectors.names import TableName
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import Schema
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import did_you_mean, listing

if TYPE_CHECKING:
    import pyarrow as pa

MergeMode = Literal["insert", "insert_only", "upsert", "delete_insert", "scd2", "window"]

Deletes = Literal["delete", "mark", "ignore"]
"""What becomes of the row of a key that was deleted."""

PLACE: Final = "__summit_place"
"""The column of a stage that tells in which order rows came."""

_RANK: Final = "__summit_rank"


@dataclass(frozen=True, slots=True)
class Merge:
    """How rows find their place.

    Args:
        mode: Of a key that is there already `upsert` updates the row, `insert_only` leaves it as it
            is, and for `insert` the database refuses the one that comes; `delete_insert` deletes
            all rows of the keys that come, then inserts; `scd2` keeps a row for each version;
            `window` finds no row by a key, but replaces those that meet a condition.
        keys: The columns of the key, as the rows have them.
        version: The column that tells which of two rows of a key is newer, of an upsert. A row
            never replaces one with a higher version.
        history: The columns of the versions, of `scd2`.
        where: The condition, of `window`.
        deletes: What deletes do, of rows that are changes; None where they are just rows.
        mark: The column that is true in rows that were deleted, where these are marked.
    """

    mode: MergeMode
    keys: tuple[str, ...]
    version: str | None = None
    history: History | None = None
    where: str = ""
    deletes: Deletes | None = None
    mark: str | None = None

    @property
    def needs_unique(self) -> bool:
        """True if the table must keep the key unique."""
        return self.mode not in {"delete_insert", "window"}

    @property
    def unique(self) -> tuple[str, ...]:
        """The columns of which the table has each value once."""
        return self.keys if self.history is None else (*self.keys, self.history.valid_from)


def check_merge(table: TableName, merge: Merge, schema: Schema, standing: Standing | None) -> None:
    """Refuse a merge that would not find its rows.

    A table that is missing is made with the key.

    Raises:
        WriteFailed: A column is not among the rows' (`key_missing`), or no unique key of the table
            has exactly the merge's columns (`key_not_unique`).
    """
    tracked = () if merge.history is None else merge.history.tracked
    for name in (*merge.keys, *([merge.version] if merge.version else []), *tracked):
        if name not in schema:
            near = did_you_mean(name, schema.names)
            raise WriteFailed(
                f"Cannot find rows of table {table} by '{name}'",
                why=f"the rows have the columns {listing(schema.names)}",
                do=f"choose '{near}'" if near else "choose one of them",
                code="key_missing",
                where=Where(column=name),
            )
    if standing is not None and merge.needs_unique and not is_unique(merge.unique, standing):
        raise key_not_unique(table, merge.unique, standing)


def is_unique(keys: Sequence[str], standing: Standing) -> bool:
    """Return True if a unique key of a table has exactly these columns."""
    wanted = {found.name if (found := standing.find(name)) else name for name in keys}
    return any(set(key) == wanted for key in standing.keys)


def key_not_unique(table: TableName, keys: Sequence[str], standing: Standing) -> WriteFailed:
    """Return the error about a key that the table does not keep unique."""
    named = [found.name if (found := standing.find(name)) else name for name in keys]
    has = "; ".join(listing(key) for key in standing.keys)
    columns = ", ".join(map(quote_name, named))
    return WriteFailed(
        f"Cannot find rows of table {table} by the key {listing(keys)}",
        why="the table has no unique key of exactly these columns"
        + (f", it has {has}" if has else ""),
        do=f"choose the columns of a key it has, or make one: CREATE UNIQUE INDEX ON"
        f" {standing.name.sql} ({columns})",
        code="key_not_unique",
        where=Where(column=keys[0]),
    )


def null_keys(batch: "pa.RecordBatch", keys: Sequence[str]) -> list[Refusal]:
    """Return the refusals of the rows that have no key."""
    import pyarrow.compute as pc

    found: dict[int, Refusal] = {}
    for name in keys:
        for row in pc.indices_nonzero(pc.is_null(batch.column(name))).to_pylist():
            reason = f"the key column '{name}' is null, so that no row can be found by it"
            found.setdefault(row, Refusal(row, "key_null", reason, name))
    return [found[row] for row in sorted(found)]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of rows.

    Args:
        counts: `inserted`, `updated`, `deleted`, `unchanged`, `stale` and `duplicate` rows; those
            that are 0 are left out.
        taken: How many of the rows the database accounts for.
    """

    counts: Mapping[str, int]
    taken: int


class Merging:
    """The statements of a merge into a table.

    Args:
        merge: How.
        schema: The columns of the rows.
        names: The table's names of them.
        table: Where they go.
        rows: SQL of where they wait, as it stands after FROM, with the table's names.
        place: SQL of what tells their order there.
        as_text: Names of columns whose values are compared as texts, since their type has no `=`.
        unique: True if the table has one row a key at most.
    """

    def __init__(
        self,
        merge: Merge,
        schema: Schema,
        names: Sequence[str],
        table: TableName,
        rows: str,
        place: str,
        *,
        as_text: Collection[str] = (),
        unique: bool = True,
    ) -> None:
        called = self._called = dict(zip(schema.names, names, strict=True))
        self._merge = merge
        self._names = list(names)
        self._keys = [called[name] for name in merge.keys]
        self._version = called[merge.version] if merge.version else None
        self.table = table
        self.rows = rows
        self._place = place
        self._as_text = frozenset(as_text)
        self._unique = unique or merge.needs_unique
        self.single = False
        """True once it is known that no two rows have one key: none needs to be chosen."""

    @property
    def _columns(self) -> str:
        return ", ".join(map(quote_name, self._names))

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{quote_name(k)} = {other}.{quote_name(k)}" for k in self._keys)

    def _values(self) -> list[str]:
        return [name for name in self._names if name not in self._keys]

    def _differs(self, new: str) -> str:
        """Return SQL that is true where a row has another value than the one there."""
        parts = []
        for name in self._values():
            a, b = f"old.{quote_name(name)}", f"{new}.{quote_name(name)}"
            if name in self._as_text:
                a, b = f"CAST({a} AS VARCHAR)", f"CAST({b} AS VARCHAR)"
            parts.append(f"{a} IS DISTINCT FROM {b}")
        return f"({' OR '.join(parts)})" if parts else "false"

    def _is_newer(self, new: str) -> str:
        """Return SQL that is true where a row is not older than the one there."""
        if self._version is None:
            return "true"
        name = quote_name(self._version)
        return f"(old.{name} IS NULL OR coalesce({new}.{name} >= old.{name}, false))"

    def chosen(self) -> str:
        """Return SQL of the rows that go on: one a key, the newest."""
        if self.single:
            return self.rows
        keys = ", ".join(map(quote_name, self._keys))
        newest = f"{quote_name(self._version)} DESC NULLS LAST, " if self._version else ""
        rank = f"row_number() OVER (PARTITION BY {keys} ORDER BY {newest}{self._place} DESC)"
        ranked = f"SELECT {self._columns}, {rank} AS {_RANK} FROM {self.rows} AS s"
        return f"(SELECT {self._columns} FROM ({ranked}) AS ranked WHERE {_RANK} = 1)"

    def staged(self) -> str:
        """Return the query of how many rows wait, and of how many keys."""
        keys = ", ".join(map(quote_name, self._keys))
        if len(self._keys) == 1:
            # PostgreSQL sorts them: numbers in half the time of the other, texts in longer.
            return f"SELECT count(*), count(DISTINCT {keys}) FROM {self.rows} AS s"
        distinct = f"SELECT count(*) FROM (SELECT DISTINCT {keys} FROM {self.rows} AS s) AS k"
        return f"SELECT (SELECT count(*) FROM {self.rows} AS s), ({distinct})"

    def looked_up(self) -> str:
        """Return the query of how many chosen rows are there, would change, and are older."""
        newer, differs = self._is_newer("r"), self._differs("r")
        if self._merge.mode == "insert_only":
            newer, differs = "true", "false"
        return (
            "SELECT count(*),"
            f" coalesce(sum(CASE WHEN {newer} AND {differs} THEN 1 ELSE 0 END), 0),"
            f" coalesce(sum(CASE WHEN {newer} THEN 0 ELSE 1 END), 0)"
            f" FROM {self.chosen()} AS r JOIN {self.table.sql} AS old ON {self._same('r', 'old')}"
        )

    def missing(self) -> str:
        """Return the query of how many chosen rows have no row of their key in the table."""
        there = f"SELECT 1 FROM {self.table.sql} AS old WHERE {self._same('r', 'old')}"
        return f"SELECT count(*) FROM {self.chosen()} AS r WHERE NOT EXISTS ({there})"

    def put(self, older: str = "false") -> str:
        """Return the statement that inserts or updates the chosen rows.

        Args:
            older: SQL that is false, computed once for each row that comes and is older than the
                one there.
        """
        keys = ", ".join(map(quote_name, self._keys))
        head = (
            f"INSERT INTO {self.table.sql} AS old ({self._columns}) SELECT {self._columns}"
            f" FROM {self.chosen()} AS r WHERE true ON CONFLICT ({keys}) DO "
        )
        values = self._values()
        if self._merge.mode == "insert_only" or not values:
            return head + "NOTHING"
        sets = ", ".join(f"{quote_name(n)} = excluded.{quote_name(n)}" for n in values)
        newer, differs = self._is_newer("excluded"), self._differs("excluded")
        when = f"CASE WHEN {newer} THEN {differs} ELSE {older} END"
        return f"{head}UPDATE SET {sets} WHERE {when}"

    def delete(self) -> str:
        """Return the statement that deletes the rows of the keys that come."""
        there = f"SELECT 1 FROM {self.rows} AS r WHERE {self._same('r', 'old')}"
        return f"DELETE FROM {self.table.sql} AS old WHERE EXISTS ({there})"

    def kept(self) -> str:
        """Return the query of a row that a delete has left, which only a trigger brings about."""
        there = f"SELECT 1 FROM {self.rows} AS r WHERE {self._same('r', 'old')}"
        return f"SELECT 1 FROM {self.table.sql} AS old WHERE EXISTS ({there}) LIMIT 1"

    def insert(self) -> str:
        """Return the statement that inserts after a delete: all rows, or one a key."""
        rows = self.chosen() if self.resolves else self.rows
        head = f"INSERT INTO {self.table.sql} ({self._columns})"
        return f"{head} SELECT {self._columns} FROM {rows} AS r"

    @property
    def resolves(self) -> bool:
        """True if of several rows of a key one goes on."""
        return self._unique


def merged_of(rows: int, keys: int, there: int, changing: int, stale: int, affected: int) -> Merged:
    """Return what became of rows that nobody else could come between.

    Args:
        rows: How many came.
        keys: How many keys they have.
        there: How many of the keys the table had.
        changing: How many of those rows were to be updated.
        stale: How many of those that came were older than the one there.
        affected: How many rows the table says were inserted or updated.
    """
    lost = keys - there + changing - affected
    counts = counted(
        inserted=max(affected - changing, 0), updated=changing, stale=stale, duplicate=rows - keys,
        unchanged=there - changing - stale,
    )  # fmt: skip
    return Merged(counts, rows - lost)


def counted(**counts: int) -> dict[str, int]:
    """Return the counts that are not 0."""
    return {name: count for name, count in counts.items() if count}
