"""What the actions that edit the document do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.session.clipboard import copied, is_nodes, pasted
from summit_studio.app.session.deleting import deletion
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.weighed import Weighed
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, Compound
from summit_studio.document.model import Point


class EditActions(QObject):
    """Undo, the clipboard, deletion.

    Args:
        session: What is open.
        canvas: Where it is shown.
        paste_place: Tells where a paste goes.
    """

    def __init__(
        self,
        session: Session,
        canvas: CanvasView,
        paste_place: Callable[[], Point],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
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
        self._do(deletion(self._session.document, self._session.selection))

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
        chosen, shown = self._session.selection.nodes, self._canvas.scene().shown.nodes
        left = min(shown[i].left for i in chosen)
        top = min(shown[i].top for i in chosen)
        # Where they stand already: the copies go to the nearest place that is free.
        self._paste(copied(self._session.document, chosen), (round(left), round(top)))

    def _paste(self, text: str, at: Point) -> None:
        self._session.bridge.flush()
        document = self._session.document
        try:
            edit, ids = pasted(document, text, self._free(pasted(document, text, (0, 0))[0], at))
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._session.do(edit):
            self._session.choose_nodes(ids)
            self._canvas.glide_to(*ids)

    def _free(self, edit: Compound, at: Point) -> Point:
        """Return where the upper left of new nodes goes for none to lie on another."""
        shown = self._canvas.scene().shown
        added = [e for e in edit.edits if isinstance(e, AddNode)]
        return shown.space().place(at, [shown.card(e.node, e.position or (0, 0)) for e in added])

    @Slot()
    def on_delete(self) -> None:
        """Delete what is chosen and close the gaps that this leaves in chains."""
        self._delete(deletion(self._session.document, self._session.selection))

    @Slot()
    def on_delete_gap(self) -> None:
        """Delete what is chosen and leave the gaps open."""
        self._delete(deletion(self._session.document, self._session.selection, heal=False))

    def _delete(self, edit: Compound | None) -> None:
        """Delete, and say first what needs the columns that go with it."""
        if edit is not None:
            nodes = self._session.selection.nodes
            what = self._session.title_of(nodes[0]) if len(nodes) == 1 else f"{len(nodes)} nodes"
            self._session.weigh(Weighed(edit, f"Deleting {what}", "Delete anyway"))

    def _do(self, edit: Compound | None) -> None:
        if edit is not None:
            self._session.do(edit)

    @Slot()
    def on_select_all(self) -> None:
        """Select every node and edge."""
        document = self._session.document
        self._session.choose(
            Selection(tuple(document.nodes), document.edges, tuple(document.notes))
        )
