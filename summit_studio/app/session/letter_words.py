"""What came of something done with dead letters, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from summit_studio.engine.dead_letters import Again, Retried, Trial

_TOLD = 3
"""Reasons told; the groups show all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something that was done.

    Args:
        text: In sentences.
        severity: How well it went.
        good: True where all of it went well.
    """

    text: str
    severity: Severity = Severity.INFO
    good: bool = False


def letters_in_words(count: int) -> str:
    """Return so many letters as text."""
    return f"{count:,} letter{'' if count == 1 else 's'}"


def edited(count: int) -> Outcome:
    """Tell of an edit."""
    return Outcome(f"{letters_in_words(count)} changed. Try them, or retry.", good=bool(count))


def discarded(count: int) -> Outcome:
    """Tell of letters let go."""
    return Outcome(f"{letters_in_words(count)} discarded.", good=bool(count))


def exported(count: int, path: Path) -> Outcome:
    """Tell of a file written."""
    return Outcome(f"{letters_in_words(count)} exported to {path}.", good=bool(count))


def tried(trial: "Trial", titles: Mapping[str, str]) -> Outcome:
    """Tell what would become of letters."""
    again = sum(each.letters for each in trial.again)
    passing = max(trial.letters - again, 0)
    reached = ", ".join(
        f"{count:,} {'row' if count == 1 else 'rows'} for '{titles.get(sink, sink)}'"
        for sink, count in trial.reached.items()
    )
    text = sentences(
        f"{passing:,} of {letters_in_words(trial.letters)} would pass"
        + (f" ({reached})" if reached else ""),
        _reasons(trial.again, titles),
        "Nothing was written",
    )
    return Outcome(text, Severity.WARNING if again else Severity.INFO, good=not again)


def retried(done: "Retried") -> Outcome:
    """Tell what became of letters."""
    parts = [f"{letters_in_words(done.through)} went through"]
    if done.again:
        were = "was" if done.again == 1 else "were"
        parts.append(f"{done.again:,} {were} rejected once more, and stay open")
    if done.released:
        parts.append(f"{done.released:,} stay open: nothing of them was written")
    text = sentences(*parts, *done.failed)
    severity = Severity.ERROR if done.failed else Severity.WARNING if done.again else Severity.INFO
    return Outcome(text, severity, good=severity is Severity.INFO and bool(done.through))


def failure(error: Exception) -> Outcome:
    """Tell of something that could not be done."""
    notice = Notice.of(error)
    return Outcome(sentences(notice.text, notice.detail), Severity.ERROR)


def _reasons(again: "Sequence[Again]", titles: Mapping[str, str]) -> str:
    if not again:
        return ""
    told = "; ".join(
        f"{each.letters:,} by '{titles.get(each.node_id, each.node_id)}': {each.message}"
        for each in list(again)[:_TOLD]
    )
    return f"Rejected once more would be {told}"
