"""What the actions on the view do."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.session.settings import Settings


class ViewActions(QObject):
    """Makes the canvas show more or less, or take what comes otherwise."""

    def __init__(self, canvas: CanvasView, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._settings = settings
        canvas.snaps = settings.snaps

    @Slot(bool)
    def on_snap(self, on: bool) -> None:  # noqa: FBT001 - as the action sends it
        """Let what is dragged come to stand on the grid and in line, or no longer."""
        self._settings.snaps = on
        self._canvas.snaps = on

    @Slot()
    def on_zoom_in(self) -> None:
        """Zoom in."""
        self._canvas.zoom_in()

    @Slot()
    def on_zoom_out(self) -> None:
        """Zoom out."""
        self._canvas.zoom_out()

    @Slot()
    def on_zoom_fit(self) -> None:
        """Show everything."""
        self._canvas.zoom_to_fit()

    @Slot()
    def on_zoom_selection(self) -> None:
        """Show what is selected."""
        self._canvas.zoom_to_selection()

    @Slot()
    def on_cut_edges(self) -> None:
        """Let the next stroke cut edges."""
        self._canvas.cut_next()

    @Slot()
    def on_context_menu(self) -> None:
        """Open the menu of what is selected."""
        self._canvas.ask_for_menu()

    @Slot()
    def on_zoom_reset(self) -> None:
        """Show at natural size."""
        self._canvas.reset_zoom()
