"""Follows runs: shows how they go and end."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
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

    `shown` carries the run whose figures are on the canvas, or None; `cleared` is sent when there
    is no run to show any more; `failed_at` carries the id of the node that made one fail; `aged`
    what to say of a run that was of an earlier version of the document, empty where it was not.
    """

    shown = Signal(object)
    cleared = Signal()
    failed_at = Signal(object)
    aged = Signal(object)

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
        self._said = ""
        session.bridge.changed.connect(self._compare)
        supervisor.started.connect(self._started)
        supervisor.ticked.connect(self._ticked)
        supervisor.ended.connect(self._ended)
        supervisor.told.connect(self._told)

    def leave(self) -> None:
        """Another document is shown here: what ended before it has nothing to do with it."""
        run = self._supervisor.state
        if run is None or run.finished:
            self._marking.clear_run()
            self.shown.emit(None)
            self.cleared.emit()
        self._compare()

    @Slot()
    def _compare(self) -> None:
        """Say whether the run was of the document as it is now, in what matters."""
        run, now = self._supervisor.state, self._session.document
        same = run is None or run.document is now or run.document.meaning() == now.meaning()
        said = "" if same or run is None else older(run)
        if said != self._said:
            self._said = said
            self.aged.emit(said)

    @Slot(object)
    def _started(self, _run: RunState) -> None:
        self._compare()

    @Slot(object)
    def _ticked(self, run: RunState) -> None:
        self._marking.show_run(run)
        self.shown.emit(run)
        self._status.set_run(run, cancelling=self._supervisor.cancelling)

    def recall(self, run: RunState) -> None:
        """Show a run that was over before, as if it had ended just now."""
        self._ended(run)

    @Slot(object)
    def _told(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, CheckpointAsked) and event.why_not:
                why = sentences(event.why_not)
                self._session.notice(Notice(tr("There is no checkpoint"), why, Severity.WARNING))

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        self._ticked(run)
        self._compare()
        if run.error is None or run.status.value not in _ENDED_BADLY:
            return
        detail = sentences(str(run.error.where), run.error.why, run.error.do)
        self._session.notice(Notice(run.error.what, detail, Severity.ERROR))
        here = run.failed_node in self._session.document.nodes
        if run.failed_node and here:
            self.failed_at.emit(run.failed_node)


def older(run: RunState) -> str:
    """Return what is said of a run that was of an earlier version of what is shown."""
    at = (
        tr(" of {started_at:%H:%M}", started_at=run.started_at.astimezone())
        if run.started_at is not None
        else ""
    )
    return tr(
        "The run{at} {words} of an earlier version",
        at=at,
        words=tr("was") if run.finished else tr("is"),
    )
