"""Counts what targets hold, as multisets of rows, and holds it against an undisturbed run."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

Held = Mapping[str, Counter[tuple[str, ...]]]
"""The rows of each target, each value as a text, with how often each row is there."""


class Toll(NamedTuple):
    """What became of rows."""

    lost: int
    doubled: int
    wrong: int


class Content:
    """All rows of one target, column by column."""

    def __init__(self, tables: "Iterable[pa.Table]") -> None:
        self._tables = list(tables)

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(table.num_rows for table in self._tables)

    @property
    def columns(self) -> list[str]:
        """The names of all columns, in order."""
        return list(dict.fromkeys(name for t in self._tables for name in t.column_names))

    def counted(self, without: frozenset[str] = frozenset()) -> Counter[tuple[str, ...]]:
        """Return how often each row is there, without some columns."""
        names = [name for name in self.columns if name not in without]
        found: Counter[tuple[str, ...]] = Counter()
        for table in self._tables:
            texts = [list(_texts(table, name)) for name in names]
            found.update(zip(*texts, strict=True) if texts else [()] * table.num_rows)
        return found


def _texts(table: "pa.Table", name: str) -> Iterator[str]:
    if name not in table.column_names:
        return iter(["nothing"] * table.num_rows)
    return map(repr, table.column(name).to_pylist())


def filled(content: Content, handed: Collection[str]) -> frozenset[str]:
    """Return the columns that a target fills by itself, such as a number it counts up.

    A crash may leave gaps in those. None where not all that was handed over is told apart.

    Args:
        content: What it holds.
        handed: The columns of the rows that it was handed.
    """
    own = {name.casefold() for name in handed}
    found = {name.casefold(): name for name in content.columns}
    return frozenset(found[n] for n in found.keys() - own) if own <= found.keys() else frozenset()


def unsteady(one: Content, other: Content) -> frozenset[str] | None:
    """Return the columns in which two undisturbed runs differ; None if their rows do.

    What code makes by chance, or takes from a clock of its own, is another each time.
    """
    if one.rows != other.rows or one.columns != other.columns:
        return None
    every = frozenset(one.columns)
    found = frozenset(n for n in every if one.counted(every - {n}) != other.counted(every - {n}))
    return found if one.counted(found) == other.counted(found) else None


def compare(want: Held, have: Held) -> Toll:
    """Return what is lost, doubled and wrong, over all targets."""
    lost = doubled = wrong = 0
    for target, rows in want.items():
        there = have.get(target, Counter())
        lost += sum(max(n - there[row], 0) for row, n in rows.items())
        doubled += sum(max(n - rows[row], 0) for row, n in there.items() if row in rows)
        wrong += sum(n for row, n in there.items() if row not in rows)
    return Toll(lost, doubled, wrong)
