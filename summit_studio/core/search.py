"""Finds what people type among things with names: by name, by synonym, by typo.

The library, the palettes, the commands, the Python API and every "did you mean" ask here.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

T = TypeVar("T")
Texts = Callable[[T], Sequence[str]]
"""An item's names: its title, its id, then others; later ones count less."""

_Fit = Callable[[str, str, int], float]
"""How well a query fits a name at a place among the names, 0 to 1."""

_LONGEST = 80
"""Letters of a query that are looked at: a pasted page must not keep anyone waiting."""

_TITLES = 2
"""The first names, title and id: these are also found by a piece of a word, and by initials."""

_TELLING = 3
"""Letters from which on a piece of a word, or a word with a slip in it, tells anything."""

_FEW = 2
"""Words from which on some may be names of columns, which no item knows."""

_SMALL = frozenset(
    ("a", "an", "and", "as", "by", "for", "from", "in", "into", "of", "on", "the", "to", "with")
)
"""Words that need not be found where others are."""

_TYPO, _SWAPPED = 0.7, 0.9
"""How alike words must be to be one and a slip; swapped letters are the commonest slip."""

_CLOSE = 0.85
"""The share of the best score from which on another item may be meant as well."""


def best(query: str, items: Iterable[T], texts: Texts[T]) -> list[T]:
    """Return the items that fit `query`, best first; all, in their order, for an empty query.

    An item fits if the query, or each of its words, is or begins a word of its names. Only where
    nothing does, a slip of the typing fingers is forgiven, and then words that nothing knows.
    """
    if not query.strip():
        return list(items)
    return [item for _, item in _ranked(query, items, texts, partly=True)]


def nearest(query: str, items: Iterable[T], texts: Texts[T], most: int = 3) -> list[T]:
    """Return the few items that `query` may well have meant, best first; none at a loss."""
    ranked = _ranked(query, items, texts) if query.strip() else []
    return [item for score, item in ranked if score > _CLOSE * ranked[0][0]][:most]


def _ranked(
    query: str, items: Iterable[T], texts: Texts[T], *, partly: bool = False
) -> list[tuple[float, T]]:
    wanted = _plain(query[:_LONGEST])
    named = [(item, [_plain(text) for text in texts(item)]) for item in items]
    found = [(_score(wanted, names, _fit), item) for item, names in named]
    if not any(score for score, _ in found):
        found = _near_best([(_score(wanted, names, _likeness), item) for item, names in named])
    if partly and not any(score for score, _ in found):
        found = _near_best([(_share(wanted, names), item) for item, names in named])
    return sorted(((s, i) for s, i in found if s), key=lambda row: -row[0])


def _near_best(found: list[tuple[float, T]]) -> list[tuple[float, T]]:
    top = max((score for score, _ in found), default=0.0)
    return [(score, item) for score, item in found if score > _CLOSE * top]


def _share(wanted: str, names: Sequence[str]) -> float:
    """Return how well the words that fit one of the names do, over all words: `average price`."""
    words = [w for w in wanted.split() if w not in _SMALL and len(w) >= _TELLING]
    if len(words) < _FEW:
        return 0.0
    return sum(_of_any(word, names, _fit) for word in words) / len(words)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _score(wanted: str, names: Sequence[str], fit: _Fit) -> float:
    """Return how well `wanted` fits one of the names as a whole, or all of them by its words."""
    every = wanted.split()
    words = [w for w in every if w not in _SMALL] or every
    by_word = [_of_any(word, names, fit) for word in words]
    together = sum(by_word) / len(words) if by_word and all(by_word) else 0.0
    together *= 0.9 if len(words) == len(every) else 0.6
    return max(together, _of_any(wanted, names, fit))


def _of_any(wanted: str, names: Sequence[str], fit: _Fit) -> float:
    weighed = (fit(wanted, n, at) / (1 + 0.1 * at) for at, n in enumerate(names))
    return max(weighed, default=0.0)


def _fit(wanted: str, name: str, place: int) -> float:
    solid = wanted.replace(" ", "")
    if not solid:
        return 0.0
    if solid == name.replace(" ", ""):
        return 1.0
    if name.startswith(wanted) or name.replace(" ", "").startswith(solid):
        return 0.9
    if f" {wanted}" in name:
        return 0.8
    if place < _TITLES and _begins(solid, name.split()):
        return 0.6
    inside = place < _TITLES and len(wanted) >= _TELLING and wanted in name
    return 0.5 if inside else 0.0


def _begins(letters: str, words: Sequence[str]) -> bool:
    """Return True if the letters are beginnings of some of the words, in order: `wcsv`."""
    if not letters or not words:
        return not letters
    return _begins(letters, words[1:]) or any(
        words[0].startswith(letters[:n]) and _begins(letters[n:], words[1:])
        for n in range(1, min(len(letters), len(words[0])) + 1)
    )


def _likeness(wanted: str, name: str, place: int) -> float:
    exact = _fit(wanted, name, place)
    if exact or len(wanted) < _TELLING:
        return exact
    # Several words are alike to a whole name only: each is tried by itself besides.
    others = {name.replace(" ", ""), *(name.split() if " " not in wanted else ())}
    return max((_alike(wanted.replace(" ", ""), other) for other in others), default=0.0)


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    # Most words are out by their length or their letters alone, long before they are compared.
    both = len(word) + len(other)
    if 2 * min(len(word), len(other)) < _TYPO * both or len({*word} & {*other}) <= 1:
        return 0.0
    if sorted(word) == sorted(other):
        return _SWAPPED
    found = SequenceMatcher(None, word, other, autojunk=False).ratio()
    return found if found >= _TYPO else 0.0
