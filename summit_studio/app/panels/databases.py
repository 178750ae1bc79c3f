"""What the connections of the workspace lead to: their tables, and the columns of these."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.canvas.drop_zone import NODE_PARAMS_MIME, NODE_TYPE_MIME
from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import muted_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.schema import Schema, type_label
from summit_studio.workspace.connections import FILE_KINDS, Connection

if TYPE_CHECKING:
    from summit_studio.connectors.contract import Database

SOURCE = "table_source"
"""The node type that reads a table."""

_OF = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class TableWanted:
    """A table that is to be read: by a node of `type_id` with these params."""

    connection: str
    table: str

    @property
    def params(self) -> dict[str, Any]:
        """What the node that reads it says."""
        return {"connection": self.connection, "table": self.table}


class DatabaseTree(QTreeWidget):
    """Drags tables out, as nodes that read them."""

    def mimeData(self, items: Any) -> QMimeData:
        """Return the table as a node type and its params."""
        data = QMimeData()
        wanted = [item.data(0, _OF) for item in items]
        for table in [w for w in wanted if isinstance(w, TableWanted)][:1]:
            data.setData(NODE_TYPE_MIME, QByteArray(SOURCE.encode()))
            data.setData(NODE_PARAMS_MIME, QByteArray(json.dumps(table.params).encode()))
            data.setText(table.table)
        return data

    def mimeTypes(self) -> list[str]:
        """Return both kinds."""
        return [NODE_TYPE_MIME, NODE_PARAMS_MIME]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Return choose also where the platform would edit."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentItem() is not None:
            self.itemActivated.emit(self.currentItem(), 0)
            return
        super().keyPressEvent(event)


class DatabasesPanel(QWidget):
    """Reads in a worker what is opened, and only that.

    `table_wanted` carries a TableWanted to be read, `connections_wanted` that connections are to
    be made or changed.
    """

    table_wanted = Signal(object)
    connections_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("databases", self)
        self.tree = DatabaseTree()
        self.tree.setAccessibleName(tr("Tables of the connections"))
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setUniformRowHeights(True)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.itemExpanded.connect(self._opened)
        self.tree.itemActivated.connect(self._activated)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a table"))
        self.search.setAccessibleName(tr("Find a table"))
        self.search.setClearButtonEnabled(True)
        self.search.setProperty("role", "search")
        self.search.textChanged.connect(self._filter)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "database",
                tr("No connections"),
                tr("Add one, or drop a SQLite or DuckDB file on the canvas."),
            )
        )
        self._stack.addWidget(self.tree)
        self._place()
        self._listed: object = None
        session.workspace_changed.connect(self._workspace)
        self.refresh()

    def _place(self) -> None:
        edit, again = QPushButton(tr("Connections…")), QPushButton(tr("Read again"))
        edit.clicked.connect(self.connections_wanted)
        again.clicked.connect(self.refresh)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        for button in (again, edit):
            button.setProperty("compact", True)
            bar.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)

    def close_worker(self) -> None:
        """Stop reading."""
        self._background.close()

    @Slot(object)
    def _workspace(self, _changed: object) -> None:
        if self._listed != self._leads_to():
            self.refresh()

    def _leads_to(self) -> object:
        """Return what the workspace leads to, and whether it may be looked at."""
        workspace = self._session.workspace
        return dict(workspace.connections), workspace.root, workspace.trusted

    @Slot()
    def refresh(self) -> None:
        """List the connections anew; what was open is read again once it is opened."""
        self._listed = self._leads_to()
        self.tree.clear()
        connections = self._session.workspace.connections.values()
        for connection in connections:
            item = QTreeWidgetItem([connection.name, connection.kind])
            item.setForeground(1, muted_colour())
            item.setData(0, _OF, connection)
            item.setIcon(0, icon("database", self._session.theme.muted))
            item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            self.tree.addTopLevelItem(item)
        self._stack.setCurrentIndex(1 if connections else 0)

    @Slot(object)
    def _opened(self, item: QTreeWidgetItem) -> None:
        """Read what an item holds when it is opened for the first time."""
        of = item.data(0, _OF)
        if item.childCount():
            return
        if isinstance(of, Connection):
            self._read(item, of, lambda database: database.tables(), self._list_tables)
        elif isinstance(of, TableWanted):
            known = self._session.workspace.connections.get(of.connection)
            if known is not None:
                self._read(
                    item, known, lambda database: database.columns(of.table), self._list_columns
                )

    def _read(
        self,
        item: QTreeWidgetItem,
        connection: Connection,
        ask: "Callable[[Database], Any]",
        done: Callable[[QTreeWidgetItem, Any], None],
    ) -> None:
        workspace = self._session.workspace
        if not workspace.trusted and connection.kind not in FILE_KINDS:
            self._say(item, tr("Trust this folder to look here"), "")
            return
        self._say(item, tr("Reading…"), "")

        def work() -> Any:
            from summit_studio.connectors.opening import open_database
            from summit_studio.secrets.store import SecretStore

            secrets = SecretStore(root=workspace.root)
            with open_database(connection, secrets, workspace) as database:
                return ask(database)

        def failed(error: Exception) -> None:
            notice = Notice.of(error)
            item.takeChildren()
            self._say(item, notice.text, notice.detail)

        def found(answer: Any) -> None:
            item.takeChildren()
            done(item, answer)
            self._filter()

        listed = self._listed

        def wanted() -> bool:
            return self._listed is listed  # Else the row is gone.

        self._background.submit(
            Job(
                work,
                lambda answer: found(answer) if wanted() else None,
                lambda error: failed(error) if wanted() else None,
            )
        )

    def _list_tables(self, item: QTreeWidgetItem, tables: Any) -> None:
        connection: Connection = item.data(0, _OF)
        for table in tables:
            row = QTreeWidgetItem([table])
            row.setData(0, _OF, TableWanted(connection.name, table))
            row.setToolTip(0, tr("{table}: Return or a drag reads it", table=table))
            row.setIcon(0, icon("table", self._session.theme.muted))
            row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            item.addChild(row)
        if not tables:
            self._say(item, tr("It has no tables"), "")
        self.tree.resizeColumnToContents(0)

    def _list_columns(self, item: QTreeWidgetItem, columns: Schema) -> None:
        for column in columns:
            row = QTreeWidgetItem([column.name, type_label(column.type)])
            row.setForeground(1, muted_colour())
            row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            row.setToolTip(1, column.type)
            item.addChild(row)
        self.tree.resizeColumnToContents(0)

    def _say(self, item: QTreeWidgetItem, text: str, tip: str) -> None:
        row = QTreeWidgetItem([text])
        row.setFlags(Qt.ItemFlag.ItemIsEnabled)
        row.setForeground(0, muted_colour())
        row.setToolTip(0, tip or text)
        item.addChild(row)
        row.setFirstColumnSpanned(True)

    @Slot(object)
    def _activated(self, item: QTreeWidgetItem) -> None:
        of = item.data(0, _OF)
        if isinstance(of, TableWanted):
            self.table_wanted.emit(of)
        elif isinstance(of, Connection):
            item.setExpanded(not item.isExpanded())

    @Slot()
    def _filter(self) -> None:
        """Show the tables that hold what was typed, among those that were read."""
        text = self.search.text().strip().casefold()
        for connection in _below(self.tree.invisibleRootItem()):
            for row in _below(connection):
                row.setHidden(bool(text) and text not in row.text(0).casefold())


def _below(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [c for c in map(item.child, range(item.childCount())) if c is not None]
