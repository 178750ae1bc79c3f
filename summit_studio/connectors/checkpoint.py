"""How far a sink is, in a table beside the one that it writes: what all SQL databases share."""

import hashlib
import json
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from summit_studio.connectors.names import TableName
from summit_studio.core.claims import busy, claimed, require_free
from summit_studio.core.epochs import (
    Checkpoint,
    Claim,
    Fenced,
    Moved,
    Progress,
    SinkKey,
    Stage,
    windows_of,
)
from summit_studio.core.errors import SummitError, WriteFailed

CHECKPOINTS: Final = "_summit_checkpoint"
"""The table's name where no other is chosen."""

STAGES: Final = "_summit_stage"
"""The table that says how far staged loads are, beside that of checkpoints."""

STAGE_MARK: Final = "__summit_stage_"
"""Begins the names of the tables in which the rows of staged loads wait."""

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
_STAGED: Final = ("lineage", "epoch", "positions", "rows_taken", "sums")
_TRIES: Final = 5
_RELEASE_SECS: Final = 3
"""A run that ends waits no longer to say so: who comes next sees whether its process lives."""


@dataclass(frozen=True, slots=True)
class StageTable:
    """The table in which the rows of a staged load wait.

    Args:
        table: Its name.
        begun: True if it must hold rows of epochs before.
    """

    table: TableName
    begun: bool


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

    While a load is staged its row stands at the beginning, and another, in the table of stages,
    says how far the stage is. Both are lost together where a crash of the server empties the stage.

    Args:
        table: Of checkpoints, as the database finds it.
        key: Whose row.
        target: What people call the sink's table.
    """

    placeholder: ClassVar[str] = "?"
    now: ClassVar[str]
    """SQL of the seconds since 1970 by the database's clock."""
    bytes_type: ClassVar[str] = "BLOB"
    passing: ClassVar[str] = "TABLE"
    """What stands after CREATE for a table that a crash of the server may empty."""

    def __init__(self, table: TableName, key: SinkKey, target: str) -> None:
        self._table = table
        self._key = key
        self._target = target
        self.guard: Callable[[], AbstractContextManager[None]] = nullcontext
        """Around every session: says whether it may be opened, and counts what becomes of it."""
        self._held: Progress | None = None
        self._next: Progress | None = None
        self._run_id = ""
        self._stages = table.sibling(STAGES)
        self.beside: Mapping[TableName, tuple[str, ...]] = {}
        """Tables that must stand beside it, each with the statements that make it."""
        self.given_up: Callable[[Any, Progress], None] | None = None
        """Told of a load that is forgotten before it is whole, with the session."""

    def reach(self) -> None:
        """Make the table if it is missing, and those beside it.

        Raises:
            WriteFailed: The user may not; it says what to have done by somebody who may.
        """
        with self.opened(writing=True) as session:
            if not self.is_there(session):
                self.run(session, definition(self._table))
            for table, statements in self.beside.items():
                for statement in () if self.is_there(session, table) else statements:
                    self.run(session, statement)

    def may_stage(self) -> bool:
        """Make both tables where they are missing; False where the user may not, or should not."""
        if self._table.table != CHECKPOINTS:
            return False  # Where another is chosen, no table may be made.
        try:
            self.reach()
            with self.opened(writing=True) as session:
                if not self.is_there(session, self._stages):
                    self.run(session, self._stages_definition())
        except SummitError as error:
            if error.code != "permission_denied":
                raise
            return False
        return True

    @property
    def stage(self) -> StageTable | None:
        """Where rows wait until the load is whole; None where it is not staged."""
        held = self._current()
        return StageTable(self.stage_of(held.lineage), held.epoch > 0) if self.staged else None

    @property
    def progress(self) -> Progress:
        """How far the sink is, once it is claimed."""
        return self._current()

    def look(self) -> Progress | None:
        """Return what the table says; None where there is none, or no row."""
        with self.opened(writing=False) as session:
            return None if session is None else self._found(session)

    def acquire(self, claim: Claim) -> Progress:
        """Claim the row, made if it is missing; see `Checkpoint`."""
        self._run_id = claim.run_id
        self.reach()
        with self.opened(writing=True) as session:
            for _ in range(_TRIES):
                found = self._found(session)
                if found is not None and not claim.take_over:
                    require_free(found, claim, self._target)
                held = claimed(found, claim)
                if self._put(session, found, held):
                    self._held = self._staged_on(session, held)
                    # A run that was at work may have committed to the stage until a moment ago.
                    if claim.seen is not None and held.epoch != self._held.epoch:
                        raise _moved()
                    self._drop_others(session, found, held)
                    self.staged = claim.staged
                    return self._held
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
            stage=Stage.COMPLETE if mark.last else Stage.STAGED if self.staged else Stage.OPEN,
        )
        if not self._put(session, held, moved):
            raise self._fenced()
        if self.staged:
            self._put_on_stage(session, moved)
        self._next = moved

    def finish(self) -> None:
        """Note that every target has all rows."""
        held = self._current()
        with self.opened(writing=True) as session:
            if not self._put(session, held, replace(held, stage=Stage.FINISHED)):
                raise self._fenced()
        if self.staged:
            with suppress(SummitError), self.opened(writing=True) as session:
                self._drop_table(session, self.stage_of(held.lineage))

    def release(self) -> None:
        """Take the owner out of the row, if it still is this run's; wait for nothing for long."""
        with self.guard(), self._session(writing=True, within_secs=_RELEASE_SECS) as session:
            where = f"{self._where()} AND run_id = ?"
            statement = f"UPDATE {self._table.sql} SET owner = '' WHERE {where}"
            self.run(session, statement, *self._keys(), self._run_id)

    def forget(self) -> None:
        """Delete the row, and drop what is staged."""
        with self.opened(writing=True) as session:
            found = self._found(session)
            if found is None:
                return
            self._drop_others(session, found, None)
            if self.given_up is not None and found.stage is not Stage.FINISHED:
                self.given_up(session, found)
            where = f"DELETE FROM {self._table.sql} WHERE {self._where()}"
            self.run(session, where, *self._keys())

    def settle(self, mark: Any) -> None:
        """Take the epoch that the next commit ends; the one before is committed by now."""
        self._current()
        super().settle(mark)

    @contextmanager
    def opened(self, *, writing: bool) -> Iterator[Any]:
        """Open a session in autocommit; None in it where there is no database to read."""
        with self.guard(), self._session(writing=writing) as session:
            yield session

    @abstractmethod
    def _session(
        self, *, writing: bool, within_secs: int | None = None
    ) -> AbstractContextManager[Any]:
        """Open a session in autocommit; None in it where there is no database to read.

        Args:
            writing: Something is to be written.
            within_secs: The most to wait for the server, and for a lock; None as long as the
                connection says.
        """

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

    def is_there(self, session: Any, table: TableName | None = None) -> bool:
        """Return True if a table is there; by default that of checkpoints."""
        try:
            self.run(session, f"SELECT 1 FROM {(table or self._table).sql} LIMIT 0").fetchall()
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
            row = self.run(session, query, *self._keys()).fetchone()
        except self._errors as error:
            if self._absent(error):
                return None
            raise
        if row is None:
            return None
        values = dict(zip([*names, "idle"], row, strict=True))
        return self._staged_on(session, _progress(values, self._target, self._table))

    def finished(self) -> Mapping[SinkKey, Progress]:
        """Return what the table says of all loads that are whole."""
        names = list(_COLUMNS)[:-1]
        query = (
            f"SELECT {', '.join(names)}, {self.now} - heartbeat FROM {self._table.sql} "
            f"WHERE stage = '{Stage.FINISHED}'"
        )
        with self.opened(writing=False) as session:
            if session is None or not self.is_there(session):
                return {}
            rows = self.run(session, query).fetchall()
        return {
            SinkKey(*row[:3]): _progress(
                dict(zip([*names, "idle"], row, strict=True)), f"sink {row[1]}", self._table
            )
            for row in rows
        }

    def drop_finished(self, key: SinkKey) -> None:
        """Delete the row of a load that is whole."""
        where = f"{self._where()} AND stage = ?"
        with self.opened(writing=True) as session:
            delete = f"DELETE FROM {self._table.sql} WHERE {where}"
            keys = (key.pipeline_id, key.sink, key.environment)
            self.run(session, delete, *keys, Stage.FINISHED.value)

    # --- stages -----------------------------------------------------------------------------------
    def leftovers(self, *, drop: bool = False) -> tuple[str, ...]:
        """Return the stages beside the table of which no row of checkpoints tells."""
        with self.opened(writing=drop) as session:
            if session is None or not self.is_there(session):
                return ()
            known = self._rows_of(session, self._table, "WHERE stage = 'open' AND owner <> ''")
            if self.is_there(session, self._stages):
                known |= self._rows_of(session, self._stages)
            found = sorted(set(self._stages_there(session)) - known)
            for name in found if drop else ():
                self._drop_table(session, self._table.sibling(name))
        return tuple(str(self._table.sibling(name)) for name in found)

    def _rows_of(self, session: Any, table: TableName, where: str = "") -> set[str]:
        """Return the names of the stages of which the rows of a table tell."""
        query = f"SELECT pipeline_id, sink, environment, lineage FROM {table.sql} {where}"
        rows = self.run(session, query).fetchall()
        return {_stage_name(tuple(keys), lineage) for *keys, lineage in rows}

    @abstractmethod
    def _stages_there(self, session: Any) -> list[str]:
        """Return the names of all stages beside the table of checkpoints."""

    def stage_of(self, lineage: str) -> TableName:
        """Return the table in which the rows of a load wait, if it is staged."""
        return self._table.sibling(_stage_name(self._keys(), lineage))

    def _stages_definition(self) -> str:
        names = (*list(_COLUMNS)[:3], *_STAGED)
        columns = ", ".join(f"{name} {_COLUMNS[name]}" for name in names)
        key = "PRIMARY KEY (pipeline_id, sink, environment)"
        return f"CREATE {self.passing} IF NOT EXISTS {self._stages.sql} ({columns}, {key})"

    def _staged_on(self, session: Any, progress: Progress) -> Progress:
        """Return how far a load is, its stage taken into account."""
        if progress.stage not in {Stage.OPEN, Stage.STAGED} or (
            progress.stage is Stage.OPEN and progress.epoch
        ):
            return progress
        query = f"SELECT {', '.join(_STAGED)} FROM {self._stages.sql} WHERE {self._where()}"
        try:
            row = self.run(session, query, *self._keys()).fetchone()
        except self._errors as error:
            if self._absent(error):
                return progress
            raise
        if row is None or row[0] != progress.lineage:
            return replace(_unstaged(progress), stage=Stage.OPEN)
        staged = dict(zip(_STAGED, row, strict=True))
        values = _values(progress) | staged | {"stage": Stage.STAGED, "idle": progress.idle_secs}
        return _progress(values, self._target, self._stages)

    def _put_on_stage(self, session: Any, moved: Progress) -> None:
        """Say how far the stage is; nothing once all of it is published."""
        self.run(session, f"DELETE FROM {self._stages.sql} WHERE {self._where()}", *self._keys())
        if moved.stage is Stage.STAGED:
            values = _values(moved)
            names = (*list(_COLUMNS)[:3], *_STAGED)
            insert = (
                f"INSERT INTO {self._stages.sql} ({', '.join(names)}) "
                f"VALUES ({', '.join('?' * len(names))})"
            )
            self.run(session, insert, *self._keys(), *(values[name] for name in _STAGED))

    def _drop_others(self, session: Any, found: Progress | None, held: Progress | None) -> None:
        """Drop the stage of a load that no run will go on with."""
        if found is None or (held is not None and held.lineage == found.lineage):
            return
        if self.is_there(session, self._stages):
            where = f"DELETE FROM {self._stages.sql} WHERE {self._where()} AND lineage = ?"
            self.run(session, where, *self._keys(), found.lineage)
            self._drop_table(session, self.stage_of(found.lineage))

    def _drop_table(self, session: Any, table: TableName) -> None:
        self.run(session, f"DROP TABLE IF EXISTS {table.sql}")

    def _put(self, session: Any, before: Progress | None, after: Progress) -> bool:
        """Write the row if it still is what it was; return whether it was."""
        values = _values(_unstaged(after))
        if before is None:
            names = ", ".join([*list(_COLUMNS)[:3], *values, "heartbeat"])
            marks = ", ".join(["?"] * (3 + len(values)))
            insert = (
                f"INSERT INTO {self._table.sql} ({names}) VALUES ({marks}, {self.now}) "
                "ON CONFLICT DO NOTHING"
            )
            return self._changed(self.run(session, insert, *self._keys(), *values.values())) == 1
        listed = ", ".join(f"{name} = ?" for name in values)
        update = (
            f"UPDATE {self._table.sql} SET {listed}, heartbeat = {self.now} WHERE {self._where()} "
            "AND lineage = ? AND generation = ? AND epoch = ?"
        )
        same = (before.lineage, before.generation, _unstaged(before).epoch)
        given = (*values.values(), *self._keys(), *same)
        return self._changed(self.run(session, update, *given)) == 1

    def run(self, session: Any, statement: str, *values: Any) -> Any:
        """Run a statement in which `?` stands for each value, and return the cursor."""
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


def _stage_name(keys: tuple[str, ...], lineage: str) -> str:
    whose = hashlib.sha256("\n".join(keys).encode()).hexdigest()[:12]
    return f"{STAGE_MARK}{whose}_{hashlib.sha256(lineage.encode()).hexdigest()[:12]}"


def _unstaged(progress: Progress) -> Progress:
    """Return what the row of checkpoints says while a load is staged: nothing of it is there."""
    if progress.stage is not Stage.STAGED:
        return progress
    begun = windows_of(progress.positions)
    return replace(progress, epoch=0, positions=begun, rows=0, sums={}, stage=Stage.OPEN)


def _moved() -> Moved:
    return Moved(
        "Another run of this pipeline has just written to the target",
        why="its stage moved while this run was about to claim it",
        do="wait for the other run, and start again",
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


def _progress(row: dict[str, Any], target: str, table: TableName) -> Progress:
    values = row | {"rows": row["rows_taken"], "idle_secs": float(row["idle"])}
    try:
        return Progress.told(values)
    except ValueError as error:
        raise WriteFailed(
            f"Cannot tell how far {target} is: its row in {table} cannot be read",
            why=str(error),
            do="bring back the row, or delete it to begin anew beside the rows that are there",
            code="checkpoint_damaged",
        ) from None
