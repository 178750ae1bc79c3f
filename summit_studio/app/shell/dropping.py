"""What comes onto the canvas from outside: dropped types and files, new nodes."""

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QCursor

from summit_studio.app.canvas.geometry import CARD_WIDTH, GRID
from summit_studio.app.canvas.requests import AddRequest, FilesDropped, NodeDropped
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.quick_add import QuickAdd
from summit_studio.app.inspector.places import relative
from summit_studio.app.session.placing import (
    add_connected,
    add_into,
    file_field,
    for_file,
    free_place,
    new_node,
)
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, Compound, Edit
from summit_studio.document.model import Point

_HALF_HEIGHT = 32
_HALF_POPUP = QPoint(180, 160)


class Dropping(QObject):
    """Stands between the canvas and the session."""

    def __init__(
        self, session: Session, canvas: CanvasView, quick_add: QuickAdd, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._quick_add = quick_add
        canvas.node_dropped.connect(self._node_dropped)
        canvas.files_dropped.connect(self._files_dropped)
        canvas.add_requested.connect(self._add_requested)
        quick_add.added.connect(self._added)

    def place_at_cursor(self) -> Point:
        """Return the scene place under the cursor, or of the middle of the view."""
        canvas = self._canvas
        spot = canvas.viewport().mapFromGlobal(QCursor.pos())
        inside = canvas.viewport().rect().contains(spot) and canvas.underMouse()
        return self._scene(spot if inside else canvas.viewport().rect().center())

    def _scene(self, spot: QPoint) -> Point:
        place = self._canvas.mapToScene(spot)
        return _centred((round(place.x()), round(place.y())))

    @Slot(object)
    def add_in_view(self, type_id: str) -> None:
        """Add a node after the selected one, or in the middle of the view."""
        document = self._session.document
        kind = self._session.catalogue.get(type_id)
        chosen = self._session.selection.nodes
        at = self._scene(self._canvas.viewport().rect().center())
        if len(chosen) == 1 and chosen[0] in document.layout.nodes:
            x, y = document.layout.nodes[chosen[0]]
            at = (x + 280, y)
        edit, node_id = add_connected(document, kind, at, None, forward=True)
        if self._session.do(edit):
            self._session.choose_nodes([node_id])

    @Slot(object)
    def _node_dropped(self, drop: NodeDropped) -> None:
        document = self._session.document
        kind = self._session.catalogue.get(drop.type_id)
        at = _centred(drop.place)
        if drop.edge is not None:
            edit, node_id = add_into(document, kind, at, drop.edge)
        else:
            edit, node_id = add_connected(document, kind, at, None, forward=True)
        if self._session.do(edit):
            self._session.choose_nodes([node_id])
            self._canvas.setFocus()

    @Slot(object)
    def _files_dropped(self, drop: FilesDropped) -> None:
        document, steps, unread = self._session.document, list[Edit](), list[str]()
        x, y = _centred(drop.place)
        for path in drop.paths:
            kind = for_file(self._session.catalogue, path)
            field = file_field(kind) if kind else None
            if kind is None or field is None:
                unread.append(path.name)
                continue
            params = {field: relative(path, self._session.workspace.root)}
            step = AddNode(new_node(document, kind, params), free_place(document, (x, y)))
            document = step.apply(document)
            steps.append(step)
            y += 120
        if steps:
            label = "Add source" if len(steps) == 1 else f"Add {len(steps)} sources"
            if self._session.do(Compound(label, tuple(steps))):
                self._session.choose_nodes([s.node.id for s in steps if isinstance(s, AddNode)])
        if unread:
            self._session.notice(
                Notice(
                    f"No source reads {', '.join(unread)}",
                    "CSV, JSON, Parquet, Excel and database files can be dropped here.",
                    Severity.WARNING,
                )
            )

    @Slot()
    def on_add_node(self) -> None:
        """Offer node types where the cursor is, or in the middle."""
        canvas = self._canvas
        at = self.place_at_cursor()
        over = canvas.rect().contains(canvas.mapFromGlobal(QCursor.pos()))
        middle = canvas.mapToGlobal(canvas.rect().center()) - _HALF_POPUP
        self._quick_add.open_for(QCursor.pos() if over else middle, at)

    @Slot(object)
    def _added(self, node_id: str) -> None:
        self._session.choose_nodes([node_id])
        self._canvas.setFocus()

    @Slot(object)
    def _add_requested(self, request: AddRequest) -> None:
        self._quick_add.open_for(
            request.global_place, self._beside(request), request.port, forward=request.forward
        )

    def _beside(self, request: AddRequest) -> Point:
        # The open end of an edge goes to the side of the new card, not beneath its middle.
        x, y = request.place
        if request.port is not None:
            x += CARD_WIDTH // 2 if request.forward else -CARD_WIDTH // 2
        return _centred((x, y))


def _centred(place: Point) -> Point:
    """Return where a card's upper left goes for its middle to be at `place`, on the grid."""
    x, y = place[0] - CARD_WIDTH / 2, place[1] - _HALF_HEIGHT
    return round(x / GRID) * GRID, round(y / GRID) * GRID
