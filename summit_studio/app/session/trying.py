"""Tries the expressions of a node on the rows that reach it, in a worker; the newest ask counts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.design import Designing
from summit_studio.app.session.session import Session
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.document.model import Document, Edge

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from summit_studio.engine.sides import Sampler, Shown
    from summit_studio.engine.trying import Trial, Tried


Rows = tuple["Shown", bool]
"""Rows of a port, and whether there may be more."""

Samples = dict[str, "Mapping[str, tuple[str, ...]]"]
"""Values by port and column."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One expression of a node.

    Args:
        port: The input whose rows it is tried on.
    """

    port: str
    trial: "Trial"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a trial.

    Args:
        tried: The result; None where there is none.
        error: Why there is none; None too where no rows reach the node yet.
        more: True if the rows are not all that there are.
    """

    tried: "Tried | None" = None
    error: SummitError | None = None
    more: bool = False


class Trier(QObject):
    """`arrived` carries the answers to the last ask, in its order.

    `sampled` carries the values that stand in the columns of each port asked for.
    """

    arrived = Signal(object)
    sampled = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._designing = Designing()
        self._background = Background("trying", self)
        self._cancel: CancelToken | None = None
        self._sampler: Sampler | None = None
        self._known: tuple[pa.Table, Mapping[str, tuple[str, ...]]] | None = None

    def ask(
        self, node_id: str, asked: tuple[Asked, ...], ports: frozenset[str] = frozenset()
    ) -> None:
        """Ask for the results of all expressions of a node; an older ask is forgotten.

        Args:
            node_id: The node.
            asked: Its expressions.
            ports: Inputs of which values are wanted as well.
        """
        self.forget()
        cancel = self._cancel = CancelToken()
        document, given = self._session.document, self._session.values
        edges = {e.target.port: e for e in reversed(tuple(document.edges_into(node_id)))}

        def work() -> tuple[list[Answer], Samples]:
            def rows(port: str) -> Rows | None:
                return self._rows(document, edges.get(port), given, cancel)

            found = [self._answer(rows(a.port), a.trial, cancel) for a in asked]
            return found, {p: self._values(rows(p)) for p in ports}

        def done(answer: tuple[list[Answer], Samples]) -> None:
            if cancel is self._cancel:
                self._cancel = None
                self.arrived.emit(answer[0])
                if ports:
                    self.sampled.emit(answer[1])

        self._background.submit(Job(work, done, _unless_cancelled, lambda: cancel is self._cancel))

    def forget(self) -> None:
        """Want no answer any more."""
        if self._cancel is not None:
            self._cancel.cancel()
            self._cancel = None

    def close(self) -> None:
        """Stop; waits for the trial at hand, which ends at once."""
        self.forget()
        self._background.close()
        self._designing.close()

    def _answer(self, found: "Rows | None", trial: "Trial", cancel: CancelToken) -> Answer:
        """Worker thread only."""
        from summit_studio.engine.trying import try_out

        if found is None:
            return Answer()
        rows, more = found
        binder = self._designing.context(self._session.workspace).binder
        try:
            tried = try_out(trial, rows.schema, rows.table, binder, cancel)
        except Cancelled:
            raise
        except SummitError as error:
            return Answer(error=error)
        return Answer(tried, more=more)

    def _values(self, found: "Rows | None") -> "Mapping[str, tuple[str, ...]]":
        """Return the values that stand in each column. Worker thread only."""
        from summit_studio.engine.trying import usual_values

        if found is None:
            return {}
        table = found[0].table
        if self._known is None or self._known[0] is not table:
            self._known = table, usual_values(table)
        return self._known[1]

    def _rows(
        self,
        document: Document,
        edge: Edge | None,
        given: "Mapping[str, object]",
        cancel: CancelToken,
    ) -> "Rows | None":
        """Return the rows that come by an edge; None where there are none yet. Worker only."""
        from summit_studio.engine.sides import Sampler

        if edge is None:
            return None
        if self._sampler is None:
            self._sampler = Sampler()
        session = self._session
        context = self._designing.context(session.workspace)
        try:
            return self._sampler.arriving(
                document, session.catalogue, context, edge, given, cancel=cancel
            )
        except Cancelled:
            raise
        except SummitError:
            return None  # What is wrong upstream is told there.


def _unless_cancelled(error: Exception) -> None:
    if not isinstance(error, Cancelled):
        raise error
