"""The bar that reads on where the first rows hold nothing, and says how far it is."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from summit_studio.app.look.words import tr

if TYPE_CHECKING:
    from summit_studio.engine.further import Reading

_STEPS = 1000


class FurtherBar(QWidget):
    """`wanted` asks to read on, `stopped` to end with what was found."""

    wanted = Signal()
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.go = QPushButton(tr("Look further"))
        self.go.setProperty("compact", True)
        self.go.setToolTip(tr("Read on until rows are found, or to the end"))
        self.go.clicked.connect(self.wanted)
        self.stop = QPushButton(tr("Stop"))
        self.stop.setProperty("compact", True)
        self.stop.setToolTip(tr("Show what was found so far"))
        self.stop.clicked.connect(self.stopped)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumWidth(220)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.words)
        row.addWidget(self.go)
        row.addWidget(self.bar, 1, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.stop)
        row.addStretch(1)
        self.rest()

    def rest(self) -> None:
        """Offer nothing."""
        self.hide()

    def offer(self, words: str) -> None:
        """Offer to read on."""
        self.words.setText(words)
        self._busy(on=False)
        self.show()

    def begin(self) -> None:
        """Say that rows are being read."""
        self.words.setText(tr("Reading…"))
        self.bar.setRange(0, 0)
        self._busy(on=True)
        self.show()

    @Slot(object)
    def tell(self, reading: "Reading") -> None:
        """Say how far it is."""
        self.words.setText(
            tr("{read:,} rows read, {found:,} found", read=reading.read, found=reading.found)
        )
        if reading.share is not None:
            self.bar.setRange(0, _STEPS)
            self.bar.setValue(int(reading.share * _STEPS))

    def _busy(self, *, on: bool) -> None:
        self.go.setVisible(not on)
        self.bar.setVisible(on)
        self.stop.setVisible(on)
