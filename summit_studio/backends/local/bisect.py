"""Finds the rows on which a person's code fails, by halving the batch, within a budget of calls."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from summit_studio.core.errors import LedgerImbalance, SummitError
from summit_studio.core.refusal import Refusal, refused_rows

if TYPE_CHECKING:
    import pyarrow as pa

BUDGET = 2_000
"""Calls spent on one batch: enough for about 100 guilty rows out of 100,000."""

HOPELESS = 32
"""Guilty rows in a row, from the first on, after which the code itself is held to be at fault."""


@dataclass(slots=True)
class Guilty:
    """What came of a batch: the result of the good rows, and the bad ones with their errors.

    Args:
        passed: What the code made of the good rows.
        passed_rows: How many good rows it was given.
        made_rows: How many rows it made of them, counted call by call.
        rows: The places of the bad rows in the batch, and their errors.
    """

    passed: "pa.Table | None" = None
    passed_rows: int = 0
    made_rows: int = 0
    rows: list[tuple[int, SummitError]] = field(default_factory=list)

    def rejected(self, batch: "pa.Table") -> "pa.Table":
        """Return the bad rows of `batch` with the reject columns."""
        refusals = [
            Refusal(index, e.code, f"{e.what.rstrip('.')}: {e.why}", e.where.column)
            for index, e in self.rows
        ]
        return refused_rows(batch, refusals)


def find_guilty(
    batch: "pa.Table",
    process: Callable[["pa.Table"], "pa.Table"],
    first: SummitError,
    budget: int = BUDGET,
) -> Guilty:
    """Return the good part's result and the guilty rows of a batch that failed.

    Args:
        batch: The rows, all of them.
        process: The code; called on ever smaller parts, in row order.
        first: The error on the whole batch.
        budget: Calls to spend.

    Raises:
        SummitError: Every row fails, or too many for the budget: the code is at fault.
    """
    import pyarrow as pa

    found = Guilty()
    passed: list[pa.Table] = []
    calls = 0

    def search(start: int, count: int, error: SummitError) -> None:
        nonlocal calls
        if count <= 1:
            found.rows.append((start, error))
            if len(found.rows) >= HOPELESS and not passed:
                raise first
            return
        for begin, length in ((start, count // 2), (start + count // 2, count - count // 2)):
            calls += 1
            if calls > budget:
                raise first
            try:
                part = batch.slice(begin, length)
                passed.append(process(part))
                found.passed_rows += part.num_rows
                found.made_rows += passed[-1].num_rows
            except LedgerImbalance:
                raise
            except SummitError as inner:
                search(begin, length, inner)

    search(0, batch.num_rows, first)
    if len(found.rows) == batch.num_rows > 1:
        raise first
    found.passed = pa.concat_tables(passed) if passed else None
    return found
