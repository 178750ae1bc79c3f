"""Follows runs: shows how they go and end."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.shell.marking import Marking
from summit_studio.app.shell.status import Status
from summit_studio.core.events import CheckpointAsked, Event
from summit_studio.core.problems import Severity

_ENDED_BADLY = frozenset({"failed", "quality_failed"})


class RunFollower(QObject):
    """Stands between the runs and what shows them.

    `shown` carries the run whose figures belong to the document, or None; `cleared` is sent when
    there is no run to show any more; `failed_at` carries the id of the node that made one fail.
    """

    shown = Signal(object)
    cleared = Signal()
    failed_at = Signal(object)

    def __init__(
        self,
        session: Session,
        supervisor: RunSupervisor,
        marking: Marking,
        status: Status,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._supervisor = supervisor
        self._marking = marking
        self._status = status
        self._elsewhere = False
        supervisor.started.connect(self._started)
        supervisor.ticked.connect(self._ticked)
        supervisor.ended.connect(self._ended)
        supervisor.told.connect(self._told)

    def leave(self) -> None:
        """Another document was opened: a run under way goes on, but its counts belong elsewhere."""
        self._elsewhere = self._supervisor.running
        self._marking.clear_run()
        self.shown.emit(None)
        if not self._supervisor.running:
            self.cleared.emit()

    @Slot(object)
    def _started(self, _run: RunState) -> None:
        self._elsewhere = False

    @Slot(object)
    def _ticked(self, run: RunState) -> None:
        if not self._elsewhere:
            self._marking.show_run(run)
            self.shown.emit(run)
        self._status.set_run(run, cancelling=self._supervisor.cancelling)

    @Slot(object)
    def _told(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, CheckpointAsked) and event.why_not:
                why = sentences(event.why_not)
                self._session.notice(Notice("There is no checkpoint", why, Severity.WARNING))

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        self._ticked(run)
        if run.error is None or run.status.value not in _ENDED_BADLY:
            return
        detail = sentences(str(run.error.where), run.error.why, run.error.do)
        self._session.notice(Notice(run.error.what, detail, Severity.ERROR))
        here = run.failed_node in self._session.document.nodes
        if run.failed_node and here and not self._elsewhere:
            self.failed_at.emit(run.failed_node)
