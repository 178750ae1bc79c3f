"""How far a sink is, in a DuckDB file."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from summit_studio.connectors.checkpoint import STAGE_MARK, TableCheckpoint
from summit_studio.connectors.duckdb.file import failure
from summit_studio.connectors.names import TableName
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import WriteFailed


class DuckdbCheckpoint(TableCheckpoint):
    """A row in the file.

    Args:
        connect: Opens a session on the file.
        path: The file; it may not be there yet.
    """

    now = "epoch(get_current_timestamp())"

    def __init__(
        self,
        connect: Callable[[], Any],
        path: Path,
        table: TableName,
        key: SinkKey,
        target: str,
    ) -> None:
        super().__init__(table, key, target)
        self._connect = connect
        self._path = path

    @contextlib.contextmanager
    def _session(self, *, writing: bool, within_secs: int | None = None) -> Iterator[Any]:
        del within_secs  # It never waits for a lock.
        if not writing and not self._path.exists():
            yield None
            return
        with contextlib.closing(self._connect()) as session:
            try:
                yield session
            except self._errors as error:
                what = f"Cannot keep how far {self._target} is in table {self._table}"
                raise failure(WriteFailed, what, error) from None

    def _stages_there(self, session: Any) -> list[str]:
        query = (
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?) "
            "AND database_name = current_database() AND schema_name = coalesce(?, 'main')"
        )
        rows = session.execute(query, [STAGE_MARK, self._table.schema]).fetchall()
        return [name for (name,) in rows]

    @property
    def _errors(self) -> tuple[type[Exception], ...]:
        import duckdb

        return (duckdb.Error,)

    def _absent(self, error: Exception) -> bool:
        return type(error).__name__ == "CatalogException"

    def _changed(self, cursor: Any) -> int:
        return int(cursor.fetchall()[0][0])
