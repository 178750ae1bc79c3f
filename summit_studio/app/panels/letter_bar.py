"""What can be done with dead letters, and what came of it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.session.letter_words import Outcome, letters_in_words
from summit_studio.core.problems import Severity

_ROLES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "hint"}


class LetterBar(QWidget):
    """How many letters are meant, and a button for each thing that can be done with them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scope = QLabel()
        self.scope.setProperty("role", "strong")
        self.cancel = _button(tr("Cancel"), tr("Stop what is being done"))
        self.try_ = _button(tr("Try"), tr("Tell what would become of them now; nothing is written"))
        self.retry = _button(tr("Retry"), tr("Let them go in again at the node that rejected them"))
        self.retry.setProperty("primary", True)
        self.discard = _button(tr("Discard…"), tr("Let them go; their rows stay readable"))
        self.export = _button(tr("Export…"), tr("Write them with their rows as JSON lines"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self.scope, 1)
        for button in (self.cancel, self.try_, self.retry, self.discard, self.export):
            row.addWidget(button)
        self.cancel.hide()

    def show_scope(self, chosen: int, total: int) -> None:
        """Say how many letters are meant."""
        if not total:
            self.scope.clear()
        elif chosen < total:
            self.scope.setText(
                tr(
                    "{chosen:,} of {letters_in_words} chosen",
                    chosen=chosen,
                    letters_in_words=letters_in_words(total),
                )
            )
        else:
            self.scope.setText(letters_in_words(total))

    def allow(self, *, try_: bool, retry: bool, discard: bool, export: bool) -> None:
        """Let a person do what means something now."""
        self.try_.setEnabled(try_)
        self.discard.setEnabled(discard)
        self.retry.setEnabled(retry)
        self.export.setEnabled(export)

    def show_cancel(self, shown: bool, *, again: bool) -> None:  # noqa: FBT001 - as Qt's setVisible
        """Offer to cancel what is being done, unless it was asked for."""
        self.cancel.setVisible(shown)
        self.cancel.setEnabled(again)


class LetterMessage(QLabel):
    """What came of it, in the colour of how well it went."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setContentsMargins(12, 2, 8, 6)
        self.setAccessibleName(tr("What came of it"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def tell(self, outcome: Outcome) -> None:
        """Say what came of something."""
        self.say(outcome.text, "success" if outcome.good else _ROLES[outcome.severity])

    def say(self, text: str, role: str = "hint") -> None:
        """Say something."""
        self.setText(text)
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("compact", True)
    button.setToolTip(tip)
    return button
