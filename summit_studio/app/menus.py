"""The menu bar and the tool bar, both made from the table of actions."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QMenu, QToolBar

from summit_studio.app.actions import TABLE

if TYPE_CHECKING:
    from summit_studio.app.window import MainWindow

_ICON = QSize(18, 18)


class Menus(QObject):
    """Fills a window's menu bar and tool bar, and keeps the list of recent files."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._recent = QMenu("Open &recent", window)
        self._recent.aboutToShow.connect(self._fill_recent)
        self._recent.triggered.connect(self._open_recent)
        self._fill_menu_bar()
        self.tool_bar = self._make_tool_bar()

    def _fill_menu_bar(self) -> None:
        window, menus = self._window, dict[str, QMenu]()
        for entry in TABLE:
            if not entry.menu:
                continue
            if entry.menu not in menus:
                menus[entry.menu] = window.menuBar().addMenu(f"&{entry.menu}")
            if entry.gap:
                menus[entry.menu].addSeparator()
            menus[entry.menu].addAction(window.actions_table[entry.id])
            if entry.id == "open":
                menus[entry.menu].addMenu(self._recent)
        panels = menus["View"].addMenu("&Panels")
        for action in window.docks.toggles():
            panels.addAction(action)
        for action_id in sorted(window.actions_table.on_canvas):
            window.canvas.addAction(window.actions_table[action_id])

    def _make_tool_bar(self) -> QToolBar:
        bar = self._window.addToolBar("Tools")
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
                bar.addAction(self._window.actions_table[entry.id])
        run = bar.widgetForAction(self._window.actions_table["run"])
        if run is not None:
            run.setProperty("primary", True)
        return bar

    @Slot()
    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self._window.settings.recent:
            self._recent.addAction(str(path)).setData(path)
        if self._recent.isEmpty():
            self._recent.addAction("Nothing yet").setEnabled(False)

    @Slot(object)
    def _open_recent(self, action: Any) -> None:
        if isinstance(action.data(), Path):
            self._window.handlers.open_path(action.data())
