"""The way from a pipeline into a module, above the module's canvas; a click leads out."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from summit_studio.app.look.line import Line
from summit_studio.app.look.words import mark, tr

_BETWEEN = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
_MODIFIED = "\N{BLACK CIRCLE}"
_HINT = mark(
    "Save saves the module shown. Other pipelines that use it take its changes when asked."
)


class Breadcrumb(QWidget):
    """Hidden where nothing leads out. `asked` carries the place on the way to go to; 0 is first."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "breadcrumb")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("The way into this module"))
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(12, 6, 12, 6)
        self._line.setSpacing(8)
        self.hide()

    def show_way(self, way: Sequence[tuple[str, bool]]) -> None:
        """Show the names on the way, the outermost first, and which of them are not saved."""
        while (item := self._line.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, (name, modified) in enumerate(way[:-1]):
            crumb = _Crumb(place, name, modified=modified)
            crumb.chosen.connect(self.asked)
            self._line.addWidget(crumb)
            self._line.addWidget(_label(_BETWEEN, "hint"))
        for name, modified in way[-1:]:
            self._line.addWidget(_label(_marked(name, modified=modified), "strong"))
        hint = Line(tr(_HINT), "hint")
        hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._line.addWidget(hint, 1)
        self.setVisible(len(way) > 1)


class _Crumb(QPushButton):
    """What is around the module. `chosen` carries its place on the way."""

    chosen = Signal(object)

    def __init__(self, place: int, name: str, *, modified: bool) -> None:
        super().__init__(_marked(name, modified=modified).replace("&", "&&"))
        self._place = place
        self.setProperty("role", "remedy")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        said = (
            tr("Back to {name}, which is not saved", name=name)
            if modified
            else tr("Back to {name}", name=name)
        )
        self.setToolTip(said)
        self.setAccessibleName(said)
        self.clicked.connect(self._choose)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self._place)


def _marked(name: str, *, modified: bool) -> str:
    return f"{name} {_MODIFIED}" if modified else name


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
