"""What the actions that edit the document do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from summit_studio.app.session.clipboard import copied, is_nodes, pasted
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.edits import Compound, SetNote, removal
from summit_studio.document.model import Point

_OFFSET = 32


class EditActions(QObject):
    """Undo, the clipboard, deletion.

    Args:
        session: What is open.
        paste_place: Tells where a paste goes.
    """

    def __init__(self, session: Session, paste_place: Callable[[], Point], parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._paste_place = paste_place

    @Slot()
    def on_undo(self) -> None:
        """Take back."""
        self._session.bridge.undo()

    @Slot()
    def on_redo(self) -> None:
        """Do again."""
        self._session.bridge.redo()

    @Slot()
    def on_cut(self) -> None:
        """Copy and delete."""
        self.on_copy()
        self.on_delete()

    @Slot()
    def on_copy(self) -> None:
        """Copy the chosen nodes as text."""
        text = copied(self._session.document, self._session.selection.nodes)
        QGuiApplication.clipboard().setText(text)

    @Slot()
    def on_paste(self) -> None:
        """Paste nodes at the cursor, or in the middle of the view."""
        text = QGuiApplication.clipboard().text()
        if not is_nodes(text):
            self._session.notice(
                Notice("Nothing to paste", "The clipboard holds no nodes.", Severity.INFO)
            )
            return
        self._paste(text, self._paste_place())

    @Slot()
    def on_duplicate(self) -> None:
        """Copy the chosen nodes beside themselves; the clipboard stays as it is."""
        document, chosen = self._session.document, self._session.selection.nodes
        places = [document.layout.nodes.get(i, (0, 0)) for i in chosen]
        at = (min(x for x, _ in places) + _OFFSET, min(y for _, y in places) + _OFFSET)
        self._paste(copied(document, chosen), at)

    def _paste(self, text: str, at: Point) -> None:
        try:
            edit, ids = pasted(self._session.document, text, at)
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._session.do(edit):
            self._session.choose_nodes(ids)

    @Slot()
    def on_delete(self) -> None:
        """Delete what is chosen."""
        document, chosen = self._session.document, self._session.selection
        edit = removal(document, chosen.nodes, chosen.edges)
        notes = tuple(SetNote(n, None) for n in chosen.notes if n in document.notes)
        if notes:
            edit = Compound(edit.label if edit.edits else "Delete note", (*edit.edits, *notes))
        if edit.edits:
            self._session.do(edit)

    @Slot()
    def on_select_all(self) -> None:
        """Select every node and edge."""
        document = self._session.document
        self._session.choose(
            Selection(tuple(document.nodes), document.edges, tuple(document.notes))
        )
