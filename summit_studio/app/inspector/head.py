"""The head of the inspector: icon, title, what the node type does."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.field import is_undo
from summit_studio.app.inspector.message import MessageLine
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.session import Session
from summit_studio.core.problems import Fix
from summit_studio.document.edits import SetTitle
from summit_studio.document.model import BYPASSED, DISABLED, ENABLED, Edge, Node
from summit_studio.nodes.catalogue import AnyNode

_ICON = 24
_PADDING = 8
_STATES = {
    DISABLED: mark("Disabled: it does not run, nor does what depends on it alone."),
    BYPASSED: mark("Bypassed: rows go past it unchanged."),
}


class NodeHead(QWidget):
    """Shows and edits a node's title; shows an edge by name.

    The sign beside the title is pressed while all there is to know of the node type is wanted. A
    node without a title of its own that others are called like is offered one.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._node_id: str | None = None
        self._gesture = object()
        self._icon = QLabel()
        self._icon.setFixedSize(_ICON + 4, _ICON + 4)
        self.title = QLineEdit()
        self.title.setProperty("role", "title")
        self.title.setAccessibleName(tr("Title"))
        self.title.setToolTip(tr("What people call this node"))
        self.title.textEdited.connect(self._typed)
        self.title.installEventFilter(self)
        self._kind = QLabel()
        self._kind.setProperty("role", "hint")
        self._kind.setWordWrap(True)
        self._kind.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = QHBoxLayout()
        top.setSpacing(0)
        top.addWidget(self._icon)
        top.addWidget(self.title, 1)
        self.sign = QToolButton()
        self.sign.setText("?")
        self.sign.setCheckable(True)
        self.sign.setProperty("role", "sign")
        self.sign.setToolTip(tr("All about this node type"))
        self.sign.setAccessibleName(tr("All about this node type"))
        top.addWidget(self.sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        self._offered = ""
        self.offer = QPushButton()
        self.offer.setProperty("role", "remedy")
        self.offer.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.offer.clicked.connect(self._take_offer)
        self.offer.hide()
        column.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._kind)
        self.state = MessageLine()
        self.state.fixed.connect(session.fix)
        self.state.hide()
        column.addWidget(self.state)

    def show_node(self, node: Node, kind: type[AnyNode] | None) -> None:
        """Show a node; what a person is typing in the title stays."""
        self._node_id = node.id
        self.title.setReadOnly(False)
        shown = node.title or ""
        if shown != self.title.text():
            self.title.setText(shown)
            self.title.home(False)  # Else a long title shows its end.
        self.title.setPlaceholderText(kind.title if kind else node.type)
        self.sign.setVisible(kind is not None)
        self._make_offer(node)
        if kind is None:
            self._kind.setText(
                tr(
                    "The node type '{type}' is not installed. The node is kept as it is and saved "
                    "unchanged.",
                    type=node.type,
                )
            )
        else:
            doc = (kind.__doc__ or "").strip().splitlines()
            self._kind.setText(f"{doc[0] if doc else kind.title}\n{kind.title} · {node.id}")
        self._show_state(node)
        colour = category_colour(self._session.theme, kind.category if kind else "")
        self._icon.setPixmap(icon(kind.icon if kind else "unknown", colour).pixmap(_ICON, _ICON))

    def _make_offer(self, node: Node) -> None:
        session, document = self._session, self._session.document
        named = node.title or session.files.read_only or session.names.is_alone(document, node)
        made = {} if named else session.names.after_deeds(document, [node.id])
        self._offered = made.get(node.id, "")
        said = tr("Call it '{title}'", title=self._offered)
        self.offer.setAccessibleName(said)
        self.offer.setToolTip(
            tr("{said}: others have the same title. Undo takes it back.", said=said)
        )
        self._fit_offer()
        self.offer.setVisible(bool(self._offered))

    def _fit_offer(self) -> None:
        """Say what is offered, as far as there is room for it."""
        self.offer.setText(
            self.offer.fontMetrics().elidedText(
                self.offer.accessibleName(), Qt.TextElideMode.ElideMiddle, self.width() - _PADDING
            )
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut what is offered anew."""
        super().resizeEvent(event)
        self._fit_offer()

    @Slot()
    def _take_offer(self) -> None:
        """Give the node the title that is offered, and have it ready to be changed."""
        if self._node_id is not None and self._offered:
            self._session.do(SetTitle(self._node_id, self._offered))
            self.focus_title()

    def _show_state(self, node: Node) -> None:
        told = tr(_STATES[node.state]) if node.state in _STATES else ""
        fixes = (Fix(tr("Enable it"), node.id, state=ENABLED),) if told else ()
        self.state.say(told, "warning", fixes)
        self.state.setVisible(bool(told))

    def show_edge(self, edge: Edge) -> None:
        """Show an edge."""
        self._node_id = None
        self.sign.hide()
        self.offer.hide()
        self.state.hide()
        self.title.setReadOnly(True)
        names = [self._session.title_of(ref.node) for ref in (edge.source, edge.target)]
        self.title.setText(" → ".join(names))
        self.title.home(False)
        self._kind.setText(str(edge))
        self._icon.setPixmap(
            icon("edge", category_colour(self._session.theme, "")).pixmap(_ICON, _ICON)
        )

    def focus_title(self) -> None:
        """Put the cursor in the title."""
        self.title.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.title.selectAll()

    @Slot(str)
    def _typed(self, text: str) -> None:
        if self._node_id is not None:
            self._session.do(SetTitle(self._node_id, text or None), self._gesture)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave undo to the document; a new visit to the field is a new gesture."""
        if event.type() == QEvent.Type.ShortcutOverride and is_undo(event):
            event.ignore()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self._gesture = object()
        return bool(super().eventFilter(watched, event))
