"""Which column each card stands in: edges lead to the right and are short in all.

Source: Gansner, Koutsofios, North and Vo, "A Technique for Drawing Directed Graphs", IEEE Trans.
Software Engineering 19(3), 1993 (network simplex).
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from summit_studio.document.layered.cards import Arrow


def columns(count: int, arrows: Sequence[Arrow]) -> list[int]:
    """Return the column of each card, from 0.

    Args:
        count: How many cards; edges join all of them.
        arrows: Edges without cycles.
    """
    if count <= 1:
        return [0] * count
    return _Simplex(count, Counter((a.source, a.target) for a in arrows)).solved()


class _Simplex:
    """A spanning tree of edges of length 1 that is changed while that makes edges shorter."""

    def __init__(self, count: int, weights: Counter[tuple[int, int]]) -> None:
        self._out: list[list[int]] = [[] for _ in range(count)]
        self._into: list[list[int]] = [[] for _ in range(count)]
        # What a card's edges to the right weigh more than those to the left.
        self._pull = [0] * count
        for (source, target), weight in weights.items():
            self._out[source].append(target)
            self._into[target].append(source)
            self._pull[source] += weight
            self._pull[target] -= weight
        self._tree: list[set[int]] = [set() for _ in range(count)]
        self._column = self._longest()

    def solved(self) -> list[int]:
        self._grow()
        for _ in range(8 * len(self._column)):
            if not self._pivot():
                break
        first = min(self._column)
        return [c - first for c in self._column]

    def _longest(self) -> list[int]:
        """Return columns by the longest way from the left, sources next to what they feed."""
        column = [0] * len(self._out)
        waits = [len(before) for before in self._into]
        ready = [card for card, count in enumerate(waits) if not count]
        for card in ready:  # Grows while it is walked.
            for target in self._out[card]:
                column[target] = max(column[target], column[card] + 1)
                waits[target] -= 1
                if not waits[target]:
                    ready.append(target)
        for card, before in enumerate(self._into):
            if not before and self._out[card]:
                column[card] = min(column[t] for t in self._out[card]) - 1
        return column

    def _grow(self) -> None:
        """Make the tree, moving what it holds until all cards are in it."""
        column = self._column
        inside = [False] * len(column)
        inside[0] = True
        held = [0]
        fresh = [0]
        while True:
            while fresh:
                card = fresh.pop()
                for other in (*self._out[card], *self._into[card]):
                    if not inside[other] and abs(column[other] - column[card]) == 1:
                        inside[other] = True
                        self._join(card, other)
                        held.append(other)
                        fresh.append(other)
            leading = [
                (abs(column[o] - column[c]) - 1, c, o)
                for c in held
                for o in (*self._out[c], *self._into[c])
                if not inside[o]
            ]
            if not leading:
                return
            slack, card, other = min(leading)
            step = slack if column[other] > column[card] else -slack
            for moved in held:
                column[moved] += step
            fresh = list(held) if slack else [card]

    def _pivot(self) -> bool:
        """Swap the tree's worst edge for a better one; False where none makes edges shorter."""
        above, order = self._rooted()
        pulls = list(self._pull)
        for card in reversed(order[1:]):
            pulls[above[card]] += pulls[card]
        column = self._column
        worst, least = -1, 0
        for card in order[1:]:
            gain = pulls[card] if column[above[card]] > column[card] else -pulls[card]
            if gain < least:
                worst, least = card, gain
        if worst < 0:
            return False
        left = column[above[worst]] > column[worst]
        branch = self._branch(worst, above[worst])
        slack, card, other = min(self._leaving(branch, left=left))
        for moved in branch:
            column[moved] += -slack if left else slack
        self._tree[worst].discard(above[worst])
        self._tree[above[worst]].discard(worst)
        self._join(card, other)
        return True

    def _leaving(self, branch: set[int], *, left: bool) -> Iterable[tuple[int, int, int]]:
        for card in branch:
            for other in self._into[card] if left else self._out[card]:
                if other not in branch:
                    yield abs(self._column[other] - self._column[card]) - 1, card, other

    def _rooted(self) -> tuple[list[int], list[int]]:
        """Return what each card hangs on, and all cards from the root on."""
        above = [-1] * len(self._tree)
        order = [0]
        for card in order:  # Grows while it is walked.
            for other in self._tree[card]:
                if other != above[card]:
                    above[other] = card
                    order.append(other)
        return above, order

    def _branch(self, card: int, but: int) -> set[int]:
        found = {card}
        waiting = [card]
        while waiting:
            for other in self._tree[waiting.pop()]:
                if other not in found and other != but:
                    found.add(other)
                    waiting.append(other)
        return found

    def _join(self, card: int, other: int) -> None:
        self._tree[card].add(other)
        self._tree[other].add(card)
