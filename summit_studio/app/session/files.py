"""Opening and saving: in a worker, with recovery, never over a file that changed meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Debounce, Job
from summit_studio.app.session.examples import copy_of, is_example
from summit_studio.app.session.merging import Merger
from summit_studio.app.session.past_runs import Past
from summit_studio.app.session.placing import DATA_ENDINGS
from summit_studio.app.session.rebasing import carry_connections, rebased
from summit_studio.app.session.recovery import Recovery
from summit_studio.app.session.session import Files, Notice, Session
from summit_studio.app.session.settings import Settings
from summit_studio.core.errors import InvalidDocument, SummitError, WriteFailed
from summit_studio.core.problems import Severity
from summit_studio.document.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    RestoreLayout,
    SetNote,
    SetProperties,
)
from summit_studio.document.files import SUFFIX, changed_outside, load, save
from summit_studio.document.identity import new_id
from summit_studio.document.journal import Leftover
from summit_studio.document.model import Document
from summit_studio.document.modules import MODULE_SUFFIX
from summit_studio.document.text import Loaded
from summit_studio.state.lock import Holder
from summit_studio.workspace.picked import Pick

_SLOW_MS = 3000
"""After so long a save is told of: its folder seems not to answer."""


def saved_kinds() -> str:
    """Return the kinds of documents that a person may save, as a file dialog wants them."""
    kinds = ((tr("Pipelines"), f"*{SUFFIX}"), (tr("Modules"), f"*{MODULE_SUFFIX}"))
    return ";;".join(f"{name} ({files})" for name, files in (*kinds, (tr("All files"), "*")))


def opened_kinds() -> str:
    """Return what a person may choose from to open, as a file dialog wants it."""
    files = " ".join((f"*{SUFFIX}", *(f"*.{e}" for e in DATA_ENDINGS)))
    return f"{tr('Pipelines and data')} ({files});;{saved_kinds()}"


class FileDesk(QObject):
    """New, open, save, recover. `opened` is sent when another document is shown."""

    opened = Signal(object)
    saved = Signal(object)

    def __init__(self, session: Session, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._parent = parent
        self._background = Background("files", self)
        self.recovery = Recovery(session, self)
        self.merger = Merger(session, self)
        self.recovery.taken.connect(self._taken)
        # Who comes back to this window learns at once that another has taken its pipeline.
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)  # noqa: S101 - a window has one
        app.applicationStateChanged.connect(self.recovery.look)
        self._asking: QMessageBox | None = None
        self._saving: Document | None = None
        self._saving_in: Path | None = None
        self._before: Document | None = None
        self._away: Path | None = None
        self._after_saving: list[Callable[[], None]] = []
        self._unsaved: list[Notice] = []
        self._slow = Debounce(_SLOW_MS, self._tell_slow, self)
        self._told_slow: Notice | None = None
        self.recovered = False

    def close(self) -> None:
        """Wait for what is being saved, and close the journal."""
        self._slow.stop()
        if self.hangs:
            self._background.let_go()
        self._background.close()
        self.recovery.close()

    @property
    def saving(self) -> bool:
        """True while a save is under way."""
        return self._saving is not None

    def new(self) -> None:
        """Start an empty pipeline."""
        self.recovery.begin(Document())
        self._show(Document(id=new_id()), Files())

    def open(self, path: Path, *, seize: bool = False) -> None:
        """Read a file and show it in place of what is open; a fault leaves that.

        Args:
            path: The file.
            seize: True to take it over from another editor that has it open.
        """

        def done(found: tuple[Path, Loaded]) -> None:
            self.show(*found, seize=seize)

        self._background.submit(Job(lambda: read(path), done, self._failed))

    def take_over(self) -> None:
        """Open the file again, with the edits of the other window, which may then only read."""
        if self._session.files.path is not None:
            self.open(self._session.files.path, seize=True)

    def save(self, then: Callable[[], None] = lambda: None) -> None:
        """Save to the document's file; asks for one where it has none."""
        if self.hangs:
            self.give_up()
        if self.saving:
            # Until its own save has ended, the file would seem changed by another program.
            self.once_saved(lambda: self.save(then))
            return
        self.recovery.look()
        files = self._session.files
        if files.path is None or files.read_only:
            self.save_as(then)
            return
        self._save_over(files.path, then)

    def _save_over(self, path: Path, then: Callable[[], None]) -> None:
        """Save to the document's own file, unless that is no more what was read from it."""
        self._save(path, self._session.files.loaded, then)

    def save_as(self, then: Callable[[], None] = lambda: None) -> None:
        """Ask for a file and save there."""
        files = self._session.files
        folder = self._session.working_folder
        name = files.name or _file_name(self._session.document.name)
        chosen, _ = QFileDialog.getSaveFileName(
            self._parent, tr("Save pipeline"), str(folder / (name + SUFFIX)), saved_kinds()
        )
        if chosen:
            path = Path(chosen)
            if not path.name.endswith(".json"):
                path = path.with_name(path.name + SUFFIX)
            self._name_after(path)
            self.save_to(path, then)

    def _name_after(self, path: Path) -> None:
        # Past runs are kept by the pipeline's name: two that are both "Untitled" would be one.
        if self._session.document.name == Document().name and not self._session.files.read_only:
            self._session.do(SetProperties(name=path.name.partition(".")[0]))

    def save_to(self, path: Path, then: Callable[[], None] = lambda: None) -> None:
        """Save there, over what was there, unless another editor has it open.

        Over the document's own file that another program changed it asks, as `save` does.
        """
        path = path.absolute()
        if self.hangs:
            self.give_up()
        if path == self._session.files.path and not self._session.files.read_only:
            self._save_over(path, then)
            return
        holder = self.recovery.holder(path)
        if holder is not None:
            self._failed(
                InvalidDocument(
                    tr("Cannot save over {name}", name=path.name),
                    why=tr("it is open in another window ({holder})", holder=holder),
                    do=tr("close it there, or save under another name"),
                    code="open_elsewhere",
                )
            )
            return
        self._save(path, None, then)

    def recover(self, leftover: Leftover) -> None:
        """Show a pipeline that was never saved, where an unclean end left its edits."""
        try:
            edits = self.recovery.take(leftover)
        except SummitError as error:
            self._failed(error)
            return
        self._show(Document(), Files(), edits)
        self._tell_recovered(len(edits))

    def show_unsaved(self, document: Document) -> None:
        """Show a pipeline that has no file any more, or never had one, as one edit not saved."""
        self.recovery.begin(Document())
        self._show(Document(id=document.id), Files())
        self._session.do(_whole(document))

    def show_past(self, document: Document, past: Past) -> None:
        """Show the pipeline of a past run, to look at only."""
        self._show(document, Files(past=past))
        self._session.notice(self._session.why_read_only())

    def discard(self) -> None:
        """Undo what was recovered; redo brings it back."""
        if self.recovered:
            self._session.bridge.revert()
        else:
            self._session.notice(
                Notice(tr("Nothing to discard"), tr("No recovered work is unsaved."))
            )

    def once_saved(self, then: Callable[[], None]) -> None:
        """Call `then` once the save that is under way has ended; at once where there is none."""
        if self.saving:
            self._after_saving.append(then)
        else:
            then()

    def _ask(self, box: QMessageBox, answered: Callable[[int], None]) -> None:
        self._asking = box
        box.finished.connect(answered)
        box.finished.connect(box.deleteLater)
        box.open()

    def _ask_overwrite(self, path: Path, then: Callable[[], None]) -> None:
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(tr("The file has changed"))
        box.setText(
            tr("{name} was changed by another program since it was opened.", name=path.name)
        )
        box.setInformativeText(tr("Saving writes over those changes; merging keeps both."))
        both = box.addButton(tr("Merge and save"), QMessageBox.ButtonRole.AcceptRole)
        over = box.addButton(tr("Write over it"), QMessageBox.ButtonRole.DestructiveRole)
        other = box.addButton(tr("Save as…"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)

        def answered(_button: int) -> None:
            if box.clickedButton() is both:
                self._merge(path, then)
            elif box.clickedButton() is over:
                self._save(path, None, then)
            elif box.clickedButton() is other:
                self.save_as(then)

        self._ask(box, answered)

    def _merge(self, path: Path, then: Callable[[], None]) -> None:
        """Read the file anew, take in what changed there, and save."""

        def read_anew(theirs: Loaded) -> None:
            self.merger.begin(theirs, lambda: self.save(then))

        self._background.submit(Job(lambda: load(path), read_anew, self._failed))

    def _save(self, path: Path, previous: Loaded | None, then: Callable[[], None]) -> None:
        workspace, answers = self._session.workspace, self._answers
        self._before = self._session.document
        if path != self._session.files.path:
            self._rebase(path.parent)
        document = self._session.document
        files = self._session.files
        lost: list[WriteFailed] = []
        pinned_at = files.path if files.path not in (None, path) else None
        if pinned_at is not None and not answers:
            lost.append(_pins_left(pinned_at))
            pinned_at = None
        moved = files.past is not None or files.path not in (None, path)
        # A copy is a pipeline of its own: it does not go on with the loads of the original.
        written = replace(document, id="") if moved else document
        self._saving, self._saving_in = document, path.parent
        self._slow.ask()
        self.recovery.saving()

        def work() -> Loaded | None:
            if previous is not None and path.exists() and changed_outside(path, previous):
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
            loaded = save(written, path, previous)
            carry_connections(written.nodes, workspace, path.parent, answers=answers)
            if pinned_at is not None:
                lost.extend(_pins_carried(pinned_at, path))
            return loaded

        def done(loaded: Loaded | None) -> None:
            if loaded is None:
                self._ended()
                self._ask_overwrite(path, then)
                return
            self._saved(path, document, loaded)
            for error in lost:
                self._failed(error)
            self._ended(then)

        def failed(error: Exception) -> None:
            self._paths_back()
            self._save_failed(error)
            self._ended()

        self._background.submit(Job(work, done, failed))

    def _paths_back(self) -> None:
        """Let paths begin where they did before a save that came to nothing."""
        if self._session.document is self._saving is not self._before:
            self._session.bridge.undo()

    def _rebase(self, folder: Path) -> None:
        """Have paths mean the same files from a folder that the document was not in before."""
        session, folder = self._session, folder.resolve()
        if folder == session.workspace.root:
            return
        known, answers = session.workspace, self._answers
        found = rebased(session.document, session.catalogue, known, folder, answers=answers)
        for path in found.left if answers else ():
            session.pick(Pick(path))
        if found.edit is not None:
            session.bridge.do(found.edit)

    @property
    def hangs(self) -> bool:
        """True once a save takes so long that its folder seems not to answer."""
        return self._told_slow is not None

    def give_up(self) -> None:
        """Wait no more for the save that is under way: it saved nothing, nor does what waits."""
        self._away = self._saving_in
        self._paths_back()
        self._background.let_go()
        self._after_saving.clear()
        self._ended()

    @property
    def _answers(self) -> bool:
        """False while the document is in a folder that did not answer at its last save."""
        path = self._session.files.path
        return path is None or path.parent != self._away

    def _tell_slow(self) -> None:
        self._told_slow = Notice(
            tr("Saving takes long: the folder does not answer"),
            tr(
                "{folder} may be on a network that is away. Work goes on, and what is not saved "
                "is kept on this machine.",
                folder=self._saving_in,
            ),
            Severity.WARNING,
            tr("Save as…"),
            "save_as",
            more=((tr("Try again"), "save"),),
        )
        self._session.notice(self._told_slow)

    def _save_failed(self, error: Exception) -> None:
        told = replace(
            Notice.of(error),
            action=tr("Save as…"),
            act="save_as",
            more=((tr("Try again"), "save"),),
        )
        self._until_saved(told)

    def _until_saved(self, notice: Notice) -> None:
        """Tell what holds until the document is saved."""
        self._unsaved.append(notice)
        self._session.notice(notice)

    def _ended(self, *then: Callable[[], None]) -> None:
        """Go on after a save, then do what was asked for while it was under way."""
        self._saving = None
        self._slow.stop()
        if self._told_slow is not None:
            self._session.withdraw(self._told_slow)
            self._told_slow = None
        waiting, self._after_saving = self._after_saving, []
        for wanted in (*then, *waiting):
            wanted()

    def _saved(self, path: Path, document: Document, loaded: Loaded) -> None:
        session = self._session
        moved = path != session.files.path
        session.bridge.mark_saved(document)
        session.bridge.identify(loaded.document.id)
        files = Files(path, loaded)
        if moved:
            session.move_to(files)
        else:
            session.files = files
        self.recovery.saved(loaded, path)
        self.recovered, self._away = False, None
        for notice in self._unsaved:
            session.withdraw(notice)
        self._unsaved.clear()
        self._settings.add_recent(path)
        self.saved.emit(path)

    def show(self, path: Path, loaded: Loaded, *, seize: bool = False) -> None:
        """Show what was read, with what an unclean end left unsaved of it."""
        found = self.recovery.open(path, loaded, seize=seize)
        holder = "" if found.holder is None else str(found.holder)
        self._show(loaded.document, Files(path, loaded, holder), found.edits)
        self._settings.add_recent(path)
        if self._session.files.read_only:
            self._session.notice(self._session.why_read_only())
        elif found.edits:
            self._tell_recovered(len(found.edits), seized=seize)
        elif loaded.notices:
            self._session.notice(Notice(tr("Opened"), " ".join(loaded.notices)))

    def _tell_recovered(self, edits: int, *, seized: bool = False) -> None:
        why = tr("The editor did not end properly last time.")
        if seized:
            why = tr("The other window had not saved them; it can only read now.")
        self._until_saved(
            Notice(
                tr("Unsaved work recovered: {edits} made again", edits=_edits(edits)),
                tr("{why} Save to keep it; undo takes it back step by step.", why=why),
                Severity.WARNING,
                tr("Discard"),
                "discard",
            )
        )

    def _show(self, document: Document, files: Files, edits: tuple[Edit, ...] = ()) -> None:
        session = self._session
        session.bridge.set_document(document)
        session.set_files(files)
        self.recovered = bool(edits)
        self.recovery.replay(edits)
        self.opened.emit(files)

    @Slot(object)
    def _taken(self, holder: Holder) -> None:
        files = self._session.files
        self._session.set_files(replace(files, holder=str(holder)))
        self._session.notice(
            Notice(
                tr("Another window has taken this pipeline over"),
                tr(
                    "It is open in {holder}. Here it can only be read, or saved under "
                    "another name.",
                    holder=holder,
                ),
                Severity.WARNING,
                tr("Save as…"),
                "save_as",
            )
        )

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))


def read(path: Path) -> tuple[Path, Loaded]:
    """Read a file, of an example the user's own copy; return which it was. For a worker.

    Raises:
        SummitError: It cannot be read.
    """
    path = path.absolute()
    own = copy_of(path) if is_example(path) else path
    return own, load(own)


def _whole(document: Document) -> Edit:
    """Return the edit that makes a pipeline of an empty one."""
    layout = document.layout
    properties = SetProperties(document.name, document.mode, document.settings, document.parameters)
    nodes = (AddNode(n, layout.nodes.get(i)) for i, n in document.nodes.items())
    edges = (AddEdge(e) for e in document.edges)
    notes = (SetNote(i, n.text, layout.notes.get(i)) for i, n in document.notes.items())
    return Compound(tr("Bring back"), (properties, *nodes, *edges, *notes, RestoreLayout(layout)))


def _pins_carried(before: Path, path: Path) -> list[WriteFailed]:
    """Take the pinned rows of a file along to another; return what stood in the way."""
    from summit_studio.nodes.pinned import copy_pins

    try:
        copy_pins(before, path)
    except WriteFailed as error:
        return [error]  # The pipeline itself is saved.
    return []


def _pins_left(path: Path) -> WriteFailed:
    return WriteFailed(
        tr("Cannot take the pinned rows along"),
        why=tr("{folder} does not answer", folder=path.parent),
        do=tr("pin them again where they are wanted"),
        code="pins_left",
    )


def _edits(count: int) -> str:
    return tr("1 edit was") if count == 1 else tr("{count} edits were", count=count)


def _file_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "-_ " else "-" for c in name).strip()
    return kept.replace(" ", "-").lower() or "pipeline"
