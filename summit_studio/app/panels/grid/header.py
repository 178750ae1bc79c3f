"""The heads of the grid: name, type, a small spread of the values, how many null or distinct."""

from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from summit_studio.app.look.icons import icon
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.panels.grid.model import GONE, NEW, GridModel, facts

_MARGIN = 8
_BARS = 44
_HIGH = 13
_ARROW = 14
_GAP = 8
_WIDEST = 280
_NARROWEST = 92
_FACTS = 150
_WIDEST_REASON = 460
_BETWEEN = " · "


class Heads(QHeaderView):
    """`menu_asked` carries (column, global place): a click on the arrow, or the right button."""

    menu_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._hovered = -1
        self._small = theme.font(Theme.SMALL)
        self._name = theme.font(Theme.SMALL)
        self._name.setWeight(self._name.Weight.DemiBold)
        self.setSectionsClickable(True)
        self.setSectionsMovable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(48)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._context)

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        return QSize(super().sizeHint().width(), 2 * self.fontMetrics().height() + 10)

    def wanted_width(self, section: int) -> int:
        """Return the width at which all of a head can be read."""
        model = self.model()
        if not isinstance(model, GridModel):
            return _NARROWEST
        column = model.column_at(section)
        first = self.fontMetrics().horizontalAdvance(column.name) + _GAP + _BARS
        second = self.fontMetrics().horizontalAdvance(self._second(model, section))
        # A number of three digits need not stand in a column for a sentence: hovering tells all.
        second = min(second, _FACTS)
        widest = _WIDEST_REASON if column.name == "reject_reason" else _WIDEST
        return min(max(first, second) + 2 * _MARGIN, widest)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one head."""
        model = self.model()
        if not isinstance(model, GridModel) or section >= len(model.schema):
            return
        theme = self._theme
        painter.save()
        painter.setClipRect(rect)
        chosen = self.selectionModel() is not None and self.selectionModel().isColumnSelected(
            section
        )
        painter.fillRect(rect, QColor(theme.accent_soft if chosen else theme.raised))
        painter.setPen(QColor(theme.border))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(_MARGIN, 4, -_MARGIN, -4)
        half = inner.height() // 2
        top, under = QRect(inner), QRect(inner)
        top.setHeight(half)
        under.setTop(inner.top() + half)
        if section == self._hovered:
            self._draw_arrow(painter, under)
            under.setRight(under.right() - _ARROW)
        mark = model.mark_at(section)
        self._draw_name(painter, top, model.column_at(section).name, model, section, mark)
        painter.setFont(self._small)
        words = self._second(model, section)
        fresh = mark and mark != tr(GONE)
        painter.setPen(QColor(theme.accent if fresh else theme.muted))
        painter.drawText(
            under,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            fitting(words, painter.fontMetrics(), under.width()),
        )
        painter.restore()

    def _second(self, model: GridModel, section: int) -> str:
        words = facts(model.column_at(section), model.glance_at(section))
        mark = model.mark_at(section)
        short = {tr(NEW): tr("new"), tr(GONE): tr("gone")}.get(mark, mark)
        return f"{short} · {words}" if short else words

    def _draw_name(
        self, painter: QPainter, box: QRect, name: str, model: GridModel, section: int, mark: str
    ) -> None:
        theme, glance = self._theme, model.glance_at(section)
        painter.setFont(self._name)
        metrics = painter.fontMetrics()
        room = box.width()
        if glance is not None and glance.spread:
            wide = metrics.horizontalAdvance(name) + _GAP + _BARS
            if wide <= box.width() or box.width() > 2 * _BARS:
                self._draw_bars(painter, box, glance.spread)
                room -= _BARS + _GAP
        gone = mark == tr(GONE)
        painter.setPen(QColor(theme.faint if gone else theme.text))
        painter.drawText(
            box,
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(name, Qt.TextElideMode.ElideRight, room),
        )

    def _draw_bars(self, painter: QPainter, box: QRect, spread: tuple[float, ...]) -> None:
        wide = max(2, min(8, _BARS // len(spread) - 1))
        begin = box.right() - len(spread) * (wide + 1) + 2
        bottom = box.top() + _HIGH
        colour = QColor(self._theme.edge)
        for step, height in enumerate(spread):
            high = max(round(height * (_HIGH - 2)), 1 if height else 0)
            if high:
                painter.fillRect(begin + step * (wide + 1), bottom - high, wide, high, colour)

    def _draw_arrow(self, painter: QPainter, box: QRect) -> None:
        place = QRect(box.right() - _ARROW + 2, box.center().y() - _ARROW // 2, _ARROW, _ARROW)
        icon("chevron-down", QColor(self._theme.muted)).paint(painter, place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the arrow of the head under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: Any) -> None:
        """Hide the arrow."""
        super().leaveEvent(event)
        self._hover(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the menu by a click on the arrow."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        section = self.logicalIndexAt(place)
        if section < 0 or event.button() is not Qt.MouseButton.LeftButton:
            return
        right = self.sectionViewportPosition(section) + self.sectionSize(section)
        low = place.y() > self.height() // 2
        if low and right - _ARROW - _MARGIN <= place.x() < right - 3:
            self.menu_asked.emit((section, event.globalPosition().toPoint()))

    def _hover(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()

    def _context(self, place: QPoint) -> None:
        section = self.logicalIndexAt(place)
        if section >= 0:
            self.menu_asked.emit((section, self.viewport().mapToGlobal(place)))


def fitting(words: str, metrics: QFontMetrics, room: int) -> str:
    """Return as many facts as fit whole, such as `text · 5 distinct`; the first may be cut."""
    facts = words.split(_BETWEEN)
    while len(facts) > 1 and metrics.horizontalAdvance(_BETWEEN.join(facts)) > room:
        facts.pop()
    said = _BETWEEN.join(facts)
    if metrics.horizontalAdvance(said) <= room:
        return said
    return metrics.elidedText(said, Qt.TextElideMode.ElideRight, room)
