"""Second lines of lists and trees, in the colour that the theme has when they are drawn."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from summit_studio.app.look.roles import muted_colour


class Muted(QStyledItemDelegate):
    """Draws its cells muted.

    Args:
        parent: The view.
        nested: True to leave the rows of the first level as they are.
    """

    def __init__(self, parent: QObject, *, nested: bool = False) -> None:
        super().__init__(parent)
        self._nested = nested

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Take the colour of hints."""
        super().initStyleOption(option, index)
        if not self._nested or index.parent().isValid():
            palette = option.palette
            palette.setColor(QPalette.ColorRole.Text, muted_colour())
            option.palette = palette
