"""Preview of real rows, in a worker: the newest request counts, an older one is cancelled."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.design import Designing
from summit_studio.app.session.session import Session
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled
from summit_studio.document.model import Document, PortRef

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview
    from summit_studio.formats.contract import Raw

ROWS = 200
"""Rows asked of each source."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One request. `answer` is filled for the signal that carries it back."""

    document: Document
    ref: PortRef
    cancel: CancelToken


LINES = 50
"""Lines of a file that are shown as they stand there."""


class Previewer(QObject):
    """`arrived` carries (PortRef, Preview); `failed` carries (PortRef, Exception).

    `raw_arrived` carries (node id, Raw), `raw_failed` (node id, Exception).
    """

    arrived = Signal(object)
    failed = Signal(object)
    raw_arrived = Signal(object)
    raw_failed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._designing = Designing()
        self._background = Background("preview", self)
        self._asked: Asked | None = None
        self._raw_asked: object = None

    @property
    def busy(self) -> bool:
        """True while rows are awaited."""
        return self._asked is not None

    def ask(self, ref: PortRef) -> None:
        """Ask for the rows of an output port."""
        self.cancel()
        asked = Asked(self._session.document, ref, CancelToken())
        self._asked = asked
        workspace, catalogue = self._session.workspace, self._session.catalogue

        def work() -> "Preview":
            from summit_studio.engine.preview import preview

            return preview(
                asked.document,
                catalogue,
                self._designing.context(workspace),
                ref.node,
                ref.port,
                rows=ROWS,
                cancel=asked.cancel,
            )

        self._background.submit(
            Job(
                work,
                lambda answer: self._done(asked, answer),
                lambda error: self._wrong(asked, error),
                wanted=lambda: self._asked is asked,
            )
        )

    def ask_raw(self, node_id: str) -> None:
        """Ask for the lines of a source's file as they stand there; the newest request counts."""
        document, workspace = self._session.document, self._session.workspace
        catalogue = self._session.catalogue
        asked = self._raw_asked = object()

        def work() -> "Raw":
            from summit_studio.engine.preview import raw

            return raw(document, catalogue, self._designing.context(workspace), node_id, LINES)

        def tell(signal: Any, answer: Any) -> None:
            if asked is self._raw_asked:
                signal.emit((node_id, answer))

        self._background.submit(
            Job(
                work,
                lambda answer: tell(self.raw_arrived, answer),
                lambda error: tell(self.raw_failed, error),
                wanted=lambda: asked is self._raw_asked,
            )
        )

    def cancel(self) -> None:
        """Cancel what is awaited; its answer never arrives."""
        if self._asked is not None:
            self._asked.cancel.cancel()
            self._asked = None

    def close(self) -> None:
        """Cancel and stop."""
        self.cancel()
        self._background.close()
        self._designing.close()

    def _done(self, asked: Asked, answer: Any) -> None:
        if asked is self._asked:
            self._asked = None
            self.arrived.emit((asked.ref, answer))

    def _wrong(self, asked: Asked, error: Exception) -> None:
        if asked is self._asked:
            self._asked = None
            if not isinstance(error, Cancelled):
                self.failed.emit((asked.ref, error))
