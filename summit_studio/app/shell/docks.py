"""The panels around the canvas: where they stand, what is remembered of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QLabel, QTabWidget, QWidget

if TYPE_CHECKING:
    from summit_studio.app.shell.window import MainWindow

_AREAS = {
    "library": Qt.DockWidgetArea.LeftDockWidgetArea,
    "outline": Qt.DockWidgetArea.LeftDockWidgetArea,
    "inspector": Qt.DockWidgetArea.RightDockWidgetArea,
    "preview": Qt.DockWidgetArea.BottomDockWidgetArea,
    "problems": Qt.DockWidgetArea.BottomDockWidgetArea,
    "run": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_SMALL = 1440
_STATE = 1


def _title_bar(title: str) -> QWidget:
    """Return a head as tall as the tabs beside it; tabbed panels need none, their tab says it."""
    head = QLabel(title)
    head.setProperty("role", "dock-title")
    return head


class Docks(QObject):
    """Makes the docks of a window from widgets by name."""

    def __init__(self, window: "MainWindow", panels: Mapping[str, tuple[str, QWidget]]) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._open: set[str] = set(panels)
        self._shown = False
        window.setDockOptions(
            window.DockOption.AllowTabbedDocks | window.DockOption.AllowNestedDocks
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        for name, (title, widget) in panels.items():
            dock = QDockWidget(title, window)
            dock.setObjectName(name)
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            dock.setWidget(widget)
            dock.setTitleBarWidget(_title_bar(title) if name == "inspector" else QWidget())
            dock.toggleViewAction().setText(title)
            self._docks[name] = dock
        self.arrange()

    def arrange(self) -> None:
        """Put every panel where it was at first."""
        for name, dock in self._docks.items():
            dock.setFloating(False)
            self._window.addDockWidget(_AREAS[name], dock)
            dock.setVisible(self._shown)
        self._window.tabifyDockWidget(self._docks["library"], self._docks["outline"])
        self._window.tabifyDockWidget(self._docks["preview"], self._docks["problems"])
        self._window.tabifyDockWidget(self._docks["preview"], self._docks["run"])
        self._size()
        for name in ("library", "preview"):
            self._docks[name].raise_()

    def _size(self) -> None:
        small = self._window.screen().availableGeometry().width() < _SMALL
        left, right, bottom = (208, 300, 220) if small else (236, 352, 288)
        docks = self._docks
        self._window.resizeDocks(
            [docks["library"], docks["inspector"]], [left, right], Qt.Orientation.Horizontal
        )
        self._window.resizeDocks([docks["preview"]], [bottom], Qt.Orientation.Vertical)

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Show the panels a document needs, or none for the welcome page."""
        if visible == self._shown:
            return
        if not visible:
            self._open = {n for n, d in self._docks.items() if d.toggleViewAction().isChecked()}
        self._shown = visible
        for name, dock in self._docks.items():
            dock.setVisible(visible and name in self._open)
            dock.toggleViewAction().setEnabled(visible)
        if visible:
            state = self._window.settings.window("state")
            if state is None or not self._window.restoreState(state, _STATE):
                self._size()
                for name in ("library", "preview"):
                    self._docks[name].raise_()

    def remember(self) -> None:
        """Save where everything stands."""
        self._window.settings.set_window("geometry", self._window.saveGeometry())
        if self._shown:
            self._window.settings.set_window("state", self._window.saveState(_STATE))

    def show(self, name: str) -> None:
        """Bring a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    def set_title(self, name: str, title: str) -> None:
        """Name a panel's tab."""
        if self._docks[name].windowTitle() != title:
            self._docks[name].setWindowTitle(title)

    def toggles(self) -> list[QAction]:
        """Return the actions that show and hide each panel."""
        return [dock.toggleViewAction() for dock in self._docks.values()]
