"""The first lines of a file as they stand there, beside the rows that they become."""

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
)
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.roles import accent_colour, muted_colour
from summit_studio.app.look.table_model import whole_text
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.session import Notice
from summit_studio.formats.contract import Raw, RawLine

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MARGIN = 8
_WIDEST = 200
_GROUND = 0.3
"""How much of the accent lies behind a delimiter."""
_SIGNS = str.maketrans({"\t": "→", "\x1f": "␟", "\x1e": "␞", "\x01": "␁", "\x02": "␂", "\0": "␀"})
"""What stands for characters that one does not see; each for one, so that places stay."""

_PARTS = {
    mark("above"): mark("Above the table: left out"),
    mark("header"): mark("Names the columns"),
    mark("on"): mark("Goes on with the line before"),
}


class RawModel(QAbstractTableModel):
    """Lines, or rows of a sheet's cells, by their numbers in the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.raw = Raw("", ())
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._strong = QFont(self._font)
        self._strong.setBold(True)

    def show(self, raw: Raw) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.raw = raw
        self.endResetModel()

    def line(self, row: int) -> RawLine:
        """Return the line in a row."""
        return self.raw.lines[row]

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return how many lines are shown."""
        return 0 if parent.isValid() else len(self.raw.lines)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        """Return how many cells a line has: one, but in sheets."""
        return 0 if parent.isValid() else max(len(self.raw.columns), 1)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return a line's number, or a column's letter."""
        if orientation is Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole:
                return self.line(section).number
            part = self.line(section).part
            hovered = role == Qt.ItemDataRole.ToolTipRole and part in _PARTS
            return tr(_PARTS[part]) if hovered else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.raw.columns[section] if self.raw.columns else self.raw.place
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a cell's text and how it looks."""
        line = self.line(index.row())
        text = line.cells[index.column()] if index.column() < len(line.cells) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return text.translate(_SIGNS).replace("\n", "⏎") + ("…" if line.cut else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return whole_text(text) if text else None
        if role == Qt.ItemDataRole.FontRole:
            return self._strong if line.part == "header" else self._font
        if role == Qt.ItemDataRole.ForegroundRole and line.part == "above":
            return QBrush(muted_colour())
        return None


class _Marks(QStyledItemDelegate):
    """Draws lines with their delimiters in the accent, on a soft ground."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one line."""
        model, shown = index.model(), QStyleOptionViewItem(option)
        if not isinstance(model, RawModel) or model.raw.columns:
            super().paint(painter, option, index)
            return
        self.initStyleOption(shown, index)
        text, shown.text = shown.text, ""
        shown.widget.style().drawControl(
            QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget
        )
        chosen = bool(shown.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        box = shown.rect.adjusted(_MARGIN, 0, 0, 0)
        painter.save()
        painter.setClipRect(shown.rect)
        painter.setFont(shown.font)
        self._draw_marks(painter, box, text, model.line(index.row()).marks)
        painter.setPen(shown.palette.color(role))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        painter.restore()

    def _draw_marks(self, painter: QPainter, box: QRect, text: str, marks: tuple[int, ...]) -> None:
        ground = QColor(accent_colour())
        ground.setAlphaF(_GROUND)
        metrics = painter.fontMetrics()
        for at in marks:
            begin = box.left() + metrics.horizontalAdvance(text[:at])
            if begin > box.right():
                return
            width = metrics.horizontalAdvance(text[: at + 1]) - (begin - box.left())
            painter.fillRect(begin, box.top() + 2, width, box.height() - 4, ground)


class RawView(QWidget):
    """Shows the lines, or why there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RawModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("The file as it stands"))
        self.table.setItemDelegate(_Marks(self))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 6)
        self.table.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.horizontalHeader().setHighlightSections(False)
        self.empty = EmptyState("table", tr("Reading the file…"), "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.stack)

    def wait(self) -> None:
        """Say that the file is being read."""
        self.say(tr("Reading the file…"), "")

    def show_raw(self, raw: Raw) -> None:
        """Show lines."""
        if not raw.lines:
            self.say(tr("The file is empty"), raw.place)
            return
        self.model.show(raw)
        self.stack.setCurrentWidget(self.table)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.resizeColumnsToContents()
        if raw.columns:
            for at in range(len(raw.columns)):
                self.table.setColumnWidth(at, min(self.table.columnWidth(at), _WIDEST))
        head.setStretchLastSection(not raw.columns)

    def show_error(self, error: Exception) -> None:
        """Say why there are no lines."""
        notice = Notice.of(error)
        self.say(notice.text, notice.detail)

    def say(self, title: str, text: str) -> None:
        """Show a sentence in place of lines."""
        self.model.show(Raw("", ()))
        self.empty.say(title, text)
        self.stack.setCurrentWidget(self.empty)
