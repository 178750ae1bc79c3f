"""The command palette and the page of shortcuts, both from the table of actions."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.session.session import Session
from summit_studio.app.shell.actions import BY_HAND, TABLE, Actions, keys_of
from summit_studio.nodes.catalogue import AnyNode

_WIDTH = 520


class CommandPalette(SearchPopup):
    """Runs any action that can be used now, by its name, and adds a node of any type.

    `node_wanted` carries the id of a node type.
    """

    node_wanted = Signal(object)

    def __init__(self, actions: Actions, session: Session, parent: QWidget) -> None:
        super().__init__("Type a command", _WIDTH, parent)
        self._actions = actions
        self._session = session
        self._over = parent
        self.chosen.connect(self._run)

    @Slot()
    def on_palette(self) -> None:
        """Offer every command by name, near the top of the window."""
        self.open_over(self._over)

    def open_over(self, below: QWidget) -> None:
        """Open near the top of a widget."""
        self._actions.refresh()
        corner = below.mapToGlobal(QPoint((below.width() - _WIDTH) // 2, 80))
        self.open_at(corner, self._offered)

    def _offered(self) -> list[Choice]:
        commands = [
            Choice(
                entry.names,
                self._actions[entry.id],
                keys_of(entry).partition(" or ")[0],
                self._actions[entry.id].icon(),
            )
            for entry in TABLE
            if entry.id != "palette" and self._actions[entry.id].isEnabled()
        ]
        return [*commands, *self._nodes()] if self._actions["add_node"].isEnabled() else commands

    def _nodes(self) -> list[Choice]:
        theme = self._session.theme
        return [
            Choice(
                (f"Add {kind.title}", *kind.names()),
                kind,
                kind.category.value.capitalize(),
                icon(kind.icon, category_colour(theme, kind.category)),
                kind.sentence(),
            )
            for kind in self._session.catalogue
        ]

    @Slot(object)
    def _run(self, chosen: QAction | type[AnyNode]) -> None:
        if isinstance(chosen, QAction):
            chosen.trigger()
        else:
            self.node_wanted.emit(chosen.id)


class ShortcutsDialog(QDialog):
    """Every action with its keys, by menu, and what is done on the canvas by hand."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(520, 640)
        tree = QTreeWidget()
        tree.setHeaderLabels(["Action", "Keys"])
        tree.setAccessibleName("Keyboard shortcuts")
        tree.setRootIsDecorated(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        for menu in dict.fromkeys(e.menu for e in TABLE if e.shortcut):
            top = QTreeWidgetItem([menu])
            tree.addTopLevelItem(top)
            for entry in TABLE:
                if entry.menu == menu and entry.shortcut:
                    top.addChild(QTreeWidgetItem([entry.name, keys_of(entry)]))
            top.setExpanded(True)
        canvas = QTreeWidgetItem(["On the canvas"])
        tree.addTopLevelItem(canvas)
        canvas.addChildren([QTreeWidgetItem(list(pair)) for pair in BY_HAND])
        canvas.setExpanded(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(tree)
        column.addWidget(buttons)
