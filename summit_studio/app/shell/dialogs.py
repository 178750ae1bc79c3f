"""Opens the window's dialogs; each is made when it is asked for."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog

if TYPE_CHECKING:
    from summit_studio.app.shell.window import MainWindow


class Dialogs(QObject):
    """The dialogs of one window."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def connections(self, _spec: object = None) -> None:
        """Show the connections of the workspace."""
        from summit_studio.app.dialogs.connections import ConnectionsDialog

        self._open(ConnectionsDialog(self._window.session, self._window))

    def properties(self) -> None:
        """Show the pipeline's properties."""
        from summit_studio.app.dialogs.properties import PropertiesDialog

        self._open(PropertiesDialog(self._window.session, self._window))

    def export(self) -> None:
        """Show the export of the saved file."""
        from summit_studio.app.dialogs.export import ExportDialog

        path = self._window.session.files.path
        if path is not None:
            self._open(ExportDialog(path, self._window))

    def shortcuts(self) -> None:
        """Show the page of keys."""
        from summit_studio.app.dialogs.palette import ShortcutsDialog

        self._open(ShortcutsDialog(self._window))

    @staticmethod
    def _open(dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
