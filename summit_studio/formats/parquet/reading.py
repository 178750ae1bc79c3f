"""Rows of Parquet files, as batches and in the types that were promised."""

from collections.abc import Iterator, Sequence
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.core.schema import REJECT_COLUMNS, type_label, type_of_arrow
from summit_studio.expressions.connect import locked_connection
from summit_studio.formats.contract import Loaded
from summit_studio.formats.parquet.survey import Part, file_errors, opened

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


def fit(
    part: Part, table: "pa.Table", schema: "pa.Schema", *, place: str = "", first: int = 1
) -> Loaded:
    """Return the rows of a file in the promised columns and types.

    Args:
        part: Where they are from.
        table: Some of its columns, in the file's order.
        schema: As promised.
        place: What stands before the number of a row where it is said to come from.
        first: The number of the first row, in the file.

    Returns:
        The rows; and rejected those with a value that its type cannot hold as it is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names = _names(part, table)
    rows = table.num_rows
    columns, faults = [], []
    for wanted in schema:
        at = index_of(names, wanted.name)
        if at is None:
            value = pa.scalar(part.folders.get(wanted.name), pa.string())
            columns.append(pa.repeat(value.cast(wanted.type), rows))
            continue
        column, bad = _fitted(table.column(at), wanted.type)
        columns.append(column)
        if bad:
            faults.append((wanted, table.column(at), bad))
    reasons = _unknown(part, table, names)
    numbers = range(first, first + rows)
    if not columns:
        return Loaded(table.select([]), place=place, lines=lambda: numbers)
    whole = pa.table(columns, schema=schema)
    if not faults and not reasons:
        return Loaded(whole, place=place, lines=lambda: numbers)
    for wanted, column, bad in faults:
        kind = type_of_arrow(wanted.type)
        for row in bad:
            shown = _shown(column.slice(row, 1))
            reason = f"{shown} cannot be held as {type_label(kind)} ({kind})."
            reasons.setdefault(row, ("cast_failed", wanted.name, reason))
    order = sorted(reasons)
    keep = pc.invert(pc.is_in(pa.array(range(rows)), value_set=pa.array(order)))
    rejected = whole.take(pa.array(order, pa.int64()))
    told = [reasons[row] for row in order]
    for name, values in zip(
        (c.name for c in REJECT_COLUMNS),
        (*zip(*told, strict=True), [f"{place}{first + row}" for row in order]),
        strict=True,
    ):
        if name in rejected.column_names:
            rejected = rejected.drop_columns([name])
        rejected = rejected.append_column(name, pa.array(values, pa.string()))
    return Loaded(
        whole.filter(keep),
        rejected,
        place=place,
        lines=lambda: list(compress(numbers, keep.to_pylist())),
    )


def _unknown(
    part: Part, table: "pa.Table", names: Sequence[str]
) -> dict[int, tuple[str, str, str]]:
    """Return why rows are rejected that have a value in a column which is not known."""
    import pyarrow.compute as pc

    found: dict[int, tuple[str, str, str]] = {}
    for name in part.new:
        at = index_of(names, name)
        if at is None:
            continue
        valid = pc.is_valid(table.column(at))
        for row in pc.indices_nonzero(valid).to_pylist():
            reason = f"The column {name} is none of those that are read."
            found.setdefault(row, ("unknown_column", name, reason))
    return found


def _names(part: Part, table: "pa.Table") -> Sequence[str]:
    """Return what the columns of a table are called here; it may have only some of the file's."""
    called = dict(zip(part.own, part.names, strict=True))
    # Where a file gives a name twice all of its columns are read, in its order.
    vague = len(called) < len(part.own)
    return part.names if vague else [called[name] for name in table.column_names]


def _fitted(
    column: "pa.ChunkedArray", wanted: "pa.DataType"
) -> tuple["pa.ChunkedArray", Sequence[int]]:
    """Return a column in the type that was promised, and the rows whose value does not fit."""
    import pyarrow as pa

    try:
        return _cast(column, wanted), ()
    except (pa.ArrowInvalid, ValueError, OverflowError):
        pass
    # Few values are at fault, as a rule: halves without one are cast at once.
    pieces: list[pa.ChunkedArray] = []
    bad: list[int] = []
    waiting = [(0, len(column))]
    while waiting:
        start, length = waiting.pop()
        try:
            # Taken, not sliced: a cast looks at all that stands beneath a slice of lists.
            piece = column.take(pa.array(range(start, start + length), pa.int64()))
            pieces.append(_cast(piece, wanted))
        except (pa.ArrowInvalid, ValueError, OverflowError):
            if length == 1:
                pieces.append(pa.chunked_array([pa.nulls(1, wanted)]))
                bad.append(start)
                continue
            half = length // 2
            waiting += [(start + half, length - half), (start, half)]
    chunks = [chunk for piece in pieces for chunk in piece.chunks]
    return pa.chunked_array(chunks, wanted), bad


def _cast(column: "pa.ChunkedArray", wanted: "pa.DataType") -> "pa.ChunkedArray":
    """Return a column in another type.

    Raises:
        ArrowInvalid: A value does not fit.
    """
    import pyarrow as pa

    kind = column.type
    if kind == wanted:
        return column
    if pa.types.is_dictionary(kind):
        return _cast(column.cast(kind.value_type), wanted)
    if isinstance(kind, pa.UuidType):
        return _by_duckdb(column, "v::VARCHAR")
    if pa.types.is_duration(kind):
        return _by_duckdb(column.cast(pa.duration("us")), "v")
    if isinstance(kind, pa.BaseExtensionType):
        storage = [chunk.storage for chunk in column.chunks]
        return _cast(pa.chunked_array(storage, kind.storage_type), wanted)
    return column.cast(wanted)


def _by_duckdb(column: "pa.ChunkedArray", value: str) -> "pa.ChunkedArray":
    """Return what DuckDB makes of a column `v`, where Arrow has no such cast."""
    import pyarrow as pa

    with locked_connection() as con:
        con.register("given", pa.table({"v": column}))
        return con.sql(f"SELECT {value} AS v FROM given").to_arrow_table()["v"]


def _shown(value: "pa.ChunkedArray") -> str:
    import pyarrow as pa

    try:
        return str(value.cast(pa.string())[0].as_py())
    except pa.ArrowException:
        return "A value"
