"""Two runs of one pipeline in one process: one works, the other says so; no row is there twice."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.core.epochs import AlreadyRunning
from summit_studio.core.events import CheckpointCommitted, Event
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node

ROWS = 3_000
SINKS = {
    "table": ("table_sink", {"connection": "db", "table": "numbers"}),
    "parts": ("csv_sink", {"path": "out", "layout": "parts", "if_exists": "append"}),
    "staged": ("csv_sink", {"path": "out.csv"}),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(ROWS)))
    return tmp_path


def saved(folder: Path, sink: str) -> Path:
    """Save a pipeline that loads numbers, epoch by epoch."""
    kind, params = SINKS[sink]
    columns = [{"name": "id", "type": "BIGINT"}]
    nodes = {
        "read": Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
        "out": Node("out", kind, params),
    }
    settings = {
        "performance": {"batch_bytes": 2048, "prefetch": 1},
        "checkpoints": {"publish": "staged" if sink == "staged" else "each", "every_rows": 500},
    }
    edges = (Edge.parse("read.rows -> out.rows"),)
    path = folder / "numbers.summit.json"
    save(Document("numbers", nodes=nodes, edges=edges, settings=settings), path)
    return path


def ids(folder: Path, sink: str) -> list[int]:
    if sink == "table":
        with closing(sqlite3.connect(folder / "out.db")) as con:
            return [n for (n,) in con.execute("SELECT id FROM numbers ORDER BY id")]
    files = [folder / "out.csv"] if sink == "staged" else (folder / "out").glob("*.csv")
    return sorted(int(n) for file in files for n in file.read_text().splitlines()[1:])


@pytest.mark.parametrize("sink", SINKS)
def test_of_two_threads_one_works_and_the_other_says_so(folder: Path, sink: str):
    path = saved(folder, sink)
    first, second = summit.Pipeline.load(path), summit.Pipeline.load(path)
    said: list[AlreadyRunning] = []

    def try_too() -> None:
        try:
            second.run()
        except AlreadyRunning as error:
            said.append(error)

    def on(event: Event) -> None:
        if isinstance(event, CheckpointCommitted) and event.epoch == 2:
            thread = threading.Thread(target=try_too)
            thread.start()
            thread.join()

    first.run(on=on).raise_for_status()
    (error,) = said
    assert error.code == "already_running"
    assert error.where.node_id == "out"
    assert ids(folder, sink) == list(range(ROWS))
    # Once it has ended nobody is in the way.
    second.run().raise_for_status()


def test_a_run_that_failed_in_this_process_is_in_nobodys_way(folder: Path):
    path = saved(folder, "table")
    first, second = summit.Pipeline.load(path), summit.Pipeline.load(path)
    con = sqlite3.connect(folder / "out.db", isolation_level=None, check_same_thread=False)

    def on(event: Event) -> None:
        if isinstance(event, CheckpointCommitted) and event.epoch == 2:
            # It can then neither go on nor say that it has ended.
            con.execute("ALTER TABLE _summit_checkpoint RENAME TO away")

    with closing(con):
        assert not first.run(on=on).ok
        con.execute("ALTER TABLE away RENAME TO _summit_checkpoint")
        (owner,) = con.execute("SELECT owner FROM _summit_checkpoint").fetchone()
        assert owner
    second.run().raise_for_status()
    assert ids(folder, "table") == list(range(ROWS))
