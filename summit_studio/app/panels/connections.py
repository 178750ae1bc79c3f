"""The panel of connections: what is in the databases of the workspace, down to the columns."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import icon_colour, muted_colour, severity_colour
from summit_studio.app.look.words import tr
from summit_studio.app.panels.table_tree import (
    ACT,
    ADDRESS,
    DETAIL,
    GROUP,
    SENTENCE,
    TableTree,
    address_of,
)
from summit_studio.app.session.addresses import Address
from summit_studio.app.session.browsing import Browsing, Found, Phase, TableColumn
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice, Session
from summit_studio.connectors.names import Listed
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.core.schema import type_label

_SPOKEN = Qt.ItemDataRole.AccessibleTextRole
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_NO_ICON = 16
_USUAL = "public"
"""The schema of PostgreSQL that is opened by itself."""


class ConnectionsPanel(QWidget):
    """A search above a tree, which asks a database for what a person opens in it.

    `asked` carries the id of an action, `menu_asked` where on the screen the menu of what is
    chosen is wanted; `chose` tells that something else is chosen.

    Args:
        session: Has the connections.
        browsing: Asks the databases.
    """

    asked = Signal(object)
    menu_asked = Signal(object)
    chose = Signal()

    def __init__(self, session: Session, browsing: Browsing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._browsing = browsing
        self._rows: dict[Address, QTreeWidgetItem] = {}
        self._opened: set[tuple[str, ...]] = set()
        self._stale = True
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search tables"))
        self.search.setAccessibleName(tr("Search the tables and columns that were looked at"))
        self.search.setClearButtonEnabled(True)
        self.search.setProperty("role", "search")
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._filter)
        self.tree = TableTree()
        self.tree.setAccessibleName(tr("Connections, tables and columns"))
        self.tree.itemExpanded.connect(self._unfolded)
        self.tree.itemCollapsed.connect(self._folded)
        self.tree.itemActivated.connect(self._activated)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.itemSelectionChanged.connect(self.chose)
        self.tree.menu_asked.connect(self.menu_asked)
        self._build()
        browsing.changed.connect(self._changed)
        browsing.renewed.connect(self._renewed)

    def _build(self) -> None:
        self._buttons = {
            self._button("new_connection", tr("New connection")): "add",
            self._button("edit_connection", tr("Edit, test or delete connections")): "settings",
            self._button("renew_connections", tr("Look at the databases anew")): "refresh",
        }
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.search, 1)
        for button in self._buttons:
            head.addWidget(button)
        empty = EmptyState(
            "database",
            tr("No connections yet"),
            tr("Add a database to see its tables, or drop a SQLite or DuckDB file on the canvas."),
        )
        self.add_button = QPushButton(tr("Add a connection"))
        self.add_button.setProperty("primary", True)
        self.add_button.setObjectName("new_connection")
        self.add_button.clicked.connect(self._pressed)
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.setContentsMargins(0, 0, 0, 24)
        column.addStretch(1)
        column.addWidget(empty)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        self._nothing = QLabel(tr("Nothing fits"))
        self._nothing.setProperty("role", "hint")
        self._nothing.setContentsMargins(8, 0, 8, 0)
        self._nothing.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(self.tree)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._nothing)
        column.addWidget(self._stack, 1)

    def _button(self, act: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(act)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._pressed)
        return button

    @property
    def chosen(self) -> tuple[Address, ...]:
        """The tables that are selected; the one with the cursor last."""
        found = self.tree.chosen_tables()
        current = address_of(self.tree.currentItem())
        return tuple(sorted(found, key=lambda one: one == current))

    @property
    def address(self) -> Address | None:
        """The connection or table of the row with the cursor, or of the row it stands beneath."""
        item = self.tree.currentItem()
        while item is not None and address_of(item) is None:
            item = item.parent()
        return address_of(item)

    def repaint_icons(self) -> None:
        """Draw the icons in another theme's colours."""
        self._renewed()

    def showEvent(self, event: QShowEvent) -> None:
        """List the connections once they are to be seen."""
        super().showEvent(event)
        if self._stale:
            self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lead by keys from the search to the first table found."""
        if watched is self.search and isinstance(event, QKeyEvent):
            return self._take_key(event) or bool(super().eventFilter(watched, event))
        return bool(super().eventFilter(watched, event))

    def _take_key(self, event: QKeyEvent) -> bool:
        first = self._first()
        if event.type() != QEvent.Type.KeyPress or first is None:
            return False
        if event.key() == Qt.Key.Key_Down:
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)
            self.tree.setCurrentItem(first)
            return True
        table = address_of(first)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and table and table.table:
            self.tree.setCurrentItem(first)
            self.asked.emit("read_table")
            return True
        return False

    def _first(self) -> QTreeWidgetItem | None:
        """Return the first row that a search found, or the first."""
        seen = [i for i in self.tree.rows() if not _hidden(i)]
        tables = (i for i in seen if (a := address_of(i)) is not None and a.table)
        return next(tables if self.search.text() else iter(seen), seen[0] if seen else None)

    # What is shown

    @Slot()
    def _renewed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._fill()

    def _fill(self) -> None:
        self._stale = False
        kept = address_of(self.tree.currentItem())
        self._rows.clear()
        self.tree.clear()
        colour = icon_colour(self._session.theme)
        for button, name in self._buttons.items():
            button.setIcon(icon(name, colour))
        connections = self._session.workspace.connections
        self._stack.setCurrentIndex(1 if connections else 0)
        for name, connection in connections.items():
            item = self._row(name, "database", connection.describe().partition(": ")[2])
            item.setToolTip(0, connection.describe())
            self._place(item, Address(name), (name,))
            self.tree.addTopLevelItem(item)
            self._show(Address(name))
            item.setExpanded((name,) in self._opened)
        if kept in self._rows:
            self.tree.setCurrentItem(self._rows[kept])
        self._filter()

    def _row(self, text: str, icon_name: str, detail: str = "") -> QTreeWidgetItem:
        item = QTreeWidgetItem([text])
        item.setIcon(0, icon(icon_name, icon_colour(self._session.theme)))
        item.setData(0, DETAIL, detail)
        item.setData(0, _SPOKEN, f"{text}, {detail}" if detail else text)
        item.setFlags(_PLAIN)
        return item

    def _place(self, item: QTreeWidgetItem, address: Address, group: tuple[str, ...]) -> None:
        item.setData(0, ADDRESS, address)
        item.setData(0, GROUP, group)
        item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        self._rows[address] = item

    @Slot(object)
    def _changed(self, address: Address) -> None:
        if not self._stale and address in self._rows:
            self._show(address)
            self._filter()

    def _show(self, address: Address) -> None:
        """Show beneath a row what is known of it."""
        item, found = self._rows[address], self._browsing.found(address)
        for child in [c for c in self.tree.rows(item) if address_of(c)]:
            self._rows.pop(child.data(0, ADDRESS), None)
        item.takeChildren()
        if found.phase is not Phase.KNOWN:
            item.addChildren(self._instead(address, found))
        elif address.table:
            item.addChildren([self._column(one) for one in found.columns])
        else:
            self._show_tables(item, address.connection, found.tables)
        self.tree.fit_sentences()

    def _instead(self, address: Address, found: Found) -> list[QTreeWidgetItem]:
        """Return what stands in the place of what is not known: why, and what to do."""
        name, phase = address.connection, found.phase
        if phase is Phase.GUARDED:
            text = tr(
                "This folder is not trusted yet, so nothing connects by itself. Connect only if "
                "you know where this leads: {described}",
                described=self._session.workspace.connection(name).describe(),
            )
            return [_sentence(text), _act(tr("Connect"), "allow_connection")]
        if phase is Phase.WAITING:
            what = tr("Looking for columns…") if address.table else tr("Looking for tables…")
            return [_sentence(what), _act(tr("Stop"), "stop_looking")]
        if phase is Phase.STOPPED:
            return [_sentence(tr("Stopped.")), _act(tr("Look again"), "look_again")]
        if phase is Phase.FAILED and found.error is not None:
            danger = severity_colour(self._session.theme, Severity.ERROR)
            return [_sentence(_said(found.error), danger), _act(tr("Look again"), "look_again")]
        return []

    def _show_tables(self, top: QTreeWidgetItem, name: str, tables: Iterable[Listed]) -> None:
        by_schema: dict[str | None, list[Listed]] = {}
        for one in tables:
            by_schema.setdefault(one.name.schema, []).append(one)
        if not by_schema:
            top.addChild(_sentence(tr("It has no tables yet.")))
        for schema, listed in by_schema.items():
            rows = [self._table(name, one) for one in listed]
            above = top
            if schema is not None:
                above = self._row(schema, "folder")
                above.setData(0, GROUP, (name, schema))
                top.addChild(above)
                if len(by_schema) == 1 or schema == _USUAL:
                    self._opened.add((name, schema))
            above.addChildren(rows)
            for row, one in zip(rows, listed, strict=True):
                address = Address(name, str(one.name))
                self._place(row, address, (name, schema or "", one.name.table))
                if row.data(0, GROUP) in self._opened:
                    self._browsing.open(address)
                    self._show(address)
                    row.setExpanded(True)
            if above is not top:
                above.setExpanded((name, schema) in self._opened)

    def _table(self, name: str, one: Listed) -> QTreeWidgetItem:
        item = self._row(
            one.name.table, "preview" if one.view else "table", tr("view") if one.view else ""
        )
        item.setFlags(_PLAIN | Qt.ItemFlag.ItemIsDragEnabled)
        item.setToolTip(
            0,
            tr(
                "{table} of {connection}. Drag it onto the canvas to read it, with Shift to write "
                "into it.",
                table=one.name,
                connection=name,
            ),
        )
        return item

    def _column(self, one: TableColumn) -> QTreeWidgetItem:
        label = type_label(one.column.type)
        item = self._row(one.column.name, "key", label)
        if not one.keys:
            item.setIcon(0, _blank())
        said = [one.column.type]
        said += [tr("never null")] if one.required else []
        for key in one.keys:
            whole = ", ".join(key)
            said.append(tr("key") if len(key) == 1 else tr("part of the key {key}", key=whole))
        item.setToolTip(0, f"{one.column.name}: {', '.join(said)}")
        item.setData(0, _SPOKEN, ", ".join([one.column.name, label, *said[1:]]))
        return item

    # What a person does

    @Slot()
    def _filter(self) -> None:
        """Hide tables that do not have what is looked for in their name or their columns."""
        query = self.search.text().strip().casefold()
        fits = [self._sift(top, query) for top in self.tree.children_of()]
        self._nothing.setVisible(bool(fits) and not any(fits))

    def _sift(self, item: QTreeWidgetItem, query: str) -> bool:
        """Show a row if it, or one beneath it, has a text; return whether it has."""
        if item.data(0, ACT) or item.data(0, SENTENCE):
            # Where a database was not looked at nobody knows what it has.
            item.setHidden(False)
            return False
        own = query in item.text(0).casefold()
        children = self.tree.children_of(item)
        address = address_of(item)
        if address is not None and address.table:
            # Of a table that fits all columns are shown, and of one that does not none are hidden.
            below = any(query in child.text(0).casefold() for child in children)
        else:
            fits = [self._sift(child, "" if own else query) for child in children]
            below = any(fits)
        unseen = address is not None and not address.table and not self._is_known(address)
        shown = not query or own or below or unseen
        item.setHidden(not shown)
        if query and below and not (address is not None and address.table):
            item.setExpanded(True)
        return shown

    def _is_known(self, address: Address) -> bool:
        return self._browsing.found(address).phase is Phase.KNOWN

    @Slot(object)
    def _unfolded(self, item: QTreeWidgetItem) -> None:
        self._opened.add(item.data(0, GROUP))
        address = address_of(item)
        if address is not None:
            self._browsing.open(address)

    @Slot(object)
    def _folded(self, item: QTreeWidgetItem) -> None:
        self._opened.discard(item.data(0, GROUP))

    @Slot(object, int)
    def _clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        if item.data(0, ACT):
            self._do(item)

    @Slot(object, int)
    def _activated(self, item: QTreeWidgetItem | None, _column: int) -> None:
        if item is None:  # A click did what the row stood for, which is gone by it.
            return
        address = address_of(item)
        if item.data(0, ACT):
            self._do(item)
        elif address is not None and address.table:
            self.asked.emit("read_table")
        elif item.data(0, GROUP):
            item.setExpanded(not item.isExpanded())

    def _do(self, item: QTreeWidgetItem) -> None:
        """Do what a row stands for; the cursor goes to what it is done to."""
        act, above = item.data(0, ACT), item.parent()
        if above is not None:
            self.tree.setCurrentItem(above)
        self.asked.emit(act)

    @Slot()
    def _pressed(self) -> None:
        self.asked.emit(self.sender().objectName())


def _said(error: Exception) -> str:
    """Return what went wrong, why, and what to do; where is the row that it stands beneath."""
    if isinstance(error, SummitError):
        return sentences(error.what, error.why, error.do)
    notice = Notice.of(error)
    return sentences(notice.text, notice.detail)


def _sentence(text: str, colour: str = "") -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setData(0, SENTENCE, colour or muted_colour().name())
    item.setFlags(_PLAIN)
    return item


def _act(text: str, act: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setData(0, ACT, act)
    item.setFlags(_PLAIN)
    return item


def _blank() -> QIcon:
    """Return an icon of nothing, beneath which names stand in one line with those of keys."""
    nothing = QPixmap(_NO_ICON, _NO_ICON)
    nothing.fill(Qt.GlobalColor.transparent)
    return QIcon(nothing)


def _hidden(item: QTreeWidgetItem) -> bool:
    above: QTreeWidgetItem | None = item
    while above is not None:
        if above.isHidden() or (above is not item and not above.isExpanded()):
            return True
        above = above.parent()
    return False
