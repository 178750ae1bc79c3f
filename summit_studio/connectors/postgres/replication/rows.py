"""Changes of a table as Arrow batches, by the rules of a COPY: see `postgres.csv`."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.postgres.copying import CopiedRows
from summit_studio.connectors.postgres.csv import joined, readable, select_list
from summit_studio.connectors.postgres.replication.messages import Toast, Value
from summit_studio.connectors.postgres.replication.tables import Followed
from summit_studio.core.errors import ReadFailed
from summit_studio.core.schema import HIDDEN, Column, Schema
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    from summit_studio.connectors.contract import Misfit, Reject

OP: Final = Column(f"{HIDDEN}op", "UTINYINT")
SEQ: Final = Column(f"{HIDDEN}seq", "BIGINT")


class Op(IntEnum):
    """What has happened to a row; `__summit_op`."""

    INSERT = 0
    UPDATE = 1
    DELETE = 2
    TRUNCATE = 3


def with_hidden(schema: Schema) -> Schema:
    """Return the columns of rows of changes: a table's own, then the hidden ones."""
    return Schema((*schema, OP, SEQ))


@dataclass(slots=True)
class _Change:
    op: Op
    seq: int
    values: tuple[Value, ...]


@dataclass(slots=True)
class Gathered:
    """Changes of a table that wait to become a batch.

    Args:
        table: Whose they are.
        superseded: Updates that were left out: the log does not hold all their values, and their
            row is gone by now, so that a later change tells what became of it.
    """

    table: Followed
    superseded: int = 0
    _changes: list[_Change] = field(default_factory=list)
    _done: int = 0

    def add(self, op: Op, seq: int, values: tuple[Value, ...]) -> None:
        """Take a change; its values are in the order of the table's columns."""
        self._changes.append(_Change(op, seq, values))

    def batch(
        self, session: "psycopg.Connection[Any]", reject: "Reject | None"
    ) -> "pa.RecordBatch | None":
        """Return what was taken as one batch, and begin anew; None for no change.

        Args:
            session: To the table's database.
            reject: Told each row with a value that has no place in its column.

        Raises:
            ReadFailed: There is such a value, and nobody takes its row.
        """
        changes, self._changes = self._changes, []
        if not changes:
            return None
        changes = self._completed(session, changes)
        rows = _converted(session, self.table, changes)
        schema = with_hidden(self.table.schema)
        taken = None if reject is None else _without_hidden(reject)
        sent = CopiedRows(b"".join(rows), list(map(len, rows)))
        found = joined(readable(sent, schema, self._done + 1, taken), schema)
        self._done += len(rows)
        return found

    def _completed(
        self, session: "psycopg.Connection[Any]", changes: list[_Change]
    ) -> list[_Change]:
        """Fill in the values that the log does not hold by those that the table has now.

        They may be of a later time: then the change that made them is still to come.
        """
        holes = [change for change in changes if Toast.UNCHANGED in change.values]
        if not holes:
            return changes
        there = _looked_up(session, self.table, [change.values for change in holes])
        gone: set[int] = set()
        for at, change in enumerate(holes):
            now = there.get(at)
            if now is None:
                gone.add(change.seq)
            else:
                filled = zip(change.values, now, strict=True)
                change.values = tuple(n if v is Toast.UNCHANGED else v for v, n in filled)
        self.superseded += len(gone)
        return [change for change in changes if change.seq not in gone]


def _looked_up(
    session: "psycopg.Connection[Any]", table: Followed, rows: Sequence[tuple[Value, ...]]
) -> dict[int, tuple[Value, ...]]:
    """Return what a table has now for the keys of some rows, by the place of each among them."""
    keys = [[_text(row[at]) for row in rows] for at in table.key_places]
    given = ", ".join(f"k{n}" for n in range(len(keys)))
    same = " AND ".join(
        f"t.{quote_name(table.schema.names[at])} = u.k{n}::{table.casts[at]}"
        for n, at in enumerate(table.key_places)
    )
    columns = ", ".join(f"t.{quote_name(name)}" for name in table.schema.names)
    query = (
        f"SELECT u.at - 1, {columns} FROM unnest({', '.join(['%s::text[]'] * len(keys))}) "
        f"WITH ORDINALITY AS u ({given}, at) JOIN {table.name.sql} t ON {same}"
    )
    found = _raw(session, query, keys)
    return {int(row[0] or b"0"): row[1:] for row in found}


def _converted(
    session: "psycopg.Connection[Any]", table: Followed, changes: Sequence[_Change]
) -> list[bytes]:
    """Return changes as CSV, as COPY writes rows to us."""
    columns = [[change.values[at] for change in changes] for at in range(len(table.schema))]
    odd = table.odd
    if odd and changes:
        named = [(table.schema.columns[at], table.native[at]) for at in odd]
        casts = ", ".join(
            f"u.c{n}::{table.casts[at]} AS {quote_name(table.schema.names[at])}"
            for n, at in enumerate(odd)
        )
        given = ", ".join(f"c{n}" for n in range(len(odd)))
        arrays = ", ".join(["%s::text[]"] * len(odd))
        query = (
            f"SELECT {select_list(named)} FROM (SELECT {casts}, u.at AS {quote_name(SEQ.name)} "
            f"FROM unnest({arrays}) WITH ORDINALITY AS u ({given}, at)) AS summit_values "
            f"ORDER BY {quote_name(SEQ.name)}"
        )
        texts = [[_text(value) for value in columns[at]] for at in odd]
        for at, values in zip(odd, zip(*_raw(session, query, texts), strict=True), strict=True):
            columns[at] = list(values)
    hidden = ([b"%d" % change.op for change in changes], [b"%d" % c.seq for c in changes])
    return [_line(values) for values in zip(*columns, *hidden, strict=True)]


def _line(values: Iterable[Value]) -> bytes:
    return b",".join([_quoted(value) for value in values]) + b"\n"


def _quoted(value: Value) -> bytes:
    if value is None:
        return b""
    if isinstance(value, Toast):
        raise ReadFailed(
            "Cannot read a change",
            why="the log does not hold a value, and nothing else tells it",
            do="load the table anew from a snapshot",
            code="value_unknown",
        )
    return b'"' + value.replace(b'"', b'""') + b'"'


def _text(value: Value) -> str | None:
    return value.decode() if isinstance(value, bytes) else None


def _raw(
    session: "psycopg.Connection[Any]", query: str, parameters: Sequence[Sequence[str | None]]
) -> list[tuple[bytes | None, ...]]:
    """Return the rows of a query as PostgreSQL writes them."""
    lists = [list(values) for values in parameters]
    result = session.execute(query.encode(), lists).pgresult
    if result is None:
        return []
    return [
        tuple([result.get_value(row, at) for at in range(result.nfields)])
        for row in range(result.ntuples)
    ]


def _without_hidden(reject: "Reject") -> "Reject":
    def told(misfit: "Misfit") -> None:
        values = json.loads(misfit.raw)
        shown = {name: value for name, value in values.items() if not name.startswith(HIDDEN)}
        # A number that is the same wherever reading begins.
        row = int(values[SEQ.name])
        reject(replace(misfit, row=row, raw=json.dumps(shown, ensure_ascii=False)))

    return told


def as_inserts(batch: "pa.RecordBatch", first: int) -> "pa.RecordBatch":
    """Return rows of a table as changes that insert them.

    Args:
        batch: The rows.
        first: `__summit_seq` of the first.
    """
    import pyarrow as pa

    count = batch.num_rows
    ops = pa.repeat(pa.scalar(int(Op.INSERT), pa.uint8()), count)
    order = pa.array(range(first, first + count), pa.int64())
    return batch.append_column(OP.name, ops).append_column(SEQ.name, order)
