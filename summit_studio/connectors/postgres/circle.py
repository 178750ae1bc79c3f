"""Tables of one run that refer to each other: in two transactions they would wait for each other.

They are filled in one. Rows are staged, so that it does not matter whose come first; once all are
there, old rows go from the tables that refer, and new ones come from those referred to.
"""

from collections.abc import Collection
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import TableName
from summit_studio.core.errors import WriteFailed
from summit_studio.core.suggest import listing

if TYPE_CHECKING:
    import psycopg

_REFERENCES: Final = """
WITH t AS (SELECT name, to_regclass(name) AS oid FROM unnest(%s::text[]) AS name)
SELECT DISTINCT child.name, parent.name, f.conname, f.condeferred
FROM pg_constraint f
JOIN t child ON child.oid = f.conrelid JOIN t parent ON parent.oid = f.confrelid
WHERE f.contype = 'f' AND f.conrelid <> f.confrelid ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class _Reference:
    """A foreign key: whose, to which table, and whether it waits for the COMMIT by itself."""

    child: str
    parent: str
    key: str
    deferred: bool

    @property
    def ends(self) -> set[str]:
        return {self.child, self.parent}

    def __str__(self) -> str:
        return f"{self.key} of {self.child} refers to {self.parent}".replace('"', "")


@dataclass(frozen=True, slots=True)
class Circle:
    """Tables that one run writes and that refer to each other.

    Args:
        tables: SQL of their names as the sinks say them, those referred to first.
        keys: The keys between them, for messages.
    """

    tables: tuple[str, ...]
    keys: str

    def refuse_sifting(self, table: TableName) -> None:
        """Refuse a writer whose rows go one by one, before any row.

        Raises:
            WriteFailed: Always.
        """
        raise WriteFailed(
            f"Cannot reject single rows of table {table}",
            why=f"the run writes tables that refer to each other ({self.keys}): whether a row is "
            "refused is only known once the rows of all of them are there",
            do="leave the rejected ports of these sinks unconnected, so that all is written or "
            "nothing; or write them in two pipelines, the table that is referred to first",
            code="tables_refer",
        )


def circle_of(
    session: "psycopg.Connection[Any]", table: TableName, beside: Collection[TableName]
) -> Circle | None:
    """Return the tables among `beside` that hang together with `table`, and itself.

    None where it stands alone, or is absent.

    Raises:
        WriteFailed: They refer to each other in a ring, by keys that do not wait for the COMMIT.
    """
    names = [name.sql for name in {table, *beside}]
    references = [_Reference(*row) for row in session.execute(_REFERENCES, (names,)).fetchall()]
    near = {table.sql}
    while grown := {end for r in references if r.ends & near for end in r.ends} - near:
        near |= grown
    within = [reference for reference in references if reference.ends & near]
    if not within:
        return None
    order = TopologicalSorter({name: set[str]() for name in sorted(near)})
    for reference in within:
        if not reference.deferred:
            order.add(reference.child, reference.parent)
    keys = listing(map(str, within))
    try:
        return Circle(tuple(order.static_order()), keys)
    except CycleError:
        raise WriteFailed(
            f"Cannot write table {table} together with the others",
            why=f"they refer to each other in a ring: {keys}",
            do="make one of these keys DEFERRABLE INITIALLY DEFERRED, or write the tables in "
            "pipelines of their own",
            code="tables_refer",
        ) from None
