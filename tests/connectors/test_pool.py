"""Sessions of a run with a real server: opened, lent, cleaned, counted, and given up."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from summit_studio.connectors.opening import open_database
from summit_studio.connectors.pooling import PoolExhausted, Pools
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, ConnectionFailed
from summit_studio.core.events import CheckpointCommitted, SessionsUsed
from summit_studio.engine.narrative import sentence_of
from summit_studio.secrets.store import SecretStore
from tests.connectors.conftest import Server
from tests.connectors.test_retries import Bench

pytestmark = pytest.mark.postgres

MINE = (
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'summit-studio'"
    " AND backend_type = 'client backend'"
)


@pytest.fixture
def pools() -> Iterator[Pools]:
    made = Pools()
    yield made
    made.close()


@pytest.fixture
def at(server: Server, workspace: Any, pools: Pools) -> Any:
    """The database by a pool, with changes of the connection."""
    server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    return lambda **changes: open_database(
        server.connection(**changes), SecretStore(), workspace, pools=pools
    )


def pid_of(session: Any) -> int:
    return int(session.execute("SELECT pg_backend_pid()").fetchone()[0])


def test_a_session_comes_back_with_nothing_of_who_had_it(at, server):
    database = at(lock_timeout_secs=7)
    with closing(database.connect()) as session:
        first = pid_of(session)
        session.execute("CREATE TEMPORARY TABLE left_here (a int)")
        session.execute("SET search_path = pg_catalog")
        session.execute("SET statement_timeout = '9s'")
        session.execute("SET TimeZone = 'Asia/Tokyo'")
        session.execute("SELECT pg_advisory_lock(7)")
        session.execute("LISTEN rumours")
        session.execute("PREPARE mine AS SELECT 1")
    with closing(database.connect()) as session:
        assert pid_of(session) == first
        ask = lambda sql: session.execute(sql).fetchall()  # noqa: E731
        assert ask("SELECT to_regclass('left_here')") == [(None,)]
        assert ask("SHOW search_path") == [('"$user", public',)]
        assert ask("SHOW TimeZone") == [("UTC",)]
        assert ask("SHOW lock_timeout") == [("7s",)]
        assert ask("SHOW statement_timeout") == [("6h",)]
        assert ask("SHOW idle_session_timeout") == [("0",)]
        held = f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = {first}"
        assert server.run(held) == []
        assert ask("SELECT pg_listening_channels()") == []
        assert ask("SELECT name FROM pg_prepared_statements") == []


def test_what_is_in_a_transaction_or_a_copy_is_not_used_again(at, server, pools):
    database = at()
    server.run("CREATE TABLE t AS SELECT n FROM generate_series(1, 100000) n")
    with closing(database.connect()) as session:
        first = pid_of(session)
        session.execute("BEGIN")
        session.execute("INSERT INTO t VALUES (0)")
    with closing(database.connect()) as session:
        second = pid_of(session)
    assert second != first
    assert server.run("SELECT count(*) FROM t") == [(100_000,)]
    with closing(database.read("t", batch_rows=10)) as rows:
        next(rows)
    with closing(database.connect()) as session:
        assert pid_of(session) not in {first, second}
    cancel = CancelToken()
    reading = database.read("t", batch_rows=60_000, cancel=cancel)
    next(reading), next(reading)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(reading)
    database.test()
    assert [used.opened for used in pools.used()] == [4]


def test_one_that_is_whole_is_used_again_by_whoever_comes(at, pools):
    database = at()
    database.test()
    writer = database.writer("t", database.columns(query="SELECT 1 AS a"))
    writer.prepare()
    writer.commit()
    assert sum(batch.num_rows for batch in database.read("t")) == 0
    database.tables()
    (used,) = pools.used()
    assert (used.opened, used.most, used.waited) == (1, 1, 0)
    assert used.reused >= 3


def test_no_more_are_open_than_pool_size_and_one_is_waited_for(at, server, pools):
    database = at(pool_size=2, connect_timeout_secs=60)
    first, second = database.connect(), database.connect()
    got: list[int] = []

    def third() -> None:
        with closing(database.connect()) as session:
            got.append(pid_of(session))

    waiting = threading.Thread(target=third)
    waiting.start()
    while not next(iter(pools.used())).waited:
        waiting.join(0.01)
    assert len(server.run(MINE)) == 2
    mine = pid_of(first)
    first.close()
    waiting.join()
    second.close()
    assert got == [mine]
    assert list(pools.used()) == [SessionsUsed("shop", 2, 1, 2, 1)]


def test_where_none_comes_back_in_time_the_error_says_what_to_raise(at):
    database = at(pool_size=1, connect_timeout_secs=1)
    with closing(database.connect()), pytest.raises(PoolExhausted) as caught:
        database.connect()
    assert "pool_size is 1" in caught.value.why
    assert "connect_timeout_secs" in caught.value.why
    assert not caught.value.retryable
    database.connect().close()


def test_a_session_is_given_up_after_so_many_uses(at):
    database = at(max_uses=2)
    pids = []
    for _ in range(4):
        with closing(database.connect()) as session:
            pids.append(pid_of(session))
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_the_server_itself_ends_one_that_is_idle_for_too_long(at, server):
    database = at(idle_timeout_secs=1)
    with closing(database.connect()) as session:
        first = pid_of(session)
    gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = "
    while server.run(f"{gone}{first}") != [(0,)]:
        threading.Event().wait(0.05)
    with closing(database.connect()) as session:
        assert pid_of(session) != first


def test_a_dead_session_is_noticed_before_it_is_used(at, server, pools):
    database = at()
    with closing(database.connect()) as session:
        first = pid_of(session)
    server.run(f"SELECT pg_terminate_backend({first}, 10000)")
    assert database.test().startswith("PostgreSQL")
    assert next(iter(pools.used())).opened == 2


def test_what_is_in_use_when_the_pool_closes_is_closed_as_it_comes_back(at, server, pools):
    database = at()
    idle, used = database.connect(), database.connect()
    pids = {pid_of(idle), pid_of(used)}
    idle.close()
    pools.close()
    assert pid_of(used) in pids
    used.close()
    left = f"SELECT count(*) FROM ({MINE}) AS m WHERE pid IN ({', '.join(map(str, pids))})"
    while server.run(left) != [(0,)]:
        threading.Event().wait(0.05)


def test_a_run_keeps_its_sessions_over_all_epochs_and_says_so(tmp_path: Path, server: Server):
    bench = Bench(tmp_path, server)
    bench.connect(pool_size=3)
    bench.require_all(bench.run())
    (used,) = bench.all_of(SessionsUsed)
    epochs = len(bench.all_of(CheckpointCommitted))
    assert epochs > 5
    assert used.connection == "db"
    assert used.opened <= 3
    assert used.most <= 3
    assert used.reused > epochs
    assert sentence_of(used, {}) == (
        f"Connection 'db': {used.opened} sessions opened, used again {used.reused} times, "
        f"at most {used.most} at once."
    )
    assert isinstance(bench.events[-2], SessionsUsed)
    while server.run(MINE):
        threading.Event().wait(0.05)


def test_a_run_that_needs_more_than_pool_size_ends_and_says_so(tmp_path: Path, server: Server):
    bench = Bench(tmp_path, server)
    bench.connect(pool_size=1, connect_timeout_secs=1)
    finished = bench.run()
    assert finished.error is not None
    assert finished.error.code == "pool_exhausted"
    assert finished.error.where.node_id in {"good", "bad"}
    assert server.run("SELECT count(*) FROM good") == [(0,)]


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    """One certificate of 127.0.0.1 that vouches for itself, and another of the same name."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing")
    for name in ("own", "other"):
        asked = (
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext "
            f"subjectAltName=IP:127.0.0.1 -keyout {name}.key -out {name}.pem"
        )
        subprocess.run(asked.split(), cwd=tmp_path, check=True, capture_output=True)
        (tmp_path / f"{name}.key").chmod(0o600)
    return tmp_path


class TlsDoor:
    """Speaks TLS, which the test server's build lacks, in front of its socket; asks who comes."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._path = str(next(Path(server.host).glob(".s.PGSQL.*[0-9]")))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "own.pem", folder / "own.key")
        self._context.load_verify_locations(folder / "own.pem")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with closing(near):
                near.recv(8)  # The request for TLS.
                near.sendall(b"S")
                try:
                    with self._context.wrap_socket(near, server_side=True) as inside:
                        self._pass_on(inside)
                except OSError:
                    continue

    def _pass_on(self, near: ssl.SSLSocket) -> None:
        with socket.socket(socket.AF_UNIX) as far:
            far.connect(self._path)
            back = threading.Thread(target=_pump, args=(far, near), daemon=True)
            back.start()
            _pump(near, far)
            far.shutdown(socket.SHUT_WR)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
    except OSError:
        return


def test_tls_is_by_the_files_that_the_connection_names(server, workspace, certificates):
    door = TlsDoor(server, certificates)
    own = {"ssl_root_cert": "own.pem", "ssl_cert": "own.pem", "ssl_key": "own.key"}

    def answer(**changes: Any) -> str:
        made = server.connection(
            host="127.0.0.1", port=door.port, ssl_mode="verify-full", **(own | changes)
        )
        with open_database(made, SecretStore(root=certificates), workspace) as database:
            return database.test()

    try:
        assert answer().startswith("PostgreSQL")
        for changes in (
            {"ssl_root_cert": "other.pem"},
            {"ssl_cert": "other.pem", "ssl_key": "other.key"},
            {"ssl_root_cert": "absent.pem"},
        ):
            with pytest.raises(ConnectionFailed) as caught:
                answer(**changes)
            assert caught.value.code == "tls_failed"
    finally:
        door.end()
