"""The bar that finds text in the rows, and shows fewer of them."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from summit_studio.app.inspector.plain import QuietComboBox
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Debounce

if TYPE_CHECKING:
    from summit_studio.engine.arranging import Among

_QUIET_MS = 80


class FindBar(QWidget):
    """`changed` says that something else is wanted; `stepped` carries 1 or -1."""

    changed = Signal()
    stepped = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Find in rows"))
        self.line.setAccessibleName(tr("Find in rows"))
        self.line.setClearButtonEnabled(True)
        self.line.setMaximumWidth(260)
        self.line.installEventFilter(self)
        self.count = QLabel()
        self.count.setProperty("role", "hint")
        self.count.setMinimumWidth(72)
        self.only = QToolButton()
        self.only.setText(tr("Only these rows"))
        self.only.setCheckable(True)
        self.only.setToolTip(tr("Show only rows that hold the text"))
        self.among = QuietComboBox()
        self.among.setAccessibleName(tr("Which rows to show"))
        close = QToolButton()
        close.setText(tr("Done"))
        close.setToolTip(tr("Show all rows again (Esc)"))
        close.clicked.connect(self.close_bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        row.addWidget(self.count)
        row.addWidget(self.only)
        row.addWidget(self.among)
        row.addStretch(1)
        row.addWidget(close)
        self._debounce = Debounce(_QUIET_MS, self.changed.emit, self)
        self.line.textChanged.connect(self._typed)
        self.only.toggled.connect(self._chosen)
        self.among.activated.connect(self._chosen)

    @property
    def kind(self) -> "Among":
        """Which rows are wanted."""
        from summit_studio.engine.arranging import Among

        return self.among.currentData() or Among.ALL

    def offer(self, *, sides: bool) -> None:
        """Offer the choices that two sides have, or none."""
        from summit_studio.engine.arranging import Among

        if not self.among.count():
            for among in Among:
                self.among.addItem(among.value, among)
        self.among.setVisible(sides)
        if not sides:
            self.among.setCurrentIndex(0)

    def open_bar(self) -> None:
        """Show the bar with the cursor in it."""
        self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    @Slot()
    def close_bar(self) -> None:
        """Hide the bar, and show all rows again."""
        self.line.clear()
        self.only.setChecked(False)
        self.among.setCurrentIndex(0)
        self.hide()
        self._debounce.stop()
        self.changed.emit()
        self.left.emit()

    def say(self, at: int, found: int) -> None:
        """Say which hit of how many has the cursor; -1 for none."""
        if not self.line.text():
            self.count.setText("")
        elif not found:
            self.count.setText(tr("Not found"))
        else:
            said = (
                tr("{at:,} of {found:,}", at=at + 1, found=found)
                if at >= 0
                else tr("1 row")
                if found == 1
                else tr("{found:,} rows", found=found)
            )
            self.count.setText(said)

    def stop(self) -> None:
        """Forget what was typed a moment ago."""
        self._debounce.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Step by Return, leave by Escape."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.stepped.emit(-1 if back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_bar()
                return True
        return bool(super().eventFilter(watched, event))

    @Slot()
    def _typed(self) -> None:
        self._debounce.ask()

    @Slot()
    def _chosen(self, *_: Any) -> None:
        self.changed.emit()
