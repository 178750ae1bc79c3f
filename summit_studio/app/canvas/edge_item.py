"""An edge on the scene: one item, its path cached."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.geometry import XY, Curve, along, bounds, compact, curve
from summit_studio.app.canvas.style import Detail, Stage
from summit_studio.document.model import Edge

_BENEATH = -1.0
_MARGIN = 4.0
_PILL_HALF = 30.0
PILL_HEIGHT = 18.0


class EdgeItem(QGraphicsRectItem):
    """Holds what is shown of an edge; only the scene makes, changes and owns it.

    Its own coordinates are those of the scene.
    """

    def __init__(self, stage: Stage, edge: Edge, start: XY, end: XY, *, rejected: bool) -> None:
        super().__init__()
        self.stage = stage
        self.edge = edge
        self.rejected = rejected
        self.selected = False
        self.hovered = False
        self.target = False
        self.hidden = False
        self.curve: Curve = (0.0,) * 8
        self._path: QPainterPath | None = None
        self.setZValue(_BENEATH - 0.5 if rejected else _BENEATH)
        self.lay(start, end)

    def lay(self, start: XY, end: XY) -> None:
        """Run between two places of the scene."""
        c = curve(*start, *end)
        if c == self.curve:
            return
        self.curve, self._path = c, None
        left, top, width, height = bounds(c)
        x, y = along(c, 0.5)
        # Room for the stroke, and for the pill in the middle.
        right, bottom = max(left + width, x + _PILL_HALF), max(top + height, y + PILL_HEIGHT / 2)
        left, top = min(left, x - _PILL_HALF), min(top, y - PILL_HEIGHT / 2)
        self.setRect(
            left - _MARGIN, top - _MARGIN, right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN
        )

    @property
    def count(self) -> int | None:
        """How many rows the run at hand has sent along it."""
        return self.stage.counts.get(self.edge)

    @property
    def path(self) -> QPainterPath:
        """The cubic, made when first drawn."""
        if self._path is None:
            self._path = path_of(self.curve)
        return self._path

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Draw the cubic and, where text can be read, its live count."""
        del option, widget
        if self.hidden:
            return
        full = self.stage.detail is Detail.FULL
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, full)
        painter.setPen(self._pen())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self.path)
        count = self.count if full else None
        if count is not None:
            self._paint_count(painter, count)

    def _pen(self) -> QPen:
        style = self.stage.style
        if self.target:
            return style.edge_target
        if self.selected:
            return style.edge_selected
        if self.rejected:
            return style.edge_rejected
        return style.edge_hover if self.hovered else style.edge

    def _paint_count(self, painter: QPainter, count: int) -> None:
        style = self.stage.style
        text = compact(count)
        # Widths in steps: counts that run would else call for another picture at every digit.
        width = -(-(style.small_metrics.horizontalAdvance(text) + 14) // 8) * 8
        x, y = along(self.curve, 0.5)
        pill = QRectF(x - width / 2, y - PILL_HEIGHT / 2, width, PILL_HEIGHT)
        self.stage.sprites.paint(painter, pill, ("pill", width), self.stage, _paint_pill)
        painter.setFont(style.small_font)
        painter.setPen(style.danger if self.rejected else style.text)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


def _paint_pill(painter: QPainter, key: tuple[object, ...], stage: Stage, room: QRectF) -> None:
    del key
    painter.setPen(stage.style.border)
    painter.setBrush(stage.style.card)
    painter.drawRoundedRect(room, PILL_HEIGHT / 2, PILL_HEIGHT / 2)


def path_of(c: Curve) -> QPainterPath:
    """Return a cubic as a path."""
    path = QPainterPath(QPointF(c[0], c[1]))
    path.cubicTo(c[2], c[3], c[4], c[5], c[6], c[7])
    return path
