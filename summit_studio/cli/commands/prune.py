"""`summit prune`: runs and dead letters nobody needs any more; drops them only when told to."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.state.letter_store import Settled
    from summit_studio.state.records import RunRecord

_KEEP_RUNS = 1_000
_KEEP_LETTERS = 100_000
_KEEP_DAYS = 90


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--keep-runs",
        type=int,
        default=_KEEP_RUNS,
        metavar="N",
        help=f"Keep the newest N runs (default {_KEEP_RUNS}).",
    )
    parser.add_argument(
        "--keep-letters",
        type=int,
        default=_KEEP_LETTERS,
        metavar="N",
        help="Keep the N dead letters that were retried or discarded last (default "
        f"{_KEEP_LETTERS:,}). Open ones stay, however many and old.",
    )
    parser.add_argument(
        "--keep-days",
        type=int,
        default=_KEEP_DAYS,
        metavar="N",
        help=f"Keep runs and such letters of the last N days (default {_KEEP_DAYS}). They go beyond"
        " either. "
        "The newest of a pipeline stays, and so do those that did not succeed until "
        "one after them does.",
    )
    parser.add_argument(
        "--yes", "--drop", action="store_true", dest="drop", help="Drop them; else they are listed."
    )
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """List the runs and letters that nobody needs any more, and drop them with `--yes`."""
    from datetime import UTC, datetime, timedelta

    from summit_studio.state.letter_store import LetterStore
    from summit_studio.state.store import Store

    if min(args.keep_runs, args.keep_letters, args.keep_days) < 0:
        raise Usage("Nothing can be kept in a negative number", do="give 0 or more")
    try:
        before = datetime.now(UTC) - timedelta(days=args.keep_days)
    except OverflowError:
        before = datetime.min.replace(tzinfo=UTC)
    with Store.open() as store:
        store.mark_orphans()
        found = store.prunable(args.keep_runs, before)
        if args.drop:
            store.drop_runs([each.run_id for each in found])
    with LetterStore.open() as letters:
        settled = letters.settled(args.keep_letters, before)
        if args.drop and settled:
            letters.drop_settled(args.keep_letters, before)
    if args.json:
        runs = [_plain(each) for each in found]
        counts = [asdict(each) for each in settled]
        terminal.json({"runs": runs, "letters": counts, "dropped": bool(args.drop)})
    else:
        _say(found, terminal, dropped=args.drop)
        _say_letters(settled, terminal, dropped=args.drop)
    return DONE


def _plain(run: "RunRecord") -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "pipeline": run.pipeline,
        "path": run.path,
        "status": run.status,
        "started_at": run.started_at.isoformat(),
    }


def _say(found: "tuple[RunRecord, ...]", terminal: Terminal, *, dropped: bool) -> None:
    if not found:
        terminal.say("Nothing of the run history is to be dropped.")
        return
    rows = [
        [r.run_id, r.pipeline, r.status, f"{r.started_at.astimezone():%Y-%m-%d %H:%M:%S}"]
        for r in found
    ]
    terminal.table(["RUN", "PIPELINE", "STATUS", "STARTED"], rows, "llll")
    noun = "run" if len(found) == 1 else "runs"
    done = "dropped" if dropped else "to be dropped: say so with --yes"
    terminal.say(f"{len(found):,} {noun} {done}.")


def _say_letters(settled: "tuple[Settled, ...]", terminal: Terminal, *, dropped: bool) -> None:
    if not settled:
        terminal.say("No dead letter is to be dropped.")
        return
    rows = [[each.pipeline, each.status, f"{each.letters:,}"] for each in settled]
    terminal.table(["PIPELINE", "STATE", "LETTERS"], rows, "llr")
    count = sum(each.letters for each in settled)
    noun = "dead letter" if count == 1 else "dead letters"
    done = "dropped" if dropped else "to be dropped: say so with --yes"
    terminal.say(f"{count:,} {noun} {done}.")
