"""The library: every node type, found by a star, by its last use, by category or by typing."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QHideEvent, QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour, muted_colour
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.type_card import TypeCard
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Category

MIME = "application/x-summit-node-type"
"""What a dragged node type calls itself; its data is the type's id."""

_TITLES = {
    Category.SOURCE: mark("Sources"),
    Category.TRANSFORM: mark("Transforms"),
    Category.QUALITY: mark("Quality"),
    Category.CODE: mark("Code"),
    Category.SINK: mark("Sinks"),
}
_FAVOURITES = mark("Favourites")
_RECENT = mark("Recently used")
_MOST_RECENT = 6
_TYPE = Qt.ItemDataRole.UserRole
_NAME = 0
_STAR = 1
_STAR_PX = 30
_LOOKS_AWAY = {
    QEvent.Type.Leave,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
}


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
    """`add_wanted` carries the type id of a node to add; `chose` tells that another row is current.

    Favourites come first, then what was used last; what stands there does not move while the mouse
    is over it. A card tells of the type that the mouse rests on, or that keys lead to.

    Args:
        session: Has the node types.
        settings: Remember the favourites, and what was used last.
    """

    add_wanted = Signal(object)
    chose = Signal()

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._pointed: QTreeWidgetItem | None = None
        self._first_groups: tuple[Sequence[str], ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search nodes"))
        self.search.setAccessibleName(tr("Search the library"))
        self.search.setClearButtonEnabled(True)
        self.search.setProperty("role", "search")
        self.search.installEventFilter(self)
        self._make_tree()
        self.card = TypeCard(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        self._fill()
        self.search.textChanged.connect(self._fill)

    def _make_tree(self) -> None:
        self.tree = LibraryTree()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setMinimumSectionSize(_STAR_PX)
        self.tree.header().setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(_STAR, QHeaderView.ResizeMode.Fixed)
        self.tree.header().resizeSection(_STAR, _STAR_PX)
        self.tree.setAccessibleName(tr("Node types"))
        self.tree.setIndentation(0)
        self.tree.setRootIsDecorated(False)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setIconSize(QSize(18, 18))
        self.tree.setUniformRowHeights(True)
        self.tree.setMouseTracking(True)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.installEventFilter(self)
        self.tree.viewport().installEventFilter(self)
        self.tree.itemActivated.connect(self._activated)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.itemEntered.connect(self._point)
        self.tree.currentItemChanged.connect(self._chose)

    @property
    def chosen(self) -> str:
        """The type id of the current row; empty where there is none."""
        return _type_of(self.tree.currentItem())

    @Slot()
    def on_favourite(self) -> None:
        """Give the type of the current row a star, or take it away."""
        self._turn(self.tree.currentItem())
        self._renew()

    @Slot()
    def refresh(self) -> None:
        """Show what is a favourite and what was used last, as soon as nothing moves by it."""
        if not self.tree.viewport().underMouse():
            self._renew()

    def repaint_icons(self) -> None:
        """Draw the icons in another theme's colours."""
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Take over what was starred and used in other tabs."""
        super().showEvent(event)
        self._renew()

    def hideEvent(self, event: QHideEvent) -> None:
        """Take the card away with the panel."""
        super().hideEvent(event)
        self.card.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Take over what was starred and used in other windows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.card.hide()
            self.refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take keys of the search box, and show and hide the card over the list."""
        if watched is self.search and isinstance(event, QKeyEvent):
            return self._take_key(event) or bool(super().eventFilter(watched, event))
        if watched is self.tree.viewport():
            if isinstance(event, QHelpEvent) and self._tell_at(event):
                return True
            if event.type() in _LOOKS_AWAY:
                self.card.hide()
            if event.type() == QEvent.Type.Leave:
                self._point(None)
                self._renew()
        elif watched is self.tree and event.type() == QEvent.Type.FocusOut:
            self.card.hide()
        return bool(super().eventFilter(watched, event))

    def _tell_at(self, event: QHelpEvent) -> bool:
        """Tell of the row that the mouse rests on; its star tells of itself."""
        index = self.tree.indexAt(event.pos())
        item = self.tree.itemFromIndex(index) if index.column() == _NAME else None
        self._tell(item)
        return bool(_type_of(item))

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        """Show the card of a row; that of a group is none."""
        type_id = _type_of(item)
        if item is None or not type_id:
            self.card.hide()
            return
        at = self.tree.visualItemRect(item).topLeft()
        at.setX(self.tree.viewport().width())
        kind = self._session.catalogue.get(type_id)
        self.card.tell(kind, self._session.theme, self.tree.viewport().mapToGlobal(at))

    def _take_key(self, event: QKeyEvent) -> bool:
        first = self._first()
        if event.type() != QEvent.Type.KeyPress or first is None:
            return False
        if event.key() == Qt.Key.Key_Down:
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)
            self.tree.setCurrentItem(first)
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._activated(first, _NAME)
            return True
        return False

    def _first(self) -> QTreeWidgetItem | None:
        top = self.tree.topLevelItem(0)
        return top.child(0) if top is not None else None

    def _renew(self) -> None:
        """List anew where the first groups hold something else now."""
        if self._first_groups != self._groups():
            self._fill()

    def _groups(self) -> tuple[Sequence[str], ...]:
        """Return the types of the first groups: favourites, and those used last beside them."""
        catalogue = self._session.catalogue
        stars = [i for i in self._settings.favourites if i in catalogue]
        recent = [i for i in self._settings.recent_types if i in catalogue and i not in stars]
        return stars, recent[:_MOST_RECENT]

    @Slot()
    def _fill(self) -> None:
        query = self.search.text().strip()
        found = self._session.catalogue.search(query)
        kept, at = _place_of(self.tree.currentItem()), self.tree.verticalScrollBar().value()
        self._pointed = None
        self._first_groups = self._groups()
        self.tree.clear()
        order = list(Category)
        if query:
            order = list(dict.fromkeys(kind.category for kind in found))
        else:
            get = self._session.catalogue.get
            for title, ids in zip((tr(_FAVOURITES), tr(_RECENT)), self._first_groups, strict=True):
                self._add_group(title, [get(i) for i in ids])
        for category in order:
            self._add_group(tr(_TITLES[category]), [k for k in found if k.category is category])
        if not found:
            nothing = QTreeWidgetItem([tr("Nothing fits")])
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.tree.addTopLevelItem(nothing)
        self._go_to(kept)
        self.tree.verticalScrollBar().setValue(at)

    def _add_group(self, title: str, kinds: list[type[AnyNode]]) -> None:
        if not kinds:
            return
        top = QTreeWidgetItem([title])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = top.font(_NAME)
        font.setBold(True)
        top.setFont(_NAME, font)
        top.setForeground(_NAME, muted_colour())
        self.tree.addTopLevelItem(top)
        top.setFirstColumnSpanned(True)
        for kind in kinds:
            item = QTreeWidgetItem([kind.title])
            item.setData(_NAME, _TYPE, kind.id)
            item.setIcon(
                _NAME, icon(kind.icon, category_colour(self._session.theme, kind.category))
            )
            item.setData(_NAME, Qt.ItemDataRole.AccessibleDescriptionRole, kind.sentence())
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item.setFlags(flags | Qt.ItemFlag.ItemIsDragEnabled)
            self._draw_star(item)
            top.addChild(item)
        top.setExpanded(True)

    def _go_to(self, place: tuple[str, str]) -> None:
        """Make the row of a type current again, in its group or wherever it now is."""
        rows = [r for r in self._rows() if _type_of(r) == place[1]]
        same = [r for r in rows if _place_of(r) == place]
        for row in (same or rows)[:1]:
            self.tree.setCurrentItem(row, _NAME)

    def _rows(self) -> list[QTreeWidgetItem]:
        everything = Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive
        return [item for item in self.tree.findItems("*", everything) if _type_of(item)]

    def _draw_star(self, item: QTreeWidgetItem) -> None:
        """Show a favourite's star, and where the mouse is an empty one."""
        theme = self._session.theme
        favourite = _type_of(item) in self._settings.favourites
        drawn = QIcon()
        if favourite:
            drawn = icon("star-full", theme.accent)
        elif item is self._pointed:
            drawn = icon("star", theme.muted)
        item.setIcon(_STAR, drawn)
        does = tr("Take out of the favourites") if favourite else tr("Add to the favourites")
        item.setToolTip(_STAR, does)
        item.setData(
            _STAR,
            Qt.ItemDataRole.AccessibleTextRole,
            tr("Favourite") if favourite else tr("No favourite"),
        )

    @Slot(object)
    def _point(self, item: QTreeWidgetItem | None) -> None:
        before, self._pointed = self._pointed, item if _type_of(item) else None
        for one in (before, self._pointed):
            if one is not None:
                self._draw_star(one)
        # Once a card is there the next row need not be waited for.
        if self.card.isVisible():
            self._tell(self._pointed)

    def _turn(self, item: QTreeWidgetItem | None) -> None:
        """Make a type a favourite, or one no more."""
        type_id = _type_of(item)
        if not type_id:
            return
        favourite = type_id not in self._settings.favourites
        self._settings.set_favourite(type_id, favourite=favourite)
        for row in self._rows():
            if _type_of(row) == type_id:
                self._draw_star(row)

    @Slot()
    def _chose(self) -> None:
        if self.tree.hasFocus() and not QApplication.mouseButtons():
            self._tell(self.tree.currentItem())
        self.chose.emit()

    @Slot(object, int)
    def _clicked(self, item: QTreeWidgetItem, column: int) -> None:
        if column == _STAR:
            self.tree.setCurrentItem(item, _NAME)
            self._turn(item)
            self.refresh()

    @Slot(object, int)
    def _activated(self, item: QTreeWidgetItem, column: int) -> None:
        if _type_of(item) and column == _NAME:
            self.add_wanted.emit(_type_of(item))


def _type_of(item: QTreeWidgetItem | None) -> str:
    """Return the type id of a row; empty for a group."""
    return str(item.data(_NAME, _TYPE) or "") if item is not None else ""


def _place_of(item: QTreeWidgetItem | None) -> tuple[str, str]:
    """Return the title of a row's group, and its type id."""
    top = item.parent() if item is not None else None
    return (top.text(_NAME) if top is not None else "", _type_of(item))
