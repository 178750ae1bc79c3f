"""Pictures of what many items have in common, drawn once for a zoom and then only copied.

Drawing a card takes some 100 us, copying its picture 4: with 140 cards in view and all their
counters running that is most of a frame. Text differs and is drawn each time.
"""

from collections.abc import Callable
from math import ceil
from typing import Protocol, TypeVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

MARGIN = 12.0
"""Room around a picture for halo, shadow, ports and marks, in scene pixels."""

_MOST = 256
_LARGEST = 2.0

Key = tuple[object, ...]


class Frame(Protocol):
    """What a picture is drawn for; another zoom, screen or style needs another picture."""

    zoom: float
    pixel_ratio: float

    @property
    def style(self) -> object:
        """What it is drawn with."""


F = TypeVar("F", bound=Frame)
Draw = Callable[[QPainter, Key, F, QRectF], None]


class Sprites:
    """Holds the pictures of one zoom; another zoom, screen or style begins anew."""

    def __init__(self) -> None:
        self._known: dict[Key, QPixmap] = {}
        self._zoom = self._ratio = 0.0
        self._style: object = None

    def paint(self, painter: QPainter, room: QRectF, key: Key, stage: F, draw: Draw[F]) -> None:
        """Paint a picture at `room`, in the painter's coordinates; `draw` makes it if need be.

        Where cards are so large that few are in view, and where the scene is drawn at another
        scale than the view's, as into a file, `draw` paints directly.
        """
        transform = painter.worldTransform()
        zoom, ratio = stage.zoom, stage.pixel_ratio
        if zoom * ratio > _LARGEST or abs(transform.m11() - zoom) > 1e-6:
            draw(painter, key, stage, room)
            return
        sprite = self._find(key, stage, room, draw)
        across = transform.dx() + (room.x() - MARGIN) * zoom
        down = transform.dy() + (room.y() - MARGIN) * zoom
        # On whole pixels of the screen the picture is copied and not resampled.
        place = QPointF(round(across * ratio) / ratio, round(down * ratio) / ratio)
        painter.resetTransform()
        painter.drawPixmap(place, sprite)
        painter.setWorldTransform(transform)

    def _find(self, key: Key, stage: F, room: QRectF, draw: Draw[F]) -> QPixmap:
        zoom, ratio, style = stage.zoom, stage.pixel_ratio, stage.style
        other = zoom != self._zoom or ratio != self._ratio or style is not self._style
        if other or len(self._known) >= _MOST:
            self._known = {}
            self._zoom, self._ratio, self._style = zoom, ratio, style
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _sprite(key, stage, room, draw)
        return found


def _sprite(key: Key, stage: F, room: QRectF, draw: Draw[F]) -> QPixmap:
    scale = stage.zoom * stage.pixel_ratio
    width = ceil((room.width() + 2 * MARGIN) * scale)
    height = ceil((room.height() + 2 * MARGIN) * scale)
    sprite = QPixmap(width, height)
    sprite.fill(Qt.GlobalColor.transparent)
    painter = QPainter(sprite)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.translate(MARGIN - room.x(), MARGIN - room.y())
    draw(painter, key, stage, room)
    painter.end()
    sprite.setDevicePixelRatio(stage.pixel_ratio)
    return sprite
