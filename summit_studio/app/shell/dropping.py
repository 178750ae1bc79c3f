"""What comes onto the canvas from outside: dropped files, and where pasted nodes go."""

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QCursor

from summit_studio.app.canvas.geometry import CARD_WIDTH, GRID
from summit_studio.app.canvas.requests import FilesDropped
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.inspector.places import relative
from summit_studio.app.session.placing import file_field, for_file, new_node
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, Compound, Edit
from summit_studio.document.model import Point
from summit_studio.workspace.picked import Pick

_HALF_HEIGHT = 32


class Dropping(QObject):
    """Stands between the canvas and the session."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        canvas.files_dropped.connect(self._files_dropped)

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
    def _files_dropped(self, drop: FilesDropped) -> None:
        self._session.bridge.flush()
        document, steps, unread = self._session.document, list[Edit](), list[str]()
        shown = self._canvas.scene().shown
        space, at = shown.space(), _centred(drop.place)
        for path in drop.paths:
            kind = for_file(self._session.catalogue, path)
            field = file_field(kind) if kind else None
            if kind is None or field is None:
                unread.append(path.name)
                continue
            self._session.pick(Pick(path))
            params = {field: relative(path, self._session.workspace.root)}
            node = new_node(document, kind, params)
            at = space.place(at, (shown.card(node),))
            space.take(node.id, shown.card(node, at))
            step = AddNode(node, at)
            document = step.apply(document)
            steps.append(step)
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


def _centred(place: Point) -> Point:
    """Return where a card's upper left goes for its middle to be at `place`, on the grid."""
    x, y = place[0] - CARD_WIDTH / 2, place[1] - _HALF_HEIGHT
    return round(x / GRID) * GRID, round(y / GRID) * GRID
