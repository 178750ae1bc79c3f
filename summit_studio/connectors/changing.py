"""Changes that find their place in a table by a key: of each key the last one counts.

Changes wait on a stage, as rows do that are merged. The rows of the keys that were deleted last go,
and those of the others are merged as if no change had come before.
"""

from collections.abc import Sequence
from typing import Any

from summit_studio.connectors.merging import Merging
from summit_studio.core.changes import DELETE, OP, SEQ, TRUNCATE
from summit_studio.core.sql import quote_name

_RANK = "__summit_rank"


class Changing(Merging):
    """The statements that carry changes out: those of a merge see only rows that stay.

    Attributes:
        since: SQL of the changes that count: those behind the last truncate.
    """

    since = "true"

    def begin_behind(self, truncate: Sequence[Any]) -> None:
        """Let only the changes count that come behind a truncate.

        Args:
            truncate: What `last_truncate` gave: where it stands in the order.
        """
        seq, place = truncate
        later = f"{self._place} > {place}"
        # A change without a number stands before all that have one.
        self.since = (
            f"({SEQ} IS NOT NULL OR {later})"
            if seq is None
            else f"({SEQ} > {seq} OR ({SEQ} = {seq} AND {later}))"
        )

    @property
    def resolves(self) -> bool:
        """True: of a key one change counts."""
        return True

    def last_truncate(self) -> str:
        """Return the query of where the last truncate stands in the order; none where none is."""
        return (
            f"SELECT {SEQ}, {self._place} FROM {self.rows} AS s WHERE {OP} = {TRUNCATE}"
            f" ORDER BY {self._order} LIMIT 1"
        )

    def tally(self) -> str:
        """Return the query of how many changes wait, and in how many a delete comes last."""
        return (
            f"SELECT (SELECT count(*) FROM {self.rows} AS s),"
            f" (SELECT count(*) FROM {self._last('=')} AS r)"
        )

    def staged(self) -> str:
        """Return the query of how many rows stay, and of how many keys: one each."""
        count = f"(SELECT count(*) FROM {self.chosen()} AS r)"
        return f"SELECT {count}, {count}"

    def chosen(self) -> str:
        """Return SQL of the rows that stay: one a key."""
        return self._last("<")

    def delete(self) -> str:
        """Return the statement that deletes the rows in whose place others come."""
        return f"DELETE FROM {self.table.sql} AS old WHERE {self._is_among(self.chosen())}"

    def kept(self) -> str:
        """Return the query of a row that a delete has left, which only a trigger brings about."""
        there = self._is_among(self.chosen())
        return f"SELECT 1 FROM {self.table.sql} AS old WHERE {there} LIMIT 1"

    def remove(self) -> str:
        """Return the statement that deletes or marks the rows of the keys deleted last."""
        return self._take_out(self._is_among(self._last("=")))

    def empty(self) -> str:
        """Return the statement that deletes or marks all rows."""
        return self._take_out("true")

    def remaining(self) -> str:
        """Return the query of a row that was to be deleted and is there."""
        there = self._is_among(self._last("="))
        return f"SELECT 1 FROM {self.table.sql} AS old WHERE {there} LIMIT 1"

    def _take_out(self, which: str) -> str:
        if self._merge.mark is None:
            return f"DELETE FROM {self.table.sql} AS old WHERE {which}"
        mark = quote_name(self._called[self._merge.mark])
        there = f"{which} AND old.{mark} IS DISTINCT FROM true"
        return f"UPDATE {self.table.sql} AS old SET {mark} = true WHERE {there}"

    def _is_among(self, rows: str) -> str:
        return f"EXISTS (SELECT 1 FROM {rows} AS r WHERE {self._same('r', 'old')})"

    @property
    def _order(self) -> str:
        return f"{SEQ} DESC NULLS LAST, {self._place} DESC"

    def _last(self, compared: str) -> str:
        """Return SQL of the last change of each key, as far as it is less than, or is, a delete."""
        keys = ", ".join(map(quote_name, self._keys))
        rank = f"row_number() OVER (PARTITION BY {keys} ORDER BY {self._order}) AS {_RANK}"
        ranked = (
            f"SELECT {self._columns}, {OP}, {rank} FROM {self.rows} AS s"
            f" WHERE {OP} <> {TRUNCATE} AND {self.since}"
        )
        last = f"{_RANK} = 1 AND {OP} {compared} {DELETE}"
        return f"(SELECT {self._columns} FROM ({ranked}) AS ranked WHERE {last})"
