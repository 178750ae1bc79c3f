"""The lower part of the inspector: a node's ports and the columns that flow through each."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from summit_studio.app.look.muted import Muted
from summit_studio.app.look.words import tr
from summit_studio.app.session.pointed import Pointed
from summit_studio.app.session.session import Session
from summit_studio.core.schema import Schema, type_label
from summit_studio.document.model import Edge, PortRef
from summit_studio.nodes.catalogue import AnyNode

_GAP = 8


class Ports(QWidget):
    """A tree: each port, and its columns with their types beneath.

    `column_clicked` carries a Pointed.
    """

    column_clicked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        title = QLabel(tr("Ports and columns"))
        title.setProperty("role", "section")
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(True)
        self.tree.setIndentation(18)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName(tr("Columns by port"))
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.header().setSectionResizeMode(self.tree.header().ResizeMode.Fixed)
        self.tree.viewport().installEventFilter(self)
        title.setBuddy(self.tree)
        self.tree.setItemDelegateForColumn(1, Muted(self.tree))
        column.addWidget(title)
        column.addWidget(self.tree)
        self._folded: set[str] = set()
        self._shown: object = None
        self._refs: dict[str, PortRef] = {}
        self.menu: QMenu | None = None
        self.tree.itemCollapsed.connect(self._remember)
        self.tree.itemExpanded.connect(self._remember)
        self.tree.itemCollapsed.connect(self._share)
        self.tree.itemExpanded.connect(self._share)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._menu)

    def show_node(self, node_id: str, kind: type[AnyNode] | None) -> None:
        """Show the ports of a node."""
        arriving = self._session.input_schemas(node_id)
        checked = self._session.checked
        leaving = {
            ref.port: schema
            for ref, schema in (checked.schemas.items() if checked else ())
            if ref.node == node_id
        }
        inputs = kind.inputs if kind else ()
        outputs = kind.output_ports() if kind else ()
        rows = [(tr("in: {name}", name=p.name), p.doc, arriving.get(p.name)) for p in inputs]
        rows += [(tr("out: {name}", name=p.name), p.doc, leaving.get(p.name)) for p in outputs]
        document = self._session.document
        feeds = {e.target.port: e.source for e in reversed(list(document.edges_into(node_id)))}
        self._refs = {
            tr("in: {name}", name=p.name): feeds[p.name] for p in inputs if p.name in feeds
        }
        self._refs |= {tr("out: {name}", name=p.name): PortRef(node_id, p.name) for p in outputs}
        self._fill(rows)

    def show_edge(self, edge: Edge) -> None:
        """Show the columns that flow over an edge."""
        self._refs = {edge.source.port: edge.source}
        self._fill([(f"{edge.source.port}", str(edge), self._schema(edge.source))])

    def _schema(self, ref: PortRef) -> Schema | None:
        checked = self._session.checked
        return checked.schemas.get(ref) if checked else None

    def _fill(self, rows: list[tuple[str, str, Schema | None]]) -> None:
        if rows == self._shown:
            return
        self._shown = rows
        self.tree.blockSignals(True)
        self.tree.clear()
        for name, doc, schema in rows:
            noun = tr("column") if schema is not None and len(schema) == 1 else tr("columns")
            count = "unknown" if schema is None else f"{len(schema)} {noun}"
            top = QTreeWidgetItem([name, count])
            top.setToolTip(0, doc)
            for found in schema or ():
                item = QTreeWidgetItem([found.name, type_label(found.type)])
                item.setToolTip(0, found.name)
                item.setToolTip(1, found.type)
                top.addChild(item)
            self.tree.addTopLevelItem(top)
            top.setExpanded(self._unfolded(name))
        self.tree.blockSignals(False)
        self._share()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the width anew when it changes."""
        if event.type() == QEvent.Type.Resize:
            self._share()
        return super().eventFilter(watched, event)

    @Slot()
    def _share(self) -> None:
        """Give names the room they need before types: a type is told by its beginning."""
        width = self.tree.viewport().width()
        wanted = self.tree.sizeHintForColumn(0) + _GAP
        names = min(max(wanted, width // 2), width * 2 // 3)
        self.tree.setColumnWidth(0, names)
        self.tree.setColumnWidth(1, width - names)

    def wanted_height(self) -> int:
        """Return how many logical pixels show every row that is unfolded."""
        rows, item = 0, self.tree.topLevelItem(0)
        line = self.tree.sizeHintForRow(0) if item is not None else 0
        while item is not None:
            rows += 1
            item = self.tree.itemBelow(item)
        return self.sizeHint().height() - self.tree.sizeHint().height() + rows * line

    def pointed(self) -> Pointed | None:
        """Return the column that is chosen, where the tree has the keyboard."""
        return self._pointed(self.tree.currentItem()) if self.tree.hasFocus() else None

    def _pointed(self, item: QTreeWidgetItem | None) -> Pointed | None:
        above = item.parent() if item is not None else None
        ref = self._refs.get(above.text(0)) if above is not None else None
        return None if item is None or ref is None else Pointed(ref, item.text(0))

    @Slot(object)
    def _clicked(self, item: QTreeWidgetItem) -> None:
        pointed = self._pointed(item)
        if pointed is not None:
            self.column_clicked.emit(pointed)

    @Slot(object)
    def _menu(self, place: QPoint) -> None:
        pointed = self._pointed(self.tree.itemAt(place) or self.tree.currentItem())
        if pointed is None:
            return
        menu = QMenu(self)
        menu.addAction(tr("Trace column")).setData(pointed)
        menu.triggered.connect(self._chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        menu.popup(self.tree.viewport().mapToGlobal(place))

    @Slot(object)
    def _chosen(self, action: QAction) -> None:
        self._session.ask_of_column(action.data())

    def _unfolded(self, name: str) -> bool:
        rejected = name.endswith("rejected")
        flipped = name in self._folded
        side = name.startswith(("in:", "out:"))  # Else the one port of an edge.
        return (not side or (name.startswith("out:") and not rejected)) != flipped

    def _remember(self, item: QTreeWidgetItem) -> None:
        name = item.text(0)
        self._folded.discard(name)
        if item.isExpanded() != self._unfolded(name):
            self._folded.add(name)
