"""A pipeline as a small picture: its cards in their colours, and the lines between them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from summit_studio.app.canvas.arrange import places
from summit_studio.app.canvas.bending import through
from summit_studio.app.canvas.edge_item import path_of
from summit_studio.app.canvas.folding import folds_of
from summit_studio.app.canvas.geometry import CARD_HEIGHT, CARD_WIDTH
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.tints import Tint
from summit_studio.core.schema import REJECTED
from summit_studio.document.model import Document, Edge, Frame, Node

_MARGIN = 10
_RADIUS = 2.5
_STRIPE = 0.22
_OUT = 3.0
_LARGEST = 0.28
_FRAME = "frame:"


def picture(
    document: Document,
    category: Callable[[Node], str],
    theme: Theme,
    size: QSize,
    ratio: float = 1.0,
) -> QPixmap:
    """Return a picture of a pipeline; that of one without nodes is empty.

    Args:
        document: Its nodes and their places; those without one are given one.
        category: What kind of node each is: decides its colour.
        theme: Whose colours.
        size: In logical pixels.
        ratio: Pixels of the screen for each of them.
    """
    drawn = QPixmap(size * ratio)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(theme.canvas))
    cards = {i: QRectF(*place, CARD_WIDTH, CARD_HEIGHT) for i, place in places(document).items()}
    if not cards:
        return drawn
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frames = document.layout.frames
    hidden = {n: i for i, fold in folds_of(document).items() for n in fold.nodes}
    shown = {i: card for i, card in cards.items() if i not in hidden}
    shown |= {_FRAME + i: _area(frame) for i, frame in frames.items()}
    led = {
        _bend(e, n): b for e, bends in document.layout.edges.items() for n, b in enumerate(bends)
    }
    shown = _fitted(shown | {key: QRectF(*place, 1, 1) for key, place in led.items()}, size)
    cards = {i: shown[_FRAME + hidden[i] if i in hidden else i] for i in cards}
    for frame_id, frame in frames.items():
        if not frame.collapsed:
            _sheet(painter, shown[_FRAME + frame_id], theme, frame)
    for edge in document.edges:
        ends = (cards.get(edge.source.node), cards.get(edge.target.node))
        if ends[0] is not None and ends[1] is not None and ends[0] is not ends[1]:
            colour = theme.danger if edge.source.port == REJECTED else theme.edge
            painter.setPen(QPen(QColor(colour), 1))
            count = len(document.layout.edges.get(edge, ()))
            bends = [shown[_bend(edge, n)].topLeft() for n in range(count)]
            painter.drawPath(_way(ends[0], bends, ends[1]))
    for frame_id, frame in frames.items():
        if frame.collapsed:
            _sheet(painter, shown[_FRAME + frame_id], theme, frame)
    for node_id, card in ((i, c) for i, c in cards.items() if i not in hidden):
        _card(painter, card, theme, theme.category(category(document.nodes[node_id])))
    painter.end()
    return drawn


def _area(frame: Frame) -> QRectF:
    x, y, width, height = frame.box
    return QRectF(x, y, CARD_WIDTH, CARD_HEIGHT) if frame.collapsed else QRectF(x, y, width, height)


def _sheet(painter: QPainter, area: QRectF, theme: Theme, frame: Frame) -> None:
    tint = Tint.of(theme, frame.colour or "grey")
    painter.setPen(QPen(QColor(tint.border), 1))
    painter.setBrush(QColor(tint.sheet if frame.collapsed else tint.area))
    painter.drawRoundedRect(area, _RADIUS, _RADIUS)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _fitted(cards: dict[str, QRectF], size: QSize) -> dict[str, QRectF]:
    """Return the cards as they fit into a picture, in its middle."""
    around = QRectF()
    for card in cards.values():
        around = around.united(card)
    wide, high = size.width() - 2 * _MARGIN, size.height() - 2 * _MARGIN
    scale = min(wide / around.width(), high / around.height(), _LARGEST)
    middle = QPointF(size.width() / 2, size.height() / 2)
    return {
        i: QRectF(
            middle.x() + (card.x() - around.center().x()) * scale,
            middle.y() + (card.y() - around.center().y()) * scale,
            card.width() * scale,
            card.height() * scale,
        )
        for i, card in cards.items()
    }


def _bend(edge: Edge, number: int) -> str:
    return f"bend:{edge}:{number}"


def _way(source: QRectF, bends: Sequence[QPointF], target: QRectF) -> QPainterPath:
    start = QPointF(source.right(), source.center().y())
    end = QPointF(target.left(), target.center().y())
    if bends:
        ends = (start.x(), start.y()), (end.x(), end.y())
        return path_of(through(ends[0], [(b.x(), b.y()) for b in bends], ends[1], _OUT))
    reach = QPointF(max(abs(end.x() - start.x()) / 2, 6), 0)
    way = QPainterPath(start)
    way.cubicTo(start + reach, end - reach, end)
    return way


def _card(painter: QPainter, card: QRectF, theme: Theme, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.surface))
    painter.drawRoundedRect(card, _RADIUS, _RADIUS)
    stripe = QRectF(card.topLeft(), card.bottomRight())
    stripe.setWidth(card.width() * _STRIPE)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(stripe, _RADIUS, _RADIUS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.border_strong), 1))
    painter.drawRoundedRect(card, _RADIUS, _RADIUS)
