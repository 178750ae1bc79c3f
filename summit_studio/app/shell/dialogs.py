"""Opens the dialogs; each is made when it is asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import accent_colour
from summit_studio.app.look.words import tr
from summit_studio.app.session.merging import MergeQuestion, Merger
from summit_studio.app.session.session import Session
from summit_studio.app.shell.keymap import Keymap
from summit_studio.document.model import Document
from summit_studio.state.comparing import Comparison

if TYPE_CHECKING:
    from summit_studio.app.dialogs.connections import ConnectionsDialog

T = TypeVar("T", bound=QDialog)

_LOGO = 48


class Dialogs(QObject):
    """The dialogs over one widget."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._parent = parent

    @Slot()
    def on_connections(self) -> None:
        """Show the connections of the workspace beside the work."""
        self._connections()

    def show_connection(self, name: str | None) -> None:
        """Show the connections with one chosen; None to make a new one."""
        dialog = self._connections()
        if name is None:
            dialog.add()
        else:
            dialog.choose(name)

    def _connections(self) -> "ConnectionsDialog":
        from summit_studio.app.dialogs.connections import ConnectionsDialog

        return self._beside(ConnectionsDialog, lambda: ConnectionsDialog(*self._of))

    @Slot()
    def on_properties(self) -> None:
        """Show the pipeline's name and parameters."""
        from summit_studio.app.dialogs.properties import PropertiesDialog

        _open(PropertiesDialog(self._session, self._parent))

    def rehearse(self) -> None:
        """Show the rehearsal of a crash beside the work; one under way is brought to the front."""
        from summit_studio.app.dialogs.rehearsal import RehearsalDialog

        self._beside(RehearsalDialog, lambda: RehearsalDialog(*self._of))

    @Slot(object)
    def show_comparison(self, found: Comparison) -> None:
        """Show two past runs side by side; what they are about stays in reach."""
        from summit_studio.app.dialogs.compare_runs import CompareDialog

        _open(CompareDialog(found, self._session, self._parent), beside=True)

    def show_difference(self, theirs: Document) -> None:
        """Show what differs between the document and its file, beside the work."""
        from summit_studio.app.dialogs.difference import DifferenceDialog

        _open(DifferenceDialog(self._session.document, theirs, self._parent), beside=True)

    def ask_merge(self, question: MergeQuestion, merger: Merger) -> None:
        """Ask what is to hold where document and file were both changed."""
        from summit_studio.app.dialogs.merge import MergeDialog

        _open(MergeDialog(question, merger, self._parent))

    def export(self) -> None:
        """Show the export of the saved file."""
        from summit_studio.app.dialogs.export import ExportDialog

        path = self._session.files.path
        if path is not None:
            dialog = self._beside(ExportDialog, lambda: ExportDialog(path, self._parent))
            dialog.take(path)

    def close(self) -> None:
        """Close those that stand beside the work: what they are about goes."""
        for dialog in self._parent.findChildren(QDialog):
            dialog.close()

    @property
    def _of(self) -> tuple[Session, QWidget]:
        return self._session, self._parent

    def _beside(self, kind: type[T], make: Callable[[], T]) -> T:
        """Show a dialog beside the work, made where there is none of its kind."""
        dialog = self._parent.findChild(kind)
        if dialog is None:
            dialog = make()
            _open(dialog, beside=True)
        else:
            dialog.raise_()
            dialog.activateWindow()
        return dialog


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
        box.setIconPixmap(icon("summit", accent_colour()).pixmap(_LOGO, _LOGO))
        box.setText(tr("Summit Studio {version}", version=__version__))
        box.setInformativeText(
            tr(
                "Draw data pipelines, see real data at every step, run the same file anywhere.\n\n"
                "Apache License 2.0"
            )
        )
        _open(box)


def _open(dialog: QDialog, *, beside: bool = False) -> None:
    """Show a dialog before all else or, where the work may go on meanwhile, beside it."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if beside:
        dialog.show()
    else:
        dialog.open()
