"""The table in which the columns of an input are ticked, named, cast and put in order."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.inspector.mapping_model import MappingModel
from summit_studio.app.look.words import tr

_ROWS = 10
"""As many are seen at once; more are scrolled."""

_SHARES = (0.44, 0.28, 0.28)
"""Of the width, for the tick with the column, for its new name, and for the type."""

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class MappingTable(QTableView):
    """Space ticks, Delete unticks, Enter writes, Ctrl+Shift+Up and Down move; rows are dragged."""

    ticked = Signal()
    unticked = Signal()
    moved = Signal(int)
    dropped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "field")
        self.setObjectName("mapping")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 12)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setHighlightSections(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names of columns the most room."""
        super().resizeEvent(event)
        width = self.viewport().width()
        for section, share in enumerate(_SHARES):
            self.setColumnWidth(section, int(width * share))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that are the table's own from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_F2, *_ENTER)
            if event.key() in own or self._step(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick, name and move by keys."""
        if event.key() == Qt.Key.Key_Space:
            self.ticked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.unticked.emit()
        elif event.key() in _ENTER and self.state() == self.State.EditingState:
            event.ignore()  # The cell's editor takes it, after this.
        elif event.key() in _ENTER and self.currentIndex().isValid():
            self.write()
        elif step := self._step(event):
            self.moved.emit(step)
        else:
            super().keyPressEvent(event)

    def _step(self, event: QKeyEvent) -> int:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return _MOVES.get(Qt.Key(event.key()), 0) if held == _CONTROL_SHIFT else 0

    def write(self) -> None:
        """Open the cell that has the cursor; of a column, the one of its new name."""
        at = self.currentIndex()
        index = at.siblingAtColumn(max(1, at.column()))
        self.setCurrentIndex(index)
        self.edit(index)

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the rows that are dragged where the pointer is."""
        at = self.rowAt(event.position().toPoint().y())
        below = self.dropIndicatorPosition() == self.DropIndicatorPosition.BelowItem
        self.dropped.emit(self.model().rowCount() if at < 0 else at + below)
        # The rows were moved: the view must not remove them as well.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.viewport().update()


class MappingView(QWidget):
    """A search line, all and none, the table, and how many columns are listed.

    `edited` is sent once for each thing that a person does.
    """

    edited = Signal()

    def __init__(self, model: MappingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a column"))
        self.search.setAccessibleName(tr("Find a column"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._go_to_table)
        self.table = MappingTable()
        self.table.setModel(model)
        self.table.ticked.connect(self.turn)
        self.table.unticked.connect(self.untick)
        self.table.moved.connect(self.shift)
        self.table.dropped.connect(self.drop)
        model.edited.connect(self._edited)
        model.modelReset.connect(self._filter)
        self.all = self._button(tr("All"), tr("List every column that is shown"), self.tick_all)
        self.none = self._button(tr("None"), tr("List no column that is shown"), self.tick_none)
        up = self._button(tr("Up"), tr("Move the chosen columns up (Ctrl+Shift+Up)"), self.move_up)
        down = self._button(
            tr("Down"), tr("Move the chosen columns down (Ctrl+Shift+Down)"), self.move_down
        )
        for button in (up, down):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.count = QLabel()
        self.count.setProperty("role", "hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(_row(self.search, self.all, self.none))
        column.addWidget(self.table)
        column.addLayout(_row(self.count, up, down))
        self._column = column

    def _button(self, text: str, tip: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        button.clicked.connect(act)
        return button

    def add(self, widget: QWidget) -> None:
        """Put a widget beneath."""
        self._column.addWidget(widget)

    def keep_others(self, *, kept: bool) -> None:
        """Show columns that are not listed as kept, or as left out."""
        self.model.keep_others(kept=kept)
        self._tell()

    def row(self) -> int:
        """Return the row that has the cursor, or -1."""
        return self.table.currentIndex().row()

    def seen(self) -> list[int]:
        """Return the rows that the search leaves."""
        return [i for i in range(self.model.rowCount()) if not self.table.isRowHidden(i)]

    def chosen(self) -> list[int]:
        """Return the selected rows that are seen, in order."""
        rows = {index.row() for index in self.table.selectionModel().selectedRows()}
        return [i for i in self.seen() if i in rows]

    @Slot()
    def turn(self) -> None:
        """Tick the selected rows, or untick them if all are ticked."""
        rows = self.chosen()
        self._tick(rows, ticked=not all(map(self.model.ticked, rows)))

    @Slot()
    def untick(self) -> None:
        """Untick the selected rows."""
        self._tick(self.chosen(), ticked=False)

    @Slot()
    def tick_all(self) -> None:
        """Tick every row that is seen."""
        self._tick(self.seen(), ticked=True)

    @Slot()
    def tick_none(self) -> None:
        """Untick every row that is seen."""
        self._tick(self.seen(), ticked=False)

    def _tick(self, rows: Sequence[int], *, ticked: bool) -> None:
        if any(self.model.ticked(i) is not ticked for i in rows):
            self.model.tick(rows, ticked=ticked)
            self._edited()

    @Slot()
    def move_up(self) -> None:
        """Move the selected rows up."""
        self.shift(-1)

    @Slot()
    def move_down(self) -> None:
        """Move the selected rows down."""
        self.shift(1)

    @Slot(int)
    def shift(self, step: int) -> None:
        """Move the selected rows over the row before or behind them that is seen."""
        rows, seen = self.chosen(), self.seen()
        if not rows:
            return
        at = seen.index(rows[0] if step < 0 else rows[-1]) + step
        if 0 <= at < len(seen):
            self.drop(seen[at] + (step > 0))

    @Slot(int)
    def drop(self, before: int) -> None:
        """Put the selected rows before another one."""
        rows, entries, cell = self.chosen(), self.model.entries(), self.table.currentIndex()
        if not rows:
            return
        place = self.model.move(rows, before)
        self._hide()
        current = place[rows.index(cell.row()) if cell.row() in rows else 0]
        self.table.selectionModel().setCurrentIndex(
            self.model.index(current, max(0, cell.column())),
            QItemSelectionModel.SelectionFlag.NoUpdate,
        )
        self.table.selectionModel().select(
            QItemSelection(
                self.model.index(place[0], 0),
                self.model.index(place[-1], self.model.columnCount() - 1),
            ),
            QItemSelectionModel.SelectionFlag.ClearAndSelect,
        )
        if self.model.entries() != entries:
            self._edited()

    @Slot()
    def _go_to_table(self) -> None:
        seen = self.seen()
        if seen:
            self.table.setCurrentIndex(self.model.index(seen[0], 0))
            self.table.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _edited(self) -> None:
        self._tell()
        self.edited.emit()

    @Slot()
    def _filter(self) -> None:
        self._hide()
        rows = max(1, min(self.model.rowCount(), _ROWS))
        head = self.table.horizontalHeader().sizeHint().height()
        line = self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(head + rows * line + 2 * self.table.frameWidth() + 2)
        self._tell()

    def _hide(self) -> None:
        sought = self.search.text().strip().casefold()
        for row in range(self.model.rowCount()):
            self.table.setRowHidden(row, sought not in self.model.name(row).casefold())

    def _tell(self) -> None:
        listed, total = len(self.model.entries()), self.model.rowCount()
        said = tr("{listed} of {total} listed", listed=listed, total=total)
        rest = tr(", the others kept") if self.model.others_kept and listed < total else ""
        self.count.setText(said + rest)


def _row(first: QWidget, *others: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    row.addWidget(first, 1)
    for widget in others:
        row.addWidget(widget)
    return row
