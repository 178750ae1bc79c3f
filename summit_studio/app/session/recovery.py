"""Keeps the journal of the open document, and finds what an unclean end left behind."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.document.edits import Edit
from summit_studio.document.journal import Journal, Leftover, key_of, leftovers
from summit_studio.document.model import Document
from summit_studio.document.text import Loaded, dump
from summit_studio.state.lock import Holder, Lock
from summit_studio.workspace.trust import config_folder

_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Found:
    """What there is beside a file.

    Args:
        edits: Those since its last save, where an editor did not get to save them.
        holder: The other editor that has it open; then its edits are left alone.
    """

    edits: tuple[Edit, ...] = ()
    holder: Holder | None = None


class Recovery(QObject):
    """Writes every edit that reaches the document, undo and redo too, to its journal.

    A lock beside the journal keeps other editors from taking or dropping it. `taken` carries the
    holder once another editor has taken the document over; from then on nothing is written.
    """

    taken = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = _folder()
        self._part = secrets.token_hex(6)  # Other pages of this process are others too.
        self._journal: Journal | None = None
        self._lock: Lock | None = None
        self._told = False
        self._unwanted = False
        self._replaying = False
        self._since: list[Edit] = []
        session.bridge.edited.connect(self._edited)

    def begin(self, document: Document) -> None:
        """Start the journal of a pipeline without a file."""
        self._leave()
        key = f"unsaved-{secrets.token_hex(6)}"
        self._hold(Journal(self._folder, key)).begin(dump(document))

    def open(self, path: Path, loaded: Loaded, *, seize: bool = False) -> Found:
        """Start the journal of a file just read, or go on with what an unclean end left.

        Args:
            path: The file.
            loaded: What was read.
            seize: True to take it over from the editor that has it open.
        """
        self._leave()
        if loaded.read_only:
            return Found()
        lock = self._lock_of(key_of(path))
        holder = None if seize else lock.take()
        if holder is not None:
            return Found(holder=holder)
        journal = self._hold(Journal(self._folder, key_of(path)))
        journal.take_back(loaded.text)
        edits: tuple[Edit, ...] = ()
        if journal.leftover() is not None:
            try:
                _, edits = journal.recover(loaded.document, loaded.text)
            except SummitError as error:
                journal.set_aside()
                self._session.notice(Notice.of(error))
        if not edits:
            journal.begin(loaded.text, path)
        return Found(edits)

    def holder(self, path: Path) -> Holder | None:
        """Return the other editor that has a file open."""
        return self._lock_of(key_of(path)).holder()

    def saving(self) -> None:
        """Note that the document as it is now is being saved."""
        self._since = []

    def saved(self, loaded: Loaded, path: Path) -> None:
        """Start anew from what was saved; edits made since the save began come after it."""
        since, self._since = self._since, []
        self._unwanted = True
        self._leave()
        self._hold(Journal(self._folder, key_of(path))).begin(loaded.text, path)
        for edit in since:
            self._edited(edit)

    def take(self, leftover: Leftover) -> tuple[Edit, ...]:
        """Return the edits of a pipeline without a file, and go on writing to its journal.

        Raises:
            InvalidDocument: They cannot be read; the journal stays.
        """
        journal = Journal(self._folder, leftover.key)
        _, edits = journal.recover(Document())
        self._leave()
        self._hold(journal)
        return edits

    def replay(self, edits: Iterable[Edit]) -> None:
        """Make recovered edits again, so that they can be undone; their journal has them."""
        gesture = object()  # Letters typed one by one are undone as one.
        self._replaying = True
        for edit in edits:
            self._session.bridge.do(edit, gesture)
        self._replaying = False

    def unwanted(self) -> None:
        """Note that nobody wants the edits: they go once the document is left, not before."""
        self._unwanted = True

    def close(self) -> None:
        """Close the journal; edits that were not saved stay for the next start."""
        self._leave()

    @Slot()
    def look(self) -> None:
        """Tell if another editor has taken the document over."""
        holder = self._lost()
        if holder is not None:
            self._let_go()
            self.taken.emit(holder)

    def _lost(self) -> Holder | None:
        return self._lock.holder() if self._lock is not None else None

    def _lock_of(self, key: str) -> Lock:
        return Lock(self._folder / f"{key}{_LOCK}", self._part)

    def _hold(self, journal: Journal) -> Journal:
        self._journal, self._lock = journal, self._lock_of(journal.key)
        self._lock.seize()
        self._told = self._unwanted = False
        return journal

    def _leave(self) -> None:
        wanted = not (self._session.bridge.clean or self._unwanted)
        if self._journal is not None and not wanted and self._lost() is None:
            self._journal.clear()
        self._let_go()

    def _let_go(self) -> None:
        if self._journal is not None:
            self._journal.close()
        if self._lock is not None:
            self._lock.release()
        self._journal = self._lock = None

    @Slot(object)
    def _edited(self, edit: Edit) -> None:
        if self._replaying:
            return
        self._since.append(edit)
        self._unwanted = False
        self.look()
        if self._journal is None:
            return
        try:
            self._journal.append(edit)
        except SummitError as error:
            if not self._told:
                self._told = True
                self._session.notice(Notice.of(error))


def left_behind() -> tuple[Leftover, ...]:
    """Return the journals that no editor has open, oldest first: those that were not saved."""
    _sweep()
    left = leftovers(_folder())
    return tuple(item for item in left if not _is_open(item.key))


def _sweep() -> None:
    """Drop the locks that killed editors left on pipelines without a file and edits."""
    for path in _folder().glob(f"unsaved-*{_LOCK}"):
        key = path.name.removesuffix(_LOCK)
        if not _is_open(key) and Journal(_folder(), key).leftover() is None:
            path.unlink(missing_ok=True)


def _is_open(key: str) -> bool:
    return Lock(_folder() / f"{key}{_LOCK}").holder() is not None


def _folder() -> Path:
    return config_folder() / "journal"
