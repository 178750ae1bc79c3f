"""The editor of a list of entries: a table of them, and the chosen entry's whole form beneath."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.cells import CellDelegate
from summit_studio.app.inspector.code import CodeEdit, CodeField
from summit_studio.app.inspector.field import FieldEditor, FormContext, Told, Written
from summit_studio.app.inspector.records_model import RecordsModel
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.background import Debounce
from summit_studio.nodes.params import Editor

_SHOWN = 3
"""Columns that fit beside each other in the inspector."""

_ROWS = 6

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)


class RecordsField(FieldEditor):
    """Entries with fields of their own: add, remove, move, and edit each.

    Keys lead through it: Enter goes to the next field and from the last one to the next entry,
    which is made where there is none; Tab walks all fields and leaves at the end; Ctrl+Delete
    removes the entry, Ctrl+Shift+Up and Down move it. An entry in which nothing is written is
    forgotten when the field is left. What is wrong with an expression of the chosen entry stands
    beneath it, all else beneath the list.

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
        self._told: tuple[Told, ...] = ()
        self._moved: int | None = None
        self._before: tuple[int, list[dict[str, Any]]] | None = None
        self._leaving = Debounce(0, self._drop_drafts, self)
        # Where a field lies that was just made is known only once it was laid out.
        self._seen = Debounce(0, self._bring_into_view, self)
        self.left.connect(self._leaving.ask)
        self.body = QWidget()
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table)
        column.addLayout(self._make_buttons())
        column.addWidget(self.detail)
        self.place(self.body, self.table)
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
        for text, tip, keys, act in (
            (mark("Add"), tr("Add an entry"), tr("Enter in the last field"), self.add),
            (mark("Remove"), tr("Remove the chosen entry"), "Ctrl+Del", self.remove),
            (mark("Up"), tr("Move the chosen entry up"), "Ctrl+Shift+Up", self.move_up),
            (mark("Down"), tr("Move the chosen entry down"), "Ctrl+Shift+Down", self.move_down),
        ):
            button = QToolButton()
            button.setText(tr(text))
            button.setToolTip(f"{tip} ({keys})")
            button.setAccessibleName(tip)
            # Each has a key; as a stop of Tab it would stand between the fields and the way out.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
        row, held = self._row(), self._holds_keys()
        removed, self._before = self._before, None
        if removed is not None and removed[1] == entries:
            row = removed[0]  # It was not removed after all, and can be asked for again.
        self.model.set_entries(entries)
        if held and not entries:
            self.model.draft()  # Where a person writes there stays something to write in.
        if self.model.rowCount():
            self._choose(min(max(row, 0), self.model.rowCount() - 1))
        self._refresh()

    def set_context(self, context: FormContext) -> None:
        """Pass what may be offered to the cells."""
        super().set_context(context)
        for editor in self._fields:
            editor.set_context(context)

    def invite(self) -> None:
        """Take the keys unasked: in the first field of the first entry, made ready if need be."""
        if not self.model.rowCount():
            self.model.draft()
        self._choose(0)
        self._refresh()
        self._fields[0].invite()
        self._seen.ask()

    def focus_part(self, place: str) -> None:
        """Put the cursor in the field of an entry, such as `0.expression`."""
        row, _, name = place.partition(".")
        if not (row.isdigit() and int(row) < self.model.rowCount()):
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._choose(int(row))
        self._refresh()
        names = [f.spec.name for f in self._fields]
        self._go_field(names.index(name) if name in names else 0)

    def written(self) -> tuple[Written, ...]:
        """Return the expressions of the chosen entry, each with the columns computed above it."""
        if not 0 <= self._row() < self.model.rowCount():
            return ()
        found = (w for f in self._fields for w in f.written())
        return tuple(replace(w, above=self._above(w.field.spec)) for w in found)

    def tell(self, told: Sequence[Told]) -> None:
        """Show all that is wrong with it, at the expression of which it speaks."""
        self._told = tuple(told)
        shown = {f"{self._row()}.{f.spec.name}": f for f in self._fields if f.keeps_room}
        for place, editor in shown.items():
            editor.tell([t for t in told if t.place == place])
        super().tell([t for t in told if t.place not in shown])

    def sampled(self) -> frozenset[str]:
        """Return the inputs of which the fields of an entry offer values."""
        return frozenset(port for f in self._fields for port in f.sampled())

    def _above(self, spec: FieldSpec) -> tuple[tuple[str, str], ...]:
        if not spec.above:
            return ()
        entries = map(self.model.entry, range(self._row()))
        pairs = ((str(e.get(spec.above, "")), str(e.get(spec.name, ""))) for e in entries)
        return tuple((name, text) for name, text in pairs if name and text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that lead through entries."""
        if isinstance(event, QKeyEvent) and event.type() in _KEYS:
            own = watched is self.table or watched in self._targets()
            act = self._act(watched, event) if own else None
            if act is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    act()
                return True
        # What else the fields of an entry need to know, their own filters tell them.
        return super().eventFilter(watched, event) if watched is self.target else False

    def _act(self, watched: QObject, event: QKeyEvent) -> Callable[[], None] | None:
        """Return what a key does here, or None for one that is the widget's own."""
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if isinstance(watched, CodeEdit) and watched.completion.isVisible():
            return None
        if key == Qt.Key.Key_Delete and (held == _CONTROL or watched is self.table):
            return self.remove
        if key in _MOVES and held == _CONTROL | _SHIFT:
            return self.move_up if _MOVES[key] < 0 else self.move_down
        if watched is self.table:
            return self._enter if key in _ENTER and not held else None
        at = self._targets().index(watched)
        if key in _ENTER and not held and self._fields[at].spec.editor is not Editor.MULTILINE:
            return lambda: self._go_on(at)
        step = _TABS.get(key, 0)
        last = at == (len(self._fields) - 1 if step > 0 else 0)
        if step and last and 0 <= self._row() + step < self.model.rowCount():
            return lambda: self._go_row(
                self._row() + step, 0 if step > 0 else len(self._fields) - 1
            )
        return None

    def _targets(self) -> list[QObject]:
        return [f.target for f in self._fields]

    def _enter(self) -> None:
        if self._row() < 0:
            self.add()
        else:
            self._go_field(0)

    def _go_on(self, at: int) -> None:
        """Go to the field after another one, or the next entry, which is made if need be."""
        if at + 1 < len(self._fields):
            self._go_field(at + 1)
        elif self._row() + 1 < self.model.rowCount():
            self._go_row(self._row() + 1, 0)
        else:
            self.add()

    def _go_row(self, row: int, at: int) -> None:
        self._choose(row)
        self._go_field(at)

    def _go_field(self, at: int) -> None:
        self._fields[at].setFocus(Qt.FocusReason.TabFocusReason)
        self._seen.ask()

    @Slot()
    def _bring_into_view(self) -> None:
        at: QWidget | None = self.parentWidget()
        while at is not None and not isinstance(at, QScrollArea):
            at = at.parentWidget()
        keyed = QApplication.focusWidget()
        holder = next((f for f in self._fields if keyed and f.isAncestorOf(keyed)), None)
        if isinstance(at, QScrollArea) and holder is not None:
            at.ensureWidgetVisible(holder, 0, 24)

    def _holds_keys(self) -> bool:
        holder = QApplication.focusWidget()
        return holder is not None and self.isAncestorOf(holder)

    @Slot()
    def _drop_drafts(self) -> None:
        gone = QApplication.focusWidget() is not None and not self._holds_keys()
        if gone and self.model.drop_drafts():
            self._refresh()

    def _row(self) -> int:
        return self.table.currentIndex().row()

    def _choose(self, row: int) -> None:
        self.table.setCurrentIndex(self.model.index(row, 0))

    @Slot()
    def add(self) -> None:
        """Make an entry ready after the last one, and put the cursor in it."""
        self._choose(self.model.draft())
        self._refresh()
        self._go_field(0)

    @Slot()
    def remove(self) -> None:
        """Remove the chosen entry; the cursor stays in the same field of the next."""
        row = self._row()
        if row < 0:
            return
        held = self._holds_keys() and not self.table.hasFocus()
        self._begin_act()
        self._before = row, self.model.entries()
        self.model.remove(row)
        if self.model.rowCount():
            self._choose(min(row, self.model.rowCount() - 1))
        elif held:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edited()
        self.left.emit()

    def _end_moves(self) -> None:
        if self._moved is not None:
            self._begin_act()

    def _begin_act(self, moved: int | None = None) -> None:
        """Let what follows be an undo step of its own, unless it moves on the entry moved last."""
        if moved is None or moved != self._moved:
            self.left.emit()
        self._moved = None

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
            self._begin_act(row)
            self.model.swap(row, to)
            self._choose(to)
            self._edited()
            self._moved = to

    @Slot()
    def _edited(self) -> None:
        self._end_moves()
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
        chosen = 0 <= self._row() < self.model.rowCount()
        self.detail.setVisible(chosen)
        for name in ("Remove", "Up", "Down"):
            self._buttons[name].setEnabled(chosen)

    @Slot()
    def _show_row(self) -> None:
        self._refresh()

    def _fill_detail(self) -> None:
        row = self._row()
        if not 0 <= row < self.model.rowCount():
            return
        if not self._fields:
            self._make_fields()
        entry = self.model.entry(row)
        for editor in self._fields:
            editor.set_value(entry.get(editor.spec.name, editor.spec.default))
            editor.mark_missing()
        self.tell(self._told)

    def _make_fields(self) -> None:
        before: QWidget = self.table
        for spec in self.spec.record:
            editor = self._make(spec)
            editor.set_context(self.context)
            editor.edited.connect(self._detail_edited)
            editor.left.connect(self.left)
            editor.rewritten.connect(self.rewritten)
            editor.fixed.connect(self.fixed)
            if isinstance(editor, CodeField):
                editor.reserve()
            self._detail_column.addWidget(editor)
            self._fields.append(editor)
            editor.target.installEventFilter(self)
            self.setTabOrder(before, editor)
            before = editor

    @Slot(object)
    def _detail_edited(self, value: Any) -> None:
        editor = self.sender()
        if isinstance(editor, FieldEditor) and self._row() >= 0:
            self.model.set_field(self._row(), editor.spec.name, value)
            editor.mark_missing()
            self._seen.ask()  # What it gives now stands beneath it.
            self._fit()
            self._end_moves()
            self.edited.emit(self.value())


def shown_fields(record: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Return the fields that the table shows: the plainest ones first in order."""
    usual = [f for f in record if not f.advanced] or list(record)
    return tuple(usual[:_SHOWN])
