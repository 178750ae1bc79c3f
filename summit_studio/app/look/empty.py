"""What a panel shows while it has nothing: an icon, a sentence, what to do next."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import muted_colour

_SIZE = 40
_WIDEST = 560
"""The longest line that is still easy to read, in logical pixels."""


class EmptyState(QWidget):
    """Centred, quiet, and never taller than its panel."""

    def __init__(
        self, icon_name: str, title: str, text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = QLabel(title)
        self._title.setProperty("role", "empty-title")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setWordWrap(True)
        self._text = QLabel(text)
        self._text.setProperty("role", "hint")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        self._text.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 12)
        column.setSpacing(4)
        column.addStretch(1)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._text, 1000)  # All there is, up to its longest line.
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self._column = column

    def add(self, widget: QWidget) -> None:
        """Put what one can do beneath the text."""
        last = self._column.count() - 1
        self._column.insertWidget(last, widget, 0, Qt.AlignmentFlag.AlignHCenter)

    @property
    def title(self) -> str:
        """What it says first."""
        return self._title.text()

    def say(self, title: str, text: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def event(self, event: QEvent) -> bool:
        """Paint the icon once it is seen, and anew in another theme's colour."""
        if event.type() == QEvent.Type.Show or (
            event.type() in {QEvent.Type.PaletteChange, QEvent.Type.StyleChange}
            and self.isVisible()
        ):
            self._paint()
        return super().event(event)

    def _paint(self) -> None:
        self._picture.setPixmap(icon(self._icon_name, muted_colour()).pixmap(_SIZE, _SIZE))


class Vacancy(EmptyState):
    """Lies over a list or table for as long as it holds nothing; takes no click.

    Args:
        view: The list or table, with its model.
    """

    def __init__(self, view: QAbstractItemView, icon_name: str, title: str, text: str) -> None:
        super().__init__(icon_name, title, text, view.viewport())
        self._view = view
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.viewport().installEventFilter(self)
        model = view.model()
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show it where there is nothing."""
        self.setVisible(self._view.model().rowCount() == 0)
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the view at every size."""
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return super().eventFilter(watched, event)

    def _cover(self) -> None:
        self.setGeometry(self._view.viewport().rect())
