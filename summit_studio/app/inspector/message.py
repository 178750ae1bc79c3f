"""The line beneath a field: what is wrong there and what a click puts right."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from summit_studio.app.look.words import tr
from summit_studio.core.problems import Fix

_AFTER = 8
_SPACE = 4


class MessageLine(QWidget):
    """Has room for one line, whether it says something or not, so that nothing moves.

    While its field has the keys it stays one line high and cuts the text short, with one fix; the
    rest is under the mouse. Then it takes the room it needs. `fixed` carries the fix clicked.
    """

    fixed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._held = False
        self._fixes: dict[QPushButton, Fix] = {}
        self.label = QLabel()
        self.label.setProperty("role", "error")
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_SPACE)
        self._row.addWidget(self.label, 1)
        self._fit()

    @property
    def text(self) -> str:
        """All that is said, cut short or not."""
        return self._text

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """One for each fix."""
        return tuple(self._fixes)

    def say(self, text: str, role: str, fixes: Sequence[Fix] = ()) -> None:
        """Say something in the colour of a role; an empty text says nothing."""
        if self.label.property("role") != role:
            self.label.setProperty("role", role)
            self.label.style().unpolish(self.label)
            self.label.style().polish(self.label)
        if text != self._text:
            self._text = text
            self.setToolTip(text)
        if tuple(fixes) != tuple(self._fixes.values()):
            self._offer(fixes)
        self._fit()

    def hold(self, held: bool) -> None:  # noqa: FBT001
        """Stay one line high for as long as a person types in the field."""
        self._held = held
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._fit()

    def _offer(self, fixes: Sequence[Fix]) -> None:
        for button in self._fixes:
            button.hide()
            button.deleteLater()
        self._fixes = {}
        for fix in fixes:
            button = QPushButton(fix.label)
            button.setProperty("role", "remedy")
            button.setToolTip(tr("{label}; undo takes it back", label=fix.label))
            button.clicked.connect(self._clicked)
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._fixes[button] = fix

    def _fit(self) -> None:
        line = self.label.fontMetrics().lineSpacing() + 1
        self.label.setWordWrap(not self._held)
        self.setMinimumHeight(line)
        self.setMaximumHeight(line if self._held or not self._text else 16_777_215)
        # What stands below a message of several lines would else seem to belong to it.
        wide = self.label.fontMetrics().horizontalAdvance(self._text) > max(self.width(), 1)
        self._row.setContentsMargins(0, 0, 0, _AFTER if wide and not self._held else 0)
        way = QBoxLayout.Direction.LeftToRight if self._held else QBoxLayout.Direction.TopToBottom
        self._row.setDirection(way)
        for at, button in enumerate(self._fixes):
            button.setFixedHeight(line)
            button.setVisible(at == 0 or not self._held)
        self._write()

    def _write(self) -> None:
        text = self._text
        if self._held:
            flat = text.replace("\n", " ")
            beside = [b.sizeHint().width() + _SPACE for b in self.buttons[:1]]
            room = max(self.width() - sum(beside), 40)
            text = self.label.fontMetrics().elidedText(flat, Qt.TextElideMode.ElideRight, room)
        if text != self.label.text():
            self.label.setText(text)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.fixed.emit(self._fixes[button])
