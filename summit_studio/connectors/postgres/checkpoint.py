"""How far a sink is, in PostgreSQL."""

import contextlib
from typing import TYPE_CHECKING, Any, cast

from summit_studio.connectors.checkpoint import STAGE_MARK, TableCheckpoint, definition
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import WriteFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg


class PostgresCheckpoint(TableCheckpoint):
    """A row beside the table, in its schema.

    Args:
        connect: Opens a session in autocommit, within so many seconds.
    """

    placeholder = "%s"
    now = "extract(epoch FROM clock_timestamp())::float8"
    bytes_type = "bytea"
    passing = "UNLOGGED TABLE"

    def __init__(
        self,
        connect: "Callable[[int | None], psycopg.Connection[Any]]",
        table: TableName,
        key: SinkKey,
        target: str,
    ) -> None:
        super().__init__(table, key, target)
        self._connect = connect

    @contextlib.contextmanager
    def _session(
        self, *, writing: bool, within_secs: int | None = None
    ) -> "Iterator[psycopg.Connection[Any]]":
        del writing
        session = self._connect(within_secs)
        try:
            yield session
        except self._errors as error:
            what = f"Cannot keep how far {self._target} is in table {self._table}"
            failure = statement_failure(WriteFailed, what, cast("psycopg.Error", error))
            if failure.code == "permission_denied":
                failure.do = (
                    f"have somebody who may run: {definition(self._table)}; GRANT SELECT, INSERT, "
                    f"UPDATE, DELETE ON {self._table.sql} TO this user"
                )
            raise failure from None
        finally:
            session.close()

    def _stages_there(self, session: Any) -> list[str]:
        query = (
            "SELECT tablename FROM pg_tables WHERE starts_with(tablename, %s) "
            "AND schemaname = coalesce(%s, current_schema())"
        )
        rows = session.execute(query, (STAGE_MARK, self._table.schema)).fetchall()
        return [name for (name,) in rows]

    def _drop_table(self, session: Any, table: TableName) -> None:
        """Drop a stage, unless somebody holds it: a run that is frozen may. Then it is left."""
        import psycopg

        with contextlib.suppress(psycopg.errors.LockNotAvailable):
            session.execute("SET lock_timeout = '1s'")
            super()._drop_table(session, table)

    @property
    def _errors(self) -> tuple[type[Exception], ...]:
        import psycopg

        return (psycopg.Error,)

    def _absent(self, error: Exception) -> bool:
        return cast("psycopg.Error", error).sqlstate in {"42P01", "3F000"}

    def _changed(self, cursor: Any) -> int:
        return int(cursor.rowcount)
