"""What lies over nodes and edges for a moment: the edge being drawn, the band, port names."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import (
    QGraphicsPathItem,
    QGraphicsRectItem,
    QStyleOptionGraphicsItem,
    QWidget,
)

from summit_studio.app.canvas.edge_item import path_of
from summit_studio.app.canvas.frame_item import FrameItem
from summit_studio.app.canvas.geometry import CARD_WIDTH, XY, bounds, curve
from summit_studio.app.canvas.guides import Line
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.style import NAMES_ZOOM, Stage

_ABOVE = 10.0
_MARGIN = 8.0
_NAME_ROOM = 160.0
_MOST_NAMED = 40
_PILL_HEIGHT = 18.0


class GhostItem(QGraphicsRectItem):
    """The edge that follows the pointer."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._curve = curve(0, 0, 0, 0)
        self._free: XY = (0.0, 0.0)
        self.refusal = ""
        self.setZValue(_ABOVE)
        self.setVisible(False)

    def show_between(self, start: XY, end: XY, free: XY, refusal: str = "") -> None:
        """Show an edge; `free` is the end that follows the pointer.

        `refusal` says why it may not end there, and is told beside that end.
        """
        self._curve, self._free, self.refusal = curve(*start, *end), free, refusal
        left, top, width, height = bounds(self._curve)
        rect = QRectF(left, top, width, height)
        rect = rect.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
        if refusal:
            said, scale = self._words_room(), 1 / self._stage.zoom
            rect |= QRectF(
                free[0], free[1], scale * (said.right() + 2), scale * (said.bottom() + 2)
            )
        self.setRect(rect)
        self.setVisible(True)
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the edge and the dot at its free end."""
        del option, widget
        style = self._stage.style
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.ghost_refused if self.refusal else style.ghost)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path_of(self._curve))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.port_rejected if self.refusal else style.port_lit)
        painter.drawEllipse(QPointF(*self._free), 4, 4)
        if self.refusal:
            self._say(painter)

    def _words_room(self) -> QRectF:
        """Return what the words take, in pixels of the view from the free end."""
        width = self._stage.style.small_metrics.horizontalAdvance(self.refusal) + 20
        return QRectF(14, 14, width, 26)

    def _say(self, painter: QPainter) -> None:
        style, scale, room = self._stage.style, 1 / self._stage.zoom, self._words_room()
        painter.save()
        painter.translate(*self._free)
        painter.scale(scale, scale)
        painter.setPen(style.border)
        painter.setBrush(style.card_raised)
        painter.drawRoundedRect(room, 6, 6)
        painter.setFont(style.small_font)
        painter.setPen(style.danger)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.refusal)
        painter.restore()


class StrokeItem(QGraphicsPathItem):
    """The stroke that cuts edges; drawn by Qt itself."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self.setZValue(_ABOVE)
        self.setVisible(False)

    def show_stroke(self, places: list[XY]) -> None:
        """Show the stroke through these places."""
        self.setPen(self._stage.style.stroke)
        self.setPath(_through(places))
        self.setVisible(True)


def _through(places: list[XY]) -> QPainterPath:
    path = QPainterPath(QPointF(*places[0]))
    for place in places[1:]:
        path.lineTo(*place)
    return path


class BandItem(QGraphicsRectItem):
    """The rectangle that selects what it touches; drawn by Qt itself."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self.setZValue(_ABOVE)
        self.setVisible(False)

    def show_band(self, rect: QRectF) -> None:
        """Show the band."""
        self.setPen(self._stage.style.band)
        self.setBrush(self._stage.style.band_fill)
        self.setRect(rect)
        self.setVisible(True)


class GuidesItem(QGraphicsPathItem):
    """The lines that what is dragged comes to stand on; drawn by Qt itself."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self.setZValue(_ABOVE)
        self.setVisible(False)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show lines; without any it is not seen."""
        path = QPainterPath()
        for x1, y1, x2, y2 in lines:
            path.moveTo(x1, y1)
            path.lineTo(x2, y2)
        self.setPen(self._stage.style.guide)
        self.setPath(path)
        self.setVisible(bool(lines))


class NamesItem(QGraphicsRectItem):
    """Port names beside the nodes hovered or selected, from 0.8 zoom."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage
        self._nodes: Sequence[NodeItem | FrameItem] = []
        self.setZValue(_ABOVE - 1)
        self.setVisible(False)

    def show_for(self, nodes: Sequence[NodeItem | FrameItem]) -> None:
        """Name the ports of these nodes, of the first few where there are many."""
        self._nodes = nodes[:_MOST_NAMED] if self._stage.zoom >= NAMES_ZOOM else []
        self.setVisible(bool(self._nodes))
        if self._nodes:
            rect = QRectF()
            for node in self._nodes:
                rect |= QRectF(node.left, node.top, CARD_WIDTH, node.card.height)
            self.setRect(rect.adjusted(-_NAME_ROOM, -_MARGIN, _NAME_ROOM, _MARGIN))
            self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the names."""
        del option, widget
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._stage.style.small_font)
        for node in self._nodes:
            for spot in node.card.spots:
                place = QPointF(node.left + spot.x, node.top + spot.y)
                rejected = spot.port.kind == "rejected"
                self._name(painter, spot.port.name, place, output=spot.output, rejected=rejected)

    def _name(
        self, painter: QPainter, name: str, place: QPointF, *, output: bool, rejected: bool
    ) -> None:
        style = self._stage.style
        elided = style.small_metrics.elidedText(name, Qt.TextElideMode.ElideRight, _NAME_ROOM - 32)
        width = style.small_metrics.horizontalAdvance(elided) + 12
        left = place.x() + 10 if output else place.x() - 10 - width
        pill = QRectF(left, place.y() - _PILL_HEIGHT / 2, width, _PILL_HEIGHT)
        painter.setPen(style.border)
        painter.setBrush(style.card_raised)
        painter.drawRoundedRect(pill, 5, 5)
        painter.setPen(style.danger if rejected else style.muted)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, elided)
