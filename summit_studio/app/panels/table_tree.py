"""A tree of connections, schemas, tables and columns: draws them, drags tables out."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any

from PySide6.QtCore import (
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPalette,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from summit_studio.app.look.roles import accent_colour, muted_colour
from summit_studio.app.session.addresses import TABLES_MIME, Address, packed

ADDRESS = Qt.ItemDataRole.UserRole
"""The Address of a connection or a table."""
DETAIL = Qt.ItemDataRole.UserRole + 1
"""What stands muted behind a row's name."""
ACT = Qt.ItemDataRole.UserRole + 2
"""The id of the action that a row stands for."""
SENTENCE = Qt.ItemDataRole.UserRole + 3
"""The colour of a row that is text to read, on several lines."""
GROUP = Qt.ItemDataRole.UserRole + 4
"""What remembers whether a row is open: the names on the way to it."""
_GAP = 8
_PAD = 10
_INSET = 22


class TableTree(QTreeWidget):
    """Rows are told apart by their roles. `menu_asked` carries where on the screen a menu goes."""

    menu_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setIconSize(QSize(16, 16))
        self.setExpandsOnDoubleClick(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Rows(self))

    def children_of(self, top: QTreeWidgetItem | None = None) -> list[QTreeWidgetItem]:
        """Return the rows right beneath one, or the first ones."""
        above = top or self.invisibleRootItem()
        return [c for at in range(above.childCount()) if (c := above.child(at)) is not None]

    def rows(self, top: QTreeWidgetItem | None = None) -> Iterator[QTreeWidgetItem]:
        """Yield the rows beneath one, or all, in their order."""
        for child in self.children_of(top):
            yield child
            yield from self.rows(child)

    def chosen_tables(self) -> list[Address]:
        """Return the tables that are selected, in the order in which they stand."""
        chosen = [a for i in self.selectedItems() if (a := address_of(i)) and a.table]
        return list(dict.fromkeys(chosen))

    def fit_sentences(self) -> None:
        """Give texts the height that they need at this width."""
        for item in self.rows():
            if item.data(0, SENTENCE):
                item.setSizeHint(0, QSize(0, self._height_of(item)))

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """Return the tables among the rows, and their names as text."""
        found = [a for i in items if (a := address_of(i)) and a.table]
        data = QMimeData()
        if found:
            data.setData(TABLES_MIME, QByteArray(packed(found)))
            data.setText("\n".join(one.table for one in found))
        return data

    def mimeTypes(self) -> list[str]:
        """Return the one kind."""
        return [TABLES_MIME]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the names of tables: Qt by itself copies what the last row shows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_names()
        else:
            super().keyPressEvent(event)

    def copy_names(self) -> None:
        """Put the names of the chosen tables, else of the row with the cursor, on the clipboard."""
        names = [one.table for one in self.chosen_tables()]
        item = self.currentItem()
        if item is not None and not names:
            names = [item.text(0)]
        if names:
            QGuiApplication.clipboard().setText("\n".join(names))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row, by mouse or by key."""
        place = event.globalPos()
        if event.reason() is not QContextMenuEvent.Reason.Mouse:
            row = self.visualRect(self.currentIndex())
            place = self.viewport().mapToGlobal(row.bottomLeft())
        self.menu_asked.emit(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break texts anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.fit_sentences()

    def _height_of(self, item: QTreeWidgetItem) -> int:
        depth, above = 1, item.parent()
        while above is not None:
            depth, above = depth + 1, above.parent()
        width = max(self.viewport().width() - depth * self.indentation() - _INSET, 60)
        layout = QTextLayout(item.text(0), self.font())
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            height += line.height()
        layout.endLayout()
        return ceil(height) + _GAP


class _Rows(QStyledItemDelegate):
    """Draws a name with what is said of it behind, and texts on several lines."""

    def initStyleOption(self, option: Any, index: QModelIndex | QPersistentModelIndex) -> None:
        """Colour what can be clicked and what is only said."""
        super().initStyleOption(option, index)
        colour = None
        if index.data(SENTENCE):
            option.features |= QStyleOptionViewItem.ViewItemFeature.WrapText
            option.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            colour = QColor(index.data(SENTENCE))
        elif index.data(ACT):
            colour = accent_colour()
        if colour is not None:
            palette = option.palette
            palette.setColor(QPalette.ColorRole.Text, colour)
            option.palette = palette

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the row, then the detail in what the name leaves of it."""
        super().paint(painter, option, index)
        detail = index.data(DETAIL)
        if not detail:
            return
        drawn: Any = QStyleOptionViewItem(option)
        self.initStyleOption(drawn, index)
        widget: QWidget = drawn.widget
        text = widget.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, drawn, widget)
        metrics = drawn.fontMetrics
        rest = text.adjusted(metrics.horizontalAdvance(drawn.text) + _PAD, 0, -2, 0)
        rest.setRight(min(rest.right(), drawn.rect.right() - 2))
        rest.setWidth(drawn.rect.right() - 2 - rest.left())
        if rest.width() < metrics.averageCharWidth() * 3:
            return
        painter.save()
        painter.setFont(drawn.font)
        painter.setPen(muted_colour())
        shown = metrics.elidedText(detail, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


def address_of(item: QTreeWidgetItem | None) -> Address | None:
    """Return the connection or table that a row stands for; None of another."""
    found = item.data(0, ADDRESS) if item is not None else None
    return found if isinstance(found, Address) else None
