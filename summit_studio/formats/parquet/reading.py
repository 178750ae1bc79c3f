"""Rows of Parquet files, as batches and in the types that were promised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.core.arrow import exact, plain
from summit_studio.core.schema import REJECT_COLUMNS, type_label, type_of_arrow
from summit_studio.formats.contract import Loaded
from summit_studio.formats.parquet.survey import Part, file_errors, opened

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Read:
    """Rows as they stand in a file.

    Args:
        table: In the file's types.
        nanos: The same rows with moments of 96 bits in nanoseconds; None where there are none.
    """

    table: "pa.Table"
    nanos: "pa.Table | None" = None

    def head(self, rows: int) -> "Read":
        """Return the first rows."""
        return Read(self.table.slice(0, rows), self.nanos and self.nanos.slice(0, rows))


def read_groups(part: Part, groups: Sequence[int], columns: list[str] | None) -> Read:
    """Return the rows of some row groups."""
    with file_errors(part.path):
        with opened(part.path) as file:
            table = file.read_row_groups(list(groups), columns=columns)
        if not part.int96:
            return Read(table)
        with opened(part.path, "ns") as file:
            return Read(table, file.read_row_groups(list(groups), columns=columns))


def batches(
    part: Part, groups: Sequence[int], columns: list[str] | None, rows: int
) -> Iterator[Read]:
    """Yield the rows of some row groups, so many at a time."""
    tables = _tables(part.path, groups, columns, rows, "us")
    if not part.int96:
        yield from map(Read, tables)
        return
    held = None
    others = _tables(part.path, groups, columns, rows, "ns")
    for table in tables:
        # Batches end where chunks do, which is another row where values are wider.
        while held is None or held.num_rows < table.num_rows:
            held = _joined(held, next(others))
        yield Read(table, held.slice(0, table.num_rows))
        held = held.slice(table.num_rows)


def _tables(
    path: Path, groups: Sequence[int], columns: list[str] | None, rows: int, int96_unit: str
) -> Iterator["pa.Table"]:
    import pyarrow as pa

    with file_errors(path), opened(path, int96_unit) as file:
        for batch in file.iter_batches(rows, row_groups=list(groups), columns=columns):
            yield pa.Table.from_batches([batch])


def _joined(table: "pa.Table | None", other: "pa.Table") -> "pa.Table":
    import pyarrow as pa

    return other if table is None else pa.concat_tables([table, other])


def gathered(groups: Sequence[int], rows: int, first: int = 0) -> Iterator[tuple[list[int], int]]:
    """Yield row groups that lie together, about `rows` rows in each gathering.

    Args:
        groups: The rows of each.
        rows: How many are wanted.
        first: The row group to begin with.
    """
    found: list[int] = []
    count = 0
    for index, size in enumerate(groups[first:], start=first):
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


def fit(part: Part, read: Read, schema: "pa.Schema", *, place: str = "", first: int = 1) -> Loaded:
    """Return the rows of a file in the promised columns and types.

    Args:
        part: Where they are from.
        read: Some of its columns, in the file's order.
        schema: As promised.
        place: What stands before the number of a row where it is said to come from.
        first: The number of the first row, in the file.

    Returns:
        The rows; and rejected those with a value that its type cannot hold as it is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    table = read.table
    names = _names(part, table)
    rows = table.num_rows
    columns, faults = [], []
    for wanted in schema:
        at = index_of(names, wanted.name)
        if at is None:
            value = pa.scalar(part.folders.get(wanted.name), pa.string())
            columns.append(pa.repeat(value.cast(wanted.type), rows))
            continue
        column, found = _column(read, at, wanted.type)
        columns.append(column)
        faults += [(wanted, shown, bad) for shown, bad in found]
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


def _column(
    read: Read, at: int, wanted: "pa.DataType"
) -> tuple["pa.ChunkedArray", list[tuple["pa.ChunkedArray", Sequence[int]]]]:
    """Return a column in the type that was promised; and rows that do not fit, with what shows."""
    own = read.table.column(at)
    column, bad = _fitted(own, wanted)
    faults = [(own, bad)] if bad else []
    if read.nanos is not None and (cut := _cut(own, read.nanos.column(at))):
        faults.append((_with_nanos(own, read.nanos.column(at)), cut))
    return column, faults


def _fitted(
    column: "pa.ChunkedArray", wanted: "pa.DataType"
) -> tuple["pa.ChunkedArray", Sequence[int]]:
    """Return a column in the type that was promised, and the rows whose value does not fit."""
    import pyarrow as pa

    column = plain(column)
    try:
        return exact(column, wanted), ()
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
            pieces.append(exact(piece, wanted))
        except (pa.ArrowInvalid, ValueError, OverflowError):
            if length == 1:
                pieces.append(pa.chunked_array([pa.nulls(1, wanted)]))
                bad.append(start)
                continue
            half = length // 2
            waiting += [(start + half, length - half), (start, half)]
    chunks = [chunk for piece in pieces for chunk in piece.chunks]
    return pa.chunked_array(chunks, wanted), bad


def _cut(micros: "pa.ChunkedArray", nanos: "pa.ChunkedArray") -> list[int]:
    """Return the rows whose moments have nanoseconds that microseconds do not hold.

    Both wrap around alike beyond the years of nanoseconds, so that they differ by these alone.
    """
    if micros.type == nanos.type:
        return []
    again = micros.cast(nanos.type, safe=False)
    found: list[int] = []
    waiting = [(0, len(nanos))]
    while waiting:
        start, length = waiting.pop()
        if again.slice(start, length).equals(nanos.slice(start, length)):
            continue
        if length == 1:
            found.append(start)
            continue
        half = length // 2
        waiting += [(start + half, length - half), (start, half)]
    return found


def _with_nanos(micros: "pa.ChunkedArray", nanos: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return moments as texts with all digits, whatever their year; nested ones as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_nested(micros.type):
        return micros
    again = micros.cast(nanos.type, safe=False).cast(pa.int64())
    # The remainder is taken apart by what wraps around on both sides.
    rest = pc.subtract(nanos.cast(pa.int64()), again)
    digits = pc.utf8_lpad(rest.cast(pa.string()), 3, "0")
    return pc.binary_join_element_wise(micros.cast(pa.string()), digits, "")


def _shown(value: "pa.ChunkedArray") -> str:
    import pyarrow as pa

    try:
        return str(value.cast(pa.string())[0].as_py())
    except pa.ArrowException:
        return "A value"
