"""A search popup: a line to type in and a list of what fits. Palettes and quick add are these."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.screens import room_at
from summit_studio.app.look.words import tr
from summit_studio.core.search import best

_MOST = 60
_ROWS = 9
_HIGH = 400


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a popup.

    Args:
        texts: Names to search, the one shown first.
        value: What choosing it gives.
        note: Muted words at the right: keys, or a category.
        detail: A muted second line.
    """

    texts: tuple[str, ...]
    value: Any
    note: str = ""
    icon: QIcon | None = None
    tip: str = ""
    detail: str = ""


class SearchPopup(QFrame):
    """Typed in, moved through by arrow keys, chosen by Return or a click, left by Escape.

    `chosen` carries a choice's value, `pointed` that of the line at hand or None, `left` tells that
    it was closed without a choice and `closed` that it was closed, before either.
    """

    chosen = Signal(object)
    pointed = Signal(object)
    left = Signal()
    closed = Signal()

    def __init__(self, hint: str, width: int, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.setAccessibleName(hint)
        self._choices: Callable[[], Sequence[Choice]] = list
        self._picked = False
        self._home = parent
        self.line = QLineEdit()
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.setProperty("role", "search")
        self.line.textChanged.connect(self._fill)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("What fits"))
        self.list.setProperty("role", "choices")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._clicked)
        self.list.currentItemChanged.connect(self._point)
        self._nothing = QLabel(tr("Nothing fits"))
        self._nothing.setProperty("role", "hint")
        self._nothing.setContentsMargins(12, 8, 12, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        self.setFixedWidth(width)

    def open_at(self, place: QPoint, choices: Callable[[], Sequence[Choice]]) -> None:
        """Open with its upper left at a global place, kept on the screen."""
        self._choices = choices
        self._picked = False
        self.line.clear()
        self._fill()
        screen = room_at(place)
        x = min(place.x(), screen.right() - self.width() - 8)
        y = min(place.y(), screen.bottom() - self.sizeHint().height() - 8)
        self.move(max(x, screen.left() + 8), max(y, screen.top() + 8))
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def sought(self) -> str:
        """Return what of the line is searched for."""
        return self.line.text()

    @Slot()
    def _fill(self) -> None:
        found = best(self.sought(), self._choices(), lambda c: c.texts)[:_MOST]
        self.list.clear()
        for choice in found:
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, choice)
            said = ", ".join(t.strip() for t in (choice.texts[0], choice.detail, choice.note) if t)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            item.setToolTip(choice.tip)
            row = _row(choice)
            item.setSizeHint(QSize(0, row.sizeHint().height()))
            self.list.addItem(item)
            self.list.setItemWidget(item, row)
        self.list.setCurrentRow(0)
        line = self.list.sizeHintForRow(0) if found else 0
        rows = min(len(found), _ROWS, _HIGH // line if line else _ROWS)
        self.list.setFixedHeight(rows * line + 4)
        self.list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list while typing."""
        if isinstance(event, QKeyEvent) and not self.isVisible():
            return self._pass_on(event)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _ROWS,
                Qt.Key.Key_PageUp: -_ROWS,
            }.get(Qt.Key(event.key()))
            if step is not None:
                last = self.list.count() - 1
                self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + step)))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._pick(self.list.currentItem())
                return True
        return bool(super().eventFilter(watched, event))

    def _pass_on(self, event: QKeyEvent) -> bool:
        """Hand on what was typed ahead: X11 sends keys to the popup while it has the grab."""
        place = QApplication.activePopupWidget() or self._home.window()
        target = place.focusWidget()
        if target is not None:
            copy = event.clone()
            copy.setAccepted(event.isAccepted())
            QApplication.sendEvent(target, copy)
            event.setAccepted(copy.isAccepted())
        return True

    @Slot(object)
    def _clicked(self, item: QListWidgetItem) -> None:
        self._pick(item)

    @Slot(object)
    def _point(self, item: QListWidgetItem | None) -> None:
        choice: Choice | None = item.data(Qt.ItemDataRole.UserRole) if item else None
        self.pointed.emit(choice.value if choice else None)

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        choice: Choice = item.data(Qt.ItemDataRole.UserRole)
        self._picked = True
        self.hide()
        self.chosen.emit(choice.value)

    def hideEvent(self, event: Any) -> None:
        """Tell that it was closed, and whether it was left without a choice."""
        super().hideEvent(event)
        self.closed.emit()
        if not self._picked:
            self.left.emit()


def _row(choice: Choice) -> QWidget:
    row = QWidget()
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    line = QHBoxLayout(row)
    line.setContentsMargins(8, 5, 8, 5)
    line.setSpacing(8)
    picture = QLabel()
    picture.setFixedSize(18, 18)
    if choice.icon is not None:
        picture.setPixmap(choice.icon.pixmap(18, 18))
    line.addWidget(picture)
    name = QLabel(choice.texts[0])
    name.ensurePolished()
    line.addLayout(
        _two_lines(name, _hint(choice.detail, _Elided())) if choice.detail else _one(name), 1
    )
    line.addWidget(_hint(choice.note))
    return row


def _one(name: QLabel) -> QVBoxLayout:
    column = QVBoxLayout()
    column.addWidget(name)
    return column


def _two_lines(name: QLabel, detail: QLabel) -> QVBoxLayout:
    column = _one(name)
    column.setSpacing(1)
    column.addWidget(detail)
    return column


class _Elided(QLabel):
    """A line that says by an ellipsis that it is longer, and does not make its place wider."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        del event
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()), shown)


def _hint(text: str, hint: QLabel | None = None) -> QLabel:
    hint = hint or QLabel()
    hint.setText(text)
    hint.setTextFormat(Qt.TextFormat.PlainText)
    hint.setProperty("role", "hint")
    hint.ensurePolished()
    return hint
