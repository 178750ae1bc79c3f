"""Rows of Parquet files, as batches and in the types that were promised."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.formats.parquet.survey import file_errors, opened

if TYPE_CHECKING:
    import pyarrow as pa


def batches(
    path: Path, groups: Sequence[int], columns: list[str] | None, rows: int
) -> Iterator["pa.Table"]:
    """Yield the rows of some row groups, so many at a time."""
    import pyarrow as pa

    with file_errors(path), opened(path) as file:
        for batch in file.iter_batches(rows, row_groups=list(groups), columns=columns):
            yield pa.Table.from_batches([batch])


def gathered(groups: Sequence[int], rows: int) -> Iterator[tuple[list[int], int]]:
    """Yield row groups that lie together, about `rows` rows in each gathering."""
    found: list[int] = []
    count = 0
    for index, size in enumerate(groups):
        if found and count + size > rows:
            yield found, count
            found, count = [], 0
        found.append(index)
        count += size
    if count:
        yield found, count


def index_of(names: Sequence[str], name: str) -> int | None:
    """Return the place of a column, without regard to letter case where none is spelled so."""
    if name in names:
        return names.index(name)
    folded = name.casefold()
    return next((i for i, other in enumerate(names) if other.casefold() == folded), None)


def as_type(column: "pa.ChunkedArray", wanted: "pa.DataType") -> "pa.ChunkedArray":
    """Return a column in the type that was promised.

    Raises:
        ArrowInvalid: A value does not fit.
    """
    import pyarrow as pa

    kind = column.type
    if kind == wanted:
        return column
    if pa.types.is_dictionary(kind):
        return as_type(column.cast(kind.value_type), wanted)
    if pa.types.is_temporal(kind) and getattr(kind, "unit", "") == "ns":
        # Batches carry microseconds; the rest of the nanoseconds is cut off.
        return column.cast(wanted, safe=False)
    return column.cast(wanted)
