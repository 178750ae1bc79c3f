"""Asks for the one or two words that an act still needs, where it was chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QFrame, QLabel, QLineEdit, QPushButton, QWidget

from summit_studio.app.look.screens import room_at
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.acting import Act

_WIDTH = 300


@dataclass(frozen=True, slots=True)
class Field:
    """One line to type in."""

    label: str
    text: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask, and what the answers make.

    Args:
        make: Returns the act, or the new name of a column that is renamed everywhere; None where
            the answers are no use yet.
        button: What the button says.
    """

    title: str
    fields: tuple[Field, ...]
    make: Callable[[Sequence[str]], Act | str | None]
    button: str = mark("Make it")


class AskPopup(QFrame):
    """Done by Return or its button, left by Escape or a click beside.

    `answered` carries what `make` of the Ask returned.
    """

    answered = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "popup")
        self.setAccessibleName(ask.title)
        self._ask = ask
        self.lines: list[QLineEdit] = []
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        title = QLabel(ask.title)
        title.setProperty("role", "strong")
        form.addRow(title)
        for field in ask.fields:
            line = QLineEdit(field.text)
            line.setPlaceholderText(field.hint)
            line.setAccessibleName(field.label)
            line.selectAll()
            line.textChanged.connect(self._weigh)
            line.returnPressed.connect(self.finish)
            form.addRow(field.label, line)
            self.lines.append(line)
        self.button = QPushButton(tr(ask.button))
        self.button.setProperty("primary", True)
        self.button.clicked.connect(self.finish)
        form.addRow("", self.button)
        self.setFixedWidth(_WIDTH)
        self._weigh()

    def open_at(self, place: QPoint) -> None:
        """Open with its upper left at a global place, kept on the screen."""
        screen = room_at(place)
        size = self.sizeHint()
        x = min(place.x(), screen.right() - _WIDTH - 8)
        y = min(place.y(), screen.bottom() - size.height() - 8)
        self.move(max(x, screen.left() + 8), max(y, screen.top() + 8))
        self.show()
        self.lines[0].setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def finish(self) -> None:
        """Take the answers, where they are of use."""
        act = self._made()
        if act is not None:
            self.close()
            self.answered.emit(act)

    @Slot()
    def _weigh(self, *_: Any) -> None:
        self.button.setEnabled(self._made() is not None)

    def _made(self) -> Act | str | None:
        return self._ask.make([line.text() for line in self.lines])
