"""Opens the database behind a connection."""

from typing import TYPE_CHECKING

from summit_studio.connectors.contract import Database
from summit_studio.workspace.connections import FILE_KINDS, Connection

if TYPE_CHECKING:
    from summit_studio.connectors.pooling import Pools
    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.workspace import Workspace


def open_database(
    connection: Connection,
    secrets: "SecretStore",
    workspace: "Workspace",
    *,
    shared: bool = False,
    pools: "Pools | None" = None,
) -> Database:
    """Return the database behind `connection`. Nothing is connected before it is used.

    Args:
        connection: From the workspace.
        secrets: Resolves the password when connecting.
        workspace: Where relative paths start, and whether writing outside it is trusted.
        shared: True where the same process reads and writes one DuckDB file: it then opens for
            reading as it does for writing, since DuckDB allows only one way at a time.
        pools: Those of a run, which keep the sessions of a server for the next who needs one; None
            opens one for each call. A file has none.
    """
    if connection.kind in FILE_KINDS:
        if connection.kind == "sqlite":
            from summit_studio.connectors.sqlite.database import SqliteDatabase

            return SqliteDatabase(connection, workspace)
        from summit_studio.connectors.duckdb.database import DuckdbDatabase

        return DuckdbDatabase(connection, workspace, shared=shared)
    from summit_studio.connectors.postgres.database import PostgresDatabase

    return PostgresDatabase(connection, secrets, pools)
