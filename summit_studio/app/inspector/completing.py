"""What could complete the word being typed: a list that never takes the keys, nor covers the text.

A list of Qt's own grabs the keyboard while it opens: keys typed fast are lost meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.screens import room_at
from summit_studio.app.look.words import tr

_LINES = 8
_NAME, _KIND, _HELP = range(3)
_WIDEST = (200, 110, 280)
"""Of name, kind and description, in logical pixels."""


@dataclass(frozen=True, slots=True)
class Word:
    """Something that can be typed.

    Args:
        text: What is typed.
        kind: Its type, or what it is.
        description: A line of help.
        column: True of a column, which is also found by the middle of its name.
    """

    text: str
    kind: str = ""
    description: str = ""
    column: bool = False


def fitting(words: Sequence[Word], typed: str) -> list[Word]:
    """Return the words that could complete what is typed, in order, columns before all others."""
    folded = typed.casefold()

    def begins(word: Word) -> bool:
        return word.text.casefold().lstrip('"').startswith(folded)

    first = [w for w in words if w.column and begins(w)]
    inside = [w for w in words if w.column and folded in w.text.casefold() and not begins(w)]
    return [*first, *inside, *(w for w in words if not w.column and begins(w))]


class CompletionList(QFrame):
    """Shown beside the cursor without the keyboard; `chosen` carries the text of a word clicked."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("role", "popup")
        self.setAccessibleName(tr("Completions"))
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Completions"))
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.list.header().setStretchLastSection(False)
        self.list.itemClicked.connect(self._clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(self.list)
        self._words: list[Word] = []
        self.hide()

    @property
    def current(self) -> str:
        """The text of the word that would be taken, or an empty text."""
        item = self.list.currentItem()
        return item.text(_NAME) if item is not None else ""

    @property
    def words(self) -> tuple[Word, ...]:
        """What is offered, in order."""
        return tuple(self._words)

    def offer(self, words: Sequence[Word], line: QRect) -> None:
        """Show words below a line of text, or above it where there is no room; the first is chosen.

        Args:
            words: At least one.
            line: The place of the word being typed, on the screen; it is never covered.
        """
        if list(words) != self._words:
            self._fill(words)
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        self.setFixedSize(self._width(), self._height())
        self.move(self._place(line))
        self.show()

    def step(self, by: int) -> None:
        """Choose another word, round the ends."""
        at = (self.list.currentIndex().row() + by) % self.list.topLevelItemCount()
        self.list.setCurrentIndex(self.list.model().index(at, 0))

    def _fill(self, words: Sequence[Word]) -> None:
        self._words = list(words)
        self.list.clear()
        for word in words:
            item = QTreeWidgetItem([word.text, word.kind, word.description])
            item.setToolTip(_NAME, word.description or word.kind)
            for column in (_KIND, _HELP):
                item.setForeground(column, muted_colour())
            self.list.addTopLevelItem(item)
        for column, widest in enumerate(_WIDEST):
            wanted = self.list.sizeHintForColumn(column) + 8
            said = any(item for item in (self._said(w, column) for w in words))
            self.list.setColumnWidth(column, min(wanted, widest) if said else 0)

    @staticmethod
    def _said(word: Word, column: int) -> str:
        return (word.text, word.kind, word.description)[column]

    def _width(self) -> int:
        bar = self.list.verticalScrollBar().sizeHint().width()
        return sum(self.list.columnWidth(c) for c in range(3)) + bar + 4

    def _height(self) -> int:
        rows = min(self.list.topLevelItemCount(), _LINES)
        return rows * max(self.list.sizeHintForRow(0), 1) + 8

    def _place(self, line: QRect) -> QPoint:
        parent = self.parentWidget()
        room = room_at(line.center()) if parent is not None else line
        x = max(room.left(), min(line.left(), room.right() - self.width()))
        below = line.bottom() + 3
        fits = below + self.height() <= room.bottom()
        return QPoint(x, below if fits else line.top() - 3 - self.height())

    @Slot(object)
    def _clicked(self, item: QTreeWidgetItem) -> None:
        self.chosen.emit(item.text(_NAME))
