"""What the action that names nodes after what they do does."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.document.edits import Compound, SetTitle


class Naming(QObject):
    """Gives the chosen nodes titles that say what they do, in one step.

    Args:
        session: What is open.
        canvas: Tells why nothing was named.
    """

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas

    @Slot()
    def on_name_after(self) -> None:
        """Name what is chosen; titles that were given by hand stay."""
        session = self._session
        session.bridge.flush()
        titles = session.names.after_deeds(session.document, session.selection.nodes)
        if not titles:
            self._canvas.refuse(tr("Nodes that were named by hand, or are not set up, stay so."))
            return
        edits = tuple(SetTitle(node_id, title) for node_id, title in titles.items())
        label = tr("Name {count} nodes after what they do", count=len(edits))
        session.do(edits[0] if len(edits) == 1 else Compound(label, edits))
