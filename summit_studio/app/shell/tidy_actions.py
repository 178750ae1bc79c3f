"""What the actions that tidy up do."""

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.document.edits import Edit
from summit_studio.document.model import Document
from summit_studio.document.tidying import tidied


class TidyActions(QObject):
    """Finds tidy places in a worker and moves the nodes there, in one step of the history."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._background = Background("tidying", self)

    @Slot()
    def on_tidy(self) -> None:
        """Tidy up all nodes."""
        self._begin(())

    @Slot()
    def on_tidy_selection(self) -> None:
        """Tidy up the chosen nodes; the others stay."""
        self._begin(self._session.selection.nodes)

    def close_worker(self) -> None:
        """Wait for the worker."""
        self._background.close()

    def _begin(self, chosen: Collection[str]) -> None:
        document, shown = self._session.document, self._canvas.scene().shown
        work = partial(
            tidied, document, shown.cards(), shown.places(), chosen, self._canvas.looked_at()
        )
        done = partial(self._done, document, chosen)
        self._background.submit(Job(work, done, self._failed))

    def _done(self, document: Document, chosen: Collection[str], edit: Edit | None) -> None:
        if self._session.document is not document:
            # Edited meanwhile: what was found may not fit any more.
            self._begin([i for i in chosen if i in self._session.document.nodes])
        elif edit is None:
            self._session.notice(Notice(tr("It is tidy already"), severity=Severity.INFO))
        else:
            self._canvas.glide(edit)

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))
