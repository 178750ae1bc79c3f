"""Which lines of two sides are shown, in which order, and which cells hold what is looked for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from summit_studio.engine.alignment import Aligned
from summit_studio.engine.finding import any_hit, hits, in_order

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.engine.sides import Shown


class Among(StrEnum):
    """Which lines are shown."""

    ALL = "All rows"
    CHANGED = "Changed"
    LEFT_OUT = "Left out"


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which column of which side lines are sorted."""

    after: bool
    column: int
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a person wants to see the lines.

    Args:
        text: What is looked for; empty for nothing.
        only: Show only lines that hold it.
    """

    text: str = ""
    only: bool = False
    among: Among = Among.ALL
    sorting: Sorting | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """The lines as they are wanted.

    Args:
        order: The lines that are shown, in order; None for all as they come.
        before: By column, the rows before that hold the text.
        after: The same of the rows after.
        hits: The places among the shown lines that hold it.
    """

    order: "pa.Int64Array | None" = None
    before: "tuple[pa.BooleanArray, ...]" = ()
    after: "tuple[pa.BooleanArray, ...]" = ()
    hits: "pa.Int64Array | None" = None


def arrange(before: "Shown | None", after: "Shown", aligned: Aligned, wanted: Wanted) -> Arranged:
    """Return the lines as they are wanted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    old = hits(before.table, wanted.text) if before is not None and wanted.text else ()
    new = hits(after.table, wanted.text) if wanted.text else ()
    held = pa.array([False] * aligned.lines, pa.bool_())
    for side, found, rows in ((before, old, aligned.left), (after, new, aligned.right)):
        if side is not None and found and side.table.num_rows:
            mask = any_hit(found, side.table.num_rows).take(rows)
            held = pc.or_(held, pc.fill_null(mask, False))
    order = _sorted(before, after, aligned, wanted.sorting)
    keep = _among(aligned, wanted.among)
    if wanted.only and wanted.text:
        keep = held if keep is None else pc.and_(keep, held)
    if keep is not None:
        every = pa.array(range(aligned.lines), pa.int64()) if order is None else order
        order = every.filter(keep.take(every))
    shown = held if order is None else held.take(order)
    places = pc.indices_nonzero(shown).cast(pa.int64()) if wanted.text else None
    return Arranged(order, old, new, places)


def _sorted(
    before: "Shown | None", after: "Shown", aligned: Aligned, sorting: Sorting | None
) -> "pa.Int64Array | None":
    if sorting is None:
        return None
    side, rows = (after, aligned.right) if sorting.after else (before, aligned.left)
    if side is None or sorting.column >= side.table.num_columns:
        return None
    return in_order(rows, side.table.column(sorting.column), descending=sorting.descending)


def _among(aligned: Aligned, among: Among) -> "pa.BooleanArray | None":
    import pyarrow as pa
    import pyarrow.compute as pc

    if among is Among.LEFT_OUT:
        return pc.and_(aligned.left.is_valid(), aligned.right.is_null())
    if among is Among.CHANGED:
        keep = pa.array([False] * aligned.lines, pa.bool_())
        for lit in aligned.changed.values():
            keep = pc.or_(keep, lit)
        return keep
    return None
