"""Banners: what went wrong or is worth knowing, above the canvas, never in anyone's way."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import severity_colour
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

_SHOWN_MS = 7000
_MOST_OFFERS = 3
_ICONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


class Banner(QWidget):
    """Shows one notice at a time; news that is no fault goes by itself. `asked` carries an id."""

    asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._notice: Notice | None = None
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
        close = QToolButton()
        close.setText("✕")
        close.setToolTip("Dismiss")
        close.setAccessibleName("Dismiss this message")
        close.setAutoRaise(True)
        close.clicked.connect(self.dismiss)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addLayout(words, 1)
        for button in self.buttons:
            row.addWidget(button)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def button(self) -> QPushButton:
        """The first of the buttons."""
        return self.buttons[0]

    def set_theme(self, theme: Theme) -> None:
        """Take another theme's colours."""
        self._theme = theme
        if self._notice is not None and self.isVisible():
            self.show_notice(self._notice)

    @Slot(object)
    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._notice = notice
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
        self.setAccessibleName(f"{notice.severity.value}: {notice.text}")
        self.setAccessibleDescription(notice.detail)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        if notice.severity is Severity.INFO and not notice.offers:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def dismiss(self) -> None:
        """Take the banner away."""
        self._timer.stop()
        self.hide()

    def take_back(self, notice: Notice | None) -> None:
        """Take this notice away if it is still shown: what it says no longer holds."""
        if notice is not None and self._notice is notice:
            self.dismiss()

    @Slot()
    def _ask(self) -> None:
        button = self.sender()
        if self._notice is not None and isinstance(button, QPushButton):
            self.hide()
            self.asked.emit(self._notice.offers[self.buttons.index(button)][1])
