"""A load that skips processed rows, killed at each step: no row is lost, none is there twice."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Node

BEFORE, AFTER, REPEATED = 300, 1_500, 200


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Path:
    """Return a pipeline that has loaded some rows, and is given them again with others."""
    place = getattr(request, "param", {})
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setenv("SUMMIT_HOME", str(folder / "home"))
    (folder / "connections.toml").write_text(
        '[db]\nkind = "sqlite"\npath = "out.db"\n[keys]\nkind = "duckdb"\npath = "keys.duckdb"\n'
    )
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "note", "type": "VARCHAR"}]
    nodes = [
        Node("in", "csv_source", {"path": "in.csv", "columns": columns}),
        Node("once", "skip_processed", {"keys": ["id"], **place}),
        Node("one", "table_sink", {"connection": "db", "table": "one"}),
        Node("two", "csv_sink", {"path": "two", "layout": "parts", "if_exists": "append"}),
    ]
    edges = ["in.rows -> once.rows", "once.rows -> one.rows", "once.rows -> two.rows"]
    document = Document(
        "once",
        nodes={n.id: n for n in nodes},
        edges=tuple(map(Edge.parse, edges)),
        settings={
            "performance": {"batch_bytes": 2048, "prefetch": 1},
            "checkpoints": {"publish": "each", "every_rows": 500},
        },
    )
    save(document, folder / "p.summit.json")
    write(folder, range(BEFORE))
    assert child(folder) == 0
    write(folder, [*range(AFTER), *range(REPEATED)])
    return folder


def write(folder: Path, ids) -> None:
    (folder / "in.csv").write_text("id,note\n" + "".join(f"{n},n{n}\n" for n in ids))


def child(folder: Path, *words: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.child", str(folder / "p.summit.json"), *words],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SUMMIT_HOME": str(folder / "home")},
        stderr=subprocess.PIPE,
        timeout=90,
        check=False,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
    return done.returncode


def outcome(folder: Path):
    """Return the ids in both targets, and how many keys count."""
    with closing(sqlite3.connect(folder / "out.db")) as con:
        one = Counter(row[0] for row in con.execute("SELECT id FROM one"))
    two: Counter[int] = Counter()
    for part in (folder / "two").glob("*.csv"):
        two.update(int(line.split(",")[0]) for line in part.read_text().splitlines()[1:])
    if (folder / "keys.duckdb").exists():
        return one, two, *in_table(folder / "keys.duckdb")
    with closing(sqlite3.connect(folder / "home" / "state.db")) as con:
        told = con.execute("SELECT sum(keys) FROM processed_epochs").fetchone()[0]
        kept = con.execute("SELECT count(*), count(DISTINCT key) FROM processed_keys").fetchone()
    return one, two, told, kept


def in_table(file: Path):
    with closing(duckdb.connect(str(file), read_only=True)) as con:
        told = con.execute("SELECT sum(rows_taken) FROM _summit_processed_loads").fetchone()[0]
        count = "SELECT count(*), count(DISTINCT key) FROM _summit_processed"
        return told, con.execute(count).fetchone()


ALL = Counter(range(AFTER))
RIGHT = (ALL, ALL, AFTER, (AFTER, AFTER))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("folder", [{}, {"connection": "keys"}], indirect=True, ids=str)
def test_wherever_it_dies_each_row_is_there_once_and_known(folder: Path, tmp_path: Path):
    clean = tmp_path / "clean"
    shutil.copytree(folder, clean)
    steps = tmp_path / "labels"
    assert child(folder, "--labels", str(steps)) == 0
    assert outcome(folder) == RIGHT
    labels = list(dict.fromkeys(steps.read_text().split()))
    # Its keys come last, in every epoch and at the end.
    for epoch in ("1", "2", "3"):
        place = [labels.index(f"commit:{sink}:{epoch}") for sink in ("one", "two", "once-keys")]
        assert place[2] > labels.index(f"committed:one:{epoch}") > place[0]
        assert place[2] > labels.index(f"committed:two:{epoch}") > place[1]
    at_the_end = [x for x in labels if x.startswith("commit") and "once-keys" in x][-1]
    second = ("audit:2", "committed:one:2", "commit:once-keys:2", "committed:once-keys:2")
    for label in (*second, at_the_end, "finish:once-keys"):
        assert label in labels
        shutil.rmtree(folder)
        shutil.copytree(clean, folder)
        assert child(folder, "--kill", label) == -signal.SIGKILL, label
        assert child(folder) == 0, label
        assert outcome(folder) == RIGHT, label


def test_a_run_that_is_thought_dead_and_wakes_takes_no_key_with_it(folder: Path):
    """Its open epoch is dropped with its own keys, not with those of the run that went on."""
    document = load(folder / "p.summit.json").document
    nodes = {i: n for i, n in document.nodes.items() if i != "one"}  # It would lock the file.
    edges = tuple(e for e in document.edges if e.target.node != "one")
    path = folder / "p.summit.json"
    save(replace(document, nodes=nodes, edges=edges), path)
    shutil.rmtree(folder / "two")
    shutil.rmtree(folder / "home")
    frozen = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.child", str(path), "--stop", "audit:2"],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
    )
    try:
        os.waitid(os.P_PID, frozen.pid, os.WSTOPPED | os.WNOWAIT)
        assert child(folder, "--take-over", "--kill", "audit") == -signal.SIGKILL
        frozen.send_signal(signal.SIGCONT)
        _, said = frozen.communicate(timeout=90)
    finally:
        frozen.kill()
        frozen.wait()
    assert frozen.returncode == 1
    assert said
    assert child(folder) == 0
    assert outcome(folder)[1:] == RIGHT[1:]
