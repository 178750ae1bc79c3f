"""Values that a table would hold as others, found before they are sent."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from summit_studio.connectors.fitting import Standing, changed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN: Final = 80
"""Characters of a value that a reason shows."""


class Exactness:
    """Tells which rows of a batch have a value that its column would change in silence.

    Args:
        conditions: DuckDB's SQL over `{0}` for the columns that may, by their place in a batch.
        says: What the table has there, by the same places.
    """

    def __init__(self, conditions: Mapping[int, str], says: Mapping[int, str]) -> None:
        self._conditions = conditions
        self._says = says

    @classmethod
    def of(cls, schema: Schema, standing: Standing) -> "Exactness":
        """Return that of rows of a schema for a table that stands."""
        conditions, says = {}, {}
        for index, column in enumerate(schema):
            found = standing.find(column.name)
            condition = changed(column, found) if found else ""
            if found and condition:
                conditions[index] = condition
                says[index] = found.limit.says if found.limit else f"is {found.type}"
        return cls(conditions, says)

    def refusals(self, batch: "pa.RecordBatch") -> list[Refusal]:
        """Return the refusals of a batch, in row order; of a row the first column's."""
        if not self._conditions or not batch.num_rows:
            return []
        found: dict[int, Refusal] = {}
        for index, condition in self._conditions.items():
            name = batch.schema.names[index]
            for row, value in _where(batch.column(index), condition):
                reason = f"the value {value} has no exact place: column {name} {self._says[index]}"
                found.setdefault(row, Refusal(row, "value_does_not_fit", reason, name))
        return [found[row] for row in sorted(found)]


def _where(array: "pa.Array", condition: str) -> Sequence[tuple[int, str]]:
    """Return row and text of the values of which a condition is true."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        rows = pa.table({"place": pa.array(range(len(array)), pa.int64()), "v": array})
        con.register("given", rows)
        found: list[tuple[int, str]] = con.execute(
            f"SELECT place, left(v::VARCHAR, {_SHOWN}) FROM given "
            f"WHERE v IS NOT NULL AND ({condition.replace('{0}', 'v')}) ORDER BY place"
        ).fetchall()
        return found
