"""What the actions on the file of a document do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.session import Session


class FileActions(QObject):
    """Save, discard, take over, export.

    Args:
        session: What is open.
        desk: Opens and saves.
        export: Shows the export of the saved file.
    """

    def __init__(
        self, session: Session, desk: FileDesk, export: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._desk = desk
        self._export = export

    @Slot()
    def on_discard(self) -> None:
        """Undo what was recovered."""
        self._desk.discard()

    @Slot()
    def on_take_over(self) -> None:
        """Take the pipeline over from the other window that has it open."""
        self._desk.take_over()

    @Slot()
    def on_save(self) -> None:
        """Save."""
        self._desk.save()

    @Slot()
    def on_save_as(self) -> None:
        """Save under another name."""
        self._desk.save_as()

    @Slot()
    def on_export(self) -> None:
        """Export for a headless run: what is exported is the saved file."""
        if self._session.bridge.clean:
            self._export()
        else:
            self._desk.save(self._export)
