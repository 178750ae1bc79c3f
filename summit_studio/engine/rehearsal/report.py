"""What a rehearsal came to, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from summit_studio.core.epochs import Publish
from summit_studio.core.suggest import listing
from summit_studio.planning.delivery import Delivered


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rehearsal is.

    Args:
        text: What is being done, as a sentence.
        done: Kills that are behind.
        of: Kills there will be; 0 while that is not known.
    """

    text: str
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Death:
    """One run that was killed, and what the next made of it.

    Args:
        step: Where it was killed, in words.
        label: The step; None where it was a moment at random.
        epoch: The epoch that it was about, or had come to.
        killed: False where it had ended before.
        behind: Rows that the targets held, and the next run went on behind.
        resumed_secs: Seconds until the next run had ended.
        lost: Rows of an undisturbed run that are not there.
        doubled: Rows that are there more often than an undisturbed run writes them.
        wrong: Rows that no undisturbed run writes.
        error: Why the next run did not end well; empty if it did.
    """

    step: str
    label: str | None
    epoch: int | None
    killed: bool
    behind: int = 0
    resumed_secs: float = 0.0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    error: str = ""

    @property
    def clean(self) -> bool:
        """True if the targets hold what an undisturbed run writes."""
        return not (self.lost or self.doubled or self.wrong or self.error)


@dataclass(frozen=True, slots=True)
class Target:
    """One sink in a rehearsal.

    Args:
        delivered: What it promises in the sandbox.
        said: What stood in for its target, or why it was left out.
        rehearsed: False where it was left out.
        rows: How many an undisturbed run wrote.
    """

    delivered: Delivered
    said: str
    rehearsed: bool = True
    rows: int = 0

    @property
    def whole(self) -> bool:
        """True if its rows come all at once, so that a run which dies starts again."""
        promise = self.delivered.promise
        return self.rehearsed and promise is not None and promise.publish is Publish.WHOLE


@dataclass(frozen=True, slots=True)
class Report:
    """A rehearsal that has ended.

    Args:
        pipeline: Its name.
        sources: Rows of the sample, by what people call each source.
        targets: The sinks.
        deaths: Each kill.
        notes: What a reader should know of the comparison, sentences.
        seconds: How long all of it took.
    """

    pipeline: str
    sources: Mapping[str, int]
    targets: tuple[Target, ...]
    deaths: tuple[Death, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        """How many runs were killed."""
        return sum(death.killed for death in self.deaths)

    @property
    def clean(self) -> bool:
        """True if something was killed, and nothing was lost, doubled or wrong."""
        return self.kills > 0 and all(death.clean for death in self.deaths)

    @property
    def verdict(self) -> str:
        """What it comes to, a sentence or two."""
        if not self.kills:
            return "Nothing was killed: each run had ended before. Rehearse with more rows."
        failed = next((d for d in self.deaths if d.error), None)
        times = f"Killed {self.kills} time{'s' if self.kills > 1 else ''}"
        if failed is not None and not any(d.lost or d.doubled or d.wrong for d in self.deaths):
            return f"{times}: a run could not go on. {failed.error}"
        if not self.clean:
            sums = {
                word: sum(getattr(d, word) for d in self.deaths)
                for word in ("lost", "doubled", "wrong")
            }
            counted = ", ".join(f"{n:,} {word}" for word, n in sums.items())
            return f"{times}: rows are not as they must be ({counted}). A crash would do harm."
        whole = [t.delivered.title for t in self.targets if t.whole]
        kept = [t for t in self.targets if t.rehearsed and not t.whole]
        left = [t.delivered.title for t in self.targets if not t.rehearsed]
        said = f"{times}: no row was lost, none came twice"
        if not kept:
            said += ", since all rows are written at once: every run started from the beginning"
        elif whole:
            said += f"; {_names(whole)} is written at once, so its rows were all read again"
        said += "."
        if left:
            said += f" Of {_names(left)} this says nothing: it was left out."
        return said

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "pipeline": self.pipeline,
            "clean": self.clean,
            "kills": self.kills,
            "lost": sum(d.lost for d in self.deaths),
            "doubled": sum(d.doubled for d in self.deaths),
            "wrong": sum(d.wrong for d in self.deaths),
            "verdict": self.verdict,
            "seconds": round(self.seconds, 1),
            "sources": dict(self.sources),
            "targets": [
                {
                    "node": t.delivered.sink,
                    "title": t.delivered.title,
                    "delivery": t.delivered.badge,
                    "stand_in": t.said,
                    "rehearsed": t.rehearsed,
                    "rows": t.rows,
                    "means": list(t.delivered.sentences),
                }
                for t in self.targets
            ],
            "notes": list(self.notes),
            "deaths": [death_json(d) for d in self.deaths],
        }


def death_json(death: Death) -> dict[str, Any]:
    """Return a kill as JSON values."""
    return {
        "step": death.label or "random",
        "means": death.step,
        "epoch": death.epoch,
        "killed": death.killed,
        "behind_rows": death.behind,
        "resumed_secs": round(death.resumed_secs, 2),
        "lost": death.lost,
        "doubled": death.doubled,
        "wrong": death.wrong,
        "error": death.error,
    }


HEAD = ("Step", "Epoch", "Killed", "Resumed in", "Behind rows", "Lost", "Doubled", "Wrong")
"""The columns of the table."""


def cells(death: Death) -> tuple[str, ...]:
    """Return a kill as the cells of the table."""
    return (
        death.step,
        "" if death.epoch is None else f"{death.epoch:,}",
        "yes" if death.killed else "had ended",
        "failed" if death.error else f"{death.resumed_secs:.1f} s",
        f"{death.behind:,}",
        f"{death.lost:,}",
        f"{death.doubled:,}",
        f"{death.wrong:,}",
    )


def _names(titles: list[str]) -> str:
    return listing([f"'{title}'" for title in titles], 4)
