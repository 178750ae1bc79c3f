"""Editors that choose columns and types."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCompleter,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.field import FieldEditor, FormContext
from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.inspector.spec import FieldSpec
from summit_studio.app.look.words import tr
from summit_studio.core.schema import CHOICES, type_label

_TAKING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
"""Keys that take an offer."""


class OpenChoiceField(FieldEditor):
    """A value offered from a list that may also be typed: a column, a type, a table."""

    closed = False
    """True where only what is offered is meant: the first offer that fits is then taken."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.combo = QuietComboBox()
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QuietComboBox.InsertPolicy.NoInsert)
        completer = self.combo.completer()
        assert completer is not None  # noqa: S101 - an editable combo box has one
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        line = self.combo.lineEdit()
        assert line is not None  # noqa: S101 - an editable combo box has one
        self._line = line
        offers = completer.popup()
        assert offers is not None  # noqa: S101 - it shows its offers in one
        offers.installEventFilter(self)
        line.setPlaceholderText(spec.placeholder or self.hint())
        line.textEdited.connect(self._typed)
        self.combo.activated.connect(self._chosen)
        self.place(self.combo, self.combo)
        line.installEventFilter(self)

    def hint(self) -> str:
        """Return what an empty field says."""
        return ""

    def offers(self) -> list[tuple[str, str]]:
        """Return the values offered, each with a note for people."""
        return []

    def value(self) -> Any:
        """Return the text, or the empty value."""
        return self._line.text().strip() or self.spec.empty

    def set_value(self, value: Any) -> None:
        """Show the value."""
        text = "" if value is None else str(value)
        if text != self._line.text():
            self.combo.setEditText(text)
            self._line.setCursorPosition(0)

    def set_context(self, context: FormContext) -> None:
        """Offer what the context has."""
        super().set_context(context)
        offers = self.offers()
        shown = [
            (self.combo.itemText(i), self.combo.itemData(i)) for i in range(self.combo.count())
        ]
        if offers != shown:
            text, at = self._line.text(), self._line.cursorPosition()
            self.combo.clear()
            for name, note in offers:
                self.combo.addItem(name, note)
                self.combo.setItemData(
                    self.combo.count() - 1, f"{name}: {note}", Qt.ItemDataRole.ToolTipRole
                )
            self.combo.setEditText(text)
            self._line.setCursorPosition(at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the offer by the key that goes on, and go on by it."""
        if not (
            isinstance(watched, QAbstractItemView)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in _TAKING
        ):
            return super().eventFilter(watched, event)
        chosen = self._offered(watched)
        watched.hide()
        if chosen and chosen != self._line.text():
            self.combo.setEditText(chosen)
            self.edited.emit(self.value())
        # Qt would keep the key, and the cursor here.
        self.combo.setFocus(Qt.FocusReason.PopupFocusReason)
        again = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        QApplication.sendEvent(self.combo, again)
        return True

    def _offered(self, offers: QAbstractItemView) -> str:
        """Return the offer that a key takes: the one gone to, else the one meant."""
        if offers.currentIndex().isValid():
            return str(offers.currentIndex().data())
        completer = self.combo.completer()
        assert completer is not None  # noqa: S101 - it shows these offers
        typed, model = self._line.text().casefold(), completer.completionModel()
        found = [str(model.index(row, 0).data()) for row in range(model.rowCount())]
        meant = [
            *(name for name in found if name.casefold() == typed),
            *(name for name in found if self.closed and name.casefold().startswith(typed)),
            *(name for name in found if self.closed),
        ]
        return meant[0] if meant else ""

    @Slot(str)
    def _typed(self, _text: str) -> None:
        self.edited.emit(self.value())

    @Slot(int)
    def _chosen(self, _index: int) -> None:
        self.edited.emit(self.value())
        self.left.emit()


class ColumnField(OpenChoiceField):
    """A column of the input."""

    closed = True

    def hint(self) -> str:
        """Return what an empty field says."""
        return tr("Choose a column")

    def offers(self) -> list[tuple[str, str]]:
        """Return the columns that arrive."""
        return [(c.name, type_label(c.type)) for c in self.context.columns(self.spec.port)]


class TypeField(OpenChoiceField):
    """A type name."""

    def hint(self) -> str:
        """Return what an empty field says."""
        return tr("Unchanged") if self.spec.optional else tr("Choose a type")

    def offers(self) -> list[tuple[str, str]]:
        """Return the types a person usually needs."""
        return [(name, type_label(name)) for name in CHOICES]


class TableField(OpenChoiceField):
    """A table of the node's connection."""

    def hint(self) -> str:
        """Return what an empty field says."""
        return tr("Choose or type a table")

    def offers(self) -> list[tuple[str, str]]:
        """Return the tables the database has told."""
        return [(name, "table") for name in self.context.tables]


class ColumnsField(FieldEditor):
    """Some columns of the input, in an order: drag to sort, Delete to take out."""

    def __init__(self, spec: FieldSpec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self.list = QListWidget()
        self.list.setProperty("role", "field")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.model().rowsMoved.connect(self._moved)
        self.add_button = QPushButton(tr("Add column"))
        self.add_button.setProperty("flat", True)
        self.add_button.clicked.connect(self._offer)
        self.remove_button = QToolButton()
        self.remove_button.setText(tr("Remove"))
        self.remove_button.setToolTip(tr("Take the chosen columns out of the list"))
        self.remove_button.clicked.connect(self.remove_chosen)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        column.addLayout(row)
        self.place(body, self.list)
        self._fit()

    def value(self) -> Any:
        """Return the names in order."""
        items = (self.list.item(i) for i in range(self.list.count()))
        return [str(item.data(Qt.ItemDataRole.UserRole)) for item in items]

    def set_value(self, value: Any) -> None:
        """Show the names."""
        names = [str(v) for v in value] if isinstance(value, list | tuple) else []
        if names != self.value():
            self.list.clear()
            for name in names:
                self._add_item(name)
            self._fit()
        self._mark()

    def set_context(self, context: FormContext) -> None:
        """Take the columns that arrive."""
        super().set_context(context)
        self._mark()

    def remove_chosen(self) -> None:
        """Take the selected columns out."""
        for item in self.list.selectedItems():
            self.list.takeItem(self.list.row(item))
        self._fit()
        self.edited.emit(self.value())

    def add(self, names: list[str]) -> None:
        """Put columns at the end."""
        for name in names:
            self._add_item(name)
        self._fit()
        self._mark()
        self.edited.emit(self.value())

    def keyPressEvent(self, event: Any) -> None:
        """Take columns out by Delete."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.remove_chosen()
            return
        super().keyPressEvent(event)

    def _add_item(self, name: str) -> None:
        item = QListWidgetItem(name)
        item.setData(Qt.ItemDataRole.UserRole, name)
        self.list.addItem(item)

    def _mark(self) -> None:
        schema = self.context.columns(self.spec.port)
        for index in range(self.list.count()):
            item = self.list.item(index)
            name = str(item.data(Qt.ItemDataRole.UserRole))
            found = schema.find(name)
            if found is not None:
                item.setText(f"{name}   {type_label(found.type)}")
                item.setToolTip(found.type)
            else:
                item.setText(tr("{name}   not in the input", name=name) if len(schema) else name)

    def _fit(self) -> None:
        rows = max(1, min(self.list.count(), 8))
        line = max(self.list.sizeHintForRow(0), self.list.fontMetrics().height() + 10)
        self.list.setFixedHeight(rows * line + 2 * self.list.frameWidth() + 4)
        self.remove_button.setEnabled(self.list.count() > 0)

    def menu(self) -> QMenu:
        """Return the menu of columns that are not in the list yet."""
        menu = QMenu(self)
        taken = {name.casefold() for name in self.value()}
        free = [c for c in self.context.columns(self.spec.port) if c.name.casefold() not in taken]
        for column in free:
            action = menu.addAction(f"{column.name}\t{type_label(column.type)}")
            action.setData([column.name])
        if len(free) > 1:
            menu.addSeparator()
            every = menu.addAction(tr("All {count} columns", count=len(free)))
            every.setData([c.name for c in free])
        if not free:
            known = len(self.context.columns(self.spec.port))
            text = (
                tr("All columns are in the list")
                if known
                else tr("Connect an input to see its columns")
            )
            menu.addAction(text).setEnabled(False)
        return menu

    @Slot()
    def _offer(self) -> None:
        menu = self.menu()
        menu.triggered.connect(self._chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.add_button.mapToGlobal(QPoint(0, self.add_button.height())))

    @Slot(object)
    def _chosen(self, action: Any) -> None:
        self.add(list(action.data()))

    @Slot()
    def _moved(self) -> None:
        self.edited.emit(self.value())
