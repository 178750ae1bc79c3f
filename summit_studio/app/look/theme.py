"""How the editor looks: one slate ramp, one accent, colour-blind-safe categories, four themes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from string import Template
from types import MappingProxyType
from typing import ClassVar

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from summit_studio.app.look.contrast import PART, contrast
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
        border: Between what stands beside one another; `border_strong` around what one acts on.
        text: Reads on all of these; `muted` for second lines, `faint` for hints, `disabled` for
            what does nothing now.
        accent: The one accent; `on_accent` is text on it, `accent_soft` a wash of it.
    """

    name: str
    is_dark: bool
    is_contrast: bool
    window: str
    surface: str
    raised: str
    border: str
    border_strong: str
    text: str
    muted: str
    faint: str
    disabled: str
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
    def of(cls, *, dark: bool, contrast: bool = False) -> "Theme":
        """Return one of the four themes.

        Args:
            dark: Light text on dark grounds.
            contrast: Nothing between black and white but what means something.
        """
        if contrast:
            return cls.contrast_dark() if dark else cls.contrast_light()
        return cls.dark() if dark else cls.light()

    @classmethod
    def light(cls) -> "Theme":
        """Return the light theme."""
        return cls(
            name="light", is_dark=False, is_contrast=False,
            window="#F1F5F9", surface="#FFFFFF", raised="#F8FAFC",
            border="#DDE4EC", border_strong="#7F8DA3",
            text="#0F172A", muted="#4B5970", faint="#5C6A81", disabled="#8593A8",
            accent="#1F5AE0", accent_hover="#1A4BC4", on_accent="#FFFFFF", accent_soft="#E3EDFE",
            success="#007654", warning="#8A5900", danger="#B84800", danger_soft="#FDEFE4",
            canvas="#F4F7FA", grid="#D3DBE5", edge="#75849B",
            note="#FFF8DC", note_border="#9C8A45",
        )  # fmt: skip

    @classmethod
    def dark(cls) -> "Theme":
        """Return the dark theme."""
        return cls(
            name="dark", is_dark=True, is_contrast=False,
            window="#151C28", surface="#1D2634", raised="#273244",
            border="#303C4F", border_strong="#6F7F98",
            text="#E6EBF2", muted="#A9B6C8", faint="#97A5BA", disabled="#6F7F96",
            accent="#6BA5FF", accent_hover="#8FBBFF", on_accent="#0B1220", accent_soft="#22375C",
            success="#2BBF94", warning="#E9B04A", danger="#F58D4C", danger_soft="#43291A",
            canvas="#10161F", grid="#283345", edge="#74849C",
            note="#38331F", note_border="#8F8350",
        )  # fmt: skip

    @classmethod
    def contrast_light(cls) -> "Theme":
        """Return the light theme of high contrast."""
        return cls(
            name="contrast-light", is_dark=False, is_contrast=True,
            window="#FFFFFF", surface="#FFFFFF", raised="#F2F2F2",
            border="#5C5C5C", border_strong="#000000",
            text="#000000", muted="#1F1F1F", faint="#3D3D3D", disabled="#6B6B6B",
            accent="#0033B8", accent_hover="#00227A", on_accent="#FFFFFF", accent_soft="#DCE6FF",
            success="#00523A", warning="#5C3A00", danger="#8F1D00", danger_soft="#FFE6DA",
            canvas="#FFFFFF", grid="#C8C8C8", edge="#1F1F1F",
            note="#FFF6CC", note_border="#000000",
        )  # fmt: skip

    @classmethod
    def contrast_dark(cls) -> "Theme":
        """Return the dark theme of high contrast."""
        return cls(
            name="contrast-dark", is_dark=True, is_contrast=True,
            window="#000000", surface="#000000", raised="#1A1A1A",
            border="#9A9A9A", border_strong="#FFFFFF",
            text="#FFFFFF", muted="#E6E6E6", faint="#D0D0D0", disabled="#999999",
            accent="#9CC4FF", accent_hover="#C4DCFF", on_accent="#000000", accent_soft="#0F2A5C",
            success="#5CF0BF", warning="#FFD166", danger="#FFAE80", danger_soft="#3D1900",
            canvas="#000000", grid="#3A3A3A", edge="#E6E6E6",
            note="#2B2600", note_border="#FFFFFF",
        )  # fmt: skip

    def category(self, name: str) -> str:
        """Return the colour of a node category; unknown ones are grey."""
        return self.categories.get(name, self.faint)

    def ink_on(self, colour: str) -> str:
        """Return the text colour, near white or near black, that reads best on `colour`."""
        # White as long as it is seen: pictures on a coloured tile look heavy in black.
        return "#FFFFFF" if contrast("#FFFFFF", colour) >= PART else "#0F172A"

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
            palette.setColor(off, key, QColor(self.disabled))
        palette.setColor(off, role.Highlight, QColor(self.border))
        return palette

    def stylesheet(self) -> str:
        """Return the style sheet of the whole application."""
        sheet = Template(resource("themes/studio.qss").read_text("utf-8"))
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "categories"}
        shared = {
            "pictures": resource("themes").as_posix(),
            "shade": "dark" if self.is_dark else "light",
            # Where all grounds are alike only a line tells the panels apart.
            "divider": self.border if self.is_contrast else self.window,
            "mono": mono_family(),
        }
        return sheet.substitute(values, **shared)


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
