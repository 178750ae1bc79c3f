"""The preview panel: real rows of whatever is selected."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.line import Line
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.panels.grid.further import FurtherBar
from summit_studio.app.panels.grid.menus import Menus
from summit_studio.app.panels.grid.none import Way, why_none
from summit_studio.app.panels.grid.sides import SideBySide
from summit_studio.app.panels.grid.view import GridView
from summit_studio.app.panels.raw import RawView
from summit_studio.app.session.acting import done
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.bridge import Changed
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.pointed import Pointed
from summit_studio.app.session.previewing import Glanced, Looked, Previewer
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.session.weighed import Weighed
from summit_studio.core.problems import Severity
from summit_studio.core.schema import RAW_REJECTS, REJECTED, WRITTEN, Schema
from summit_studio.document.model import Document, Edge, PortRef
from summit_studio.nodes.contract import SinkNode, SourceNode
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview
    from summit_studio.engine.sides import Shown

_ALONE = (REJECTED, WRITTEN)
"""Ports beside which nothing stands that could be compared."""
_FILTER, _KEPT = "filter", "kept"
"""The type of node, and its port, to which rows go by a condition."""
_ROOMY = 840
"""The width from which rows before and after stand side by side unasked."""
_QUIET_MS = 120
_EDIT_QUIET_MS = 25
_LOSING = frozenset({"select_columns", "aggregate"})
"""Node types of acts after which a column may be missing, or be of another type."""
"""After an edit of what is shown: so short that rows follow the keys, and fast typing is one."""
_FIRST = ("reject_reason", "reject_code", "reject_column", "reject_source")
_FIRST_RAW = ("reject_reason", "reject_code", "line", "reject_column", "raw", "file")
"""What one looks for first in rejected rows, in order; in those of a file's lines."""


def reasons_first(rows: "Shown") -> "Shown":
    """Return rejected rows with what tells why and where before their other columns."""
    schema = rows.schema
    wanted = _FIRST_RAW if schema == RAW_REJECTS else _FIRST
    names = [name for name in wanted if name in schema.names]
    names += [name for name in schema.names if name not in names]
    places = [schema.names.index(name) for name in names]
    columns = Schema(tuple(schema.columns[at] for at in places))
    return replace(rows, schema=columns, table=rows.table.select(places))


def captions(looked: Looked) -> tuple[str, str]:
    """Return what stands above the rows before and after; nothing where one side is shown."""
    before, aligned = looked.before, looked.aligned
    if before is None or aligned is None:
        return "", ""
    count = before.rows.table.num_rows
    came = tr(
        "Before: {count:,} {words}", count=count, words=tr("row") if count == 1 else tr("rows")
    )
    if looked.sides.unmatched:
        return came, tr("After. {unmatched}", unmatched=looked.sides.unmatched)
    rejected = sum(1 for fate in aligned.fates.values() if fate.port == REJECTED)
    out = aligned.right.null_count
    cells = sum(lit.true_count for lit in aligned.changed.values())
    left = looked.sides.after.table.num_rows
    said = [tr("After: {left:,} {words}", left=left, words=tr("row") if left == 1 else tr("rows"))]
    said += [tr("{out:,} left out", out=out - rejected)] if out > rejected else []
    said += [tr("{rejected:,} rejected", rejected=rejected)] if rejected else []
    said += (
        [
            tr(
                "{cells:,} {words} changed",
                cells=cells,
                words=tr("cell") if cells == 1 else tr("cells"),
            )
        ]
        if cells
        else []
    )
    new = sum(1 for c in range(len(looked.sides.after.schema)) if c not in aligned.sources)
    said += (
        [tr("{new} new {words}", new=new, words=tr("column") if new == 1 else tr("columns"))]
        if new
        else []
    )
    return came, " · ".join(said)


def _toggle(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setToolTip(tip)
    return button


@dataclass(frozen=True, slots=True)
class _Seen:
    """What shown rows depend on."""

    document: Document
    workspace: Workspace
    ref: PortRef | None
    edge: int | None
    pins: object


class PreviewPanel(QWidget):
    """Shows the selected node's port, or the selected edge. Asks only while it is visible.

    Beside the rows of a node stand those that reach it; beside those of a file, the file. `made`
    carries the id of the node that an act made, `condition_asked` (id, column) where that node
    still needs a condition on a column, `column_clicked` a Pointed.
    """

    made = Signal(object)
    column_clicked = Signal(object)
    condition_asked = Signal(object)

    def __init__(self, session: Session, pins: Pins, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pins = pins
        pins.changed.connect(self._pins_changed)
        self._ref: PortRef | None = None
        self._wanted_port: dict[str, str] = {}
        self._stale = False
        self._anew = False
        self._made = ""
        self._apart = False
        self.previewer = Previewer(session, pins, self)
        self.previewer.arrived.connect(self._arrived)
        self.previewer.failed.connect(self._failed)
        self.previewer.glanced.connect(self._glanced)
        self.previewer.raw_arrived.connect(self._raw_arrived)
        self.previewer.raw_failed.connect(self._raw_failed)
        self._debounce = Debounce(_QUIET_MS, self._ask, self)
        self._soon = Debounce(_EDIT_QUIET_MS, self._ask_soon, self)
        self._last: _Seen | None = None
        self._hasty = False
        self.grid = SideBySide(session.theme)
        self.table = self.grid.after
        self.model = self.grid.after.rows
        self.menus = Menus(self.grid, self._folder, self)
        self.menus.acted.connect(self._act)
        self.menus.exported.connect(self._export)
        self.menus.pointed.connect(self._pointed)
        self.grid.column_clicked.connect(self._clicked)
        self.grid.none.chosen.connect(self._way_chosen)
        self._make_choices()
        self.further = FurtherBar()
        self.further.wanted.connect(self.on_look_further)
        self.further.stopped.connect(self.previewer.stop)
        self.previewer.progressed.connect(self.further.tell)
        self.title = Line(role="strong")
        self.note = Line(role="hint")
        self._empty = EmptyState(
            "table", tr("No preview yet"), tr("Select a node or an edge to see real rows.")
        )
        self._build()
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.on_find_rows)
        session.bridge.changed.connect(self._edited)
        session.values_changed.connect(self._valued)
        session.selected.connect(self._selected)
        session.checked_changed.connect(self._checked)

    def _make_choices(self) -> None:
        self.ports = QuietComboBox()
        self.ports.setAccessibleName(tr("Port to preview"))
        self.ports.setToolTip(tr("Which port's rows to show"))
        self.ports.activated.connect(self._port_chosen)
        self.edges = QuietComboBox()
        self.edges.setAccessibleName(tr("Input to show beside"))
        self.edges.setToolTip(tr("Which input's rows to show beside"))
        self.edges.activated.connect(self._edge_chosen)
        self.raw = RawView()
        self.raw.hide()
        self.raw_button = _toggle(tr("Raw"), tr("Show the file as it stands beside the rows"))
        self.raw_button.setAccessibleName(tr("Show the file as it stands"))
        self.raw_button.toggled.connect(self._raw_toggled)
        self.pin_button = _toggle(tr("Pin"), "")
        self.pin_button.setAccessibleName(tr("Pin these rows"))
        self.pin_button.clicked.connect(self.on_pin_rows)
        self.before_button = _toggle(tr("Before"), tr("Show the rows that reach the node beside"))
        self.before_button.setChecked(True)
        self.before_button.toggled.connect(self._before_toggled)
        self.before_button.clicked.connect(self._before_decided)
        self._decided = False

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 6, 12, 6)
        head.setSpacing(8)
        for part in (
            self.title, self.ports, self.pin_button, self.raw_button, self.before_button,
            self.edges,
        ):  # fmt: skip
            head.addWidget(part)
        head.addStretch(1)
        head.addWidget(self.note)
        self._head = QWidget()
        self._head.setLayout(head)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.further)
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
        self._soon.stop()
        self.grid.close_worker()
        self.previewer.close()

    @property
    def shown(self) -> PortRef | None:
        """The port whose rows are shown or awaited."""
        return self._ref

    def refresh(self) -> None:
        """Ask at once for the rows of what is selected, and read the sources anew."""
        self._debounce.stop()
        self._anew = True
        self._ask()

    @property
    def apart(self) -> bool:
        """True while rows are shown or awaited that belong to no node."""
        return self._apart

    @property
    def shown_written(self) -> str:
        """The sink of which the rows in its target are shown; empty where others are."""
        return self._ref.node if self._ref is not None and self._ref.port == WRITTEN else ""

    def show_written(self, node_id: str) -> None:
        """Show what is in a sink's target, read anew."""
        self._wanted_port[node_id] = WRITTEN
        self._session.choose_nodes([node_id])
        self._fill_ports()
        self.refresh()

    def show_ran(self, node_id: str, rows: "Preview") -> None:
        """Show what a run that went to a node found there, until something else is wanted."""
        from summit_studio.engine.sides import Shown, Sides, in_one

        if self._session.selection.nodes != (node_id,):
            self._session.choose_nodes([node_id])
        if self._ref is None:
            return
        self._debounce.stop()
        self._soon.stop()
        self.previewer.cancel()
        self._stale, self._last = False, self._seen()
        after = Shown(rows.schema, in_one(rows.table))
        looked = Looked(Sides(self._ref, after, (), rows.complete, rows.note, rows.seconds))
        self._arrived((self._ref, looked))
        self.previewer.glance(looked)

    def say_apart(self, title: str, text: str, detail: str = "") -> None:
        """Say something of rows that belong to no node, until something is selected."""
        self._session.choose(Selection())
        self._forget()
        self._apart = True
        self.title.setText(title)
        self.note.setText("")
        self._head.show()
        for part in (self.ports, self.pin_button, self.raw_button, self.before_button, self.edges):
            part.hide()
        self._say(text, detail)

    def show_apart(self, title: str, rows: "Shown", note: str) -> None:
        """Show rows that belong to no node, until something is selected."""
        from summit_studio.engine.sides import Sides

        self.say_apart(title, "")
        looked = Looked(Sides(PortRef("", ""), rows, (), complete=False, note=note, seconds=0.0))
        self.grid.show_looked(looked)
        self.note.setText(note)
        self._stack.setCurrentWidget(self.grid)
        self.previewer.glance(looked)

    @Slot()
    def on_pin_rows(self) -> None:
        """Pin the rows that are shown, or let go of those that are pinned."""
        looked = self.grid.looked
        if self.shown_written:
            self._session.notice(
                Notice(tr("Rows of a target are not pinned"), tr("Choose another port."))
            )
        elif self._ref is not None and self._ref in self._pins.found:
            self._pins.unpin(self._ref)
        elif self._pins.why_not:
            self._session.notice(Notice(tr("Rows cannot be pinned yet"), self._pins.why_not))
        elif self._ref is not None and looked is not None and self._shows_rows:
            self._pins.pin(self._ref, looked.sides.after)
        self._place_pin()

    @property
    def _shows_rows(self) -> bool:
        return self._stack.currentWidget() is self.grid and not self.previewer.busy

    @Slot()
    def _pins_changed(self) -> None:
        self._place_pin()
        if self._ref is not None:
            self._want(self._ref)

    def _place_pin(self) -> None:
        told = self._pins.told(self._ref)
        self.pin_button.setVisible(self._ref is not None and self._ref.port != WRITTEN)
        self.pin_button.setChecked(bool(told))
        self.pin_button.setText(tr("Pinned") if told else tr("Pin"))
        tip = tr("Keep these rows beside the pipeline, so that what follows needs no source")
        self.pin_button.setToolTip(tr("{told}. Click to unpin.", told=told) if told else tip)

    @Slot()
    def on_find_rows(self) -> None:
        """Look for text in the rows that are shown."""
        if self._stack.currentWidget() is self.grid:
            self.grid.finder.open_bar()

    @Slot()
    def on_look_further(self) -> None:
        """Read on until rows are found, or to the end."""
        if self._ref is not None:
            self._debounce.stop()
            self._hasty = False
            self.further.begin()
            self.previewer.look_further(self._ref, self._beside())

    @Slot()
    def on_before_after(self) -> None:
        """Show the rows that reach the node beside, or no more."""
        self.before_button.click()

    @Slot()
    def on_column_menu(self) -> None:
        """Open what can be done with the column that has the cursor."""
        if self._stack.currentWidget() is self.grid:
            view = self.grid.before if self.grid.before.hasFocus() else self.table
            view.setFocus(Qt.FocusReason.ShortcutFocusReason)
            view.open_column_menu()

    @Slot()
    def on_export_rows(self) -> None:
        """Write the rows that are shown."""
        if self._stack.currentWidget() is self.grid:
            self.menus.export(self.table)

    @Slot(object)
    def _act(self, asked: Any) -> None:
        """Make the node of an act, and look at what it gives."""
        view, act = asked
        looked = self.grid.looked
        if looked is None or self._ref is None:
            return
        session, edge = self._session, self._edge()
        ref = self._ref
        if ref.port == WRITTEN:
            detail = tr("Act on the rows that arrive at the sink: choose another port.")
            session.notice(Notice(tr("These rows are written already"), detail))
            return
        if view is self.grid.before and looked.before is not None:
            edge = looked.before.edge
            ref = edge.source
        edit, node_id = done(session.document, session.catalogue, ref, act, edge)

        def look() -> None:
            session.choose_nodes([node_id])
            self._made = node_id
            self.made.emit(node_id)
            if act.asks:
                self.condition_asked.emit((node_id, act.asks))
            else:
                self.table.setFocus(Qt.FocusReason.OtherFocusReason)

        if act.type in _LOSING:
            session.weigh(Weighed(edit, act.label, tr("Do it anyway"), look))
        elif session.do(edit):
            look()

    @Slot(object)
    def _pointed(self, asked: Any) -> None:
        view, column, wish, name = asked
        ref = self._port_of(view)
        if ref is not None:
            self._session.ask_of_column(Pointed(ref, column, wish, name))

    @Slot(object)
    def _clicked(self, clicked: Any) -> None:
        view, column = clicked
        ref = self._port_of(view)
        if ref is not None:
            self.column_clicked.emit(Pointed(ref, view.rows.schema.columns[column].name))

    def _port_of(self, view: GridView) -> PortRef | None:
        """Return the port whose rows a view shows."""
        looked = self.grid.looked
        if view is self.grid.before and looked is not None and looked.before is not None:
            return looked.before.edge.source
        return self._ref

    def pointed(self) -> Pointed | None:
        """Return the column that has the cursor, or the first; None where no rows are shown."""
        if self._stack.currentWidget() is not self.grid or not self.table.rows.schema.columns:
            return None
        view = self.grid.before if self.grid.before.hasFocus() else self.table
        columns = view.rows.schema.columns
        at = min(max(view.currentIndex().column(), 0), len(columns) - 1)
        ref = self._port_of(view)
        return None if ref is None else Pointed(ref, columns[at].name)

    def _edge(self) -> Edge | None:
        """Return the edge that is selected, where one is."""
        chosen = self._session.selection
        return next(iter(chosen.edges), None) if not chosen.nodes else None

    def _folder(self) -> Path:
        return self._session.workspace.root

    @Slot(object)
    def _export(self, asked: Any) -> None:
        view, path = asked
        table, rows = view.rows.table, view.rows.shown
        if table is not None:
            self.previewer.export(table, rows, path)

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self.grid.set_theme(theme)

    def showEvent(self, event: Any) -> None:
        """Fetch what was left unasked while hidden."""
        super().showEvent(event)
        if self._stale:
            self._debounce.ask()

    @Slot(object)
    def _selected(self, _selection: Any) -> None:
        self._apart = False
        self._fill_ports()

    @Slot(object)
    def _checked(self, _checked: Any) -> None:
        if not self._apart:
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
            # A sink shows what it would write, the rows that arrive, and what is in its target.
            written = issubclass(kind, SinkNode) and kind.read_back(node.params) is not None
            outputs += [PortRef(node.id, WRITTEN)] if written else []
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
        wanted = self._wanted_port.get(self._holder(refs[0]), refs[0].port)
        self.ports.setCurrentIndex(max(0, self.ports.findText(wanted)))
        self._want(self.ports.currentData())

    @Slot(int)
    def _port_chosen(self, _index: int) -> None:
        ref: PortRef = self.ports.currentData()
        self._wanted_port[self._holder(ref)] = ref.port
        self._want(ref)

    def _holder(self, ref: PortRef) -> str:
        """Return the node whose port is chosen: a sink also has those of whose rows arrive."""
        nodes = self._session.selection.nodes
        return nodes[0] if len(nodes) == 1 else ref.node

    def _want(self, ref: PortRef) -> None:
        if ref != self._ref:
            self.note.setText("")
            if self._ref is None or ref.node != self._ref.node:
                self.raw.wait()
            self._ref = ref
            self._fill_edges()
            self._say(tr("Reading rows…"), "")
        elif self.edges.count() != len(self._incoming()):
            self._fill_edges()
        self.title.setText(self._session.title_of(ref.node))
        self._head.show()
        self._place_raw()
        self._place_before()
        self._place_pin()
        if self._last is not None and self._last == self._seen():
            return
        self._stale = True
        if self.isVisible():
            self._debounce.ask()

    def _seen(self) -> "_Seen":
        """Return all that the rows depend on which are asked for now."""
        session = self._session
        pins = self._pins.found
        return _Seen(session.document.meaning(), session.workspace, self._ref, self._beside(), pins)

    @Slot(object)
    def _edited(self, change: Changed) -> None:
        """Follow an edit at once, without waiting for the checks of the whole document."""
        if self._ref is None or self._ref.node not in change.document.nodes:
            return
        if self.isVisible() and change.document.meaning() != change.previous.meaning():
            self._soon.ask()

    @Slot(object)
    def _valued(self, _values: object) -> None:
        if self.isVisible() and self._ref is not None:
            self._soon.ask()

    def _ask_soon(self) -> None:
        if self._ref is not None and self._ref.node in self._session.document.nodes:
            self._hasty = True
            self._send()

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

    def _incoming(self) -> list[Edge]:
        """Return the edges whose rows can stand beside: those into the one node selected."""
        chosen = self._session.selection
        if self._ref is None or chosen.nodes != (self._ref.node,) or self._ref.port in _ALONE:
            return []
        return list(self._session.document.edges_into(self._ref.node))

    def _fill_edges(self) -> None:
        """Offer the inputs, that of the rows shown first chosen."""
        incoming = self._incoming()
        self.edges.clear()
        for edge in incoming:
            self.edges.addItem(self._session.title_of(edge.source.node), edge)
        if self._ref is None or not incoming:
            return
        node = self._session.document.nodes[self._ref.node]
        kind = self._session.kind_of(node)
        origin = kind.origin(self._ref.port) if kind is not None else None
        ports = [edge.target.port for edge in incoming]
        self.edges.setCurrentIndex(ports.index(origin) if origin in ports else 0)

    def _place_before(self) -> None:
        """Show what stands beside where there is something, and it is wanted."""
        able = bool(self._incoming())
        self.before_button.setVisible(able)
        self.edges.setVisible(able and self.before_button.isChecked() and self.edges.count() > 1)

    @Slot(bool)
    def _before_toggled(self, _on: bool) -> None:  # noqa: FBT001
        self._place_before()
        self._ask()

    @Slot()
    def _before_decided(self) -> None:
        self._decided = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay two sides beside one another where both have room, until a person decides."""
        super().resizeEvent(event)
        if not self._decided:
            self.before_button.setChecked(self.width() >= _ROOMY)

    @Slot(int)
    def _edge_chosen(self, _index: int) -> None:
        self._ask()

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

    def _forget(self) -> None:
        self._ref, self._stale, self._last = None, False, None
        self._soon.stop()
        self.further.rest()
        self._debounce.stop()
        self.previewer.cancel()
        self._head.hide()
        self.raw.hide()
        self._say(tr("No preview yet"), tr("Select a node or an edge to see real rows."))

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
        self.note.setText(tr("Reading…"))
        self.further.rest()
        self._hasty = False
        self._send()

    def _send(self) -> None:
        assert self._ref is not None  # noqa: S101 - the caller looked
        anew, self._anew = self._anew, False
        self._last = self._seen()
        self.previewer.ask(self._ref, self._beside(), anew=anew)

    def _beside(self) -> int | None:
        """Return the place of the edge whose rows are wanted beside; None for none."""
        wanted = self._incoming() and self.before_button.isChecked()
        return max(self.edges.currentIndex(), 0) if wanted else None

    def _blocking(self, node_id: str) -> list[Any]:
        seen: set[str] = set()
        pins = self._pins.found
        if self._ref in pins:
            return []
        waiting, found = [node_id], []
        while waiting:
            now = waiting.pop()
            if now not in seen:
                seen.add(now)
                found += self._session.problems_of(now)
                into = self._session.document.edges_into(now)
                waiting += [e.source.node for e in into if e.source not in pins]
        return found

    def _explain(self) -> None:
        assert self._ref is not None  # noqa: S101 - holds by construction
        self._last = None
        self.previewer.cancel()
        problem = next(p for p in self._blocking(self._ref.node) if p.severity is Severity.ERROR)
        self.note.setText("")
        node_id = problem.where.node_id
        place = tr("At '{title_of}'", title_of=self._session.title_of(node_id)) if node_id else ""
        self._say(problem.what, sentences(place, problem.why, problem.do))

    @Slot(object)
    def _arrived(self, answer: Any) -> None:
        ref, looked = answer
        if ref != self._ref:
            return
        sides = looked.sides
        if ref.port == REJECTED:
            after = reasons_first(sides.after)
            looked = replace(looked, sides=replace(sides, after=after))
        across, down = self.table.horizontalScrollBar(), self.table.verticalScrollBar()
        kept = across.value(), down.value()
        self.grid.show_looked(looked)
        across.setValue(kept[0])
        down.setValue(kept[1])
        if ref.node == self._made:
            self._made = ""
            self._show_new(looked)
        self._say_what_is_shown(looked)
        self._stack.setCurrentWidget(self.grid)
        rows = sides.after.table.num_rows
        self.further.rest()
        if not len(sides.after.schema):
            self._say(tr("No columns"), tr("This port carries no columns."))
        elif ref.port == REJECTED and not rows:
            among = tr("all rows") if sides.complete else tr("the rows that were looked at")
            self._say(
                tr("Nothing was rejected"), tr("Of {among}, every one could be used.", among=among)
            )
            if not sides.complete:
                self.further.offer(tr("None among the first rows."))
        elif not rows:
            node = self._session.document.nodes.get(ref.node)
            sifts = node is not None and node.type == _FILTER and ref.port == _KEPT
            self.grid.none.tell(why_none(sides, sifts=sifts))

    @Slot(object)
    def _way_chosen(self, way: Way) -> None:
        """Do what is offered where no rows are."""
        if way is Way.FURTHER:
            self.on_look_further()
        elif self._ref is not None:
            node_id = self._ref.node
            self._wanted_port[node_id] = REJECTED
            self._session.choose_nodes([node_id])
            self._fill_ports()

    def _show_new(self, looked: Looked) -> None:
        """Bring a column into view that was not there before."""
        came = {name for before in looked.sides.before for name in before.rows.schema.names}
        names = looked.sides.after.schema.names
        new = next((at for at, name in enumerate(names) if name not in came), None)
        if new is not None and came:
            self.table.scrollTo(self.model.index(0, new))

    def _say_what_is_shown(self, looked: Looked) -> None:
        sides = looked.sides
        told = self._pins.told(self._ref)
        note = (
            f"P{told[1:]}"
            if told
            else tr("{note} · {seconds:.0f} ms", note=sides.note, seconds=sides.seconds * 1000)
        )
        self.note.setText(note)
        before, after = captions(looked)
        for label, text in ((self.grid.before_note, before), (self.grid.after_note, after)):
            label.setText(text)
            label.setVisible(bool(text))

    @Slot(object)
    def _glanced(self, found: Glanced) -> None:
        after = found.after
        if self._ref is not None and self._ref.port == REJECTED:
            names = found.looked.sides.after.schema.names
            by_name = dict(zip(names, after, strict=True))
            after = tuple(by_name[name] for name in self.model.schema.names)
        self.grid.set_glances(found.before, after)

    @Slot(object)
    def _failed(self, answer: Any) -> None:
        ref, error = answer
        self._last = None
        if ref == self._ref and self._hasty:
            # Half-typed as it may be: the rows stay until the checks say what is wrong.
            self.note.setText("")
        elif ref == self._ref:
            notice = Notice.of(error)
            self.note.setText("")
            self.further.rest()
            self._say(notice.text, notice.detail)
