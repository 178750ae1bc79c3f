"""What comes onto the canvas from outside: dropped types and files, new nodes, live counts."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QCursor

from summit_studio.app.canvas.face import NodeLive, NodeState
from summit_studio.app.canvas.geometry import CARD_WIDTH, GRID
from summit_studio.app.canvas.requests import AddRequest, FilesDropped, NodeDropped
from summit_studio.app.inspector.places import relative
from summit_studio.app.placing import (
    add_connected,
    add_into,
    file_field,
    for_file,
    free_place,
    new_node,
)
from summit_studio.app.run_state import Figures, NodeRun, RunState
from summit_studio.app.session import Notice
from summit_studio.core.problems import Severity
from summit_studio.document.edits import AddNode, Compound, Edit
from summit_studio.document.model import Point

if TYPE_CHECKING:
    from summit_studio.app.window import MainWindow

_STATES = {
    "waiting": NodeState.IDLE,
    "running": NodeState.RUNNING,
    "done": NodeState.DONE,
    "failed": NodeState.FAILED,
    "cancelled": NodeState.CANCELLED,
}
_HALF_HEIGHT = 32
_READABLE = 0.7
"""The zoom from which a card's text is read with ease."""
_MARGIN = 48


class Dropping(QObject):
    """Stands between the canvas and the session."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        canvas = window.canvas
        canvas.node_dropped.connect(self._node_dropped)
        canvas.files_dropped.connect(self._files_dropped)
        canvas.add_requested.connect(self._add_requested)

    def place_at_cursor(self) -> Point:
        """Return the scene place under the cursor, or of the middle of the view."""
        canvas = self._window.canvas
        spot = canvas.viewport().mapFromGlobal(QCursor.pos())
        inside = canvas.viewport().rect().contains(spot) and canvas.underMouse()
        return self._scene(spot if inside else canvas.viewport().rect().center())

    def _scene(self, spot: QPoint) -> Point:
        place = self._window.canvas.mapToScene(spot)
        return _centred((round(place.x()), round(place.y())))

    @Slot(object)
    def add_in_view(self, type_id: str) -> None:
        """Add a node after the selected one, or in the middle of the view."""
        document = self._session.document
        kind = self._session.catalogue.get(type_id)
        chosen = self._session.selection.nodes
        at = self._scene(self._window.canvas.viewport().rect().center())
        if len(chosen) == 1 and chosen[0] in document.layout.nodes:
            x, y = document.layout.nodes[chosen[0]]
            at = (x + 280, y)
        edit, node_id = add_connected(document, kind, at, None, forward=True)
        if self._session.do(edit):
            self._window.select_soon([node_id])

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
            self._window.select_soon([node_id])
            self._window.canvas.setFocus()

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
                self._window.select_soon([s.node.id for s in steps if isinstance(s, AddNode)])
        if unread:
            self._session.notice(
                Notice(
                    f"No source reads {', '.join(unread)}",
                    "CSV, JSON, Parquet, Excel and database files can be dropped here.",
                    Severity.WARNING,
                )
            )

    @Slot(object)
    def _add_requested(self, request: AddRequest) -> None:
        self._window.quick_add.open_for(
            request.global_place, self._beside(request), request.port, forward=request.forward
        )

    def _beside(self, request: AddRequest) -> Point:
        # The open end of an edge goes to the side of the new card, not beneath its middle.
        x, y = request.place
        if request.port is not None:
            x += CARD_WIDTH // 2 if request.forward else -CARD_WIDTH // 2
        return _centred((x, y))

    def look_at_start(self) -> None:
        """Show all of the pipeline where it can be read so; else its beginning, readable."""
        canvas = self._window.canvas
        canvas.zoom_to_fit()
        if canvas.zoom >= _READABLE:
            return
        canvas.set_zoom(_READABLE)
        contents = canvas.scene().contents()
        fed = {e.target.node for e in self._session.document.edges}
        first = canvas.scene().contents(i for i in self._session.document.nodes if i not in fed)
        across = (canvas.viewport().width() / 2 - _MARGIN) / canvas.zoom
        canvas.centerOn(
            contents.left() + across, (first if first.isValid() else contents).center().y()
        )

    def show_live(self, run: RunState) -> None:
        """Show a run's counts and states on the canvas."""
        document = self._session.document
        counts = {e: n for e, n in run.edge_counts.items() if e in document.edges}
        nodes = {i: _live(n, run.figures(i)) for i, n in run.nodes.items() if i in document.nodes}
        self._window.canvas.scene().set_live(counts, nodes)


def _centred(place: Point) -> Point:
    """Return where a card's upper left goes for its middle to be at `place`, on the grid."""
    x, y = place[0] - CARD_WIDTH / 2, place[1] - _HALF_HEIGHT
    return round(x / GRID) * GRID, round(y / GRID) * GRID


def _live(node: NodeRun, figures: Figures) -> NodeLive:
    state = _STATES[node.state]
    return NodeLive(state, figures.rows_in or 0, figures.rows_out, figures.rejected)
