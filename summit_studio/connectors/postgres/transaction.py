"""A transaction of PostgreSQL: of one table or, where tables refer to each other, of several."""

import threading
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, cast

from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.circle import Circle
from summit_studio.connectors.postgres.errors import statement_failure
from summit_studio.connectors.transaction import Transaction
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError, WriteFailed

if TYPE_CHECKING:
    import psycopg

_WAKE_SECS: Final = 0.1


class Filled(Protocol):
    """A table of a circle, as its writer fills it."""

    table: TableName

    def empty(self) -> None:
        """Delete old rows that are to be replaced, where nothing refers to them."""

    def fill(self) -> int:
        """Put the staged rows in; return how many the table took."""

    def check(self) -> None:
        """Have checked what could wait for the COMMIT."""


class PostgresTransaction(Transaction):
    """A transaction of its own session.

    Args:
        circle: The tables that it fills together; None if it fills one.
        cancel: Ends the waiting of one for the rows of the others.
    """

    dialect: ClassVar[str] = "postgres"

    def __init__(
        self, session: Any, circle: Circle | None = None, cancel: CancelToken | None = None
    ) -> None:
        super().__init__(session)
        self.circle = circle
        self._cancel = cancel or CancelToken()
        self._turn = threading.Condition(self._lock)
        self._ready: dict[str, Filled] = {}
        self._taken: dict[str, int] = {}
        self._fault: tuple[str, SummitError] | None = None

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Psycopg's."""
        import psycopg

        return (psycopg.Error,)

    def failure(self, what: str, error: Exception) -> SummitError:
        """Return what the server said."""
        return statement_failure(WriteFailed, what, cast("psycopg.Error", error))

    def refused(self, error: Exception) -> bool:
        """Return True for deferred constraints and the like; False where the link was lost."""
        state = cast("psycopg.Error", error).sqlstate
        return bool(state) and not str(state).startswith(("08", "57P"))

    def run_one(self, text: str) -> bool:
        """Run a statement by the protocol that takes one at a time."""
        from psycopg.pq import TransactionStatus

        self.session.execute(text.encode(), binary=True)
        return bool(self.session.info.transaction_status == TransactionStatus.INTRANS)

    def line_in(self, text: str, error: Exception) -> int:
        """Return the line that the server says."""
        place = cast("psycopg.Error", error).diag.statement_position
        return text.count("\n", 0, int(place)) if place else 0

    def fill_together(self, filled: Filled) -> int:
        """Wait until the rows of all tables of the circle are staged, and have been put in.

        Called by each writer, in `work`; whoever is the last puts them in. Old rows go first from
        the tables that refer to others, and new ones come first into those referred to.

        Returns:
            How many rows the table took; 0 when called again.

        Raises:
            SummitError: The table refused its rows.
            Cancelled: Another's did not come, or were refused.
        """
        name = filled.table.sql
        if name in self._ready:
            return 0
        self._ready[name] = filled
        assert self.circle is not None  # noqa: S101 - else nobody waits for another
        if set(self._ready) >= set(self.circle.tables):
            self._fill_all(self.circle)
        while not self._taken and self._fault is None:
            self._cancel.check()
            if self._closed:
                raise Cancelled
            self._turn.wait(_WAKE_SECS)
        if self._fault is not None:
            raise self._fault[1] if self._fault[0] == name else Cancelled()
        return self._taken[name]

    def _fill_all(self, circle: Circle) -> None:
        taken: dict[str, int] = {}
        name = circle.tables[-1]
        try:
            for name in reversed(circle.tables):
                with self.work("write to", self._ready[name].table):
                    self._ready[name].empty()
            for name in circle.tables:
                with self.work("write to", self._ready[name].table):
                    taken[name] = self._ready[name].fill()
            for name in circle.tables:
                with self.work("write to", self._ready[name].table):
                    self._ready[name].check()
            with self.work("write to", self._ready[name].table):
                self.session.execute("SET CONSTRAINTS ALL IMMEDIATE")
            self._taken = taken
        except SummitError as error:
            # Raised where that table is written, which need not be here.
            self._fault = (name, error)
        self._turn.notify_all()
