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
    from summit_studio.engine.sides import Sampler
    from summit_studio.engine.trying import Trial, Tried


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
    """`arrived` carries the answers to the last ask, in its order."""

    arrived = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._designing = Designing()
        self._background = Background("trying", self)
        self._cancel: CancelToken | None = None
        self._sampler: Sampler | None = None

    def ask(self, node_id: str, asked: tuple[Asked, ...]) -> None:
        """Ask for the results of all expressions of a node; an older ask is forgotten."""
        self.forget()
        cancel = self._cancel = CancelToken()
        document = self._session.document
        edges = {e.target.port: e for e in reversed(tuple(document.edges_into(node_id)))}

        def work() -> list[Answer]:
            return [self._answer(document, edges.get(a.port), a.trial, cancel) for a in asked]

        def done(answers: list[Answer]) -> None:
            if cancel is self._cancel:
                self._cancel = None
                self.arrived.emit(answers)

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

    def _answer(
        self, document: Document, edge: Edge | None, trial: "Trial", cancel: CancelToken
    ) -> Answer:
        """Worker thread only."""
        from summit_studio.engine.sides import Sampler
        from summit_studio.engine.trying import try_out

        if edge is None:
            return Answer()
        session = self._session
        if self._sampler is None:
            self._sampler = Sampler()
        context = self._designing.context(session.workspace)
        try:
            rows, more = self._sampler.arriving(
                document, session.catalogue, context, edge, cancel=cancel
            )
        except Cancelled:
            raise
        except SummitError:
            return Answer()  # What is wrong upstream is told there.
        try:
            tried = try_out(trial, rows.schema, rows.table, context.binder, cancel)
        except Cancelled:
            raise
        except SummitError as error:
            return Answer(error=error)
        return Answer(tried, more=more)


def _unless_cancelled(error: Exception) -> None:
    if not isinstance(error, Cancelled):
        raise error
