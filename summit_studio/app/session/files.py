"""Opening and saving: in a worker, with recovery, never over a file that changed meanwhile."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.examples import copy_of, is_example
from summit_studio.app.session.recovery import Recovery
from summit_studio.app.session.session import Files, Notice, Session, default_folder
from summit_studio.app.session.settings import Settings
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.edits import SetProperties
from summit_studio.document.files import SUFFIX, changed_outside, load, save
from summit_studio.document.model import Document
from summit_studio.document.text import Loaded

_FILTER = f"Pipelines (*{SUFFIX});;All files (*)"


class FileDesk(QObject):
    """New, open, save, recent.

    `opened` is sent when another document is shown, `closed` when none is (the welcome page).
    """

    opened = Signal(object)
    saved = Signal(object)

    def __init__(self, session: Session, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._parent = parent
        self._background = Background("files", self)
        self.recovery = Recovery(session)
        self._asking: QMessageBox | None = None
        self._saving: Document | None = None

    def close(self) -> None:
        """Wait for what is being saved, and close the journal."""
        self._background.close()
        self.recovery.close()

    @property
    def saving(self) -> bool:
        """True while a save is under way."""
        return self._saving is not None

    def new(self) -> None:
        """Start an empty pipeline."""
        self._show(Document(), Files())

    def open(self, path: Path) -> None:
        """Read a file and show it, of an example the user's copy; a fault leaves what is open."""
        path = path.absolute()

        def work() -> tuple[Path, Loaded]:
            own = copy_of(path) if is_example(path) else path
            return own, load(own)

        self._background.submit(Job(work, lambda found: self._loaded(*found), self._failed))

    def choose_and_open(self) -> None:
        """Ask for a file and open it."""
        folder = str(self._session.workspace.root)
        name, _ = QFileDialog.getOpenFileName(self._parent, "Open pipeline", folder, _FILTER)
        if name:
            self.open(Path(name))

    def save(self, then: Callable[[], None] = lambda: None) -> None:
        """Save to the document's file; asks for one where it has none."""
        files = self._session.files
        if files.path is None or files.read_only:
            self.save_as(then)
            return
        if files.loaded is not None and changed_outside(files.path, files.loaded):
            self._ask_overwrite(files.path, then)
            return
        self._save(files.path, files.loaded, then)

    def save_as(self, then: Callable[[], None] = lambda: None) -> None:
        """Ask for a file and save there."""
        files = self._session.files
        folder = files.path.parent if files.path else default_folder()
        folder.mkdir(parents=True, exist_ok=True)
        name = files.name or _file_name(self._session.document.name)
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent, "Save pipeline", str(folder / (name + SUFFIX)), _FILTER
        )
        if chosen:
            path = Path(chosen)
            if not path.name.endswith(".json"):
                path = path.with_name(path.name + SUFFIX)
            self._name_after(path)
            self._save(path, None, then)

    def _name_after(self, path: Path) -> None:
        # Past runs are kept by the pipeline's name: two that are both "Untitled" would be one.
        if self._session.document.name == Document().name and not self._session.files.read_only:
            self._session.do(SetProperties(name=path.name.partition(".")[0]))

    def save_to(self, path: Path, then: Callable[[], None] = lambda: None) -> None:
        """Save there, over what was there."""
        self._save(path.absolute(), None, then)

    def offer_recovery(self) -> None:
        """Offer the newest pipeline that was never saved, where an unclean end left one."""
        left = self.recovery.unsaved()
        if left:
            edits = left[-1].edits
            self._session.notice(
                Notice(
                    "There is a pipeline that was never saved",
                    f"The editor did not end properly; {_edits(edits)} kept.",
                    Severity.WARNING,
                    "Recover",
                    "recover",
                )
            )

    def recover(self) -> None:
        """Show the newest pipeline that was never saved."""
        left = self.recovery.unsaved()
        if not left:
            return
        try:
            document, count = self.recovery.take(left[-1])
        except SummitError as error:
            self._failed(error)
            return
        self._show(document, Files(), recovered=count)

    def when_safe(self, then: Callable[[], None]) -> None:
        """Call `then` once the document may be left: it is saved, or nobody wants it."""
        if self._session.bridge.clean or not self._session.document.nodes:
            then()
            return
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to {self._session.document.name}?")
        box.setInformativeText("Without saving, what changed since the last save is lost.")
        box.setStandardButtons(
            QMessageBox.StandardButton.Save
            | QMessageBox.StandardButton.Discard
            | QMessageBox.StandardButton.Cancel
        )
        box.setDefaultButton(QMessageBox.StandardButton.Save)

        def answered(button: int) -> None:
            if button == QMessageBox.StandardButton.Save:
                self.save(then)
            elif button == QMessageBox.StandardButton.Discard:
                self.recovery.forget()
                then()

        self._ask(box, answered)

    def _ask(self, box: QMessageBox, answered: Callable[[int], None]) -> None:
        self._asking = box
        box.finished.connect(answered)
        box.finished.connect(box.deleteLater)
        box.open()

    def _ask_overwrite(self, path: Path, then: Callable[[], None]) -> None:
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("The file has changed")
        box.setText(f"{path.name} was changed by another program since it was opened.")
        box.setInformativeText("Saving writes over those changes.")
        over = box.addButton("Write over it", QMessageBox.ButtonRole.DestructiveRole)
        other = box.addButton("Save as…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answered(_button: int) -> None:
            if box.clickedButton() is over:
                self._save(path, None, then)
            elif box.clickedButton() is other:
                self.save_as(then)

        self._ask(box, answered)

    def _save(self, path: Path, previous: Loaded | None, then: Callable[[], None]) -> None:
        document = self._session.document
        self._saving = document
        self.recovery.saving()

        def work() -> Loaded:
            path.parent.mkdir(parents=True, exist_ok=True)
            return save(document, path, previous)

        def done(loaded: Loaded) -> None:
            self._saving = None
            self._saved(path, document, loaded)
            then()

        def failed(error: Exception) -> None:
            self._saving = None
            self._failed(error)

        self._background.submit(Job(work, done, failed))

    def _saved(self, path: Path, document: Document, loaded: Loaded) -> None:
        session = self._session
        moved = path != session.files.path
        session.bridge.mark_saved(document)
        files = Files(path, loaded)
        if moved:
            session.set_files(files)
        else:
            session.files = files
        self.recovery.saved(loaded, path, document)
        self._settings.add_recent(path)
        self.saved.emit(path)

    def _loaded(self, path: Path, loaded: Loaded) -> None:
        document, recovered = self.recovery.of_file(path, loaded)
        self._show(document, Files(path, loaded), loaded, recovered=recovered)
        self._settings.add_recent(path)
        if loaded.read_only:
            self._session.notice(
                Notice(
                    "Opened read-only",
                    " ".join(loaded.notices) or "A newer version of Summit Studio wrote this file.",
                    Severity.WARNING,
                    "Save as…",
                    "save_as",
                )
            )
        elif recovered:
            self._session.notice(
                Notice(
                    f"Unsaved work recovered: {_edits(recovered)} made again",
                    "The editor did not end properly last time. Save to keep it, or undo.",
                    Severity.WARNING,
                    "Save",
                    "save",
                )
            )
        elif loaded.notices:
            self._session.notice(Notice("Opened", " ".join(loaded.notices)))

    def _show(
        self,
        document: Document,
        files: Files,
        loaded: Loaded | None = None,
        recovered: int = 0,
    ) -> None:
        session = self._session
        session.bridge.set_document(document)
        if recovered:
            session.bridge.mark_unsaved()
        elif loaded is not None:
            session.bridge.mark_saved(document)
        session.set_files(files)
        if not recovered:
            self.recovery.begin(loaded, files.path, document)
        self.opened.emit(files)

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))


def _edits(count: int) -> str:
    return "1 edit was" if count == 1 else f"{count} edits were"


def _file_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_ " else "-" for c in name).strip()
    return kept.replace(" ", "-").lower() or "pipeline"
