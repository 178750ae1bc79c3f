"""The theme: taken by the whole application, remembered where a person chose it."""

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.roles import apply
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.settings import Settings


class Theming(QObject):
    """`changed` carries the theme, for what draws by itself.

    Args:
        theme: The first; it is taken once somebody calls `take`.
    """

    changed = Signal(object)

    def __init__(self, theme: Theme, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._settings = settings

    @Slot(bool)
    def on_dark(self, dark: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Take the dark or the light theme, and remember it."""
        self._settings.dark = dark
        self.take(Theme.dark() if dark else Theme.light())

    def take(self, theme: Theme) -> None:
        """Draw everything in a theme."""
        self.theme = theme
        apply(theme)
        self.changed.emit(theme)
