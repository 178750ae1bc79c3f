"""The canvas as a picture for elsewhere: SVG with its texts as text, or pixels for PNG."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.look.theme import Theme
from summit_studio.document.model import Document, Layout

_MARGIN = 24.0
_ICONS = 4.0
"""Pixels of an icon for each of the scene's: pictures are enlarged elsewhere."""
_SCALE = 2.0
_LARGEST_SIDE: Final = 16_000
_MOST_PIXELS: Final = 80_000_000
"""A picture of more is made smaller: hardly a program opens it."""
_DOTS_PER_INCH = 96


class Print:
    """A scene as it is drawn for a picture: nothing selected, pointed at, dimmed or out of view.

    Call it on the thread of the user interface.

    Args:
        shown: The scene whose document is drawn; it stays as it is.
        theme: Whose colours.
        nodes: Of which nodes; None for the whole pipeline with its notes.
        run: With the states and counts of the run that is shown.
    """

    def __init__(
        self,
        shown: CanvasScene,
        theme: Theme,
        nodes: Collection[str] | None = None,
        *,
        run: bool = False,
    ) -> None:
        self._theme = theme
        self._scene = shown.twin(theme)
        self._scene.set_zoom(1.0, _ICONS)
        self._scene.show_document(_part(shown, nodes))
        if run:
            self._scene.set_live(shown.stage.counts, shown.stage.lives)

    @property
    def room(self) -> QRectF:
        """What the picture shows of the scene: cards, notes and edges, with a margin."""
        items = self._scene.shown
        room = items.contents()
        # Counts stand beneath the cards, and a card without any looks better in the middle.
        counted = items.nodes.values() if self._scene.stage.lives else ()
        for part in (*items.edges.values(), *counted):
            room |= part.sceneBoundingRect()
        return room.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)

    def image(self, largest: QSize | None = None) -> QImage:
        """Return the picture in pixels, two for each of the scene's.

        Args:
            largest: Into which it is to fit, in pixels; by default what programs can open.
        """
        room = self.room
        most = largest or QSize(_LARGEST_SIDE, _LARGEST_SIDE)
        scale = min(
            _SCALE,
            most.width() / room.width(),
            most.height() / room.height(),
            (_MOST_PIXELS / (room.width() * room.height())) ** 0.5,
        )
        size = QSize(max(round(room.width() * scale), 1), max(round(room.height() * scale), 1))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(image)
        self._draw(painter, QRectF(image.rect()), room)
        painter.end()
        return image

    def png(self) -> bytes:
        """Return the picture as a PNG file."""
        held = QByteArray()
        buffer = QBuffer(held)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.image().save(buffer, "PNG")  # type: ignore[call-overload]
        buffer.close()
        return bytes(held.data())

    def svg(self, title: str) -> bytes:
        """Return the picture as an SVG file; where a font is missing, another takes its place."""
        room = self.room
        held = QByteArray()
        buffer = QBuffer(held)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setResolution(_DOTS_PER_INCH)
        size = QSize(round(room.width()), round(room.height()))
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(title)
        generator.setDescription("Drawn by Summit Studio")
        painter = QPainter(generator)
        self._draw(painter, QRectF(0, 0, size.width(), size.height()), room)
        painter.end()
        buffer.close()
        family = self._theme.font().family()
        text = bytes(held.data()).decode()
        named = f'font-family="{family}"'
        return text.replace(named, f'font-family="{family}, sans-serif"').encode()

    def close(self) -> None:
        """Let the items go; nothing can be drawn then."""
        self._scene.clear()
        self._scene.deleteLater()

    def _draw(self, painter: QPainter, place: QRectF, room: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        painter.fillRect(place, self._scene.stage.style.canvas)
        self._scene.render(painter, place, room)


def _part(shown: CanvasScene, nodes: Collection[str] | None) -> Document:
    """Return what is drawn of a document, each node where it is shown now."""
    document = shown.document
    places = shown.shown.places()
    if nodes is None:
        return replace(document, layout=replace(document.layout, nodes=places))
    edges = tuple(e for e in document.edges if {e.source.node, e.target.node} <= set(nodes))
    bends = document.layout.edges
    return replace(
        document,
        nodes={i: n for i, n in document.nodes.items() if i in nodes},
        edges=edges,
        notes={},
        layout=Layout(
            {i: place for i, place in places.items() if i in nodes},
            edges={e: bends[e] for e in edges if e in bends},
        ),
    )
