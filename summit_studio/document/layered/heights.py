"""At what height cards and bends stand, their order in the columns given: edges run straight.

Sources: Brandes and Köpf, "Fast and Simple Horizontal Coordinate Assignment", Graph Drawing 2001;
Rüegg, Schulze, Carstens and von Hanxleden, "Size- and Port-Aware Horizontal Node Coordinate
Assignment", Graph Drawing 2015.
"""

from collections.abc import Iterator
from itertools import pairwise

from summit_studio.document.layered.net import Net

STEP = 4.0
"""Ports are this far apart, or a multiple of it: what is straight stays so on whole steps."""

_POLISHES = 6
_BENT = 40.0
"""An edge that is not straight is as bad as one this much longer."""

_STRAIGHT = 0.5


def heights(net: Net) -> list[float]:
    """Return how high the upper edge of each card, and each bend, stands; the uppermost at 0."""
    found = [
        _back(_compacted(seen, _aligned(seen)), net, down=down)
        for across in (False, True)
        for down in (False, True)
        for seen in [net.mirrored(across=across, down=down)]
    ]
    best = min((*found, _middle(found, net)), key=lambda tops: _cost(net, tops))
    least = min(best, default=0.0)
    best = [round((top - least) / STEP) * STEP for top in best]
    for number in range(_POLISHES):
        _polish(net, best, ahead=number % 2 == 0)
    least = min(best, default=0.0)
    return [top - least for top in best]


def _cost(net: Net, tops: list[float]) -> float:
    """Return how far edges climb in all, and how many are not straight."""
    total = 0.0
    for number, joints in enumerate(net.right):
        for other, there, here in joints:
            climb = abs(tops[other] + there - tops[number] - here)
            if climb > _STRAIGHT:
                total += climb + _BENT
    return total


def _back(tops: list[float], net: Net, *, down: bool) -> list[float]:
    """Return heights seen in the mirror as they are."""
    return [-top - height for top, height in zip(tops, net.heights, strict=True)] if down else tops


def _middle(found: list[list[float]], net: Net) -> list[float]:
    """Return the mean of the two middle ones of four heights, all aligned to the most compact."""
    extents = [
        (min(tops), max(t + h for t, h in zip(tops, net.heights, strict=True))) for tops in found
    ]
    least = min(range(len(found)), key=lambda i: extents[i][1] - extents[i][0])
    moved = []
    for number, tops in enumerate(found):
        # Those packed upwards meet at the upper end, the others at the lower.
        end = number % 2
        shift = extents[least][end] - extents[number][end]
        moved.append([top + shift for top in tops])
    return [sum(sorted(four)[1:3]) / 2 for four in zip(*moved, strict=True)]


def _pressed(net: Net) -> set[tuple[int, int]]:
    """Return the edges that give way: they cross a piece between two bends, which runs straight."""
    place = {n: i for column in net.columns for i, n in enumerate(column)}
    found: set[tuple[int, int]] = set()
    for column in net.columns[1:]:
        first, waiting = 0, 0
        for index, number in enumerate(column):
            inner = next(
                (o for o, _, _ in net.left[number] if net.is_bend(o) and net.is_bend(number)), None
            )
            if inner is None and index < len(column) - 1:
                continue
            last = place[inner] if inner is not None else len(place)
            for passed in column[waiting : index + 1]:
                for other, _, _ in net.left[passed]:
                    if not first <= place[other] <= last:
                        found.add((other, passed))
            waiting, first = index + 1, last
    return found


def _aligned(net: Net) -> tuple[list[int], list[float]]:
    """Return the block that each belongs to, by its first member, and how far below it stands."""
    pressed = _pressed(net)
    root = list(range(len(net.heights)))
    below = [0.0] * len(root)
    taken = [False] * len(root)
    for before, column in pairwise(net.columns):
        place = {n: i for i, n in enumerate(before)}
        reached = -1
        for number in column:
            joints = sorted(net.left[number], key=lambda j: (place[j[0]], j[1]))
            middle = (len(joints) - 1) / 2
            for index in dict.fromkeys((int(middle), int(middle + 0.5))):
                if not joints:
                    break
                other, there, here = joints[index]
                free = place[other] > reached and not taken[other]
                if free and (other, number) not in pressed:
                    root[number], taken[other] = root[other], True
                    below[number] = below[other] + there - here
                    reached = place[other]
                    break
    return root, below


def _compacted(net: Net, blocks: tuple[list[int], list[float]]) -> list[float]:
    """Return heights with each block as high as it can stand, and next to what it is above of."""
    root, below = blocks
    above: dict[int, dict[int, float]] = {r: {} for r in root}
    beneath: dict[int, dict[int, float]] = {r: {} for r in root}
    for column in net.columns:
        for upper, lower in pairwise(column):
            one, other = root[upper], root[lower]
            gap = net.gap(upper, lower) + below[upper] - below[lower]
            if gap > above[other].get(one, float("-inf")):
                above[other][one] = beneath[one][other] = gap
    order = list(_downwards(above, beneath))
    top: dict[int, float] = {}
    for block in order:
        top[block] = max((top[o] + gap for o, gap in above[block].items()), default=0.0)
    for block in reversed(order):
        if beneath[block] and above[block]:
            room = min(top[o] - gap for o, gap in beneath[block].items())
            top[block] = max(top[block], room)
    return [top[root[n]] + below[n] for n in range(len(root))]


def _downwards(
    above: dict[int, dict[int, float]], beneath: dict[int, dict[int, float]]
) -> Iterator[int]:
    waits = {block: len(found) for block, found in above.items()}
    ready = [block for block, count in waits.items() if not count]
    for block in ready:  # Grows while it is walked.
        yield block
        for other in beneath[block]:
            waits[other] -= 1
            if not waits[other]:
                ready.append(other)


def _polish(net: Net, tops: list[float], *, ahead: bool) -> None:
    """Move each towards the middle of its neighbours, as far as those in its column let it."""
    for column in net.columns if ahead else reversed(net.columns):
        for index, number in enumerate(column):
            wanted = sorted(
                tops[o] + there - here for o, there, here in (*net.left[number], *net.right[number])
            )
            if not wanted:
                continue
            low, high = float("-inf"), float("inf")
            if index:
                low = tops[column[index - 1]] + net.gap(column[index - 1], number)
            if index < len(column) - 1:
                high = tops[column[index + 1]] - net.gap(number, column[index + 1])
            first, last = wanted[(len(wanted) - 1) // 2], wanted[len(wanted) // 2]
            # Between the two middle ones every place is as good: stay, if that is there.
            goal = min(max(tops[number], first), last)
            tops[number] = max(low, min(goal, high))
