"""The inspector dock: what is selected, its form, its columns."""

import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.code import CodeField
from summit_studio.app.inspector.condition import ConditionField
from summit_studio.app.inspector.delivery import DeliveryFacts
from summit_studio.app.inspector.edge import EdgeFacts
from summit_studio.app.inspector.field import FormContext, Written
from summit_studio.app.inspector.form import Form
from summit_studio.app.inspector.head import NodeHead
from summit_studio.app.inspector.highlight import CodeColours
from summit_studio.app.inspector.ports import Ports
from summit_studio.app.inspector.records_model import taken_away, with_field
from summit_studio.app.inspector.several import SeveralNodes
from summit_studio.app.inspector.spec import FieldSpec, fields_of
from summit_studio.app.inspector.tables import Tables
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.type_words import told_in_full
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.placing import endings
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings
from summit_studio.app.session.trying import Asked, Samples, Trier
from summit_studio.app.session.weighed import Weighed
from summit_studio.core.errors import Where
from summit_studio.document.edits import SetParams
from summit_studio.document.model import ENABLED, Document, Edge, Node
from summit_studio.nodes.params import Editor
from summit_studio.planning.states import SKIPPED

if TYPE_CHECKING:
    from summit_studio.nodes.catalogue import AnyNode

_ROOMY = 1000
_PORTS = 30
"""How much of the height the ports have in any case, in percent, where they need it."""

_PAUSE_MS = 150
"""Of writing, before an expression is tried."""


class Inspector(QWidget):
    """Follows the selection. Every keystroke is an edit; undo shows in the form at once.

    What takes an entry away, or chooses another way, is weighed before it is made. `vacated` tells
    that the field went which had the keyboard, as when its node is undone; `written` is sent when a
    field, or part of one, was left.

    Args:
        functions: Names and help of the functions an expression may call.
        pins: The rows that are pinned.
        settings: Remember how a field is edited.
    """

    connection_wanted = Signal(object)
    field_menu_wanted = Signal(object)
    vacated = Signal()
    written = Signal()

    def __init__(
        self,
        session: Session,
        functions: Mapping[str, str],
        pins: Pins,
        settings: Settings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._session = session
        self._functions = functions
        self._colours = CodeColours.of(session.theme)
        self._node_id: str | None = None
        self._ids: tuple[str, ...] = ()
        self._type: type[AnyNode] | None = None
        self._edge: Edge | None = None
        self._gesture = object()
        self._weighed: SetParams | None = None
        self.form: Form | None = None
        self.head = NodeHead(session)
        self.delivery = DeliveryFacts()
        self.delivery.fixed.connect(session.fix)
        self.ports = Ports(session)
        self.edge = EdgeFacts(session, pins)
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setProperty("role", "code")
        self.raw.setAccessibleName(tr("Params of this node as JSON"))
        self._empty = EmptyState(
            "inspector",
            tr("Nothing selected"),
            tr("Select a node to change what it does, or an edge to see its columns."),
        )
        self.several = SeveralNodes(session)
        self.several.connection_wanted.connect(self.connection_wanted)
        self._build()
        # A burst of changes (undo all, a drag) shows once.
        self._later = Debounce(0, self._show, self)
        self._share_later = Debounce(0, self._share_height, self)
        self._body.installEventFilter(self)
        self.tables = Tables(session, self)
        self.tables.arrived.connect(self._workspace)
        self.trier = Trier(session, self)
        self.trier.arrived.connect(self._tried)
        self.trier.sampled.connect(self._take_samples)
        self._written: tuple[Written, ...] = ()
        self._samples: Samples = {}
        self._try_later = Debounce(_PAUSE_MS, self._try, self)
        session.selected.connect(self._selected)
        session.bridge.changed.connect(self._changed)
        session.checked_changed.connect(self._checked)
        session.chances_changed.connect(self._chanced)
        session.deliveries_changed.connect(self._show_delivery)
        session.workspace_changed.connect(self._workspace)

    def _build(self) -> None:
        self._body = QWidget()
        self._body.setProperty("role", "panel")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(16, 12, 16, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self.head)
        self.about = QLabel()
        self.about.setTextFormat(Qt.TextFormat.RichText)
        self.about.setWordWrap(True)
        # A wide example is not to make all fields as wide.
        self.about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.about.setMinimumWidth(1)
        self.about.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.about.setAccessibleName(tr("About the node type"))
        self.about.hide()
        self.head.sign.toggled.connect(self._show_about)
        self._column.addWidget(self.about)
        self._column.addWidget(self.delivery)
        self._column.addWidget(self.raw)
        # What is left over goes to an edge's rows, else below the form: no field is stretched.
        self._column.addWidget(self.edge, _ROOMY)
        self._column.addStretch(1)
        self.edge.hide()
        self._scroll = QScrollArea()
        self._scroll.setProperty("role", "panel")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._body)
        self._lower = QWidget()
        self._around = lower_column = QVBoxLayout(self._lower)
        lower_column.setContentsMargins(16, 8, 16, 12)
        lower_column.addWidget(self.ports)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.addWidget(self._scroll)
        self._splitter.addWidget(self._lower)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([480, 200])
        self._splitter.splitterMoved.connect(self._placed)
        self._placed_by_hand = False
        self._splitter.setChildrenCollapsible(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._splitter)
        self._stack.addWidget(self.several)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    @Slot()
    def _placed(self) -> None:
        self._placed_by_hand = True

    def _share_height(self) -> None:
        """Give the ports what the fields leave, until a person moves the line between them."""
        typing = self._body.isAncestorOf(QApplication.focusWidget() or self)
        if self._placed_by_hand or typing or self._stack.currentWidget() is not self._splitter:
            return
        height = self._splitter.height() - self._splitter.handleWidth()
        around = self._around.contentsMargins()
        wanted = self.ports.wanted_height() + around.top() + around.bottom()
        left = height - self._column.totalHeightForWidth(self._scroll.viewport().width())
        lower = min(wanted, max(left, height * _PORTS // 100))
        self._splitter.setSizes([height - lower, lower])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._share_later.ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share the height anew when the fields take more or less."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._share_later.ask()
        return super().eventFilter(watched, event)

    def close_workers(self) -> None:
        """Stop reading tables and rows."""
        self.tables.close()
        self._try_later.stop()
        self._share_later.stop()
        self.trier.close()
        self.edge.close_worker()

    @Slot(object)
    def set_theme(self, theme: Theme) -> None:
        """Colour code by another theme."""
        self._colours = CodeColours.of(theme)
        self._show_about()
        self._offer()

    def focus_field(self, where: Where) -> None:
        """Put the cursor in the field that `where` names, if it is this node's."""
        if where.node_id and where.node_id != self._node_id:
            self._selected(self._session.selection)
        if self.form is None or where.node_id != self._node_id:
            return
        if where.param and self.form.focus_field(where.param):
            editor = self.form.fields[where.param.partition(".")[0]]
            self._scroll.ensureWidgetVisible(editor, 0, 24)

    def invite(self, node_id: str, *, needed: bool = False) -> bool:
        """Put the cursor in the first field of a new node that is empty; False if there is none.

        Required fields come first; `needed` leaves all others alone.
        """
        if self._node_id != node_id or self.form is None:
            return False
        editor = self.form.first_empty(needed=needed)
        if editor is None:
            return False
        editor.invite()
        self._scroll.ensureWidgetVisible(editor, 0, 24)
        return True

    @Slot(object)
    def ask_condition(self, asked: Any) -> None:
        """Open the builder of a node's condition on a column; `asked` is (node id, column)."""
        node_id, column = asked
        if self._node_id != node_id or self.form is None:
            return
        for editor in self.form.fields.values():
            if isinstance(editor, ConditionField):
                editor.build(column)
                self._scroll.ensureWidgetVisible(editor, 0, 24)
                return

    def focus_title(self) -> None:
        """Put the cursor in the title, all of it selected."""
        self.head.focus_title()

    @Slot(object)
    def _selected(self, selection: Any) -> None:
        nodes, edges = list(selection.nodes), list(selection.edges)
        self._ids = tuple(nodes)
        self._node_id = nodes[0] if len(nodes) == 1 else None
        self._edge = edges[0] if len(edges) == 1 and not nodes else None
        self._gesture = object()
        if len(nodes) > 1:
            self._empty.say(
                tr("{count} nodes selected", count=len(nodes)),
                tr("Select a single node, or several of one type, to change what they do."),
            )
        else:
            self._empty.say(
                tr("Nothing selected"),
                tr("Select a node to change what it does, or an edge to see its columns."),
            )
        self._show()

    @Slot(object)
    def _changed(self, change: Any) -> None:
        document: Document = change.document
        if self._node_id is not None:
            before = change.previous.nodes.get(self._node_id)
            if before is document.nodes.get(self._node_id):
                return
        self._later.ask()

    @Slot(object)
    def _checked(self, _checked: Any) -> None:
        self._offer()
        self._show_problems()
        self._show_ports()
        self._try_later.ask()

    @Slot()
    def _chanced(self) -> None:
        self._show_problems()

    @Slot(object)
    def _workspace(self, _workspace: Any) -> None:
        self._offer()

    def _node(self) -> Node | None:
        if self._node_id is None:
            return None
        return self._session.document.nodes.get(self._node_id)

    def _show(self) -> None:
        node = self._node()
        several = self.several.show_nodes(self._ids)
        if node is None and self._edge is not None and self._edge in self._session.document.edges:
            self._show_edge(self._edge)
            return
        self.edge.leave()
        if node is None:
            self._drop_form()
            self._stack.setCurrentWidget(self.several if several else self._empty)
            self._offer()
            return
        self._stack.setCurrentWidget(self._splitter)
        kind = self._session.kind_of(node)
        self.head.show_node(node, kind)
        self._show_about()
        if kind is None:
            self._drop_form()
            self.raw.setPlainText(json.dumps(dict(node.params), indent=2, ensure_ascii=False))
        self.raw.setVisible(kind is None)
        if kind is not None:
            self._ensure_form(node)
            assert self.form is not None  # noqa: S101 - just made
            self.form.set_values(node.params)
        self._show_delivery()
        self._show_problems()
        self._show_ports()

    def _show_edge(self, edge: Edge) -> None:
        self._drop_form()
        self.raw.hide()
        self.about.hide()
        self.delivery.hide()
        self.head.show_edge(edge)
        self.ports.show_edge(edge)
        self._stack.setCurrentWidget(self._splitter)
        self.edge.show_edge(edge)

    def _ensure_form(self, node: Node) -> None:
        kind = self._session.kind_of(node)
        assert kind is not None  # noqa: S101 - it is installed
        if self.form is not None and (self._type, self.form.objectName()) == (kind, node.id):
            return
        self._drop_form()
        self.form = Form(kind.params_class)
        self.form.setObjectName(node.id)
        self._type = kind
        self.form.edited.connect(self._edited)
        self.form.left.connect(self._left)
        self.form.pinned.connect(self._pinned)
        self.form.menu_wanted.connect(self.field_menu_wanted)
        self.form.fixed.connect(self._session.fix)
        self.form.connection_wanted.connect(self.connection_wanted)
        self.form.picked.connect(self._picked)
        self.form.rewritten.connect(self._try_later.ask)
        self._column.insertWidget(2, self.form)
        self._offer()
        self._scroll.verticalScrollBar().setValue(0)

    def _drop_form(self) -> None:
        if self.form is not None:
            holder = QApplication.focusWidget()
            held = holder is not None and self.form.isAncestorOf(holder)
            self.form.blockSignals(True)
            self._column.removeWidget(self.form)
            self.trier.forget()
            self._written, self._samples = (), {}
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            if held:
                self.vacated.emit()

    def _try(self) -> None:
        """Have every expression that is shown tried on the rows that reach the node."""
        self._written = self.form.written() if self.form is not None else ()
        ports = self.form.sampled() if self.form is not None else frozenset()
        if self._node_id is None or not (self._written or ports):
            self.trier.forget()
            return
        from summit_studio.engine.trying import Trial

        asked = tuple(Asked(w.port, Trial(w.text, w.above)) for w in self._written)
        self.trier.ask(self._node_id, asked, ports)

    @Slot(object)
    def _take_samples(self, samples: Any) -> None:
        if samples != self._samples:
            self._samples = samples
            self._offer()

    @Slot(object)
    def _tried(self, answers: Any) -> None:
        for written, answer in zip(self._written, answers, strict=True):
            if isinstance(written.field, CodeField):
                written.field.show_answer(answer)

    def _offer(self) -> None:
        if self.form is not None and self._node_id is not None:
            self.form.set_context(self._context(self._node_id))
        elif self.several.form is not None and self._ids[0] in self._session.document.nodes:
            self.several.set_context(self._context(self._ids[0]))

    def _context(self, node_id: str) -> FormContext:
        workspace = self._session.workspace
        node = self._session.document.nodes.get(node_id)
        kind = self._session.kind_of(node) if node else None
        connection = node.params.get("connection") if node else None
        tables = self.tables.of(connection if isinstance(connection, str) else None)
        return FormContext(
            schemas=self._session.offered_schemas(node_id),
            functions=self._functions,
            connections=tuple(workspace.connections),
            tables=tables,
            folder=workspace.root,
            start=self._session.working_folder,
            endings=endings(kind) if kind is not None else (),
            colours=self._colours,
            samples=self._samples,
            type_id=kind.id if kind is not None else "",
            settings=self._settings,
        )

    def _show_problems(self) -> None:
        node = self._node()
        if node is None:
            return
        problems = self._session.problems_of(node.id)
        if node.state != ENABLED:
            # The head says it already.
            problems = [p for p in problems if p.code not in SKIPPED]
        if self.form is not None:
            self.form.set_findings(self._session.findings_of(node.id))
            self.form.set_problems(problems, self._session.shown)

    @Slot()
    def on_about_type(self) -> None:
        """Show all there is to know of the type of the node that is selected, or hide it."""
        self.head.sign.toggle()
        if self.about.isVisibleTo(self):
            self.about.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._scroll.verticalScrollBar().setValue(0)

    @Slot()
    def _show_about(self) -> None:
        node = self._node()
        kind = self._session.kind_of(node) if node is not None else None
        wanted = kind is not None and self.head.sign.isChecked()
        if wanted and kind is not None:
            fields = [(spec.title, spec.doc) for spec in fields_of(kind.params_class)]
            self.about.setText(told_in_full(kind, self._session.theme, fields))
        self.about.setVisible(wanted)

    @Slot()
    def _show_delivery(self) -> None:
        node = self._node()
        self.delivery.show_delivery(self._session.delivery_of(node.id) if node else None)

    def _show_ports(self) -> None:
        node = self._node()
        if node is not None:
            self.ports.show_node(node.id, self._session.kind_of(node))
        elif self._edge is not None:
            self.ports.show_edge(self._edge)
        self._share_later.ask()

    @Slot(object)
    def _edited(self, change: Any) -> None:
        spec, value = change
        node = self._node()
        if node is None:
            return
        self._session.type_in((node.id, spec.name))
        known = self._weighed if self._weighed and self._weighed.node_id == node.id else None
        edit = SetParams(node.id, with_field((known or node).params, spec, value), spec.name)
        taken = taken_away(spec, node.params.get(spec.name, spec.default), value)
        if taken:
            deed = tr("Removing {what}", what=taken)
            self._weigh(edit, deed, tr("Remove anyway"))
        elif known is not None or spec.editor is Editor.CHOICE:
            # A choice may take columns away, as whether others are kept does.
            self._weigh(edit, tr("Changing '{what}'", what=spec.title), tr("Change anyway"))
        elif not self._session.do(edit, self._gesture):
            self._later.ask()

    def _weigh(self, edit: SetParams, deed: str, anyway: str) -> None:
        """Make an edit unless it would break nodes; what is edited meanwhile goes with it."""
        self._weighed = edit
        settled = partial(self._settled, edit)
        self._session.weigh(
            Weighed(edit, deed, anyway, then=settled, unmade=settled, own=(edit.node_id,))
        )

    def _settled(self, edit: SetParams) -> None:
        """Show the form as the document is: an edit was made, or waits."""
        if self._weighed is edit:
            self._weighed = None
            self._later.ask()

    @Slot(object)
    def _picked(self, pick: Any) -> None:
        self._session.pick(pick)

    @Slot(object)
    def _pinned(self, params: Any) -> None:
        node = self._node()
        if node is not None:
            self._gesture = object()
            self._session.do(SetParams(node.id, {**node.params, **params}))

    @property
    def current_field(self) -> FieldSpec | None:
        """The field that was edited or clicked last, of the node that is shown."""
        return self.form.current if self.form is not None else None

    @Slot(object)
    def _left(self, spec: Any) -> None:
        self._gesture = object()
        self.written.emit()
        if spec is not None and self._node_id is not None:
            self._session.leave_field((self._node_id, spec.name))
