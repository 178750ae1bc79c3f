"""Notices that another program changed, or took away, the file of the open document."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Debounce, Job
from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Files, Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.files import changed_outside, load
from summit_studio.document.text import Loaded

_QUIET_MS = 200
"""How long a file must be left alone: who writes it may not be done."""


class FileWatch(QObject):
    """Looks when the file or its folder changes, and when the person comes back to the editor.

    A document without changes is read again. For one with changes, or that runs, `theirs` holds
    what is in the file now until the person has chosen; `compared` asks for the two to be shown.
    """

    compared = Signal(object)
    changed = Signal()

    def __init__(
        self, session: Session, desk: FileDesk, supervisor: RunSupervisor, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._supervisor = supervisor
        self._background = Background("watching", self)
        self._watcher = QFileSystemWatcher(self)
        self._later = Debounce(_QUIET_MS, self._look, self)
        self._told: Notice | None = None
        self._gone: Path | None = None
        self.theirs: Loaded | None = None
        self._watcher.fileChanged.connect(self._stirred)
        self._watcher.directoryChanged.connect(self._stirred)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - a window has one
        app.applicationStateChanged.connect(self._came_back)
        desk.opened.connect(self._begin)
        desk.saved.connect(self._begin)
        desk.merger.merged.connect(self._begin)

    def close(self) -> None:
        """Stop looking."""
        self._later.stop()
        self._watcher.blockSignals(True)
        self._background.close()

    @Slot()
    def on_merge(self) -> None:
        """Take in what the other program changed; what both changed is asked."""
        if self.theirs is not None:
            self._desk.merger.begin(self.theirs)
            if self._told is not None and self.theirs is not None:
                self._session.notice(self._told)  # Until it is done the choice is still to be made.

    @Slot()
    def on_keep_mine(self) -> None:
        """Let the next save write over what the other program wrote."""
        if self.theirs is not None:
            self._session.files = replace(self._session.files, loaded=self.theirs)
            self._forget()

    @Slot()
    def on_take_theirs(self) -> None:
        """Show what is in the file now; what was changed here is dropped."""
        theirs, path = self.theirs, self._session.files.path
        if theirs is not None and path is not None:
            self._desk.recovery.unwanted()
            self._reload(path, theirs)

    @Slot()
    def on_compare(self) -> None:
        """Show what differs."""
        if self.theirs is not None:
            self.compared.emit(self.theirs.document)
            if self._told is not None:
                self._session.notice(self._told)  # The choice is still to be made.

    @Slot(object)
    def _begin(self, _what: object) -> None:
        self._gone = None
        self._forget()
        self._watch()

    def _watch(self) -> None:
        """Watch the file and its folder: many programs write another file and rename it."""
        path = self._session.files.path
        wanted = [] if path is None else [str(path), str(path.parent)]
        known = [*self._watcher.files(), *self._watcher.directories()]
        if known != wanted:
            if known:
                self._watcher.removePaths(known)
            if path is not None and path.parent.is_dir():
                self._watcher.addPaths([p for p in wanted if Path(p).exists()])

    @Slot(str)
    def _stirred(self, _path: str) -> None:
        self._later.ask()

    @Slot(Qt.ApplicationState)
    def _came_back(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self._later.ask()

    def _look(self) -> None:
        files = self._session.files
        path, loaded = files.path, files.loaded
        if path is None or loaded is None or self._desk.saving:
            return

        def work() -> Loaded | None:
            return load(path) if changed_outside(path, loaded) else None

        self._background.submit(
            Job(
                work,
                lambda found: self._found(files, found),
                lambda error: self._unreadable(files, error),
                wanted=lambda: self._session.files is files,
            )
        )

    def _found(self, files: Files, theirs: Loaded | None) -> None:
        if self._session.files is not files or self._desk.saving or files.path is None:
            return
        self._watch()
        self._gone = None
        if theirs is None:
            self._forget()
        elif self._session.bridge.clean and not self._supervisor.running:
            self._reload(files.path, theirs)
        elif self.theirs is None or self.theirs.text != theirs.text:
            self._ask(files.path, theirs)

    def _reload(self, path: Path, theirs: Loaded) -> None:
        self._desk.show(path, theirs)
        detail = tr("What {name} holds now is shown.", name=path.name)
        self._session.notice(Notice(tr("Another program changed the pipeline"), detail))

    def _ask(self, path: Path, theirs: Loaded) -> None:
        self._forget()
        self.theirs = theirs
        detail = tr(
            "Your changes are not in the file, and its changes are not shown here. "
            "Merge keeps both; taking theirs drops yours."
        )
        if self._session.bridge.clean:
            detail = tr("What runs is shown as it was when the run began.")
        self._told = Notice(
            tr("Another program changed {name}", name=path.name),
            detail,
            Severity.WARNING,
            tr("Merge…"),
            "merge",
            (
                (tr("Keep mine"), "keep_mine"),
                (tr("Take theirs"), "take_theirs"),
                (tr("Show the difference"), "compare"),
            ),
        )
        self._session.notice(self._told)
        self.changed.emit()

    def _unreadable(self, files: Files, error: Exception) -> None:
        path = files.path
        if self._session.files is not files or path is None or self._gone == path:
            return
        self._gone = path
        self._forget()
        gone = Notice(
            tr("{name} is gone", name=path.name),
            tr("Save writes it again."),
            Severity.WARNING,
            tr("Save"),
            "save",
        )
        unreadable = Notice(
            tr("Another program changed {name}, and it cannot be read now", name=path.name),
            error.why if isinstance(error, SummitError) else str(error),
            Severity.WARNING,
        )
        self._told = unreadable if path.exists() else gone
        self._session.notice(self._told)

    def _forget(self) -> None:
        """Ask no longer."""
        self.theirs = None
        if self._told is not None:
            self._session.withdraw(self._told)
            self._told = None
        self.changed.emit()
