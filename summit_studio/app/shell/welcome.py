"""The welcome page: begin anew, an example, or where one left off."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.canvas.drop_zone import files_of
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import accent_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.examples import Example
from summit_studio.app.session.settings import Settings
from summit_studio.document.files import SUFFIX
from summit_studio.document.model import Document

_COLUMNS = 3
_WIDTH = 1040
_PICTURE = QSize(272, 88)

Draw = Callable[[Document, QSize], QPixmap]
"""Draws a pipeline in a size."""


class Card(QFrame):
    """A big button with a title and a line beneath; works by mouse, Return and space.

    Args:
        title: In bold.
        text: Beneath.
        icon_name: Beside them; none where there is a picture.
        draw: Draws the picture above them in a size, in the theme of the moment.
    """

    clicked = Signal()

    def __init__(
        self,
        title: str,
        text: str,
        icon_name: str = "",
        draw: Callable[[QSize], QPixmap] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "welcome-card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self._icon_name = icon_name
        self._draw = draw
        self._picture = QLabel()
        head = QLabel(title)
        head.setProperty("role", "strong")
        body = QLabel(text)
        body.setProperty("role", "hint")
        for label in (head, body):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(head)
        words.addWidget(body)
        words.addStretch(1)
        box = QBoxLayout(
            QBoxLayout.Direction.TopToBottom if draw else QBoxLayout.Direction.LeftToRight, self
        )
        box.setContentsMargins(16, 14, 16, 14)
        box.setSpacing(12)
        aligned = Qt.AlignmentFlag.AlignHCenter if draw else Qt.AlignmentFlag.AlignTop
        box.addWidget(self._picture, 0, aligned)
        box.addLayout(words, 1)
        self.paint()

    def paint(self) -> None:
        """Draw icon or picture in the colours of the theme."""
        if self._draw is not None:
            self._picture.setPixmap(self._draw(_PICTURE))
        else:
            self._picture.setPixmap(icon(self._icon_name, accent_colour()).pixmap(24, 24))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here too."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Count a release inside as a click."""
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Return and space for a click."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
            return
        super().keyPressEvent(event)


class WelcomePage(QScrollArea):
    """Where one begins: recent files, examples, and the tour at first.

    `asked` carries `new`, `open`, `tour`, or the path of a file; `files_dropped` carries paths to
    begin with.

    Args:
        settings: Knows recent files.
        examples: The gallery.
        draw: Draws their pictures.
    """

    asked = Signal(object)
    files_dropped = Signal(object)

    def __init__(
        self,
        settings: Settings,
        examples: Sequence[Example],
        draw: Draw,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._examples = examples
        self._draw = draw
        self._targets: dict[QObject, object] = {}
        self._key = ""
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("role", "welcome")
        self.setAccessibleName(tr("Welcome"))
        self.setAcceptDrops(True)

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew, as what is recent may have changed since."""
        self.refresh()
        super().showEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files."""
        if files_of(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take local files anywhere on the page."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell the window what was dropped."""
        event.acceptProposedAction()
        self.files_dropped.emit(files_of(event.mimeData()))

    def refresh(self) -> None:
        """Look anew for examples and recent files."""
        self._targets.clear()
        page = QWidget()
        page.setProperty("role", "welcome")
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(middle)
        column.setContentsMargins(32, 40, 32, 32)
        column.setSpacing(12)
        self._head(column)
        if not self._settings.toured:
            self._offer_tour(column)
        self._start(column)
        self._section(column, tr("Recent"), self._recent_cards())
        self._section(column, tr("Examples to open, run and change"), self._example_cards())
        column.addStretch(1)
        outer = QHBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(middle, 6)
        outer.addStretch(1)
        self.setWidget(page)

    def _head(self, column: QVBoxLayout) -> None:
        line = QHBoxLayout()
        line.setSpacing(12)
        mark = QLabel()
        mark.setPixmap(icon("summit", accent_colour()).pixmap(40, 40))
        title = QLabel(tr("Summit Studio"))
        title.setProperty("role", "display")
        line.addWidget(mark)
        line.addWidget(title)
        line.addStretch(1)
        column.addLayout(line)
        text = QLabel(
            tr("Draw data pipelines, see real data at every step, run the same file anywhere.")
        )
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        column.addWidget(text)
        column.addSpacing(12)

    def _offer_tour(self, column: QVBoxLayout) -> None:
        """Offer the tour until it was begun or declined."""
        offer = QFrame()
        offer.setProperty("role", "card")
        told = QLabel(
            tr("New here? Six steps lead to a pipeline that runs, in about three minutes.")
        )
        told.setWordWrap(True)
        begin, decline = QPushButton(tr("Take the tour")), QPushButton(tr("Not now"))
        begin.setProperty("primary", True)
        decline.setToolTip(tr("It stays in the menu Help"))
        begin.clicked.connect(self._clicked)
        decline.clicked.connect(self._decline_tour)
        self._targets[begin] = "tour"
        row = QHBoxLayout(offer)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(8)
        row.addWidget(told, 1)
        row.addWidget(decline)
        row.addWidget(begin)
        column.addWidget(offer)
        column.addSpacing(8)

    @Slot()
    def _decline_tour(self) -> None:
        self._settings.toured = True
        self.refresh()

    def _start(self, column: QVBoxLayout) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        new = QPushButton(tr("New pipeline"))
        new.setProperty("primary", True)
        opened = QPushButton(tr("Open…"))
        for button, target in ((new, "new"), (opened, "open")):
            button.clicked.connect(self._clicked)
            self._targets[button] = target
            row.addWidget(button)
        row.addStretch(1)
        finds = tr(" {key} finds every command", key=self._key) if self._key else ""
        keys = QLabel(tr("Drop data files here to begin with them.{finds}", finds=finds))
        keys.setProperty("role", "hint")
        row.addWidget(keys)
        column.addLayout(row)
        column.addSpacing(12)

    def name_key(self, key: str) -> None:
        """Name the key that finds every command; there may be none."""
        self._key = key
        if self.isVisible():
            self.refresh()

    def _section(self, column: QVBoxLayout, title: str, cards: list[tuple[Card, Path]]) -> None:
        if not cards:
            return
        head = QLabel(title)
        head.setProperty("role", "heading")
        column.addWidget(head)
        grid = QGridLayout()
        grid.setSpacing(12)
        for number, (card, path) in enumerate(cards):
            card.clicked.connect(self._clicked)
            self._targets[card] = path
            grid.addWidget(card, number // _COLUMNS, number % _COLUMNS)
        for side in range(_COLUMNS):
            grid.setColumnStretch(side, 1)
        column.addLayout(grid)
        column.addSpacing(8)

    def _example_cards(self) -> list[tuple[Card, Path]]:
        return [
            (
                Card(each.document.name, each.text, draw=partial(self._draw, each.document)),
                each.path,
            )
            for each in self._examples
        ]

    def _recent_cards(self) -> list[tuple[Card, Path]]:
        return [
            (Card(path.name.removesuffix(SUFFIX), _short(path.parent), "history"), path)
            for path in self._settings.recent[:6]
        ]

    @Slot()
    def _clicked(self) -> None:
        target = self._targets.get(self.sender())
        if target is not None:
            self.asked.emit(target)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icons in another theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for card in self.findChildren(Card):
                card.paint()


def _short(folder: Path) -> str:
    home = Path.home()
    return f"~/{folder.relative_to(home)}" if folder.is_relative_to(home) else str(folder)
