"""Opening the state database: SQLite set up to survive a power cut, any PostgreSQL by URL."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from summit_studio.state.errors import StateUnavailable
from summit_studio.state.upgrade import WRITE, upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

STATE: Final = "SUMMIT_STATE_URL"
"""The variable that names the state database: a URL, or a path."""

BUSY_SECS = 10
"""How long to wait for another process that is writing."""

_POSTGRES = {
    # psycopg's own defaults wait for ever on a lost link.
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": "-c statement_timeout=60000 -c lock_timeout=10000",
}


def default_path() -> Path:
    """Return where the state database is unless told otherwise.

    `state.db` in the folder named by SUMMIT_HOME, or in the user's data folder.
    """
    home = os.environ.get("SUMMIT_HOME")
    if home:
        return Path(home) / "state.db"
    from platformdirs import user_data_path

    return user_data_path("summit-studio", appauthor=False) / "state.db"


def default_place() -> str | Path:
    """Return the URL that SUMMIT_STATE_URL gives, or else `default_path()`."""
    return os.environ.get(STATE) or default_path()


def open_engine(place: str | Path) -> "Engine":
    """Return an engine on a state database of this version, made or upgraded where needed.

    Args:
        place: A path, or the URL of a database.

    Raises:
        StateUnavailable: It cannot be opened, is no state database, or a newer one.
    """
    text = str(place)
    with guard("open the state database"):
        engine = _by_url(text) if "://" in text else _sqlite(Path(text))
        try:
            upgrade(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


@contextlib.contextmanager
def guard(doing: str) -> Iterator[None]:
    """Turn every fault of the database into StateUnavailable; its parameters stay out of it."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except DBAPIError as error:
        raise _unavailable(doing, str(error.orig).strip().split("\n")[0]) from None
    except (SQLAlchemyError, ImportError) as error:
        raise _unavailable(doing, f"{type(error).__name__}: {error}".split("\n")[0]) from None
    except OSError as error:
        raise _unavailable(doing, (error.strerror or type(error).__name__).lower()) from error


@contextlib.contextmanager
def writing(engine: "Engine") -> Iterator["Connection"]:
    """Yield a connection in a transaction that writes; it commits at the end."""
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        yield connection


def _sqlite(path: Path) -> "Engine":
    from sqlalchemy import URL, create_engine, event

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_read_only(path)
    url = URL.create("sqlite", database=str(path))
    timeout = {"timeout": BUSY_SECS}
    engine = create_engine(url, connect_args=timeout, hide_parameters=True)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _refuse_read_only(path: Path) -> None:
    if path.is_dir():
        raise _unavailable("open the state database", f"{path} is a folder")
    for part in (path, path.parent):
        if part.exists() and not os.access(part, os.W_OK):
            raise _unavailable("open the state database", f"{part} is write-protected")


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # We say BEGIN ourselves: see `_begin`.
    _use_wal(connection)
    # FULL: two commits a run are cheap, and a power cut then costs nothing.
    connection.execute("PRAGMA synchronous=FULL").close()
    connection.execute("PRAGMA foreign_keys=ON").close()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the journal to WAL; SQLite does not wait for a lock here, so we do."""
    end = time.monotonic() + BUSY_SECS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: "Connection") -> None:
    # A transaction that reads first and then writes fails at once when another wrote between;
    # one that says at its beginning that it will write waits its turn.
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _by_url(text: str) -> "Engine":
    from sqlalchemy import create_engine, make_url

    try:
        url = make_url(text)
    except ValueError:
        raise _unavailable("open the state database", "its URL cannot be read") from None
    if url.get_backend_name() == "sqlite":
        return _sqlite(Path(url.database or ""))
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    arguments: dict[str, Any] = dict(_POSTGRES) if url.drivername == "postgresql+psycopg" else {}
    return create_engine(url, connect_args=arguments, hide_parameters=True, pool_pre_ping=True)


def _unavailable(doing: str, why: str) -> StateUnavailable:
    busy = "locked" in why or "busy" in why
    if busy:
        do = "try again when the other program has finished"
    elif "not a database" in why or "malformed" in why:
        do = "move the file away; a new one is made, and pipelines are not affected"
    else:
        do = "check the folder's rights and space, or set SUMMIT_HOME to another folder"
    return StateUnavailable(f"Cannot {doing}", why=why, do=do, retryable=busy)
