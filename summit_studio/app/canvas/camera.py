"""How the scene is looked at: zoom and place. A view is a camera and more."""

from collections.abc import Iterable

from PySide6.QtCore import (
    QEasingCurve,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QTimer,
    QVariantAnimation,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QGraphicsView, QWidget

from summit_studio.app.canvas.backdrop import Grid, paint_hint
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.document.model import Point

MIN_ZOOM, MAX_ZOOM = 0.05, 4.0
_STEP = 1.25
_MARGIN = 24
_EDGE = 32
_WIDE_EDGE = 88
_FIT_MOST = 1.0
_GLIDE_MS = 180
_FRAME_MS = 16


class SmoothScroll(QObject):
    """Moves a view smoothly; one that is hidden at once, for nobody would see it move."""

    def __init__(self, view: "Camera") -> None:
        super().__init__(view)
        self._view = view
        self._gone = self._way = QPointF()
        self._run = QVariantAnimation(self)
        self._run.setDuration(_GLIDE_MS)
        self._run.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._run.setStartValue(0.0)
        self._run.setEndValue(1.0)
        self._run.valueChanged.connect(self._step)

    def by(self, dx: int, dy: int) -> None:
        """Begin to move by so many pixels of the view."""
        self._run.stop()
        self._gone, self._way = QPointF(), QPointF(dx, dy)
        if not self._view.isVisible():
            self._step(1.0)
        elif dx or dy:
            self._run.start()

    def stop(self) -> None:
        """Stay here: somebody else moves the view."""
        self._run.stop()

    @Slot(object)
    def _step(self, share: float) -> None:
        to = self._way * share
        step = (to - self._gone).toPoint()
        self._gone += QPointF(step)
        self._view.scroll_by(step.x(), step.y())


class Camera(QGraphicsView):
    """Zooms about a place, pans, and fits.

    `zoom_changed` carries the zoom, 1.0 being 100 %. `view_changed` tells that something else is
    in view than before, `leaping` that the view is about to leave its place for a distant one.
    `covered` is what of the view lies beneath something else.
    """

    zoom_changed = Signal(object)
    view_changed = Signal()
    leaping = Signal()

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._shown_scene = scene
        self._zoom = 1.0
        self._grid = Grid()
        # What to fit again when the view's size changes, until a person looks elsewhere.
        self._fitted: tuple[str, ...] | None = None
        off = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(off)
        self.setVerticalScrollBarPolicy(off)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setInteractive(False)
        self._scroll = SmoothScroll(self)
        self._more = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._more.timeout.connect(self._draw_more)
        self.covered = QRect()
        self.centerOn(0, 0)

    def scene(self) -> CanvasScene:
        """Return the scene looked at."""
        return self._shown_scene

    @property
    def zoom(self) -> float:
        """The zoom, 1.0 being 100 %."""
        return self._zoom

    def zoom_in(self) -> None:
        """Zoom in a step about the middle."""
        self.set_zoom(self._zoom * _STEP)

    def zoom_out(self) -> None:
        """Zoom out a step about the middle."""
        self.set_zoom(self._zoom / _STEP)

    def reset_zoom(self) -> None:
        """Zoom to 100 % about the middle."""
        self.set_zoom(1.0)

    def set_zoom(self, zoom: float, about: QPoint | None = None) -> None:
        """Zoom so that what lies at a place of the view stays there."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        spot = self.viewport().rect().center() if about is None else about
        held = self.mapToScene(spot)
        self._look_at(zoom)
        away = self.mapFromScene(held) - spot
        self.pan(away.x(), away.y())

    def pan(self, dx: int, dy: int) -> None:
        """Move the view over the scene, in pixels of the view."""
        self._scroll.stop()
        self.scroll_by(dx, dy)

    def scroll_by(self, dx: int, dy: int) -> None:
        """Move the view, in its pixels, as a step of what moves it already."""
        self._fitted = None
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)

    def zoom_to_fit(self) -> None:
        """Show everything, at no more than 100 %."""
        self.leaping.emit()
        self._fit(())

    def zoom_to_selection(self) -> None:
        """Show the nodes selected and the ends of edges and bends; without any, everything."""
        chosen = self.scene().selection
        edges = (*chosen.edges, *(b.edge for b in chosen.bends))
        ends = [ref.node for e in edges for ref in (e.source, e.target)]
        self.leaping.emit()
        self._fit(dict.fromkeys([*chosen.nodes, *ends]))

    def center_on_node(self, node_id: str) -> None:
        """Bring a node to the middle; an unknown one changes nothing."""
        if node_id in self.scene().shown.nodes:
            self.leap_to(self.scene().shown.rect_of(node_id).center(), self._zoom)

    def leap_to(self, middle: QPointF, zoom: float) -> None:
        """Bring a place of the scene to the middle, at a zoom."""
        self.leaping.emit()
        self.look_at(middle, zoom)

    def look_at(self, middle: QPointF, zoom: float) -> None:
        """Bring a place to the middle, as a step of somebody who looks about or goes back."""
        self._fitted = None
        self._scroll.stop()
        if zoom != self._zoom:
            self._look_at(zoom)
        self.centerOn(middle)

    def ensure_shown(self, node_id: str) -> None:
        """Scroll as little as it takes to show a node."""
        if node_id in self.scene().shown.nodes:
            self.ensure_seen(self.scene().shown.rect_of(node_id))

    def ensure_seen(self, rect: QRectF) -> None:
        """Scroll as little as it takes to show a part of the scene."""
        frame = self.mapFromScene(rect).boundingRect()
        room = self.viewport().rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        dx = min(0, frame.left() - room.left()) or max(0, frame.right() - room.right())
        dy = min(0, frame.top() - room.top()) or max(0, frame.bottom() - room.bottom())
        if dx or dy:
            self.pan(dx, dy)

    def shows_everything(self) -> bool:
        """Return True if all that there is is in view."""
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        return seen.contains(self.scene().contents())

    def looked_at(self) -> str | None:
        """Return the node that a person looks at: one selected and in view, or the middle one."""
        scene, middle = self.scene(), self.middle()
        seen = self.mapToScene(self.viewport().rect()).boundingRect()
        shown = scene.shown
        chosen = (i for i in reversed(scene.selected_nodes()) if i in shown.nodes)
        found = next((i for i in chosen if seen.intersects(shown.rect_of(i))), None)
        return found or scene.nearest_node(middle.x(), middle.y())

    def glide_to(self, *node_ids: str) -> None:
        """Scroll smoothly, as little as it takes, to show nodes; the first is shown in any case."""
        shown = self.scene().shown
        rects = [shown.rect_of(i) for i in node_ids if i in shown.nodes]
        if not rects:
            return
        # With room for the names of ports, and for what may follow.
        room = self.viewport().rect().adjusted(_WIDE_EDGE, _EDGE, -_WIDE_EDGE, -_EDGE)
        frame = self.mapFromScene(rects[0]).boundingRect()
        for rect in rects[1:]:
            wider = frame.united(self.mapFromScene(rect).boundingRect())
            if wider.width() <= room.width() and wider.height() <= room.height():
                frame = wider
        dx = min(0, frame.left() - room.left()) or max(0, frame.right() - room.right())
        dy = min(0, frame.top() - room.top()) or max(0, frame.bottom() - room.bottom())
        if frame.translated(-dx, -dy).intersects(self.covered):
            dy = frame.bottom() - self.covered.top() + _EDGE
        self._scroll.by(dx, dy)

    def glide_by(self, dx: int, dy: int) -> None:
        """Move the view smoothly, in its pixels."""
        self._scroll.by(dx, dy)

    def middle(self) -> QPointF:
        """Return the place of the scene in the middle of the view."""
        return self.mapToScene(self.viewport().rect().center())

    def exact(self, spot: QPointF) -> tuple[float, float]:
        """Return the place of the scene at a place of the view, to fractions of a pixel."""
        origin = self.mapFromScene(0, 0)
        return (spot.x() - origin.x()) / self.zoom, (spot.y() - origin.y()) / self.zoom

    def place(self, spot: QPoint) -> Point:
        """Return the place of the scene at a place of the view, as a document holds it."""
        x, y = self.mapToScene(spot).toTuple()
        return round(x), round(y)

    def _fit(self, node_ids: Iterable[str]) -> None:
        wanted = tuple(node_ids)
        self._scroll.stop()
        rect = self.scene().contents(wanted or None)
        if rect.isEmpty():
            rect = QRectF(-1, -1, 2, 2)
        room = self.viewport().size()
        across = (room.width() - 2 * _MARGIN) / rect.width()
        down = (room.height() - 2 * _MARGIN) / rect.height()
        self._look_at(max(MIN_ZOOM, min(_FIT_MOST, across, down)))
        self.centerOn(rect.center())
        self._fitted = wanted

    def _look_at(self, zoom: float) -> None:
        changed = zoom != self._zoom
        self._zoom = zoom
        # The scene first: it decides which items there are to draw.
        self.scene().set_zoom(zoom, self.devicePixelRatioF())
        self.setTransform(QTransform.fromScale(zoom, zoom))
        if changed:
            self.zoom_changed.emit(zoom)
            self.view_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what was fitted fitted, else keep the middle in the middle."""
        super().resizeEvent(event)
        if self._fitted is not None:
            self._fit(self._fitted)
        elif event.oldSize().isValid():
            grown = event.size() - event.oldSize()
            across, down = self.horizontalScrollBar(), self.verticalScrollBar()
            across.setValue(across.value() - round(grown.width() / 2))
            down.setValue(down.value() - round(grown.height() / 2))
        self.view_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the pixel ratio of the screen shown on."""
        super().showEvent(event)
        self.scene().set_zoom(self._zoom, self.devicePixelRatioF())

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw the grid, in pixels of the view, whatever the zoom."""
        self._more.stop()
        self.scene().stage.begin_frame()
        exposed = self.mapFromScene(rect).boundingRect().adjusted(-1, -1, 1, 1)
        painter.save()
        painter.resetTransform()
        painter.fillRect(exposed, self.scene().stage.style.canvas)
        origin = QPointF(self.mapFromScene(0, 0))
        self._grid.paint(painter, exposed, origin, self.zoom, self.scene().stage.style.theme)
        painter.restore()

    @Slot()
    def _draw_more(self) -> None:
        self.viewport().update()

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Draw the hint of an empty canvas; go on in another frame where this has done enough."""
        del rect
        if self.scene().stage.end_frame():
            self._more.start()
        if self.scene().empty:
            painter.save()
            painter.resetTransform()
            paint_hint(
                painter,
                self.viewport().rect().adjusted(48, 24, -48, -24),
                self.scene().stage.style.theme,
            )
            painter.restore()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll; the hint stays in the middle, so all of it is drawn again."""
        super().scrollContentsBy(dx, dy)
        self.view_changed.emit()
        if self.scene().empty:
            self.viewport().update()
