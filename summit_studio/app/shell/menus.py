"""The menu bar and the tool bar, both made from the table of actions."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from summit_studio.app.canvas.requests import ContextRequest
from summit_studio.app.look.words import tr
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.actions import (
    ON_CANVAS,
    ON_FRAME,
    ON_NOTE,
    ON_SELECTION,
    ON_TAB,
    TABLE,
    Actions,
)

_ICON = QSize(18, 18)


class RecentMenu(QMenu):
    """The recent files. `picked` carries a path."""

    picked = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(tr("Open &recent"), parent)
        self._settings = settings
        self.aboutToShow.connect(self._fill)
        self.triggered.connect(self._pick)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        for path in self._settings.recent:
            self.addAction(str(path)).setData(path)
        if self.isEmpty():
            self.addAction(tr("Nothing yet")).setEnabled(False)

    @Slot(object)
    def _pick(self, action: QAction) -> None:
        if isinstance(action.data(), Path):
            self.picked.emit(action.data())


class PanelsMenu(QMenu):
    """What shows and hides the panels of the document that is shown.

    Args:
        toggles: Returns the actions that do so; none where no document is shown.
    """

    def __init__(self, toggles: Callable[[], Sequence[QAction]], parent: QWidget) -> None:
        super().__init__(tr("&Panels"), parent)
        self._toggles = toggles
        self.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        self.clear()
        self.addActions(list(self._toggles()))
        if self.isEmpty():
            self.addAction(tr("No pipeline is shown")).setEnabled(False)


def fill_menu_bar(bar: QMenuBar, actions: Actions, recent: RecentMenu, panels: PanelsMenu) -> None:
    """Fill the menu bar."""
    menus = dict[str, QMenu]()
    for entry in TABLE:
        if not entry.menu:
            continue
        if entry.menu not in menus:
            outer, _, name = entry.menu.rpartition("/")
            menus[entry.menu] = (menus[outer] if outer else bar).addMenu(tr(f"&{name}"))
            menus[entry.menu].setToolTipsVisible(True)
        if entry.gap:
            menus[entry.menu].addSeparator()
        menus[entry.menu].addAction(actions[entry.id])
        if entry.id == "open":
            menus[entry.menu].addMenu(recent)
    menus["View"].addMenu(panels)


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


def open_canvas_menu(actions: Actions, request: ContextRequest, parent: QWidget) -> None:
    """Open the menu of what is selected on the canvas, or of the empty canvas."""
    wanted: Sequence[str] = ON_SELECTION if request.node or request.edge else ON_CANVAS
    wanted = ON_NOTE if request.note else ON_FRAME if request.frame else wanted
    open_menu(actions, wanted, request.global_place, parent)


def open_menu(actions: Actions, wanted: Iterable[str], place: QPoint, parent: QWidget) -> None:
    """Open a menu of actions, named by their ids; an empty one is a line."""
    actions.refresh()
    _popup(actions, wanted, place, parent)


def open_tab_menu(actions: Actions, place: QPoint, parent: QWidget) -> None:
    """Open the menu of the tab that is shown."""
    actions.refresh()
    _popup(actions, ON_TAB, place, parent)


def _popup(actions: Actions, ids: Iterable[str], place: QPoint, parent: QWidget) -> None:
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    for action_id in ids:
        if not action_id:
            menu.addSeparator()
        elif actions.offered(action_id):
            menu.addAction(actions[action_id])
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
