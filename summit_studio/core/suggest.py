"""The nearest known name to a mistyped one."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to `word`, or None when nothing comes near.

    Letter case never counts as a difference.
    """
    by_fold = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Return names joined for a message, cut after `limit` of them."""
    shown = list(names)
    tail = f", and {len(shown) - limit} more" if len(shown) > limit else ""
    return ", ".join(shown[:limit]) + tail


def elided(text: str, most: int = 60) -> str:
    """Return a text that fits in a message: one too long loses its end."""
    return text if len(text) <= most else text[: most - 1] + "…"
