"""The editor of a list whose entries take columns of the input: all of them, to be ticked."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QStyleOptionViewItem, QVBoxLayout, QWidget

from summit_studio.app.inspector.cells import CellDelegate
from summit_studio.app.inspector.field import FieldEditor, FormContext
from summit_studio.app.inspector.mapping_model import MappingModel
from summit_studio.app.inspector.mapping_view import MappingView
from summit_studio.app.inspector.records import RecordsField, shown_fields
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.roles import muted_colour
from summit_studio.nodes.contract import visible

_REST, _KEEP = "others", "keep"
"""The param that says what becomes of columns not listed, and its value where they stay."""


class MappingDelegate(CellDelegate):
    """Draws ticks with an outline that is seen on dark ground too."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Take the outline, which the style makes darker than the window, from a lighter colour."""
        super().initStyleOption(option, index)
        palette = option.palette
        palette.setColor(QPalette.ColorRole.Window, muted_colour())
        option.palette = palette


class MappingField(RecordsField):
    """Every column that arrives with a tick, its new name and type; entries where none is known.

    Fields of an entry that the table has no room for stand beneath it, for the ticked row that
    has the cursor.
    """

    _mapped = False

    def __init__(
        self,
        spec: FieldSpec,
        make: Callable[[FieldSpec], FieldEditor],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(spec, make, parent)
        shown = sorted(shown_fields(spec.record), key=lambda f: f.name != spec.mapped)
        self.mapping = MappingView(MappingModel(spec.record, shown, self))
        self.mapping.table.setItemDelegate(MappingDelegate(lambda: self.context, self))
        self.mapping.table.setAccessibleName(spec.title)
        self.mapping.table.setAccessibleDescription(spec.doc)
        self.mapping.table.installEventFilter(self)
        self.mapping.edited.connect(self._map)
        self.mapping.table.selectionModel().currentRowChanged.connect(self._show_rest)
        self.rest = [make(f) for f in spec.record if f not in shown]
        self._of = QLabel()
        self._of.setProperty("role", "hint")
        self.card = QFrame()
        self.card.setProperty("role", "card")
        inner = QVBoxLayout(self.card)
        inner.setContentsMargins(12, 8, 12, 12)
        inner.setSpacing(4)
        inner.addWidget(self._of)
        for editor in self.rest:
            editor.edited.connect(self._rest_edited)
            editor.left.connect(self.left)
            inner.addWidget(editor)
        self.mapping.add(self.card)
        self.card.hide()
        self._column.insertWidget(self._column.indexOf(self.body), self.mapping)
        self.mapping.hide()

    @property
    def target(self) -> QWidget:
        """The table that is shown."""
        return self.mapping.table if self._mapped else self.table

    def value(self) -> Any:
        """Return the entries."""
        return self.mapping.model.entries() if self._mapped else super().value()

    def set_value(self, value: Any) -> None:
        """Show the entries; rows stay where they are unless others must be shown."""
        super().set_value(value)
        if self.mapping.model.entries() != self.model.entries():
            self._lay_out()
        self._show_rest()

    def set_beside(self, values: Mapping[str, Any]) -> None:
        """Tell columns that are not listed but stay from those that are left out."""
        self.mapping.keep_others(kept=values.get(_REST) == _KEEP)

    def set_context(self, context: FormContext) -> None:
        """List the columns that arrive; where none is known, the entries alone."""
        super().set_context(context)
        for editor in self.rest:
            editor.set_context(context)
        port = next(f.port for f in self.spec.record if f.name == self.spec.mapped)
        schema = visible(context.columns(port))
        if schema != self.mapping.model.schema:
            self.mapping.model.lay_out(self.value(), schema)
            self._show_rest()
        known = bool(len(schema))
        if known is not self._mapped and not self._writing():
            self._switch(mapped=known)

    def _writing(self) -> bool:
        """Return True while somebody writes in an entry, which must not be taken away."""
        keyed = self._holds_keys() and not self.target.hasFocus()
        return not self._mapped and keyed and bool(self.value())

    def _switch(self, *, mapped: bool) -> None:
        held = self._holds_keys()
        self._mapped = mapped
        self.setFocusProxy(self.target)
        self._title.setBuddy(self.target)
        self.mapping.setVisible(mapped)
        self.body.setVisible(not mapped)
        if held and mapped:
            self.invite()
        elif held:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.model.drop_drafts()
        self._show_rest()

    def _lay_out(self) -> None:
        view, row = self.mapping, self.mapping.row()
        name = view.model.name(row) if row >= 0 else ""
        view.model.lay_out(self.model.entries(), view.model.schema)
        rows = range(view.model.rowCount())
        at = next((i for i in rows if name and view.model.name(i) == name), -1)
        view.table.setCurrentIndex(view.model.index(at, 0))

    def invite(self) -> None:
        """Take the keys unasked, in the first row."""
        if not self._mapped:
            super().invite()
            return
        if self.mapping.row() < 0:
            self.mapping.table.setCurrentIndex(self.mapping.model.index(0, 0))
        FieldEditor.invite(self)

    def focus_part(self, place: str) -> None:
        """Put the cursor in the field of an entry, such as `0.name`."""
        if not self._mapped:
            super().focus_part(place)
            return
        at, _, name = place.partition(".")
        row = self.mapping.model.row_of(int(at)) if at.isdigit() else -1
        names = [f.name for f in self.mapping.model.columns]
        index = self.mapping.model.index(row, names.index(name) if name in names else 0)
        if index.isValid():
            self.mapping.table.setCurrentIndex(index)
        beneath = next((f for f in self.rest if f.spec.name == name and index.isValid()), self)
        beneath.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _map(self) -> None:
        """Send what a person did in the table, each as a step of its own."""
        self.left.emit()
        self._show_rest()
        self.edited.emit(self.value())
        self.left.emit()

    @Slot()
    def _show_rest(self) -> None:
        row, model = self.mapping.row(), self.mapping.model
        shown = bool(self.rest) and 0 <= row < model.rowCount() and model.ticked(row)
        self.card.setVisible(shown)
        if shown:
            self._of.setText(model.name(row))
            for editor in self.rest:
                editor.set_value(model.entry(row).get(editor.spec.name, editor.spec.default))

    @Slot(object)
    def _rest_edited(self, value: Any) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor) and self.mapping.row() >= 0:
            self.mapping.model.set_field(self.mapping.row(), editor.spec.name, value)
            self.edited.emit(self.value())
