"""Banners: what went wrong or is worth knowing, over the canvas, never in anyone's way."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import severity_colour, severity_word
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

_SHOWN_MS = 7000
_MOST_OFFERS = 4
_WORDS = 440
"""The least width of the text with the signs at its sides, in logical pixels."""
_ICONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


class Banner(QWidget):
    """Shows the newest notice; those before wait beneath it, and come back when it is dismissed.

    News that is no fault goes by itself, or when there is other news. `asked` carries an id.
    """

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notices: list[Notice] = []
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "banner")
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.text = QLabel()
        self.text.setProperty("role", "strong")
        self.text.setWordWrap(True)
        self.detail = QLabel()
        self.detail.setWordWrap(True)
        for label in (self.text, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = [QPushButton() for _ in range(_MOST_OFFERS)]
        for button in self.buttons:
            button.setProperty("compact", True)
            button.clicked.connect(self._ask)
        self.waiting = QLabel()
        self.waiting.setProperty("role", "hint")
        close = QToolButton()
        close.setText("✕")
        close.setToolTip(tr("Dismiss"))
        close.setAccessibleName(tr("Dismiss this message"))
        close.setAutoRaise(True)
        close.clicked.connect(self.dismiss)
        self._place(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    def _place(self, close: QToolButton) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.detail)
        offers = QHBoxLayout()
        offers.setSpacing(8)
        for button in self.buttons:
            offers.addWidget(button)
        offers.addStretch(1)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(8)
        self._body.addLayout(words, 1)
        self._body.addLayout(offers)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addLayout(self._body, 1)
        row.addWidget(self.waiting)
        row.addWidget(close)

    def heightForWidth(self, width: int) -> int:
        """Return the height at a width; the buttons go below the text where it is squeezed."""
        offered = sum(b.sizeHint().width() + 8 for b in self.buttons if not b.isHidden())
        beside = width - offered >= _WORDS or not offered
        way = QBoxLayout.Direction
        self._body.setDirection(way.LeftToRight if beside else way.TopToBottom)
        return super().heightForWidth(width)

    @property
    def button(self) -> QPushButton:
        """The first of the buttons."""
        return self.buttons[0]

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        self._show_newest()

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """Show a notice over those that are not dismissed yet; the same again is not said twice."""
        said = (notice.text, notice.detail)
        kept = [n for n in self._notices if not _passes(n) and (n.text, n.detail) != said]
        self._notices = [*kept, notice]
        self._show_newest()

    def _show_newest(self) -> None:
        self._timer.stop()
        if not self._notices:
            self.hide()
            return
        notice = self._notices[-1]
        self.setProperty("severity", notice.severity.value)
        colour = severity_colour(self._theme, notice.severity)
        self._sign.setPixmap(icon(_ICONS[notice.severity], colour).pixmap(18, 18))
        self.text.setText(notice.text)
        self.detail.setText(notice.detail)
        self.detail.setVisible(bool(notice.detail))
        for at, button in enumerate(self.buttons):
            offered = at < len(notice.offers)
            button.setText(notice.offers[at][0] if offered else "")
            button.setVisible(offered)
        beneath = len(self._notices) - 1
        self.waiting.setText(tr("{beneath} more", beneath=beneath) if beneath else "")
        self.waiting.setVisible(bool(beneath))
        self.setAccessibleName(f"{severity_word(notice.severity)}: {notice.text}")
        self.setAccessibleDescription(notice.detail)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        if _passes(notice):
            self._timer.start()

    @Slot()
    def dismiss(self) -> None:
        """Take the newest notice away, and show the one beneath it."""
        self._notices = self._notices[:-1]
        self._show_newest()

    def take_back(self, notice: Notice | None) -> None:
        """Take this notice away, shown or waiting: what it says no longer holds."""
        if any(n is notice for n in self._notices):
            self._notices = [n for n in self._notices if n is not notice]
            self._show_newest()

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        if self._notices and isinstance(button, QPushButton):
            notice = self._notices[-1]
            self.dismiss()
            self.asked.emit(notice.offers[self.buttons.index(button)][1])


def _passes(notice: Notice) -> bool:
    """Return True of news that is no fault and asks for nothing."""
    return notice.severity is Severity.INFO and not notice.offers
