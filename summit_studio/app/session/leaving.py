"""Leaving a document: what is not saved, and a run under way, are asked about in one question."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QMessageBox, QWidget

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Session

STOP = mark("Stop it")
GO_ON = mark("Let it go on by itself")
_GO_ON_IF = mark("Let the run go on by itself; else it is stopped")
_LOST = mark("Without saving, what changed since the last save is lost.")
_FOUND = mark("A run that goes on by itself is found again when the pipeline is opened.")


class Leaving(QObject):
    """Asks before a document is left. `goes_on` says whether its run was let go.

    `wanted` is sent before it is saved together with others: the save may ask, or fail.
    """

    wanted = Signal()

    def __init__(
        self, session: Session, desk: FileDesk, supervisor: RunSupervisor, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.desk = desk
        self.supervisor = supervisor
        self._parent = parent
        self._box: QMessageBox | None = None
        self.goes_on = False

    @property
    def needed(self) -> bool:
        """True if there is something to ask, or a save to wait for."""
        return self.desk.saving or self.unsaved or self.supervisor.writing

    @property
    def unsaved(self) -> bool:
        """True if something would be lost."""
        return not self.session.bridge.clean and bool(self.session.document.nodes)

    def needs(self, inner: "Sequence[Leaving]") -> bool:
        """Return True if there is something to ask of this document or those opened inside."""
        return any(one.needed for one in (self, *inner))

    def ask(self, then: Callable[[], None], inner: "Sequence[Leaving]" = ()) -> None:
        """Call `then` once the document may be left: it is saved, or nobody wants it.

        What is to become of its run is settled then, too; where a person thinks better of it
        `then` is never called.

        Args:
            then: What follows.
            inner: Those of the modules opened inside: one question is asked about all.
        """
        everyone = (self, *inner)
        for one in everyone:
            one.goes_on = False
        for one in everyone:
            if one.desk.hangs:
                one.desk.give_up()
        saving = next((one for one in everyone if one.desk.saving), None)
        if saving is not None:
            saving.desk.once_saved(lambda: self.ask(then, inner))
        elif any(one.unsaved for one in everyone):
            self._ask_to_save(everyone, then)
        elif any(one.supervisor.writing for one in everyone):
            self._ask_of_run(everyone, then)
        else:
            _forget(everyone)
            then()

    def _ask_to_save(self, everyone: "Sequence[Leaving]", then: Callable[[], None]) -> None:
        unsaved = [one for one in everyone if one.unsaved]
        running = [one for one in everyone if one.supervisor.writing]
        names = _listed([one.session.document.name for one in unsaved])
        box = self._question(
            tr("Unsaved changes"), tr("Save the changes to {names}?", names=names), tr(_LOST)
        )
        all_of_them = QMessageBox.StandardButton.SaveAll
        save = QMessageBox.StandardButton.Save if len(unsaved) == 1 else all_of_them
        box.setStandardButtons(
            save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel
        )
        box.setDefaultButton(save)
        check = QCheckBox(tr(_GO_ON_IF))
        if running:
            it = tr("It") if running == unsaved else running[0].session.document.name
            box.setWindowTitle(tr("Unsaved changes and a run under way"))
            box.setText(
                tr("Save the changes to {names}? {it} is running, too.", names=names, it=it)
            )
            box.setInformativeText(f"{tr(_LOST)}\n{tr(_FOUND)}")
            box.setCheckBox(check)

        def answered(button: int) -> None:
            for one in running:
                one.goes_on = check.isChecked()
            if button == save:
                _save(everyone, then)
            elif button == QMessageBox.StandardButton.Discard:
                _forget(everyone)
                then()

        self._open(box, answered)

    def _ask_of_run(self, everyone: "Sequence[Leaving]", then: Callable[[], None]) -> None:
        running = [one for one in everyone if one.supervisor.writing]
        name = _listed([one.session.document.name for one in running])
        box = self._question(
            tr("A run is under way"), tr("{name} is running.", name=name), tr(_FOUND)
        )
        stop = box.addButton(tr(STOP), QMessageBox.ButtonRole.DestructiveRole)
        let_go = box.addButton(tr(GO_ON), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))

        def answered(_button: int) -> None:
            clicked = box.clickedButton()
            if clicked in {stop, let_go}:
                for one in running:
                    one.goes_on = clicked is let_go
                _forget(everyone)
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


def _save(everyone: Sequence[Leaving], then: Callable[[], None]) -> None:
    """Save one after the other, modules before what holds them; one that is not saved ends it."""
    rest = list(reversed(everyone))

    def save_next() -> None:
        # Looked at as late as this: what holds a module may take it as it was saved.
        while rest and not rest[0].unsaved:
            rest.pop(0)
        if not rest:
            then()
            return
        one = rest.pop(0)
        if len(everyone) > 1:
            one.wanted.emit()
        one.desk.save(save_next)

    save_next()


def _forget(everyone: Sequence[Leaving]) -> None:
    for one in everyone:
        one.desk.recovery.unwanted()


def _listed(names: Sequence[str]) -> str:
    return tr(" and ").join([", ".join(names[:-1])] * (len(names) > 1) + [*names[-1:]])
