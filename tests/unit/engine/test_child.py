"""The engine in a child process: it reports all, ends when told, and its death is told."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import document

from summit_studio.core.events import OutputPublished, RunFinished, RunStatus
from summit_studio.engine.child import ChildRun
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.parts.database_reader import sample_files

COPY = document(
    {
        "customers": ("table_source", {"connection": "shop", "table": "customers"}),
        "out": ("csv_sink", {"path": "out.csv"}),
    },
    "customers.rows -> out.rows",
)

FOREVER = document(
    {
        "customers": ("table_source", {"connection": "shop", "table": "customers"}),
        "spin": (
            "python",
            {"code": "def process(rows):\n    while True:\n        pass\n", "frame": "arrow"},
        ),
        "out": ("csv_sink", {"path": "out.csv"}),
    },
    "customers.rows -> spin.rows",
    "spin.rows -> out.rows",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    root = tmp_path / "work"
    root.mkdir()
    for name, content in sample_files().items():
        data = content.encode() if isinstance(content, str) else content
        (root / name).write_bytes(data)
    return root


@pytest.fixture
def start(folder):
    children = []

    def begin(doc):
        child = ChildRun(RunRequest(doc, folder))
        children.append(child)
        child.start()
        return child

    yield begin
    for child in children:
        child.close()


def until_finished(child: ChildRun, seconds: float = 30) -> list:
    events: list = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        events += child.poll(0.1)
        if events and isinstance(events[-1], RunFinished):
            return events
    raise AssertionError(f"no end after {seconds} s; last was {events[-1:]}")


def test_a_run_in_a_child_tells_every_event(start, folder):
    events = until_finished(start(COPY))
    assert events[-1].status is RunStatus.SUCCEEDED, events[-1].error
    assert [e.rows for e in events if isinstance(e, OutputPublished)] == [2]
    rows = list(csv.reader((folder / "out.csv").read_text().splitlines()))
    assert rows == [["id", "name", "city"], ["1", "Ada", "London"], ["2", "Grace", ""]]


def test_a_pipeline_with_problems_ends_as_failed_with_the_problem(start):
    broken = document({"out": ("csv_sink", {"path": "out.csv"})})
    events = until_finished(start(broken))
    assert events[-1].status is RunStatus.FAILED
    assert "gets no rows" in events[-1].error.what


def test_a_killed_child_is_told_as_an_error(start):
    from summit_studio.workspace.trust import trust

    child = start(FOREVER)
    trust(child.request.root)
    child.close()
    child = start(FOREVER)
    wait_for_events(child)
    os.kill(child._process.pid, signal.SIGKILL)
    finished = until_finished(child)[-1]
    assert finished.status is RunStatus.FAILED
    assert finished.error.code == "engine_died"
    assert "SIGKILL" in finished.error.why


def test_code_that_never_returns_is_cancelled_within_seconds_and_leaves_nothing(start, folder):
    from summit_studio.workspace.trust import trust

    trust(folder)
    child = start(FOREVER)
    wait_for_events(child)
    child.cancel()
    assert until_finished(child, 10)[-1].status is RunStatus.CANCELLED
    assert not (folder / "out.csv").exists()


def test_a_child_ends_when_its_parent_dies(folder, tmp_path):
    from summit_studio.workspace.trust import trust

    trust(folder)
    script = tmp_path / "parent.py"
    script.write_text(
        "import pickle, sys, time\n"
        "from summit_studio.engine.child import ChildRun\n"
        "child = ChildRun(pickle.load(open(sys.argv[1], 'rb')))\n"
        "child.start()\n"
        "print(child._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    import pickle

    (tmp_path / "request").write_bytes(pickle.dumps(RunRequest(FOREVER, folder)))
    parent = subprocess.Popen(
        [sys.executable, script, tmp_path / "request"], stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def wait_for_events(child: ChildRun) -> None:
    deadline = time.monotonic() + 20
    while not child.poll(0.1) and time.monotonic() < deadline:
        pass


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
