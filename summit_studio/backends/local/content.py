"""Content compared: an order-free sum of row hashes, of what was handed over and what came back.

Counts cannot see a value that changed on its way; this can. A sum does not depend on the order in
which a target gives its rows back, and sees a row that is there twice.
"""

from typing import TYPE_CHECKING

from summit_studio.core.sql import quote_name
from summit_studio.expressions.connect import locked_connection

if TYPE_CHECKING:
    import pyarrow as pa


class ContentSum:
    """Adds up the rows of batches. Used by one thread; `close` lets go of its DuckDB."""

    def __init__(self) -> None:
        self._con = locked_connection(threads=1)
        self.rows = 0
        self.sum = 0

    def add(self, batch: "pa.Table") -> None:
        """Add the rows of a batch; equal batches must have equal types."""
        if not batch.num_rows:
            return
        self._con.register("content", batch)
        columns = ", ".join(map(quote_name, batch.column_names))
        # One hash a row over its whole struct: a value that moves to another column is seen.
        query = f"SELECT count(*), sum(hash(row({columns}))::HUGEINT) FROM content"
        rows, found = self._con.sql(query).fetchall()[0]
        self._con.unregister("content")
        self.rows += rows
        self.sum += int(found)

    def close(self) -> None:
        """Let go of DuckDB."""
        self._con.close()
