"""The editor of a list of entries: a table of them, and the chosen entry's whole form beneath."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.cells import CellDelegate
from summit_studio.app.inspector.field import FieldEditor, FormContext
from summit_studio.app.inspector.records_model import RecordsModel
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.nodes.params import Editor

_SHOWN = 3
"""Columns that fit beside each other in the inspector."""

_ROWS = 6


class RecordsField(FieldEditor):
    """Entries with fields of their own: add, remove, move, and edit each.

    Args:
        spec: The field, with those of an entry.
        make: Makes the editor of one of an entry's fields.
    """

    def __init__(
        self,
        spec: FieldSpec,
        make: Callable[[FieldSpec], FieldEditor],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(spec, parent)
        self._make = make
        self.model = RecordsModel(spec.record, shown_fields(spec.record), self)
        self.model.edited.connect(self._edited)
        self.table = self._make_table()
        self.detail = QFrame()
        self.detail.setProperty("role", "card")
        self._detail_column = QVBoxLayout(self.detail)
        self._detail_column.setContentsMargins(12, 8, 12, 12)
        self._detail_column.setSpacing(8)
        self._fields: list[FieldEditor] = []
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table)
        column.addLayout(self._make_buttons())
        column.addWidget(self.detail)
        self.place(body, self.table)
        self._fit()

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setProperty("role", "field")
        table.setItemDelegate(CellDelegate(lambda: self.context, self))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 12)
        head = table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        head.setHighlightSections(False)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.selectionModel().currentRowChanged.connect(self._show_row)
        return table

    def _make_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._buttons: dict[str, QToolButton] = {}
        for text, tip, act in (
            ("Add", "Add an entry", self.add),
            ("Remove", "Remove the chosen entry", self.remove),
            ("Up", "Move the chosen entry up", self.move_up),
            ("Down", "Move the chosen entry down", self.move_down),
        ):
            button = QToolButton()
            button.setText(text)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(act)
            row.addWidget(button)
            self._buttons[text] = button
        row.addStretch(1)
        return row

    def value(self) -> Any:
        """Return the entries."""
        return self.model.entries()

    def set_value(self, value: Any) -> None:
        """Show the entries, the same one chosen."""
        entries = [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
        if entries == self.model.entries():
            return
        row = self._row()
        self.model.set_entries(entries)
        if entries:
            self._choose(min(max(row, 0), len(entries) - 1))
        self._refresh()

    def set_context(self, context: FormContext) -> None:
        """Pass what may be offered to the cells."""
        super().set_context(context)
        for editor in self._fields:
            editor.set_context(context)

    def _row(self) -> int:
        return self.table.currentIndex().row()

    def _choose(self, row: int) -> None:
        self.table.setCurrentIndex(self.model.index(row, 0))

    @Slot()
    def add(self) -> None:
        """Add an entry after the last one, and choose it."""
        self.model.insert(self.model.rowCount())
        self._choose(self.model.rowCount() - 1)
        self._edited()
        if self._fields:
            self._fields[0].setFocus()

    @Slot()
    def remove(self) -> None:
        """Remove the chosen entry."""
        row = self._row()
        if row >= 0:
            self.model.remove(row)
            if self.model.rowCount():
                self._choose(min(row, self.model.rowCount() - 1))
            self._edited()

    @Slot()
    def move_up(self) -> None:
        """Move the chosen entry up."""
        self._move(-1)

    @Slot()
    def move_down(self) -> None:
        """Move the chosen entry down."""
        self._move(1)

    def _move(self, step: int) -> None:
        row, to = self._row(), self._row() + step
        if row >= 0 and 0 <= to < self.model.rowCount():
            self.model.swap(row, to)
            self._choose(to)
            self._edited()

    @Slot()
    def _edited(self) -> None:
        self._refresh()
        self.edited.emit(self.value())

    def _refresh(self) -> None:
        self._fit()
        self._fill_detail()

    def _fit(self) -> None:
        rows = max(1, min(self.model.rowCount(), _ROWS))
        head = self.table.horizontalHeader().sizeHint().height()
        line = self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(head + rows * line + 2 * self.table.frameWidth() + 2)
        chosen = self._row() >= 0 and self.model.rowCount() > 0
        self.detail.setVisible(chosen and self._wants_detail())
        for name in ("Remove", "Up", "Down"):
            self._buttons[name].setEnabled(chosen)

    def _wants_detail(self) -> bool:
        shown = set(self.model.columns)
        return any(f not in shown or f.editor is Editor.EXPRESSION for f in self.spec.record)

    @Slot()
    def _show_row(self) -> None:
        self._refresh()

    def _fill_detail(self) -> None:
        row = self._row()
        if not (0 <= row < self.model.rowCount() and self._wants_detail()):
            return
        if not self._fields:
            for spec in self.spec.record:
                editor = self._make(spec)
                editor.set_context(self.context)
                editor.edited.connect(self._detail_edited)
                editor.left.connect(self.left)
                self._detail_column.addWidget(editor)
                self._fields.append(editor)
        entry = self.model.entries()[row]
        for editor in self._fields:
            editor.set_value(entry.get(editor.spec.name, editor.spec.default))
            editor.mark_missing()

    @Slot(object)
    def _detail_edited(self, value: Any) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor) and self._row() >= 0:
            self.model.set_field(self._row(), editor.spec.name, value)
            editor.mark_missing()
            self._fit()
            self.edited.emit(self.value())


def shown_fields(record: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Return the fields that the table shows: the plainest ones first in order."""
    usual = [f for f in record if not f.advanced] or list(record)
    return tuple(usual[:_SHOWN])
