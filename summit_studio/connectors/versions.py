"""Versions of rows that are added to a history, judged and carried out by SQL.

Rows wait on a stage, as those of other merges do. One look judges all of them; what it finds is
carried out by an UPDATE of the versions that end and an INSERT of those that begin.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from summit_studio.connectors.merging import Merge, Merged, counted
from summit_studio.connectors.names import TableName
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Schema
from summit_studio.core.sql import quote_name

_RANK: Final = "__summit_rank"
_KNOWN: Final = "__summit_known"
_LATE: Final = "__summit_late"
_AT: Final = "__summit_at"
_CHANGES: Final = "__summit_changes"
_THERE: Final = "__summit_there"
_NTH: Final = "__summit_nth"
_MOVED: Final = "__summit_moved"
_VERDICT: Final = "__summit_verdict"
_UNTIL: Final = "__summit_until"
_NEXT: Final = "__summit_next"

_VERDICTS: Final = ("inserted", "updated", "unchanged", "stale")


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found of rows, and what the database says was done.

    Args:
        rows: How many came.
        inserted, updated, unchanged, stale: What those of them are of which none is a duplicate.
        closed: How many versions of the table were to end.
        ended: How many of those inserted have ended already, by one that came with them.
        touching: How many rows of the table were to be changed.
        touched: How many it says were.
        added: How many it says were inserted.
    """

    rows: int
    inserted: int
    updated: int
    unchanged: int
    stale: int
    closed: int
    ended: int
    touching: int
    touched: int
    added: int

    @property
    def merged(self) -> Merged:
        """What became of the rows; those that the table swallowed are not accounted for."""
        lost = self.inserted - self.added + self.touching - self.touched
        chosen = self.inserted + self.updated + self.unchanged + self.stale
        counts = counted(
            inserted=self.added, updated=self.updated, closed=self.closed + self.ended,
            unchanged=self.unchanged, stale=self.stale, duplicate=self.rows - chosen,
        )  # fmt: skip
        return Merged(counts, self.rows - lost)


class Versions:
    """The statements that add versions to a table.

    Args:
        merge: By what key, and how.
        schema: The columns of the rows, `valid_from` among them.
        names: The table's names of them.
        ends: The table's names of `valid_to` and `is_current`.
        table: Where they go.
        rows: SQL of where they wait, as it stands after FROM, with the table's names.
        place: SQL of what tells their order there.
        as_text: Names of columns whose values are compared as texts, since their type has no `=`.
    """

    def __init__(
        self,
        merge: Merge,
        schema: Schema,
        names: Sequence[str],
        ends: tuple[str, str],
        table: TableName,
        rows: str,
        place: str,
        *,
        as_text: Collection[str] = (),
    ) -> None:
        called = dict(zip(schema.names, names, strict=True))
        history = merge.history
        assert history is not None  # noqa: S101 - else there are no versions
        self.table = table
        self._names = list(names)
        self._keys = [called[name] for name in merge.keys]
        self._tracked = [called[name] for name in history.tracked]
        self._moment = called[history.valid_from]
        self._since = quote_name(self._moment)
        self._to, self._current = map(quote_name, ends)
        self._rows = rows
        self._place = place
        self._as_text = frozenset(as_text)

    # --- what the rows are ------------------------------------------------------------------------
    def judged(self) -> str:
        """Return the query of all rows but duplicates, each with what is to become of it.

        A row is late if it is from before the version that holds or, where none does any more,
        from before the last one ended. The first of a key that is not late is compared with the
        version that holds, each other with the one before it.
        """
        key = ", ".join(map(quote_name, self._keys))
        moved = self._differs("", f"OVER (PARTITION BY {key}, {_LATE} ORDER BY {self._since})")
        nth = f"row_number() OVER (PARTITION BY {key}, {_LATE} ORDER BY {self._since}) AS {_NTH}"
        chained = f"SELECT l.*, {nth}, {moved} AS {_MOVED} FROM ({self._looked_up()}) AS l"
        verdict = (
            f"CASE WHEN {_LATE} THEN CASE WHEN {_THERE} = 1 THEN 'unchanged' ELSE 'stale' END"
            f" WHEN {_AT} THEN CASE WHEN {_CHANGES} THEN 'updated' ELSE 'unchanged' END"
            f" WHEN {_NTH} = 1 AND {_KNOWN}"
            f" THEN CASE WHEN {_CHANGES} THEN 'inserted' ELSE 'unchanged' END"
            f" WHEN {_NTH} = 1 THEN CASE WHEN {_THERE} > 0 THEN 'stale' ELSE 'inserted' END"
            f" WHEN {_MOVED} THEN 'inserted' ELSE 'unchanged' END"
        )
        decided = f"SELECT c.*, {verdict} AS {_VERDICT} FROM ({chained}) AS c"
        begins = f"CASE WHEN {_VERDICT} = 'inserted' THEN {self._since} END"
        return (
            f"SELECT d.*, min({begins}) OVER (PARTITION BY {key}) AS {_UNTIL},"
            f" lead({self._since}) OVER (PARTITION BY {key}, {_VERDICT} ORDER BY {self._since})"
            f" AS {_NEXT} FROM ({decided}) AS d"
        )

    def _looked_up(self) -> str:
        """Return the query of the rows, each with what the table has of its key."""
        own = ", ".join(f"r.{quote_name(name)}" for name in self._names)
        since, ended = f"r.{self._since}", f"SELECT max(g.{self._to}) FROM {self.table.sql} AS g"
        late = (
            f"CASE WHEN held.{self._current} THEN coalesce({since} < held.{self._since}, false)"
            f" ELSE coalesce({since} < ({ended} WHERE {self._same('g', 'r')}), false) END"
        )
        there = (
            f"CASE WHEN same.{self._since} IS NULL THEN 0"
            f" WHEN {self._differs('same', 'r')} THEN 2 ELSE 1 END"
        )
        return (
            f"SELECT {own}, coalesce(held.{self._current}, false) AS {_KNOWN}, {late} AS {_LATE},"
            f" coalesce({since} = held.{self._since}, false) AS {_AT},"
            f" {self._differs('held', 'r')} AS {_CHANGES}, {there} AS {_THERE}"
            f" FROM {self._chosen()} AS r LEFT JOIN {self.table.sql} AS held"
            f" ON {self._same('held', 'r')} AND held.{self._current}"
            f" LEFT JOIN {self.table.sql} AS same"
            f" ON {self._same('same', 'r')} AND same.{self._since} = {since}"
        )

    def _chosen(self) -> str:
        """Return SQL of one row for each key and time: the last."""
        columns = ", ".join(map(quote_name, self._names))
        found_by = ", ".join([*map(quote_name, self._keys), self._since])
        rank = f"row_number() OVER (PARTITION BY {found_by} ORDER BY {self._place} DESC)"
        ranked = f"SELECT {columns}, {rank} AS {_RANK} FROM {self._rows} AS s"
        return f"(SELECT {columns} FROM ({ranked}) AS ranked WHERE {_RANK} = 1)"

    def _same(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{quote_name(k)} = {other}.{quote_name(k)}" for k in self._keys)

    def _differs(self, old: str, new: str) -> str:
        """Return SQL that is true where a tracked value is another.

        Without `old` the row before is meant, and `new` is the window that tells which it is.
        """
        parts = []
        for name in self._tracked:
            a = f"{old}.{quote_name(name)}" if old else quote_name(name)
            b = f"{new}.{quote_name(name)}" if old else quote_name(name)
            if name in self._as_text:
                a, b = f"CAST({a} AS VARCHAR)", f"CAST({b} AS VARCHAR)"
            parts.append(f"{a} IS DISTINCT FROM {b if old else f'lag({b}) {new}'}")
        return f"({' OR '.join(parts)})" if parts else "false"

    def broken(self) -> str:
        """Return the query of a key that comes and of which several versions hold."""
        key = ", ".join(f"old.{quote_name(name)}" for name in self._keys)
        comes = f"SELECT 1 FROM {self._rows} AS r WHERE {self._same('r', 'old')}"
        return (
            f"SELECT {key} FROM {self.table.sql} AS old WHERE old.{self._current}"
            f" AND EXISTS ({comes}) GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
        )

    # --- what becomes of them ---------------------------------------------------------------------
    def carry_out(
        self, run: Callable[[str], Any], counted_by: Callable[[Any], int], aside: TableName
    ) -> Merged:
        """Add the versions, by statements of which each is done before the next begins.

        Args:
            run: Runs one and returns its cursor.
            counted_by: Returns how many rows a statement changed.
            aside: What to call the temporary table of what was found.
        """
        if run(self.broken()).fetchone() is not None:
            raise history_broken(self.table, self._current)
        run(f"CREATE TEMP TABLE {aside.sql} AS {self.judged()}")
        found = self._tally(aside.sql, "0", "0")
        told = Tally(*run(found).fetchone())
        touched = counted_by(run(self._close(aside)))
        if told.updated:
            touched += counted_by(run(self._mend(aside)))
        added = counted_by(run(self._insert(aside.sql, "true")))
        run(f"DROP TABLE {aside.sql}")
        # One that is mended and ends is changed twice.
        touching = told.updated + told.closed
        return replace(told, touching=touching, touched=touched, added=added).merged

    def at_once(self) -> str:
        """Return one statement that adds the versions, for PostgreSQL; it gives a `Tally`'s values.

        A version ends before the next begins, so that an index of those that hold is not broken.
        """
        values = [quote_name(n) for n in self._names if n not in (*self._keys, self._moment)]
        sets = [f"{v} = CASE WHEN {_mends('j')} THEN j.{v} ELSE old.{v} END" for v in values]
        ends = f"j.{_UNTIL} IS NOT NULL"
        sets += [
            f"{self._to} = CASE WHEN {ends} THEN j.{_UNTIL} ELSE old.{self._to} END",
            f"{self._current} = NOT ({ends})",
        ]
        touch = (
            f"UPDATE {self.table.sql} AS old SET {', '.join(sets)} FROM judged AS j"
            f" WHERE {_touches('j')} AND {self._same('old', 'j')} AND old.{self._current}"
        )
        add = self._insert("judged", "(SELECT count(*) FROM touched) >= 0")
        told = self._tally(
            "judged", "(SELECT count(*) FROM touched)", "(SELECT count(*) FROM added)"
        )
        return (
            f"WITH judged AS MATERIALIZED ({self.judged()}), touched AS ({touch} RETURNING 1),"
            f" added AS ({add} RETURNING 1) {told}"
        )

    def _tally(self, judged: str, touched: str, added: str) -> str:
        sums = [
            *(f"{_VERDICT} = '{verdict}'" for verdict in _VERDICTS),
            f"{_touches('j')} AND {_UNTIL} IS NOT NULL",
            f"{_VERDICT} = 'inserted' AND {_NEXT} IS NOT NULL",
            _touches("j"),
        ]
        counts = [f"coalesce(sum(CASE WHEN {c} THEN 1 ELSE 0 END), 0)" for c in sums]
        values = [f"(SELECT count(*) FROM {self._rows} AS s)", *counts, touched, added]
        named = (f"{v} AS {f.name}" for v, f in zip(values, fields(Tally), strict=True))
        return f"SELECT {', '.join(named)} FROM {judged} AS j"

    def _mend(self, judged: TableName) -> str:
        values = [quote_name(n) for n in self._names if n not in (*self._keys, self._moment)]
        return (
            f"UPDATE {self.table.sql} AS old SET {', '.join(f'{v} = j.{v}' for v in values)}"
            f" FROM {judged.sql} AS j WHERE {_mends('j')} AND {self._same('old', 'j')}"
            f" AND old.{self._since} = j.{self._since}"
        )

    def _close(self, judged: TableName) -> str:
        return (
            f"UPDATE {self.table.sql} AS old SET {self._to} = j.{_UNTIL}, {self._current} = false"
            f" FROM {judged.sql} AS j WHERE {_touches('j')} AND j.{_UNTIL} IS NOT NULL"
            f" AND {self._same('old', 'j')} AND old.{self._current}"
        )

    def _insert(self, judged: str, after: str) -> str:
        columns = ", ".join(map(quote_name, self._names))
        return (
            f"INSERT INTO {self.table.sql} ({columns}, {self._to}, {self._current})"
            f" SELECT {columns}, {_NEXT}, {_NEXT} IS NULL FROM {judged} AS j"
            f" WHERE {_VERDICT} = 'inserted' AND {after}"
        )


def _mends(row: str) -> str:
    return f"{row}.{_VERDICT} = 'updated'"


def _touches(row: str) -> str:
    """Return SQL that is true of the row that speaks for the version that holds of its key."""
    ahead = f"{row}.{_NTH} = 1 AND {row}.{_KNOWN} AND NOT {row}.{_LATE}"
    return f"({ahead} AND ({_mends(row)} OR {row}.{_UNTIL} IS NOT NULL))"


def history_broken(table: TableName, current: str) -> WriteFailed:
    """Return the error about a key of which several versions hold."""
    return WriteFailed(
        f"Cannot keep the history of table {table}",
        why=f"for a key that comes several of its rows are current ({current} is true)",
        do="leave one current row for each key, and run again",
        code="history_broken",
    )
