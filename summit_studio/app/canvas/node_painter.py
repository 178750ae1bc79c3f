"""Draws node cards: all of it from 0.6 zoom, shapes and colours without text below."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from summit_studio.app.canvas.face import NodeState
from summit_studio.app.canvas.geometry import CARD_WIDTH, PORT_RADIUS, Spot, compact
from summit_studio.app.canvas.style import Style
from summit_studio.app.icons import pixmap
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from summit_studio.app.canvas.node_item import NodeItem

_RADIUS = 8.0
_TILE = 36.0
_INSET = 14.0
_ICON = 20.0
_TEXT_LEFT = _INSET + _TILE + 10
_TEXT_WIDTH = CARD_WIDTH - _TEXT_LEFT - 14
_BADGE = 16.0
_MARK = 8.0
_ELIDE = Qt.TextElideMode.ElideRight
_CENTRE = Qt.AlignmentFlag.AlignCenter
_NO_PEN = Qt.PenStyle.NoPen
_NO_BRUSH = Qt.BrushStyle.NoBrush


def paint_full(painter: QPainter, item: "NodeItem") -> None:
    """Draw a card with icon, text, ports and marks."""
    style = item.stage.style
    rect = QRectF(0, 0, CARD_WIDTH, item.card.height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if item.dimmed:
        painter.setOpacity(0.45)
    _paint_card(painter, item, style, rect)
    top = rect.height() / 2 - _TILE / 2 if rect.height() < 100 else 14.0
    _paint_tile(painter, item, style, top)
    _paint_words(painter, item, style, top)
    for spot in item.card.spots:
        _paint_port(painter, item, style, spot)
    _paint_marks(painter, item, style, rect)


def paint_plain(painter: QPainter, item: "NodeItem") -> None:
    """Draw a card as a shape with its category colour; text would be too small to read."""
    style = item.stage.style
    rect = QRectF(0, 0, CARD_WIDTH, item.card.height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(style.focus if item.selected else _outline(item, style))
    painter.setBrush(style.card)
    painter.drawRect(rect)
    painter.fillRect(QRectF(0, 0, 28, rect.height()), style.tile(item.face.category))
    if item.severity is not None:
        colour = QColor(style.severity[item.severity])
        painter.fillRect(QRectF(CARD_WIDTH - 24, 0, 24, 24), colour)


def _outline(item: "NodeItem", style: Style) -> QPen:
    if item.live is not None and item.live.state in style.ring:
        return style.ring[item.live.state]
    if not item.face.known:
        return style.dashed
    return style.border_hover if item.hovered else style.border


def _paint_card(painter: QPainter, item: "NodeItem", style: Style, rect: QRectF) -> None:
    painter.setPen(_NO_PEN)
    painter.setBrush(style.shadow)
    painter.drawRoundedRect(rect.translated(0, 2), _RADIUS, _RADIUS)
    if item.selected:
        painter.setPen(style.halo)
        painter.setBrush(_NO_BRUSH)
        outer = rect.adjusted(-2.5, -2.5, 2.5, 2.5)
        painter.drawRoundedRect(outer, _RADIUS + 2, _RADIUS + 2)
    state = item.live.state if item.live is not None else NodeState.IDLE
    plain = state not in style.ring
    painter.setPen(style.focus if item.selected and plain else _outline(item, style))
    painter.setBrush(style.card)
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)


def _paint_tile(painter: QPainter, item: "NodeItem", style: Style, top: float) -> None:
    tile = QRectF(_INSET, top, _TILE, _TILE)
    colour = style.theme.category(item.face.category)
    painter.setPen(_NO_PEN)
    painter.setBrush(style.tile(item.face.category))
    painter.drawRoundedRect(tile, _RADIUS, _RADIUS)
    scale = max(1.0, item.stage.zoom) * item.stage.pixel_ratio
    picture = _icon(item.face.icon, style.theme.ink_on(colour), scale)
    inset = (_TILE - _ICON) / 2
    place = QRectF(tile.x() + inset, tile.y() + inset, _ICON, _ICON)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))


def _icon(name: str, colour: str, scale: float) -> QPixmap:
    # A few sizes only, so that zooming does not draw each icon anew at every step.
    size = next((s for s in (1.0, 1.5, 2.0, 3.0, 4.0) if s >= scale), 6.0)
    return pixmap(name, colour, round(_ICON * size))


def _paint_words(painter: QPainter, item: "NodeItem", style: Style, top: float) -> None:
    if item.words is None:
        face = item.face
        room = _TEXT_WIDTH - (_BADGE + 2 if face.badge else 0)
        item.words = (
            style.title_metrics.elidedText(face.title, _ELIDE, _TEXT_WIDTH),
            style.small_metrics.elidedText(face.summary, _ELIDE, room),
        )
    title, summary = item.words
    painter.setFont(style.title_font)
    painter.setPen(style.text if item.face.known else style.muted)
    painter.drawText(QPointF(_TEXT_LEFT, top + (14 if summary else 23)), title)
    if summary:
        painter.setFont(style.small_font)
        painter.setPen(style.muted)
        painter.drawText(QPointF(_TEXT_LEFT, top + 31), summary)


def _paint_port(painter: QPainter, item: "NodeItem", style: Style, spot: Spot) -> None:
    centre = QPointF(spot.x, spot.y)
    lit = f"{'out' if spot.output else 'in'}:{spot.port.name}" in item.lit
    if lit:
        painter.setPen(_NO_PEN)
        painter.setBrush(style.port_glow)
        painter.drawEllipse(centre, PORT_RADIUS + 6, PORT_RADIUS + 6)
    painter.setPen(style.port_rim)
    rejected = spot.port.kind == "rejected"
    painter.setBrush(style.port_lit if lit else style.port_rejected if rejected else style.port)
    painter.drawEllipse(centre, PORT_RADIUS, PORT_RADIUS)


def _paint_marks(painter: QPainter, item: "NodeItem", style: Style, rect: QRectF) -> None:
    if item.face.badge:
        _paint_badge(painter, style, item.face.badge, rect)
    if item.severity is not None:
        _paint_problem(painter, style, item.severity, rect)
    live = item.live
    if live is None:
        return
    if live.state in style.state:
        _paint_state(painter, style, live.state, rect)
    rows = live.rows_out if item.face.outputs else live.rows_in
    if live.state is not NodeState.IDLE or rows or live.rejected:
        _paint_rows(painter, style, rows, live.rejected, rect)


def _paint_badge(painter: QPainter, style: Style, letter: str, rect: QRectF) -> None:
    badge = QRectF(rect.right() - _BADGE - 10, rect.bottom() - _BADGE - 9, _BADGE, _BADGE)
    painter.setPen(style.border)
    painter.setBrush(style.card_raised)
    painter.drawRoundedRect(badge, 4, 4)
    painter.setFont(style.tiny_font)
    painter.setPen(style.muted)
    painter.drawText(badge, _CENTRE, letter)


def _paint_problem(painter: QPainter, style: Style, severity: Severity, rect: QRectF) -> None:
    centre = QPointF(rect.left() + 1, rect.top() + 1)
    colour = style.severity[severity]
    painter.setPen(style.port_rim)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(centre, _MARK, _MARK)
    painter.setFont(style.tiny_font)
    painter.setPen(QColor(style.theme.ink_on(colour)))
    sign = "i" if severity is Severity.INFO else "!"
    painter.drawText(QRectF(centre.x() - _MARK, centre.y() - _MARK, 16, 16), _CENTRE, sign)


def _paint_state(painter: QPainter, style: Style, state: NodeState, rect: QRectF) -> None:
    """Draw a sign in the upper right corner: colour alone must not carry the state."""
    x, y = rect.right() - 1, rect.top() + 1
    colour = style.state[state]
    painter.setPen(style.port_rim)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(x, y), _MARK, _MARK)
    pen = QPen(QColor(style.theme.ink_on(colour)), 1.75)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(_NO_BRUSH)
    for stroke in _SIGNS[state]:
        painter.drawPolyline([QPointF(x + a, y + b) for a, b in stroke])


_SIGNS: dict[NodeState, tuple[tuple[tuple[float, float], ...], ...]] = {
    NodeState.RUNNING: (((-1.8, -2.8), (2.6, 0), (-1.8, 2.8), (-1.8, -2.8)),),
    NodeState.DONE: (((-3.2, 0.3), (-1, 2.6), (3.2, -2.3)),),
    NodeState.FAILED: (((-2.6, -2.6), (2.6, 2.6)), ((2.6, -2.6), (-2.6, 2.6))),
    NodeState.CANCELLED: (((-3, 0), (3, 0)),),
}


def _paint_rows(painter: QPainter, style: Style, rows: int, rejected: int, rect: QRectF) -> None:
    base = rect.bottom() + 15
    text = f"{compact(rows)} row{'' if rows == 1 else 's'}"
    painter.setFont(style.small_font)
    painter.setPen(style.muted)
    painter.drawText(QPointF(_INSET, base), text)
    if rejected:
        metrics: QFontMetricsF = style.small_metrics
        left = _INSET + metrics.horizontalAdvance(text + "  ")
        painter.setPen(style.danger)
        painter.drawText(QPointF(left, base), f"{compact(rejected)} rejected")
