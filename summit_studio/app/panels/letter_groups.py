"""Groups of dead letters that are alike, as a list with counts and bars."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr

if TYPE_CHECKING:
    from summit_studio.state.letters import LetterGroup

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_GROUP = Qt.ItemDataRole.UserRole
_PAD, _GAP, _BAR = 10, 3, 3
_ELIDE = Qt.TextElideMode.ElideRight


class GroupsModel(QAbstractListModel):
    """One line a group."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles: Callable[[str], str] = str
        self.groups: tuple[LetterGroup, ...] = ()

    @property
    def most(self) -> int:
        """Letters of the biggest group."""
        return max((g.letters for g in self.groups), default=0)

    def show(self, groups: "Sequence[LetterGroup]", titles: Callable[[str], str]) -> None:
        """Show other groups."""
        self.beginResetModel()
        self.groups, self._titles = tuple(groups), titles
        self.endResetModel()

    def place_of(self, group: str | None) -> int:
        """Return the line of a group by its name; the first where it is gone, -1 for none."""
        names = [g.group for g in self.groups]
        return names.index(group) if group in names else min(len(names), 1) - 1

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """Return the number of groups."""
        return 0 if parent.isValid() else len(self.groups)

    def data(self, index: _Index, role: int = 0) -> Any:
        """Return a group, or what is said of it."""
        group = self.groups[index.row()]
        if role == _GROUP:
            return group
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(group, self._titles)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = heading(group, self._titles)
            noun = tr("letter") if group.letters == 1 else tr("letters")
            return f"{group.letters:,} {noun}: {name}: {group.message}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{heading(group, self._titles)}\n{group.message}\n[{group.code}]"
        return None


def heading(group: "LetterGroup", titles: Callable[[str], str]) -> str:
    """Return node and column of a group."""
    title = titles(group.node_id)
    return f"{title} · {group.column}" if group.column else title


class GroupsView(QListView):
    """The list. `chosen` carries the group that is chosen, or None."""

    chosen = Signal(object)

    def __init__(self, model: GroupsModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = _GroupDelegate(model, theme, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(tr("Groups of dead letters"))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_theme(self, theme: Theme) -> None:
        """Draw in another theme."""
        self._delegate.theme = theme
        self.viewport().update()

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell which group is chosen, by mouse or key."""
        super().currentChanged(current, previous)
        self.chosen.emit(current.data(_GROUP) if current.isValid() else None)


class _GroupDelegate(QStyledItemDelegate):
    """Draws node, column, count and message, over a bar that compares it with the biggest."""

    def __init__(self, model: GroupsModel, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the room of two lines and a bar."""
        del index
        line = option.fontMetrics.height()
        small = QFontMetrics(self.theme.font(Theme.SMALL)).height()
        return QSize(120, line + small + _BAR + 3 * _GAP + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a group."""
        group: LetterGroup = index.data(_GROUP)
        theme, room = self.theme, option.rect.adjusted(_PAD, _GAP + 1, -_PAD, -_GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, option)
        strong = theme.font(Theme.BODY, QFont.Weight.DemiBold)
        count = f"{group.letters:,}"
        wide = QFontMetrics(strong).horizontalAdvance(count)
        line = QFontMetrics(strong).height()
        first = QRect(room.left(), room.top(), room.width(), line)
        painter.setFont(strong)
        painter.setPen(QColor(theme.danger))
        painter.drawText(first, Qt.AlignmentFlag.AlignRight, count)
        painter.setPen(QColor(theme.text))
        left = first.adjusted(0, 0, -wide - _PAD, 0)
        text = QFontMetrics(strong).elidedText(index.data(), _ELIDE, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft, text)
        small = theme.font(Theme.SMALL)
        second = QRect(room.left(), first.bottom() + 1, room.width(), QFontMetrics(small).height())
        painter.setFont(small)
        painter.setPen(QColor(theme.muted))
        shape = QFontMetrics(small).elidedText(_one_line(group.message), _ELIDE, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft, shape)
        self._bar(painter, room, group.letters)
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if chosen or over:
            painter.fillRect(
                option.rect, QColor(self.theme.accent_soft if chosen else self.theme.raised)
            )
        if chosen and option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(
                option.rect.adjusted(0, 0, 3 - option.rect.width(), 0), QColor(self.theme.accent)
            )

    def _bar(self, painter: QPainter, room: QRect, letters: int) -> None:
        track = QRectF(room.left(), room.bottom() - _BAR + 1, room.width(), _BAR)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.border))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)
        share = letters / max(self._model.most, 1)
        track.setWidth(max(track.width() * share, _BAR))
        painter.setBrush(QColor(self.theme.danger))
        painter.drawRoundedRect(track, _BAR / 2, _BAR / 2)


def _one_line(text: str) -> str:
    return " ".join(text.split())
