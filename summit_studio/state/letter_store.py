"""The dead letters of the state database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import SummitError
from summit_studio.state.engine import default_place, guard, open_engine, writing
from summit_studio.state.letter_progress import LetterCheckpoint
from summit_studio.state.letters import (
    Address,
    Letter,
    LetterGroup,
    LetterStatus,
    Selection,
    group_of,
    is_retriable,
    shape_of,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import ColumnElement, Connection, Engine

PACKET_ROWS: Final = 10_000
"""Letters whose rows are kept, and come to memory, together."""

ARROW: Final = "arrow"
"""The only form of payload so far: an Arrow IPC stream. An encrypted one will have its own name."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one row was rejected.

    Args:
        origin: The letter that brought the row here; None of a row that came from its source.
    """

    code: str
    column: str | None
    message: str
    source: str | None
    raw_value: str | None
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Letters of a pipeline that went through or were let go."""

    pipeline: str
    status: LetterStatus
    letters: int


class LetterStore:
    """Dead letters, by whose they are. Any thread may call it; processes may share a database."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    @classmethod
    def open(cls, place: str | Path | None = None) -> "LetterStore":
        """Open the letters of a state database, made or upgraded where needed.

        Args:
            place: A path, or a database URL; None takes `default_place()`.

        Raises:
            StateUnavailable: It is broken, locked, read-only, out of reach or from a newer version.
        """
        return cls(open_engine(default_place() if place is None else place))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def checkpoint(self, key: SinkKey) -> LetterCheckpoint:
        """Return what keeps how far the letters of a node are."""
        return LetterCheckpoint(self._engine, key)

    def put(
        self,
        address: Address,
        node_id: str,
        run_id: str,
        lineage: str,
        payload: "pa.Table",
        rejections: Sequence[Rejection],
        batch: str | None = None,
        status: LetterStatus = LetterStatus.PENDING,
    ) -> None:
        """Keep rows that a node rejected, durable; nobody sees them before `commit`.

        Args:
            address: Whose they are.
            node_id: Who rejected them.
            run_id: In which run.
            lineage: Of which load.
            payload: The rows, one a rejection.
            rejections: Why, one a row.
            batch: The retry that brought them here.
            status: Another than pending where no epoch is to be committed first.
        """
        now = datetime.now(UTC)
        shared = {
            "pipeline": address.pipeline,
            "pipeline_id": address.pipeline_id,
            "environment": address.environment,
            "graph_hash": address.graph_hash,
            "lineage": lineage,
            "run_id": run_id,
            "epoch": 0,
            "node_id": node_id,
            "queue": address.queue,
            "attempts": 1,
            "status": status.value,
            "batch": batch,
            "created_at": now,
            "updated_at": now,
        }
        with guard("keep dead letters"), writing(self._engine) as connection:
            for at in range(0, len(rejections), PACKET_ROWS):
                packet = _put_packet(connection, payload.slice(at, PACKET_ROWS))
                rows = [
                    shared
                    | {
                        "packet_id": packet,
                        "place": place,
                        "source": r.source,
                        "column": r.column,
                        "raw_value": r.raw_value,
                        "code": r.code,
                        "message": r.message,
                        "group": group_of(node_id, r.code, r.column, r.message),
                        "retriable": is_retriable(r.code),
                        "origin": r.origin,
                    }
                    for place, r in enumerate(rejections[at : at + PACKET_ROWS])
                ]
                connection.execute(_letters().insert(), rows)

    def drop_pending(
        self, address: Address, node_id: str, batch: str | None, run_id: str | None = None
    ) -> None:
        """Forget letters of an epoch that was not committed; those of one run, or of all."""
        table = _letters()
        which = _of(address) & _is(LetterStatus.PENDING) & (table.c.node_id == node_id)
        which &= table.c.batch.is_(None) if batch is None else table.c.batch == batch
        if run_id is not None:
            which &= table.c.run_id == run_id
        with guard("keep dead letters"), writing(self._engine) as connection:
            if connection.execute(table.delete().where(which)).rowcount:
                _drop_packets(connection)

    def pending(self, address: Address, node_id: str, run_id: str) -> int:
        """Return how many letters of a run wait for their epoch, by the database's count."""
        with guard("count dead letters"), self._engine.connect() as connection:
            return _count(connection, _waiting(address, node_id, run_id))

    def commit(
        self,
        address: Address,
        node_id: str,
        run_id: str,
        epoch: int,
        checkpoint: LetterCheckpoint,
    ) -> int:
        """Show the letters of an epoch and move the checkpoint, in one step; return their number.

        Raises:
            Fenced: Another run has taken over.
        """
        table = _letters()
        with guard("keep dead letters"), writing(self._engine) as connection:
            from sqlalchemy import case

            status = case(
                (table.c.batch.is_(None), LetterStatus.OPEN.value), else_=LetterStatus.AGAIN.value
            )
            shown = connection.execute(
                table.update()
                .where(_waiting(address, node_id, run_id))
                .values(status=status, epoch=epoch)
            ).rowcount
            checkpoint.advance(connection, shown)
        return int(shown)

    def groups(self, address: Address | None, selection: Selection) -> tuple[LetterGroup, ...]:
        """Return how the letters of a selection fall into groups, the biggest first.

        Args:
            address: Whose; None for those of all pipelines.
            selection: Which of them.
        """
        from sqlalchemy import func, select

        c = _letters().c
        count = func.count()
        query = (
            select(
                c.group, c.node_id, c.code, c.column, func.min(c.message), count,
                func.min(c.created_at), func.max(c.created_at),
            )
            .where(_chosen(address, selection))
            .group_by(c.group, c.node_id, c.code, c.column)
            .order_by(count.desc(), c.group)
        )  # fmt: skip
        with guard("read dead letters"), self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(
            LetterGroup(group, node_id, code, column, shape_of(message), letters, first, last)
            for group, node_id, code, column, message, letters, first, last in rows
        )

    def letters(
        self, address: Address | None, selection: Selection, limit: int | None = None
    ) -> tuple[Letter, ...]:
        """Return the letters of a selection, oldest first; without an address, of all pipelines."""
        query = _letters().select().where(_chosen(address, selection))
        with guard("read dead letters"), self._engine.connect() as connection:
            found = connection.execute(query.order_by(_letters().c.letter_id).limit(limit))
            return tuple(_letter(dict(row)) for row in found.mappings())

    def count(self, address: Address | None, selection: Selection) -> int:
        """Return how many letters a selection holds; without an address, of all pipelines."""
        with guard("count dead letters"), self._engine.connect() as connection:
            return _count(connection, _chosen(address, selection))

    def ids(self, address: Address, selection: Selection) -> tuple[int, ...]:
        """Return the numbers of the letters of a selection, oldest first."""
        from sqlalchemy import select

        c = _letters().c
        query = select(c.letter_id).where(_chosen(address, selection)).order_by(c.letter_id)
        with guard("read dead letters"), self._engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def settled(self, keep: int, before: datetime) -> tuple[Settled, ...]:
        """Return how many letters nobody needs any more: retried or discarded, and old or too many.

        Args:
            keep: As many of them are needed, those settled last.
            before: Those settled before are not.
        """
        from sqlalchemy import func, select

        c = _letters().c
        query = select(c.pipeline, c.status, func.count()).group_by(c.pipeline, c.status)
        with guard("read dead letters"), self._engine.connect() as connection:
            which = _needless(connection, keep, before)
            found = connection.execute(query.where(which).order_by(c.pipeline, c.status)).all()
        return tuple(Settled(name, LetterStatus(status), count) for name, status, count in found)

    def drop_settled(self, keep: int, before: datetime) -> None:
        """Delete the letters that `settled` counts, and their rows, in one transaction."""
        with guard("tidy dead letters"), writing(self._engine) as connection:
            which = _needless(connection, keep, before)
            if connection.execute(_letters().delete().where(which)).rowcount:
                _drop_packets(connection)

    def rows(
        self, address: Address, selection: Selection, after: int = 0
    ) -> Iterator[tuple[list[int], "pa.Table"]]:
        """Yield the letters of a selection behind a letter by id, and their rows, packet by packet.

        Each has one schema; that of the next may be another.
        """
        with guard("read dead letters"), self._engine.connect() as connection:
            yield from _rows(connection, _chosen(address, selection), after)

    def edit(
        self, address: Address, selection: Selection, change: Callable[["pa.Table"], "pa.Table"]
    ) -> int:
        """Put other rows in the place of those of open letters, all or none; return how many.

        Args:
            address: Whose they are.
            selection: Which of them.
            change: Gives the new rows, one for each of those it gets, in order.
        """
        from sqlalchemy import bindparam

        now = datetime.now(UTC)
        which = _chosen(address, replace(selection, status=LetterStatus.OPEN))
        edited = 0
        with guard("edit dead letters"), writing(self._engine) as connection:
            for ids, rows in _rows(connection, which):
                packet = _put_packet(connection, change(rows))
                table = _letters()
                moved = table.update().where(table.c.letter_id == bindparam("letter"))
                moved = moved.values(packet_id=packet, place=bindparam("to"), updated_at=now)
                # One statement for all: one each would take six times as long.
                connection.execute(
                    moved, [{"letter": each, "to": place} for place, each in enumerate(ids)]
                )
                edited += len(ids)
            _drop_packets(connection)
        return edited

    def discard(self, address: Address, selection: Selection) -> int:
        """Let open letters go; their rows stay readable. Return how many."""
        return self._move(
            _chosen(address, replace(selection, status=LetterStatus.OPEN)),
            {"status": LetterStatus.DISCARDED.value},
        )

    def send(self, address: Address, selection: Selection, batch: str) -> int:
        """Take open letters into a retry; return how many."""
        return self._move(
            _chosen(address, replace(selection, status=LetterStatus.OPEN)),
            {"status": LetterStatus.RETRYING.value, "batch": batch},
        )

    def batches(self, address: Address) -> tuple[tuple[str, str], ...]:
        """Return the retries that are not settled, each with the node it enters at."""
        from sqlalchemy import func, select

        c = _letters().c
        query = (
            select(c.batch, c.node_id)
            .where(_of(address) & _is(LetterStatus.RETRYING))
            .group_by(c.batch, c.node_id)
            .order_by(func.min(c.letter_id))
        )
        with guard("read dead letters"), self._engine.connect() as connection:
            return tuple((row[0], row[1]) for row in connection.execute(query))

    def release(self, address: Address, batch: str) -> int:
        """Open the letters of a retry again of which nothing was written; return how many."""
        table = _letters()
        with guard("settle dead letters"), writing(self._engine) as connection:
            mine = _of(address) & (table.c.batch == batch)
            again = _is(LetterStatus.AGAIN) | _is(LetterStatus.PENDING)
            connection.execute(table.delete().where(mine & again))
            _drop_packets(connection)
            return _opened(connection, mine & _is(LetterStatus.RETRYING))

    def settle(self, address: Address, batch: str) -> tuple[int, int]:
        """Say of the letters of a retry what became of them, once its sinks hold all of it.

        One that was rejected again is open again, where and why it was rejected last.

        Returns:
            How many went through, and how many are open again.
        """
        table = _letters()
        mine = _of(address) & (table.c.batch == batch)
        going = mine & _is(LetterStatus.RETRYING)
        with guard("settle dead letters"), writing(self._engine) as connection:
            again = table.select().where(mine & _is(LetterStatus.AGAIN)).order_by(table.c.letter_id)
            known: set[int] = set()
            back = 0
            # Each page is of those that are left: what was seen to is no longer AGAIN.
            while page := connection.execute(again.limit(PACKET_ROWS)).mappings().all():
                back += len(page)
                for row in page:
                    if row["origin"] is None or row["origin"] in known:
                        # Made of several rows, or rejected on two branches: one of its own.
                        values = {"status": LetterStatus.OPEN.value, "batch": None}
                        _change(connection, row["letter_id"], values)
                    else:
                        known.add(row["origin"])
                        _take_back(connection, dict(row))
            through = connection.execute(
                table.update()
                .where(going)
                .values(
                    status=LetterStatus.RETRIED.value,
                    attempts=table.c.attempts + 1,
                    updated_at=datetime.now(UTC),
                )
            ).rowcount
            _drop_packets(connection)
        return int(through), back

    def _move(self, which: "ColumnElement[bool]", values: Mapping[str, Any]) -> int:
        change = _letters().update().where(which).values(updated_at=datetime.now(UTC), **values)
        with guard("change dead letters"), writing(self._engine) as connection:
            return int(connection.execute(change).rowcount)


def _letters() -> Any:
    from summit_studio.state.tables import dead_letters

    return dead_letters


def _packets() -> Any:
    from summit_studio.state.tables import letter_packets

    return letter_packets


def _of(address: Address) -> Any:
    c = _letters().c
    return (c.pipeline_id == address.pipeline_id) & (c.environment == address.environment)


def _is(status: LetterStatus) -> Any:
    return _letters().c.status == status.value


def _waiting(address: Address, node_id: str, run_id: str) -> Any:
    c = _letters().c
    mine = (c.node_id == node_id) & (c.run_id == run_id)
    return _of(address) & _is(LetterStatus.PENDING) & mine


def _chosen(address: Address | None, selection: Selection) -> Any:
    from sqlalchemy import bindparam, true

    c = _letters().c
    found = true() if address is None else _of(address)
    if selection.status is not None:
        found &= _is(selection.status)
    else:
        found &= c.status.not_in([LetterStatus.PENDING.value, LetterStatus.AGAIN.value])
    if selection.groups:
        found &= c.group.in_(selection.groups)
    if selection.node_id is not None:
        found &= c.node_id == selection.node_id
    if selection.ids:
        # Written out: databases take only so many parameters, and people choose more letters.
        ids: Any = bindparam("ids", list(selection.ids), expanding=True, literal_execute=True)
        found &= c.letter_id.in_(ids)
    if selection.batch is not None:
        found &= c.batch == selection.batch
    if selection.queue is not None:
        found &= c.queue == selection.queue
    return found


def _needless(connection: "Connection", keep: int, before: datetime) -> Any:
    """Return what holds of the settled letters that are old, or beyond so many settled later."""
    from sqlalchemy import select

    c = _letters().c
    settled = c.status.in_([LetterStatus.RETRIED.value, LetterStatus.DISCARDED.value])
    latest = select(c.updated_at, c.letter_id).where(settled)
    latest = latest.order_by(c.updated_at.desc(), c.letter_id.desc()).offset(keep).limit(1)
    found = connection.execute(latest).first()
    needless = c.updated_at < before
    if found is not None:
        at, letter_id = found
        needless |= (c.updated_at < at) | ((c.updated_at == at) & (c.letter_id <= letter_id))
    return settled & needless


def _count(connection: "Connection", which: Any) -> int:
    from sqlalchemy import func, select

    query = select(func.count()).select_from(_letters()).where(which)
    return int(connection.execute(query).scalar_one())


def _put_packet(connection: "Connection", rows: "pa.Table") -> int:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_table(rows)
    values = {"payload": sink.getvalue().to_pybytes(), "payload_format": ARROW}
    inserted = connection.execute(_packets().insert().values(values))
    return int(inserted.inserted_primary_key[0])  # type: ignore[index]


def _drop_packets(connection: "Connection") -> None:
    """Delete the packets that no letter is in any more."""
    from sqlalchemy import exists

    packets, letters = _packets(), _letters()
    inside = exists().where(letters.c.packet_id == packets.c.packet_id)
    connection.execute(packets.delete().where(~inside))


def _rows(
    connection: "Connection", which: Any, after: int = 0
) -> Iterator[tuple[list[int], "pa.Table"]]:
    from sqlalchemy import select

    c = _letters().c
    query = select(c.letter_id, c.packet_id, c.place).order_by(c.letter_id).limit(PACKET_ROWS)
    while page := connection.execute(query.where(which & (c.letter_id > after))).all():
        after = page[-1][0]
        at = 0
        while at < len(page):
            packet = page[at][1]
            end = next((i for i in range(at, len(page)) if page[i][1] != packet), len(page))
            rows = _packet(connection, packet).take([row[2] for row in page[at:end]])
            yield [row[0] for row in page[at:end]], rows
            at = end


def _packet(connection: "Connection", packet_id: int) -> "pa.Table":
    import pyarrow as pa

    table = _packets()
    query = table.select().where(table.c.packet_id == packet_id)
    row = connection.execute(query).mappings().one()
    if row["payload_format"] != ARROW:
        raise SummitError(
            "Cannot read the rows of dead letters",
            why=f"they are kept as {row['payload_format']}, which this version does not know",
            do="use the version that kept them",
            code="letters_unreadable",
        )
    return pa.ipc.open_stream(row["payload"]).read_all()


def _opened(connection: "Connection", which: Any) -> int:
    table = _letters()
    values = {"status": LetterStatus.OPEN.value, "batch": None, "updated_at": datetime.now(UTC)}
    return int(connection.execute(table.update().where(which).values(values)).rowcount)


def _change(connection: "Connection", letter_id: int, values: Mapping[str, Any]) -> None:
    table = _letters()
    connection.execute(table.update().where(table.c.letter_id == letter_id).values(values))


def _take_back(connection: "Connection", again: Mapping[str, Any]) -> None:
    """Have a letter say where and why it was rejected last."""
    table = _letters()
    kept = (
        "packet_id", "place", "graph_hash", "lineage", "run_id", "epoch", "node_id", "column",
        "raw_value", "code", "message", "group", "retriable",
    )  # fmt: skip
    values = {name: again[name] for name in kept} | {
        "status": LetterStatus.OPEN.value,
        "batch": None,
        "attempts": table.c.attempts + 1,
        "updated_at": datetime.now(UTC),
    }
    connection.execute(table.delete().where(table.c.letter_id == again["letter_id"]))
    _change(connection, again["origin"], values)


def _letter(row: Mapping[str, Any]) -> Letter:
    own = {name: row[name] for name in Letter.__dataclass_fields__}
    return Letter(**own | {"status": LetterStatus(row["status"])})
