"""Our own icons: outlines of 24 by 24 units that take any colour and stay sharp at any scale."""

from functools import cache, lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from summit_studio.core.resources import resource

UNKNOWN = "unknown"
"""The icon drawn where a name has none of its own, as a plug-in's may."""

_SIZES = (16, 20, 24, 32, 40, 48, 64, 96)


def icon(name: str, colour: QColor | str) -> QIcon:
    """Return an icon in a colour, with the sizes that widgets on plain and dense screens ask for.

    Args:
        name: A file name in `resources/icons` without its ending; others show `unknown`.
        colour: Takes the place of `currentColor`.
    """
    made = QIcon()
    for size in _SIZES:
        made.addPixmap(pixmap(name, colour, size))
    faded = QColor(colour)
    faded.setAlphaF(faded.alphaF() * 0.4)
    for size in _SIZES:
        made.addPixmap(pixmap(name, faded, size), QIcon.Mode.Disabled)
    return made


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
    known = name in _known()
    return resource(f"icons/{name if known else UNKNOWN}.svg").read_text("utf-8")
