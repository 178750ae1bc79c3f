"""Brings places before the person's eyes: a node, a field of it, a whole pipeline."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.session.session import Session
from summit_studio.core.errors import Where
from summit_studio.planning.modules import drawn_id, is_inner

_FEWEST = 0.55
"""The zoom down to which a card's text can be read: all is shown at once where that is enough."""
_READABLE = 0.7
"""The zoom from which it is read with ease: a pipeline that does not fit begins with it."""
_MARGIN = 48


class Showing(QObject):
    """Moves canvas and inspector. `beyond` carries a place that is in no node.

    Args:
        session: What is open.
        canvas: Where nodes are.
        inspector: Where their fields are.
        show_panel: Brings a panel to the front by its name.
    """

    beyond = Signal(object)

    def __init__(
        self,
        session: Session,
        canvas: CanvasView,
        inspector: Inspector,
        show_panel: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._inspector = inspector
        self._show_panel = show_panel
        session.place_asked.connect(self.go_to)
        canvas.node_activated.connect(self._activated)

    @Slot(object)
    def go_to(self, where: Where) -> None:
        """Show a node, and the field that `where` names."""
        node_id = drawn_id(where.node_id or "")
        if node_id in self._session.document.nodes:
            self.bring(node_id)
            self._show_panel("inspector")
            if where.param and not is_inner(where.node_id):
                self._inspector.focus_field(where)
        elif where.param or not where.node_id:
            self.beyond.emit(where)

    @Slot(object)
    def bring(self, node_id: str) -> None:
        """Select a node and bring it to the middle."""
        self._session.choose_nodes([node_id])
        self._canvas.center_on_node(node_id)

    @Slot()
    def on_rename(self) -> None:
        """Edit the title of a node or a frame, or the text of a note."""
        chosen = self._session.selection
        if chosen.notes and not chosen.nodes:
            self._canvas.edit_note(chosen.notes[-1])
            return
        if chosen.frames and not chosen.nodes:
            self._canvas.name_frame(chosen.frames[-1])
            return
        self._show_panel("inspector")
        self._inspector.focus_title()

    @Slot(object)
    def _activated(self, node_id: str) -> None:
        if self._session.module_of(node_id) is not None:
            return  # It is opened instead.
        self._show_panel("inspector")
        form = self._inspector.form
        if form is not None and form.objectName() == node_id and form.fields:
            next(iter(form.fields.values())).setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._inspector.focus_title()

    def look_at_start(self) -> None:
        """Show all of the pipeline where it can be read so; else its beginning, readable."""
        canvas = self._canvas
        canvas.zoom_to_fit()
        if canvas.zoom >= _FEWEST:
            return
        canvas.set_zoom(_READABLE)
        contents = canvas.scene().contents()
        fed = {e.target.node for e in self._session.document.edges}
        first = canvas.scene().contents(i for i in self._session.document.nodes if i not in fed)
        across = (canvas.viewport().width() / 2 - _MARGIN) / canvas.zoom
        canvas.centerOn(
            contents.left() + across, (first if first.isValid() else contents).center().y()
        )
