"""Rows whose key was loaded before: what passes them on, and the sink that keeps their keys.

The sink stands in no pipeline: planning puts it behind a node that skips such rows. It commits the
keys of an epoch once every sink that the rows reach has committed it, so that a key counts as
processed only where its row is, and a load that goes on begins behind what the sink holds.
"""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Checkpoint, SinkKey
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import Column, Schema
from summit_studio.core.sql import quote_name
from summit_studio.expressions.connect import locked_connection
from summit_studio.nodes.contract import (
    CodeNode,
    Delivery,
    Inputs,
    Parted,
    Processor,
    Published,
    RunContext,
    SinkNode,
    Writer,
)
from summit_studio.nodes.letters import NoParams
from summit_studio.nodes.params import Params
from summit_studio.state.processed import KeyCheckpoint, KeyStore, Scope

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

P = TypeVar("P", bound=Params)

Lookup = Callable[[Sequence[bytes]], Collection[bytes]]
"""Tells which of some keys were processed before."""

NEW: Final = "rows"
KNOWN: Final = "skipped"

_MEMORY_MB: Final = 256
"""What the keys of one run take of memory before they spill."""

_WHOLE: Final = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
)  # fmt: skip
_TEXTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_WHOLE, "'n' || {0}::VARCHAR"),
    "DECIMAL": "'n' || CASE WHEN contains({0}::VARCHAR, '.') "
    "THEN rtrim(rtrim({0}::VARCHAR, '0'), '.') ELSE {0}::VARCHAR END",
    # Minus zero is zero.
    "DOUBLE": "'f' || ({0}::DOUBLE + 0.0)::VARCHAR",
    "FLOAT": "'f' || ({0}::DOUBLE + 0.0)::VARCHAR",
    "VARCHAR": "'s' || {0}",
    "BOOLEAN": "'b' || {0}::VARCHAR",
    "UUID": "'u' || {0}::VARCHAR",
    "BLOB": "'x' || hex({0})",
    "DATE": "'d' || {0}::VARCHAR",
    "TIME": "'h' || {0}::VARCHAR",
    "TIMESTAMP": "'t' || {0}::VARCHAR",
    "TIMESTAMP WITH TIME ZONE": "'z' || {0}::VARCHAR",
}
"""The text of a value, with what kind it is: a number is never a text, and 1.10 is 1.1."""


def text_of(column: Column) -> str | None:
    """Return SQL for a value as text; None where values of its type cannot be part of a key."""
    form = _TEXTS.get(column.type.partition("(")[0].strip())
    return None if form is None or column.type.endswith("[]") else form.format(_name(column))


def _name(column: Column) -> str:
    return quote_name(column.name)


def key_sql(columns: Sequence[Column]) -> str:
    """Return SQL for the key of a row: the hash of its values, each with its length; or null."""
    parts = (f"({text_of(column)})" for column in columns)
    joined = " || ".join(f"length({part}) || ':' || {part}" for part in parts)
    return f"unhex(sha256({joined}))"


class Tracked(ABC):
    """Where a node finds the keys that were processed before, and what keeps more.

    Args:
        scope: Within which they count.
        progress: Under which name the sink keeps how far they are.
    """

    def __init__(self, scope: Scope, progress: SinkKey) -> None:
        self.scope = scope
        self.progress = progress

    def before(self, context: RunContext) -> Iterator[list[bytes]]:
        """Yield all keys that count for the run, where they are read once; else none."""
        del context
        return iter(())

    def lookup(self, context: RunContext) -> Lookup:
        """Return what tells which of some keys count for the run, beside those of `before`."""
        del context
        return lambda _keys: ()

    @abstractmethod
    def sink(self, node_id: str, title: str, columns: list[Column]) -> SinkNode[Any]:
        """Return the sink that keeps the keys of rows, which have these columns."""


class InState(Tracked):
    """Keys in the state database.

    Args:
        store: Of it.
    """

    def __init__(self, scope: Scope, progress: SinkKey, store: KeyStore) -> None:
        super().__init__(scope, progress)
        self.store = store

    def lookup(self, context: RunContext) -> Lookup:
        """Ask the database for the keys of a batch."""
        held = self.store.checkpoint(self.scope, self.progress).look()
        lineage = held.lineage if held else ""
        return lambda keys: self.store.known(
            self.scope, keys, lineage, context.epoch, context.started
        )

    def sink(self, node_id: str, title: str, columns: list[Column]) -> SinkNode[Any]:
        """Return a sink that keeps them beside the dead letters."""
        return KeySink(node_id, title, self, columns)


class TracksKeys(CodeNode[P]):
    """A node that passes a row on unless one with its key was loaded before."""

    runs_code = False
    keeps_state = False
    conserves: ClassVar[bool] = True
    tracked: Tracked | None = None
    """None where nothing is kept, as in a preview: rows before are then those of the same run."""

    def with_keys(self, tracked: Tracked) -> Self:
        """Return the node as a run uses it."""
        made = copy.copy(self)
        made.tracked = tracked
        return made

    def scope_name(self, pipeline_id: str) -> str:
        """Return within which keys count, for a pipeline."""
        raise NotImplementedError

    def key_columns(self, schema: Schema) -> list[Column]:
        """Return the columns of the key."""
        raise NotImplementedError

    def passes_without_key(self) -> bool:
        """Return True if a row without a key is passed on each time; else it is rejected."""
        raise NotImplementedError

    def kept_in(self) -> tuple[str, str] | None:
        """Return the connection and the table that keep the keys; None for the state database."""
        return None

    def open(self, inputs: Inputs, output: Schema, context: RunContext) -> Processor:
        """Return what looks keys up."""
        del inputs
        return _Skipping(self, output, context)


class _Skipping(Processor):
    """Looks each batch of keys up: among those of the run, in DuckDB, then where they are kept.

    A run keeps the keys of its own rows beside the store, since those of epochs that are on their
    way are not committed yet.
    """

    def __init__(self, node: "TracksKeys[Any]", schema: Schema, context: RunContext) -> None:
        self._columns = node.key_columns(schema)
        self._passes = node.passes_without_key()
        folder = context.spill_folder
        self._con: duckdb.DuckDBPyConnection = locked_connection(
            memory_limit_mb=_MEMORY_MB, spill_folder=folder
        )
        self._con.execute("CREATE TABLE seen (key BLOB)")
        self._lookup: Lookup | None = None
        if node.tracked is not None:
            for keys in node.tracked.before(context):
                self._add("INSERT INTO seen SELECT key FROM found", keys)
            self._lookup = node.tracked.lookup(context)

    def process(self, batch: "pa.Table") -> Parted:
        """Say which rows are new, which are known, and which have no key."""
        con = self._con
        con.register("batch", batch.select([c.name for c in self._columns]))
        con.execute(
            f"CREATE OR REPLACE TABLE keyed AS SELECT row_number() OVER () - 1 AS place, "
            f"{key_sql(self._columns)} AS key FROM batch"
        )
        con.unregister("batch")
        con.execute(
            "CREATE OR REPLACE TABLE fresh AS SELECT min(place) AS place, key FROM keyed "
            "WHERE key IS NOT NULL AND NOT EXISTS (FROM seen WHERE seen.key = keyed.key) "
            "GROUP BY key"
        )
        self._drop_known()
        taken = _count(con, "INSERT INTO seen SELECT key FROM fresh")
        bare = _list(con, "SELECT place FROM keyed WHERE key IS NULL ORDER BY place")
        passed = "key IS NULL OR" if self._passes else ""
        new = f"{passed} place IN (SELECT place FROM fresh)"
        kept = _list(con, f"SELECT place FROM keyed WHERE {new} ORDER BY place")
        known = f"SELECT place FROM keyed WHERE key IS NOT NULL AND NOT ({new}) ORDER BY place"
        return Parted(
            {NEW: kept, KNOWN: _list(con, known)},
            {NEW: taken + (len(bare) if self._passes else 0)},
            _count(con, "SELECT count(*) FROM keyed"),
            () if self._passes else self._refusals(batch, bare),
        )

    def finish(self) -> None:
        """Let go of the keys of the run."""
        self._con.close()

    def _drop_known(self) -> None:
        """Take the keys out that were loaded before."""
        if self._lookup is None:
            return
        asked = [key for (key,) in self._con.execute("SELECT key FROM fresh").fetchall()]
        found = self._lookup(asked)
        if found:
            self._add("DELETE FROM fresh WHERE key IN (SELECT key FROM found)", found)

    def _add(self, statement: str, found: Collection[bytes]) -> None:
        """Run a statement about keys that were found."""
        import pyarrow as pa

        self._con.register("found", pa.table({"key": pa.array(list(found), pa.binary())}))
        self._con.execute(statement)
        self._con.unregister("found")

    def _refusals(self, batch: "pa.Table", rows: Sequence[int]) -> list[Refusal]:
        found = []
        for row in rows:
            nulls = (c.name for c in self._columns if not batch.column(c.name)[row].is_valid)
            name = next(nulls)
            reason = f"'{name}' is null, and is part of the key by which rows are known again"
            found.append(Refusal(row, "key_null", reason, name))
        return found


def _count(con: "duckdb.DuckDBPyConnection", query: str) -> int:
    ((count,),) = con.execute(query).fetchall()
    return int(count)


def _list(con: "duckdb.DuckDBPyConnection", query: str) -> list[int]:
    return [int(at) for (at,) in con.execute(query).fetchall()]


class KeySink(SinkNode[NoParams]):
    """Keep the keys of rows in the state database, once their rows are where they belong.

    Args:
        tracked: Where, and within which scope.
        columns: Of the key.
    """

    id = "processed_keys"
    title = "Processed keys"
    icon = "key"
    params_class = NoParams
    delivery = Delivery.IDEMPOTENT
    commits_last = True

    def __init__(self, node_id: str, title: str, tracked: InState, columns: list[Column]) -> None:
        super().__init__(NoParams(), node_id, title)
        self.tracked = tracked
        self.columns = columns

    def target(self) -> str:
        """Return whose keys they are."""
        return f"processed keys: {self.tracked.scope.node_id}"

    def checkpoint(
        self, context: RunContext, key: SinkKey, kept_in: str | None = None
    ) -> Checkpoint:
        """Return the row of the state database that moves with the keys."""
        del context, kept_in
        return self.tracked.store.checkpoint(self.tracked.scope, key)

    def whole_because(self, context: RunContext) -> str:
        """Return that nothing speaks against epochs."""
        del context
        return ""

    def unstaged_because(self, context: RunContext, *, refuses: bool) -> str:
        """Return that nothing speaks against epochs that count at the end."""
        del context, refuses
        return ""

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Forget what runs before left of an epoch, and return what keeps this one's."""
        del schema
        checkpoint = context.checkpoint
        assert isinstance(checkpoint, KeyCheckpoint)  # noqa: S101 - made above
        self.tracked.store.drop_pending(self.tracked.scope, checkpoint.generation)
        return _KeyWriter(self, checkpoint, context.cancel)


class _KeyWriter(Writer):
    def __init__(self, sink: KeySink, checkpoint: KeyCheckpoint, cancel: CancelToken) -> None:
        self._tracked = sink.tracked
        self._columns = sink.columns
        self._checkpoint = checkpoint
        self._at = (checkpoint.lineage, checkpoint.generation, checkpoint.epoch)
        self._cancel = cancel
        self._keys = self._without = 0
        self._open = True

    def write(self, batch: "pa.Table") -> None:
        """Put the keys of the rows there; they count for nobody yet."""
        with locked_connection() as con:
            con.register("batch", batch.select([c.name for c in self._columns]))
            found = con.execute(f"SELECT {key_sql(self._columns)} FROM batch").fetchall()
        keys = [key for (key,) in found if key is not None]
        self._tracked.store.put(self._tracked.scope, *self._at, keys)
        self._without += len(found) - len(keys)

    def prepare(self) -> int:
        """Return how many keys the database has of the epoch, and the rows that have none."""
        self._keys = self._tracked.store.pending(self._tracked.scope, *self._at)
        return self._keys + self._without

    def commit(self, epoch: int) -> Published:
        """Let the keys count."""
        del epoch
        rows = self._keys + self._without
        self._tracked.store.commit(self._tracked.scope, self._checkpoint, self._keys, rows)
        self._open = False
        return Published("processed keys", rows)

    def abort(self) -> None:
        """Drop the keys of the open epoch."""
        if self._open:
            self._open = False
            _, generation, epoch = self._at
            self._tracked.store.drop_pending(self._tracked.scope, generation, epoch)
