"""What may be dropped on the canvas: node types, tables of databases, and local files."""

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.camera import Camera
from summit_studio.app.canvas.requests import FilesDropped, NodeDropped, TablesDropped
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.session.addresses import TABLES_MIME, Address, unpacked

NODE_TYPE_MIME = "application/x-summit-node-type"
"""A library item being dragged: its type id as UTF-8."""


class DropZone(Camera):
    """Tells what was dropped: `node_dropped` carries a NodeDropped, `files_dropped` a FilesDropped.

    `tables_dropped` carries a TablesDropped. A node type dropped on an edge is told with that edge,
    to be put into it.
    """

    node_dropped = Signal(object)
    tables_dropped = Signal(object)
    files_dropped = Signal(object)

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take node types, tables and local files."""
        data = event.mimeData()
        if _type_id(data) or _tables(data) or files_of(data):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the edge that a node would be put into, or whose rows would be written."""
        if _type_id(event.mimeData()) or _tables(event.mimeData()):
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
        elif tables := _tables(event.mimeData()):
            self.scene().aim_at(None)
            self.tables_dropped.emit(self._told(tables, event))
        elif files:
            self.files_dropped.emit(FilesDropped(files, place))
        event.acceptProposedAction()

    def _told(self, tables: tuple[Address, ...], event: QDropEvent) -> TablesDropped:
        """Return what tables were dropped on; Shift means that rows are written into them."""
        found = self.scene().hit(*self.exact(event.position()))
        node = found.node.node.id if found.node is not None else None
        port, forward = found.port, found.spot is None or found.spot.output
        if found.edge is not None:
            port = found.edge.edge.source
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        write = True if shift else None
        place = self.place(event.position().toPoint())
        return TablesDropped(tables, place, write, node, port, forward)


def _tables(data: QMimeData) -> tuple[Address, ...]:
    return unpacked(bytes(data.data(TABLES_MIME).data()))


def _type_id(data: QMimeData) -> str:
    return bytes(data.data(NODE_TYPE_MIME).data()).decode("utf-8", "replace")


def files_of(data: QMimeData) -> tuple[Path, ...]:
    """Return the local files and folders that are dragged."""
    return tuple(Path(u.toLocalFile()) for u in data.urls() if u.isLocalFile())
