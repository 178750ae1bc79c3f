"""What the actions on the bends of edges do: one is put, or selected, or taken off."""

from PySide6.QtCore import QObject, QRectF, Slot

from summit_studio.app.canvas.bending import bend, longest, without
from summit_studio.app.canvas.geometry import along
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.session.selection import Bend, Selection
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
    def on_next_bend(self) -> None:
        """Select the next bend of the edge that is selected, or that has the bend which is."""
        self._session.bridge.flush()
        chosen, led = self._session.selection, self._session.document.layout.edges
        last = chosen.bends[-1] if chosen.bends else Bend(chosen.edges[-1], -1)
        places = led.get(last.edge, ())
        if not places:
            self._canvas.refuse(tr("The edge has no bend."))
            return
        number = (last.number + 1) % len(places)
        self._canvas.select(Selection(bends=(Bend(last.edge, number),)))
        x, y = places[number]
        self._canvas.ensure_seen(QRectF(x, y, 0, 0))

    @Slot()
    def on_drop_bends(self) -> None:
        """Take the selected bends off, and all those of the selected edges."""
        self._session.bridge.flush()
        chosen, led = self._session.selection, self._session.document.layout.edges
        steps: list[Edit] = [bend(e, ()) for e in chosen.edges if e in led]
        for edge in dict.fromkeys(b.edge for b in chosen.bends if b.edge not in chosen.edges):
            numbers = [b.number for b in chosen.bends if b.edge == edge]
            steps.append(bend(edge, without(led[edge], numbers)))
        if not steps:
            self._canvas.refuse(tr("No selected edge has a bend."))
            return
        one = len(steps) == 1
        self._canvas.commit(steps[0] if one else Compound(tr("Straighten edges"), tuple(steps)))
