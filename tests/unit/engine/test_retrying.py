"""How long a run waits for another attempt, and when it makes none."""

import errno
import os
from pathlib import Path

import pytest

from summit_studio.core.errors import ConnectionFailed, SummitError, WriteFailed
from summit_studio.core.events import ErrorReport, RunRetried
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.narrative import sentence_of
from summit_studio.engine.retrying import may_pass, wait_secs
from summit_studio.planning.settings import Retry
from summit_studio.stores.faults import read_errors
from summit_studio.stores.staging import write_errors
from summit_studio.workspace.workspace import Workspace


def planned(nodes: dict[str, tuple[str, dict]], *edges: str) -> Document:
    """Return a document of nodes given as id -> (type, params)."""
    built = {i: Node(i, kind, params) for i, (kind, params) in nodes.items()}
    return Document("test", nodes=built, edges=tuple(map(Edge.parse, edges)))


UNKNOWN = WriteFailed("It is not known", code="commit_unknown")


@pytest.mark.parametrize(
    ("backoff", "waits"),
    [
        ("fixed", [2, 2, 2, 2, 2]),
        ("linear", [2, 4, 6, 8, 9]),
        ("exponential", [2, 4, 8, 9, 9]),
    ],
)
def test_waits_grow_up_to_the_longest(backoff: str, waits: list[float]):
    retry = Retry(delay_secs=2, max_delay_secs=9, backoff=backoff, jitter=False)
    assert [wait_secs(retry, n, 0.7) for n in range(1, 6)] == waits


def test_chance_takes_off_half_at_most():
    retry = Retry(delay_secs=4, backoff="fixed")
    assert [wait_secs(retry, 1, chance) for chance in (0.0, 0.5, 1.0)] == [4, 3, 2]


def test_a_thousand_attempts_are_no_overflow():
    retry = Retry(attempts=1000, jitter=False)
    assert wait_secs(retry, 999, 0) == retry.max_delay_secs


@pytest.fixture
def settled(bench):
    nodes = {
        "n": ("sample_source", {"kind": "orders", "rows": 10}),
        "file": ("csv_sink", {"path": "out.csv"}),
        "seen": ("preview_sink", {}),
    }
    return bench.plan(planned(nodes, "n.rows -> file.rows", "n.rows -> seen.rows"))


def test_only_what_may_pass_is_tried_again(settled):
    assert may_pass(ConnectionFailed("gone"), settled, (), ())
    assert not may_pass(ConnectionFailed("gone", retryable=False), settled, (), ())
    assert not may_pass(SummitError("broken"), settled, (), ())


def test_nothing_is_published_twice(settled):
    lost = ConnectionFailed("gone")
    assert not may_pass(lost, settled, (), {"file"})
    assert may_pass(lost, settled, {"file"}, {"file"})
    # A preview shows rows to nobody else.
    assert may_pass(lost, settled, (), {"seen"})


def test_a_commit_without_an_answer_is_asked_for_where_that_is_kept(bench):
    (bench.workspace.root / "connections.toml").write_text('[db]\nkind = "sqlite"\npath = "o.db"\n')
    bench.workspace = Workspace.open(bench.workspace.root)
    nodes = {
        "n": ("sample_source", {"kind": "orders", "rows": 10}),
        "a": ("table_sink", {"connection": "db", "table": "a"}),
        "b": ("table_sink", {"connection": "db", "table": "b"}),
    }
    plan = bench.plan(planned(nodes, "n.rows -> a.rows", "n.rows -> b.rows"))
    assert may_pass(UNKNOWN, plan, {"a", "b"}, ())
    assert not may_pass(UNKNOWN, plan, {"a"}, ())
    assert not may_pass(UNKNOWN, plan, (), ())


def write_to(file: int) -> None:
    """Write until no more is taken."""
    with write_errors(Path("out.csv")):
        while True:
            os.write(file, b"r" * 65_536)


def test_a_full_disk_does_not_pass():
    full = os.open("/dev/full", os.O_WRONLY)
    with pytest.raises(WriteFailed) as caught:
        write_to(full)
    os.close(full)
    assert (caught.value.code, caught.value.retryable) == ("disk_full", False)


def test_a_pipe_that_nobody_empties_may_pass():
    read, write = os.pipe()
    os.set_blocking(write, False)
    with pytest.raises(WriteFailed) as caught:
        write_to(write)
    os.close(read)
    os.close(write)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("number", "passes"),
    [(errno.ESTALE, True), (errno.ETIMEDOUT, True), (errno.EIO, True), (errno.EACCES, False),
     (errno.ENOENT, False), (errno.EISDIR, False), (errno.EINVAL, False)],
)  # fmt: skip
def test_what_the_system_says_of_a_file_that_is_read(tmp_path: Path, number: int, passes: bool):  # noqa: FBT001
    with pytest.raises(SummitError) as caught, read_errors(tmp_path / "in.csv"):
        raise OSError(number, os.strerror(number))
    assert caught.value.retryable is passes


def test_a_retry_is_a_sentence():
    error = ErrorReport.of(
        WriteFailed("Cannot write to table t", why="the link was lost").at(
            node_id="t", node_title="Orders"
        )
    )
    said = sentence_of(RunRetried("r", error, 2, 5, 1.25), {})
    assert said == (
        "Cannot write to table t at node 'Orders' (t) (the link was lost); "
        "trying again in 1.2 s, attempt 2 of 5."
    )
