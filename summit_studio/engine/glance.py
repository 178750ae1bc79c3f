"""What a column holds, at a glance: how much is missing, how many values, how they spread."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summit_studio.core.cancel import CancelToken

if TYPE_CHECKING:
    import pyarrow as pa

BARS = 12
"""Bars that a spread has at most."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One column of some rows.

    Args:
        rows: How many there are.
        nulls: How many have no value.
        distinct: How many values there are, null apart; None of lists and the like.
        spread: Heights of bars, the highest 1: of numbers and times the shares of equal steps from
            the smallest value to the largest, of others those of the commonest values.
        low: The smallest value as text, or the commonest.
        high: The largest value as text; empty of others.
    """

    rows: int
    nulls: int
    distinct: int | None
    spread: tuple[float, ...] = ()
    low: str = ""
    high: str = ""

    @property
    def null_share(self) -> float:
        """The share of rows without a value, 0 to 1."""
        return self.nulls / self.rows if self.rows else 0.0


def glances(table: "pa.Table", cancel: CancelToken) -> tuple[Glance, ...]:
    """Return what each column of a table holds.

    Raises:
        Cancelled: Someone cancelled.
    """
    found = []
    for column in table.columns:
        cancel.check()
        found.append(glance(column))
    return tuple(found)


def glance(column: "pa.ChunkedArray") -> Glance:
    """Return what a column holds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    rows, nulls, kind = len(column), column.null_count, column.type
    if pa.types.is_nested(kind):
        return Glance(rows, nulls, None)
    distinct = pc.count_distinct(column, mode="only_valid").as_py()
    if not distinct:
        return Glance(rows, nulls, 0)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return _measured(column, column, rows, nulls, distinct)
    if pa.types.is_temporal(kind) and not pa.types.is_interval(kind):
        width = pa.int32() if pa.types.is_date32(kind) or pa.types.is_time32(kind) else pa.int64()
        return _measured(column, column.cast(width), rows, nulls, distinct)
    if pa.types.is_interval(kind):
        return Glance(rows, nulls, distinct)
    return _counted(column, rows, nulls, distinct)


def _measured(
    column: "pa.ChunkedArray", numbers: "pa.ChunkedArray", rows: int, nulls: int, distinct: int
) -> Glance:
    import pyarrow as pa
    import pyarrow.compute as pc

    ends = pc.min_max(column).as_py()
    low, high = str(ends["min"]), str(ends["max"])
    values = numbers.drop_null().cast(pa.float64(), safe=False)
    values = values.filter(pc.is_finite(values))
    if not len(values):
        return Glance(rows, nulls, distinct, (), low, high)
    span = pc.min_max(values).as_py()
    width = span["max"] - span["min"]
    if not width or width == float("inf"):
        return Glance(rows, nulls, distinct, (1.0,), low, high)
    steps = min(BARS, max(distinct, 2))
    place = pc.floor(pc.multiply(pc.divide(pc.subtract(values, span["min"]), width), steps))
    counts = {c["values"]: c["counts"] for c in pc.value_counts(place).to_pylist()}
    # The largest value stands in the last step, not behind it.
    counts[steps - 1.0] = counts.get(steps - 1.0, 0) + counts.pop(float(steps), 0)
    most = max(counts.values())
    bars = tuple(counts.get(float(step), 0) / most for step in range(steps))
    return Glance(rows, nulls, distinct, bars, low, high)


def _counted(column: "pa.ChunkedArray", rows: int, nulls: int, distinct: int) -> Glance:
    import pyarrow.compute as pc

    values = column.drop_null()
    if distinct == len(values) and distinct > BARS:
        # All different, as keys are: bars would say nothing.
        return Glance(rows, nulls, distinct)
    found = sorted(
        ((c["counts"], c["values"]) for c in pc.value_counts(values).to_pylist()),
        key=lambda pair: -pair[0],
    )[:BARS]
    most = found[0][0]
    return Glance(rows, nulls, distinct, tuple(n / most for n, _ in found), str(found[0][1])[:80])
