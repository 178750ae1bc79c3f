"""The screen that a place is on.

`QWidget.screen()` must not be called: PySide takes the screen for a child of the widget, and where
the widget's wrapper is collected as garbage the screen is deleted with it, under Qt's feet.
"""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QGuiApplication


def room_at(place: QPoint) -> QRect:
    """Return what windows may take of the screen that a global place is on."""
    screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
    return screen.availableGeometry()
