"""Change streams: rows that say what happened to the rows of a source, one after the other.

A batch of changes has two columns beside those that people see: what happened, and where in the
order. A delete holds the columns of the key, and null in the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["insert", "update", "delete", "truncate"]

KINDS: Final[tuple[Kind, ...]] = ("insert", "update", "delete", "truncate")
"""What can happen; its place here is the number that stands in the column `OP`."""

INSERT, UPDATE, DELETE, TRUNCATE = range(len(KINDS))

OP: Final = "__summit_op"
"""The column, UTINYINT, that says what happened."""

SEQ: Final = "__summit_seq"
"""The column, BIGINT, that says in which order. It rises through a run; where it is null, changes
happened in the order in which they come."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is known of the changes of a stream before any of them comes.

    Args:
        keys: The columns by which a row of the source is found; together unique, never null.
        kinds: What may happen.
        before: True if a delete holds all columns of the row as it was.
        also: Further columns that a delete holds, since they are made of the keys alone.
    """

    keys: tuple[str, ...]
    kinds: frozenset[Kind] = frozenset(KINDS)
    before: bool = False
    also: tuple[str, ...] = ()

    @property
    def held(self) -> tuple[str, ...]:
        """The columns that a delete surely holds."""
        return (*self.keys, *self.also)

    def finds(self, names: Sequence[str]) -> bool:
        """Return True if a target that is looked through by these columns finds what is deleted.

        They must be held by a delete, and tell two rows of the source apart.
        """
        wanted = {name.casefold() for name in names}
        keys, also = _folded(self.keys), _folded(self.also)
        return wanted <= keys | also and (keys <= wanted or not wanted.isdisjoint(also))


def _folded(names: Collection[str]) -> set[str]:
    return {name.casefold() for name in names}
