"""What the actions on runs, checks and previews do."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.panels.run_panel import RunPanel
from summit_studio.app.session.design import DesignChecker
from summit_studio.app.session.running import RunSupervisor


class RunActions(QObject):
    """Stop, validate, preview; `show_panel` brings a panel to the front by its name."""

    def __init__(
        self,
        supervisor: RunSupervisor,
        checker: DesignChecker,
        preview: PreviewPanel,
        run_panel: RunPanel,
        show_panel: Callable[[str], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._supervisor = supervisor
        self._checker = checker
        self._preview = preview
        self._run_panel = run_panel
        self._show_panel = show_panel

    @Slot()
    def on_stop(self) -> None:
        """Cancel the run."""
        self._supervisor.cancel()

    @Slot()
    def on_checkpoint(self) -> None:
        """Have the run commit what it has read so far."""
        self._supervisor.checkpoint()

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
