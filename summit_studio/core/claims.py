"""Who may write to a target: what every checkpoint asks before a run claims it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Final

from summit_studio.core.epochs import AlreadyRunning, Claim, Fenced, Moved, Progress, Stage
from summit_studio.core.process import is_alive

LEASE_SECS: Final = 60
"""How long a run counts as alive after its last sign, where it cannot be looked for."""


_AT_WORK: Final[set[str]] = set()
"""The runs of this process. Whether another process lives its number tells; which runs of one that
lives are at work nobody outside can know, so this is one for all that runs in it."""


@contextmanager
def at_work(run_id: str) -> Iterator[None]:
    """Have a run count as at work in this process, and its claims with it.

    Raises:
        AlreadyRunning: It is at work here.
    """
    if run_id in _AT_WORK:
        raise busy("its targets", f"run {run_id} is at work in this very process")
    _AT_WORK.add(run_id)
    try:
        yield
    finally:
        _AT_WORK.discard(run_id)


def require_free(found: Progress, claim: Claim, target: str) -> None:
    """Refuse a target whose run seems alive, in whatever process.

    Raises:
        AlreadyRunning: It is, or it gave a sign of life a moment ago and runs elsewhere.
    """
    if claim.renews:
        return
    if found.stage is Stage.FINISHED or found.run_id == claim.run_id or not found.owner:
        return
    alive = found.run_id in _AT_WORK if found.owner == claim.owner else is_alive(found.owner)
    if alive is None:
        alive = found.idle_secs < LEASE_SECS
    if alive:
        raise busy(target, _last_sign(found))


def _last_sign(found: Progress) -> str:
    if found.idle_secs > -LEASE_SECS:
        return f"run {found.run_id} wrote to it {max(found.idle_secs, 0):.0f} s ago"
    ahead = timedelta(seconds=round(-found.idle_secs))
    return f"run {found.run_id} wrote to it {ahead} in the future: a clock was set back since"


def busy(target: str, why: str) -> AlreadyRunning:
    """Return the error of a target that another run writes to."""
    return AlreadyRunning(
        f"Another run of this pipeline is writing to {target}",
        why=why,
        do="wait for it, or take its place with --take-over: what it has not committed is then lost"
        " to it and read again by this run",
    )


def claimed(found: Progress | None, claim: Claim) -> Progress:
    """Return what a target says once a run has claimed it.

    Raises:
        Fenced: Another run has, since this one did; or what was known of it was removed.
        Moved: It is no longer where the run has seen it: a COMMIT of one that died came through.
    """
    if claim.seen is not None and claim.seen != seen(found):
        raise Moved(
            "Another run of this pipeline has just written to the target",
            why="it moved while this run was about to claim it",
            do="wait for the other run, and start again",
        )
    if claim.renews and (found is None or found.run_id != claim.run_id):
        raise Fenced(
            "Another run has taken over",
            why="since the last attempt of this one a target was claimed anew, or what is known "
            "of it was forgotten",
            do="nothing more was written; look at the other run with `summit runs`",
        )
    generation = 1 if found is None else found.generation + 1
    if found is None or found.lineage != claim.lineage or not found.epoch:
        found = Progress(
            claim.lineage, claim.started, claim.fingerprint, positions=dict(claim.positions)
        )
    return replace(
        found,
        generation=generation,
        run_id=claim.run_id,
        owner=claim.owner,
        path=claim.path,
        idle_secs=0.0,
    )


def seen(progress: Progress | None) -> tuple[str, int]:
    """Return what `Claim.seen` is of a target that says so, or says nothing."""
    return ("", 0) if progress is None else (progress.lineage, progress.epoch)
