"""The state database as the rest of the program sees it."""

import os
import socket
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from summit_studio.core.errors import Where
from summit_studio.core.events import BreakerChanged, BreakerState, ErrorReport, RunStatus
from summit_studio.core.process import identity, own_identity
from summit_studio.state.engine import default_place, guard, open_engine, writing
from summit_studio.state.past import (
    drop_unused_documents,
    put_document,
    put_log,
    read_document,
    read_log,
)
from summit_studio.state.records import (
    INTERRUPTED,
    EdgeStat,
    NodeStat,
    OutputStat,
    PastRun,
    RuleStat,
    RunDetail,
    RunRecord,
    Told,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

_ALL: Final = 2**31 - 1
_AT_ONCE: Final = 500
"""Runs deleted by one statement: databases allow only so many values in it."""

Stat = TypeVar("Stat", NodeStat, EdgeStat, RuleStat, OutputStat)


class Store:
    """Run history and durable state. Any thread may call it; processes may share a database."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine

    @classmethod
    def open(cls, url_or_path: str | Path | None = None) -> "Store":
        """Open the state database, made or upgraded where needed.

        Args:
            url_or_path: A path, or a database URL; None takes `default_place()`.

        Raises:
            StateUnavailable: It is broken, locked, read-only, out of reach or from a newer
                version. A run goes on without it if the caller so decides.
        """
        return cls(open_engine(default_place() if url_or_path is None else url_or_path))

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

    def begin_run(self, run: RunRecord, text: str | None = None) -> None:
        """Write the row of a run that starts, with this process as its owner.

        Args:
            run: The run.
            text: The pipeline as it runs; its hash is the run's `text_hash`.

        Raises:
            StateUnavailable: The database cannot be written.
        """
        with guard("record the run"), writing(self._engine) as connection:
            _put_run(connection, run, text)

    def finish_run(
        self, detail: RunDetail, text: str | None = None, told: Sequence[Told] = ()
    ) -> None:
        """Write a finished run and all its statistics in one transaction.

        Args:
            detail: The run.
            text: The pipeline as it ran.
            told: What the run told.

        Raises:
            StateUnavailable: The database cannot be written; nothing of it was.
        """
        from summit_studio.state import tables

        with guard("record the run"), writing(self._engine) as connection:
            _put_run(connection, detail.run, text)
            run_id = detail.run.run_id
            _put_stats(connection, tables.node_stats, run_id, detail.nodes)
            _put_stats(connection, tables.edge_stats, run_id, detail.edges)
            _put_stats(connection, tables.rule_scores, run_id, detail.rules)
            _put_stats(connection, tables.outputs, run_id, detail.outputs)
            if told:
                put_log(connection, run_id, told)

    def runs(self, limit: int = 100, pipeline: str | None = None) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first, of one pipeline or of all.

        Raises:
            StateUnavailable: The database cannot be read.
        """
        from summit_studio.state.tables import runs

        query = runs.select().order_by(runs.c.started_at.desc(), runs.c.run_id.desc())
        if pipeline is not None:
            query = query.where(runs.c.pipeline == pipeline)
        with guard("read the run history"), self._engine.connect() as connection:
            rows = connection.execute(query.limit(limit)).mappings().all()
        return tuple(_run(row) for row in rows)

    def run(self, run_id: str) -> RunDetail | None:
        """Return one run with all that was recorded of it, or None if there is no such run.

        Raises:
            StateUnavailable: The database cannot be read.
        """
        from summit_studio.state import tables

        query = tables.runs.select().where(tables.runs.c.run_id == run_id)
        with guard("read the run history"), self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            return RunDetail(
                _run(row),
                _stats(connection, tables.node_stats, run_id, NodeStat),
                _stats(connection, tables.edge_stats, run_id, EdgeStat),
                _stats(connection, tables.rule_scores, run_id, RuleStat),
                _stats(connection, tables.outputs, run_id, OutputStat),
            )

    def past(self, run_id: str) -> PastRun | None:
        """Return one run with its pipeline and what it told, or None if there is no such run.

        Raises:
            StateUnavailable: The database cannot be read.
        """
        detail = self.run(run_id)
        if detail is None:
            return None
        with guard("read the run history"), self._engine.connect() as connection:
            text = read_document(connection, detail.run.text_hash)
            return PastRun(detail, text, read_log(connection, run_id))

    def prunable(self, keep_runs: int, before: datetime) -> tuple[RunRecord, ...]:
        """Return the runs that nobody needs any more, oldest first.

        Those are the ones beyond the newest `keep_runs`, and those that began before a moment. Kept
        are runs under way, the newest of each pipeline, and those that did not succeed as long as
        none after them did: what comes next depends on how they ended.

        Raises:
            StateUnavailable: The database cannot be read.
        """
        found: list[RunRecord] = []
        seen: set[str] = set()
        settled: set[str] = set()
        for at, run in enumerate(self.runs(limit=_ALL)):
            whose = run.path or run.pipeline
            old = at >= keep_runs or run.started_at < before
            succeeded = run.status == RunStatus.SUCCEEDED.value
            told = succeeded or whose in settled
            if old and told and whose in seen and run.status != RunStatus.RUNNING.value:
                found.append(run)
            seen.add(whose)
            if succeeded:
                settled.add(whose)
        return tuple(reversed(found))

    def drop_runs(self, run_ids: Sequence[str]) -> None:
        """Delete runs and all that was recorded of them, in one transaction.

        Raises:
            StateUnavailable: The database cannot be written; nothing of it was.
        """
        from summit_studio.state import tables

        parts = (
            tables.node_stats, tables.edge_stats, tables.rule_scores, tables.outputs,
            tables.run_logs,
        )  # fmt: skip
        with guard("tidy the run history"), writing(self._engine) as connection:
            for start in range(0, len(run_ids), _AT_ONCE):
                some = run_ids[start : start + _AT_ONCE]
                for table in (*parts, tables.runs):
                    connection.execute(table.delete().where(table.c.run_id.in_(some)))
            drop_unused_documents(connection)

    def keep_breaker(self, workspace: str, change: BreakerChanged) -> None:
        """Keep how the circuit breaker of a connection stands.

        Args:
            workspace: The folder whose connection it is.
            change: What a run said of it last.

        Raises:
            StateUnavailable: The database cannot be written.
        """
        from summit_studio.state.tables import breakers

        error = asdict(change.error) if change.error else None
        row = {
            "state": change.state.value, "failures": change.failures,
            "opened_at": change.opened_at, "retry_at": change.retry_at,
            "error_json": error, "changed_at": datetime.now(UTC),
        }  # fmt: skip
        key = {"workspace": workspace, "connection": change.connection}
        mine = (breakers.c.workspace == workspace) & (breakers.c.connection == change.connection)
        with guard("keep how a circuit breaker stands"), writing(self._engine) as connection:
            if connection.execute(breakers.update().where(mine).values(row)).rowcount == 0:
                connection.execute(breakers.insert().values(key | row))

    def breakers(self, workspace: str) -> dict[str, BreakerChanged]:
        """Return how the circuit breakers of a folder's connections stood last, by connection.

        Raises:
            StateUnavailable: The database cannot be read.
        """
        from summit_studio.state.tables import breakers

        query = breakers.select().where(breakers.c.workspace == workspace)
        with guard("read the circuit breakers"), self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return {
            row["connection"]: BreakerChanged(
                row["connection"], BreakerState(row["state"]), row["failures"], row["opened_at"],
                row["retry_at"], _report(row["error_json"]),
            )
            for row in rows
        }  # fmt: skip

    def mark_orphans(self) -> tuple[str, ...]:
        """Mark as interrupted the runs of this machine whose process is gone; return their ids.

        Raises:
            StateUnavailable: The database cannot be read or written.
        """
        from summit_studio.state.tables import runs

        here = (runs.c.status == RunStatus.RUNNING.value) & (runs.c.host == socket.gethostname())
        with guard("tidy the run history"), self._engine.connect() as connection:
            found = connection.execute(runs.select().where(here)).mappings().all()
        gone = tuple(r["run_id"] for r in found if identity(r["pid"]) != r["process"])
        if gone:
            change = runs.update().where(here & runs.c.run_id.in_(gone))
            values = {"status": INTERRUPTED, "finished_at": datetime.now(UTC)}
            with guard("tidy the run history"), writing(self._engine) as connection:
                connection.execute(change.values(values))
        return gone


def _put_run(connection: "Connection", run: RunRecord, text: str | None) -> None:
    from summit_studio.state.tables import runs

    if text is not None and run.text_hash is not None:
        put_document(connection, run.text_hash, text)
    row = asdict(run)
    row["error_json"] = row.pop("error")
    row["params_json"] = row.pop("params")
    owner = {"host": socket.gethostname(), "pid": os.getpid(), "process": own_identity()}
    changed = connection.execute(runs.update().where(runs.c.run_id == run.run_id).values(row))
    if changed.rowcount == 0:
        connection.execute(runs.insert().values(row | owner))


def _put_stats(
    connection: "Connection", table: "Table", run_id: str, stats: tuple[Stat, ...]
) -> None:
    rows = [{"run_id": run_id, "place": i} | asdict(stat) for i, stat in enumerate(stats)]
    if rows:
        connection.execute(table.insert(), rows)


def _run(row: Any) -> RunRecord:
    own = {key: row[key] for key in RunRecord.__dataclass_fields__ if key in row}
    return RunRecord(**own, params=row["params_json"], error=_report(row["error_json"]))


def _report(raw: dict[str, Any] | None) -> ErrorReport | None:
    return None if raw is None else ErrorReport(**raw | {"where": Where(**raw["where"])})


def _stats(
    connection: "Connection", table: "Table", run_id: str, kind: type[Stat]
) -> tuple[Stat, ...]:
    query = table.select().where(table.c.run_id == run_id).order_by(table.c.place)
    rows = connection.execute(query).mappings()
    return tuple(kind(**{k: row[k] for k in kind.__dataclass_fields__}) for row in rows)
