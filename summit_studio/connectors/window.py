"""One window of a table's rows replaced by those that come: those that meet a condition."""

from collections.abc import Callable, Sequence
from typing import Any

from summit_studio.connectors.merging import Merged, counted
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import rows_remain
from summit_studio.core.errors import WriteFailed
from summit_studio.core.sql import quote_name


class Window:
    """The statements that replace the rows of a table that meet a condition.

    Args:
        where: The condition, a guarded expression over the table's columns.
        names: The table's names of the columns of the rows.
        table: Where they go.
        rows: SQL of where they wait, as it stands after FROM, with the table's names.
    """

    def __init__(self, where: str, names: Sequence[str], table: TableName, rows: str) -> None:
        self.table = table
        self._where = where
        # On lines of its own: a comment at its end takes nothing with it.
        self._meets = f"(\n{where}\n)"
        self._columns = ", ".join(map(quote_name, names))
        self._rows = rows

    def carry_out(self, run: Callable[[str], Any], counted_by: Callable[[Any], int]) -> Merged:
        """Delete what is in the window, then insert what comes.

        Args:
            run: Runs a statement and returns its cursor.
            counted_by: Returns how many rows a statement changed.

        Raises:
            WriteFailed: A row that comes lies outside of the window, or an old one is still there.
        """
        outside = f"SELECT count(*) FROM {self._rows} AS r WHERE {self._meets} IS NOT TRUE"
        (strays,) = run(outside).fetchone()
        if strays:
            raise self._strays(strays)
        deleted = counted_by(run(f"DELETE FROM {self.table.sql} WHERE {self._meets}"))
        left = f"SELECT 1 FROM {self.table.sql} WHERE {self._meets} LIMIT 1"
        if run(left).fetchone() is not None:
            raise rows_remain(self.table)
        insert = f"INSERT INTO {self.table.sql} ({self._columns})"
        inserted = counted_by(run(f"{insert} SELECT {self._columns} FROM {self._rows} AS r"))
        return Merged(counted(inserted=inserted, deleted=deleted), inserted)

    def _strays(self, count: int) -> WriteFailed:
        return WriteFailed(
            f"Cannot replace rows of table {self.table}",
            why=f"{count:,} of the rows that come do not meet replace_where"
            f" ({self._where.strip()}), and would be there twice when they come again",
            do="filter the rows by the same condition before this sink, or correct it",
            code="outside_window",
        )
