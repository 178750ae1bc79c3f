"""What is in the databases of the workspace, asked for piece by piece, where that is allowed.

A database is asked when a person opens it, never before. The answer is awaited in a thread that
nothing waits for, one at a time for each connection: a server that hangs holds up neither the
window nor other connections.
"""

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.addresses import Address
from summit_studio.app.session.background import Job, Unsure
from summit_studio.app.session.session import Session
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, ConnectionFailed
from summit_studio.core.schema import Column, Schema
from summit_studio.workspace.connections import FILE_KINDS, Connection
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.connectors.contract import Database
    from summit_studio.connectors.names import Listed

T = TypeVar("T")

LIMIT_SECS = 20.0
"""Seconds that a person waits for a piece of a database."""
FIRST_ROWS = 200
"""Rows of a table that are shown without a node that reads it."""


class Phase(Enum):
    """How far the look at an address is."""

    CLOSED = auto()
    """Nobody has looked."""
    GUARDED = auto()
    """The folder is not trusted: it is not looked at before the person says so."""
    WAITING = auto()
    STOPPED = auto()
    FAILED = auto()
    KNOWN = auto()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table.

    Args:
        keys: The keys that it is part of, each with the names of its columns.
        required: True if it is never null.
    """

    column: Column
    keys: tuple[tuple[str, ...], ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an address.

    Args:
        tables: The tables and views, of a connection.
        columns: The columns, of a table.
        error: Why there is nothing, of what failed.
    """

    phase: Phase
    tables: "tuple[Listed, ...]" = ()
    columns: tuple[TableColumn, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FirstRows:
    """The first rows of a table.

    Args:
        complete: True if it has no more.
        unfit: How many rows more have a value that does not fit its column.
    """

    address: Address
    schema: Schema
    table: "pa.Table"
    complete: bool
    unfit: int


class Browsing(QObject):
    """Asks and remembers. `changed` carries the Address of which something else is known now.

    `renewed` is sent when the connections are others, or what may be asked. `rows_arrived` carries
    FirstRows, `rows_failed` (Address, Exception).

    Args:
        session: Has the workspace.
        limit_secs: Seconds to wait for an answer.
    """

    changed = Signal(object)
    renewed = Signal()
    rows_arrived = Signal(object)
    rows_failed = Signal(object)

    def __init__(
        self, session: Session, parent: QObject | None = None, *, limit_secs: float = LIMIT_SECS
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._limit_secs = limit_secs
        self._found: dict[Address, Found] = {}
        self._lanes: dict[str, _Lane] = {}
        self._rows = Unsure(limit_secs, self)
        self._reading: CancelToken | None = None
        self._allowed: list[Connection] = []
        self._workspace = session.workspace
        session.workspace_changed.connect(self._moved)

    def found(self, address: Address) -> Found:
        """Return what is known of an address."""
        known = self._found.get(address)
        if known is not None:
            return known
        return Found(Phase.CLOSED if self.may_ask(address.connection) else Phase.GUARDED)

    def may_ask(self, name: str) -> bool:
        """Return True if a connection may be used: as checks may, or by leave of the person."""
        workspace = self._session.workspace
        connection = workspace.connections.get(name)
        if connection is None:
            return False
        file = connection.path if connection.kind in FILE_KINDS else None
        own = bool(file) and workspace.may_read(file or "")
        return workspace.trusted or own or connection in self._allowed

    def allow(self, name: str) -> None:
        """Take the person's leave to use a connection as it is now, until the program ends."""
        self._allowed.append(self._session.workspace.connection(name))
        self.ask(Address(name))

    def open(self, address: Address) -> None:
        """Ask for what is at an address, unless it is known or awaited."""
        if self.found(address).phase is Phase.CLOSED:
            self.ask(address)

    def ask(self, address: Address) -> None:
        """Ask for what is at an address, whatever is known, if that is allowed."""
        if not self.may_ask(address.connection) or self.found(address).phase is Phase.WAITING:
            return
        self._tell(address, Found(Phase.WAITING))
        lane = self._lanes.get(address.connection)
        if lane is None:
            lane = self._lanes[address.connection] = _Lane(Unsure(self._limit_secs, self), deque())
        lane.waiting.append(address)
        self._go_on(lane)

    def renew(self) -> None:
        """Ask every database that was opened for its tables anew."""
        opened = [one for one in self._found if not one.table]
        self._forget([one for one in self._found if one.table])
        for address in opened:
            self.ask(address)

    def stop(self, address: Address) -> None:
        """Wait no longer for what is at an address."""
        if self.found(address).phase is Phase.WAITING:
            self._leave([address])
            self._tell(address, Found(Phase.STOPPED))

    def read(self, address: Address) -> None:
        """Ask for the first rows of a table; the newest wish counts."""
        self.stop_reading()
        if not self.may_ask(address.connection):
            return
        cancel = self._reading = CancelToken()

        def late() -> None:
            cancel.cancel()
            self.rows_failed.emit((address, self._no_answer(address)))

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self.rows_failed.emit((address, error))

        def look(database: "Database") -> FirstRows:
            return _first_rows(database, address, cancel)

        self._rows.start(Job(self._work(address, look), self.rows_arrived.emit, failed), late)

    def stop_reading(self) -> None:
        """Wait no longer for rows."""
        self._rows.drop()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def close(self) -> None:
        """Wait for nothing any more. Threads that wait for a server end by themselves."""
        self.stop_reading()
        for lane in self._lanes.values():
            lane.unsure.drop()
            lane.waiting.clear()

    def _tell(self, address: Address, found: Found) -> None:
        self._found[address] = found
        self.changed.emit(address)

    def _go_on(self, lane: "_Lane") -> None:
        """Ask for the next address that waits, if no answer is awaited."""
        if lane.unsure.busy or not lane.waiting:
            return
        address = lane.waiting[0]

        def answered(found: Found) -> None:
            lane.waiting.popleft()
            self._tell(address, found)
            self._go_on(lane)

        def failed(error: Exception) -> None:
            answered(Found(Phase.FAILED, error=error))

        def late() -> None:
            # Who waits behind it would only wait as long.
            waiting = list(lane.waiting)
            lane.waiting.clear()
            for each in waiting:
                self._tell(each, Found(Phase.FAILED, error=self._no_answer(each)))

        def look(database: "Database") -> Found:
            return _columns(database, address.table) if address.table else _tables(database)

        lane.unsure.start(Job(self._work(address, look), answered, failed), late)

    def _work(self, address: Address, look: "Callable[[Database], T]") -> "Callable[[], T]":
        """Return a look at a database as work for another thread."""
        workspace = self._session.workspace
        connection = _brisk(workspace.connection(address.connection), int(self._limit_secs) or 1)

        def work() -> T:
            from summit_studio.connectors.opening import open_database
            from summit_studio.secrets.store import SecretStore

            secrets = SecretStore(root=workspace.root)
            with open_database(connection, secrets, workspace) as database:
                return look(database)

        return work

    def _no_answer(self, address: Address) -> ConnectionFailed:
        described = self._session.workspace.connection(address.connection).describe()
        return ConnectionFailed(
            tr("Cannot look into '{name}'", name=address.connection),
            why=tr(
                "{described} did not answer within {secs:.0f} s",
                described=described,
                secs=self._limit_secs,
            ),
            do=tr("check the network and whether the server is up, then try again"),
            code="connection_timeout",
        )

    def _leave(self, gone: Collection[Address]) -> None:
        """Wait no longer for what is at addresses."""
        for lane in self._lanes.values():
            left = [one for one in lane.waiting if one not in gone]
            if left[:1] != list(lane.waiting)[:1]:
                lane.unsure.drop()
            lane.waiting.clear()
            lane.waiting.extend(left)
            self._go_on(lane)

    def _forget(self, gone: Collection[Address]) -> None:
        for address in gone:
            del self._found[address]
        self._leave(gone)

    @Slot(object)
    def _moved(self, workspace: Workspace) -> None:
        """Forget what is known of connections that lead elsewhere now, or may not be used."""
        before, self._workspace = self._workspace, workspace
        same_folder = before.root == workspace.root
        if not same_folder:
            self._allowed.clear()
        kept = {
            name
            for name, connection in workspace.connections.items()
            if same_folder and connection == before.connections.get(name) and self.may_ask(name)
        }
        self._forget([one for one in self._found if one.connection not in kept])
        self.renewed.emit()


@dataclass(frozen=True, slots=True, eq=False)
class _Lane:
    """One connection: what is asked of it, the first of which an answer is awaited for."""

    unsure: Unsure
    waiting: deque[Address]


def _brisk(connection: Connection, limit_secs: int) -> Connection:
    """Return a connection that gives up when nobody waits any more."""
    limits = ("connect_timeout_secs", "statement_timeout_secs", "lock_timeout_secs")
    least = {name: min(getattr(connection, name) or limit_secs, limit_secs) for name in limits}
    return connection.model_copy(update=least)


def _tables(database: "Database") -> Found:
    return Found(Phase.KNOWN, tables=tuple(database.listed()))


def _columns(database: "Database", table: str) -> Found:
    schema, standing = database.columns(table), database.standing(table)
    keys = standing.keys if standing is not None else ()
    columns = standing.columns if standing is not None and not standing.view else ()
    required = {c.name for c in columns if not c.nullable or c.identity}
    return Found(
        Phase.KNOWN,
        columns=tuple(
            TableColumn(
                column, tuple(tuple(k) for k in keys if column.name in k), column.name in required
            )
            for column in schema
        ),
    )


def _first_rows(database: "Database", address: Address, cancel: CancelToken) -> FirstRows:
    from contextlib import closing

    import pyarrow as pa

    from summit_studio.core.schema import to_arrow

    schema = database.columns(address.table)
    batches = list[pa.RecordBatch]()
    unfit = list[object]()
    with closing(
        database.read(
            address.table, schema.names, FIRST_ROWS + 1, cancel=cancel, reject=unfit.append
        )
    ) as reading:
        for batch in reading:
            batches.append(batch)
            if sum(b.num_rows for b in batches) > FIRST_ROWS:
                break
    rows = pa.Table.from_batches(batches, schema=to_arrow(schema))
    return FirstRows(
        address, schema, rows.slice(0, FIRST_ROWS), rows.num_rows <= FIRST_ROWS, len(unfit)
    )
