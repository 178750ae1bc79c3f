"""The legend of a chart: a list that can be searched, with a check box in each line's colour."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.lines import MOST, TOTAL, Lines

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ID = Qt.ItemDataRole.UserRole
_RATE = Qt.ItemDataRole.UserRole + 1
_SHADE = Qt.ItemDataRole.UserRole + 2
_BOX, _PAD, _HIGH = 12, 8, 20
_SEARCH_FROM = 12
"""With fewer lines there is nothing to look for."""
_WIDEST_RATE = "1.25M/s"
TOTAL_TITLE = mark("All sources together")


class LegendModel(QAbstractListModel):
    """One row a node, those drawn before the others, and the total on top.

    `toggled` carries the id of a row whose box was clicked.
    """

    toggled = Signal(object)

    def __init__(self, lines: Lines, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self._ids: list[str] = []
        self._titles: Mapping[str, str] = {}
        self._rates: Mapping[str, str] = {}
        self._shades: Mapping[str, QColor] = {}

    @property
    def ids(self) -> list[str]:
        """The ids of the rows, from the top."""
        return self._ids

    @property
    def names(self) -> Iterable[str]:
        """What the rows are called."""
        return self._titles.values()

    def show(self, ids: Iterable[str], titles: Callable[[str], str]) -> None:
        """Show other rows."""
        wanted = list(ids)
        if wanted == self._ids:
            return
        self.beginResetModel()
        self._ids = wanted
        self._titles = {i: titles(i) if i != TOTAL else tr(TOTAL_TITLE) for i in wanted}
        self.endResetModel()

    def set_figures(self, rates: Mapping[str, str], shades: Mapping[str, QColor]) -> None:
        """Say how fast each is, and in which colour it is drawn."""
        self._rates, self._shades = rates, shades
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._ids)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Return that boxes can be checked."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return what is shown of a row."""
        node_id = self._ids[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._titles[node_id]
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(node_id)
            case Qt.ItemDataRole.CheckStateRole:
                drawn = self._lines.shows(node_id)
                return Qt.CheckState.Checked if drawn else Qt.CheckState.Unchecked
        return {_ID: node_id, _RATE: self._rates.get(node_id, ""),
                _SHADE: self._shades.get(node_id)}.get(role)  # fmt: skip

    def setData(self, index: _Index, value: Any, role: int = 0) -> bool:
        """Ask for a line to be drawn, or no longer."""
        del value
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.toggled.emit(self._ids[index.row()])
        return True

    def _tip(self, node_id: str) -> str:
        if node_id == TOTAL:
            return tr("Rows a second that all sources read together")
        title = f"{self._titles[node_id]}\n{node_id}"
        full = self._lines.full and not self._lines.shows(node_id)
        return (
            tr("{title}\n{most} lines are drawn: take one off first", title=title, most=MOST)
            if full
            else title
        )


class _Row(QStyledItemDelegate):
    """Draws a row: the box in the colour of its line, the name, the rate at the end.

    `asked` carries the id of one whose name was clicked.
    """

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the height of a row; as for its width, names are shortened."""
        del option, index
        return QSize(_BOX, _HIGH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw it."""
        self.initStyleOption(option, index)
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        option.widget.style().drawPrimitive(panel, option, painter, option.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = option.rect.center().y() - _BOX // 2 + 1
        box = QRectF(option.rect.left() + _PAD, top, _BOX, _BOX)
        self._paint_box(painter, box, index)
        painter.setFont(option.font)
        rate = str(index.data(_RATE))
        room = option.rect.adjusted(_BOX + 2 * _PAD, 0, -_PAD, 0)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, rate)
        room.setRight(room.right() - option.fontMetrics.horizontalAdvance(rate) - _PAD)
        name = option.fontMetrics.elidedText(
            str(index.data()), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.setPen(QColor(self.theme.text))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def _paint_box(self, painter: QPainter, box: QRectF, index: _Index) -> None:
        shade = index.data(_SHADE)
        inside = box.adjusted(0.5, 0.5, -0.5, -0.5)
        if shade is None:
            painter.setPen(QPen(QColor(self.theme.border_strong), 1))
            painter.setBrush(QColor(self.theme.surface))
            painter.drawRoundedRect(inside, 3, 3)
            return
        painter.setPen(QPen(shade, 1))
        painter.setBrush(shade)
        painter.drawRoundedRect(inside, 3, 3)
        painter.setPen(QPen(QColor(self.theme.ink_on(shade.name())), 1.6))
        left, top = box.left(), box.top()
        tick = [QPointF(left + x, top + y) for x, y in ((3, 6.2), (5.2, 8.6), (9, 3.8))]
        painter.drawPolyline(tick)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: _Index,
    ) -> bool:
        """Toggle by a click on the box, and by Space; go to the node by one on its name."""
        toggles = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        asks = False
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
        ):
            toggles = event.position().x() <= option.rect.left() + _BOX + 1.5 * _PAD
            asks = not toggles
        if toggles:
            return model.setData(index, None, Qt.ItemDataRole.CheckStateRole)
        if asks:
            self.asked.emit(index.data(_ID))
        return asks


class _List(QListView):
    """Tells which row the pointer is over (`pointed`: its index, or None)."""

    pointed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.entered.connect(self._entered)

    @Slot(QModelIndex)
    def _entered(self, index: QModelIndex) -> None:
        self.pointed.emit(index)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is."""
        self.pointed.emit(None)
        super().leaveEvent(event)


class Legend(QWidget):
    """The list with its search.

    `toggled` and `asked` carry the id of a row whose box, or whose name, was clicked; `pointed`
    that of the row under the pointer, None for none; `busiest_asked` is sent by its button.
    """

    toggled = Signal(object)
    asked = Signal(object)
    pointed = Signal(object)
    busiest_asked = Signal()

    def __init__(self, lines: Lines, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.model = LegendModel(lines, self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self.model)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a line"))
        self.search.setAccessibleName(tr("Find a line"))
        self.search.setClearButtonEnabled(True)
        self.busiest = QToolButton()
        self.busiest.setText(tr("Busiest"))
        self.busiest.setToolTip(tr("Draw the nodes with the most rows again"))
        self.list = _List(self)
        self.list.setModel(self._found)
        self.list.setProperty("role", "legend")
        self.list.setAccessibleName(tr("Lines of the chart"))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._row = _Row(theme, self)
        self.list.setItemDelegate(self._row)
        self._place()
        self.model.toggled.connect(self.toggled)
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self.busiest.clicked.connect(self.busiest_asked)
        self._row.asked.connect(self._ask)
        self.list.activated.connect(self._activated)
        self.list.pointed.connect(self._pointed)

    def _place(self) -> None:
        self.setProperty("role", "legend-frame")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = QWidget(self)
        bar = QHBoxLayout(self._head)
        bar.setContentsMargins(_PAD, 4, _PAD, 4)
        bar.setSpacing(4)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.busiest)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.list, 1)

    def refresh(self) -> None:
        """Show what can be done with the rows there are."""
        self.search.setVisible(len(self.model.ids) > _SEARCH_FROM)
        self.busiest.setVisible(self._lines.chosen)
        self._head.setVisible(self.search.isVisibleTo(self._head) or self._lines.chosen)

    def wanted_width(self) -> int:
        """Return the width in which every name stands in whole."""
        metrics = self.list.fontMetrics()
        names = max(map(metrics.horizontalAdvance, self.model.names), default=0)
        bar = self.list.verticalScrollBar().sizeHint().width()
        return names + metrics.horizontalAdvance(_WIDEST_RATE) + _BOX + 4 * _PAD + bar

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme's colours."""
        self._row.theme = theme
        self.list.viewport().update()

    def mark(self, node_id: str | None) -> None:
        """Show which line the pointer is over in the chart."""
        index = QModelIndex()
        if node_id is not None and node_id in self.model.ids:
            index = self._found.mapFromSource(self.model.index(self.model.ids.index(node_id)))
        self.list.setCurrentIndex(index)

    @Slot(QModelIndex)
    def _activated(self, index: QModelIndex) -> None:
        self._ask(index.data(_ID))

    @Slot(object)
    def _ask(self, node_id: str) -> None:
        if node_id != TOTAL:
            self.asked.emit(node_id)

    @Slot(object)
    def _pointed(self, index: Any) -> None:
        self.pointed.emit(None if index is None else index.data(_ID))
