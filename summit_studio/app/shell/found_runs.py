"""Runs that were let go: found again when their pipeline is opened, and told of."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.panels.run_panel import WORDS, summary
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Files, Notice, Session
from summit_studio.core.events import RunStatus

if TYPE_CHECKING:
    from pathlib import Path

    from summit_studio.engine.run_log import Head


class FoundRuns(QObject):
    """Looks for a run of the document that was let go, and has it followed like one begun here."""

    def __init__(self, session: Session, supervisor: RunSupervisor, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._supervisor = supervisor
        self._background = Background("found runs", self)
        self._following = False
        supervisor.ended.connect(self._ended)

    def close(self) -> None:
        """Stop looking."""
        self._background.close()

    @Slot(object)
    def look(self, files: Files) -> None:
        """Look for a run of the file that was just opened."""
        from summit_studio.engine.run_log import any_detached, head_of, of_file

        path = files.path
        if path is None or files.holder or not any_detached():
            return

        def work() -> "list[tuple[Path, Head | None]]":
            return [(log, head_of(log)) for log in of_file(path)]

        self._background.submit(Job(work, self._found, self._failed))

    def follow(self, log: "Path", head: "Head") -> None:
        """Follow a run that was let go."""
        if not self._supervisor.running:
            self._following = True
            self._supervisor.follow(log, head.document)

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))

    def _found(self, logs: "list[tuple[Path, Head | None]]") -> None:
        from summit_studio.engine.run_log import drop

        for log, _ in logs[:-1]:
            drop(log)
        for log, head in logs[-1:]:
            if head is not None:
                self.follow(log, head)

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        if not self._following:
            return
        self._following = False
        if run.status in {RunStatus.SUCCEEDED, RunStatus.CANCELLED}:
            word = tr(WORDS[run.status]).lower()
            text = tr(
                "The run that went on by itself has ended: {word} in {seconds:.1f} s",
                word=word,
                seconds=run.seconds,
            )
            self._session.notice(Notice(text, summary(run)))
