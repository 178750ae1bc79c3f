"""How far the letters of a node are, in the state database beside them."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core.claims import busy, claimed, require_free
from summit_studio.core.epochs import Checkpoint, Claim, Fenced, Progress, SinkKey, Stage
from summit_studio.state.engine import guard, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

TARGET: Final = "the dead letters of the state database"
_TRIES: Final = 5
_KEPT: Final = [name for name in Progress.__dataclass_fields__ if name != "idle_secs"]
_DOING: Final = "keep how far the dead letters are"


class LetterCheckpoint(Checkpoint):
    """A row of the state database, moved in the transaction that shows what an epoch keeps there.

    Args:
        target: What people call what is kept.
    """

    def __init__(self, engine: "Engine", key: SinkKey, target: str = TARGET) -> None:
        self._target = target
        self._engine = engine
        self._key = asdict(key)
        self._held: Progress | None = None
        self._next: Progress | None = None
        self._run_id = ""

    @property
    def lineage(self) -> str:
        """The load that the run which claimed it goes on with."""
        return self._current().lineage

    def look(self) -> Progress | None:
        """Return what the row says, or None where there is none."""
        with guard(_DOING), self._engine.connect() as connection:
            return self._found(connection)

    def acquire(self, claim: Claim) -> Progress:
        """Claim the row, made if it is missing; see `Checkpoint`."""
        self._run_id = claim.run_id
        with guard(_DOING), writing(self._engine) as connection:
            for _ in range(_TRIES):
                found = self._found(connection)
                if found is not None and not claim.take_over:
                    require_free(found, claim, self._target)
                held = claimed(found, claim)
                if self._put(connection, found, held):
                    if found is not None and found.lineage != held.lineage:
                        self._give_up(connection, found)
                    self._held = held
                    self.staged = claim.staged
                    return held
        raise busy(self._target, "another run claims them at the same time")

    def settle(self, mark: Any) -> None:
        """Take the epoch that the next commit ends; the one before is committed by now."""
        self._current()
        super().settle(mark)

    def advance(self, connection: "Connection", rows: int) -> None:
        """Move the row to the end of the epoch that was settled.

        Args:
            connection: With the transaction that shows the epoch's letters.
            rows: How many they are.

        Raises:
            Fenced: Another run has taken over, or has committed this epoch.
        """
        held, mark = self._current(), self.mark
        assert mark is not None  # noqa: S101 - a writer commits what was settled
        moved = replace(
            held,
            epoch=mark.epoch,
            positions=mark.positions,
            rows=held.rows + rows,
            sums=mark.sums,
            stage=Stage.COMPLETE if mark.last else Stage.STAGED if self.staged else Stage.OPEN,
        )
        if not self._put(connection, held, moved):
            raise _fenced(self._target)
        self._next = moved

    def finish(self) -> None:
        """Note that every target has all rows."""
        held = self._current()
        with guard(_DOING), writing(self._engine) as connection:
            if not self._put(connection, held, replace(held, stage=Stage.FINISHED)):
                raise _fenced(self._target)

    def release(self) -> None:
        """Take the owner out of the row, if it still is this run's."""
        table = _table()
        mine = self._where() & (table.c.run_id == self._run_id)
        with guard(_DOING), writing(self._engine) as connection:
            connection.execute(table.update().where(mine).values(owner=""))

    def forget(self) -> None:
        """Delete the row; the letters stay."""
        with guard(_DOING), writing(self._engine) as connection:
            connection.execute(_table().delete().where(self._where()))

    def _give_up(self, connection: "Connection", found: Progress) -> None:
        """Drop what a load that no run goes on with keeps out of sight."""

    def _current(self) -> Progress:
        if self._next is not None:
            self._held, self._next = self._next, None
        assert self._held is not None  # noqa: S101 - the row was claimed
        return self._held

    def _where(self) -> Any:
        from sqlalchemy import and_

        table = _table()
        return and_(*(table.c[name] == value for name, value in self._key.items()))

    def _found(self, connection: "Connection") -> Progress | None:
        row = connection.execute(_table().select().where(self._where())).mappings().first()
        return None if row is None else _progress(dict(row))

    def _put(self, connection: "Connection", before: Progress | None, after: Progress) -> bool:
        """Write the row if it still is what it was; return whether it was."""
        table = _table()
        values = {name: getattr(after, name) for name in _KEPT} | {
            "positions": dict(after.positions),
            "sums": dict(after.sums),
            "stage": after.stage.value,
            "heartbeat": datetime.now(UTC),
        }
        if before is None:
            if self._found(connection) is not None:
                return False
            connection.execute(table.insert().values(self._key | values))
            return True
        same = (
            self._where()
            & (table.c.lineage == before.lineage)
            & (table.c.generation == before.generation)
            & (table.c.epoch == before.epoch)
        )
        return bool(connection.execute(table.update().where(same).values(values)).rowcount == 1)


def _table() -> Any:
    from summit_studio.state.tables import letter_progress

    return letter_progress


def _progress(row: Mapping[str, Any]) -> Progress:
    own = {name: row[name] for name in Progress.__dataclass_fields__ if name in row}
    idle = (datetime.now(UTC) - row["heartbeat"]).total_seconds()
    return Progress(**own | {"stage": Stage(row["stage"]), "idle_secs": idle})


def _fenced(target: str) -> Fenced:
    return Fenced(
        f"Another run has taken {target} over",
        why="its checkpoint is no longer the one that this run moved last",
        do="nothing of this epoch was written; look at the other run with `summit runs`",
    )
