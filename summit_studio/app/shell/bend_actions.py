"""What the actions on the bends of edges do: one is put, all are taken off."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.bending import bend, longest
from summit_studio.app.canvas.geometry import along
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.document.edits import Compound, Edit


class BendActions(QObject):
    """Leads the selected edges through bends, or straight on again."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas

    @Slot()
    def on_add_bend(self) -> None:
        """Put a bend on the selected edge: where its menu was asked for, or halfway."""
        self._session.bridge.flush()
        edge = self._session.selection.edges[-1]
        item = self._canvas.scene().shown.edges.get(edge)
        if item is None:
            return
        asked = self._canvas.take_menu_place()
        if asked is not None and item.bend_at(*asked) is not None:
            self._canvas.refuse(tr("The edge has a bend there already."))
            return
        x, y = asked or along(longest(item.curve), 0.5)
        self._canvas.bend_or_straighten(edge, (round(x), round(y)))

    @Slot()
    def on_drop_bends(self) -> None:
        """Take all bends off the selected edges."""
        self._session.bridge.flush()
        led = self._session.document.layout.edges
        steps: list[Edit] = [bend(e, ()) for e in self._session.selection.edges if e in led]
        if not steps:
            self._canvas.refuse(tr("No selected edge has a bend."))
            return
        one = len(steps) == 1
        self._canvas.commit(steps[0] if one else Compound(tr("Straighten edges"), tuple(steps)))
