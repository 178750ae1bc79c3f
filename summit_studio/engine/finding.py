"""Finds, sorts and writes rows that are looked at; nothing here changes what a pipeline does."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa


def texts(column: "pa.ChunkedArray") -> "pa.ChunkedArray | None":
    """Return a column as text, or None where it has no plain text."""
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return column
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return None
    try:
        return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return None


def hits(table: "pa.Table", text: str) -> "tuple[pa.BooleanArray, ...]":
    """Return by column the rows whose text holds `text`, letter case aside; nulls never do."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = []
    for column in table.columns:
        words = texts(column)
        if words is None:
            found.append(pa.array([False] * len(column), pa.bool_()))
            continue
        held = pc.match_substring(words, text, ignore_case=True)
        found.append(_whole(pc.fill_null(held, False)))
    return tuple(found)


def any_hit(found: "Sequence[pa.BooleanArray]", rows: int) -> "pa.BooleanArray":
    """Return the rows with a hit in any column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    held = pa.array([False] * rows, pa.bool_())
    for column in found:
        held = pc.or_(held, column)
    return held


def in_order(
    lines: "pa.Int64Array", column: "pa.ChunkedArray", *, descending: bool
) -> "pa.Int64Array":
    """Return the lines, as numbers, in the order of a column's values; those without one last.

    Args:
        lines: The row of `column` in each line, null where none stands there.
        column: What to sort by.
        descending: The largest first.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    values = _whole(column.take(lines))
    if pa.types.is_nested(values.type):
        return pa.array(range(len(lines)), pa.int64())
    table = pa.table({"value": values, "line": pa.array(range(len(lines)), pa.int64())})
    keys = [("value", "descending" if descending else "ascending"), ("line", "ascending")]
    return pc.sort_indices(table, keys).cast(pa.int64())


def write_csv(table: "pa.Table", rows: "pa.Int64Array", path: "Path") -> None:
    """Write rows of a table as CSV with a header, in the order told.

    Lists and the like are written as text.

    Raises:
        OSError: The file cannot be written.
    """
    import pyarrow as pa
    from pyarrow import csv

    kept = table.take(rows)
    for place, field in enumerate(kept.schema):
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            values = [None if v is None else str(v) for v in kept.column(place).to_pylist()]
            kept = kept.set_column(place, field.name, pa.array(values, pa.string()))
    with path.open("wb") as file:
        csv.write_csv(kept, file)


def _whole(column: "pa.ChunkedArray | pa.Array") -> "pa.Array":
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
