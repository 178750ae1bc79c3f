"""Locks between real processes: one that lives, one killed, one of another host."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from summit_studio.state.lock import Holder, Lock

HOLD = """
import sys
from pathlib import Path
from summit_studio.state.lock import Lock
print(Lock(Path(sys.argv[1])).take(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "journal" / "key.lock"


@pytest.fixture
def other(file):
    """A second process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout.readline().strip() == "None"
        yield process
        process.kill()


def test_a_lock_held_by_a_living_process_is_not_taken(file, other):
    lock = Lock(file)
    holder = lock.take()
    assert holder.pid == other.pid
    assert str(other.pid) in str(holder)
    lock.release()
    assert lock.take() == holder


def test_a_lock_of_a_killed_process_is_taken(file, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    lock = Lock(file)
    assert lock.holder() is None
    assert lock.take() is None
    assert Holder(**json.loads(file.read_text())) == Holder.own()


def test_a_process_that_got_the_number_of_a_dead_one_holds_nothing(file, other):
    holder = json.loads(file.read_text()) | {"process": "started another day"}
    file.write_text(json.dumps(holder))
    assert Lock(file).take() is None


def test_a_lock_of_another_host_is_believed(file):
    file.parent.mkdir()
    file.write_text(json.dumps({"host": "elsewhere.test", "pid": 1, "process": "x"}))
    assert Lock(file).take() == Holder("elsewhere.test", 1, "x")


def test_who_seizes_a_lock_has_it_and_the_other_can_tell(file, other):
    Lock(file).seize()
    assert Lock(file).take() is None
    assert [p.name for p in file.parent.iterdir()] == ["key.lock"]


def test_a_released_lock_leaves_nothing(file):
    lock = Lock(file)
    assert lock.take() is None
    lock.release()
    assert not list(file.parent.iterdir())


def test_a_lock_that_cannot_be_written_keeps_nobody_out(tmp_path):
    (tmp_path / "file").write_text("")
    assert Lock(tmp_path / "file" / "key.lock").take() is None
