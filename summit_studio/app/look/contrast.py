"""Contrast by WCAG 2.2: how well a colour is seen on another, and colours that are seen."""

from typing import Final

TEXT: Final = 4.5
"""The least contrast of text (success criterion 1.4.3, AA)."""

STRONG_TEXT: Final = 7.0
"""The same in the themes of high contrast (1.4.6, AAA)."""

PART: Final = 3.0
"""The least contrast of what shows where something is or how it stands (1.4.11)."""

_STEPS: Final = 40


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours `#RRGGBB`, 1 (none) to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of `#RRGGBB`, 0 (black) to 1 (white)."""
    red, green, blue = map(_linear, _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def seen_on(colour: str, ground: str, least: float = PART) -> str:
    """Return the colour nearest to one that has the least contrast with a ground.

    Args:
        colour: Made darker on a light ground, lighter on a dark one, by no more than is needed.
        ground: What it stands on.
        least: The contrast wanted.
    """
    end = 0 if luminance(ground) > _MIDDLE else 255
    for step in range(_STEPS):
        if contrast(colour, ground) >= least:
            break
        share = (step + 1) / _STEPS
        mixed = (round(part + (end - part) * share) for part in _parts(colour))
        candidate = "#" + "".join(f"{part:02X}" for part in mixed)
        if contrast(candidate, ground) >= least:
            return candidate
    return colour


_MIDDLE: Final = 0.179
"""The luminance that has the same contrast with black and with white."""


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: int) -> float:
    share = part / 255
    return float(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
