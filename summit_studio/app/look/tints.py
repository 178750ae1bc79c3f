"""The few colours that people give notes and frames, in every theme such that text is read."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from summit_studio.app.look.contrast import PART, STRONG_TEXT, TEXT, contrast, seen_on
from summit_studio.app.look.theme import Theme

PLAIN: Final = "yellow"
"""The colour of a note that was given none, and of one whose colour is not known."""

_HUES: Final = MappingProxyType(
    {
        "blue": "#2F7BE0",
        "green": "#1F9D63",
        "purple": "#8B5CD6",
        "pink": "#D6487E",
        "grey": "#7C8898",
    }
)
TINTS: Final = (PLAIN, *_HUES)
"""The names of all."""

_SHEET: Final = (0.16, 0.13, 0.10, 0.07, 0.04, 0.0)
_AREA: Final = (0.09, 0.07, 0.05, 0.03, 0.0)


@dataclass(frozen=True, slots=True)
class Tint:
    """One of the colours in a theme, as `#RRGGBB`.

    Args:
        sheet: What a note is filled with: text, second lines and links are read on it.
        border: Around it, seen on the sheet and on the canvas.
        area: What a frame is filled with: edges and titles are seen on it.
        link: What is clicked on the sheet.
    """

    sheet: str
    border: str
    area: str
    link: str

    @classmethod
    def of(cls, theme: Theme, name: str) -> "Tint":
        """Return a colour of a theme; one that is not known is the plain one."""
        text = STRONG_TEXT if theme.is_contrast else TEXT
        if name in _HUES:
            hue = _HUES[name]
            sheets = (mixed(theme.surface, hue, share) for share in _SHEET)
            sheet = next(s for s in sheets if _reads(theme, s, text))
            border = seen_on(seen_on(hue, theme.canvas), sheet)
        else:
            hue, sheet, border = theme.note_border, theme.note, theme.note_border
        areas = (mixed(theme.canvas, hue, share) for share in _AREA)
        area = next(a for a in areas if _reads(theme, a, text) and _seen((theme.edge, border), a))
        return cls(sheet, border, area, seen_on(theme.accent, sheet, text))


def mixed(ground: str, colour: str, share: float) -> str:
    """Return a ground with a share, 0 to 1, of a colour in it."""
    parts = zip(_parts(ground), _parts(colour), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in parts)


def _reads(theme: Theme, ground: str, least: float) -> bool:
    return min(contrast(theme.text, ground), contrast(theme.muted, ground)) >= least


def _seen(colours: Iterable[str], ground: str) -> bool:
    return all(contrast(colour, ground) >= PART for colour in colours)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
