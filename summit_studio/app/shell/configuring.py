"""Brings what belongs to the pipeline and to no node: its settings, its properties."""

from PySide6.QtCore import QObject, Slot

from summit_studio.app.panels.settings import SettingsPanel
from summit_studio.app.shell.dialogs import Dialogs
from summit_studio.app.shell.docks import Docks
from summit_studio.core.errors import Where


class Configuring(QObject):
    """Stands between who asks for a setting and the panel that has it.

    Args:
        panel: The settings.
        docks: Bring it to the front.
        dialogs: Have the properties.
    """

    def __init__(
        self, panel: SettingsPanel, docks: Docks, dialogs: Dialogs, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._panel = panel
        self._docks = docks
        self._dialogs = dialogs
        panel.closed.connect(self._close)

    @Slot()
    def on_settings(self) -> None:
        """Bring the settings beside the canvas, the cursor in their search line."""
        self._docks.show("settings")
        self._panel.focus_search()

    @Slot(object)
    def show_beyond(self, where: Where) -> None:
        """Show what belongs to no node: a setting, or the pipeline's properties."""
        head, _, name = (where.param or "").partition(".")
        if head != "settings":
            self._dialogs.on_properties()
            return
        self._docks.show("settings")
        if name:
            self._panel.focus_setting(name)

    @Slot()
    def _close(self) -> None:
        self._docks.hide("settings")
