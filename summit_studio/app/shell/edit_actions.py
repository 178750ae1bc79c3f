"""What the actions that edit the document do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from summit_studio.app.canvas.drop_zone import files_of
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.clipboard import Pasted, copied, is_nodes, pasted, whole
from summit_studio.app.session.deleting import deletion
from summit_studio.app.session.place_after import place_after
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.weighed import Weighed
from summit_studio.app.shell.dropping import Dropping
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.document.edits import Compound, SetNote
from summit_studio.document.layout_edits import SetInLayout
from summit_studio.document.model import Frame, Point


class EditActions(QObject):
    """Undo, the clipboard, deletion.

    Args:
        session: What is open.
        canvas: Where it is shown.
        dropping: Tells where a paste goes, and takes in the files of one.
    """

    def __init__(
        self,
        session: Session,
        canvas: CanvasView,
        dropping: Dropping,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._dropping = dropping

    @Slot()
    def on_undo(self) -> None:
        """Take back."""
        self._through(self._session.bridge.undo)

    @Slot()
    def on_redo(self) -> None:
        """Do again."""
        self._through(self._session.bridge.redo)

    def _through(self, history: Callable[[], None]) -> None:
        """Go through the history, and stay where the person works."""
        before, chosen = self._session.document, self._session.selection.nodes
        history()
        nodes = place_after(before, self._session.document, chosen)
        if nodes:
            self._session.choose_nodes(nodes)

    @Slot()
    def on_cut(self) -> None:
        """Copy and delete, frames with what they hold."""
        self.on_copy()
        document = self._session.document
        self._do(deletion(document, whole(document, self._session.selection)))

    @Slot()
    def on_copy(self) -> None:
        """Copy what is chosen as text."""
        text = copied(self._session.document, self._session.selection)
        QGuiApplication.clipboard().setText(text)

    @Slot()
    def on_paste(self) -> None:
        """Paste nodes, or files as sources, at the cursor, or in the middle of the view."""
        held = QGuiApplication.clipboard().mimeData()
        text, files = held.text(), files_of(held)
        if is_nodes(text):
            self._paste(text, self._dropping.place_at_cursor())
        elif files:
            self._dropping.add_at_cursor(files)
        else:
            detail = tr("The clipboard holds neither nodes nor files.")
            self._session.notice(Notice(tr("Nothing to paste"), detail, Severity.INFO))

    @Slot()
    def on_duplicate(self) -> None:
        """Copy what is chosen beside itself; the clipboard stays as it is."""
        chosen = self._session.selection
        held = self._canvas.scene().shown.held_by(chosen)
        corners = [p for places in (held.nodes, held.notes, held.frames) for p in places.values()]
        # Where they stand already: the copies go to the nearest place that is free.
        at = min(x for x, _ in corners), min(y for _, y in corners)
        self._paste(copied(self._session.document, chosen), at)

    def _paste(self, text: str, at: Point) -> None:
        self._session.bridge.flush()
        document = self._session.document
        try:
            found = pasted(document, text, self._free(pasted(document, text, (0, 0)), at))
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._session.do(found.edit):
            self._session.bridge.flush()
            self._session.choose(found.added)
            self._canvas.glide_to(*found.added.nodes)

    def _free(self, found: Pasted, at: Point) -> Point:
        """Return where the upper left of what is new goes for none to lie on another."""
        shown = self._canvas.scene().shown
        boxes = [shown.card(e.node, e.position or (0, 0)) for e in found.cards]
        sheets = [e.box for e in found.edit.edits if isinstance(e, SetNote)]
        sheets += [
            e.value.box
            for e in found.edit.edits
            if isinstance(e, SetInLayout) and isinstance(e.value, Frame)
        ]
        boxes += [(b[0], b[1], b[0] + b[2], b[1] + b[3]) for b in sheets if b is not None]
        return shown.space().place(at, boxes)

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
            what = tr("{count} nodes", count=len(nodes)) if nodes else tr("what is selected")
            if len(nodes) == 1:
                what = self._session.title_of(nodes[0])
            self._session.weigh(
                Weighed(edit, tr("Deleting {what}", what=what), tr("Delete anyway"))
            )

    def _do(self, edit: Compound | None) -> None:
        if edit is not None:
            self._session.do(edit)

    @Slot()
    def on_select_all(self) -> None:
        """Select everything."""
        document = self._session.document
        self._session.choose(
            Selection(
                tuple(document.nodes),
                document.edges,
                tuple(document.notes),
                tuple(document.layout.frames),
            )
        )
