"""Staged loads of tables: nothing shows before the COMMIT of the last epoch, then each row once."""

import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.opening import open_database
from summit_studio.core.epochs import Claim, SinkKey, Stage
from summit_studio.core.events import (
    CheckpointCommitted,
    Event,
    OutputPublished,
    RunFinished,
    RunResumed,
    RunStatus,
)
from summit_studio.document.identity import id_of
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace
from tests.connectors.conftest import Server

ROWS = 2_000
OLD = 7
KEY = SinkKey("nobody", "nothing")


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A CSV file, and a pipeline from it into one table that is staged."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        known = database.connection  # type: ignore[attr-defined]
        self.kind = known.kind
        facts = {"kind": known.kind, "path": known.path, "host": known.host, "user": known.user}
        facts["database"] = known.database
        lines = "".join(f'{key} = "{value}"\n' for key, value in facts.items() if value)
        lines += "" if known.kind == "duckdb" else "lock_timeout_secs = 5\n"
        (folder / "connections.toml").write_text(f"[db]\n{lines}")
        rows = "".join(f"{n},{n}.50,note {n}\n" for n in range(ROWS))
        (folder / "in.csv").write_text("id,price,note\n" + rows)
        self.events: list[Event] = []

    def execute(self, *statements: str) -> list[Any]:
        found: list[Any] = []
        with self.database.checkpoint("t", KEY)._session(writing=True) as session:
            for statement in statements:
                cursor = session.execute(statement)
                if statement.startswith("SELECT"):
                    found = cursor.fetchall()
        return found

    def count(self, table: str = "t") -> int:
        with contextlib.suppress(Exception):
            return int(self.execute(f"SELECT count(*) FROM {table}")[0][0])
        return -1

    def document(self, publish: str = "staged", **params: object) -> Document:
        types = (("id", "BIGINT"), ("price", "DECIMAL(12,2)"), ("note", "VARCHAR"))
        columns = [{"name": n, "type": t} for n, t in types]
        nodes = [
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("out", "table_sink", {"connection": "db", "table": "t"} | params),
        ]
        return Document(
            "staged",
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> out.rows"),),
            settings={
                "performance": {"batch_bytes": 2048},
                "checkpoints": {"publish": publish, "every_rows": 600},
                "errors": {"retry": {"attempts": 3, "delay_secs": 0.05}},
            },
        )

    def run(self, document: Document, **more: Any) -> RunFinished:
        self.events.clear()
        return launch(RunRequest(document, self.folder, **more), [self.events.append])

    def stop_at(self, label: str, document: Document, **more: Any) -> RunFinished:
        def step(said: str) -> None:
            if said == label:
                raise Stopped(label)

        return self.run(document, step=step, **more)

    def all_of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def stages(self) -> list[str]:
        return [t for t in self.database.tables() if "__summit_stage_" in t]


@pytest.fixture
def bench(tmp_path: Path, database: Database) -> Bench:
    return Bench(tmp_path, database)


TABLE = "CREATE TABLE t (id BIGINT PRIMARY KEY, price DECIMAL(12,2), note VARCHAR)"
WAYS: dict[str, tuple[dict[str, object], int]] = {
    "append": ({}, OLD),
    "rows": ({"mode": "replace"}, 0),
    "table": ({"mode": "replace", "replace": "table"}, 0),
}


@pytest.mark.parametrize("way", WAYS)
def test_rows_wait_until_all_are_there(bench: Bench, way: str):
    params, kept = WAYS[way]
    bench.execute(TABLE, *(f"INSERT INTO t VALUES ({-n - 1}, 1, 'old')" for n in range(OLD)))
    document = bench.document(**params)
    failed = bench.stop_at("audit:3", document)
    assert (failed.committed, bench.count()) == ({}, OLD)
    staged = failed.staged["out"]
    assert staged == sum(e.rows for e in bench.all_of(CheckpointCommitted)) > 0
    (stage,) = bench.stages()
    assert bench.count(stage.rpartition(".")[2]) == staged
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert bench.all_of(RunResumed)[0].rows == {"out": staged}
    (published,) = bench.all_of(OutputPublished)
    assert (published.rows, published.counts) == (ROWS, {"inserted": ROWS})
    assert bench.count() == ROWS + kept
    query = "SELECT count(DISTINCT id), sum(price), min(note) FROM t WHERE id >= 0"
    ids, price, note = bench.execute(query)[0]
    assert (ids, float(price), note) == (ROWS, sum(n + 0.5 for n in range(ROWS)), "note 0")
    assert bench.stages() == []


def test_a_table_that_is_missing_is_made_with_the_last_epoch(bench: Bench):
    document = bench.document()
    bench.stop_at("audit:3", document)
    assert bench.count() == -1
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.count() == ROWS


def test_what_the_table_refuses_at_the_end_leaves_it_as_it_was(bench: Bench):
    bench.execute(TABLE, "INSERT INTO t VALUES (1900, 1, 'old')")
    document = bench.document()
    failed = bench.run(document)
    assert failed.status is RunStatus.FAILED
    assert (bench.count(), failed.committed) == (1, {})
    assert failed.staged["out"] > 0
    bench.execute("DELETE FROM t")
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.all_of(RunResumed)
    assert bench.count() == ROWS


def test_another_load_drops_what_the_one_before_has_staged(bench: Bench):
    document = bench.document()
    bench.stop_at("audit:3", document)
    (before,) = bench.stages()
    failed = bench.stop_at("audit:1", document, restart=True)
    assert failed.staged == {}
    assert before not in bench.stages()
    begun = bench.run(document, restart=True)
    assert begun.status is RunStatus.SUCCEEDED
    assert not bench.all_of(RunResumed)
    assert (bench.count(), bench.stages()) == (ROWS, [])


def test_a_stage_that_is_gone_or_has_other_rows_is_not_published(bench: Bench):
    document = bench.document()
    bench.stop_at("audit:3", document)
    stage = bench.stages()[0].rpartition(".")[2]
    bench.execute(f"DELETE FROM {stage} WHERE id = 5")
    failed = bench.run(document)
    assert failed.error is not None
    assert failed.error.code == "ledger_imbalance"
    assert bench.count() == -1
    bench.execute(f"DROP TABLE {stage}")
    failed = bench.run(document)
    assert failed.error is not None
    assert failed.error.code == "stage_missing"
    assert bench.run(document, restart=True).status is RunStatus.SUCCEEDED
    assert bench.count() == ROWS


def test_a_stage_is_claimed_by_one_run_at_a_time(bench: Bench):
    document = bench.document()

    def take_over(label: str) -> None:
        if label == "committed:out:1":
            key = SinkKey(id_of(document, None), "out")
            other = bench.database.checkpoint("t", key)
            seen = other.look()
            assert seen is not None
            assert (seen.stage, seen.epoch) == (Stage.STAGED, 1)
            given = (seen.lineage, seen.started, seen.fingerprint)
            other.acquire(Claim(*given, "other", "", take_over=True, staged=True))

    failed = bench.run(document, step=take_over)
    assert failed.error is not None
    assert failed.error.code == "fenced"
    assert bench.count() == -1


def test_stages_of_no_load_are_found_and_dropped(bench: Bench):
    document = bench.document()
    bench.stop_at("audit:3", document)
    (needed,) = bench.stages()
    bench.execute("CREATE TABLE __summit_stage_old (id BIGINT)")
    kept = bench.database.checkpoint("t", SinkKey(id_of(document, None), "out"))
    assert kept.leftovers() == ("__summit_stage_old",)
    assert len(bench.stages()) == 2
    kept.leftovers(drop=True)
    assert bench.stages() == [needed]
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.all_of(RunResumed)


def test_triggers_that_keep_rows_out_are_found_before_anything_shows(bench: Bench):
    if bench.kind != "sqlite":
        pytest.skip("one kind of trigger stands for all")
    bench.execute(
        TABLE,
        "CREATE TRIGGER most BEFORE INSERT ON t WHEN NEW.id % 100 = 3 "
        "BEGIN SELECT RAISE(IGNORE); END",
    )
    failed = bench.run(bench.document())
    assert failed.error is not None
    assert f"hold {ROWS:,} rows, and db:t took {ROWS - 20:,} of them" in failed.error.why
    assert bench.count() == 0


def _crash(server: Server) -> None:
    """Kill one of the server's processes: it ends all, and starts again from what is logged."""
    import psycopg

    session = psycopg.connect(host=server.host, user="postgres", autocommit=True)
    with contextlib.suppress(psycopg.OperationalError), session:
        os.kill(session.info.backend_pid, signal.SIGKILL)
        while True:
            session.execute("SELECT 1")
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            server.run("SELECT 1")
            return


@pytest.mark.postgres
def test_a_stage_that_a_crash_of_the_server_empties_is_begun_again(
    tmp_path: Path, own_server: tuple[Server, Any], workspace: Workspace
):
    server, _ = own_server
    with open_database(server.connection(), SecretStore(), workspace) as database:
        bench = Bench(tmp_path, database)
        document = bench.document()
        bench.stop_at("audit:3", document)
        assert bench.stages()
        _crash(server)
        progress = database.checkpoint("t", SinkKey(id_of(document, None), "out")).look()
        assert progress is not None
        assert (progress.epoch, progress.stage) == (0, Stage.OPEN)
        assert bench.run(document).status is RunStatus.SUCCEEDED
        assert not bench.all_of(RunResumed)
        assert bench.count() == ROWS
