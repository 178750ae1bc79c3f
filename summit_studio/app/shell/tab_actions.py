"""What the actions on tabs do."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.shell.editor_window import EditorWindow


class TabActions(QObject):
    """The tabs of one window."""

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def on_new(self) -> None:
        """Begin a new pipeline."""
        self._window.new()

    @Slot()
    def on_welcome(self) -> None:
        """Show the welcome page."""
        self._window.show_welcome()

    @Slot()
    def on_close_tab(self) -> None:
        """Close the tab that is shown."""
        self._window.close_tab(self._window.bar.currentIndex())

    @Slot()
    def on_close_window(self) -> None:
        """Close this window."""
        self._window.close()

    @Slot()
    def on_next_tab(self) -> None:
        """Show the next tab."""
        self._window.step(1)

    @Slot()
    def on_previous_tab(self) -> None:
        """Show the tab before."""
        self._window.step(-1)

    @Slot()
    def on_tab_right(self) -> None:
        """Move the tab to the right."""
        self._window.move_tab(1)

    @Slot()
    def on_tab_left(self) -> None:
        """Move the tab to the left."""
        self._window.move_tab(-1)
