"""Lays the rows of two sides beside each other: which stand in one line, and which cells differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from summit_studio.core.schema import Column
from summit_studio.engine.sides import Before, Fate, Shown

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Aligned:
    """Lines of which each has a row before, a row after, or both.

    Args:
        left: The row before in each line; null where none stands there.
        right: The row after.
        sources: By column after, the column before that it comes from: the one of its name, or one
            that is gone and held the same values. A new column has none.
        changed: By column after, the lines in which its value is another than before.
        fates: By row before that none after stands for, where it went.
    """

    left: "pa.Int64Array"
    right: "pa.Int64Array"
    sources: Mapping[int, int] = field(default_factory=dict)
    changed: Mapping[int, "pa.BooleanArray"] = field(default_factory=dict)
    fates: Mapping[int, Fate] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self.left)


def align(before: Before, after: Shown) -> Aligned:
    """Return the rows after beside those before that they stand for.

    The lines keep the order of the rows before, where the rows after do as well; else the order of
    the rows after, and those before that went elsewhere follow. Where nothing is matched, row by
    row as they come.
    """
    if before.came is None:
        most = max(before.rows.table.num_rows, after.table.num_rows)
        return Aligned(_first(before.rows.table.num_rows, most), _first(after.table.num_rows, most))
    left, right = _lines(before.came, before.rows.table.num_rows)
    sources = {
        place: found
        for place, column in enumerate(after.schema)
        if (found := _named(column, before.rows)) is not None
    }
    changed = {}
    for place, source in sources.items():
        lit = _differ(before.rows.table.column(source), after.table.column(place), left, right)
        if lit.true_count:
            changed[place] = lit
    gone = [i for i in range(len(before.rows.schema)) if i not in sources.values()]
    for place in range(len(after.schema)):
        if place not in sources:
            same = _held(before.rows, gone, after, place, left, right)
            if same is not None:
                sources[place] = same
                gone.remove(same)
    return Aligned(left, right, sources, changed, before.fates)


def alone(rows: int) -> Aligned:
    """Return lines of rows after and nothing before."""
    import pyarrow as pa

    return Aligned(pa.nulls(rows, pa.int64()), _first(rows, rows))


def _first(rows: int, lines: int) -> "pa.Int64Array":
    import pyarrow as pa

    numbers = pa.array(range(rows), pa.int64())
    return pa.concat_arrays([numbers, pa.nulls(lines - rows, pa.int64())])


def _lines(came: "pa.Int64Array", rows: int) -> "tuple[pa.Int64Array, pa.Int64Array]":
    import pyarrow as pa
    import pyarrow.compute as pc

    own = pa.array(range(len(came)), pa.int64())
    every = pa.array(range(rows), pa.int64())
    gone = every.filter(pc.invert(pc.is_in(every, value_set=came)))
    left = pa.concat_arrays([came, gone])
    right = pa.concat_arrays([own, pa.nulls(len(gone), pa.int64())])
    place = pc.fill_null(pc.fill_null_forward(came), -1)
    if len(place) > 1 and pc.any(pc.less(place[1:], place[:-1])).as_py():
        return left, right
    order = pc.sort_indices(
        pa.table({"place": pa.concat_arrays([place, gone]), "own": right}),
        [("place", "ascending"), ("own", "ascending")],
    )
    return left.take(order), right.take(order)


def _named(column: Column, rows: Shown) -> int | None:
    found = rows.schema.find(column.name)
    return None if found is None else rows.schema.columns.index(found)


def _differ(
    before: "pa.ChunkedArray",
    after: "pa.ChunkedArray",
    left: "pa.Int64Array",
    right: "pa.Int64Array",
) -> "pa.BooleanArray":
    """Return the lines with a row on both sides whose values differ."""
    import pyarrow as pa
    import pyarrow.compute as pc

    both = pc.and_(left.is_valid(), right.is_valid())
    old, new = _whole(before.take(left)), _whole(after.take(right))
    try:
        # Text that was read as a number or a date is the same where it stands for that value.
        read = pc.if_else(both, old, None).cast(new.type) if pa.types.is_string(old.type) else old
        other = pc.not_equal(read, new)
        if pa.types.is_floating(old.type) and pa.types.is_floating(new.type):
            other = pc.and_not_kleene(other, pc.and_kleene(pc.is_nan(old), pc.is_nan(new)))
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        other = _texts_differ(old, new)
    other = pc.fill_null(other, False)
    return pc.and_(both, pc.or_(other, pc.xor(old.is_null(), new.is_null())))


def _texts_differ(old: "pa.Array", new: "pa.Array") -> "pa.BooleanArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.not_equal(old.cast(pa.string()), new.cast(pa.string()))
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        pairs: Any = zip(old.to_pylist(), new.to_pylist(), strict=True)
        return pa.array([a != b for a, b in pairs], pa.bool_())


def _held(
    before: Shown,
    gone: list[int],
    after: Shown,
    place: int,
    left: "pa.Int64Array",
    right: "pa.Int64Array",
) -> int | None:
    """Return the column that is gone, has the type of a new one, and held the same values."""
    import pyarrow.compute as pc

    if not pc.any(pc.and_(left.is_valid(), right.is_valid())).as_py():
        return None
    for source in gone:
        old, new = before.table.column(source), after.table.column(place)
        if old.type == new.type and not _differ(old, new, left, right).true_count:
            return source
    return None


def _whole(column: "pa.ChunkedArray | pa.Array") -> "pa.Array":
    import pyarrow as pa

    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
