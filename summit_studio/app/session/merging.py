"""Takes what another program wrote into the file into the document that is open."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.suggest import listing
from summit_studio.document.merging import Conflict, Key, change, merge
from summit_studio.document.model import Document
from summit_studio.document.text import Loaded


@dataclass(frozen=True, slots=True)
class MergeQuestion:
    """What both changed, for a person to choose.

    Args:
        conflicts: One for each.
        theirs: What the file holds.
        then: Called once it is merged.
    """

    conflicts: tuple[Conflict, ...]
    theirs: Loaded = field(repr=False)
    then: Callable[[], None] = field(repr=False)


class Merger(QObject):
    """Merges at once where nothing was changed by both; else `asked` carries a `MergeQuestion`.

    A merge is one edit. What was read from the file is then what the document was loaded from, so
    that the next save writes over it unasked. `merged` carries the file's content.
    """

    asked = Signal(object)
    merged = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session

    def begin(self, theirs: Loaded, then: Callable[[], None] = lambda: None) -> None:
        """Merge with what the file holds now, or ask what is to hold."""
        found = merge(self._base(), self._session.document, theirs.document)
        question = MergeQuestion(found.conflicts, theirs, then)
        if found.conflicts:
            self.asked.emit(question)
        else:
            self.finish(question, ())

    def finish(self, question: MergeQuestion, taken: Collection[Key]) -> None:
        """Merge, with theirs in the conflicts that are named and mine in all others."""
        session, theirs = self._session, question.theirs
        found = merge(self._base(), session.document, theirs.document, taken)
        if not session.do(change(session.document, found.document, tr("Merge with the file"))):
            return
        session.files = replace(session.files, loaded=theirs)
        self.merged.emit(theirs)
        detail = tr("Save writes both into the file; undo takes its changes out again.")
        if found.kept.nodes:
            names = listing(sorted(found.kept.nodes.values()), 4)
            detail += " " + tr(
                "Both added nodes by one id; theirs are kept as {names}.", names=names
            )
        session.notice(Notice(tr("Merged with the file"), detail))
        question.then()

    def _base(self) -> Document:
        loaded = self._session.files.loaded
        return loaded.document if loaded is not None else Document()
