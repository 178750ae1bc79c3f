"""The menu bar and the tool bar, both made from the table of actions."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.actions import ON_CANVAS, ON_SELECTION, TABLE, Actions

_ICON = QSize(18, 18)


class RecentMenu(QMenu):
    """The recent files. `picked` carries a path."""

    picked = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__("Open &recent", parent)
        self._settings = settings
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._pick)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        for path in self._settings.recent:
            self.addAction(str(path)).setData(path)
        if self.isEmpty():
            self.addAction("Nothing yet").setEnabled(False)

    @Slot(object)
    def _pick(self, action: QAction) -> None:
        if isinstance(action.data(), Path):
            self.picked.emit(action.data())


def fill_menu_bar(
    bar: QMenuBar, actions: Actions, recent: RecentMenu, panels: Sequence[QAction]
) -> None:
    """Fill the menu bar; `panels` are the actions that show and hide each panel."""
    menus = dict[str, QMenu]()
    for entry in TABLE:
        if not entry.menu:
            continue
        if entry.menu not in menus:
            menus[entry.menu] = bar.addMenu(f"&{entry.menu}")
        if entry.gap:
            menus[entry.menu].addSeparator()
        menus[entry.menu].addAction(actions[entry.id])
        if entry.id == "open":
            menus[entry.menu].addMenu(recent)
    menus["View"].addMenu("&Panels").addActions(list(panels))


def fill_tool_bar(bar: QToolBar, actions: Actions) -> None:
    """Fill the tool bar."""
    bar.setObjectName("tools")
    bar.setMovable(False)
    bar.setIconSize(bar.iconSize().boundedTo(_ICON))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    menu = ""
    for entry in TABLE:
        if entry.tool:
            if menu and entry.menu != menu:
                bar.addSeparator()
            menu = entry.menu
            bar.addAction(actions[entry.id])
    run = bar.widgetForAction(actions["run"])
    if run is not None:
        run.setProperty("primary", True)


def open_canvas_menu(actions: Actions, place: QPoint, parent: QWidget, *, selected: bool) -> None:
    """Open the menu of what is selected on the canvas, or of the empty canvas."""
    open_menu(actions, ON_SELECTION if selected else ON_CANVAS, place, parent)


def open_menu(actions: Actions, wanted: Iterable[str], place: QPoint, parent: QWidget) -> None:
    """Open a menu of actions, named by their ids; an empty one is a line."""
    actions.refresh()
    menu = QMenu(parent)
    for action_id in wanted:
        if action_id:
            menu.addAction(actions[action_id])
        else:
            menu.addSeparator()
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
