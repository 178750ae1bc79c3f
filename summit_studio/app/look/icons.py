"""Our own icons: outlines of 24 by 24 units that take any colour and stay sharp at any scale."""

from functools import cache, lru_cache
from typing import ClassVar

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from summit_studio.core.resources import resource

UNKNOWN = "unknown"
"""The icon drawn where a name has none of its own, as a plug-in's may."""

_FADED = 0.4


class _Engine(QIconEngine):
    """Draws an icon when and as large as it is asked for: most never are."""

    _held: ClassVar[list[QIconEngine]] = []
    """Clones, which Qt takes without holding them. It clones icons that are changed: none is."""

    def __init__(self, name: str, colour: QColor) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon as large as fits a size in device pixels."""
        del state
        colour = QColor(self._colour)
        if mode is QIcon.Mode.Disabled:
            colour.setAlphaF(colour.alphaF() * _FADED)
        return pixmap(self._name, colour, min(size.width(), size.height()))

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon in a rectangle, sharp on the painter's screen."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        drawn = self.pixmap(rect.size() * ratio, mode, state)
        drawn.setDevicePixelRatio(ratio)
        side = min(rect.width(), rect.height())
        room = QRect(0, 0, side, side)
        room.moveCenter(rect.center())
        painter.drawPixmap(room, drawn)

    def clone(self) -> QIconEngine:
        """Return another one of the same icon."""
        made = _Engine(self._name, self._colour)
        self._held.append(made)
        return made


def icon(name: str, colour: QColor | str) -> QIcon:
    """Return an icon in a colour, drawn in the sizes that it is asked for.

    Args:
        name: A file name in `resources/icons` without its ending; others show `unknown`.
        colour: Takes the place of `currentColor`.
    """
    return QIcon(_Engine(name, QColor(colour)))


def pixmap(name: str, colour: QColor | str, size: int) -> QPixmap:
    """Return an icon of `size` device pixels a side, from Qt's pixmap cache where it can."""
    tint = QColor(colour)
    key = f"summit-icon/{name}/{tint.rgba():x}/{size}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = _draw(name, tint, size)
        QPixmapCache.insert(key, found)
    return found


def known_icons() -> tuple[str, ...]:
    """Return the names of all icons, sorted."""
    return tuple(sorted(p.stem for p in resource("icons").glob("*.svg")))


@cache
def _known() -> frozenset[str]:
    return frozenset(known_icons())


def _draw(name: str, tint: QColor, size: int) -> QPixmap:
    drawn = QPixmap(QSize(size, size))
    drawn.fill(Qt.GlobalColor.transparent)
    # Alpha goes over the whole picture: strokes that cross must not show through each other.
    svg = _source(name).replace("currentColor", tint.name())
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    painter = QPainter(drawn)
    painter.setOpacity(tint.alphaF())
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawn


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    # A name comes from a plug-in, perhaps: nothing but a file in the folder is read.
    known = name in _known()
    return resource(f"icons/{name if known else UNKNOWN}.svg").read_text("utf-8")
