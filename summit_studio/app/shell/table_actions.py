"""What the actions on connections and their tables do."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.requests import TablesDropped
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.look.words import tr
from summit_studio.app.panels.connections import ConnectionsPanel
from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.session.addresses import Address
from summit_studio.app.session.browsing import Browsing, FirstRows
from summit_studio.app.session.session import Notice
from summit_studio.app.shell.adding import Adding
from summit_studio.app.shell.dialogs import Dialogs


class TableActions(QObject):
    """Stands between the panel of connections, the databases, the canvas and the preview.

    Args:
        browsing: Asks the databases.
        panel: Where connections and tables are chosen.
        adding: Puts nodes on the canvas.
        preview: Shows rows.
        dialogs: Has the form of a connection.
        canvas: Where nodes go.
        show_panel: Brings a panel to the front by its name.
    """

    def __init__(
        self,
        browsing: Browsing,
        panel: ConnectionsPanel,
        adding: Adding,
        preview: PreviewPanel,
        dialogs: Dialogs,
        canvas: CanvasView,
        show_panel: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._browsing = browsing
        self._panel = panel
        self._adding = adding
        self._preview = preview
        self._dialogs = dialogs
        self._canvas = canvas
        self._show_panel = show_panel
        self._awaited: Address | None = None
        browsing.rows_arrived.connect(self._rows_arrived)
        browsing.rows_failed.connect(self._rows_failed)

    @Slot()
    def on_new_connection(self) -> None:
        """Show the form of a new connection."""
        self._dialogs.show_connection(None)

    @Slot()
    def on_edit_connection(self) -> None:
        """Show the form of the connection that is chosen."""
        if self._panel.address is not None:
            self._dialogs.show_connection(self._panel.address.connection)

    @Slot()
    def on_allow_connection(self) -> None:
        """Connect, though the folder is not trusted."""
        if self._panel.address is not None:
            self._browsing.allow(self._panel.address.connection)

    @Slot()
    def on_look_again(self) -> None:
        """Ask anew for what is in the connection or the table that is chosen."""
        if self._panel.address is not None:
            self._browsing.ask(self._panel.address)

    @Slot()
    def on_stop_looking(self) -> None:
        """Wait no longer for the connection or the table that is chosen."""
        if self._panel.address is not None:
            self._browsing.stop(self._panel.address)

    @Slot()
    def on_renew_connections(self) -> None:
        """Ask all databases that were opened anew."""
        self._browsing.renew()

    @Slot()
    def on_read_table(self) -> None:
        """Add sources that read the tables that are chosen."""
        self._add(write=False)

    @Slot()
    def on_write_table(self) -> None:
        """Add sinks that write into the tables that are chosen."""
        self._add(write=True)

    def _add(self, *, write: bool) -> None:
        """Add nodes beside what is selected, or in the middle of the view."""
        canvas, tables = self._canvas, self._panel.chosen
        middle = canvas.place(canvas.viewport().rect().center())
        beside = canvas.beside_selection()
        node = beside.beside[-1] if beside is not None and beside.beside else None
        port = beside.edge.source if beside is not None and beside.edge and write else None
        place = beside.place if beside is not None else middle
        self._adding.add_tables(TablesDropped(tables, place, write, node, port))

    @Slot()
    def on_copy_table_name(self) -> None:
        """Put the names of the tables that are chosen on the clipboard."""
        self._panel.tree.copy_names()

    @Slot()
    def on_show_table_rows(self) -> None:
        """Show the first rows of the table that is chosen, without a node."""
        if self._panel.chosen:
            address = self._awaited = self._panel.chosen[-1]
            self._show_panel("preview")
            self._preview.say_apart(_called(address), tr("Reading rows…"))
            self._browsing.read(address)

    @Slot(object)
    def _rows_arrived(self, rows: FirstRows) -> None:
        from summit_studio.engine.sides import Shown, in_one

        if rows.address != self._awaited or not self._preview.apart:
            return
        count = rows.table.num_rows
        noun = tr("row") if count == 1 else tr("rows")
        note = tr("All {count:,} {noun}", count=count, noun=noun)
        if not rows.complete:
            note = tr("The first {count:,} {noun}", count=count, noun=noun)
        if rows.unfit:
            note = tr("{note}, {unfit:,} left out that cannot be read", note=note, unfit=rows.unfit)
        shown = Shown(rows.schema, in_one(rows.table))
        self._preview.show_apart(_called(rows.address), shown, note)

    @Slot(object)
    def _rows_failed(self, failure: Any) -> None:
        address, error = failure
        if address == self._awaited and self._preview.apart:
            notice = Notice.of(error)
            self._preview.say_apart(_called(address), notice.text, notice.detail)


def _called(address: Address) -> str:
    return tr("{table} of {connection}", table=address.table, connection=address.connection)
