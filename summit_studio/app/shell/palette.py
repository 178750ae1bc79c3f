"""The command palette, from the table of actions."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.app.shell.actions import TABLE, Actions
from summit_studio.nodes.catalogue import AnyNode

_WIDTH = 520


class CommandPalette(SearchPopup):
    """Runs any action that can be used now, by its name, and adds a node of any type.

    `node_wanted` carries the id of a node type.
    """

    node_wanted = Signal(object)

    def __init__(self, actions: Actions, session: Session, parent: QWidget) -> None:
        super().__init__(tr("Type a command"), _WIDTH, parent)
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
                self._actions.key(entry.id),
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
                (tr("Add {title}", title=kind.title), *kind.names()),
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
