"""The panels around the canvas: where they stand, what is remembered of it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QByteArray, QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QTabWidget, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.session.settings import Settings

_AREAS = {
    "library": Qt.DockWidgetArea.LeftDockWidgetArea,
    "connections": Qt.DockWidgetArea.LeftDockWidgetArea,
    "outline": Qt.DockWidgetArea.LeftDockWidgetArea,
    "inspector": Qt.DockWidgetArea.RightDockWidgetArea,
    "preview": Qt.DockWidgetArea.BottomDockWidgetArea,
    "problems": Qt.DockWidgetArea.BottomDockWidgetArea,
    "run": Qt.DockWidgetArea.BottomDockWidgetArea,
    "dead_letters": Qt.DockWidgetArea.BottomDockWidgetArea,
    "columns": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_SMALL = 1440
_STATE = 1


def _title_bar(title: str) -> QWidget:
    """Return a head as tall as the tabs beside it; tabbed panels need none, their tab says it."""
    head = QLabel(title)
    head.setProperty("role", "dock-title")
    return head


class Docks(QObject):
    """Makes docks from widgets by name.

    Args:
        area: Where they dock.
        settings: Remember where they stand.
        panels: By name, the title and the widget.
    """

    def __init__(
        self, area: QMainWindow, settings: Settings, panels: Mapping[str, tuple[str, QWidget]]
    ) -> None:
        super().__init__(area)
        self._area = area
        self._settings = settings
        self._docks: dict[str, QDockWidget] = {}
        self._placed = False
        area.setDockOptions(area.DockOption.AllowTabbedDocks | area.DockOption.AllowNestedDocks)
        area.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        area.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        area.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        for name, (title, widget) in panels.items():
            dock = QDockWidget(title, area)
            dock.setObjectName(name)
            widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            dock.setWidget(widget)
            dock.setTitleBarWidget(_title_bar(title) if name == "inspector" else QWidget())
            dock.toggleViewAction().setText(title)
            self._docks[name] = dock
        self._arrange()

    def _arrange(self) -> None:
        """Put every panel where it was at first, hidden."""
        for dock in self._docks.values():
            # Taken out first, or Qt leaves the tabs standing that it showed before.
            dock.setFloating(False)
            dock.hide()
            self._area.removeDockWidget(dock)
        for name, dock in self._docks.items():
            self._area.addDockWidget(_AREAS[name], dock)
        self._area.tabifyDockWidget(self._docks["library"], self._docks["connections"])
        self._area.tabifyDockWidget(self._docks["library"], self._docks["outline"])
        self._area.tabifyDockWidget(self._docks["preview"], self._docks["problems"])
        self._area.tabifyDockWidget(self._docks["preview"], self._docks["run"])
        self._area.tabifyDockWidget(self._docks["preview"], self._docks["dead_letters"])
        self._area.tabifyDockWidget(self._docks["preview"], self._docks["columns"])
        for dock in self._docks.values():
            dock.hide()

    def _show_all(self) -> None:
        for dock in self._docks.values():
            dock.show()
        self._size()
        for name in ("library", "preview"):
            self._docks[name].raise_()

    def _size(self) -> None:
        small = self._area.width() < _SMALL
        left, right, bottom = (260, 312, 252) if small else (268, 352, 288)
        docks = self._docks
        self._area.resizeDocks(
            [docks["library"], docks["inspector"]], [left, right], Qt.Orientation.Horizontal
        )
        self._area.resizeDocks([docks["preview"]], [bottom], Qt.Orientation.Vertical)

    def state(self) -> QByteArray:
        """Return where every panel stands."""
        return self._area.saveState(_STATE)

    def take(self, state: QByteArray | None) -> None:
        """Put every panel where it stood on another page; None puts all as at first."""
        if self._placed and (state is None or state == self.state()):
            return
        # Hidden and laid out first, or Qt leaves the tabs standing that it had, under the new.
        for dock in self._docks.values():
            dock.hide()
        layout = self._area.layout()
        if layout is not None:
            layout.invalidate()
            layout.setGeometry(self._area.rect())
        self._placed = True
        if state is None or not self._area.restoreState(state, _STATE):
            self._show_all()

    def rest(self) -> None:
        """Hide the panels that float: their page is no longer shown."""
        for dock in self._docks.values():
            if dock.isFloating():
                dock.hide()

    def remember(self) -> None:
        """Save where everything stands."""
        self._settings.set_window("state", self.state())

    @Slot()
    def on_reset_layout(self) -> None:
        """Put the panels where they were at first, and forget where they stood."""
        self._settings.forget_window()
        self._arrange()
        self._show_all()

    def show(self, name: str) -> None:
        """Bring a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    def panels(self) -> list[QWidget]:
        """Return every panel."""
        return [dock.widget() for dock in self._docks.values()]

    def panel(self, name: str) -> QWidget:
        """Return a panel by its name."""
        return self._docks[name].widget()

    def set_title(self, name: str, title: str) -> None:
        """Name a panel's tab."""
        if self._docks[name].windowTitle() != title:
            self._docks[name].setWindowTitle(title)

    @Slot(object)
    def count_problems(self, counts: Any) -> None:
        """Name the problems' tab by how many errors and warnings there are."""
        total = sum(counts)
        self.set_title(
            "problems", tr("Problems ({total})", total=total) if total else tr("Problems")
        )

    @Slot(int)
    def count_letters(self, count: int) -> None:
        """Name the dead letters' tab by how many are open."""
        self.set_title(
            "dead_letters",
            tr("Dead letters ({count:,})", count=count) if count else tr("Dead letters"),
        )

    def toggles(self) -> list[QAction]:
        """Return the actions that show and hide each panel."""
        return [dock.toggleViewAction() for dock in self._docks.values()]
