"""Processed keys in a table of each database: what counts after a run, and after one that died."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest

from summit_studio.connectors.contract import Database
from summit_studio.core.events import CheckpointCommitted, Event, RunFinished, RunStatus
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine import checkpoints
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.state.engine import default_path
from tests.connectors.conftest import Server

EVERY = 300


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A pipeline that loads the numbers of a file once each into a table beside their keys."""

    def __init__(self, folder: Path, connection: str, database: Database) -> None:
        self._folder, self._database = folder, database
        self.path = folder / "numbers.summit.json"
        self.events: list[Event] = []
        (folder / "connections.toml").write_text(f"[db]\n{connection}\n")

    def build(self, publish: str = "each", table: str = "good", **params: object) -> None:
        columns = [{"name": "id", "type": "BIGINT"}]
        nodes = (
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("once", "skip_processed", {"keys": ["id"], "connection": "db", **params}),
            Node("good", "table_sink", {"connection": "db", "table": table}),
        )
        document = Document(
            "numbers",
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> once.rows"), Edge.parse("once.rows -> good.rows")),
            settings={
                "performance": {"batch_bytes": 1024, "prefetch": 1},
                "checkpoints": {"publish": publish, "every_rows": EVERY},
            },
        )
        save(document, self.path)

    def run(
        self,
        ids: Iterable[object] | None = None,
        stop: str = "",
        status: RunStatus = RunStatus.SUCCEEDED,
    ) -> RunFinished:
        if ids is not None:
            lines = "".join(f"{n}\n" for n in ids)
            (self._folder / "in.csv").write_text(f"id\n{lines}")
        self.events.clear()
        request = RunRequest(load(self.path).document, self._folder, self.path, step=_stop(stop))
        finished = run(request, [self.events.append])
        assert finished.status is status, finished.error
        return finished

    def ids(self, table: str = "good") -> list[int]:
        query = f"SELECT id FROM {table} ORDER BY id"
        return [row["id"] for batch in self._database.read(query) for row in batch.to_pylist()]

    def kept(self, table: str = "_summit_processed") -> int:
        query = f"SELECT count(*) AS n FROM {table}"
        return next(iter(self._database.read(query))).to_pylist()[0]["n"]


def _stop(label: str) -> Callable[[str], None]:
    def told(step: str) -> None:
        if step == label:
            raise Stopped(label)

    return told


@pytest.fixture
def bench(database: Database, workspace, request: pytest.FixtureRequest, monkeypatch) -> Bench:
    monkeypatch.setenv("SUMMIT_HOME", str(workspace.root / "home"))
    made = database.connection
    facts = [f'kind = "{made.kind}"']
    if made.path:
        facts.append(f'path = "{made.path}"')
    else:
        server: Server = request.getfixturevalue("server")
        facts += [f'host = "{server.host}"', 'user = "postgres"', 'database = "postgres"']
    return Bench(workspace.root, "\n".join(facts), database)


@pytest.mark.postgres
@pytest.mark.parametrize("label", ["committed:good:2", "commit:once-keys:2", "finish:once-keys"])
def test_each_row_is_loaded_once_whenever_a_run_dies(bench: Bench, label: str):
    bench.build()
    bench.run(range(400))
    given = [*range(200, 1000), *range(100)]
    bench.run(given, label, RunStatus.FAILED)
    bench.run()
    assert bench.ids() == list(range(1000))
    bench.run(range(1100))
    assert bench.ids() == list(range(1100))
    # A key for each row, beside the rows and nowhere else.
    assert bench.kept() == 1100
    assert bench.kept("_summit_processed_loads") > 3
    assert not _in_state()


def _in_state() -> bool:
    with closing(sqlite3.connect(default_path())) as con:
        return bool(con.execute("SELECT 1 FROM processed_loads").fetchone())


@pytest.mark.postgres
def test_keys_of_a_staged_load_count_once_it_shows(bench: Bench):
    bench.build("staged", share="all")
    bench.run(range(400))
    given = [*range(300, 1000), *range(300, 1000)]
    bench.run(given, "commit:good:3", RunStatus.FAILED)
    # It holds epochs of both, and nobody else sees any of them.
    staged = {e.node_id for e in bench.events if isinstance(e, CheckpointCommitted) and e.staged}
    assert staged == {"good", "once-keys"}
    assert (bench.ids(), bench.kept()) == (list(range(400)), 400)
    bench.run()
    assert bench.ids() == list(range(1000))
    assert bench.kept() == 1000
    bench.run(range(1100))
    assert bench.ids() == list(range(1100))


@pytest.mark.postgres
def test_a_load_that_is_given_up_gives_up_its_keys(bench: Bench):
    bench.build()
    bench.run(range(400))
    bench.run(range(300, 1200), "commit:good:3", RunStatus.FAILED)
    assert bench.kept() > 400
    checkpoints.forget(RunRequest(load(bench.path).document, bench.path.parent, bench.path))
    assert bench.kept() == 400


@pytest.mark.postgres
def test_rows_without_a_key_pass_each_time_and_are_counted(bench: Bench):
    bench.build(null_keys="pass", table="good", share="x")
    bench.run([1, '""', 2])
    finished = bench.run([2, '""', 3])
    line = next(line for line in finished.ledger if line.node_id == "once-keys")
    assert line.balanced
    assert len(bench.ids()) == 5
