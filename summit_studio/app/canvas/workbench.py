"""What gestures and keys work on: a view that shows a document and commits edits to it."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.drop_zone import DropZone
from summit_studio.app.canvas.face import Faces
from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.selection import Selection
from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edits import Edit, MoveNodes


class Workbench(DropZone):
    """Edits the bridge's document.

    `add_requested` carries an AddRequest, `node_activated` a node id and `refused` a sentence that
    says why a gesture did nothing.
    """

    add_requested = Signal(object)
    node_activated = Signal(object)
    letters_asked = Signal(object)
    refused = Signal(object)

    def __init__(
        self, bridge: Bridge, faces: Faces, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(CanvasScene(faces, theme), parent)
        self.scene().setParent(self)
        self._bridge = bridge
        self._do: Callable[[Edit, object | None], object] = bridge.do

    def make_edits_by(self, do: Callable[[Edit, object | None], object]) -> None:
        """Send edits to `do` instead of the bridge; one that returns False has refused."""
        self._do = do

    def select(self, chosen: Selection | Iterable[str]) -> None:
        """Select a selection, or nodes by their ids."""
        wanted = chosen if isinstance(chosen, Selection) else Selection(tuple(chosen))
        self.scene().select(wanted)

    def commit(self, edit: Edit, gesture: object | None = None) -> bool:
        """Make an edit; where it does not fit, say why and return False."""
        if isinstance(edit, MoveNodes):
            edit = self._with_places(edit)
        try:
            done = self._do(edit, gesture) is not False
        except InvalidDocument as error:
            self.refuse(f"{error.what}: {error.why}.")
            return False
        # Shown at once, not at the end of the turn: a moved node must not jump back for a frame.
        self.scene().show_document(self._bridge.document)
        return done

    def _with_places(self, edit: MoveNodes) -> MoveNodes:
        """Return a move that also keeps the others where they are shown without a place of theirs.

        Else those of a file written by hand would stand elsewhere when it is opened again.
        """
        known = self._bridge.document.layout.nodes
        shown = self.scene().shown.places()
        loose = {i: place for i, place in shown.items() if i not in known}
        return MoveNodes({**loose, **edit.positions}) if loose else edit

    def refuse(self, reason: str) -> None:
        """Say why a gesture changed nothing."""
        self.refused.emit(reason)

    def ask_for_node(self) -> None:
        """Ask for a node at the cursor, or in the middle where the cursor is elsewhere."""
        spot = self.viewport().mapFromGlobal(QCursor.pos())
        if not (self.viewport().rect().contains(spot) and self.underMouse()):
            spot = self.viewport().rect().center()
        self.add_requested.emit(AddRequest(self.place(spot), self.viewport().mapToGlobal(spot)))
