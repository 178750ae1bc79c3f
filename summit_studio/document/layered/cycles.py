"""Turns edges that close a cycle round, so that all point ahead."""

from collections.abc import Sequence

from summit_studio.document.layered.cards import Arrow


def all_ahead(count: int, arrows: Sequence[Arrow]) -> list[Arrow]:
    """Return the edges, those that lead back to a card on the way to them turned round.

    An edge of a card to itself is left out. Depth first from the cards that nothing leads to, in
    order; without recursion, as pipelines may be thousands of cards deep.
    """
    after: list[list[int]] = [[] for _ in range(count)]
    fed = [False] * count
    for number, arrow in enumerate(arrows):
        if arrow.source != arrow.target:
            after[arrow.source].append(number)
            fed[arrow.target] = True
    back: set[int] = set()
    state = [0] * count  # 1 while on the path, 2 when done.
    for start in sorted(range(count), key=fed.__getitem__):
        if state[start]:
            continue
        state[start] = 1
        path = [(start, iter(after[start]))]
        while path:
            card, rest = path[-1]
            number = next(rest, -1)
            if number < 0:
                state[card] = 2
                path.pop()
                continue
            target = arrows[number].target
            if state[target] == 1:
                back.add(number)
            elif not state[target]:
                state[target] = 1
                path.append((target, iter(after[target])))
    return [
        arrow.turned if number in back else arrow
        for number, arrow in enumerate(arrows)
        if arrow.source != arrow.target
    ]
