"""Lights the path of a column on the canvas, and brings the panel that tells it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.inspector.panel import Inspector
from summit_studio.app.panels.columns import ColumnsPanel
from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.session.columns import ColumnDesk
from summit_studio.app.session.pointed import Pointed
from summit_studio.app.session.session import Session
from summit_studio.document.model import Edge
from summit_studio.planning.modules import drawn_id

if TYPE_CHECKING:
    from summit_studio.planning.lineage import Lineage
    from summit_studio.planning.renaming import Renaming


class Tracing(QObject):
    """Stands between what is found out of a column and what shows it.

    Args:
        session: What is open.
        desk: Finds out.
        panel: Tells it.
        canvas: Lights the path.
        preview: Shows columns.
        inspector: Shows columns too.
        show_panel: Brings a panel to the front by its name.
        is_seen: Tells of a panel whether a person sees it.
    """

    def __init__(
        self,
        session: Session,
        desk: ColumnDesk,
        panel: ColumnsPanel,
        canvas: CanvasView,
        preview: PreviewPanel,
        inspector: Inspector,
        show_panel: Callable[[str], None],
        is_seen: Callable[[str], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._panel = panel
        self._canvas = canvas
        self._preview = preview
        self._inspector = inspector
        self._show_panel = show_panel
        self._is_seen = is_seen
        desk.traced.connect(self._traced)
        desk.ended.connect(self._ended)
        desk.proposed.connect(self._proposed)
        panel.left.connect(self._left)
        panel.accepted.connect(self._accepted)
        canvas.path_left.connect(self._left)
        session.column_asked.connect(self._asked)
        preview.column_clicked.connect(self._clicked)
        inspector.ports.column_clicked.connect(self._clicked)

    @Slot()
    def on_trace_column(self) -> None:
        """Trace the column with the cursor; where none is shown, say how to point at one."""
        pointed = self._inspector.ports.pointed() or self._preview.pointed()
        if pointed is None:
            self._show_panel("columns")
        else:
            self._session.ask_of_column(pointed)

    @Slot()
    def _asked(self) -> None:
        self._show_panel("columns")

    @Slot(object)
    def _clicked(self, pointed: Pointed) -> None:
        """Follow the clicks of a person who looks at the panel; of others ask nothing."""
        if self._is_seen("columns"):
            self._desk.follow(pointed)

    @Slot(object)
    def light(self, nodes: tuple[str, ...] | None) -> None:
        """Light nodes, and the edges between them, until the path is left; None lights none."""
        self._canvas.scene().show_path(nodes, self._between(set(nodes or ())))
        self._canvas.glide_to(*(nodes or ()))

    @Slot(object)
    def _traced(self, lineage: "Lineage") -> None:
        self._panel.show_lineage(lineage)
        self._canvas.scene().show_path(lineage.nodes, self._edges(lineage))

    @Slot(object)
    def _proposed(self, found: "Renaming") -> None:
        self._panel.show_proposal(found)
        nodes = {found.port.node, *(c.node for c in found.changes), *(k.node for k in found.kept)}
        self._canvas.scene().show_path(nodes, self._between(nodes))

    def _between(self, nodes: set[str]) -> list[Edge]:
        edges = self._session.document.edges
        return [e for e in edges if e.source.node in nodes and e.target.node in nodes]

    @Slot()
    def _accepted(self) -> None:
        self._desk.accept()

    @Slot()
    def _ended(self) -> None:
        self._panel.clear()
        self._canvas.scene().show_path(None)

    @Slot()
    def _left(self) -> None:
        self._desk.end()

    def _edges(self, lineage: "Lineage") -> list[Edge]:
        """Return the drawn edges along the path; what lies in a module is of its node."""
        checked = self._session.checked
        outputs = checked.outputs if checked is not None else {}
        found = []
        for edge in self._session.document.edges:
            source = outputs.get(edge.source, edge.source)
            ends = {end for begin, end in lineage.edges if begin == source}
            inside = {drawn_id(end.node) for end in ends if end.node != drawn_id(end.node)}
            if edge.target in ends or edge.target.node in inside:
                found.append(edge)
        return found
