"""Drawing an edge from a port, or taking an edge's end off to put it elsewhere."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from summit_studio.app.canvas.connecting import Connector, Drawing
from summit_studio.app.canvas.gestures.base import Gesture, Pointer
from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.look.words import tr
from summit_studio.document.edits import RemoveEdge

if TYPE_CHECKING:
    from summit_studio.app.canvas.geometry import XY
    from summit_studio.app.canvas.workbench import Workbench
    from summit_studio.document.model import PortRef


class ConnectGesture(Gesture):
    """Shows where the edge may end, and ends it there."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view: "Workbench", drawing: Drawing) -> None:
        super().__init__(view)
        self._drawing = drawing
        self._connector: Connector | None = None
        self._free: PortRef | None = None
        self._reason = ""

    def move(self, at: Pointer) -> None:
        """Run the ghost edge to the pointer, or to the port it would take."""
        if not self.passes(at):
            return
        if self._connector is None:
            self._take_hold()
        self._find(at)
        end: XY = (at.x, at.y)
        forward = self._drawing.forward
        if self._free is not None and not self._reason:
            end = self.scene.spot_of(self._free, output=not forward)
        held = self.scene.spot_of(self._drawing.fixed, output=forward)
        start, stop = (held, end) if forward else (end, held)
        self.scene.ghost.show_between(start, stop, end, self._reason)

    def end(self, at: Pointer) -> None:
        """Commit one edit, or ask for a node to put at the open end."""
        if not self.dragging or self._connector is None:
            return
        self._find(at)
        connector, reason, free = self._connector, self._reason, self._free
        self.cancel()
        if reason:
            self.view.refuse(reason)
        elif free is not None:
            edit = connector.edit(free)
            if edit is not None:
                self.view.commit(edit)
        elif self._drawing.replacing is not None:
            self.view.commit(RemoveEdge(self._drawing.replacing))
        else:
            place = (round(at.x), round(at.y))
            self.view.add_requested.emit(
                AddRequest(place, at.screen, self._drawing.fixed, self._drawing.forward)
            )

    def cancel(self) -> None:
        """Take the ghost and the lights away."""
        if self._connector is not None:
            self._connector = None
            self.scene.ghost.setVisible(False)
            self.scene.unlight()
            self.scene.hide_edge(None)

    def _take_hold(self) -> None:
        scene = self.scene
        faces = {i: n.face for i, n in scene.shown.nodes.items()}
        self._connector = Connector(scene.document, faces, self._drawing)
        scene.hide_edge(self._drawing.replacing)
        held = self._drawing.fixed.node
        forward = self._drawing.forward
        scene.light(self._connector.candidates(), outputs=not forward, held=held)

    def _find(self, at: Pointer) -> None:
        """Find the port the pointer means, and why it may not be taken."""
        self._free, self._reason = None, ""
        found = self.scene.hit(at.x, at.y)
        if self._connector is None or found.node is None:
            return
        node_id = found.node.node.id
        if found.spot is not None and found.spot.output is not self._drawing.forward:
            self._free = found.port
        else:
            self._free = self._connector.port_of(node_id)
        if self._free is not None:
            self._reason = self._connector.refusal(self._free)
        elif node_id == self._drawing.fixed.node:
            self._reason = tr("A node cannot feed itself.")
        else:
            self._reason = self._connector.why_none(node_id)
