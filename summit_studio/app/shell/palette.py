"""The command palette: actions from their table, nodes to add or to go to, recent files."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QWidget

from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.actions import TABLE, Actions
from summit_studio.core.errors import Where
from summit_studio.nodes.catalogue import AnyNode

_WIDTH = 520

_MOST_THERE = 200
"""So many nodes and files that hold all words are ranked: among thousands that would be slow."""


class CommandPalette(SearchPopup):
    """Runs any action that can be used now, adds a node of any type, goes to one, opens a file.

    `node_wanted` carries the id of a node type, `file_wanted` the path of a recent file.

    Args:
        actions: What can be done.
        session: Has the node types.
        shown: Returns the session of the document that is shown, or None.
        settings: Know the recent files.
        parent: What the palette is over.
    """

    node_wanted = Signal(object)
    file_wanted = Signal(object)

    def __init__(
        self,
        actions: Actions,
        session: Session,
        shown: Callable[[], Session | None],
        settings: Settings,
        parent: QWidget,
    ) -> None:
        super().__init__(tr("Type a command, a node or a file"), _WIDTH, parent)
        self._actions = actions
        self._session = session
        self._shown = shown
        self._settings = settings
        self._there: list[tuple[Choice, str]] = []
        self._over = parent
        self.chosen.connect(self._run)

    @Slot()
    def on_palette(self) -> None:
        """Offer every command by name, near the top of the window."""
        self.open_over(self._over)

    def open_over(self, below: QWidget) -> None:
        """Open near the top of a widget."""
        self._actions.refresh()
        there = [*self._nodes_there(), *self._files()]
        self._there = [(choice, " ".join(choice.texts).casefold()) for choice in there]
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
        types = self._types() if self._actions["add_node"].isEnabled() else []
        words = self.sought().casefold().split()
        there = (c for c, held in self._there if all(word in held for word in words))
        return [*commands, *types, *islice(there, _MOST_THERE)]

    def _types(self) -> list[Choice]:
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

    def _nodes_there(self) -> list[Choice]:
        """Return what leads to each node of the document that is shown."""
        session = self._shown()
        if session is None:
            return []
        names, found = session.names.of(session.document), list[Choice]()
        pictures: dict[str, QIcon] = {}
        for node in session.document.nodes.values():
            kind = session.kind_of(node)
            if node.type not in pictures:
                colour = category_colour(session.theme, kind.category if kind else "")
                pictures[node.type] = icon(kind.icon if kind else "unknown", colour)
            line = session.names.second_line(node)
            texts = (tr("Go to {name}", name=names[node.id]), node.id, line)
            place = Where(node_id=node.id)
            found.append(Choice(texts, place, node.id, pictures[node.type], line))
        return found

    def _files(self) -> list[Choice]:
        """Return what opens each file that was open before."""
        picture = icon("open", self._session.theme.muted)
        return [
            Choice(
                (tr("Open {name}", name=path.name), path.name, str(path)),
                path,
                path.parent.name,
                picture,
                str(path),
            )
            for path in self._settings.recent
        ]

    @Slot(object)
    def _run(self, chosen: QAction | type[AnyNode] | Where | Path) -> None:
        session = self._shown()
        if isinstance(chosen, QAction):
            chosen.trigger()
        elif isinstance(chosen, Path):
            self.file_wanted.emit(chosen)
        elif isinstance(chosen, Where):
            if session is not None:
                session.show_place(chosen)
        else:
            self.node_wanted.emit(chosen.id)
