"""Opens the dialogs; each is made when it is asked for."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.session.merging import MergeQuestion, Merger
from summit_studio.app.session.session import Session
from summit_studio.app.shell.keymap import Keymap
from summit_studio.core.errors import Where
from summit_studio.document.model import Document
from summit_studio.state.comparing import Comparison


class Dialogs(QObject):
    """The dialogs over one widget."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._parent = parent

    @Slot()
    def on_connections(self) -> None:
        """Show the connections of the workspace."""
        from summit_studio.app.dialogs.connections import ConnectionsDialog

        _open(ConnectionsDialog(self._session, self._parent))

    @Slot()
    def on_properties(self) -> None:
        """Show the pipeline's name, parameters and settings."""
        from summit_studio.app.dialogs.properties import PropertiesDialog

        _open(PropertiesDialog(self._session, self._parent))

    @Slot(object)
    def show_beyond(self, where: Where) -> None:
        """Show what belongs to no node: a setting, or the pipeline's properties."""
        from summit_studio.app.dialogs.properties import PropertiesDialog

        dialog = PropertiesDialog(self._session, self._parent)
        _open(dialog)
        head, _, name = (where.param or "").partition(".")
        if head == "settings" and name:
            dialog.show_setting(name)

    @Slot()
    def on_settings(self) -> None:
        """Show the settings of the pipeline."""
        from summit_studio.app.dialogs.properties import PropertiesDialog

        dialog = PropertiesDialog(self._session, self._parent)
        dialog.tabs.setCurrentWidget(dialog.settings)
        _open(dialog)

    @Slot()
    def on_rehearse(self) -> None:
        """Show the rehearsal of a crash."""
        from summit_studio.app.dialogs.rehearsal import RehearsalDialog

        _open(RehearsalDialog(self._session, self._parent))

    @Slot(object)
    def show_comparison(self, found: Comparison) -> None:
        """Show two past runs side by side; what they are about stays in reach."""
        from summit_studio.app.dialogs.compare_runs import CompareDialog

        dialog = CompareDialog(found, self._session, self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def show_difference(self, theirs: Document) -> None:
        """Show what differs between the document and its file, beside what it is about."""
        from summit_studio.app.dialogs.difference import DifferenceDialog

        dialog = DifferenceDialog(self._session.document, theirs, self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def ask_merge(self, question: MergeQuestion, merger: Merger) -> None:
        """Ask what is to hold where document and file were both changed."""
        from summit_studio.app.dialogs.merge import MergeDialog

        _open(MergeDialog(question, merger, self._parent))

    def export(self) -> None:
        """Show the export of the saved file."""
        from summit_studio.app.dialogs.export import ExportDialog

        path = self._session.files.path
        if path is not None:
            _open(ExportDialog(path, self._parent))


class Help(QObject):
    """The dialogs that belong to no document.

    Args:
        keymap: Knows the keys of the actions.
        parent: The window.
    """

    def __init__(self, keymap: Keymap, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._parent = parent

    @Slot()
    def on_shortcuts(self) -> None:
        """Show the page of keys beside the work; what was opened before comes to the front."""
        from summit_studio.app.shell.shortcuts import ShortcutsPage

        page = self._parent.findChild(ShortcutsPage)
        if page is None:
            page = ShortcutsPage(self._keymap, self._parent)
            page.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page.show()
        page.raise_()
        page.activateWindow()

    @Slot()
    def on_about(self) -> None:
        """Show version and licence."""
        from summit_studio.core.version import __version__

        box = QMessageBox(self._parent)
        box.setWindowTitle(tr("About Summit Studio"))
        box.setText(tr("Summit Studio {version}", version=__version__))
        box.setInformativeText(
            tr(
                "Draw data pipelines, see real data at every step, run the same file anywhere.\n\n"
                "Apache License 2.0"
            )
        )
        _open(box)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
