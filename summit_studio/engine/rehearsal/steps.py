"""The steps of a delivery as a rehearsal meets them: kill at one, list them, say them in words."""

import os
import random
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

KILL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What ends a process at once; Windows has one way only, and calls it SIGTERM."""


@dataclass(frozen=True, slots=True)
class At:
    """Sends its own process a signal when a step comes.

    Args:
        label: The step.
        signal: By default what no process survives.
    """

    label: str
    signal: int = KILL

    def __call__(self, label: str) -> None:
        """Send it, if this is the step."""
        if label == self.label:
            os.kill(os.getpid(), self.signal)


@dataclass(frozen=True, slots=True)
class Listing:
    """Writes every step to a file, a line each."""

    path: Path

    def __call__(self, label: str) -> None:
        """Write it."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{label}\n")

    def labels(self) -> list[str]:
        """Return the steps in the order in which they first came."""
        return list(dict.fromkeys(self.path.read_text(encoding="utf-8").splitlines()))


_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "cut": "an epoch of {0} is about to end",
        "prepared": "{0} holds an epoch, nobody sees it yet",
        "audit": "the counts are about to be compared",
        "commit": "{0} is about to commit",
        "committed": "{0} has committed",
        "part": "{0} is about to close its parts",
        "manifest": "{0} is about to write down which parts are whole",
        "linked": "{0} has written down which parts are whole",
        "placed": "{0} has put its parts in place",
        "gather": "{0} is about to bring its epochs together",
        "gathered": "{0} has brought its epochs together, nobody sees them yet",
        "finish": "{0} is about to note that the load is whole",
        "settle": "dead letters are about to be settled",
        "end": "all is done but telling of it",
    }
)


def epoch_of(label: str) -> int | None:
    """Return the epoch that a step belongs to; None of those at the end."""
    last = label.rpartition(":")[2]
    return int(last) if last.isdigit() else None


def kind_of(label: str) -> str:
    """Return a step without its epoch."""
    return label if epoch_of(label) is None else label.rpartition(":")[0]


def in_words(label: str, titles: Mapping[str, str]) -> str:
    """Return what a step is, for people; one without words is called by its label."""
    step, _, node = kind_of(label).partition(":")
    words = _WORDS.get(step)
    return words.format(f"'{titles.get(node, node)}'") if words else kind_of(label)


def chosen(labels: Sequence[str], kills: int | None, chance: random.Random) -> list[str | None]:
    """Return where to kill: steps by their labels, and None for a moment at random.

    Every kind of step comes first, in the first, a middle or the last epoch in turn; then the
    others, and all again where more are wanted.

    Args:
        labels: Every step, in order.
        kills: How many; by default each kind of step once, and three moments.
        chance: Puts the moments between the steps.
    """
    kinds: dict[str, list[str]] = {}
    for label in labels:
        kinds.setdefault(kind_of(label), []).append(label)
    first = [
        of[(0, len(of) // 2, len(of) - 1)[number % 3]] for number, of in enumerate(kinds.values())
    ]
    every = [*first, *(label for label in labels if label not in first)]
    moments = 3 if kills is None else kills // 5
    steps = len(first) if kills is None else kills - moments
    found: list[str | None] = [every[n % len(every)] for n in range(steps)] if every else []
    for _ in range(moments if every or kills is None else kills or 0):
        found.insert(chance.randint(0, len(found)), None)
    return found
