"""Loads that runs have left unfinished: where they stand, and the ways on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from summit_studio.app.look.words import mark, shown, tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.running import RunSupervisor, request_of
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.shell.run_gate import RunGate
from summit_studio.core.events import RunStatus
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from summit_studio.engine.checkpoints import Unfinished
    from summit_studio.planning.check import Checked

GO_ON = (mark("Go on"), "go_on")
START_AGAIN = (mark("Start again…"), "load_again")
TAKE_OVER = (mark("Take over"), "take_over_run")
_TAKEN = mark(
    "Take over: what that run has not committed is lost to it, and this one reads it again."
)


class Resuming(QObject):
    """Asks the targets when a document is opened and when a run ended otherwise than well.

    `changed` is sent when there is an unfinished load where there was none, or the other way round.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        supervisor: RunSupervisor,
        gate: RunGate,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._gate = gate
        self._parent = parent
        self._background = Background("standing", self)
        self._notice: Notice | None = None
        self._asked: Path | None = None
        self._ended_as: RunState | None = None
        self.found: Unfinished | None = None
        session.checked_changed.connect(self._checked)
        session.file_changed.connect(self._file)
        supervisor.started.connect(self._started)
        supervisor.ended.connect(self._ended)

    def close(self) -> None:
        """Stop; waits for the question at hand."""
        self._background.close()

    @Slot()
    def on_go_on(self) -> None:
        """Run on behind what the targets hold."""
        self._gate.begin()

    @Slot()
    def on_take_over_run(self) -> None:
        """Run without waiting for another run that seems alive."""
        self._gate.begin(take_over=True)

    @Slot()
    def on_load_again(self) -> None:
        """Start from the first row; where rows are there, only once they are said to be gone."""
        found = self.found
        if found is None or not found.rows:
            self._gate.begin(restart=True)
            return
        box = QMessageBox(self._parent)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(tr("Start again"))
        box.setText(tr("Start again from the first row?"))
        box.setInformativeText(
            tr(
                "There are {where}. Nothing deletes them: a load that starts again writes them "
                "once more, so that they are there twice. Delete them first.",
                where=found.where,
            )
        )
        again = box.addButton(
            tr("They are deleted: start again"), QMessageBox.ButtonRole.AcceptRole
        )
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        again.clicked.connect(self._forget)
        box.open()

    @Slot()
    def _forget(self) -> None:
        """Have the targets forget the load, and run."""
        from summit_studio.engine.checkpoints import forget

        request, catalogue = request_of(self._session), self._session.catalogue
        self._background.submit(
            Job(
                lambda: forget(request, catalogue),
                lambda _gone: self._gate.begin(),
                lambda error: self._session.notice(Notice.of(error)),
            )
        )

    @Slot(object)
    def _file(self, _files: object) -> None:
        self._asked = None
        self._ended_as = None
        self._take(None)

    @Slot(object)
    def _checked(self, checked: "Checked") -> None:
        path = self._session.files.path
        if path is not None and path != self._asked and checked.ok:
            self._asked = path
            self._ask(checked)

    @Slot()
    def _started(self) -> None:
        self._ended_as = None
        self._take(None)

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        if run.error is not None and run.error.code == "already_running":
            detail = sentences(run.error.why, tr(_TAKEN))
            self._show(Notice(run.error.what, detail, Severity.WARNING, *shown(TAKE_OVER)))
        elif run.status is not RunStatus.SUCCEEDED and self._session.checked is not None:
            self._ended_as = run
            self._ask(self._session.checked)

    def _ask(self, checked: "Checked") -> None:
        from summit_studio.engine.checkpoints import unfinished
        from summit_studio.engine.design import design_context

        request, workspace = request_of(self._session), self._session.workspace
        if checked.drawn.meaning() != request.document.meaning():
            return
        self._background.submit(
            Job(
                lambda: unfinished(request, checked, design_context(workspace)),
                self._take,
                lambda _error: self._take(None),  # A run says it, in full.
                wanted=lambda: self._session.document.meaning() == request.document.meaning(),
            )
        )

    def _take(self, found: "Unfinished | None") -> None:
        if found is None and self.found is not None and self._notice is not None:
            self._session.withdraw(self._notice)
        self.found = found
        self.changed.emit()
        if found is not None:
            self._show(self._told(found))

    def _show(self, notice: Notice) -> None:
        self._notice = notice
        self._session.notice(notice)

    def _told(self, found: "Unfinished") -> Notice:
        since = tr(
            "since {began:%Y-%m-%d %H:%M:%S} there are {where}",
            began=found.began.astimezone(),
            where=found.where,
        )
        if found.busy:
            what, detail = (
                tr("Another run of this pipeline is at work"),
                sentences(found.busy, since),
            )
            return Notice(what, f"{detail} {tr(_TAKEN)}", Severity.WARNING, *shown(TAKE_OVER))
        again = tr("once those rows are deleted") if found.rows else tr("none is there twice")
        ways = tr(
            "Go on: read on behind them; no row is lost, none comes twice.\nStart again: "
            "from the first row, {again}.",
            again=again,
        )
        run = self._ended_as
        if run is None:
            what, severity = tr("A load of this pipeline is unfinished"), Severity.INFO
        elif run.status is RunStatus.CANCELLED:
            what, severity = tr("Cancelled; the run can go on"), Severity.INFO
        else:
            error = run.error
            what, severity = (error.what if error else tr("The run failed")), Severity.ERROR
            if error is not None:
                since = sentences(str(error.where), error.why, error.do, since)
        return Notice(
            what, f"{sentences(since)}\n{ways}", severity, *shown(GO_ON), more=(shown(START_AGAIN),)
        )
