"""The theme: as the system has it, or as a person chose it; taken by the whole application."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from summit_studio.app.look.roles import apply
from summit_studio.app.look.theme import Theme
from summit_studio.app.session.settings import Settings


class Theming(QObject):
    """`changed` carries the theme, for what draws by itself; `follows` if it is the system's."""

    changed = Signal(object)
    follows = Signal(bool)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme_of(settings)
        self._settings = settings
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._system_changed)

    @Slot(bool)
    def on_dark(self, dark: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Take a dark or a light theme, and remember it."""
        self._settings.dark = dark
        self._follow()

    @Slot(bool)
    def on_contrast(self, contrast: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Take a theme of high or of normal contrast, and remember it."""
        self._settings.contrast = contrast
        self._follow()

    @Slot(bool)
    def on_system_theme(self, follow: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Look as the system does, or stay as it is whatever the system does."""
        theme = self.theme
        self._settings.dark = None if follow else theme.is_dark
        self._settings.contrast = None if follow else theme.is_contrast
        self._follow()

    def take(self, theme: Theme) -> None:
        """Draw everything in a theme."""
        self.theme = theme
        apply(theme)
        self.changed.emit(theme)
        self.follows.emit(self.following)

    @property
    def following(self) -> bool:
        """True while the theme is the system's."""
        return self._settings.dark is None and self._settings.contrast is None

    @Slot()
    def _system_changed(self) -> None:
        theme = theme_of(self._settings)
        if theme != self.theme:
            self.take(theme)

    def _follow(self) -> None:
        self.take(theme_of(self._settings))


def theme_of(settings: Settings) -> Theme:
    """Return the theme that was chosen, the system's where none was."""
    hints = QGuiApplication.styleHints()
    dark, contrast = settings.dark, settings.contrast
    if dark is None:
        dark = hints.colorScheme() is Qt.ColorScheme.Dark
    if contrast is None:
        high = Qt.ContrastPreference.HighContrast
        contrast = hints.accessibility().contrastPreference() is high
    return Theme.of(dark=dark, contrast=contrast)
