"""How the editor looks: one slate ramp, one accent, colour-blind-safe categories, two themes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from string import Template
from types import MappingProxyType
from typing import ClassVar

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from summit_studio.core.resources import resource

_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Helvetica Neue", "Noto Sans", "DejaVu Sans")
_MONO_FAMILIES = ("JetBrains Mono", "Cascadia Mono", "Consolas", "Menlo", "DejaVu Sans Mono")

# Okabe and Ito's set, told apart by people with any kind of colour vision. Vermillion is kept for
# failures and rejected rows.
_CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "source": "#0072B2",
        "transform": "#009E73",
        "quality": "#E69F00",
        "sink": "#CC79A7",
        "code": "#56B4E9",
        "module": "#F0E442",
    }
)


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as `#RRGGBB`, sizes in logical pixels.

    Args:
        window: Behind docks and tool bars.
        surface: Fields, tables, cards.
        raised: Hovered things, menus.
        text: Reads on all of these; `muted` for second lines, `faint` for hints and disabled.
        accent: The one accent; `on_accent` is text on it, `accent_soft` a wash of it.
    """

    name: str
    is_dark: bool
    window: str
    surface: str
    raised: str
    border: str
    border_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    success: str
    warning: str
    danger: str
    danger_soft: str
    canvas: str
    grid: str
    edge: str
    note: str
    note_border: str
    categories: Mapping[str, str] = field(default_factory=lambda: _CATEGORIES)

    XS: ClassVar[int] = 4
    S: ClassVar[int] = 8
    M: ClassVar[int] = 12
    L: ClassVar[int] = 16
    XL: ClassVar[int] = 24

    SMALL: ClassVar[int] = 11
    BODY: ClassVar[int] = 13
    HEADING: ClassVar[int] = 15
    TITLE: ClassVar[int] = 20

    RADIUS: ClassVar[int] = 6
    CARD_RADIUS: ClassVar[int] = 8

    @classmethod
    def light(cls) -> "Theme":
        """Return the light theme."""
        return cls(
            name="light", is_dark=False,
            window="#F1F5F9", surface="#FFFFFF", raised="#F8FAFC",
            border="#DDE4EC", border_strong="#B6C2D0",
            text="#0F172A", muted="#526077", faint="#8593A8",
            accent="#2563EB", accent_hover="#1D4FD7", on_accent="#FFFFFF", accent_soft="#DCE8FE",
            success="#00805D", warning="#9A6400", danger="#C24E00", danger_soft="#FDEBDD",
            canvas="#F4F7FA", grid="#D3DBE5", edge="#93A1B5",
            note="#FFF8DC", note_border="#E6D9A2",
        )  # fmt: skip

    @classmethod
    def dark(cls) -> "Theme":
        """Return the dark theme."""
        return cls(
            name="dark", is_dark=True,
            window="#151C28", surface="#1D2634", raised="#273244",
            border="#303C4F", border_strong="#4A5A72",
            text="#E6EBF2", muted="#9DABBF", faint="#6F7F96",
            accent="#5B9BFF", accent_hover="#7DB0FF", on_accent="#0B1220", accent_soft="#22375C",
            success="#2BBF94", warning="#E9B04A", danger="#F2803C", danger_soft="#43291A",
            canvas="#10161F", grid="#283345", edge="#5F6F87",
            note="#38331F", note_border="#5A5230",
        )  # fmt: skip

    def category(self, name: str) -> str:
        """Return the colour of a node category; unknown ones are grey."""
        return self.categories.get(name, self.faint)

    def ink_on(self, colour: str) -> str:
        """Return the text colour, near white or near black, that reads best on `colour`."""
        ground = QColor(colour)
        red, green, blue = ground.redF(), ground.greenF(), ground.blueF()
        light: float = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
        # Where the contrast with white, (1 + .05) / (light + .05), falls below 3 : 1.
        return "#FFFFFF" if light < 0.3 else "#0F172A"

    def font(self, size: int = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Return the interface font in `size` logical pixels."""
        return _font(_FAMILIES, size, weight)

    def mono(self, size: int = BODY) -> QFont:
        """Return the font of code and numbers in `size` logical pixels."""
        return _font(_MONO_FAMILIES, size, QFont.Weight.Normal)

    def palette(self) -> QPalette:
        """Return the colours for widgets that no style sheet reaches."""
        role = QPalette.ColorRole
        colours = {
            role.Window: self.window, role.WindowText: self.text, role.Base: self.surface,
            role.AlternateBase: self.raised, role.Text: self.text, role.Button: self.surface,
            role.ButtonText: self.text, role.BrightText: self.danger, role.Link: self.accent,
            role.Highlight: self.accent, role.HighlightedText: self.on_accent,
            role.ToolTipBase: self.text, role.ToolTipText: self.surface,
            role.PlaceholderText: self.faint, role.Light: self.raised, role.Midlight: self.raised,
            role.Mid: self.border, role.Dark: self.border_strong, role.Shadow: self.border_strong,
            role.Accent: self.accent,
        }  # fmt: skip
        palette = QPalette()
        for key, colour in colours.items():
            palette.setColor(key, QColor(colour))
        off = QPalette.ColorGroup.Disabled
        for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(off, key, QColor(self.faint))
        palette.setColor(off, role.Highlight, QColor(self.border))
        return palette

    def stylesheet(self) -> str:
        """Return the style sheet of the whole application."""
        sheet = Template(resource("themes/studio.qss").read_text("utf-8"))
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "categories"}
        pictures = resource("themes").as_posix()
        return sheet.substitute(values, pictures=pictures, mono=mono_family())


def mono_family() -> str:
    """Return the installed font family for code."""
    return _first_installed(_MONO_FAMILIES)


def _font(families: tuple[str, ...], size: int, weight: QFont.Weight) -> QFont:
    font = QFont(_first_installed(families))
    font.setPixelSize(size)
    font.setWeight(weight)
    return font


def _first_installed(families: tuple[str, ...]) -> str:
    # Asking for a missing family makes Qt search all fonts, and warn on some systems.
    return next((f for f in families if QFontDatabase.hasFamily(f)), QFont().family())
