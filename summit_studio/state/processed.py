"""The keys of rows that were loaded before, in the state database.

A key counts once its epoch is committed: there is then a row for the epoch, written in the step in
which the progress of the keys moves. Keys are put there before; those of an epoch that was never
committed count for nobody, and are dropped by the next run of the same load or pipeline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from summit_studio.core.epochs import Progress, SinkKey, Stage
from summit_studio.state.engine import default_place, guard, open_engine, writing
from summit_studio.state.letter_progress import LetterCheckpoint

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_AT_ONCE: Final = 5_000
"""Keys that one statement asks for: databases allow only so many values in it."""
_LATER: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""When keys of a staged load are committed, as long as not all of it is there."""
_DOING: Final = "keep which keys were processed"


@dataclass(frozen=True, slots=True)
class Scope:
    """Within which keys count as processed, and whose they are.

    Args:
        name: What nodes share that are to know of each other's keys.
        environment: Keys of one are nothing to another.
        node_id: That passes the rows on.
        pipeline: What people call it.
        progress_id: Under which its loads are, of which one at a time is at work; retries of dead
            letters are apart.
    """

    name: str
    environment: str
    node_id: str
    pipeline: str
    progress_id: str


@dataclass(frozen=True, slots=True)
class KeyedLoad:
    """Keys of one load, for a list.

    Args:
        keys: How many count.
        committed_at: When the last of them were committed.
    """

    load_id: int | str
    scope: str
    environment: str
    pipeline: str
    node_id: str
    keys: int
    committed_at: datetime


class KeyCheckpoint(LetterCheckpoint):
    """How far the keys of a node are; moved in the step from which an epoch's keys count."""

    def __init__(self, engine: "Engine", store: "KeyStore", scope: Scope, key: SinkKey) -> None:
        super().__init__(engine, key, f"the processed keys of {scope.node_id}")
        self._store = store
        self._scope = scope

    @property
    def generation(self) -> int:
        """Tells this run's keys from those of one that was thought dead."""
        return self._current().generation

    @property
    def epoch(self) -> int:
        """The epoch that is open."""
        return self._current().epoch + 1

    def forget(self) -> None:
        """Delete the row, and the keys of a load that is unfinished: its rows are given up."""
        known = self.look()
        if known is not None and known.stage is not Stage.FINISHED:
            self._store.drop_load(self._scope, known.lineage)
        super().forget()

    def _give_up(self, connection: "Connection", found: Progress) -> None:
        if found.stage is Stage.STAGED:
            _drop(connection, _loads_of(connection, self._scope, found.lineage))


class KeyStore:
    """Processed keys. Any thread may call it; processes may share a database."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    @classmethod
    def open(cls, place: str | Path | None = None) -> Self:
        """Open the keys of a state database, made or upgraded where needed.

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

    def checkpoint(self, scope: Scope, key: SinkKey) -> KeyCheckpoint:
        """Return what keeps how far the keys of a node are."""
        return KeyCheckpoint(self._engine, self, scope, key)

    def known(
        self, scope: Scope, keys: Sequence[bytes], lineage: str, first: int, started: datetime
    ) -> set[bytes]:
        """Return which of some keys count as processed for a load.

        What others commit while the load lasts counts from the next one on: however often an epoch
        is made again, it has the same rows.

        Args:
            scope: Within which.
            keys: Which.
            lineage: The load that asks.
            first: The first epoch that it makes, or makes again.
            started: When the load began.
        """
        from sqlalchemy import and_, or_, select

        from summit_studio.state.tables import (
            processed_epochs,
            processed_keys,
            processed_loads,
        )

        k, e, load = processed_keys.c, processed_epochs.c, processed_loads.c
        own = and_(load.progress_id == scope.progress_id, load.node_id == scope.node_id)
        query = (
            select(k.key)
            .join_from(processed_keys, processed_loads, k.load_id == load.load_id)
            .join(
                processed_epochs,
                and_(e.load_id == k.load_id, e.epoch == k.epoch, e.generation == k.generation),
            )
            .where(load.scope == scope.name, load.environment == scope.environment)
            .where(or_(load.lineage != lineage, e.up_to < first))
            .where(or_(own, e.committed_at < started))
        )
        found: set[bytes] = set()
        with guard(_DOING), self._engine.connect() as connection:
            for at in range(0, len(keys), _AT_ONCE):
                some = query.where(k.key.in_(keys[at : at + _AT_ONCE]))
                found.update(bytes(key) for key in connection.execute(some).scalars())
        return found

    def put(
        self, scope: Scope, lineage: str, generation: int, epoch: int, keys: Iterable[bytes]
    ) -> None:
        """Keep keys of the open epoch, durable; they count for nobody before `commit`."""
        from summit_studio.state.tables import processed_keys

        with guard(_DOING), writing(self._engine) as connection:
            load_id = _load_id(connection, scope, lineage)
            shared = {"load_id": load_id, "epoch": epoch, "generation": generation}
            rows = [shared | {"key": key} for key in keys]
            if rows:
                connection.execute(processed_keys.insert(), rows)

    def pending(self, scope: Scope, lineage: str, generation: int, epoch: int) -> int:
        """Return how many keys the database has of the open epoch."""
        from sqlalchemy import func, select

        from summit_studio.state.tables import processed_keys

        with guard(_DOING), self._engine.connect() as connection:
            load_id = _load_id(connection, scope, lineage, make=False)
            mine = _of_epoch(load_id, generation, epoch)
            query = select(func.count()).select_from(processed_keys).where(mine)
            return int(connection.execute(query).scalar_one())

    def commit(self, scope: Scope, checkpoint: KeyCheckpoint, keys: int, rows: int) -> None:
        """Let the keys of the open epoch count, and move the checkpoint, in one step.

        Those of a staged load count for its own rows; for others all of them do from the last on.

        Raises:
            Fenced: Another run has taken over.
        """
        from summit_studio.state.tables import processed_epochs

        mark = checkpoint.mark
        assert mark is not None  # noqa: S101 - a writer commits what was settled
        hidden = checkpoint.staged and not mark.last
        with guard(_DOING), writing(self._engine) as connection:
            load_id = _load_id(connection, scope, checkpoint.lineage)
            now = _LATER if hidden else datetime.now(UTC)
            row = {
                "load_id": load_id,
                "epoch": checkpoint.epoch,
                "generation": checkpoint.generation,
                "up_to": mark.epoch,
                "keys": keys,
                "committed_at": now,
            }
            checkpoint.advance(connection, rows)
            connection.execute(processed_epochs.insert().values(row))
            if checkpoint.staged and not hidden:
                mine = processed_epochs.c.load_id == load_id
                connection.execute(processed_epochs.update().where(mine).values(committed_at=now))

    def drop_pending(self, scope: Scope, generation: int, epoch: int | None = None) -> None:
        """Drop what never came to count.

        Args:
            scope: Whose.
            generation: Of the run; with no `epoch`, that of runs before too.
            epoch: The open one.
        """
        from sqlalchemy import exists, select

        from summit_studio.state.tables import (
            processed_epochs,
            processed_keys,
            processed_loads,
        )

        k, e = processed_keys.c, processed_epochs.c
        loads = select(processed_loads.c.load_id).where(*_own(scope))
        counts = exists().where(
            e.load_id == k.load_id, e.epoch == k.epoch, e.generation == k.generation
        )
        which = processed_keys.delete().where(k.load_id.in_(loads), ~counts)
        if epoch is None:
            which = which.where(k.generation <= generation)
        else:
            which = which.where(k.generation == generation, k.epoch == epoch)
        with guard(_DOING), writing(self._engine) as connection:
            connection.execute(which)

    def drop_load(self, scope: Scope, lineage: str) -> None:
        """Drop the keys of one load of a node."""
        with guard(_DOING), writing(self._engine) as connection:
            _drop(connection, _loads_of(connection, scope, lineage))

    def prunable(self, before: datetime, pipeline: str | None = None) -> tuple[KeyedLoad, ...]:
        """Return the loads whose keys were committed before a moment, the oldest first.

        Args:
            before: The moment.
            pipeline: The name of one; None takes all.

        Raises:
            StateUnavailable: The database cannot be read.
        """
        from sqlalchemy import func, select

        from summit_studio.state.tables import processed_epochs, processed_loads

        load, e = processed_loads.c, processed_epochs.c
        last = func.max(e.committed_at).label("committed_at")
        facts = (load.load_id, load.scope, load.environment, load.pipeline, load.node_id)
        query = (
            select(*facts, func.sum(e["keys"]).label("keys"), last)
            .join_from(processed_loads, processed_epochs, e.load_id == load.load_id)
            .group_by(*facts)
            .having(last < before)
            .order_by(last, load.load_id)
        )
        if pipeline is not None:
            query = query.where(load.pipeline == pipeline)
        with guard("list processed keys"), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(KeyedLoad(**row | {"keys": int(row["keys"])}) for row in map(dict, rows))

    def drop(self, loads: Sequence[KeyedLoad]) -> None:
        """Drop the keys of some loads: their rows count as new where they come again.

        Raises:
            StateUnavailable: The database cannot be written; nothing of it was.
        """
        with guard("drop processed keys"), writing(self._engine) as connection:
            _drop(connection, [load.load_id for load in loads])


def _own(scope: Scope) -> tuple[Any, ...]:
    from summit_studio.state.tables import processed_loads

    load = processed_loads.c
    return (
        load.scope == scope.name,
        load.environment == scope.environment,
        load.progress_id == scope.progress_id,
        load.node_id == scope.node_id,
    )


def _loads_of(connection: "Connection", scope: Scope, lineage: str) -> list[int]:
    from summit_studio.state.tables import processed_loads

    query = processed_loads.select().where(*_own(scope), processed_loads.c.lineage == lineage)
    return [row.load_id for row in connection.execute(query)]


def _load_id(
    connection: "Connection", scope: Scope, lineage: str, *, make: bool = True
) -> int | None:
    from sqlalchemy import select

    from summit_studio.state.tables import processed_loads

    query = select(processed_loads.c.load_id).where(
        *_own(scope), processed_loads.c.lineage == lineage
    )
    found = connection.execute(query).scalar()
    if found is not None or not make:
        return None if found is None else int(found)
    row = {
        "scope": scope.name, "environment": scope.environment, "lineage": lineage,
        "progress_id": scope.progress_id, "node_id": scope.node_id, "pipeline": scope.pipeline,
    }  # fmt: skip
    made = connection.execute(processed_loads.insert().values(row)).inserted_primary_key
    assert made is not None  # noqa: S101 - one row was put there
    return int(made[0])


def _of_epoch(load_id: int | None, generation: int, epoch: int) -> Any:
    from sqlalchemy import and_

    from summit_studio.state.tables import processed_keys

    k = processed_keys.c
    return and_(k.load_id == load_id, k.generation == generation, k.epoch == epoch)


def _drop(connection: "Connection", load_ids: Sequence[int | str]) -> None:
    from summit_studio.state.tables import processed_epochs, processed_keys, processed_loads

    for load_id in load_ids:
        for table in (processed_keys, processed_epochs, processed_loads):
            connection.execute(table.delete().where(table.c.load_id == load_id))
