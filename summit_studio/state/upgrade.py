"""Bringing a state database to this version, once, whoever comes first."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.state.errors import StateUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

WRITE = "summit_write"
"""The execution option of a connection that will write: it takes SQLite's lock when it begins."""

_ADVISORY_LOCK = 7_305_211_948
"""Any number, the same for ever: it keeps two upgraders of one PostgreSQL database apart."""


_MIGRATING = threading.Lock()
"""Alembic keeps its context in its modules: one migration a process at a time."""


def upgrade(engine: "Engine") -> None:
    """Run the migrations the database lacks; none, and no Alembic, where it lacks nothing.

    Raises:
        StateUnavailable: A newer version of the program has upgraded it.
    """
    from summit_studio.state.tables import HEAD

    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        if _version(connection) != HEAD:  # Someone may have done it while we waited.
            _migrate(connection)


def _version(connection: "Connection") -> str | None:
    from sqlalchemy import inspect

    if not inspect(connection).has_table("alembic_version"):
        return None
    value = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if value is None else str(value)


def _migrate(connection: "Connection") -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    version = _version(connection)
    known = {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StateUnavailable(
            "Cannot use the state database",
            why=f"a newer version of Summit Studio has upgraded it (to {version})",
            do="update Summit Studio, or set SUMMIT_HOME to another folder",
            code="state_newer",
        )
    with _MIGRATING:
        command.upgrade(config, "head")
