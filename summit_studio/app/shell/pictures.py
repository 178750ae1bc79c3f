"""Pictures of the pipeline: saved as SVG or PNG, or copied."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from summit_studio.app.canvas.printing import Print
from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.picture import PictureDialog
from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.shell.marking import Marking
from summit_studio.app.shell.status import Status
from summit_studio.core.durable import replace
from summit_studio.core.problems import Severity

_SVG, _PNG = "SVG (*.svg)", "PNG (*.png)"


class Pictures(QObject):
    """Draws, saves and copies them.

    Args:
        session: Whose pipeline it is.
        canvas: Where it is drawn.
        marking: Knows whether there is a run to show.
        status: Says what was done.
    """

    def __init__(
        self,
        session: Session,
        canvas: CanvasView,
        marking: Marking,
        status: Status,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._parent = parent
        self._session = session
        self._canvas = canvas
        self._marking = marking
        self._status = status
        self._background = Background("pictures", self)

    @Slot()
    def on_picture(self) -> None:
        """Ask of what, and in which colours."""
        dialog = PictureDialog(
            self._canvas.scene(),
            self._ask_where,
            self.copy,
            self._parent,
            run=self._marking.run is not None,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot()
    def on_copy_picture(self) -> None:
        """Copy what is selected, or all, as it is seen."""
        scene = self._canvas.scene()
        chosen = scene.selection.nodes or None
        run = self._marking.run is not None
        drawn = Print(scene, scene.stage.style.theme, chosen, run=run)
        self.copy(drawn)
        drawn.close()
        self._status.tell(tr("The picture is on the clipboard."))

    def copy(self, drawn: Print) -> None:
        """Put a picture on the clipboard, in pixels: what most programs paste."""
        QGuiApplication.clipboard().setImage(drawn.image())

    def save(self, drawn: Print, path: Path) -> None:
        """Write a picture; the name's ending says how."""
        title = self._session.document.name
        content = drawn.png() if path.suffix.lower() == ".png" else drawn.svg(title)
        done = partial(self._saved, path)
        self._background.submit(Job(partial(replace, path, content), done, self._failed))

    def close_worker(self) -> None:
        """Wait for what is written."""
        self._background.close()

    def _ask_where(self, drawn: Print) -> None:
        name = self._session.files.name or self._session.document.name
        start = self._session.working_folder / f"{name}.svg"
        chosen, kind = QFileDialog.getSaveFileName(
            self._parent, tr("Save picture"), str(start), f"{_SVG};;{_PNG}"
        )
        if chosen:
            self.save(drawn, with_ending(Path(chosen), png=kind == _PNG))

    def _saved(self, path: Path, _done: None) -> None:
        self._status.tell(tr("The picture is in {path}.", path=path))

    def _failed(self, error: Exception) -> None:
        self._session.notice(
            Notice(tr("The picture could not be written"), f"{error}.", Severity.ERROR)
        )


def with_ending(path: Path, *, png: bool) -> Path:
    """Return a path that ends in `.svg` or `.png`: as typed, else as the kind that was chosen."""
    if path.suffix.lower() in {".svg", ".png"}:
        return path
    return path.with_name(f"{path.name}{'.png' if png else '.svg'}")
