"""What may be dropped on the canvas: node types from the library, and local files."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.camera import Camera
from summit_studio.app.canvas.requests import FilesDropped, NodeDropped
from summit_studio.app.canvas.scene import CanvasScene

NODE_TYPE_MIME = "application/x-summit-node-type"
"""A library item being dragged: its type id as UTF-8."""


class DropZone(Camera):
    """Tells what was dropped: `node_dropped` carries a NodeDropped, `files_dropped` a FilesDropped.

    A node type dropped on an edge is told with that edge, to be put into it.
    """

    node_dropped = Signal(object)
    files_dropped = Signal(object)

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take node types and local files."""
        if _type_id(event.mimeData()) or files_of(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the edge that a node would be put into."""
        if _type_id(event.mimeData()):
            found = self.scene().hit(*self.exact(event.position()))
            self.scene().aim_at(found.edge)
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Aim at nothing."""
        del event
        self.scene().aim_at(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell the window what was dropped, and where."""
        place = self.place(event.position().toPoint())
        type_id = _type_id(event.mimeData())
        files = files_of(event.mimeData())
        if type_id:
            found = self.scene().hit(*self.exact(event.position()))
            edge = found.edge.edge if found.edge is not None else None
            self.scene().aim_at(None)
            self.node_dropped.emit(NodeDropped(type_id, place, edge))
        elif files:
            self.files_dropped.emit(FilesDropped(files, place))
        event.acceptProposedAction()


def _type_id(data: QMimeData) -> str:
    return bytes(data.data(NODE_TYPE_MIME).data()).decode("utf-8", "replace")


def files_of(data: QMimeData) -> tuple[Path, ...]:
    """Return the local files and folders that are dragged."""
    return tuple(Path(u.toLocalFile()) for u in data.urls() if u.isLocalFile())
