"""The tables of a connection, asked for in a worker so that a form can offer them."""

from PySide6.QtCore import QObject, Signal

from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Session
from summit_studio.workspace.connections import FILE_KINDS, Connection
from summit_studio.workspace.workspace import Workspace


class Tables(QObject):
    """Remembers what each connection answered; `arrived` carries the connection's name."""

    arrived = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("tables", self)
        self._known: dict[Connection, tuple[str, ...]] = {}
        self._asked: set[Connection] = set()

    def of(self, name: str | None) -> tuple[str, ...]:
        """Return the tables known of a connection; asks for them where that is allowed."""
        workspace = self._session.workspace
        connection = workspace.connections.get(name or "")
        if connection is None:
            return ()
        allowed = workspace.trusted or connection.kind in FILE_KINDS
        if connection not in self._asked and allowed:
            self._asked.add(connection)
            self._ask(workspace, connection)
        return self._known.get(connection, ())

    def forget(self) -> None:
        """Ask anew the next time: a table may have been made."""
        self._asked.clear()

    def close(self) -> None:
        """Stop; waits for the answer at hand."""
        self._background.close()

    def _ask(self, workspace: Workspace, connection: Connection) -> None:
        def work() -> list[str]:
            from summit_studio.connectors.opening import open_database
            from summit_studio.secrets.store import SecretStore

            secrets = SecretStore(root=workspace.root)
            with open_database(connection, secrets, workspace) as database:
                return database.tables()

        def done(tables: list[str]) -> None:
            self._known[connection] = tuple(tables)
            self.arrived.emit(connection.name)

        # A connection that does not answer is told by the checks, not here.
        self._background.submit(Job(work, done, lambda _error: None))
