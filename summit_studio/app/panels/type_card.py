"""The card of a node type in the library: its sentence, its ports and its first example."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from summit_studio.app.look.screens import room_at
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.type_words import told
from summit_studio.app.look.words import tr
from summit_studio.nodes.catalogue import AnyNode

_WIDTH = 380
_GAP = 8


class TypeCard(QFrame):
    """Stands beside the library while a row is looked at; it takes neither mouse nor keys."""

    def __init__(self, parent: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.WindowTransparentForInput
        super().__init__(parent, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setProperty("role", "popup")
        self.setAccessibleName(tr("About the node type"))
        self.text = QLabel()
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setWordWrap(True)
        self.text.setMinimumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.text)

    def tell(self, kind: type[AnyNode], theme: Theme, place: QPoint) -> None:
        """Tell of a type, with the upper left at a global place, kept on the screen."""
        self.text.setText(told(kind, theme))
        self.ensurePolished()
        self.adjustSize()
        screen = room_at(place)
        x = min(place.x() + _GAP, screen.right() - self.width() - _GAP)
        y = min(place.y(), screen.bottom() - self.height() - _GAP)
        self.move(max(x, screen.left() + _GAP), max(y, screen.top() + _GAP))
        self.show()
