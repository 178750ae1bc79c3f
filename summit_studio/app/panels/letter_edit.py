"""The edit of dead letters: an expression, and the button that makes it."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from summit_studio.app.inspector.code import CodeEdit, quoted
from summit_studio.app.inspector.completing import Word
from summit_studio.app.inspector.highlight import SQL_WORDS, CodeColours
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Debounce

_QUIET_MS = 300


class LetterEdit(QWidget):
    """`typed` carries the text once typing has paused, `applied` when it is to be made.

    `changed` is sent at every key that makes it another text.

    Args:
        functions: Names and help of the functions an edit may call.
    """

    typed = Signal(str)
    applied = Signal(str)
    changed = Signal()

    def __init__(self, functions: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._functions = functions
        self._told = self._fits = ""
        self._quiet = Debounce(_QUIET_MS, self._tell, self)
        self.code = CodeEdit("sql", 1, 3)
        self.code.setAccessibleName(tr("Edit of the letters' rows"))
        self.code.setUndoRedoEnabled(True)  # What is typed here is no part of the document.
        self.code.textChanged.connect(self._typed)
        self.button = QPushButton(tr("Change"))
        self.button.setProperty("compact", True)
        self.button.setToolTip(tr("Change the rows as the edit says"))
        self.button.clicked.connect(lambda: self.applied.emit(self.text))
        label = QLabel(tr("&Set"))
        label.setBuddy(self.code)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.code, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def stop(self) -> None:
        """Forget what was typed last."""
        self._quiet.stop()

    @property
    def text(self) -> str:
        """The edit; empty for none."""
        return self.code.toPlainText().strip()

    def clear(self) -> None:
        """Have no edit, and tell so at once."""
        self.code.clear()
        self._quiet.stop()
        self._tell()

    def offer(self, columns: Iterable[str]) -> None:
        """Have completion offer columns, functions and words."""
        self.code.set_words(
            (
                *(Word(quoted(name), column=True) for name in columns),
                *(Word(f"{call}()", "function") for call in self._functions),
                *(Word(word, "keyword") for word in sorted(SQL_WORDS)),
            ),
            self._functions,
        )

    def suggest(self, column: str | None) -> None:
        """Show how an edit of a column is written."""
        name = quoted(column) if column else "amount"
        self.code.setPlaceholderText(f"{name} = replace({name}, ',', '.')")

    def fits(self, text: str) -> None:
        """Take an edit that was looked at and fits; an empty one says that none does."""
        self._fits = text

    def allow(self, *, edit: bool, apply: bool) -> None:
        """Let a person type, and make what fits."""
        self.code.setEnabled(edit)
        self.button.setEnabled(apply and bool(self.text) and self.text == self._fits)

    def set_theme(self, theme: Theme) -> None:
        """Colour the expression."""
        self.code.highlighter.set_colours(CodeColours.of(theme))

    @Slot()
    def _typed(self) -> None:
        if self.text != self._told:  # Colouring alone sends it too.
            self._quiet.ask()
            self.changed.emit()

    def _tell(self) -> None:
        if self.text != self._told:
            self._told = self.text
            self.typed.emit(self.text)
