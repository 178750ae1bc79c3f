"""Keeps the journal of the open document, and finds what an unclean end left behind."""

import secrets
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.document.edits import Edit
from summit_studio.document.journal import Journal, Leftover, key_of, leftovers
from summit_studio.document.model import Document
from summit_studio.document.text import Loaded, dump
from summit_studio.workspace.trust import config_folder


class Recovery(QObject):
    """Writes every edit that reaches the document, undo and redo too, to its journal."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = config_folder() / "journal"
        self._journal: Journal | None = None
        self._told = False
        self._since: list[Edit] = []
        session.bridge.edited.connect(self._edited)

    def begin(self, loaded: Loaded | None, path: Path | None, document: Document) -> None:
        """Start the journal of a document just opened or made."""
        self._leave()
        key = key_of(path) if path else f"unsaved-{secrets.token_hex(6)}"
        self._journal = Journal(self._folder, key)
        self._journal.begin(loaded.text if loaded else dump(document), path)
        self._told = False

    def saving(self) -> None:
        """Note that the document as it is now is being saved."""
        self._since = []

    def saved(self, loaded: Loaded, path: Path, document: Document) -> None:
        """Start anew from what was saved; edits made since the save began come after it."""
        since = self._since
        self.forget()
        self.begin(loaded, path, document)
        for edit in since:
            self._edited(edit)

    def of_file(self, path: Path, loaded: Loaded) -> tuple[Document, int]:
        """Return a file's document with the edits an unclean end left, and their number."""
        journal = Journal(self._folder, key_of(path))
        if loaded.read_only or journal.leftover() is None:
            return loaded.document, 0
        try:
            document, count = journal.recover(loaded.document, loaded.text)
        except SummitError as error:
            journal.close()
            self._session.notice(Notice.of(error))
            return loaded.document, 0
        self._leave()
        self._journal = journal
        return document, count

    def unsaved(self) -> tuple[Leftover, ...]:
        """Return the journals of pipelines that never had a file."""
        return tuple(item for item in leftovers(self._folder) if item.file is None)

    def take(self, leftover: Leftover) -> tuple[Document, int]:
        """Return the pipeline of a journal without a file, and go on writing to it."""
        self._leave()
        self._journal = Journal(self._folder, leftover.key)
        return self._journal.recover(Document())

    def forget(self) -> None:
        """Drop the edits: nobody wants them."""
        if self._journal is not None:
            self._journal.clear()
            self._journal = None

    def close(self) -> None:
        """Close the journal; edits that were not saved stay for the next start."""
        self._leave()

    def _leave(self) -> None:
        if self._journal is not None:
            if self._session.bridge.clean:
                self._journal.clear()
            else:
                self._journal.close()
            self._journal = None

    @Slot(object)
    def _edited(self, edit: Edit) -> None:
        self._since.append(edit)
        if self._journal is None:
            return
        try:
            self._journal.append(edit)
        except SummitError as error:
            if not self._told:
                self._told = True
                self._session.notice(Notice.of(error))
