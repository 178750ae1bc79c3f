"""A server that is stopped, and one that cannot be reached: it is left alone, and tried by one.

Attempts are counted by what comes through a door in front of the server, and every row is compared.
"""

import contextlib
import json
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import (
    BatchProcessed,
    BreakerChanged,
    BreakerState,
    CheckpointCommitted,
    RunRetried,
    RunStatus,
)
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.state.engine import default_path
from tests.connectors.conftest import Server
from tests.connectors.test_retries import BAD, EXPECTED, Bench, Once

pytestmark = pytest.mark.postgres


class Door:
    """A port in front of a server's socket; it counts who comes, and can be shut."""

    def __init__(self, server: Server) -> None:
        self._path = str(next(Path(server.host).glob(".s.PGSQL.*[0-9]")))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.seen = 0
        self.shut = False
        self.silent = False
        """Who comes is let in, and nobody answers."""
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Let nobody in, and send out who is inside."""
        self.shut = True
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self._listener.close()
        self.close()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.seen += 1
            if self.silent:
                self._open.append(near)
                continue
            far = socket.socket(socket.AF_UNIX)
            try:
                if self.shut:
                    raise ConnectionRefusedError
                far.connect(self._path)
            except OSError:
                near.close()
                far.close()
                continue
            self._open += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def door_of(bench: Bench, **more: object) -> Iterator[Door]:
    door = Door(bench.server)
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    (bench.folder / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "127.0.0.1"\nport = {door.port}\nuser = "postgres"\n'
        f'database = "postgres"\nssl_mode = "disable"\n{lines}'
    )
    try:
        yield door
    finally:
        door.end()


def lettered(bench: Bench, **retry: Any) -> Document:
    """Return a pipeline into one table, whose bad rows become dead letters."""
    document = bench.document(retry={"delay_secs": 0.01, "backoff": "fixed", **retry})
    keep = {i: document.nodes[i] for i in ("read", "good")}
    errors = {**document.settings["errors"], "strategy": "dead_letter"}
    settings = {**document.settings, "errors": errors}
    return Document("retries", nodes=keep, edges=document.edges[:1], settings=settings)


def letters() -> int:
    with closing(sqlite3.connect(default_path())) as con:
        return con.execute("SELECT count(*) FROM dead_letters").fetchone()[0]


def test_a_server_that_is_stopped_is_left_alone_and_then_tried_by_one(
    tmp_path: Path, own_server: tuple[Server, Any]
):
    server, started = own_server
    bench = Bench(tmp_path, server)
    limits = {"breaker_failures": 3, "breaker_timeout_secs": 1.5, "breaker_successes": 2}
    with door_of(bench, **limits) as door:
        marks: list[tuple[str, int, int]] = []

        def told(event: object) -> None:
            if isinstance(event, BreakerChanged) and event.state is not event.before:
                marks.append((event.state.value, door.seen, letters()))
                if len(marks) == 3:  # The first who tried it has found it away.
                    started.start()

        stop = Once(started.stop, CheckpointCommitted, node_id="good", epoch=2)

        def both(event: object) -> None:
            told(event)
            stop(event)

        finished = bench.run(lettered(bench, attempts=9), both)
    assert finished.error is None
    assert server.run("SELECT id, note FROM good ORDER BY id") == EXPECTED
    assert [state for state, *_ in marks] == ["open", "half_open", "open", "half_open", "closed"]
    seen = [count for _, count, _ in marks]
    assert seen[1] == seen[0]  # Nobody came while it was open,
    assert seen[2] == seen[1] + 1  # one to see whether it answers,
    assert seen[3] == seen[2]  # nobody again,
    assert seen[4] == seen[3] + 1  # and then one; the second call goes by its session.
    # No letter came of it: they are the rows that are bad.
    assert len({count for *_, count in marks}) == 1
    assert letters() == len(BAD)
    waits = [e.wait_secs for e in bench.all_of(RunRetried)]
    assert len([secs for secs in waits if secs > 1]) == 2
    (change, *_) = bench.all_of(BreakerChanged)
    assert change.node_ids == ("good",)
    assert change.error.where.pipeline is None


def test_a_wait_for_a_breaker_can_be_cancelled(bench: Bench):
    token = CancelToken()
    with door_of(bench, breaker_failures=1, breaker_timeout_secs=3600) as door:
        shut = Once(door.close, CheckpointCommitted, node_id="good", epoch=2)
        stop = Once(token.cancel, RunRetried)
        request = RunRequest(lettered(bench, attempts=9), bench.folder)
        finished = run(request, [shut, stop], token)
        assert finished.status is RunStatus.CANCELLED
        # And so can that of the next run, which does not knock.
        seen, events = door.seen, []
        token = CancelToken()
        stop = Once(token.cancel, RunRetried)
        finished = run(
            RunRequest(lettered(bench, attempts=9), bench.folder), [events.append, stop], token
        )
        assert finished.status is RunStatus.CANCELLED
        assert events[-1] is finished
        assert door.seen == seen


@pytest.fixture
def bench(tmp_path: Path, server: Server) -> Bench:
    return Bench(tmp_path, server)


def summit(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "summit_studio", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)


def test_another_process_knows_of_it(bench: Bench):
    path = bench.folder / "retries.summit.json"
    with door_of(bench, breaker_failures=2, breaker_timeout_secs=3600) as door:
        once = save(lettered(bench, attempts=1), path).document
        shut = Once(door.close, CheckpointCommitted, node_id="good", epoch=2)
        twice = replace(once, settings=lettered(bench, attempts=2).settings)
        finished = run(RunRequest(twice, bench.folder, path), [shut])
        assert finished.error is not None
        assert "connection" in finished.error.code
        told = json.loads(summit("connections", path, "--json").stdout)["db"]["breaker"]
        assert (told["state"], told["failures"]) == ("open", 2)
        assert told["error"]["code"] == finished.error.code
        assert "open until" in summit("connections", path).stdout
        seen = door.seen
        second = summit("run", path, "--events", "json")
        assert second.returncode == 1
        assert "circuit_open" in second.stderr + second.stdout
        assert door.seen == seen
        door.shut = False
        # With less to wait for, and an attempt left, it waits and goes on.
        _shorten(bench, 1)
        save(twice, path)
        # The first, in this process, could not say to the server that it has ended.
        third = summit("run", path, "--events", "json", "--take-over")
    assert third.returncode == 0
    events = [json.loads(line) for line in third.stdout.splitlines()]
    states = [e["state"] for e in events if e["event"] == "BreakerChanged"]
    assert states == ["half_open", "closed"]
    assert bench.server.run("SELECT id, note FROM good ORDER BY id") == EXPECTED
    assert " closed" in summit("connections", path).stdout


def _shorten(bench: Bench, secs: int) -> None:
    path = bench.folder / "connections.toml"
    text = path.read_text()
    path.write_text(text.replace("breaker_timeout_secs = 3600", f"breaker_timeout_secs = {secs}"))


def test_a_source_that_is_lost_again_and_again(bench: Bench):
    server = bench.server
    server.run("CREATE TABLE items (id BIGINT PRIMARY KEY, note TEXT)")
    server.run("INSERT INTO items SELECT n, repeat('x', 900) FROM generate_series(1, 9000) n")
    nodes = (
        Node("read", "table_source", {"connection": "db", "table": "items"}),
        Node("file", "csv_sink", {"path": "out.csv"}),
    )
    document = Document(
        "items",
        nodes={n.id: n for n in nodes},
        edges=(Edge.parse("read.rows -> file.rows"),),
        settings={
            "performance": {"batch_rows": 300, "prefetch": 1},
            "errors": {"retry": {"attempts": 9, "delay_secs": 0.01, "backoff": "fixed"}},
        },
    )
    with door_of(bench, breaker_failures=2, breaker_timeout_secs=1) as door:
        shut = Once(door.close, BatchProcessed, node_id="file")

        def reopen() -> None:
            door.shut = False

        again = Once(reopen, BreakerChanged, state=BreakerState.HALF_OPEN)

        def both(event: Any) -> None:
            shut(event)
            again(event)

        finished = bench.run(document, both)
    assert finished.error is None
    assert (bench.folder / "out.csv").read_text().count("\n") == 9001
    changes = [e for e in bench.all_of(BreakerChanged) if e.state is not e.before]
    assert [e.state.value for e in changes] == ["open", "half_open", "closed"]
    assert changes[0].node_ids == ("read",)
