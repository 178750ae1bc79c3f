"""The form of several nodes of one type: what is changed in it is changed in all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from summit_studio.app.inspector.field import FormContext
from summit_studio.app.inspector.form import Form
from summit_studio.app.inspector.records_model import taken_away, with_field
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.app.session.weighed import Weighed
from summit_studio.core.schema import Schema
from summit_studio.document.edits import Compound, SetParams
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import AnyNode


class SeveralNodes(QWidget):
    """Shows the fields of nodes of one type; one in which they differ stands empty, and says so.

    `connection_wanted` is sent when a new connection is asked for.
    """

    connection_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ids: tuple[str, ...] = ()
        self._kind: type[AnyNode] | None = None
        self._gesture = object()
        self.form: Form | None = None
        self.title = QLabel()
        self.title.setProperty("role", "section")
        self._told = QLabel(tr("What you change here is changed in all of them."))
        self._told.setProperty("role", "hint")
        self._told.setWordWrap(True)
        body = QWidget()
        body.setProperty("role", "panel")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(16, 12, 16, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self.title)
        self._column.addWidget(self._told)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setProperty("role", "panel")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def show_nodes(self, ids: Sequence[str]) -> bool:
        """Show nodes; False, and nothing shown, unless all are of one type that is installed."""
        nodes = self._nodes(ids)
        kinds = {self._session.kind_of(node) for node in nodes}
        kind = kinds.pop() if len(kinds) == 1 else None
        if len(nodes) < 2 or kind is None:  # One alone has the whole inspector.
            self.leave()
            return False
        if self.form is None or kind is not self._kind:
            self.leave()
            self._make_form(kind)
        if self._ids != tuple(ids):
            self._ids, self._gesture = tuple(ids), object()
        self.title.setText(tr("{count} nodes: {title}", count=len(nodes), title=kind.title))
        self._show_values(nodes)
        return True

    def leave(self) -> None:
        """Show nothing."""
        if self.form is not None:
            self.form.blockSignals(True)
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        self._ids = ()

    def set_context(self, context: FormContext) -> None:
        """Offer what the node that was selected first may use, of columns those that all have."""
        if self.form is not None:
            schemas = [self._session.offered_schemas(node_id) for node_id in self._ids]
            self.form.set_context(with_common(context, schemas))

    def _nodes(self, ids: Sequence[str]) -> list[Node]:
        nodes = self._session.document.nodes
        return [nodes[i] for i in ids if i in nodes]

    def _make_form(self, kind: type[AnyNode]) -> None:
        self._kind = kind
        self.form = Form(kind.params_class)
        self.form.edited.connect(self._edited)
        self.form.left.connect(self._left)
        self.form.connection_wanted.connect(self.connection_wanted)
        self.form.picked.connect(self._session.pick)
        self._column.insertWidget(2, self.form)

    def _show_values(self, nodes: Sequence[Node]) -> None:
        assert self.form is not None  # noqa: S101 - just made
        fields = self.form.fields
        values = {
            n: [node.params.get(n, e.spec.default) for node in nodes] for n, e in fields.items()
        }
        alike = {n: all(v == found[0] for v in found) for n, found in values.items()}
        for name, editor in fields.items():
            if alike[name]:
                editor.set_value(values[name][0])
                editor.offer_reset()
            else:
                editor.clear()
            editor.mark_several(differ=not alike[name])

    @Slot(object)
    def _edited(self, change: Any) -> None:
        spec, value = change
        nodes = self._nodes(self._ids)
        steps = tuple(SetParams(n.id, with_field(n.params, spec, value), spec.name) for n in nodes)
        edit = Compound(
            tr("Change {name} of {count} nodes", name=spec.name, count=len(steps)), steps
        )
        before = next((n.params.get(spec.name, spec.default) for n in nodes), None)
        taken = taken_away(spec, before, value)
        if taken:
            deed, anyway = tr("Removing {what}", what=taken), tr("Remove anyway")
            own, again = tuple(self._ids), self._show_again
            self._session.weigh(Weighed(edit, deed, anyway, unmade=again, own=own))
        else:
            self._session.do(edit, self._gesture)

    def _show_again(self) -> None:
        """Show what the nodes say: an edit waits."""
        if self.form is not None:
            self._show_values(self._nodes(self._ids))

    @Slot(object)
    def _left(self, _spec: Any) -> None:
        self._gesture = object()


def with_common(context: FormContext, schemas: Sequence[Mapping[str, Schema]]) -> FormContext:
    """Return a context with the columns that stand in the same port of every node."""
    first, *others = schemas or ({},)
    common = {
        port: Schema(tuple(c for c in schema if all(c.name in o.get(port, ()) for o in others)))
        for port, schema in first.items()
    }
    return replace(context, schemas=common)
