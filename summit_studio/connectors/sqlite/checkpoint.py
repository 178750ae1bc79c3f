"""How far a sink is, in a SQLite file."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from summit_studio.connectors.checkpoint import STAGE_MARK, TableCheckpoint
from summit_studio.connectors.names import TableName
from summit_studio.connectors.sqlite.file import failure
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import WriteFailed


class SqliteCheckpoint(TableCheckpoint):
    """A row in the file.

    Args:
        connect: Opens a session on the file.
        path: The file; it may not be there yet.
    """

    now = "(julianday('now') - 2440587.5) * 86400.0"

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        path: Path,
        table: TableName,
        key: SinkKey,
        target: str,
    ) -> None:
        super().__init__(table, key, target)
        self._connect = connect
        self._path = path

    @contextlib.contextmanager
    def _session(
        self, *, writing: bool, within_secs: int | None = None
    ) -> Iterator[sqlite3.Connection | None]:
        if not writing and not self._path.exists():
            yield None
            return
        with contextlib.closing(self._connect()) as session:
            try:
                if within_secs is not None:
                    session.execute(f"PRAGMA busy_timeout = {within_secs * 1000}")
                yield session
            except sqlite3.Error as error:
                what = f"Cannot keep how far {self._target} is in table {self._table}"
                raise failure(WriteFailed, what, error, self._path) from None

    def _stages_there(self, session: Any) -> list[str]:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, ?) = ?"
        rows = session.execute(query, (len(STAGE_MARK), STAGE_MARK)).fetchall()
        return [name for (name,) in rows]

    @property
    def _errors(self) -> tuple[type[Exception], ...]:
        return (sqlite3.Error,)

    def _absent(self, error: Exception) -> bool:
        return "no such table" in str(error)

    def _changed(self, cursor: Any) -> int:
        return int(cursor.rowcount)
