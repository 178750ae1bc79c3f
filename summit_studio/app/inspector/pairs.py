"""The editor of a list whose entries pair a column of one input with one of another."""

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from summit_studio.app.inspector.field import FieldEditor, FormContext
from summit_studio.app.inspector.records import RecordsField
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.words import tr
from summit_studio.nodes.contract import visible
from summit_studio.nodes.params import Editor
from summit_studio.nodes.parts.fields import comparable

_NAMED = 3
"""As many names are told by the button."""


def sides_of(spec: FieldSpec) -> tuple[FieldSpec, FieldSpec] | None:
    """Return the two fields of an entry that name columns of two inputs, if that is what it is."""
    columns = [f for f in spec.record if f.editor is Editor.COLUMN]
    if len(columns) != 2 or columns[0].port == columns[1].port:
        return None
    return columns[0], columns[1]


class PairsField(RecordsField):
    """Pairs, and a button that adds those of one name whose types compare."""

    def __init__(
        self,
        spec: FieldSpec,
        make: Callable[[FieldSpec], FieldEditor],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(spec, make, parent)
        sides = sides_of(spec)
        assert sides is not None  # noqa: S101 - it is made for no other
        self._sides = sides
        self.alike = QPushButton()
        self.alike.setProperty("role", "remedy")
        self.alike.clicked.connect(self.propose)
        self.alike.hide()
        at = self._column.indexOf(self.body)
        self._column.insertWidget(at + 1, self.alike, 0, Qt.AlignmentFlag.AlignLeft)

    def set_value(self, value: Any) -> None:
        """Show the pairs."""
        super().set_value(value)
        self._offer()

    def set_context(self, context: FormContext) -> None:
        """Look for columns of one name."""
        super().set_context(context)
        self._offer()

    def proposed(self) -> tuple[str, ...]:
        """Return the names that stand on both sides, with types that compare, in no pair yet."""
        return tuple(entry[self._sides[0].name] for entry in self._pairs())

    def _pairs(self) -> Iterator[dict[str, str]]:
        left, right = self._sides
        taken = {
            (side.name, str(entry.get(side.name, "")).casefold())
            for entry in self.model.entries()
            for side in self._sides
        }
        theirs = visible(self.context.columns(right.port))
        for ours in visible(self.context.columns(left.port)):
            found, folded = theirs.find(ours.name), ours.name.casefold()
            if found is None or not comparable(ours.type, found.type):
                continue
            if not taken & {(left.name, folded), (right.name, folded)}:
                yield {left.name: ours.name, right.name: found.name}

    def _offer(self) -> None:
        names = self.proposed()
        shown = ", ".join(names[:_NAMED]) + ", ..." * (len(names) > _NAMED)
        self.alike.setText(
            tr("Match {shown}", shown=shown) if len(names) == 1 else tr("Match columns of one name")
        )
        self.alike.setToolTip(
            tr("Add a pair for each name that both inputs have: {shown}", shown=shown)
        )
        self.alike.setAccessibleName(tr("Match columns of one name: {shown}", shown=shown))
        self.alike.setVisible(bool(names))

    @Slot()
    def propose(self) -> None:
        """Add the pairs that are proposed, as one step."""
        self.left.emit()
        self.model.drop_drafts()
        self.model.set_entries([*self.model.entries(), *self._pairs()])
        self._choose(self.model.rowCount() - 1)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edited()
        self._offer()
        self.left.emit()
