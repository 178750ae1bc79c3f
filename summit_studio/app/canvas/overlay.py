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
from summit_studio.app.canvas.geometry import CARD_WIDTH, XY, Spot, bounds, compact, curve
from summit_studio.app.canvas.guides import Line
from summit_studio.app.canvas.node_item import NodeItem
from summit_studio.app.canvas.port_names import Count, Label, Named, labels
from summit_studio.app.canvas.style import NAMES_ZOOM, Stage
from summit_studio.document.model import Edge

_ABOVE = 10.0
_NAMES = _ABOVE - 1
_BEHIND_TEXT = -2.75
"""Behind cards, notes and counts, before frames."""
_MARGIN = 8.0
_NAME_ROOM = 160.0
_MOST_NAMED = 40
_PADDING = 12
_NEAR = 60.0
"""So far above and beneath a port its name may stand."""


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

    def show_between(
        self, start: XY, end: XY, free: XY, refusal: str = "", *, waits: bool = False
    ) -> None:
        """Show an edge; `free` is the end that follows the pointer.

        `refusal` says why it may not end there, and is told beside that end. An edge that `waits`
        for an answer strikes through no text: it runs behind cards, notes and counts.
        """
        # The names of ports stay readable, too; only a refusal lies over all else.
        self.setZValue(_BEHIND_TEXT if waits else _ABOVE if refusal else _NAMES - 1)
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
        self.setZValue(_NAMES)
        self.setVisible(False)

    def show_for(self, nodes: Sequence[NodeItem | FrameItem]) -> None:
        """Name the ports of these nodes, of the first few where there are many."""
        self._nodes = nodes[:_MOST_NAMED] if self._stage.zoom >= NAMES_ZOOM else []
        self.setVisible(bool(self._nodes))
        if self._nodes:
            rect = QRectF()
            for node in self._nodes:
                rect |= QRectF(node.left, node.top, CARD_WIDTH, node.card.height)
            self.setRect(rect.adjusted(-_NAME_ROOM, -_NEAR, _NAME_ROOM, _NEAR))
            self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the names."""
        del option, widget
        style = self._stage.style
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.small_font)
        for label in self.labels():
            left, top, right, bottom = label.box
            pill = QRectF(left, top, right - left, bottom - top)
            painter.setPen(style.border)
            painter.setBrush(style.card_raised)
            painter.drawRoundedRect(pill, 5, 5)
            painter.setPen(style.danger if label.rejected else style.muted)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, label.text)

    def labels(self) -> list[Label]:
        """Return the names as they are drawn."""
        metrics = self._stage.style.small_metrics
        ports = [self._named(node, spot) for node in self._nodes for spot in node.card.spots]
        return labels(ports, lambda text: metrics.horizontalAdvance(text) + _PADDING)

    def _named(self, node: NodeItem | FrameItem, spot: Spot) -> Named:
        metrics = self._stage.style.small_metrics
        name = metrics.elidedText(spot.port.name, Qt.TextElideMode.ElideRight, _NAME_ROOM - 32)
        x, y = place = node.left + spot.x, node.top + spot.y
        far = _NAME_ROOM if spot.output else -_NAME_ROOM
        near = min(x, x + far), y - _NEAR, max(x, x + far), y + _NEAR
        counts = [
            Count(box, compact(count), _ends_at(node, spot, edge))
            for edge, box in self._stage.crowd.pills.items_within(near)
            if (count := self._stage.counts.get(edge)) is not None
        ]
        return Named(name, place, spot.output, spot.port.kind == "rejected", counts)


def _ends_at(item: NodeItem | FrameItem, spot: Spot, edge: Edge) -> bool:
    """Return True of an edge that begins or ends at a port of a card."""
    ref = edge.source if spot.output else edge.target
    if isinstance(item, FrameItem):
        return str(ref) == spot.port.name
    return (ref.node, ref.port) == (item.node.id, spot.port.name)
