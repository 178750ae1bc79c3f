"""What lies behind the items: the grid as one tiled picture, and the hint of an empty canvas."""

from math import floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from summit_studio.app.canvas.geometry import GRID
from summit_studio.app.canvas.style import OVERVIEW_ZOOM
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import mark, tr

HINT = mark("Drag a node from the library, or press / to search")
_STEPS = (3 * GRID, 6 * GRID, 12 * GRID)
_CLOSEST = 18.0
_DOT = 1.1


class Grid:
    """Dots at whole steps of the grid; the picture is made anew only when the zoom changes."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._tile = QPixmap()

    def paint(
        self, painter: QPainter, exposed: QRect, origin: QPointF, zoom: float, theme: Theme
    ) -> None:
        """Draw in device pixels.

        Args:
            painter: Without any transform.
            exposed: What to draw of the viewport.
            origin: Where the scene's origin is in the viewport.
            zoom: 1.0 being 100 %.
            theme: Gives the colour.
        """
        if zoom < OVERVIEW_ZOOM:
            return
        step = next((s for s in _STEPS if s * zoom >= _CLOSEST), _STEPS[-1])
        ratio = painter.device().devicePixelRatioF()
        size = max(8, round(step * zoom * ratio))
        self._make(size, ratio, theme)
        side = size / ratio
        x, y = exposed.x() - origin.x(), exposed.y() - origin.y()
        shift = QPointF(x - floor(x / side) * side, y - floor(y / side) * side)
        painter.drawTiledPixmap(QRectF(exposed), self._tile, shift)

    def _make(self, size: int, ratio: float, theme: Theme) -> None:
        key = (size, ratio, theme.grid)
        if key == self._key:
            return
        self._key = key
        tile = QPixmap(size, size)
        tile.fill(Qt.GlobalColor.transparent)
        tile.setDevicePixelRatio(ratio)
        painter = QPainter(tile)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.grid))
        side = size / ratio
        # A dot on each corner: the tiles' quarters make up whole ones.
        for x in (0.0, side):
            for y in (0.0, side):
                painter.drawEllipse(QPointF(x, y), _DOT, _DOT)
        painter.end()
        self._tile = tile


def paint_hint(painter: QPainter, room: QRect, theme: Theme) -> None:
    """Draw what a person can do on an empty canvas."""
    painter.setFont(theme.font(theme.HEADING))
    painter.setPen(QColor(theme.muted))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), tr(HINT))
