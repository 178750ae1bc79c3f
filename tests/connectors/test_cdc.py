"""Changes of a real PostgreSQL table carried into another, load after load."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from summit_studio.cli.main import main
from summit_studio.connectors.opening import open_database
from summit_studio.connectors.postgres.database import PostgresDatabase
from summit_studio.connectors.postgres.replication import reading
from summit_studio.connectors.postgres.replication.lsn import lsn_of
from summit_studio.connectors.postgres.replication.reading import Changes
from summit_studio.connectors.postgres.replication.slots import create, slots
from summit_studio.core.errors import ReadFailed
from summit_studio.core.events import NothingNew, RunFinished, WindowOpened
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.design import design_context
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.engine.watermarks import move, watermarks
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.sources.cdc_source import CdcSource
from summit_studio.planning.check import check
from summit_studio.planning.plan import InvalidPipeline
from summit_studio.secrets.store import SecretStore
from summit_studio.testing import check_source
from summit_studio.testing.bench import Bench as TypeBench
from summit_studio.testing.examples import run_example
from summit_studio.workspace.workspace import Workspace
from tests.connectors.conftest import Server

pytestmark = pytest.mark.postgres


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A table `t`, its slot `s`, and pipelines from it into the table `copy`."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.ask = server.run
        self.host = server.host
        self.events: list[Any] = []
        self.text = (
            f'[shop]\nkind = "postgres"\nhost = "{server.host}"\nuser = "postgres"\n'
            'database = "postgres"\n'
        )
        (folder / "connections.toml").write_text(self.text)
        database = open_database(server.connection(), SecretStore(), Workspace.open(folder))
        assert isinstance(database, PostgresDatabase)
        self.database = database

    def document(self, publish: str = "auto", every: int = 100, **params: Any) -> Document:
        read = {"connection": "shop", "table": "t", "slot": "s"}
        out = {"connection": "shop", "table": "copy", "mode": "upsert", "keys": ["id"]}
        nodes = [Node("read", "cdc_source", read | params), Node("out", "table_sink", out)]
        return Document(
            "cdc", id="0" * 32, nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> out.rows"),),
            settings={
                "performance": {"batch_rows": 100},
                "checkpoints": {"publish": publish, "every_rows": every},
            },
        )  # fmt: skip

    def run(self, document: Document, **more: Any) -> RunFinished:
        self.events.clear()
        return launch(RunRequest(document, self.folder, **more), [self.events.append])

    def load(self, document: Document, **more: Any) -> int:
        """Run to the end; return how many changes the whole load has read."""
        finished = self.run(document, **more)
        assert finished.status == "succeeded", finished.error
        (line,) = [each for each in finished.ledger if each.node_id == "read"]
        return sum(line.rows_out.values())

    def stop_at(self, label: str, document: Document) -> None:
        def step(said: str) -> None:
            if said == label:
                raise Stopped(label)

        assert self.run(document, step=step).status == "failed"

    def is_copied(self) -> bool:
        query = "SELECT id, v FROM {} ORDER BY id"
        return self.ask(query.format("copy")) == self.ask(query.format("t"))

    @property
    def confirmed(self) -> int:
        return slots(self.database, "s")[0].confirmed


@pytest.fixture
def bench(log_server: Server, tmp_path: Path) -> Iterator[Bench]:
    log_server.run(
        "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE active;"
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
    )
    for (name,) in log_server.run("SELECT pubname FROM pg_publication"):
        log_server.run(f"DROP PUBLICATION {name}")
    log_server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    log_server.run("DROP SCHEMA IF EXISTS summit CASCADE")
    log_server.run(
        "CREATE TABLE t (id bigint PRIMARY KEY, v text);"
        "INSERT INTO t SELECT g, 'first' FROM generate_series(1, 250) g"
    )
    bench = Bench(tmp_path, log_server)
    create(bench.database, "s", ["t"])
    yield bench
    bench.database.close()


CHANGE = (
    "INSERT INTO t VALUES (900, 'new'); UPDATE t SET v = 'x' WHERE id = 5; "
    "DELETE FROM t WHERE id IN (7, 8); UPDATE t SET id = 901 WHERE id = 9"
)


@pytest.mark.parametrize("publish", ["whole", "each", "staged"])
def test_a_table_is_copied_and_the_next_load_reads_what_is_new(bench: Bench, publish: str):
    document = bench.document(publish)
    first = bench.confirmed
    assert bench.load(document) == 250
    assert bench.is_copied()
    # The server forgets what the sink holds.
    assert first < bench.confirmed
    bench.ask(CHANGE)
    assert bench.load(document) == 6
    assert bench.is_copied()
    (mark,) = watermarks(RunRequest(document, bench.folder))
    assert lsn_of(mark.value) == bench.confirmed
    assert bench.load(document) == 0
    assert [e.node_id for e in bench.events if isinstance(e, NothingNew)] == ["read"]


@pytest.mark.parametrize("publish", ["each", "staged"])
def test_a_load_that_died_goes_on_and_the_server_has_kept_the_rest(bench: Bench, publish: str):
    document = bench.document(publish)
    first = bench.confirmed
    bench.stop_at("commit:out:2", document)
    assert bench.confirmed == first
    bench.ask(CHANGE)
    # The snapshot goes on behind the first 100 rows; the end of the load's log stays where it was.
    assert bench.load(document) == 252
    assert bench.load(document) == 6
    assert bench.is_copied()

    for number in range(5):
        bench.ask(f"UPDATE t SET v = 'r{number}'")
    held = bench.confirmed
    bench.stop_at("commit:out:3", document)
    assert bench.confirmed == held
    bench.ask("DELETE FROM t WHERE id > 100")
    bench.load(document)
    bench.load(document)
    assert bench.is_copied()


def test_an_epoch_ends_with_a_transaction(bench: Bench):
    document = bench.document("each", every=100, snapshot=False)
    bench.ask("INSERT INTO t SELECT g, 'many' FROM generate_series(1001, 1950) g")
    bench.ask("INSERT INTO t SELECT g, 'more' FROM generate_series(2001, 2150) g")
    bench.stop_at("commit:out:2", document)
    assert bench.ask("SELECT count(*) FROM copy") == [(950,)]
    assert bench.load(document) == 1100
    assert bench.ask("SELECT count(*), max(id) FROM copy") == [(1100, 2150)]


def test_a_load_that_could_not_be_acknowledged_is_so_by_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def refuse(*_: Any) -> None:
        raise ReadFailed("Cannot move the slot")

    document = bench.document()
    first = bench.confirmed
    with monkeypatch.context() as patch:
        patch.setattr(Changes, "acknowledge", refuse)
        bench.load(document)
    assert bench.confirmed == first
    assert "until the next run. Cannot move the slot" in caplog.text
    (mark,) = watermarks(RunRequest(document, bench.folder))
    bench.ask(CHANGE)
    bench.stop_at("commit:out:1", document)
    assert bench.confirmed == lsn_of(mark.value), "behind what is committed, and no further"
    bench.load(document)
    assert bench.is_copied()


def test_what_could_not_be_read_yet_is_read_by_the_next_load(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    document = bench.document()
    bench.load(document)
    bench.ask("UPDATE t SET v = 'y' WHERE id = 1")
    bench.ask("CREATE TABLE noise AS SELECT 1")
    with monkeypatch.context() as patch:
        # The end of the log is not on disk yet.
        patch.setattr(reading, "_flushed", lambda *_: False)
        assert bench.load(document) == 1
    (opened,) = [e for e in bench.events if isinstance(e, WindowOpened)]
    (mark,) = watermarks(RunRequest(document, bench.folder))
    assert mark.value is not None
    assert opened.low < mark.value < opened.high
    assert bench.confirmed == lsn_of(mark.value)


def test_what_is_written_while_it_is_read_is_there_in_the_end(bench: Bench):
    document = bench.document("each")
    half = threading.Barrier(2, timeout=60)

    def write() -> None:
        with psycopg.connect(host=bench.host, user="postgres", autocommit=True) as session:
            for number in range(400):
                key = number % 300 + 1
                session.execute("UPDATE t SET v = %s WHERE id = %s", (str(number), key))
                session.execute("DELETE FROM t WHERE id = %s", (key // 2,))
                session.execute("INSERT INTO t VALUES (%s, 'w')", (1000 + number,))
                if number == 50:
                    half.wait()

    writer = threading.Thread(target=write)
    writer.start()
    half.wait()
    # A transaction that stays open holds back nothing that others commit.
    with psycopg.connect(host=bench.host, user="postgres") as open_one:
        open_one.execute("INSERT INTO t VALUES (5000, 'late')")
        for _ in range(3):
            bench.load(document)
        writer.join()
        bench.load(document)
        open_one.commit()
    bench.load(document)
    assert bench.is_copied()


def problems(bench: Bench, document: Document) -> list[tuple[str, str | None, str]]:
    context = design_context(Workspace.open(bench.folder), probe=True)
    found = check(document, Catalogue.load(), context).problems
    return [(p.code, p.where.param, p.do) for p in found]


def test_a_slot_that_is_missing_is_a_problem_with_its_command(bench: Bench):
    document = bench.document()
    bench.load(document)
    bench.ask("SELECT pg_drop_replication_slot('s')")
    ((code, param, do),) = problems(bench, document)
    assert (code, param) == ("slot_missing", "slot")
    assert "summit cdc create shop s --table t." in do
    with pytest.raises(InvalidPipeline):
        bench.run(document)
    bench.ask("DELETE FROM t WHERE id = 1; DELETE FROM copy WHERE id = 1")
    create(bench.database, "s", ["t"])
    finished = bench.run(document)
    assert finished.error is not None
    assert finished.error.code == "slot_moved"
    move(RunRequest(document, bench.folder), "read", None)
    assert bench.load(document) == 249
    assert bench.is_copied()


def test_what_cannot_be_read_by_the_slot_is_a_problem(bench: Bench):
    (bench.folder / "connections.toml").write_text(
        f'{bench.text}[lake]\nkind = "sqlite"\npath = "x.db"\n'
    )
    (bench.folder / "x.db").touch()
    codes = [code for code, *_ in problems(bench, bench.document(connection="lake"))]
    assert codes == ["connection_unfit"]
    bench.ask("CREATE TABLE other (id int PRIMARY KEY)")
    codes = [code for code, *_ in problems(bench, bench.document(table="other"))]
    assert codes == ["table_not_published"]
    document = bench.document()
    twice = replace(document, nodes={
        **document.nodes, "again": Node("again", "cdc_source", document.nodes["read"].params),
    })  # fmt: skip
    assert ("held_by_two", "slot") in [found[:2] for found in problems(bench, twice)]


def test_the_example_gives_what_it_says(bench: Bench):
    (example,) = CdcSource.examples
    bench.ask("CREATE TABLE people (id bigint PRIMARY KEY, name text, born date)")
    bench.ask("INSERT INTO people VALUES (1, 'Ada', NULL), (2, 'Grace', NULL)")
    create(bench.database, "people_slot", ["people"])
    with Binder() as binder:
        types = TypeBench(Workspace.open(bench.folder), binder, Catalogue.load())
        run_example(types, CdcSource, example)
        bench.ask("INSERT INTO people SELECT g, 'p', 'infinity' FROM generate_series(3, 9) g")
        bench.ask("INSERT INTO people VALUES (10, 'Tim', NULL)")
        node = types.bind("cdc_source", example.params)
        assert len(check_source(types, node, batch_rows=2)) > 4


def test_it_is_made_run_and_rehearsed_by_command(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("SUMMIT_HOME", str(bench.folder / "home"))
    path = bench.folder / "cdc.summit.json"
    save(bench.document(slot="walk"), path)
    place = ["--workspace", str(bench.folder)]
    assert main(["cdc", "create", "shop", "walk", "--table", "t", *place]) == 0
    before = slots(bench.database, "walk")[0].confirmed
    words = ["--rows", "50", "--kills", "1"]
    assert main(["rehearse", str(path), *words]) == 0, capsys.readouterr()
    assert slots(bench.database, "walk")[0].confirmed == before, "a rehearsal takes nothing"
    assert main(["run", str(path)]) == 0, capsys.readouterr()
    bench.ask(CHANGE)
    assert main(["run", str(path)]) == 0
    assert bench.is_copied()
    assert slots(bench.database, "walk")[0].confirmed > before
