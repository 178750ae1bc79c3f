"""The width case: CSV files with many columns, nothing told of them, into Parquet.

The limit is DuckDB with two threads that does the same in one statement.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.copies import copied

SHAPES = ((5000, 50), (1000, 1000))


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the figure of each shape."""
    for columns, rows in SHAPES:
        with tempfile.TemporaryDirectory() as name:
            path = wide(Path(name) / "wide.csv", columns, rows)
            yield copied(f"width/{columns}x{rows}", path, args.rounds, columns=columns, rows=rows)


def wide(path: Path, columns: int, rows: int) -> Path:
    """Write a CSV whose columns are numbers, amounts, dates, words and flags by turns."""
    kinds = (
        lambda r, c: str(r * 37 + c),
        lambda r, c: f"{(r * 7 + c) % 1000}.{c % 100:02d}",
        lambda r, c: f"2024-{c % 12 + 1:02d}-{r % 28 + 1:02d}",
        lambda r, c: f"word {(r * c) % 97}",
        lambda r, c: "" if (r + c) % 9 == 0 else f"{(r * c) % 1000 / 16:.4f}",
    )
    with path.open("w") as file:
        file.write(",".join(f"column_{c}" for c in range(columns)) + "\n")
        for r in range(rows):
            file.write(",".join(kinds[c % len(kinds)](r, c) for c in range(columns)) + "\n")
    return path
