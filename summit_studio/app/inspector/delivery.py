"""How a sink delivers, in the inspector: its badge in words, and what would make more of it."""

import html
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from summit_studio.app.look.words import tr

if TYPE_CHECKING:
    from summit_studio.core.problems import Fix
    from summit_studio.planning.delivery import Delivered


class DeliveryFacts(QWidget):
    """Class, publish mode, what a crash would mean, and why. `fixed` carries a fix clicked."""

    fixed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fixes: dict[QPushButton, Fix] = {}
        title = QLabel(tr("Delivery"))
        title.setProperty("role", "label")
        self.text = QLabel()
        self.text.setProperty("role", "hint")
        self.text.setWordWrap(True)
        self.text.setAccessibleName(tr("How this sink delivers"))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.text)
        column.addLayout(self._buttons)
        self.hide()

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """One for each fix."""
        return tuple(self._fixes)

    def show_delivery(self, delivered: "Delivered | None") -> None:
        """Show how a sink delivers; None shows nothing."""
        self.setVisible(delivered is not None)
        self.text.setText("\n".join(delivered.sentences) if delivered else "")
        wanted = delivered.fixes if delivered else ()
        if tuple(self._fixes.values()) == wanted:
            return
        for button in self._fixes:
            button.hide()
            button.deleteLater()
        self._fixes = {}
        for fix in wanted:
            button = QPushButton(fix.label)
            button.setProperty("compact", True)
            button.clicked.connect(self._clicked)
            self._buttons.insertWidget(len(self._fixes), button)
            self._fixes[button] = fix

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.fixed.emit(self._fixes[button])


def tip_of(delivered: "Delivered") -> str:
    """Return what the badge on the canvas tells under the mouse: the same words, and the fixes."""
    words = [html.escape(sentence) for sentence in delivered.sentences]
    more = [
        html.escape(tr("{label}: see the inspector.", label=fix.label)) for fix in delivered.fixes
    ]
    return "<qt>" + "<br>".join([*words, *more]) + "</qt>"
