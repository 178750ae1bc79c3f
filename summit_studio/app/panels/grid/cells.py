"""Draws the cells of the grid: each reads its value once, and only where it is on the screen."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from summit_studio.app.look.roles import accent_colour
from summit_studio.app.look.table_model import one_line
from summit_studio.app.panels.grid.model import NOWHERE, GridModel
from summit_studio.core.schema import is_number

_Index = QModelIndex | QPersistentModelIndex
_MARGIN = 8
_STRIPE = 3
_NARROWEST = 56
_CHOSEN = 0.22
"""How much of the accent lies over chosen cells."""


class Cells(QStyledItemDelegate):
    """Lit where a value differs, pale where a row went elsewhere, marked where a search hit."""

    line = NOWHERE
    """The line that the other side has its cursor in."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        model = index.model()
        if not isinstance(model, GridModel):
            super().paint(painter, option, index)
            return
        row, column, box = index.row(), index.column(), option.rect
        there = model.row_at(row) != NOWHERE
        self._draw_ground(painter, option, model, row, column)
        if not there:
            return
        fate = model.fate(row)
        if fate is not None and column == 0:
            colour = model.danger if fate.reason else model.faint
            painter.fillRect(box.left(), box.top() + 1, _STRIPE, box.height() - 2, colour)
        if model.is_found(row, column):
            painter.setPen(QPen(accent_colour()))
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        null = model.is_null(row, column)
        font = option.font
        font.setItalic(null)
        font.setStrikeOut(fate is not None)
        painter.setFont(font)
        pale = null or fate is not None
        painter.setPen(model.faint if pale else option.palette.text().color())
        number = is_number(model.column_at(column).type)
        side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
        inner = box.adjusted(_MARGIN, 0, -_MARGIN, 0)
        text = painter.fontMetrics().elidedText(
            one_line(model.text(row, column)), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        model: GridModel,
        row: int,
        column: int,
    ) -> None:
        box, palette = option.rect, option.palette
        lit = model.row_at(row) != NOWHERE and model.is_lit(row, column)
        if lit:
            painter.fillRect(box, model.wash)
        elif model.row_at(row) == NOWHERE or row == self.line:
            painter.fillRect(box, palette.alternateBase())
        if option.state & QStyle.StateFlag.State_Selected:
            ground = QColor(accent_colour())
            ground.setAlphaF(_CHOSEN)
            painter.fillRect(box, ground)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the room that a cell's text needs."""
        model = index.model()
        text = model.text(index.row(), index.column()) if isinstance(model, GridModel) else ""
        width = option.fontMetrics.horizontalAdvance(one_line(text)) + 2 * _MARGIN + 2
        return QSize(max(width, _NARROWEST), option.fontMetrics.height() + 8)
