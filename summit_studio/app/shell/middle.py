"""The middle of a page: banners above, the canvas beneath."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.shell.banner import Banner


class Middle(QWidget):
    """Two parts, one above the other."""

    def __init__(self, banner: Banner, canvas: CanvasView) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(banner)
        column.addWidget(canvas, 1)
