"""The whole pipeline, small, in a corner of the canvas, with a frame around what is in view."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.camera import Camera
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.tints import Tint
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.bridge import Bridge
from summit_studio.app.session.settings import Settings

_QUIET_MS = 60
_MARGIN = 12
_WIDEST, _HIGHEST = 180, 120
_LEAST = 36
_PAD = 6
_LEAST_CANVAS = QSize(480, 280)
_SMALLEST = QSizeF(2, 2)
_SHADE = 24


class Minimap(QWidget):
    """Seen where not all is in view; a click or a drag in it moves the view.

    Args:
        canvas: What is looked at; this lies over its lower right corner.
        bridge: Tells when the document changes.
        settings: Remember whether a person wants it.
    """

    def __init__(self, canvas: Camera, bridge: Bridge, settings: Settings) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._settings = settings
        self._world = QRectF()
        self._picture = QPixmap()
        self._stale = True
        self._debounce = Debounce(_QUIET_MS, self.refresh, self)
        self.setAccessibleName(tr("Overview of the canvas"))
        self.setToolTip(tr("Click or drag to look elsewhere"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        canvas.view_changed.connect(self._moved)
        bridge.changed.connect(self._changed)
        canvas.installEventFilter(self)
        self.hide()

    @Slot(bool)
    def on_minimap(self, on: bool) -> None:  # noqa: FBT001 - as the action sends it
        """Show it where it is of use, or never."""
        self._settings.minimap = on
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what there is now, where that is wanted and not all in view."""
        if self._stale:
            self._measure()
        canvas = self._canvas
        roomy = (
            canvas.width() >= _LEAST_CANVAS.width() and canvas.height() >= _LEAST_CANVAS.height()
        )
        hidden = not self._world.isEmpty() and not self._seen().contains(self._world)
        self.setVisible(self._settings.minimap and roomy and hidden)
        self.move(
            canvas.width() - self.width() - _MARGIN, canvas.height() - self.height() - _MARGIN
        )
        covered = self.geometry() if self.isVisibleTo(canvas) else QRect()
        if covered != canvas.covered:
            canvas.covered = covered
            self._clear()
        self.update()

    def _clear(self) -> None:
        """Let the view give way where this has come to lie over the selected card."""
        chosen = self._canvas.scene().selected_nodes()
        if len(chosen) == 1:
            frame = self._canvas.scene().shown.nodes[chosen[0]].frame
            if self._canvas.mapFromScene(frame).boundingRect().intersects(self._canvas.covered):
                self._canvas.glide_to(chosen[0])

    @Slot(object)
    def set_theme(self, _theme: object) -> None:
        """Draw in another theme's colours."""
        self._stale = True
        self.refresh()

    @Slot()
    def _moved(self) -> None:
        self._debounce.ask()
        if self.isVisible():
            self.update()

    @Slot(object)
    def _changed(self, _change: object) -> None:
        self._stale = True
        self._debounce.ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look whether it is of use, as the canvas shows itself."""
        if event.type() == QEvent.Type.Show:
            self._debounce.ask()
        return super().eventFilter(watched, event)

    def _seen(self) -> QRectF:
        return self._canvas.mapToScene(self._canvas.viewport().rect()).boundingRect()

    def _measure(self) -> None:
        """Take the size that the pipeline calls for, and forget how it looked."""
        self._stale = False
        self._picture = QPixmap()
        self._world = self._canvas.scene().contents()
        if self._world.isEmpty():
            return
        room = QSize(_WIDEST - 2 * _PAD, _HIGHEST - 2 * _PAD)
        scale = min(room.width() / self._world.width(), room.height() / self._world.height())
        width, height = self._world.width() * scale, self._world.height() * scale
        self.resize(max(_LEAST, round(width)) + 2 * _PAD, max(_LEAST, round(height)) + 2 * _PAD)

    def _scale(self) -> float:
        across = (self.width() - 2 * _PAD) / self._world.width()
        return min(across, (self.height() - 2 * _PAD) / self._world.height())

    def _map(self, rect: QRectF) -> QRectF:
        """Return where something of the scene is drawn."""
        scale, middle = self._scale(), QPointF(self.rect().center())
        place = (rect.topLeft() - self._world.center()) * scale + middle
        return QRectF(place.x(), place.y(), rect.width() * scale, rect.height() * scale)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the cards, made once, and the frame over them."""
        del event
        if self._world.isEmpty():
            return
        ratio = self.devicePixelRatioF()
        if self._picture.isNull() or self._picture.devicePixelRatio() != ratio:
            self._draw(ratio)
        theme = self._canvas.scene().stage.style.theme
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        wash = QColor(theme.accent)
        wash.setAlpha(_SHADE)
        painter.setBrush(wash)
        painter.setPen(QPen(QColor(theme.accent), 1.5))
        inside = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRect(self._map(self._seen()).intersected(inside))
        painter.end()

    def _draw(self, ratio: float) -> None:
        self._picture = QPixmap(self.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        theme = self._canvas.scene().stage.style.theme
        self._picture.fill(QColor(theme.surface))
        shown = self._canvas.scene().shown
        painter = QPainter(self._picture)
        painter.setPen(Qt.PenStyle.NoPen)
        for frame in shown.frames.values():
            tint = Tint.of(theme, frame.shown.colour or "grey")
            painter.setPen(QColor(tint.border))
            painter.setBrush(QColor(tint.sheet if frame.collapsed else tint.area))
            painter.drawRect(self._dot(frame.frame))
        painter.setPen(Qt.PenStyle.NoPen)
        for note in (n for n in shown.notes.values() if not n.folded):
            painter.setBrush(QColor(Tint.of(theme, note.colour).border))
            painter.drawRect(self._dot(note.frame))
        by_category: dict[str, list[QRectF]] = {}
        for node in (n for n in shown.nodes.values() if not n.folded):
            by_category.setdefault(node.face.category, []).append(self._dot(node.frame))
        for category, dots in by_category.items():
            painter.setBrush(QColor(category_colour(theme, category)))
            painter.drawRects(dots)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(theme.border_strong))
        painter.drawRect(QRect(0, 0, self.width() - 1, self.height() - 1))
        painter.end()

    def _dot(self, frame: QRectF) -> QRectF:
        """Return a card as it is drawn: never too small to be seen."""
        dot = self._map(frame)
        return QRectF(dot.topLeft(), dot.size().expandedTo(_SMALLEST))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at what lies there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._canvas.leap_to(self._place(event.position()), self._canvas.zoom)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look about while the button is held."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._canvas.look_at(self._place(event.position()), self._canvas.zoom)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take it as two clicks: the canvas beneath must not add a node."""
        event.accept()

    def _place(self, spot: QPointF) -> QPointF:
        """Return the place of the scene that is drawn at a spot."""
        return (spot - QPointF(self.rect().center())) / self._scale() + self._world.center()
