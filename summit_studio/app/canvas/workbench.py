"""What gestures and keys work on: a view that shows a document and commits edits to it."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.bending import bend, with_bend, without
from summit_studio.app.canvas.drop_zone import DropZone
from summit_studio.app.canvas.face import Faces
from summit_studio.app.canvas.geometry import along, snap
from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.selection import Selection
from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edits import Edit, MoveNodes
from summit_studio.document.model import Edge, Point, PortRef

_HALF_POPUP = QPoint(230, 200)
_BELOW = 24
_AWAY = 72


class Workbench(DropZone):
    """Edits the bridge's document.

    `add_requested` carries an AddRequest, `node_activated` a node id, `refused` a sentence that
    says why a gesture did nothing, `link_asked` where a link of a note leads that was clicked, and
    `writing_asked` the id of a note whose text is to be edited, `naming_asked` that of a frame
    whose title is, and `frame_made` that of a frame just made.
    """

    add_requested = Signal(object)
    node_activated = Signal(object)
    letters_asked = Signal(object)
    refused = Signal(object)
    link_asked = Signal(object)
    writing_asked = Signal(object)
    naming_asked = Signal(object)
    frame_made = Signal(object)

    def __init__(
        self, bridge: Bridge, faces: Faces, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(CanvasScene(faces, theme), parent)
        self.scene().setParent(self)
        self._bridge = bridge
        self.snaps = True
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

    def bend_or_straighten(self, edge: Edge, place: Point, number: int | None = None) -> None:
        """Put a bend on an edge at a place, or take off the one of a number."""
        item = self.scene().shown.edges[edge]
        if number is not None:
            self.commit(bend(edge, without(item.bends, (number,))))
            return
        at = (snap(place[0]), snap(place[1])) if self.snaps else place
        self.commit(bend(edge, with_bend(item.curve, item.bends, at)))

    def ask_for_node(self) -> None:
        """Ask for a node beside what is selected; else at the cursor, or in the middle."""
        self.add_requested.emit(self.beside_selection() or self._at_cursor())

    def ask_at_end(self, port: PortRef, *, forward: bool) -> None:
        """Ask for a node at the open end of an edge from a port, or to it."""
        x, y = self.scene().spot_of(port, output=forward)
        x += _AWAY if forward else -_AWAY
        spot = self._on_screen(x, y)
        self.add_requested.emit(AddRequest((round(x), round(y)), spot, port, forward))

    def beside_selection(self) -> AddRequest | None:
        """Return the request for a node where the selection calls for one; None without any."""
        chosen, shown = self.scene().selection, self.scene().shown
        if len(chosen.edges) == 1 and not chosen.nodes:
            x, y = along(shown.edges[chosen.edges[0]].curve, 0.5)
            return AddRequest((round(x), round(y)), self._on_screen(x, y), edge=chosen.edges[0])
        if not chosen.nodes:
            return None
        last = shown.nodes[chosen.nodes[-1]]
        # Below the card: the new one will stand at its side.
        x, y = last.left, last.top + last.card.height + _BELOW
        return AddRequest((round(x), round(y)), self._on_screen(x, y), beside=chosen.nodes)

    def _at_cursor(self) -> AddRequest:
        spot = self.viewport().mapFromGlobal(QCursor.pos())
        if self.viewport().rect().contains(spot):
            return AddRequest(self.place(spot), QCursor.pos())
        middle = self.viewport().rect().center()
        return AddRequest(self.place(middle), self.viewport().mapToGlobal(middle - _HALF_POPUP))

    def _on_screen(self, x: float, y: float) -> QPoint:
        view = self.viewport()
        spot = self.mapFromScene(x, y)
        inside = view.rect().contains(spot)
        return view.mapToGlobal(spot if inside else view.rect().center() - _HALF_POPUP)
