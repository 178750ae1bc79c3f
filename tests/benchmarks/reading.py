"""The reading case: a CSV of mixed types, nothing told of it, into Parquet.

Ours looks at the file, reads it with the row ledger on and writes Parquet. The limit is DuckDB
with two threads that does the same in one statement. To compare two checkouts, run the case from
each in turn: the limit is the same, and so is the file.
"""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.copies import copied
from tests.benchmarks.orders import orders


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the figure."""
    yield copied("reading", orders(args.rows), args.rounds, rows=args.rows)
