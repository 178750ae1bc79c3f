"""Follows the dead letters: their count on each node and on the tab, and the ways to the panel."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.panels.dead_letters import DeadLettersPanel
from summit_studio.app.session.letters import LetterDesk, Overview
from summit_studio.app.session.session import Session
from summit_studio.app.shell.docks import Docks
from summit_studio.app.shell.marking import Marking


class LetterFollower(QObject):
    """Asks when a document is opened and when a run has ended.

    Args:
        session: What is open.
        desk: Whom to ask.
        panel: Shows letters.
        canvas: Where a count may be clicked.
        marking: Shows counts on nodes.
        docks: Bring the panel to the front.
    """

    def __init__(
        self,
        session: Session,
        desk: LetterDesk,
        panel: DeadLettersPanel,
        canvas: CanvasView,
        marking: Marking,
        docks: Docks,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._panel = panel
        self._marking = marking
        self._docks = docks
        self._by_node: dict[str, int] = {}
        desk.overviewed.connect(self._overviewed)
        panel.counted.connect(docks.count_letters)
        canvas.letters_asked.connect(self.show_node)

    @Slot(object)
    def begin(self, _files: object) -> None:
        """Another document was opened: forget the letters of the last, ask for its own."""
        self._panel.forget()
        self._overviewed(Overview(self._desk.status))
        if self._session.files.path is not None or self._panel.isVisible():
            self.look()

    @Slot()
    def look(self) -> None:
        """Ask anew what letters there are."""
        self._desk.refresh()

    @Slot()
    def on_dead_letters(self) -> None:
        """Show the letters of the node that is selected, if it has some, else all."""
        nodes = self._session.selection.nodes
        self.show_node(nodes[0] if len(nodes) == 1 and nodes[0] in self._by_node else "")

    @Slot(object)
    def show_node(self, node_id: str) -> None:
        """Bring the panel, with the letters of a node."""
        self._docks.show("dead_letters")
        self._panel.show_node(node_id)
        self._panel.groups_view.setFocus()

    @Slot(object)
    def _overviewed(self, overview: Overview) -> None:
        self._by_node = dict(overview.open_by_node)
        self._marking.show_letters(self._by_node)
