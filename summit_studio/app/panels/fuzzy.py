"""Fuzzy matching of what a person types against names: for the library and the palettes."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def score(query: str, text: str) -> float | None:
    """Return how well `query` fits `text`, higher is better, or None where it does not.

    Every letter must appear in order; runs of letters and starts of words count more.
    """
    wanted, found = query.casefold().replace(" ", ""), text.casefold()
    if not wanted:
        return 0.0
    if query.casefold().strip() in found:
        at = found.index(query.casefold().strip())
        start = at == 0 or not found[at - 1].isalnum()
        return 100.0 + (50.0 if start else 0.0) - at - len(found) * 0.1
    return _scattered(wanted, found)


def _scattered(wanted: str, found: str) -> float | None:
    total, position, run = 0.0, 0, 0
    for letter in wanted:
        at = found.find(letter, position)
        if at < 0:
            return None
        run = run + 1 if at == position else 0
        starts = at == 0 or not found[at - 1].isalnum()
        total += 1.0 + run + (4.0 if starts else 0.0) - 0.1 * (at - position)
        position = at + 1
    return total - len(found) * 0.05 if total > len(wanted) * 1.2 else None


def best(query: str, items: Iterable[T], texts: Callable[[T], Iterable[str]]) -> list[T]:
    """Return the items that fit `query`, best first; all, in their order, for an empty query.

    Args:
        query: What was typed.
        items: What there is.
        texts: An item's names, the most telling first; later ones count less.
    """
    ranked: list[tuple[float, int, T]] = []
    for order, item in enumerate(items):
        scores = [
            value - 20.0 * place
            for place, text in enumerate(texts(item))
            if (value := score(query, text)) is not None
        ]
        if scores:
            ranked.append((-max(scores) if query.strip() else 0.0, order, item))
    return [item for _, _, item in sorted(ranked, key=lambda row: row[:2])]
