"""The first rows of a port: read one by one, as a whole, or looked at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from summit_studio.api.misuse import whole_number
from summit_studio.core.arrow import values_of
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import Schema, is_number
from summit_studio.core.showing import ROWS, Table

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from summit_studio.engine.preview import Preview


class Rows:
    """The first rows of a port, as `preview` found them."""

    def __init__(self, preview: "Preview") -> None:
        self._preview = preview

    @property
    def preview(self) -> "Preview":
        """What was found, as the engine gives it."""
        return self._preview

    @property
    def schema(self) -> Schema:
        """The columns and their types."""
        return self._preview.schema

    @property
    def complete(self) -> bool:
        """True if these are all rows the port would ever get."""
        return self._preview.complete

    @property
    def note(self) -> str:
        """A sentence on what the rows stand for."""
        return self._preview.note

    def __len__(self) -> int:
        return int(self._preview.table.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield a dict a row."""
        for batch in self._preview.table.to_batches(max_chunksize=1000):
            yield from _dicts(batch)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """Return one row as a dict; -1 is the last.

        Raises:
            IndexError: There are fewer rows.
            Misuse: It is no whole number.
        """
        at = whole_number(index, "The number of a row")
        return next(_dicts(self._preview.table.slice(range(len(self))[at], 1)))

    def __repr__(self) -> str:
        return self._table().text()

    def _repr_html_(self) -> str:
        return self._table().html()

    def _table(self) -> Table:
        table = self._preview.table
        columns = [values_of(column) for column in table.slice(0, ROWS).columns]
        titles = [f"{c.name} {c.type}" for c in self.schema]
        right = "".join("r" if is_number(c.type) else "l" for c in self.schema)
        rows = list(zip(*columns, strict=True))
        return Table(titles, rows, right, len(self), self.note)

    def to_arrow(self) -> "pa.Table":
        """Return an Arrow table."""
        return self._preview.table

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return a dict a row."""
        return list(self)

    def to_pandas(self) -> "pd.DataFrame":
        """Return a DataFrame with Arrow types, so that whole numbers and nulls stay what they are.

        Raises:
            SummitError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise SummitError(
                "Cannot make a DataFrame",
                why="pandas is not installed",
                do="`pip install 'summit-studio[pandas]'`, or use `to_arrow` or `to_pylist`",
                code="pandas_missing",
            ) from None
        frame: pd.DataFrame = self._preview.table.to_pandas(types_mapper=pd.ArrowDtype)
        return frame


def _dicts(rows: "pa.Table | pa.RecordBatch") -> Iterator[dict[str, Any]]:
    names, columns = rows.schema.names, [values_of(column) for column in rows.columns]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
