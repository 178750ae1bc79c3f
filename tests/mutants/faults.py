"""The lists of faults, read and checked."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTS = Path(__file__).parent


class Stale(Exception):
    """An entry does not fit the program as it stands."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing done wrong, and the tests that must notice."""

    area: str
    name: str
    file: str
    old: str
    new: str
    killed_by: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.area}: {self.name}"

    def put_into(self, text: str) -> str:
        """Return the text of the file with the fault in it."""
        times = text.count(self.old)
        if times != 1 or self.old == self.new:
            raise Stale(f"{self}: its old text stands {times} times in {self.file}, not once")
        return text.replace(self.old, self.new)


def faults(*words: str) -> list[Fault]:
    """Return the faults in whose line every word stands; all without words."""
    return [f for f in _read() if all(word.casefold() in str(f).casefold() for word in words)]


def _read() -> Iterator[Fault]:
    for path in sorted(LISTS.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["fault"]:
            yield Fault(path.stem, killed_by=tuple(entry.pop("killed_by")), **entry)
