"""Rows that somebody refuses, and why: by code that failed on them, by a target of a sink."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from summit_studio.core.schema import REJECT_COLUMNS, REJECT_SOURCE

if TYPE_CHECKING:
    import pyarrow as pa

Rows = TypeVar("Rows", "pa.Table", "pa.RecordBatch")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one row of a batch is refused.

    Args:
        row: Its place in the batch, from 0.
        code: Stable, for programs.
        reason: A sentence, in the words of whoever refuses.
        column: The column at fault, where that is known.
    """

    row: int
    code: str
    reason: str
    column: str | None = None


Refuse = Callable[["pa.Table", Sequence[Refusal]], None]
"""Takes a batch and its refusals, one a refused row, in row order.

A writer hands on the batch as it was given it, whole: the engine knows more of its rows.
"""


def refused_rows(batch: "pa.Table", refusals: Sequence[Refusal]) -> "pa.Table":
    """Return the refused rows of a batch with the reject columns behind their own.

    Where they came from is what they say of it themselves: some have been rejected before.
    """
    import pyarrow as pa

    taken = batch.take(pa.array([r.row for r in refusals], pa.int64()))
    known = REJECT_SOURCE in taken.schema.names
    values = (
        [r.code for r in refusals],
        [r.column for r in refusals],
        [r.reason for r in refusals],
        taken.column(REJECT_SOURCE).cast(pa.string()) if known else [None] * len(refusals),
    )
    for column, found in zip(REJECT_COLUMNS, values, strict=True):
        if column.name in taken.schema.names:
            taken = taken.drop_columns([column.name])
        told = found if isinstance(found, pa.ChunkedArray) else pa.array(found, pa.string())
        taken = taken.append_column(column.name, told)
    return taken


def kept_rows(batch: "Rows", refusals: Sequence[Refusal]) -> "Rows":
    """Return the rows of a batch that are not refused."""
    import pyarrow as pa

    gone = {refusal.row for refusal in refusals}
    rows = [row for row in range(batch.num_rows) if row not in gone]
    return batch.take(pa.array(rows, pa.int64())) if gone else batch
