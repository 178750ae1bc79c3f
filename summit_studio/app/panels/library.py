"""The library: every node type by category, found by typing, dragged or double-clicked onto it."""

from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour, muted_colour
from summit_studio.app.session.session import Session
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Category

MIME = "application/x-summit-node-type"
"""What a dragged node type calls itself; its data is the type's id."""

_TITLES = {
    Category.SOURCE: "Sources",
    Category.TRANSFORM: "Transforms",
    Category.QUALITY: "Quality",
    Category.CODE: "Code",
    Category.SINK: "Sinks",
}
_TYPE = Qt.ItemDataRole.UserRole


class LibraryTree(QTreeWidget):
    """Drags node types out."""

    def mimeData(self, items: Any) -> QMimeData:
        """Return the type's id as its own kind of data."""
        data = QMimeData()
        types = [str(item.data(0, _TYPE)) for item in items if item.data(0, _TYPE)]
        if types:
            data.setData(MIME, QByteArray(types[0].encode()))
            data.setText(types[0])
        return data

    def mimeTypes(self) -> list[str]:
        """Return the one kind."""
        return [MIME]


class Library(QWidget):
    """`add_wanted` carries the type id of a node to add in the middle of the view."""

    add_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search nodes")
        self.search.setAccessibleName("Search the library")
        self.search.setClearButtonEnabled(True)
        self.search.setProperty("role", "search")
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.tree = LibraryTree()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName("Node types")
        self.tree.setIndentation(0)
        self.tree.setRootIsDecorated(False)
        self.tree.setIconSize(QSize(18, 18))
        self.tree.setUniformRowHeights(True)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.itemActivated.connect(self._activated)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        self._fill()

    def repaint_icons(self) -> None:
        """Draw the icons in another theme's colours."""
        self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from the search box into the list by Down, and add by Return."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            first = self._first()
            if event.key() == Qt.Key.Key_Down and first is not None:
                self.tree.setCurrentItem(first)
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and first is not None:
                self._activated(first)
                return True
        return bool(super().eventFilter(watched, event))

    def _first(self) -> QTreeWidgetItem | None:
        top = self.tree.topLevelItem(0)
        return top.child(0) if top is not None else None

    @Slot()
    def _fill(self) -> None:
        query = self.search.text()
        found = self._session.catalogue.search(query)
        self.tree.clear()
        order = list(Category)
        if query.strip():
            order = list(dict.fromkeys(kind.category for kind in found))
        for category in order:
            kinds = [k for k in found if k.category is category]
            if kinds:
                self._add_category(category, kinds)
        if not found:
            nothing = QTreeWidgetItem(["Nothing fits"])
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.tree.addTopLevelItem(nothing)

    def _add_category(self, category: Category, kinds: list[type[AnyNode]]) -> None:
        top = QTreeWidgetItem([_TITLES[category]])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = top.font(0)
        font.setBold(True)
        top.setFont(0, font)
        top.setForeground(0, muted_colour())
        self.tree.addTopLevelItem(top)
        colour = category_colour(self._session.theme, category)
        for kind in kinds:
            item = QTreeWidgetItem([kind.title])
            item.setData(0, _TYPE, kind.id)
            item.setIcon(0, icon(kind.icon, colour))
            item.setToolTip(0, kind.sentence())
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags | Qt.ItemFlag.ItemIsDragEnabled)
            top.addChild(item)
        top.setExpanded(True)

    @Slot(object)
    def _activated(self, item: QTreeWidgetItem) -> None:
        type_id = item.data(0, _TYPE)
        if type_id:
            self.add_wanted.emit(type_id)
