"""Reading what has changed in tables until all is read that was there at the beginning.

The log is peeked at over an ordinary session: nothing is taken out of the slot before
`acknowledge`. A snapshot is read from the live tables after the slot was made: changes from the
slot on are told again after it, so that a sink with keys holds what the source holds once it has
caught up.
"""

import binascii
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from summit_studio.connectors.contract import Keyset
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.copying import Copied
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.postgres.replication.lsn import lsn_of, lsn_text
from summit_studio.connectors.postgres.replication.messages import (
    Begin,
    Commit,
    Delete,
    Insert,
    Message,
    Named,
    Relation,
    Toast,
    Truncate,
    Update,
    Value,
    decode,
)
from summit_studio.connectors.postgres.replication.rows import (
    Gathered,
    Op,
    as_inserts,
    with_hidden,
)
from summit_studio.connectors.postgres.replication.slots import (
    publication_missing,
    require_slot,
    slot_active,
    talking,
)
from summit_studio.connectors.postgres.replication.tables import Drift, Followed, Layout
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Position
from summit_studio.core.errors import ReadFailed
from summit_studio.core.schema import to_arrow
from summit_studio.core.sql import quote_name, quote_text

if TYPE_CHECKING:
    import psycopg
    import pyarrow as pa

    from summit_studio.connectors.contract import Misfit, Reject
    from summit_studio.connectors.postgres.database import PostgresDatabase

_PIECE: Final = 100_000
"""Changes that the server is asked for at once: it keeps them aside until they are sent."""

_MESSAGES: Final = 10_000
_BATCH_BYTES: Final = 32 << 20
_FLUSH_SECS: Final = 0.05
_FLUSH_TRIES: Final = 40


@dataclass(frozen=True, slots=True)
class Portion:
    """Some changes, in the order of their commits.

    Args:
        batches: Of each table that has some; `__summit_seq` gives the order over all of them, and
            rises from portion to portion, also where reading goes on at a position.
        position: Where to go on behind them, as JSON values; None in the midst of a transaction.
    """

    batches: "Mapping[TableName, pa.RecordBatch]"
    position: Position | None


class Changes:
    """Reads the changes of some tables through a slot. For one reader; `acknowledge` from anywhere.

    Args:
        database: Where the slot is.
        slot: Its name.
        publication: Tells of the tables.
        tables: Which are followed; changes of others are passed over.
        drift: What to do where the columns of a table have changed.
        piece: Changes that the server is asked for at once, beyond the end of a transaction.
    """

    def __init__(
        self,
        database: "PostgresDatabase",
        slot: str,
        publication: str,
        tables: Sequence[Followed],
        drift: Drift | None = None,
        piece: int = _PIECE,
    ) -> None:
        self._database = database
        self._slot = slot
        self._publication = publication
        self._tables = {(table.name.schema, table.name.table): table for table in tables}
        self._drift = drift or Drift()
        self._piece = piece
        self._held = threading.Lock()
        self._moved = False
        self._gathered = {table.name: Gathered(table) for table in tables}

    @property
    def superseded(self) -> int:
        """Updates that were left out since a later change tells what became of their row."""
        return sum(gathered.superseded for gathered in self._gathered.values())

    def start(self, *, snapshot: bool) -> Position:
        """Return the position of somebody who has read nothing: where the slot stands.

        Args:
            snapshot: Read the rows that the tables have, before the changes.

        Raises:
            ReadFailed: The slot cannot be read.
        """
        with talking(self._database, f"look at the replication slot '{self._slot}'") as session:
            slot = require_slot(session, self._slot)
        first = {"snapshot": {"table": 0, "key": None, "row": 0}} if snapshot else {}
        return {"lsn": lsn_text(slot.confirmed), "seq": 1, **first}

    def now(self) -> int:
        """Return the end of the log: all that is committed stands before it."""
        with self._talking() as session:
            return _now(session)

    def empty(self) -> "pa.Table":
        """Return no change of the one table that is followed."""
        (gathered,) = self._gathered.values()
        return to_arrow(with_hidden(gathered.table.schema)).empty_table()

    def acknowledge(self, position: Position) -> None:
        """Let the server forget what stands before a position: every sink holds it.

        Raises:
            ReadFailed: The slot is gone, or read by somebody else.
        """
        lsn = lsn_of(position.get("lsn"))
        with self._held, talking(self._database, f"move the slot '{self._slot}'") as session:
            if require_slot(session, self._slot).confirmed >= lsn:
                return
            session.execute(
                "SELECT pg_replication_slot_advance(%s, %s::pg_lsn)", (self._slot, lsn_text(lsn))
            )
            self._moved = True

    def portions(
        self,
        after: Position,
        batch_rows: int = 100_000,
        cancel: CancelToken | None = None,
        reject: "Reject | None" = None,
        stop: int | None = None,
    ) -> Generator[Portion]:
        """Yield what follows a position, until all is read that was committed when this began.

        The last has a position even where nothing has changed.

        Args:
            after: From `start` or a portion.
            batch_rows: How many changes a portion has, or 32 MiB of them; it goes on to the end of
                the transaction, but for one that has twice as many.
            cancel: Stops a waiting read at once, by Cancelled.
            reject: Told each row with a value that does not fit its column; None ends at the first.
            stop: The place up to which all is read; None for the end of the log as it is now.

        Raises:
            ReadFailed: The slot is missing, given up, read by another, or stands beyond `after`;
                columns have changed; or a value does not fit.
        """
        token = cancel or CancelToken()
        lsn = lsn_of(after.get("lsn"))
        with talking(self._database, f"look at the replication slot '{self._slot}'") as session:
            require_slot(session, self._slot, lsn)
        seq: int = after.get("seq", 1)
        if after.get("snapshot"):
            for portion in self._snapshot(after, batch_rows, token, reject):
                seq = portion.position["seq"] if portion.position else seq
                yield portion
        reading = _Reading(self._tables, self._gathered, self._drift, lsn, batch_rows, seq)
        yield from self._changes(reading, token, reject, stop)

    def _snapshot(
        self, after: Position, batch_rows: int, cancel: CancelToken, reject: "Reject | None"
    ) -> Iterator[Portion]:
        place: dict[str, Any] = dict(after["snapshot"])
        seq: int = after.get("seq", 1)
        tables = list(self._tables.values())
        for at in range(place["table"], len(tables)):
            table = tables[at]
            reached: list[Sequence[Any]] = [place["key"] or ()]
            keyset = Keyset(
                table.keys, lambda key, reached=reached: reached.__setitem__(0, key),  # type: ignore[misc]
                place["key"], place["row"],
            )  # fmt: skip
            misfits = _Counted(reject)
            rows = self._database.read(
                str(table.name), table.schema.names, batch_rows, cancel,
                misfits if reject is not None else None, keyset,
            )  # fmt: skip
            done = place["row"]
            with closing(rows):
                for batch in rows:
                    inserts = as_inserts(batch, seq)
                    taken = batch.num_rows + misfits.take()
                    seq += taken
                    done += taken
                    here = {"table": at, "key": list(reached[0]), "row": done}
                    position = {"lsn": after["lsn"], "seq": seq, "snapshot": here}
                    yield Portion({table.name: inserts}, position)
            seq += misfits.take()
            place = {"table": at + 1, "key": None, "row": 0}
        yield Portion({}, {"lsn": after["lsn"], "seq": seq})

    def _changes(
        self,
        reading: "_Reading",
        cancel: CancelToken,
        reject: "Reject | None",
        end: int | None,
    ) -> Iterator[Portion]:
        with ExitStack() as stack:
            # One session sends the log, the other answers what it does not tell.
            session = stack.enter_context(self._talking())
            asked = stack.enter_context(self._talking())
            lost = stack.enter_context(_Lost(session, self._publication))
            stop = _now(session) if end is None else end
            limit = self._piece
            while True:
                whole = _flushed(session, stop, cancel)
                seen = 0
                for data in self._peeked(session, stop, limit, cancel):
                    lost.check()
                    cancel.check()
                    seen += 1
                    message = decode(data)
                    if reading.stands_alone(message):
                        yield from reading.portion(asked, reject)
                    if reading.take(message):
                        yield from reading.portion(asked, reject)
                lost.check()
                if seen < limit:
                    break
                # What was read before comes again where nobody has acknowledged it.
                limit, self._moved = (self._piece if self._moved else 2 * limit), False
            reading.finish(stop if whole else 0)
            yield from reading.portion(asked, reject)

    def _talking(self) -> Any:
        return talking(self._database, f"read the replication slot '{self._slot}'")

    def _peeked(
        self, session: "psycopg.Connection[Any]", stop: int, limit: int, cancel: CancelToken
    ) -> Iterator[bytes]:
        import psycopg

        names = quote_text(quote_name(self._publication))
        query = (
            f"COPY (SELECT data FROM pg_logical_slot_peek_binary_changes({quote_text(self._slot)}, "
            f"'{lsn_text(stop)}', {limit}, 'proto_version', '1', 'publication_names', {names})) "
            "TO STDOUT"
        )
        rows = Copied(session, query, cancel).batches(_MESSAGES)
        try:
            with self._held:
                # Before the first the server has gathered all, and let go of the slot.
                batch = next(rows, None)
            while batch is not None:
                for row in batch.data.splitlines():
                    yield binascii.unhexlify(row[3:])
                batch = next(rows, None)
        except psycopg.errors.ObjectInUse:
            raise slot_active(self._slot) from None
        except psycopg.Error as error:
            # What became of the slot says more than the words of a peek that failed.
            with talking(self._database, "look at the replication slots") as other:
                require_slot(other, self._slot)
            what = f"Cannot read the replication slot '{self._slot}'"
            raise statement_failure(ReadFailed, what, error) from None


class _Reading:
    """Takes messages in turn, and gathers the changes among them."""

    def __init__(
        self,
        tables: Mapping[tuple[str | None, str], Followed],
        gathered: Mapping[TableName, Gathered],
        drift: Drift,
        after: int,
        batch_rows: int,
        seq: int,
    ) -> None:
        self._tables = tables
        self._gathered = gathered
        self._drift = drift
        self._end = after
        self._batch_rows = batch_rows
        self._seq = seq
        self._relations: dict[int, Relation] = {}
        self._layouts: dict[int, Layout] = {}
        self._named: dict[int, Named] = {}
        self._commit = 0
        self._passed = False
        self._within = False
        self._rows = 0
        self._bytes = 0

    def take(self, message: Message) -> bool:
        """Take a message; return True if it is time for a portion."""
        match message:
            case Begin(lsn):
                # It may come again: a peek begins where the slot stands.
                self._commit, self._within = lsn, True
                self._passed = lsn < self._end
                if not self._passed:
                    # It rises from load to load too, but where changes are denser than the log.
                    self._seq = max(self._seq, lsn)
            case Commit():
                self._within = False
                if not self._passed:
                    self._end = message.end
                return self._is_full()
            case Relation():
                self._relations[message.id] = message
                self._layouts.pop(message.id, None)
            case Named():
                self._named[message.oid] = message
            case Insert() | Update() | Delete() if not self._passed:
                layout = self._layout(message.relation)
                if layout is not None:
                    self._change(layout, message)
                return self._is_full()
            case Truncate() if not self._passed:
                self._truncate(message)
                return self._rows > 0
            case _:
                pass
        return False

    def stands_alone(self, message: Message) -> bool:
        """Return True if what was gathered is to be a portion before this message."""
        return isinstance(message, Truncate) and self._rows > 0 and not self._passed

    def finish(self, stop: int) -> None:
        """Note that all before a place is read."""
        self._end = max(self._end, stop)

    def portion(
        self, session: "psycopg.Connection[Any]", reject: "Reject | None"
    ) -> Iterator[Portion]:
        """Yield what was gathered; outside of a transaction it has a position."""
        batches = {}
        for name, gathered in self._gathered.items():
            batch = gathered.batch(session, reject)
            if batch is not None:
                batches[name] = batch
        position = None if self._within else {"lsn": lsn_text(self._end), "seq": self._seq}
        self._rows = self._bytes = 0
        yield Portion(batches, position)

    def _is_full(self) -> bool:
        # Only a large transaction is cut in its midst: epochs end where transactions do.
        times = 2 if self._within else 1
        return self._rows >= times * self._batch_rows or self._bytes >= times * _BATCH_BYTES

    def _layout(self, relation: int) -> Layout | None:
        """Return where the values of a relation belong; None of one that is not followed."""
        found = self._relations.get(relation)
        if found is None:
            raise ReadFailed(
                "Cannot understand what PostgreSQL's log says",
                why=f"a row of a table {relation} comes before the table",
                code="log_message_invalid",
            )
        table = self._tables.get((found.schema, found.name))
        if table is None:
            return None
        if relation not in self._layouts:
            self._layouts[relation] = Layout.of(
                table, found, self._named, self._drift, self._commit
            )
        return self._layouts[relation]

    def _change(self, layout: Layout, message: Insert | Update | Delete) -> None:
        if isinstance(message, Insert):
            self._add(layout, Op.INSERT, layout.values(message.new))
        elif isinstance(message, Delete):
            self._add(layout, Op.DELETE, layout.values(message.old))
        else:
            self._update(layout, message)

    def _update(self, layout: Layout, message: Update) -> None:
        new = layout.values(message.new)
        if message.old is not None:
            old = layout.values(message.old)
            keys = layout.table.key_places
            # The log names the key of before only where it is another, or kept aside.
            known = range(len(old)) if message.whole else keys
            new = tuple(
                old[at] if value is Toast.UNCHANGED and at in known else value
                for at, value in enumerate(new)
            )
            if any(old[at] != new[at] for at in keys):
                self._add(layout, Op.DELETE, old)
        self._add(layout, Op.UPDATE, new)

    def _truncate(self, message: Truncate) -> None:
        layouts = [self._layout(relation) for relation in message.relations]
        for layout in layouts:
            if layout is not None:
                self._add(layout, Op.TRUNCATE, (None,) * len(layout.places))

    def _add(self, layout: Layout, op: Op, values: tuple[Value, ...]) -> None:
        self._gathered[layout.table.name].add(op, self._seq, values)
        self._seq += 1
        self._rows += 1
        self._bytes += sum(len(value) for value in values if isinstance(value, bytes))


class _Counted:
    """Passes on rows that do not fit, and counts them: they have numbers, too."""

    def __init__(self, reject: "Reject | None") -> None:
        self._reject = reject
        self._count = 0

    def __call__(self, misfit: "Misfit") -> None:
        self._count += 1
        if self._reject is not None:
            self._reject(misfit)

    def take(self) -> int:
        """Return how many there were since this was asked last."""
        found, self._count = self._count, 0
        return found


class _Lost:
    """Watches for changes that the server passes over, of which it only warns."""

    def __init__(self, session: "psycopg.Connection[Any]", publication: str) -> None:
        self._session = session
        self._publication = publication
        self._found = False

    def __enter__(self) -> Self:
        self._session.add_notice_handler(self._notice)
        return self

    def __exit__(self, *_: object) -> None:
        self._session.remove_notice_handler(self._notice)

    def _notice(self, told: "psycopg.errors.Diagnostic") -> None:
        # "skipped loading publication", in whatever language the server speaks.
        warned = told.severity_nonlocalized == "WARNING" and told.sqlstate == "55000"
        self._found = self._found or warned

    def check(self) -> None:
        """Raise ReadFailed if the publication was not there at some place of the log."""
        if self._found:
            raise publication_missing(self._publication)


def _now(session: "psycopg.Connection[Any]") -> int:
    """Return the end of the log: all that is committed stands before it."""
    row = session.execute(
        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
        "ELSE pg_current_wal_insert_lsn() END::text"
    ).fetchone()
    return lsn_of(row[0] if row else None)


def _flushed(session: "psycopg.Connection[Any]", stop: int, cancel: CancelToken) -> bool:
    """Wait until the log is on disk up to a place, as changes are read only from there.

    Returns:
        False where it is not soon: the end may be of a transaction that is still open.
    """
    for _ in range(_FLUSH_TRIES):
        row = session.execute(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() "
            "ELSE pg_current_wal_flush_lsn() END >= %s::pg_lsn",
            (lsn_text(stop),),
        ).fetchone()
        if row and row[0]:
            return True
        if cancel.wait(_FLUSH_SECS):
            cancel.check()
    return False
