"""A frame on the scene: a titled area behind its nodes, or collapsed one card in their place."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.face import NodeFace, NodeLive, NodeState, PortFace
from summit_studio.app.canvas.folding import Fold
from summit_studio.app.canvas.geometry import CARD_WIDTH, XY, compact, shape_of
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.node_painter import Words, paint_full, paint_plain
from summit_studio.app.canvas.note_item import GRIP, paint_grip
from summit_studio.app.canvas.room import Box as Room
from summit_studio.app.canvas.routing import BELOW
from summit_studio.app.canvas.style import Detail, Stage
from summit_studio.app.look.icons import pixmap
from summit_studio.app.look.words import mark, tr
from summit_studio.core.problems import Severity
from summit_studio.document.model import Box, Frame, PortRef

UNTITLED = mark("Frame")
_BEHIND = -3.0
_HEAD = 34.0
_BORDER = 6.0
_RADIUS = 10.0
_SIGN = 16.0
_SIGN_LEFT = 10.0
_TITLE_LEFT = 32.0
_TILE = QRectF(14, 14, 36, 36)
_MARGIN = 9.0
_SIDE = 6.0
_STACK = 5.0
_WORST = (NodeState.FAILED, NodeState.RUNNING, NodeState.PAUSED, NodeState.CANCELLED)
"""The states of nodes that a collapsed frame shows, the first that one of them is in."""
_GRAVE = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class FrameItem(QGraphicsRectItem):
    """Holds what is shown of a frame; only the scene makes, changes and owns it."""

    least = (128, 80)

    def __init__(self, stage: Stage, frame_id: str, frame: Frame) -> None:
        super().__init__()
        self.stage = stage
        self.id = frame_id
        self.shown = frame
        self.fold: Fold | None = None
        self.members: Sequence[NodeItem] = ()
        self.box = frame.box
        self.left, self.top = float(frame.box[0]), float(frame.box[1])
        self._chosen = False
        self.hovered = False
        self.target = False
        self.badge = ""
        self.lit: frozenset[str] = frozenset()
        self.pinned = ""
        self.off = ""
        self.words: Words | None = None
        self.far_title: tuple[QFont, QStaticText, float] | None = None
        self.face = NodeFace("", "", "", "")
        self.card = shape_of(self.face)

    @property
    def dimmed(self) -> bool:
        """True while all that it holds is dimmed."""
        return bool(self.members) and all(m.dimmed for m in self.members)

    @property
    def collapsed(self) -> bool:
        """True where one card stands for all that it holds."""
        return self.fold is not None

    @property
    def selected(self) -> bool:
        """True if it is selected, or a node in it while it is collapsed."""
        return self._chosen or (self.collapsed and any(m.selected for m in self.members))

    @selected.setter
    def selected(self, chosen: bool) -> None:
        self._chosen = chosen

    @property
    def title(self) -> str:
        """What it is called."""
        return self.shown.title or tr(UNTITLED)

    def show_frame(self, frame: Frame, fold: Fold | None, members: Sequence[NodeItem]) -> None:
        """Take a changed frame, with what it stands for where it is collapsed."""
        self.shown, self.fold, self.members = frame, fold, members
        self.words = self.far_title = None
        self.setZValue(0.0 if self.collapsed else _BEHIND)
        if fold is not None:
            count = len(fold.nodes)
            noun = tr("node") if count == 1 else tr("nodes")
            self.face = NodeFace(
                self.title, f"{count} {noun}", "frame", "chevron-right",
                tuple(PortFace(str(ref), "input") for ref in fold.inputs),
                tuple(PortFace(str(r), "rejected" if r.port == "rejected" else "output")
                      for r in fold.outputs),
            )  # fmt: skip
            self.card = shape_of(self.face)
        self.show_box(frame.box)
        self.update()

    def show_box(self, box: Box) -> None:
        """Take another place and size."""
        self.box = box
        if self.collapsed:
            height = self.card.height
            self.setRect(-_MARGIN, -_MARGIN, CARD_WIDTH + 2 * _MARGIN, height + _MARGIN + BELOW)
        else:
            self.setRect(-_BORDER, -_BORDER, box[2] + 2 * _BORDER, box[3] + 2 * _BORDER)
        self.move_to(box[0], box[1])

    def move_to(self, x: float, y: float) -> None:
        """Stand somewhere else; what it holds is the scene's business."""
        self.left, self.top = x, y
        self.setPos(x, y)

    @property
    def frame(self) -> QRectF:
        """What it takes of the scene: its area, or the card that stands for it."""
        if self.collapsed:
            return QRectF(self.left, self.top, CARD_WIDTH, self.card.height)
        return QRectF(self.left, self.top, self.box[2], self.box[3])

    @property
    def middle(self) -> XY:
        """The middle of that."""
        frame = self.frame
        return frame.center().x(), frame.center().y()

    @property
    def room(self) -> Room:
        """What the card of a collapsed one takes, with its marks and the counts beneath it."""
        right, bottom = self.left + CARD_WIDTH + _SIDE, self.top + self.card.height + BELOW
        return self.left - _SIDE, self.top - _MARGIN, right, bottom

    def port_place(self, ref: PortRef, *, output: bool) -> XY:
        """Return where an edge of a port inside crosses the border of a collapsed frame."""
        spot = self.card.spot(str(ref), output=output)
        if spot is None:
            x, y = (CARD_WIDTH if output else 0.0), self.card.height / 2
        else:
            x, y = spot.x, spot.y
        return self.left + x, self.top + y

    def covers(self, x: float, y: float) -> bool:
        """Return True of a place of the scene where it is taken hold of: its title and border."""
        frame = self.frame
        inside = frame.contains(x, y)
        if self.collapsed or not inside:
            return inside
        slack = _BORDER * max(1.0, 1.0 / self.stage.zoom)
        within = frame.adjusted(slack, max(slack, _HEAD), -slack, -slack)
        return not within.contains(x, y) or self.on_grip(x, y)

    def on_sign(self, x: float, y: float) -> bool:
        """Return True of a place on what collapses and opens it."""
        if self.collapsed:
            return _TILE.contains(x - self.left, y - self.top)
        sign = QRectF(_SIGN_LEFT - 4, 4, _SIGN + 8, _HEAD - 4)
        return sign.contains(x - self.left, y - self.top)

    def on_grip(self, x: float, y: float) -> bool:
        """Return True of a place on the corner that resizes it."""
        frame, reach = self.frame, GRIP * max(1.0, 1.0 / self.stage.zoom)
        near = frame.right() - x <= reach and frame.bottom() - y <= reach
        return not self.collapsed and frame.contains(x, y) and near

    def tip(self) -> str:
        """Return what goes into a collapsed frame and out of it."""
        if self.fold is None:
            return ""
        lines = [tr("In: {edge}", edge=edge) for edge in self.fold.entering]
        lines += [tr("Out: {edge}", edge=edge) for edge in self.fold.leaving]
        return "\n".join((self.title, *lines))

    @property
    def severity(self) -> Severity | None:
        """The worst that was found at a node in it."""
        found = {m.severity for m in self.members}
        return next((s for s in _GRAVE if s in found), None)

    @property
    def letters(self) -> str:
        """How many dead letters wait at its nodes, in short."""
        count = sum(m.dead_letters for m in self.members)
        return compact(count) if count else ""

    @property
    def live(self) -> NodeLive | None:
        """What the run at hand says of its nodes together: the worst state, and rows in and out."""
        lives = [m.live for m in self.members if m.live is not None]
        if not lives or self.fold is None:
            return None
        states = {live.state for live in lives}
        done = NodeState.DONE if states == {NodeState.DONE} else NodeState.IDLE
        counts = self.stage.counts
        return NodeLive(
            next((s for s in _WORST if s in states), done),
            sum(counts.get(e, 0) for e in self.fold.entering),
            sum(counts.get(e, 0) for e in self.fold.leaving if e.source.port != "rejected"),
            sum(live.rejected for live in lives),
        )

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the area with its title, or the card that stands for it."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.collapsed:
            self._paint_card(painter)
        else:
            self._paint_area(painter)

    def _paint_card(self, painter: QPainter) -> None:
        tint = self.stage.style.tint(self.shown.colour or "grey")
        painter.setPen(tint.border)
        painter.setBrush(tint.sheet)
        behind = QRectF(_STACK, _STACK, CARD_WIDTH - 2 * _STACK, self.card.height)
        painter.drawRoundedRect(behind, 8, 8)
        if self.stage.detail is Detail.FULL:
            paint_full(painter, self)
        else:
            paint_plain(painter, self)

    def _paint_area(self, painter: QPainter) -> None:
        style = self.stage.style
        tint = style.tint(self.shown.colour or "grey")
        area = QRectF(0, 0, self.box[2], self.box[3])
        painter.setPen(style.focus if self.selected or self.target else tint.border)
        painter.setBrush(tint.area)
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        full = self.stage.detail is Detail.FULL
        font = style.title_font if full else style.far_font(self.stage.zoom)
        scale = max(1.0, self.stage.zoom) * self.stage.pixel_ratio
        sign = pixmap("chevron-down", style.theme.muted, round(_SIGN * scale))
        place = QRectF(_SIGN_LEFT, (_HEAD - _SIGN) / 2 + 1, _SIGN, _SIGN)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, sign, QRectF(sign.rect()))
        painter.setFont(font)
        painter.setPen(style.text if self.shown.title else style.muted)
        room = QRectF(_TITLE_LEFT, 1, area.width() - _TITLE_LEFT - 12, _HEAD)
        title = QFontMetricsF(font).elidedText(
            self.title, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(
            room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), title
        )
        if self.selected or self.hovered:
            paint_grip(painter, area, tint.border)

    def title_room(self) -> QRectF:
        """Return where the title stands, in the scene."""
        frame = self.frame
        return QRectF(
            QPointF(frame.left() + _TITLE_LEFT - 6, frame.top() + 3), frame.topRight()
        ).adjusted(0, 0, -8, _HEAD - 6)
