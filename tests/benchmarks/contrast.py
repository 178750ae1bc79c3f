"""What must be seen on what, in every theme: the pairs that WCAG 2.2 AA is held against."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from summit_studio.app.inspector.highlight import CodeColours
from summit_studio.app.look.contrast import PART, STRONG_TEXT, TEXT, contrast
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.tints import TINTS, Tint

THEMES = tuple(
    Theme.of(dark=dark, contrast=high) for high in (False, True) for dark in (False, True)
)
_GROUNDS = ("window", "surface", "raised", "canvas")
_TEXTS = {
    "text": (*_GROUNDS, "accent_soft", "danger_soft", "note"),
    "muted": (*_GROUNDS, "accent_soft", "danger_soft", "note"),
    "faint": _GROUNDS,
    "accent": (*_GROUNDS, "accent_soft"),
    "success": _GROUNDS,
    "warning": _GROUNDS,
    "danger": (*_GROUNDS, "danger_soft"),
    "on_accent": ("accent", "accent_hover"),
}
_PARTS = {
    "border_strong": ("window", "surface", "canvas"),
    "edge": ("canvas", "surface"),
    "note_border": ("canvas", "note"),
    "accent": (*_GROUNDS, "accent_soft", "note"),
    "danger": (*_GROUNDS, "danger_soft"),
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour on a ground, the contrast that they have, and the least they must have."""

    theme: str
    what: str
    ground: str
    found: float
    least: float


def run(_args: Any) -> Iterator[dict[str, Any]]:
    """Yield the contrast of each pair; `ratio` is the least wanted to the one found."""
    for pair in (pair for theme in THEMES for pair in pairs(theme)):
        yield {
            "case": f"contrast {pair.theme}: {pair.what} on {pair.ground}",
            "ratio": pair.least / pair.found, "found": round(pair.found, 2), "least": pair.least,
        }  # fmt: skip


def pairs(theme: Theme) -> Iterator[Pair]:
    """Yield all pairs of a theme."""
    text = STRONG_TEXT if theme.is_contrast else TEXT
    for names, least in ((_TEXTS, text), (_PARTS, PART)):
        for what, grounds in names.items():
            for ground in grounds:
                yield _pair(theme, what, getattr(theme, what), ground, least)
    for name in TINTS:
        yield from _tint_pairs(theme, name, Tint.of(theme, name), text)
    code = CodeColours.of(theme)
    for kind in CodeColours.__slots__:
        yield _pair(theme, f"code: {kind}", getattr(code, kind), "surface", text)
    for category, colour in theme.categories.items():
        thin = category_colour(theme, category)
        yield _pair(theme, f"icon: {category}", thin, "surface", PART)
        yield _pair(theme, f"icon: {category}", thin, "raised", PART)
        ink = contrast(theme.ink_on(colour), colour)
        yield Pair(theme.name, "ink", f"tile: {category}", ink, PART)


def _tint_pairs(theme: Theme, name: str, tint: Tint, text: float) -> Iterator[Pair]:
    """Yield what is seen on notes and frames of a colour."""
    read = (("text", theme.text, tint.sheet), ("muted", theme.muted, tint.sheet),
            ("link", tint.link, tint.sheet), ("text", theme.text, tint.area),
            ("muted", theme.muted, tint.area))  # fmt: skip
    seen = (("border", tint.border, tint.sheet), ("border", tint.border, theme.canvas),
            ("border", tint.border, tint.area), ("edge", theme.edge, tint.area),
            ("accent", theme.accent, tint.sheet), ("accent", theme.accent, tint.area))  # fmt: skip
    for pairs_of, least in ((read, text), (seen, PART)):
        for what, colour, ground in pairs_of:
            place = "area" if ground == tint.area else "sheet" if ground == tint.sheet else "canvas"
            yield Pair(theme.name, what, f"{name} {place}", contrast(colour, ground), least)


def _pair(theme: Theme, what: str, colour: str, ground: str, least: float) -> Pair:
    return Pair(theme.name, what, ground, contrast(colour, getattr(theme, ground)), least)
