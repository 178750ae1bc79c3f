"""What the actions on files do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from summit_studio.app.session.files import FileDesk
from summit_studio.app.session.session import Session


class FileActions(QObject):
    """New, open, save, export.

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

    @Slot(object)
    def begin(self, target: Any) -> None:
        """Do what the welcome page was asked for: a path, "new" or "open"."""
        if isinstance(target, Path):
            self.open_path(target)
        elif target == "new":
            self.on_new()
        else:
            self.on_open()

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a recent file or an example."""
        self._desk.when_safe(lambda: self._desk.open(path))

    @Slot()
    def on_new(self) -> None:
        """Begin a new pipeline."""
        self._desk.when_safe(self._desk.new)

    @Slot()
    def on_open(self) -> None:
        """Open a file."""
        self._desk.when_safe(self._desk.choose_and_open)

    @Slot()
    def on_discard(self) -> None:
        """Undo what was recovered."""
        self._desk.discard()

    @Slot()
    def on_take_over(self) -> None:
        """Take the pipeline over from the other window that has it open."""
        self._desk.when_safe(self._desk.take_over)

    @Slot()
    def on_recover(self) -> None:
        """Show the pipeline that was never saved."""
        self._desk.when_safe(self._desk.recover)

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
