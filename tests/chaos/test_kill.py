"""A run killed at any moment leaves every target as it was, and the next run succeeds.

The short form runs with the suite; `-m chaos` runs the long one.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node

ROWS = 400_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
    nodes = [
        Node("orders", "sample_source", {"kind": "orders", "rows": ROWS, "seed": 1}),
        Node("file", "parquet_sink", {"path": "out.parquet"}),
        Node("parts", "parquet_sink", {"path": "parts", "partition_by": ["status"]}),
        Node("lines", "csv_sink", {"path": "out.csv"}),
        Node("table", "table_sink", {"connection": "db", "table": "t", "mode": "replace"}),
    ]
    edges = [Edge.parse(f"orders.rows -> {n.id}.rows") for n in nodes[1:]]
    document = Document("kill", nodes={n.id: n for n in nodes}, edges=tuple(edges))
    save(document, tmp_path / "kill.summit.json")
    return tmp_path


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "summit_studio", "run", "--quiet", "kill.summit.json"],
        cwd=folder,
        env=os.environ | {"SUMMIT_HOME": str(folder / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def rows(folder: Path) -> dict[str, int]:
    """Return the rows that each target shows; only whole targets can be counted at all."""
    found: dict[str, int] = {}
    if (folder / "out.parquet").exists():
        found["file"] = pq.read_metadata(folder / "out.parquet").num_rows
    if (folder / "parts").exists():
        found["parts"] = sum(
            pq.read_metadata(p).num_rows for p in (folder / "parts").rglob("*.parquet")
        )
    if (folder / "out.csv").exists():
        found["lines"] = (folder / "out.csv").read_bytes().count(b"\n") - 1
    with closing(sqlite3.connect(folder / "out.db")) as con:
        if con.execute("SELECT 1 FROM sqlite_master WHERE name = 't'").fetchone():
            found["table"] = con.execute("SELECT count(*) FROM t").fetchone()[0]
    return found


def leftovers(folder: Path) -> list[str]:
    known = {"out.parquet", "parts", "out.csv", "out.db", "home", "connections.toml"}
    return sorted(p.name for p in folder.iterdir() if p.name not in {*known, "kill.summit.json"})


def finish(folder: Path) -> float:
    begun = time.monotonic()
    run = start(folder)
    _, said = run.communicate(timeout=110)
    assert run.returncode == 0, said.decode()
    return time.monotonic() - begun


WHOLE = dict.fromkeys(("file", "parts", "lines", "table"), ROWS)


def kill_at(folder: Path, moment: float) -> None:
    before = rows(folder)
    run = start(folder)
    time.sleep(moment)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    after = rows(folder)
    for target, count in after.items():
        assert count in (before.get(target, ROWS), ROWS), f"{target} shows {count} rows"


@pytest.mark.parametrize("share", [0.35, 0.6, 0.85])
def test_a_killed_run_leaves_whole_targets_and_the_next_one_cleans_up(folder, share):
    whole = finish(folder)
    assert rows(folder) == WHOLE
    kill_at(folder, whole * share)
    assert rows(folder) == WHOLE
    finish(folder)
    assert rows(folder) == WHOLE
    assert leftovers(folder) == []


@pytest.mark.chaos
@pytest.mark.timeout(1800)
def test_twenty_kills_at_random(folder):
    whole = finish(folder)
    moments = random.Random(7)
    for _ in range(20):
        kill_at(folder, moments.uniform(0.1, whole))
    finish(folder)
    assert rows(folder) == WHOLE
    assert leftovers(folder) == []


def test_an_interrupted_run_ends_with_130_and_writes_nothing(folder):
    run = start(folder)
    while run.poll() is None and not leftovers(folder):
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130, said.decode()
    assert rows(folder) == {}
    assert leftovers(folder) == []
