"""The popup that adds a node where the cursor is, or at the open end of a dragged edge."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QWidget

from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.session.placing import add_connected, fits
from summit_studio.app.session.session import Session
from summit_studio.document.model import Point, PortRef
from summit_studio.nodes.catalogue import AnyNode

_WIDTH = 360


class QuickAdd(SearchPopup):
    """`added` carries the id of the new node."""

    added = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__("Add a node", _WIDTH, parent)
        self._session = session
        self._at: Point = (0, 0)
        self._port: PortRef | None = None
        self._forward = True
        self.chosen.connect(self._add)

    def open_for(
        self, place: QPoint, at: Point, port: PortRef | None = None, *, forward: bool = True
    ) -> None:
        """Open at a global place.

        Args:
            place: The popup's upper left.
            at: Where the node goes, in scene pixels.
            port: The port an edge was dragged from, to be connected.
            forward: True if that port is an output.
        """
        self._at, self._port, self._forward = at, port, forward
        self.line.setPlaceholderText("Add a node" if port is None else f"Add after {port.node}")
        self.open_at(place, self._offered)

    def _offered(self) -> Sequence[Choice]:
        theme = self._session.theme
        return [
            Choice(
                kind.names(),
                kind,
                kind.category.value,
                icon(kind.icon, category_colour(theme, kind.category)),
                kind.sentence(),
            )
            for kind in self._session.catalogue
            if self._port is None or fits(kind, forward=self._forward)
        ]

    @Slot(object)
    def _add(self, kind: type[AnyNode]) -> None:
        document = self._session.document
        port = self._port if self._port and self._port.node in document.nodes else None
        edit, node_id = add_connected(document, kind, self._at, port, forward=self._forward)
        if self._session.do(edit):
            self.added.emit(node_id)
