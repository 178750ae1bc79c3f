"""How far a sink is, in a table beside the one that it writes: what all SQL databases share."""

import json
from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Final

from summit_studio.connectors.names import TableName
from summit_studio.core.claims import busy, claimed, require_free
from summit_studio.core.epochs import Checkpoint, Claim, Fenced, Progress, SinkKey, Stage

CHECKPOINTS: Final = "_summit_checkpoint"
"""The table's name where no other is chosen."""

_COLUMNS: Final = {
    "pipeline_id": "varchar(32) NOT NULL",
    "sink": "varchar(64) NOT NULL",
    "environment": "varchar(64) NOT NULL",
    "lineage": "varchar(64) NOT NULL",
    "started": "varchar(40) NOT NULL",
    "fingerprint": "varchar(64) NOT NULL",
    "epoch": "bigint NOT NULL",
    "positions": "text NOT NULL",
    "rows_taken": "bigint NOT NULL",
    "sums": "text NOT NULL",
    "stage": "varchar(16) NOT NULL",
    "generation": "bigint NOT NULL",
    "run_id": "varchar(64) NOT NULL",
    "owner": "text NOT NULL",
    "path": "text NOT NULL",
    "heartbeat": "double precision NOT NULL",
}
_TRIES: Final = 5


def checkpoints_of(table: TableName, kept_in: str | None) -> TableName:
    """Return the table that keeps how far the sinks of `table` are: beside it, or as chosen."""
    return TableName.parse(kept_in) if kept_in else table.sibling(CHECKPOINTS)


def definition(table: TableName) -> str:
    """Return the statement that makes the table of checkpoints."""
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    key = "PRIMARY KEY (pipeline_id, sink, environment)"
    return f"CREATE TABLE IF NOT EXISTS {table.sql} ({columns}, {key})"


class TableCheckpoint(Checkpoint):
    """A row of a table in the target's own database, moved in the transaction that writes rows.

    Args:
        table: Of checkpoints, as the database finds it.
        key: Whose row.
        target: What people call the sink's table.
    """

    placeholder: ClassVar[str] = "?"
    now: ClassVar[str]
    """SQL of the seconds since 1970 by the database's clock."""

    def __init__(self, table: TableName, key: SinkKey, target: str) -> None:
        self._table = table
        self._key = key
        self._target = target
        self.guard: Callable[[], AbstractContextManager[None]] = nullcontext
        """Around every session: says whether it may be opened, and counts what becomes of it."""
        self._held: Progress | None = None
        self._next: Progress | None = None
        self._run_id = ""

    def reach(self) -> None:
        """Make the table if it is missing.

        Raises:
            WriteFailed: The user may not; it says what to have done by somebody who may.
        """
        with self._opened(writing=True) as session:
            if not self._is_there(session):
                self._run(session, definition(self._table))

    def look(self) -> Progress | None:
        """Return what the table says; None where there is none, or no row."""
        with self._opened(writing=False) as session:
            return None if session is None else self._found(session)

    def acquire(self, claim: Claim) -> Progress:
        """Claim the row, made if it is missing; see `Checkpoint`."""
        self._run_id = claim.run_id
        self.reach()
        with self._opened(writing=True) as session:
            for _ in range(_TRIES):
                found = self._found(session)
                if found is not None and not claim.take_over:
                    require_free(found, claim, self._target)
                held = claimed(found, claim)
                if self._put(session, found, held):
                    self._held = held
                    return held
        raise busy(self._target, "another run claims it at the same time")

    def advance(self, session: Any, rows: int) -> None:
        """Move the row to the end of the epoch that was settled.

        Args:
            session: With the transaction that holds the epoch's rows.
            rows: How many the target took in it.

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
            stage=Stage.COMPLETE if mark.last else Stage.OPEN,
        )
        if not self._put(session, held, moved):
            raise self._fenced()
        self._next = moved

    def finish(self) -> None:
        """Note that every target has all rows."""
        held = self._current()
        with self._opened(writing=True) as session:
            if not self._put(session, held, replace(held, stage=Stage.FINISHED)):
                raise self._fenced()

    def release(self) -> None:
        """Take the owner out of the row, if it still is this run's."""
        with self._opened(writing=True) as session:
            where = f"{self._where()} AND run_id = ?"
            statement = f"UPDATE {self._table.sql} SET owner = '' WHERE {where}"
            self._run(session, statement, *self._keys(), self._run_id)

    def forget(self) -> None:
        """Delete the row."""
        with self._opened(writing=True) as session:
            if self._found(session) is not None:
                where = f"DELETE FROM {self._table.sql} WHERE {self._where()}"
                self._run(session, where, *self._keys())

    def settle(self, mark: Any) -> None:
        """Take the epoch that the next commit ends; the one before is committed by now."""
        self._current()
        super().settle(mark)

    @contextmanager
    def _opened(self, *, writing: bool) -> Iterator[Any]:
        with self.guard(), self._session(writing=writing) as session:
            yield session

    @abstractmethod
    def _session(self, *, writing: bool) -> AbstractContextManager[Any]:
        """Open a session in autocommit; None in it where there is no database to read."""

    @abstractmethod
    def _absent(self, error: Exception) -> bool:
        """Return True if an error says that there is no such table."""

    @property
    @abstractmethod
    def _errors(self) -> tuple[type[Exception], ...]:
        """The client library's errors."""

    @abstractmethod
    def _changed(self, cursor: Any) -> int:
        """Return how many rows a statement changed."""

    def _current(self) -> Progress:
        """Return what the row holds, by all that is known here."""
        if self._next is not None:
            self._held, self._next = self._next, None
        assert self._held is not None  # noqa: S101 - the row was claimed
        return self._held

    def _is_there(self, session: Any) -> bool:
        try:
            self._run(session, f"SELECT 1 FROM {self._table.sql} LIMIT 0").fetchall()
        except self._errors as error:
            if self._absent(error):
                return False
            raise
        return True

    def _found(self, session: Any) -> Progress | None:
        names = list(_COLUMNS)[3:-1]
        query = (
            f"SELECT {', '.join(names)}, {self.now} - heartbeat FROM {self._table.sql} "
            f"WHERE {self._where()}"
        )
        try:
            row = self._run(session, query, *self._keys()).fetchone()
        except self._errors as error:
            if self._absent(error):
                return None
            raise
        return None if row is None else _progress(dict(zip([*names, "idle"], row, strict=True)))

    def _put(self, session: Any, before: Progress | None, after: Progress) -> bool:
        """Write the row if it still is what it was; return whether it was."""
        values = _values(after)
        if before is None:
            names = ", ".join([*list(_COLUMNS)[:3], *values, "heartbeat"])
            marks = ", ".join(["?"] * (3 + len(values)))
            insert = (
                f"INSERT INTO {self._table.sql} ({names}) VALUES ({marks}, {self.now}) "
                "ON CONFLICT DO NOTHING"
            )
            return self._changed(self._run(session, insert, *self._keys(), *values.values())) == 1
        listed = ", ".join(f"{name} = ?" for name in values)
        update = (
            f"UPDATE {self._table.sql} SET {listed}, heartbeat = {self.now} WHERE {self._where()} "
            "AND lineage = ? AND generation = ? AND epoch = ?"
        )
        same = (before.lineage, before.generation, before.epoch)
        given = (*values.values(), *self._keys(), *same)
        return self._changed(self._run(session, update, *given)) == 1

    def _run(self, session: Any, statement: str, *values: Any) -> Any:
        text = statement.replace("?", self.placeholder)
        return session.execute(text, values) if values else session.execute(text)

    def _where(self) -> str:
        return "pipeline_id = ? AND sink = ? AND environment = ?"

    def _keys(self) -> tuple[str, str, str]:
        return (self._key.pipeline_id, self._key.sink, self._key.environment)

    def _fenced(self) -> Fenced:
        return Fenced(
            f"Another run has taken {self._target} over",
            why="its checkpoint is no longer the one that this run moved last",
            do="nothing of this epoch was written; look at the other run with `summit runs`",
        )


def _values(progress: Progress) -> dict[str, Any]:
    return {
        "lineage": progress.lineage,
        "started": progress.started.isoformat(),
        "fingerprint": progress.fingerprint,
        "epoch": progress.epoch,
        "positions": json.dumps(progress.positions),
        "rows_taken": progress.rows,
        "sums": json.dumps(progress.sums),
        "stage": progress.stage.value,
        "generation": progress.generation,
        "run_id": progress.run_id,
        "owner": progress.owner,
        "path": progress.path,
    }


def _progress(row: dict[str, Any]) -> Progress:
    return Progress(
        row["lineage"],
        datetime.fromisoformat(row["started"]),
        row["fingerprint"],
        row["epoch"],
        json.loads(row["positions"]),
        row["rows_taken"],
        json.loads(row["sums"]),
        Stage(row["stage"]),
        row["generation"],
        row["run_id"],
        row["owner"],
        row["path"],
        float(row["idle"]),
    )
