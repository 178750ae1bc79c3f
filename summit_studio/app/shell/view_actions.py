"""What the actions on the view do."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.view import CanvasView


class ViewActions(QObject):
    """Makes the canvas show more or less, or take what comes otherwise."""

    def __init__(self, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas = canvas

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
