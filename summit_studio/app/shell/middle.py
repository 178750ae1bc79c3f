"""The middle of a page: the canvas, the way into a module above it, and banners over its edge."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.shell.banner import Banner
from summit_studio.app.shell.breadcrumb import Breadcrumb

_WIDEST = 880
_MARGIN = 12


class Middle(QWidget):
    """The banner lies over the canvas: what is drawn there does not jump when one comes or goes."""

    def __init__(self, banner: Banner, breadcrumb: Breadcrumb, canvas: CanvasView) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(breadcrumb)
        column.addWidget(canvas, 1)
        self._banner = banner
        self._canvas = canvas
        banner.setProperty("floating", True)
        banner.setParent(self)
        banner.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the banner over the upper edge."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make room for what the banner says now."""
        if event.type() in {QEvent.Type.Show, QEvent.Type.LayoutRequest}:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        width = min(_WIDEST, self.width() - 2 * _MARGIN)
        height = self._banner.heightForWidth(width)
        top = self._canvas.y() + _MARGIN
        self._banner.setGeometry((self.width() - width) // 2, top, width, height)
        self._banner.raise_()
