"""What tabs are called: each by its name, equal names told apart by their folders."""

from collections.abc import Sequence
from pathlib import Path


def titles(named: Sequence[tuple[str, Path | None]]) -> list[str]:
    """Return a title for each, all different: with as much of its folder as it takes.

    Args:
        named: The name of each, and its file where it has one. Those without are counted.
    """
    found = [name for name, _ in named]
    for name in {n for n in found if found.count(n) > 1}:
        alike = [at for at, (n, _) in enumerate(named) if n == name]
        files = [at for at in alike if named[at][1] is not None]
        for at, folder in zip(files, _apart([_parts(named[at][1]) for at in files]), strict=True):
            found[at] = f"{name} \N{EN DASH} {folder}"
        without = [at for at in alike if named[at][1] is None]
        for number, at in enumerate(without[1:], start=2):
            found[at] = f"{name} {number}"
    return found


def _parts(path: Path | None) -> tuple[str, ...]:
    return path.parent.parts if path is not None else ()


def _apart(folders: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the shortest end of each folder by which no two are alike."""
    deepest = max(map(len, folders), default=0)
    for depth in range(1, deepest + 1):
        ends = ["/".join(parts[-depth:]).replace("//", "/") for parts in folders]
        if len(set(ends)) == len(ends):
            return ends
    return ["/".join(parts).replace("//", "/") for parts in folders]
