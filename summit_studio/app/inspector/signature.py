"""How the function is called whose brackets the cursor stands in, above the line being written."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QWidget

from summit_studio.app.look.screens import room_at
from summit_studio.app.look.words import tr
from summit_studio.expressions.scan import tokens

_WIDEST = 380


def called(text: str) -> str:
    """Return the name before the innermost bracket that `text` leaves open, or an empty text."""
    open_calls: list[str] = []
    before = ""
    for token in tokens(text):
        if token.kind == "open":
            open_calls.append(before if token.text == "(" else "")
        elif token.kind == "close" and open_calls:
            open_calls.pop()
        if token.kind in {"text", "quoted", "comment", "escaped", "dollar"} and (
            token.end == len(text)
        ):
            closed = len(token.text) > 1 and token.text[-1] == token.text[0]
            if not closed:
                return ""  # Within a text nothing is called.
        before = token.text.casefold() if token.kind == "name" else ""
    return open_calls[-1] if open_calls else ""


class SignatureHint(QLabel):
    """Shown without the keyboard; never covers the line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setProperty("role", "popup")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMargin(6)
        self.setAccessibleName(tr("How the function is called"))
        self.hide()

    def tell(self, text: str, line: QRect) -> None:
        """Show a signature above a line of text, below it where there is no room.

        Args:
            text: The signature and what the function does; an empty text hides it.
            line: The place of the line, on the screen.
        """
        if not text:
            self.hide()
            return
        self.setText(text)
        flat = self.fontMetrics().horizontalAdvance(text) + 2 * self.margin() + 4
        width = min(flat, _WIDEST)
        self.setFixedSize(width, self.heightForWidth(width))
        parent = self.parentWidget()
        room = room_at(line.center()) if parent is not None else line
        x = max(room.left(), min(line.left(), room.right() - width))
        above = line.top() - 3 - self.height()
        self.move(QPoint(x, above if above >= room.top() else line.bottom() + 3))
        self.show()
