"""A checkpoint on demand: by a signal, and by the command."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from summit_studio.core.epochs import Demand
from summit_studio.workspace.trust import trust

COMMAND = "import sys; from summit_studio.cli.main import main; sys.exit(main())"
ROWS = 60_000
SLOW = """
import pathlib, time

def process(rows):
    if not pathlib.Path("go").exists():
        time.sleep(0.1)
    return rows
"""
"""Lasts until there is a file `go`: the run is still under way when something is asked of it."""

PIPELINE = {
    "format": 2,
    "id": "0123456789abcdef0123456789abcdef",
    "name": "Load",
    "settings": {
        "performance": {"batch_bytes": 1_024, "parallelism": 1},
        "checkpoints": {"publish": "each"},
    },
    "nodes": {
        "read": {"type": "csv_source", "params": {"path": "in.csv"}},
        "slow": {"type": "python", "params": {"code": SLOW, "keeps_state": False}},
        "table": {"type": "table_sink", "params": {"connection": "db", "table": "t"}},
    },
    "edges": ["read.rows -> slow.rows", "slow.rows -> table.rows"],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "out.db"\n')
    lines = [f"{n},{n * 2}\n" for n in range(ROWS)]
    (tmp_path / "in.csv").write_text("id,amount\n" + "".join(lines))
    (tmp_path / "load.summit.json").write_text(json.dumps(PIPELINE))
    trust(tmp_path)
    return tmp_path


class Command:
    """A command under way; what it prints goes to a file, so that it never waits for a reader."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.out = folder / f"{words[0]}-{words[1]}.out"
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", COMMAND, *words], cwd=folder, stdout=out, stderr=out
            )

    def until(self, kind: str) -> dict:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for line in self.out.read_text().splitlines(keepends=True):
                if line.endswith("\n") and f'"event": "{kind}"' in line:
                    return json.loads(line)
            time.sleep(0.02)
        raise AssertionError(f"no {kind}: {self.out.read_text()[-2000:]}")


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="the system has no such signal")
def test_a_signal_ends_the_epoch_at_hand(folder: Path):
    run = Command(folder, "run", "load.summit.json", "--events", "json")
    run.until("BatchProcessed")
    os.kill(run.process.pid, signal.SIGUSR1)
    assert run.until("CheckpointAsked")["why_not"] == ""
    first = run.until("CheckpointCommitted")
    (folder / "go").touch()
    assert first["epoch"] == 1
    assert 0 < first["rows"] < ROWS
    last = run.until("RunFinished")
    assert last["status"] == "succeeded"
    assert run.process.wait(60) == 0


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="the system has no such signal")
def test_the_command_asks_the_run_under_way_and_waits(folder: Path):
    run = Command(folder, "run", "load.summit.json", "--events", "json")
    run.until("BatchProcessed")
    asked = Command(folder, "checkpoints", "create", "load.summit.json", "--json")
    assert asked.process.wait(60) == 0, asked.out.read_text()
    (folder / "go").touch()
    (found,) = json.loads(asked.out.read_text())
    assert found["progress"]["epoch"] == 1
    assert 0 < found["progress"]["rows"] <= ROWS
    assert run.process.wait(60) == 0
    asked = Command(folder, "checkpoints", "create", "load.summit.json")
    assert asked.process.wait(60) != 0
    assert "[no_run]" in asked.out.read_text()


def test_what_is_asked_before_the_run_begins_is_answered_then():
    demand, answers = Demand(), iter(["", "no epochs"])
    assert demand.ask() == ""
    demand.serve(lambda: next(answers))
    assert demand.count == 1
    assert demand.ask() == "no epochs"
    assert demand.count == 1
