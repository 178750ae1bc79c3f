"""An edge on the scene: one item, its path cached."""

from math import hypot, inf

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from summit_studio.app.canvas.geometry import XY, Curve, bounds, compact
from summit_studio.app.canvas.routing import PILL_HALF, PILL_HEIGHT
from summit_studio.app.canvas.style import Detail, Stage
from summit_studio.document.model import Edge, Point

_BENEATH = -1.0
_MARGIN = 4.0
_PADDING, _STEP = 10, 4
_LONG = 150.0
"""From this width on a pill, wherever on the curve it stands, does not reach beyond it."""

_FULL = Detail.FULL
_SMOOTH = QPainter.RenderHint.Antialiasing
_NO_BRUSH = Qt.BrushStyle.NoBrush

_BEND, _CHOSEN_BEND = 4.0, 5.0
_BEND_REACH = 9.0


class EdgeItem(QGraphicsRectItem):
    """Holds what is shown of an edge; only the scene makes, changes and owns it.

    Its own coordinates are those of the scene.
    """

    def __init__(self, stage: Stage, edge: Edge, way: Curve, *, rejected: bool) -> None:
        super().__init__()
        self.stage = stage
        self.edge = edge
        self.rejected = rejected
        self.selected = False
        self.hovered = False
        self.target = False
        self.doomed = False
        self.hidden = False
        self.folded = False
        self.curve: Curve = (0.0,) * 8
        self.bends: tuple[Point, ...] = ()
        self.chosen: frozenset[int] = frozenset()
        self._path: QPainterPath | None = None
        self._pill: XY | None = None
        self._placed = False
        self.lay(way)

    def lay(self, way: Curve, bends: tuple[Point, ...] = ()) -> None:
        """Run along a curve of the scene, through bends."""
        self.bends = bends
        if way == self.curve:
            return
        self.curve, self._path = way, None
        # A turn that must pass a narrow gap passes beneath the count that stands there.
        self.setZValue(_BENEATH - 0.5 * self.rejected - self.backward)
        self.forget_pill()
        left, top, width, height = bounds(way)
        # Room for the stroke, and for the pill: on a long edge it stands well within.
        side = _MARGIN if width > _LONG and not self.bends else max(_MARGIN, PILL_HALF)
        end = PILL_HEIGHT / 2 + 2
        self.setRect(left - side, top - end, width + 2 * side, height + 2 * end)

    @property
    def backward(self) -> bool:
        """True if it has to go round cards."""
        return self.curve[-2] < self.curve[0]

    def bend_at(self, x: float, y: float, slack: float = 1.0) -> int | None:
        """Return the number of the bend at a place, or None."""
        away = [(hypot(bx - x, by - y), i) for i, (bx, by) in enumerate(self.bends)]
        nearest, number = min(away, default=(inf, 0))
        return number if nearest <= _BEND_REACH * slack else None

    def choose_bends(self, numbers: frozenset[int]) -> None:
        """Show these bends as selected, and no others."""
        self.chosen = numbers
        self.update()

    @property
    def pill(self) -> XY | None:
        """The middle of the pill, found when first drawn; None where there is no room for one.

        Also None where this frame has placed enough of them: the next one goes on.
        """
        if not self._placed and self.stage.may_place():
            self._placed = True
            self._pill = self.stage.crowd.pill_place(self.edge, self.curve)
        return self._pill

    def forget_pill(self) -> None:
        """Look for the pill's place anew when it is next drawn."""
        self._pill = None
        if self._placed:
            self._placed = False
            self.stage.crowd.pills.drop(self.edge)

    @property
    def count(self) -> int | None:
        """How many rows the run at hand has sent along it."""
        return self.stage.counts.get(self.edge)

    @property
    def fill(self) -> int:
        """The step of how full its queue is in the run at hand; 0 for empty and for none."""
        return self.stage.fills.get(self.edge, 0)

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
        full = self.stage.detail is _FULL
        painter.setRenderHint(_SMOOTH, full)
        painter.setPen(self._pen())
        painter.setBrush(_NO_BRUSH)
        painter.drawPath(self.path)
        if self.bends and full and (self.hovered or self.selected or self.chosen):
            self._paint_bends(painter)
        count = self.count if full else None
        if count is not None and not self.stage.spotlight.dims(self.edge):
            self._paint_count(painter, count)

    def _paint_bends(self, painter: QPainter) -> None:
        style = self.stage.style
        for number, place in enumerate(self.bends):
            chosen = number in self.chosen
            painter.setPen(style.edge_selected if chosen else self._pen())
            painter.setBrush(style.port_lit if chosen else style.card)
            size = _CHOSEN_BEND if chosen else _BEND
            painter.drawEllipse(QPointF(*place), size, size)

    def _pen(self) -> QPen:
        style = self.stage.style
        if self.doomed:
            return style.edge_cut
        if self.target:
            return style.edge_target
        spotlight = self.stage.spotlight
        if self.selected or spotlight.lights(self.edge):
            return style.edge_selected
        if spotlight.dims(self.edge):
            return style.edge_dimmed
        if self.fill:
            return (style.rejected_fills if self.rejected else style.fills)[self.fill - 1]
        if self.rejected:
            return style.edge_rejected
        return style.edge_hover if self.hovered else style.edge

    def _paint_count(self, painter: QPainter, count: int) -> None:
        style, place = self.stage.style, self.pill
        if place is None:
            return
        text = compact(count)
        # Widths in steps: counts that run would else call for another picture at every digit.
        wide = style.small_metrics.horizontalAdvance(text)
        width = -(-(wide + _PADDING) // _STEP) * _STEP
        x, y = place
        pill = QRectF(x - width / 2, y - PILL_HEIGHT / 2, width, PILL_HEIGHT)
        self.stage.sprites.paint(painter, pill, ("pill", width), self.stage, _paint_pill)
        painter.setFont(style.small_font)
        painter.setPen(style.danger if self.rejected else style.text)
        painter.drawText(QPointF(x - wide / 2, y + style.small_middle), text)


def _paint_pill(painter: QPainter, key: tuple[object, ...], stage: Stage, room: QRectF) -> None:
    del key
    painter.setPen(stage.style.border)
    painter.setBrush(stage.style.card)
    painter.drawRoundedRect(room, PILL_HEIGHT / 2, PILL_HEIGHT / 2)


def path_of(c: Curve) -> QPainterPath:
    """Return cubics as a path."""
    path = QPainterPath(QPointF(c[0], c[1]))
    for i in range(2, len(c), 6):
        path.cubicTo(*c[i : i + 6])
    return path
