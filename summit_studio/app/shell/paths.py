"""What leads to a node and what follows from it, lit on the canvas."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.connecting import reachable
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.app.shell.status import Status
from summit_studio.document.model import Document, Edge


class Paths(QObject):
    """Lights the paths of the selected nodes until Escape, whatever is selected or edited then."""

    def __init__(
        self, session: Session, canvas: CanvasView, status: Status, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._status = status
        self._nodes: tuple[str, ...] = ()
        session.bridge.changed.connect(self._changed)
        canvas.path_left.connect(self._left)

    @Slot()
    def on_path(self) -> None:
        """Light what leads to the selected nodes and what follows from them."""
        self._nodes = self._session.selection.nodes
        before, after, _ = self._light()
        count = len(self._nodes)
        who = (
            self._session.title_of(self._nodes[0])
            if count == 1
            else tr("{count} nodes", count=count)
        )
        self._status.tell(
            tr(
                "{who}: {before:,} before, {after:,} behind. Escape shows all again.",
                who=who,
                before=before,
                after=after,
            )
        )

    @Slot(object)
    def _changed(self, _change: object) -> None:
        if not self._nodes:
            return
        known = self._session.document.nodes
        self._nodes = tuple(i for i in self._nodes if i in known)
        if self._nodes:
            self._light()
        else:
            self._canvas.leave_path()

    @Slot()
    def _left(self) -> None:
        self._nodes = ()

    def _light(self) -> tuple[int, int, frozenset[Edge]]:
        """Light the paths; return how many nodes are before and behind, and the edges."""
        document = self._session.document
        before, after, edges = paths_of(document, self._nodes)
        self._canvas.scene().show_path({*before, *after, *self._nodes}, edges)
        return len(before), len(after), edges


def paths_of(
    document: Document, node_ids: Iterable[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[Edge]]:
    """Return the nodes that lead to some, those that follow from them, and the edges between.

    An edge that goes past them, from one that leads there to one that follows, is none of these.
    """
    own = frozenset(node_ids)
    up = frozenset(n for i in own for n in reachable(document.edges, i, backward=True)) | own
    down = frozenset(n for i in own for n in reachable(document.edges, i)) | own
    edges = frozenset(e for e in document.edges if e.target.node in up or e.source.node in down)
    return up - own, down - own, edges
