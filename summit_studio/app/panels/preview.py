"""The preview panel: real rows of whatever is selected."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.table_model import ArrowModel, as_tsv
from summit_studio.app.panels.raw import RawView
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.previewing import Previewer
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.core.schema import RAW_REJECTS, REJECTED, Schema
from summit_studio.document.model import PortRef
from summit_studio.nodes.contract import SourceNode

if TYPE_CHECKING:
    import pyarrow as pa

_QUIET_MS = 120
_WIDEST = 280
_WIDEST_REASON = 460
_FIRST = ("reject_reason", "reject_code", "reject_column", "reject_source")
_FIRST_RAW = ("reject_reason", "reject_code", "line", "reject_column", "raw", "file")
"""What one looks for first in rejected rows, in order; in those of a file's lines."""


def reasons_first(schema: Schema, table: "pa.Table") -> "tuple[Schema, pa.Table]":
    """Return rejected rows with what tells why and where before their other columns."""
    wanted = _FIRST_RAW if schema == RAW_REJECTS else _FIRST
    names = [name for name in wanted if name in schema.names]
    names += [name for name in schema.names if name not in names]
    places = [schema.names.index(name) for name in names]
    return Schema(tuple(schema.columns[at] for at in places)), table.select(places)


class PreviewPanel(QWidget):
    """Shows the selected node's port, or the selected edge. Asks only while it is visible."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ref: PortRef | None = None
        self._wanted_port: dict[str, str] = {}
        self._stale = False
        self.previewer = Previewer(session, self)
        self.previewer.arrived.connect(self._arrived)
        self.previewer.failed.connect(self._failed)
        self.previewer.raw_arrived.connect(self._raw_arrived)
        self.previewer.raw_failed.connect(self._raw_failed)
        self._debounce = Debounce(_QUIET_MS, self._ask, self)
        self.model = ArrowModel(muted_colour(), self)
        self.table = self._make_table()
        self.ports = QuietComboBox()
        self.ports.setAccessibleName("Port to preview")
        self.ports.setToolTip("Which port's rows to show")
        self.ports.activated.connect(self._port_chosen)
        self.raw = RawView()
        self.raw.hide()
        self.raw_button = QToolButton()
        self.raw_button.setText("Raw")
        self.raw_button.setCheckable(True)
        self.raw_button.setToolTip("Show the file as it stands beside the rows")
        self.raw_button.setAccessibleName("Show the file as it stands")
        self.raw_button.toggled.connect(self._raw_toggled)
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.note = QLabel()
        self.note.setProperty("role", "hint")
        self._empty = EmptyState(
            "table", "No preview yet", "Select a node or an edge to see real rows."
        )
        self._build()
        session.selected.connect(self._selected)
        session.checked_changed.connect(self._checked)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName("Preview of rows")
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        table.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setResizeContentsPrecision(50)
        copy = QShortcut(QKeySequence.StandardKey.Copy, table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)
        return table

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 6)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.ports)
        head.addWidget(self.raw_button)
        head.addStretch(1)
        head.addWidget(self.note)
        self._head = QWidget()
        self._head.setLayout(head)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.addWidget(self.raw)
        self._sides.addWidget(self._stack)
        self._sides.setChildrenCollapsible(False)
        self._sides.setSizes([400, 600])
        column.addWidget(self._sides, 1)
        self._head.hide()

    def close_worker(self) -> None:
        """Cancel what is awaited and stop the worker."""
        self._debounce.stop()
        self.previewer.close()

    @property
    def shown(self) -> PortRef | None:
        """The port whose rows are shown or awaited."""
        return self._ref

    @Slot()
    def copy(self) -> None:
        """Copy the selected cells with their column names; all of them if none is selected."""
        rows, columns = range(self.model.rowCount()), range(self.model.columnCount())
        chosen = self.table.selectionModel().selectedIndexes()
        if chosen:
            rows = range(min(i.row() for i in chosen), max(i.row() for i in chosen) + 1)
            columns = range(min(i.column() for i in chosen), max(i.column() for i in chosen) + 1)
        QGuiApplication.clipboard().setText(as_tsv(self.model, rows, columns))

    def refresh(self) -> None:
        """Ask at once for the rows of what is selected."""
        self._debounce.stop()
        self._ask()

    def showEvent(self, event: Any) -> None:
        """Fetch what was left unasked while hidden."""
        super().showEvent(event)
        if self._stale:
            self._debounce.ask()

    @Slot(object)
    def _selected(self, _selection: Any) -> None:
        self._fill_ports()

    @Slot(object)
    def _checked(self, _checked: Any) -> None:
        self._fill_ports()

    def _choices(self) -> list[PortRef]:
        selection, document = self._session.selection, self._session.document
        nodes, edges = list(selection.nodes), list(selection.edges)
        if len(nodes) == 1 and nodes[0] in document.nodes:
            node = document.nodes[nodes[0]]
            kind = self._session.kind_of(node)
            outputs = [PortRef(node.id, p.name) for p in kind.output_ports()] if kind else []
            if kind is None or kind.outputs:
                return outputs
            # A sink shows what it would write: the rows that arrive.
            return [*(e.source for e in document.edges_into(node.id)), *outputs]
        if len(edges) == 1 and not nodes and edges[0] in document.edges:
            return [edges[0].source]
        return []

    def _fill_ports(self) -> None:
        refs = self._choices()
        self.ports.clear()
        for ref in refs:
            self.ports.addItem(ref.port, ref)
        self.ports.setVisible(len(refs) > 1)
        if not refs:
            self._forget()
            return
        wanted = self._wanted_port.get(refs[0].node, refs[0].port)
        self.ports.setCurrentIndex(max(0, self.ports.findText(wanted)))
        self._want(self.ports.currentData())

    @Slot(int)
    def _port_chosen(self, _index: int) -> None:
        ref: PortRef = self.ports.currentData()
        self._wanted_port[ref.node] = ref.port
        self._want(ref)

    def _want(self, ref: PortRef) -> None:
        if ref != self._ref:
            self.note.setText("")
            if self._ref is None or ref.node != self._ref.node:
                self.raw.wait()
            self._ref = ref
            self.model.show(self.model_schema(), None)
            self._say("Reading rows…", "")
        self.title.setText(self._session.title_of(ref.node))
        self._head.show()
        self._place_raw()
        self._stale = True
        if self.isVisible():
            self._debounce.ask()

    def _shows_raw(self) -> bool:
        """Return True if what is selected is a source with lines that one can look at."""
        if self._ref is None:
            return False
        node = self._session.document.nodes.get(self._ref.node)
        kind = self._session.kind_of(node) if node else None
        return kind is not None and issubclass(kind, SourceNode) and kind.shows_raw

    def _place_raw(self) -> None:
        """Show the side of the raw lines where there are any and they are wanted."""
        able = self._shows_raw()
        self.raw_button.setVisible(able)
        self.raw.setVisible(able and self.raw_button.isChecked())

    @Slot(bool)
    def _raw_toggled(self, _on: bool) -> None:  # noqa: FBT001
        self._place_raw()
        self._ask_raw()

    def _ask_raw(self) -> None:
        if self._ref is not None and not self.raw.isHidden():
            self.previewer.ask_raw(self._ref.node)

    @Slot(object)
    def _raw_arrived(self, answer: Any) -> None:
        node_id, raw = answer
        if self._ref is not None and node_id == self._ref.node:
            self.raw.show_raw(raw)

    @Slot(object)
    def _raw_failed(self, answer: Any) -> None:
        node_id, error = answer
        if self._ref is not None and node_id == self._ref.node:
            self.raw.show_error(error)

    def model_schema(self) -> Any:
        """Return the schema that the checks know for the port, so that headers come at once."""
        checked = self._session.checked
        if checked is None or self._ref is None:
            return Schema()
        return checked.schemas.get(self._ref, Schema())

    def _forget(self) -> None:
        self._ref, self._stale = None, False
        self._debounce.stop()
        self.previewer.cancel()
        self._head.hide()
        self.raw.hide()
        self._say("No preview yet", "Select a node or an edge to see real rows.")

    def _say(self, title: str, text: str) -> None:
        self._empty.say(title, text)
        self._stack.setCurrentWidget(self._empty)

    def _ask(self) -> None:
        if self._ref is None:
            return
        self._stale = False
        self._ask_raw()
        if any(p.severity is Severity.ERROR for p in self._blocking(self._ref.node)):
            self._explain()
            return
        self.note.setText("Reading…")
        self.previewer.ask(self._ref)

    def _blocking(self, node_id: str) -> list[Any]:
        seen: set[str] = set()
        waiting, found = [node_id], []
        while waiting:
            now = waiting.pop()
            if now not in seen:
                seen.add(now)
                found += self._session.problems_of(now)
                waiting += [e.source.node for e in self._session.document.edges_into(now)]
        return found

    def _explain(self) -> None:
        assert self._ref is not None  # noqa: S101 - holds by construction
        self.previewer.cancel()
        problem = next(p for p in self._blocking(self._ref.node) if p.severity is Severity.ERROR)
        self.note.setText("")
        self._say(problem.what, sentences(problem.do or problem.why))

    @Slot(object)
    def _arrived(self, answer: Any) -> None:
        ref, found = answer
        if ref != self._ref:
            return
        self.model.set_muted(muted_colour())
        kept = self.table.horizontalScrollBar().value()
        schema, table = found.schema, found.table
        if ref.port == REJECTED:
            schema, table = reasons_first(schema, table)
        self.model.show(schema, table)
        self._stack.setCurrentWidget(self.table)
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            widest = _WIDEST_REASON if schema.names[column] == "reject_reason" else _WIDEST
            if self.table.columnWidth(column) > widest:
                self.table.setColumnWidth(column, widest)
        self.table.horizontalScrollBar().setValue(kept)
        self.note.setText(f"{found.note}  ·  {found.seconds * 1000:.0f} ms")
        if not len(found.schema):
            self._say("No columns", "This port carries no columns.")
        elif ref.port == REJECTED and not self.model.rowCount():
            rows = "all rows" if found.complete else "the rows that were looked at"
            self._say("Nothing was rejected", f"Of {rows}, every one could be used.")

    @Slot(object)
    def _failed(self, answer: Any) -> None:
        ref, error = answer
        if ref == self._ref:
            notice = Notice.of(error)
            self.note.setText("")
            self._say(notice.text, notice.detail)
