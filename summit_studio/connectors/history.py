"""Rows that are kept with the time in which they held: a slowly changing dimension of type 2.

Each row is a version of its key, from a moment on. Where its tracked values differ from those of
the version before, that one ends and the new one begins; a version that has ended never changes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from summit_studio.connectors.fitting import Standing, mismatches
from summit_studio.connectors.names import TableName
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import BOOLEAN, TIMESTAMPTZ, Column, Schema
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class History:
    """The columns of a history.

    Args:
        tracked: Columns of the rows; a version differs from the one before if one of these does.
        valid_from: The column since when a version holds, which the rows bring.
        valid_to: The column until when it holds, that moment not included; null while it does.
        is_current: The column that is true of the version that holds.
        told_by: The column of the rows that says since when; empty if a clock does.
        moment: The type of the times.
    """

    tracked: tuple[str, ...]
    valid_from: str = "valid_from"
    valid_to: str = "valid_to"
    is_current: str = "is_current"
    told_by: str = ""
    moment: str = TIMESTAMPTZ

    @property
    def columns(self) -> tuple[str, str, str]:
        """All three."""
        return (self.valid_from, self.valid_to, self.is_current)

    def whole(self, schema: Schema) -> Schema:
        """Return the columns of a table of rows that have `schema`."""
        ends = (Column(self.valid_to, self.moment), Column(self.is_current, BOOLEAN))
        return self.timed(schema).with_columns(*ends)

    def timed(self, schema: Schema) -> Schema:
        """Return the columns of rows that bring since when they hold."""
        return schema.with_columns(Column(self.valid_from, self.moment))

    def ends(self, standing: Standing | None) -> tuple[str, str]:
        """Return what a table calls its columns `valid_to` and `is_current`."""
        if standing is None:
            return (self.valid_to, self.is_current)
        until, current = (standing.find(name) for name in (self.valid_to, self.is_current))
        assert until is not None and current is not None  # noqa: PT018, S101 - looked at before
        return (until.name, current.name)

    def without_ends(self, standing: Standing) -> Standing:
        """Return a table that stands without the two columns that no row brings."""
        return without(standing, (self.valid_to, self.is_current))

    def null_times(self, batch: "pa.RecordBatch") -> list[Refusal]:
        """Return the refusals of the rows that do not say since when they hold."""
        import pyarrow.compute as pc

        reason = f"column '{self.told_by}' is null, so that nobody knows since when the row holds"
        missing = pc.indices_nonzero(pc.is_null(batch.column(self.valid_from))).to_pylist()
        return [Refusal(row, "version_null", reason, self.told_by) for row in missing]

    def in_order(self, batch: "pa.RecordBatch", rows: Sequence[int]) -> list[int]:
        """Return rows of a batch by since when they hold, then as they came."""
        times = batch.column(self.valid_from).to_pylist()
        return sorted(rows, key=times.__getitem__)


def without(standing: Standing, names: Collection[str]) -> Standing:
    """Return a table that stands without some of its columns, letter case aside."""
    folded = {name.casefold() for name in names}
    kept = [column for column in standing.columns if column.name.casefold() not in folded]
    return replace(standing, columns=kept)


def check_history(table: TableName, history: History, standing: Standing) -> None:
    """Refuse a table that has no place for since when and until when a row holds.

    Args:
        table: As the sink names it.
        history: The columns.
        standing: What the catalogue knows of the table.

    Raises:
        WriteFailed: It names the columns, and the statement that adds them where they are missing.
    """
    types = (history.moment, history.moment, BOOLEAN)
    wanted = dict(zip(history.columns, types, strict=True))
    found = [c for c in standing.columns if c.name.casefold() in set(map(str.casefold, wanted))]
    faults = [
        m
        for m in mismatches(Schema.of(wanted), replace(standing, columns=found, keys=()))
        if not m.doubtful
    ]
    until = standing.find(history.valid_to)
    if until is not None and not until.nullable and not faults:
        raise WriteFailed(
            f"Cannot keep the history of table {table}",
            why=f"its column '{until.name}' takes no null, which says that a row holds still",
            do="let the column be null",
            code="history_columns",
            where=Where(column=until.name),
        )
    if not faults:
        return
    missing = [name for name in wanted if standing.find(name) is None]
    added = "; ".join(
        f"ALTER TABLE {standing.name.sql} ADD COLUMN {quote_name(name)} {wanted[name]}"
        for name in missing
    )
    raise WriteFailed(
        f"Cannot keep the history of table {table}",
        why="; ".join(
            f"it has no column '{m.column}'" if m.column in missing else m.clause for m in faults
        ),
        do="name the table's own columns under valid_from, valid_to and is_current"
        + (f", or add them: {added}" if added else ", of fitting types"),
        code="history_columns",
        where=Where(column=faults[0].column),
    )
