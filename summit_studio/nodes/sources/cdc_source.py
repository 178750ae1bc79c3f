"""Read the changes of a PostgreSQL table out of the server's log."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from summit_studio.connectors.contract import Database, Misfit
from summit_studio.connectors.opening import open_database
from summit_studio.core.changes import KINDS, SEQ, Changes, Kind
from summit_studio.core.epochs import WATERMARK, Position
from summit_studio.core.errors import InvalidParams, ReadFailed, Where
from summit_studio.core.schema import Schema
from summit_studio.core.suggest import listing
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Replay,
    Rows,
    RunContext,
    SourceNode,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.database_reader import rejected_rows
from summit_studio.nodes.parts.fields import at_field
from summit_studio.nodes.parts.probing import probe
from summit_studio.nodes.targets import Target, table_target

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.connectors.postgres.database import PostgresDatabase
    from summit_studio.connectors.postgres.replication.reading import Changes as Log
    from summit_studio.connectors.postgres.replication.reading import Portion
    from summit_studio.connectors.postgres.replication.tables import Followed
    from summit_studio.workspace.workspace import Workspace

_MOST: Final = 1 << 62
_SAMPLE: Final = {"id": "BIGINT", "name": "VARCHAR", "born": "DATE"}


class CdcSourceParams(Params):
    """Params of `cdc_source`."""

    connection: str = param(
        doc="The PostgreSQL database, by connection.",
        keywords=("database", "db", "con", "dsn", "url"),
        editor=Editor.CONNECTION,
    )
    table: str = param(
        doc="The table, as table or schema.table. It needs a primary key.",
        keywords=("name", "table_name"),
        editor=Editor.TABLE,
    )
    slot: str = param(
        doc="The replication slot, made by summit cdc create. Each source needs one of its own.",
        placeholder="orders_slot",
        keywords=("replication slot", "slot_name"),
    )
    publication: str = param(
        "",
        doc="The publication that tells of the table. Empty: the one with the slot's name.",
        keywords=("publication_name",),
        advanced=True,
    )
    snapshot: bool = param(
        True,
        doc="The first load gives the rows that are there already, before the changes.",
        keywords=("initial load", "backfill", "snapshot_mode"),
    )
    new_columns: Literal["fail", "ignore"] = param(
        "fail",
        doc="What happens where a change has a column that is not read: the load fails, or goes "
        "on without it.",
        editor=Editor.CHOICE,
        advanced=True,
        keywords=("schema drift", "schema evolution"),
    )
    missing_columns: Literal["fail", "null"] = param(
        "fail",
        doc="What happens where a change has not a column that is read: the load fails, or takes "
        "it as null.",
        editor=Editor.CHOICE,
        advanced=True,
        keywords=("schema drift", "schema evolution"),
    )


class CdcSource(SourceNode[CdcSourceParams]):
    """Read the changes of a PostgreSQL table, deletes among them, in the order of their commits.

    Each load reads what was committed since the one before, and ends where the log ended when it
    began. The server forgets what every sink holds, and nothing before.
    """

    id = "cdc_source"
    title = "Read changes"
    icon = "changes"
    keywords = (
        "cdc", "change data capture", "logical replication", "wal", "debezium", "postgres",
        "replicate table", "sync table",
    )  # fmt: skip
    params_class = CdcSourceParams
    can_reject = True
    raw_rejects = True
    acknowledges = True
    examples = (
        Example(
            "The rows that a table has, and from then on what changes",
            {"connection": "shop", "table": "people", "slot": "people_slot"},
            expected={
                "rows": Rows(_SAMPLE, [(1, "Ada", None), (2, "Grace", None)]),
            },
            server=True,
        ),
    )

    def summary(self) -> str:
        """Return the table, the connection and the slot."""
        return f"{self.params.table} · {self.params.connection} · by {self.params.slot}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the table's columns as changes, or nothing where the database may not be asked.

        Raises:
            SummitError: The connection, the table, the slot or the publication is missing.
        """
        del inputs
        with at_field("connection"):
            connection = context.workspace.connection(self.params.connection)
            if connection.kind != "postgres":
                raise InvalidParams(
                    f"'{connection.name}' has no log that tells changes",
                    why=f"it is {connection.kind}, and changes are read from PostgreSQL alone",
                    do="choose a connection to PostgreSQL; or read the table incrementally, by "
                    "Read table",
                    code="connection_unfit",
                )
        with at_field("table"):
            schema = probe(
                connection,
                context,
                ("changes", self.params.table, self.params.slot, self._publication),
                self._described,
            )
        return {} if schema is None else {"rows": schema}

    @property
    def loads_windows(self) -> bool:
        """True: it reads what is new in the log."""
        return True

    @property
    def held_by(self) -> str:
        """The slot, of its connection."""
        return f"replication slot '{self.params.slot}' of {self.params.connection}"

    def window_print(self, schema: Schema) -> str:
        """Return what the table and the slot come to."""
        del schema
        told = [self.params.connection, self.params.table, self.params.slot]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    def watermark_of(self, schema: Schema, text: str) -> str:
        """Return a place in the log in its one form.

        Raises:
            ReadFailed: It is none.
        """
        from summit_studio.connectors.postgres.replication.lsn import lsn_mark, lsn_of

        del schema
        return lsn_mark(lsn_of(text.strip()))

    def begin_load(
        self, schema: Schema, context: RunContext, last: str | None, now: datetime | None
    ) -> dict[str, Any]:
        """Return the part of the log that a load reads: up to its end, as it is now."""
        from summit_studio.connectors.postgres.replication.lsn import lsn_mark, lsn_of

        del schema, now
        with self._opened(context) as database:
            self._require_slot(database)
            log = self._log(database)
            first = log.start(snapshot=False)
            end = log.now()
        low = last or lsn_mark(lsn_of(first["lsn"]))
        return {
            "column": f"place in the log (slot {self.params.slot})",
            "from": last,
            "to": max(low, lsn_mark(end)),
            "low": low,
            "low_in": False,
            "beyond": 0,
            "back": False,
            "at": datetime.now(UTC).isoformat(),
        }

    def acknowledge(self, context: RunContext, watermark: str) -> None:
        """Move the slot: the server forgets what stands before."""
        with self._opened(context) as database:
            self._log(database).acknowledge({"lsn": watermark})

    def replay(self, context: RunContext) -> Replay:
        """Return that the log gives the same again, but for long values it does not hold."""
        del context
        return Replay.ORDERED

    def reads(self, target: Target, workspace: "Workspace") -> bool:
        """Return True for the same table, by whatever connection."""
        return target == table_target(workspace, self.params.connection, self.params.table)

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Open the database."""
        from summit_studio.connectors.postgres.replication.lsn import lsn_of

        del schema  # It was made of the table as it is followed.
        database = self._opened(context)
        try:
            self._require_slot(database)
            log = self._log(database, self._followed(database))
            window = context.window
            start = {k: v for k, v in (context.start or {}).items() if k in _PLACES}
            if not start and window is not None and window["from"] is not None:
                start = {"lsn": window["from"], "seq": 1}
            position: Position = start or log.start(snapshot=self.params.snapshot)
        except BaseException:
            database.close()
            raise
        stop = lsn_of(window["to"]) if window is not None else None
        return _Reader(self.params, database, log, position, stop, context)

    @property
    def _publication(self) -> str:
        return self.params.publication or self.params.slot

    def _opened(self, context: RunContext) -> "PostgresDatabase":
        from summit_studio.connectors.postgres.database import PostgresDatabase

        database = open_database(
            context.workspace.connection(self.params.connection),
            context.secrets,
            context.workspace,
            pools=context.pools,
        )
        assert isinstance(database, PostgresDatabase)  # noqa: S101 - `infer` has looked
        return database

    def _described(self, database: Database) -> Schema:
        """Return the columns of the table, and what is known of its changes."""
        from summit_studio.connectors.postgres.database import PostgresDatabase

        assert isinstance(database, PostgresDatabase)  # noqa: S101 - as of its kind
        self._require_slot(database)
        table = self._followed(database)
        kinds: set[Kind] = {kind for kind in KINDS if kind in table.kinds}
        if self.params.snapshot:
            kinds.add("insert")
        if "update" in kinds:
            kinds.add("delete")  # Of the key of before, where an update changes it.
        changes = Changes(table.keys, frozenset(kinds), table.before)
        return Schema(table.schema.columns, changes)

    def _followed(self, database: "PostgresDatabase") -> "Followed":
        from summit_studio.connectors.postgres.replication.tables import follow

        (table,) = follow(database, self._publication, [self.params.table])
        return table

    def _log(self, database: "PostgresDatabase", *tables: "Followed") -> "Log":
        from summit_studio.connectors.postgres.replication.reading import Changes as Log
        from summit_studio.connectors.postgres.replication.tables import Drift

        drift = Drift(self.params.new_columns, self.params.missing_columns)
        return Log(database, self.params.slot, self._publication, tables, drift)

    def _require_slot(self, database: "PostgresDatabase") -> None:
        """Raise ReadFailed, with the command that makes it, where the slot is missing."""
        from summit_studio.connectors.postgres.replication.slots import slots

        slot = self.params.slot
        known = [each.name for each in slots(database)]
        if slot in known:
            return
        other = f" --publication {self.params.publication}" if self.params.publication else ""
        raise ReadFailed(
            f"There is no replication slot '{slot}'",
            why=f"the server has the slots {listing(known)}" if known else "the server has no slot",
            do=f"run: summit cdc create {self.params.connection} {slot} --table "
            f"{self.params.table}{other}. If this pipeline has loaded by it before, somebody has "
            "dropped it and changes are lost: then load anew from a snapshot, after summit "
            f"watermarks reset FILE {self.node_id}",
            code="slot_missing",
            where=Where(param="slot"),
        )


_PLACES: Final = ("lsn", "seq", "snapshot")
"""What the log's reader knows of a position."""


class _Reader(Reader):
    """Streams changes.

    Args:
        database: Closed with the reader.
        log: Reads it.
        position: Behind which.
        stop: The place in the log up to which; None for its end.
    """

    def __init__(
        self,
        params: CdcSourceParams,
        database: "PostgresDatabase",
        log: "Log",
        position: Position,
        stop: int | None,
        context: RunContext,
    ) -> None:
        self._database = database
        self._log = log
        self._position = position
        self._stop = stop
        self._resumed = position if context.start else None
        self._context = context
        self._breaker = context.breaker(params.connection)
        self._what = params.table
        self._place = f"{params.table} of {params.connection}, change "
        self._misfits: list[Misfit] = []

    def chunks(self) -> Iterator[Chunk]:
        """Yield the changes; those in the midst of a transaction have no position."""
        seen = 0
        limit = self._context.row_limit
        for portion in self._portions(min(self._context.batch_rows, limit or _MOST)):
            table = self._table(portion)
            if limit is not None:
                table = table.slice(0, limit - seen)
            seen += table.num_rows
            found = self._misfits[:]
            self._misfits.clear()
            if not (portion.batches or found) and portion.position == self._resumed:
                return  # Nothing came behind the place where it went on.
            rejected = rejected_rows(found, self._what, self._place)
            numbers = table.column(SEQ).to_pylist()
            loaded = Loaded(table, rejected, place=self._place, lines=lambda n=numbers: n)  # type: ignore[misc]
            yield Chunk(lambda loaded=loaded: loaded, _behind(portion))  # type: ignore[misc]
            if limit is not None and seen >= limit:
                return

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _table(self, portion: "Portion") -> "pa.Table":
        import pyarrow as pa

        batches = list(portion.batches.values())
        return pa.Table.from_batches(batches) if batches else self._log.empty()

    def _portions(self, size: int) -> "Iterator[Portion]":
        cancel = self._context.cancel
        reading = self._log.portions(self._position, size, cancel, self._misfits.append, self._stop)
        guarded = self._breaker.connecting  # With the first portion.
        with closing(reading):
            while True:
                with guarded(cancel):
                    portion = next(reading, None)
                if portion is None:
                    return
                guarded = self._breaker.calling
                yield portion


def _behind(portion: "Portion") -> Position | None:
    """Return where to go on behind a portion, in this load and in the next."""
    from summit_studio.connectors.postgres.replication.lsn import lsn_mark, lsn_of

    position = portion.position
    if position is None:
        return None
    return {**position, WATERMARK: lsn_mark(lsn_of(position["lsn"]))}
