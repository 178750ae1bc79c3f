"""Writing Parquet: row groups, dictionaries where they pay, and reading back what was written."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.core.schema import VARCHAR, arrow_type, is_plain

if TYPE_CHECKING:
    import pyarrow as pa

_SAMPLE_ROWS = 20_000
_LOW_SHARE = 0.1


class Held:
    """Rows held back until they are worth a row group."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []
        self.rows = 0
        self.bytes = 0

    def add(self, table: "pa.Table") -> None:
        """Hold more rows."""
        self._tables.append(table)
        self.rows += table.num_rows
        self.bytes += table.nbytes

    def take(self) -> "pa.Table":
        """Return all rows in order and hold none."""
        import pyarrow as pa

        whole = pa.concat_tables(self._tables)
        self._tables, self.rows, self.bytes = [], 0, 0
        return whole


def holds(type_name: str) -> bool:
    """Return True if Parquet has a place for the type; of rare ones it asks the writer."""
    if type_name == VARCHAR or (is_plain(type_name) and type_name != "INTERVAL"):
        return True
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.write_table(pa.schema({"v": arrow_type(type_name)}).empty_table(), io.BytesIO())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return False
    return True


def repetitive(sample: "pa.Table | None") -> list[str]:
    """Return the columns whose values repeat: for the others a dictionary only costs time."""
    if sample is None or not sample.num_rows:
        return []
    head = sample.slice(0, _SAMPLE_ROWS)
    return [
        name
        for name, column in zip(head.schema.names, head.columns, strict=True)
        if _repeats(column, head.num_rows)
    ]


def _repeats(column: Any, rows: int) -> bool:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_nested(column.type):
        return False
    return bool(pc.count_distinct(column).as_py() <= max(1, rows * _LOW_SHARE))


def rows_in(path: Path) -> int:
    """Return the rows of a closed file, by its footer."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def read_back(
    path: Path, schema: "pa.Schema", folders: dict[str, str | None]
) -> Iterator["pa.Table"]:
    """Yield the rows of a closed file in the columns of `schema`, some of them named by folders."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            columns = [
                pa.repeat(pa.scalar(folders[f.name], pa.string()), batch.num_rows).cast(f.type)
                if f.name in folders
                else batch.column(f.name).cast(f.type)
                for f in schema
            ]
            yield pa.table(columns, schema=schema)
