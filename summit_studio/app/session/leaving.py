"""Leaving a document: what is not saved, and a run under way, are asked about in one question."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Session

STOP = "Stop it"
GO_ON = "Let it go on by itself"
_GO_ON_IF = "Let the run go on by itself; else it is stopped"
_LOST = "Without saving, what changed since the last save is lost."
_FOUND = "A run that goes on by itself is found again when the pipeline is opened."


class Leaving(QObject):
    """Asks before a document is left. `goes_on` says whether its run was let go."""

    def __init__(
        self, session: Session, desk: FileDesk, supervisor: RunSupervisor, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._supervisor = supervisor
        self._parent = parent
        self._box: QMessageBox | None = None
        self.goes_on = False

    @property
    def needed(self) -> bool:
        """True if there is something to ask, or a save to wait for."""
        return self._desk.saving or self._unsaved or self._supervisor.writing

    @property
    def _unsaved(self) -> bool:
        return not self._session.bridge.clean and bool(self._session.document.nodes)

    def ask(self, then: Callable[[], None]) -> None:
        """Call `then` once the document may be left: it is saved, or nobody wants it.

        What is to become of its run is settled then, too; where a person thinks better of it
        `then` is never called.
        """
        self.goes_on = False
        if self._desk.saving:
            self._desk.once_saved(lambda: self.ask(then))
        elif self._unsaved:
            self._ask_to_save(then)
        elif self._supervisor.writing:
            self._ask_of_run(then)
        else:
            self._desk.recovery.unwanted()
            then()

    def _ask_to_save(self, then: Callable[[], None]) -> None:
        name, running = self._session.document.name, self._supervisor.writing
        box = self._question("Unsaved changes", f"Save the changes to {name}?", _LOST)
        box.setStandardButtons(
            QMessageBox.StandardButton.Save
            | QMessageBox.StandardButton.Discard
            | QMessageBox.StandardButton.Cancel
        )
        box.setDefaultButton(QMessageBox.StandardButton.Save)
        check = QCheckBox(_GO_ON_IF)
        if running:
            box.setWindowTitle(tr("Unsaved changes and a run under way"))
            box.setText(tr("Save the changes to {name}? It is running, too.", name=name))
            box.setInformativeText(f"{_LOST}\n{_FOUND}")
            box.setCheckBox(check)

        def answered(button: int) -> None:
            self.goes_on = running and check.isChecked()
            if button == QMessageBox.StandardButton.Save:
                self._desk.save(then)
            elif button == QMessageBox.StandardButton.Discard:
                self._desk.recovery.unwanted()
                then()

        self._open(box, answered)

    def _ask_of_run(self, then: Callable[[], None]) -> None:
        name = self._session.document.name
        box = self._question("A run is under way", f"{name} is running.", _FOUND)
        stop = box.addButton(STOP, QMessageBox.ButtonRole.DestructiveRole)
        let_go = box.addButton(GO_ON, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))

        def answered(_button: int) -> None:
            clicked = box.clickedButton()
            if clicked in {stop, let_go}:
                self.goes_on = clicked is let_go
                self._desk.recovery.unwanted()
                then()

        self._open(box, answered)

    def _question(self, title: str, text: str, detail: str) -> QMessageBox:
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(title)
        box.setText(text)
        box.setInformativeText(detail)
        return box

    def _open(self, box: QMessageBox, answered: Callable[[int], None]) -> None:
        self._box = box
        box.finished.connect(answered)
        box.finished.connect(box.deleteLater)
        box.open()
