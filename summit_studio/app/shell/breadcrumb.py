"""The way from a pipeline into a module, above the module's canvas; a click leads out."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

_BETWEEN = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_HINT = "Pipelines that use it take its changes when asked."


class Breadcrumb(QWidget):
    """Hidden where nothing leads out. `asked` carries the file that somebody wants to go to."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "breadcrumb")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("The way into this module")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(12, 6, 12, 6)
        self._line.setSpacing(8)
        self.hide()

    def show_way(self, outer: Sequence[Path], here: str) -> None:
        """Show the files around a module, the outermost first, and the module's own name."""
        while (item := self._line.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for path in outer:
            crumb = _Crumb(path)
            crumb.chosen.connect(self.asked)
            self._line.addWidget(crumb)
            self._line.addWidget(_label(_BETWEEN, "hint"))
        self._line.addWidget(_label(here, "strong"))
        hint = _label(_HINT, "hint")
        hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._line.addWidget(hint, 1)
        self.setVisible(bool(outer))


class _Crumb(QPushButton):
    """A file around the module. `chosen` carries it."""

    chosen = Signal(object)

    def __init__(self, path: Path) -> None:
        super().__init__(path.name.partition(".")[0])
        self._path = path
        self.setProperty("role", "remedy")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"Back to {path}")
        self.clicked.connect(self._choose)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._path)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
