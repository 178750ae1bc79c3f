"""One side of the grid: a table with heads, that copies and tells what is pointed at."""

from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from summit_studio.app.look.table_model import as_tsv
from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.grid.cells import Cells
from summit_studio.app.panels.grid.header import Heads
from summit_studio.app.panels.grid.model import NOWHERE, GridModel

_WIDEST = 280
_LOOKED_AT = 50


class GridView(QTableView):
    """`menu_asked` carries (this view, line or -1, column, global place).

    `column_clicked` carries (this view, column) of a plain click on a cell or a head.
    """

    menu_asked = Signal(object)
    column_clicked = Signal(object)
    cursor_moved = Signal(object)

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = GridModel(theme, self)
        self.cells = Cells(self)
        self.heads = Heads(theme, self)
        self.setHorizontalHeader(self.heads)
        self.setModel(self.rows)
        self.setItemDelegate(self.cells)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        side = self.verticalHeader()
        side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        side.setDefaultSectionSize(self.fontMetrics().height() + 8)
        side.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.heads.setResizeContentsPrecision(_LOOKED_AT)
        self.heads.menu_asked.connect(self._head_menu)
        self.heads.sectionClicked.connect(self._head_clicked)
        self.clicked.connect(self._cell_clicked)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self.rows.set_theme(theme)
        self.heads.set_theme(theme)
        self.viewport().update()

    @Slot()
    def copy(self) -> None:
        """Copy the chosen cells as they stand; all with their names where none is chosen."""
        self.copy_cells(names=not self.selectionModel().hasSelection())

    def copy_cells(self, *, names: bool) -> None:
        """Copy the chosen cells, or all, as tab-separated text.

        Args:
            names: Begin with the columns' names.
        """
        chosen = self.selectionModel().selectedIndexes()
        rows = sorted({i.row() for i in chosen}) or list(range(self.rows.rowCount()))
        columns = sorted({i.column() for i in chosen}) or list(range(self.rows.columnCount()))
        QGuiApplication.clipboard().setText(as_tsv(self.rows, rows, columns, names=names))

    def chosen_columns(self) -> list[int]:
        """Return the columns that are chosen as a whole."""
        model = self.selectionModel()
        return [c for c in range(self.rows.columnCount()) if model.isColumnSelected(c)]

    def fit_columns(self) -> None:
        """Make every column as wide as its head and what its first rows need."""
        self.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            head = self.heads.wanted_width(column)
            widest = max(head, _WIDEST) if head > _WIDEST else _WIDEST
            self.setColumnWidth(column, min(max(self.columnWidth(column), head), widest))

    def show_column(self, column: int) -> None:
        """Bring a column into view, with no more scrolling than that takes."""
        left = self.heads.sectionPosition(column)
        right = left + self.heads.sectionSize(column)
        bar, wide = self.horizontalScrollBar(), self.viewport().width()
        if not bar.value() <= left <= right <= bar.value() + wide:
            self.updateGeometries()  # The bar knows of columns just shown only then.
            bar.setValue(min(left, max(right - wide, 0)))

    def anchor(self, names: Collection[str]) -> tuple[str, float] | None:
        """Return the leftmost column in view of these, and where it begins; None where none is.

        A column that is in view in part begins before the left edge: by that share of its width,
        below zero; others by as many pixels after it.
        """
        edge, width = self.horizontalScrollBar().value(), self.viewport().width()
        for at, column in enumerate(self.rows.schema):
            left, size = self.heads.sectionPosition(at), self.heads.sectionSize(at)
            if column.name in names and left + size > edge and left < edge + width:
                return column.name, (left - edge) / size if left < edge else left - edge
        return None

    def take_anchor(self, name: str, begin: float) -> None:
        """Bring a column to where it begins on the other side, as `anchor` has it."""
        at = self.rows.schema.names.index(name)
        before = begin * self.heads.sectionSize(at) if begin < 0 else begin
        self.horizontalScrollBar().setValue(round(self.heads.sectionPosition(at) - before))

    def mark_line(self, shown: int) -> None:
        """Mark the line in which the other side has its cursor."""
        if self.cells.line != shown:
            self.cells.line = shown
            self.viewport().update()

    def currentChanged(self, current: Any, previous: Any) -> None:
        """Tell the other side where the cursor is."""
        super().currentChanged(current, previous)
        self.cursor_moved.emit(current.row() if current.isValid() else NOWHERE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is chosen: Qt by itself copies the one cell with the cursor."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of a cell, by mouse or by key."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            place = event.globalPos()
            if index.isValid() and not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
        else:
            index = self.currentIndex()
            place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        if index.isValid():
            self.menu_asked.emit((self, index.row(), index.column(), place))

    def open_column_menu(self) -> None:
        """Open the menu of the column with the cursor, or of the first, by key."""
        column = max(self.currentIndex().column(), 0)
        if column < self.rows.columnCount():
            left = self.heads.sectionViewportPosition(column)
            place = self.heads.viewport().mapToGlobal(QPoint(left, self.heads.height()))
            self.menu_asked.emit((self, NOWHERE, column, place))

    @Slot(object)
    def _cell_clicked(self, index: QModelIndex) -> None:
        self._head_clicked(index.column())

    @Slot(int)
    def _head_clicked(self, column: int) -> None:
        """Tell of a click that does not add to what is chosen."""
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.column_clicked.emit((self, column))

    @Slot(object)
    def _head_menu(self, asked: Any) -> None:
        column, place = asked
        if column not in self.chosen_columns():
            self.selectColumn(column)
        self.menu_asked.emit((self, NOWHERE, column, place))
