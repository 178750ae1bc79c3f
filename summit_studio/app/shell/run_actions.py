"""What the actions on checks, previews and what runs left do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.panels.run_panel import RunPanel
from summit_studio.app.session.design import DesignChecker


class RunActions(QObject):
    """Validate, preview, look back; `show_panel` brings a panel to the front by its name."""

    def __init__(
        self,
        checker: DesignChecker,
        preview: PreviewPanel,
        run_panel: RunPanel,
        show_panel: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        run_panel.outputs.looked.connect(self.show_written)
        self._checker = checker
        self._preview = preview
        self._run_panel = run_panel
        self._show_panel = show_panel

    @Slot(object)
    def show_written(self, node_id: str) -> None:
        """Show the rows that are in a sink's target."""
        self._show_panel("preview")
        self._preview.show_written(node_id)

    @Slot()
    def on_written(self) -> None:
        """Show what is in the target of the selected sink, or of the next one that was written."""
        sinks = self._run_panel.outputs.sinks
        if sinks:
            shown = self._preview.shown_written
            at = sinks.index(shown) + 1 if shown in sinks else 0
            self.show_written(sinks[at % len(sinks)])

    @Slot()
    def on_history(self) -> None:
        """Show the past runs."""
        self._show_panel("run")
        self._run_panel.show_history()

    @Slot()
    def on_validate(self) -> None:
        """Check now and show the problems."""
        self._checker.check_now()
        self._show_panel("problems")

    @Slot()
    def on_preview(self) -> None:
        """Show real rows of what is chosen."""
        self._show_panel("preview")
        self._preview.refresh()
