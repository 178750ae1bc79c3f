"""The keys of rows that were loaded before, in a table of the database that the rows go to.

Keys are written like the rows of any table: those of an epoch are committed with the row of the
load that says so, and with how far the keys are. What was never committed is not there.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from summit_studio.connectors.checkpoint import TableCheckpoint
from summit_studio.connectors.names import TableName
from summit_studio.core.epochs import Progress
from summit_studio.core.schema import Column, Schema
from summit_studio.core.sql import quote_name
from summit_studio.state.processed import KeyedLoad, Scope

KEYS: Final = "_summit_processed"
"""The table's name where no other is chosen."""

COLUMNS: Final = Schema(
    (Column("key", "BLOB"), Column("load_id", "VARCHAR"), Column("epoch", "BIGINT"))
)
"""A key, null for a row without one; whose it is; and the epoch that was open when it came."""

_AT_ONCE: Final = 5_000
"""Keys that one statement asks for: databases allow only so many values in it."""
_LOADS: Final = {
    "load_id": "varchar(32) NOT NULL",
    "since": "bigint NOT NULL",
    "up_to": "bigint NOT NULL",
    "scope": "varchar(255) NOT NULL",
    "environment": "varchar(64) NOT NULL",
    "lineage": "varchar(64) NOT NULL",
    "progress_id": "varchar(32) NOT NULL",
    "node_id": "varchar(64) NOT NULL",
    "pipeline": "text NOT NULL",
    "rows_taken": "bigint NOT NULL",
    "committed_at": "varchar(40) NOT NULL",
}


class KeyTable:
    """Keys of a node's scope. Any thread may call it, with a session of its own each time.

    Args:
        checkpoint: How far the keys of the node are, beside the table.
        table: Of keys.
        scope: Within which they count, and whose they are.
        indexed: Keys are looked up batch by batch; else all are read at the beginning.
    """

    def __init__(
        self, checkpoint: TableCheckpoint, table: TableName, scope: Scope, *, indexed: bool
    ) -> None:
        self.checkpoint = checkpoint
        self.scope = scope
        self._table = table
        self._loads = table.sibling(f"{table.table}_loads")
        checkpoint.beside = self._definitions(indexed=indexed)
        checkpoint.given_up = self._drop_load

    def known(
        self, keys: Sequence[bytes], lineage: str, first: int, started: datetime
    ) -> set[bytes]:
        """Return which of some keys count as processed for a load; see `KeyStore.known`."""
        found: set[bytes] = set()
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            for page in self._pages(lineage, first, started, some):
                found.update(page)
        return found

    def all_known(self, lineage: str, first: int, started: datetime) -> Iterator[list[bytes]]:
        """Yield all keys that count as processed for a load, some at a time."""
        return self._pages(lineage, first, started, None)

    def commit(self, session: Any, before: Progress, rows: int) -> None:
        """Let the keys of an epoch count, or of a staged load all of them at the last.

        Args:
            session: With the transaction that holds them, and that moves the checkpoint.
            before: How far the keys were.
            rows: How many rows the epoch has, with a key or without.
        """
        mark, staged = self.checkpoint.mark, self.checkpoint.staged
        assert mark is not None  # noqa: S101 - a writer commits what was settled
        if staged and not mark.last:
            return
        scope = self.scope
        values = (
            self.load_id(before.lineage), 1 if staged else before.epoch + 1, mark.epoch,
            scope.name, scope.environment, before.lineage, scope.progress_id, scope.node_id,
            scope.pipeline, rows + (before.rows if staged else 0), _text(datetime.now(UTC)),
        )  # fmt: skip
        marks = ", ".join("?" * len(values))
        self.checkpoint.run(session, f"INSERT INTO {self._loads.sql} VALUES ({marks})", *values)

    def load_id(self, lineage: str) -> str:
        """Return what the keys of a load are marked with."""
        scope = self.scope
        whose = (scope.progress_id, scope.node_id, scope.environment, scope.name, lineage)
        return hashlib.sha256("\n".join(whose).encode()).hexdigest()[:32]

    def prunable(self, before: datetime) -> tuple[KeyedLoad, ...]:
        """Return the loads whose keys were committed before a moment, the oldest first."""
        facts = "load_id, scope, environment, pipeline, node_id"
        query = (
            f"SELECT {facts}, sum(rows_taken), max(committed_at) FROM {self._loads.sql} "
            f"GROUP BY {facts} HAVING max(committed_at) < ? ORDER BY max(committed_at), load_id"
        )
        with self.checkpoint.opened(writing=False) as session:
            if session is None or not self.checkpoint.is_there(session, self._loads):
                return ()
            rows = self.checkpoint.run(session, query, _text(before)).fetchall()
        return tuple(_load(*row) for row in rows)

    def drop(self, loads: Sequence[KeyedLoad]) -> None:
        """Drop the keys of some loads: their rows count as new where they come again."""
        with self.checkpoint.opened(writing=True) as session:
            for load in loads:
                self._drop(session, str(load.load_id))

    def _drop_load(self, session: Any, progress: Progress) -> None:
        self._drop(session, self.load_id(progress.lineage))

    def _drop(self, session: Any, load_id: str) -> None:
        # Without its row there a load's keys count for nobody.
        for table in (self._loads, self._table):
            self.checkpoint.run(session, f"DELETE FROM {table.sql} WHERE load_id = ?", load_id)

    def _pages(
        self, lineage: str, first: int, started: datetime, keys: Sequence[bytes] | None
    ) -> Iterator[list[bytes]]:
        run, scope = self.checkpoint.run, self.scope
        among = "" if keys is None else f" AND k.key IN ({', '.join('?' * len(keys))})"
        query = (
            f"SELECT k.key FROM {self._table.sql} k JOIN {self._loads.sql} e "
            "ON e.load_id = k.load_id AND k.epoch BETWEEN e.since AND e.up_to "
            "WHERE e.scope = ? AND e.environment = ? AND (e.lineage <> ? OR e.up_to < ?) "
            "AND ((e.progress_id = ? AND e.node_id = ?) OR e.committed_at < ?) "
            f"AND k.key IS NOT NULL{among}"
        )
        values = (
            scope.name, scope.environment, lineage, first, scope.progress_id, scope.node_id,
            _text(started), *(keys or ()),
        )  # fmt: skip
        with self.checkpoint.opened(writing=False) as session:
            if session is None or not self.checkpoint.is_there(session, self._loads):
                return
            yield from _fetched(run(session, query, *values))
            # Of a staged load its own keys wait beside: nobody else knows of them.
            stage = self.checkpoint.stage_of(lineage)
            if self.checkpoint.is_there(session, stage):
                query = f"SELECT k.key FROM {stage.sql} k WHERE k.epoch < ? AND k.key IS NOT NULL"
                yield from _fetched(run(session, query + among, first, *(keys or ())))

    def _definitions(self, *, indexed: bool) -> dict[TableName, tuple[str, ...]]:
        keys = (
            f"key {self.checkpoint.bytes_type}, load_id varchar(32) NOT NULL, epoch bigint NOT NULL"
        )
        loads = ", ".join(f"{name} {kind}" for name, kind in _LOADS.items())
        index = quote_name(f"{self._table.table}_by_key")
        made: tuple[str, ...] = (f"CREATE TABLE IF NOT EXISTS {self._table.sql} ({keys})",)
        if indexed:
            made += (f"CREATE INDEX IF NOT EXISTS {index} ON {self._table.sql} (key)",)
        key = "PRIMARY KEY (load_id, up_to)"
        return {
            self._table: made,
            self._loads: (f"CREATE TABLE IF NOT EXISTS {self._loads.sql} ({loads}, {key})",),
        }


def _load(
    load_id: str, scope: str, environment: str, pipeline: str, node_id: str, keys: int, last: str
) -> KeyedLoad:
    at = datetime.fromisoformat(last)
    return KeyedLoad(load_id, scope, environment, pipeline, node_id, int(keys), at)


def _fetched(cursor: Any) -> Iterator[list[bytes]]:
    while rows := cursor.fetchmany(_AT_ONCE):
        yield [bytes(key) for (key,) in rows]


def _text(moment: datetime) -> str:
    """Return a moment so that texts come in the order of moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
