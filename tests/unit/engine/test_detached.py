"""Runs that are let go outlive their parent, are followed by their log, and take orders."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import document

from summit_studio.core.events import (
    BatchProcessed,
    NodeStarted,
    OutputPublished,
    RowsRejected,
    RunFinished,
    RunRetried,
    RunStatus,
)
from summit_studio.core.process import is_alive
from summit_studio.engine.detached import DetachedRun
from summit_studio.engine.request import RunRequest
from summit_studio.engine.run_log import RunLog, detached_runs, head_of, of_file
from summit_studio.workspace.trust import trust

WAITING = """
import time, pathlib
def process(rows):
    while not pathlib.Path({gate!r}).exists():
        time.sleep(0.02)
    return rows
"""

PARENT = """
import pickle, sys
from summit_studio.engine.child import ChildRun

child = ChildRun(pickle.load(open(sys.argv[1], "rb")))
child.start()
while not child.poll(0.1):
    pass
child.detach()
child.close()
print("let go", flush=True)
"""


def waiting(gate: Path):
    """A pipeline that waits for a file, and then writes two rows."""
    return document(
        {
            "rows": ("sample_source", {"kind": "orders", "rows": 2}),
            "wait": ("python", {"code": WAITING.format(gate=str(gate)), "frame": "arrow"}),
            "out": ("csv_sink", {"path": "out.csv"}),
        },
        "rows.rows -> wait.rows",
        "wait.rows -> out.rows",
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    root = tmp_path / "work"
    root.mkdir()
    trust(root)
    return root


@pytest.fixture
def let_go(folder, tmp_path):
    """Return a function that has a parent start a run, let it go and end; the log is returned."""
    import pickle

    logs = []

    def go() -> Path:
        request = RunRequest(waiting(tmp_path / "gate"), folder, folder / "a.summit.json")
        (tmp_path / "request").write_bytes(pickle.dumps(request))
        command = [sys.executable, "-c", PARENT, str(tmp_path / "request")]
        parent = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
        assert parent.stdout == "let go\n"
        (log,) = of_file(folder / "a.summit.json")
        logs.append(log)
        return log

    yield go
    for log in logs:
        if log.exists():
            run = DetachedRun(log)
            run.kill()
            run.close()


def until_over(run: DetachedRun, seconds: float = 30) -> list:
    events: list = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        events += run.poll(0.1)
        if events and isinstance(events[-1], RunFinished):
            return events
    raise AssertionError(f"no end after {seconds} s; last was {events[-1:]}")


def test_a_run_let_go_outlives_its_parent_and_is_followed_to_its_end(let_go, folder, tmp_path):
    log = let_go()
    run = DetachedRun(log)
    before = run.poll(5)
    assert any(isinstance(e, NodeStarted) for e in before)  # What was told to the parent, too.
    assert run.alive
    (tmp_path / "gate").touch()
    events = before + until_over(run)
    assert events[-1].status is RunStatus.SUCCEEDED, events[-1].error
    assert [e.rows for e in events if isinstance(e, OutputPublished)] == [2]
    assert len((folder / "out.csv").read_text().splitlines()) == 3
    run.close()
    assert detached_runs() == []


def test_a_run_let_go_is_cancelled_by_whoever_finds_it(let_go, folder):
    run = DetachedRun(let_go())
    run.cancel()
    assert until_over(run)[-1].status is RunStatus.CANCELLED
    assert not (folder / "out.csv").exists()
    run.close()


def test_a_run_let_go_that_was_killed_is_told_as_lost(let_go):
    log = let_go()
    head = head_of(log)
    assert head.file == Path(os.path.realpath(head.root / "a.summit.json"))
    os.kill(int(head.process.split("|")[1]), signal.SIGKILL)
    while is_alive(head.process):
        time.sleep(0.02)
    run = DetachedRun(log)
    finished = until_over(run)[-1]
    assert finished.status is RunStatus.FAILED
    assert finished.error.code == "run_lost"
    run.close()


def test_a_log_adds_up_what_was_told_before_it_was_written(folder):
    log = RunLog(RunRequest(document({}), folder))
    retried = RunRetried("r", _report(), 2, 3, 0.0)
    for _ in range(3):
        log.take(BatchProcessed("a", {"rows": 2}, {"rows": 1}, 10, 0.5, 0.1))
        log.take(RowsRejected("a", "bad", None, 4, "first"))
    log.take(retried)
    for progress in (0.2, None):
        log.take(BatchProcessed("a", {"rows": 5}, {"kept": 5}, 1, 0.25, progress))
    log.begin()
    log.take(RunFinished("r", RunStatus.SUCCEEDED, 1.0))
    log.close()
    (path,) = detached_runs()
    run = DetachedRun(path)
    assert run.poll(1) == [
        BatchProcessed("a", {"rows": 6}, {"rows": 3}, 30, 1.5, 0.1),
        RowsRejected("a", "bad", None, 12, "first"),
        retried,
        BatchProcessed("a", {"rows": 10}, {"kept": 10}, 2, 0.5, 0.2),
        RunFinished("r", RunStatus.SUCCEEDED, 1.0),
    ]
    run.close()
    assert detached_runs() == []


def test_what_is_no_log_is_left_out(folder):
    (folder.parent / "home" / "runs").mkdir(parents=True)
    (folder.parent / "home" / "runs" / "x.run.jsonl").write_text('{"run_log": 99}\n')
    assert detached_runs() == []


def _report():
    from summit_studio.core.errors import Where
    from summit_studio.core.events import ErrorReport

    return ErrorReport("c", "what", "why", "do", Where(node_id="a"), retryable=True)
