"""Puts panels elsewhere: by their menu, or by a command for the keyboard."""

from typing import Any

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.words import tr
from summit_studio.app.shell.docks import Docks, Side

_WIDTH = 420


class PanelMover(QObject):
    """Answers the menu of a panel, and the action that moves one.

    Args:
        docks: Hold the panels.
        window: What they are in.
    """

    def __init__(self, docks: Docks, window: QWidget) -> None:
        super().__init__(window)
        self._docks = docks
        self._window = window
        self.popup = SearchPopup(tr("Put a panel elsewhere"), _WIDTH, window)
        self.popup.chosen.connect(self._put)
        docks.menu_asked.connect(self._open_menu)

    @Slot()
    def on_move_panel(self) -> None:
        """Offer every panel and side, those of the panel that has the keyboard first."""
        corner = self._window.rect().center() - QPoint(_WIDTH // 2, 200)
        mine = self._with_keyboard()
        self.popup.open_at(self._window.mapToGlobal(corner), lambda: self._choices(mine))

    def _with_keyboard(self) -> str | None:
        holder = QApplication.focusWidget()
        names = self._docks.titles
        inside = (n for n in names if holder and self._docks.panel(n).isAncestorOf(holder))
        return next(inside, None)

    def _choices(self, first: str | None) -> list[Choice]:
        titles = self._docks.titles
        order = sorted(titles, key=lambda name: name != first)
        return [
            Choice((f"{titles[name]}: {tr(side.value)}",), (name, side))
            for name in order
            for side in Side
            if side is not self._docks.side_of(name)
        ]

    @Slot(object)
    def _put(self, chosen: Any) -> None:
        name, side = chosen
        self._docks.put(name, side)

    @Slot(object)
    def _open_menu(self, asked: Any) -> None:
        name, place = asked
        menu = QMenu(self._window)
        for side in Side:
            action = menu.addAction(tr(side.value))
            action.setData((name, side))
            action.setEnabled(side is not self._docks.side_of(name))
        menu.addSeparator()
        menu.addAction(tr("Close")).setData((name, None))
        menu.triggered.connect(self._chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        name, side = action.data()
        if side is None:
            self._docks.hide(name)
        else:
            self._docks.put(name, side)
