"""A node on the scene: one item without children, drawn by `node_painter`."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.face import DeliveryFace, NodeFace, NodeLive
from summit_studio.app.canvas.geometry import CARD_WIDTH, XY, compact, shape_of
from summit_studio.app.canvas.node_painter import (
    Words,
    badge_room,
    fitting_badge,
    letters_room,
    mark_room,
    paint_full,
    paint_plain,
)
from summit_studio.app.canvas.room import Box
from summit_studio.app.canvas.routing import BELOW
from summit_studio.app.canvas.style import Detail, Stage
from summit_studio.app.look.words import mark, tr
from summit_studio.document.model import BYPASSED, DISABLED, Node

if TYPE_CHECKING:
    from summit_studio.core.problems import Severity

_NOT_RUN = mark("not run")
_PINNED = "pinned"
_TOLD = {
    DISABLED: mark("Disabled: it does not run, nor does what depends on it alone."),
    BYPASSED: mark("Bypassed: rows go past it unchanged."),
}
_MARGIN = 9.0
_SIDE = 6.0
"""So far do ports stick out."""


class NodeItem(QGraphicsRectItem):
    """Holds what is shown of a node; only the scene makes, changes and owns it.

    A rectangle item, so that Qt asks for its bounds without calling into Python.
    """

    def __init__(self, stage: Stage, node: Node, face: NodeFace, place: XY) -> None:
        super().__init__()
        self.stage = stage
        self.node = node
        self.face = face
        self.card = shape_of(face)
        self.left, self.top = place
        self.selected = False
        self.hovered = False
        self.severity: Severity | None = None
        self.delivery: DeliveryFace | None = None
        self._badge: tuple[object, str] | None = None
        self.dead_letters = 0
        self.skipped = ""
        self.pinned = ""
        self.lit: frozenset[str] = frozenset()
        self.unfit = False
        self.folded = False
        self.words: Words | None = None
        self.far_title: tuple[QFont, QStaticText, float] | None = None
        self._fit()
        self.setPos(*place)

    def show_face(self, node: Node, face: NodeFace) -> bool:
        """Take a changed node; return True if its ports may stand elsewhere now."""
        self.node = node
        if face == self.face:
            return False
        self.face, self.words, self.far_title = face, None, None
        shape, before = shape_of(face), self.card
        self.update()
        if shape == before:
            return False
        self.card = shape
        self._fit()
        return True

    def move_to(self, x: float, y: float) -> None:
        """Stand somewhere else; edges are the scene's business."""
        self.left, self.top = x, y
        self.setPos(x, y)

    def port_place(self, name: str, *, output: bool) -> XY:
        """Return where edges of a port end, in the scene; the middle of the side if unknown."""
        spot = self.card.spot(name, output=output)
        if spot is None:
            x, y = (CARD_WIDTH if output else 0.0), self.card.height / 2
        else:
            x, y = spot.x, spot.y
        return self.left + x, self.top + y

    @property
    def off(self) -> str:
        """Why it does not run, in a word or two; empty where it does."""
        if self.face.state in _TOLD:
            return self.face.state
        return tr(_NOT_RUN) if self.skipped else ""

    @property
    def badge(self) -> str:
        """What the badge says: that the node does not run, or how a sink delivers."""
        if self.off or self.pinned:
            return self.off or _PINNED
        told, face = self.delivery, self.face
        if told is None or not face.badge:
            return face.badge
        key = (told, face, self.letters, self.stage.style)
        if self._badge is None or self._badge[0] != key:
            self._badge = key, fitting_badge(face, told, self.stage.style, self.letters)
        return self._badge[1]

    @property
    def letters(self) -> str:
        """How many dead letters wait, in short."""
        return compact(self.dead_letters) if self.dead_letters else ""

    def on_letters(self, x: float, y: float) -> bool:
        """Return True if a place of the scene lies on the count of dead letters."""
        if not self.letters or self.stage.detail is not Detail.FULL:
            return False
        room = letters_room(self.stage.style, self.letters, self.badge, self.card.height)
        return room.contains(x - self.left, y - self.top)

    def tip_at(self, x: float, y: float) -> str:
        """Return what is told of a place of the scene: of badges and mark what they mean."""
        if self.on_letters(x, y):
            noun = tr("dead letter waits") if self.dead_letters == 1 else tr("dead letters wait")
            return tr(
                "{dead_letters:,} {noun} here. Click to look at them.",
                dead_letters=self.dead_letters,
                noun=noun,
            )
        live = self.live
        if live is not None and live.tip and mark_room().contains(x - self.left, y - self.top):
            return live.tip
        if not self.badge or not (self.delivery or self.off or self.pinned):
            return ""
        room = badge_room(self.stage.style, self.badge, self.card.height)
        if not room.contains(x - self.left, y - self.top):
            return ""
        if self.pinned and not self.off:
            return f"{self.pinned[:1].upper()}{self.pinned[1:]}."
        if self.off or self.delivery is None:
            if self.face.state in _TOLD:
                return tr(_TOLD[self.face.state])
            return tr("Does not run: {skipped}.", skipped=self.skipped)
        return self.delivery.tip

    @property
    def live(self) -> NodeLive | None:
        """What the run at hand says of the node."""
        return self.stage.lives.get(self.node.id)

    @property
    def dimmed(self) -> bool:
        """True while what is dragged does not fit here, or others are lit."""
        return self.unfit or self.stage.spotlight.dims(self.node.id)

    @property
    def middle(self) -> XY:
        """The middle of the card, in the scene."""
        return self.left + CARD_WIDTH / 2, self.top + self.card.height / 2

    @property
    def frame(self) -> QRectF:
        """The card, in the scene."""
        return QRectF(self.left, self.top, CARD_WIDTH, self.card.height)

    @property
    def box(self) -> Box:
        """What the card takes of the scene, with its marks and the counts beneath it."""
        right, bottom = self.left + CARD_WIDTH + _SIDE, self.top + self.card.height + BELOW
        return self.left - _SIDE, self.top - _MARGIN, right, bottom

    def covers(self, x: float, y: float) -> bool:
        """Return True if a place of the scene lies on the card."""
        inside = self.left <= x <= self.left + CARD_WIDTH
        return inside and self.top <= y <= self.top + self.card.height

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the card in the detail that the zoom calls for."""
        del option, widget
        if self.stage.detail is Detail.FULL:
            paint_full(painter, self)
        else:
            paint_plain(painter, self)

    def _fit(self) -> None:
        height = self.card.height
        self.setRect(-_MARGIN, -_MARGIN, CARD_WIDTH + 2 * _MARGIN, height + _MARGIN + BELOW)
