"""The middle of the window: banners above, and the welcome page or the canvas."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.shell.banner import Banner
from summit_studio.app.shell.welcome import WelcomePage


class Middle(QWidget):
    """Shows one of two pages."""

    def __init__(self, banner: Banner, welcome: WelcomePage, canvas: CanvasView) -> None:
        super().__init__()
        self._welcome = welcome
        self._canvas = canvas
        self._pages = QStackedWidget()
        self._pages.addWidget(welcome)
        self._pages.addWidget(canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(banner)
        column.addWidget(self._pages, 1)

    def editing(self) -> bool:
        """Return True while a document is shown, not the welcome page."""
        return self._pages.currentWidget() is self._canvas

    def show_welcome(self) -> None:
        """Show the welcome page."""
        self._welcome.refresh()
        self._pages.setCurrentWidget(self._welcome)

    def show_canvas(self) -> None:
        """Show the canvas."""
        self._pages.setCurrentWidget(self._canvas)
