"""A label of one line that takes the room it is given, and cuts what does not fit."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolTip

_NARROWEST = 24


class Line(QLabel):
    """A label that never widens its panel: what is cut is told under the mouse.

    A plain label keeps its panel as wide as its text, and the panels beside it give way for good.
    """

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)

    @property
    def is_cut(self) -> bool:
        """True where not all of the text is seen."""
        return self.sizeHint().width() > self.width()

    def minimumSizeHint(self) -> QSize:
        """Return room for next to nothing."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), _NARROWEST), hint.height())

    def event(self, event: QEvent) -> bool:
        """Tell the whole text under the mouse where it is cut."""
        if isinstance(event, QHelpEvent) and self.is_cut and not self.toolTip():
            QToolTip.showText(event.globalPos(), self.text(), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, or how it begins."""
        if not self.is_cut:
            super().paintEvent(event)
            return
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        self.style().drawItemText(
            painter, room, int(self.alignment()), self.palette(), self.isEnabled(), text,
            self.foregroundRole(),
        )  # fmt: skip
