"""What came of something done with dead letters, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.app.look.words import tr
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
    return tr("1 letter") if count == 1 else tr("{count:,} letters", count=count)


def edited(count: int) -> Outcome:
    """Tell of an edit."""
    return Outcome(
        tr(
            "{letters_in_words} changed. Try them, or retry.",
            letters_in_words=letters_in_words(count),
        ),
        good=bool(count),
    )


def discarded(count: int) -> Outcome:
    """Tell of letters let go."""
    return Outcome(
        tr("{letters_in_words} discarded.", letters_in_words=letters_in_words(count)),
        good=bool(count),
    )


def exported(count: int, path: Path) -> Outcome:
    """Tell of a file written."""
    return Outcome(
        tr(
            "{letters_in_words} exported to {path}.",
            letters_in_words=letters_in_words(count),
            path=path,
        ),
        good=bool(count),
    )


def tried(trial: "Trial", titles: Mapping[str, str]) -> Outcome:
    """Tell what would become of letters."""
    again = sum(each.letters for each in trial.again)
    passing = max(trial.letters - again, 0)
    reached = ", ".join(
        tr(
            "{count:,} {words} for '{titles}'",
            count=count,
            words=tr("row") if count == 1 else tr("rows"),
            titles=titles.get(sink, sink),
        )
        for sink, count in trial.reached.items()
    )
    text = sentences(
        tr(
            "{passing:,} of {letters_in_words} would pass",
            passing=passing,
            letters_in_words=letters_in_words(trial.letters),
        )
        + (f" ({reached})" if reached else ""),
        _reasons(trial.again, titles),
        tr("Nothing was written"),
    )
    return Outcome(text, Severity.WARNING if again else Severity.INFO, good=not again)


def retried(done: "Retried") -> Outcome:
    """Tell what became of letters."""
    parts = [tr("{letters_in_words} went through", letters_in_words=letters_in_words(done.through))]
    if done.again:
        were = tr("was") if done.again == 1 else tr("were")
        parts.append(
            tr("{again:,} {were} rejected once more, and stay open", again=done.again, were=were)
        )
    if done.released:
        parts.append(
            tr("{released:,} stay open: nothing of them was written", released=done.released)
        )
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
        tr(
            "{letters:,} by '{titles}': {message}",
            letters=each.letters,
            titles=titles.get(each.node_id, each.node_id),
            message=each.message,
        )
        for each in list(again)[:_TOLD]
    )
    return tr("Rejected once more would be {told}", told=told)
