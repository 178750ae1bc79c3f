"""`summit prune`: what nobody needs any more; drops it only when told to."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import open_document, root_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.state.records import RunRecord

_KEEP_RUNS = 1_000
_KEEP_DAYS = 90


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="Pipelines beside whose targets to look for stages that no unfinished load needs.",
    )
    parser.add_argument(
        "--keep-runs",
        type=int,
        default=_KEEP_RUNS,
        metavar="N",
        help=f"Keep the newest N runs (default {_KEEP_RUNS}).",
    )
    parser.add_argument(
        "--keep-days",
        type=int,
        default=_KEEP_DAYS,
        metavar="N",
        help=f"Keep runs of the last N days (default {_KEEP_DAYS}). A run goes beyond either. "
        "The newest of a pipeline stays, and so do those that did not succeed until "
        "one after them does.",
    )
    parser.add_argument(
        "--yes", "--drop", action="store_true", dest="drop", help="Drop them; else they are listed."
    )
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """List the runs and stages that nobody needs any more, and drop them with `--yes`."""
    from datetime import UTC, datetime, timedelta

    from summit_studio.state.store import Store

    if args.keep_runs < 0 or args.keep_days < 0:
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
    stages = tuple(
        stage for file in args.files for stage in _stages(file, terminal, drop=args.drop)
    )
    if args.json:
        runs = [_plain(each) for each in found]
        terminal.json({"runs": runs, "stages": stages, "dropped": bool(args.drop)})
        return DONE
    _say(found, terminal, dropped=args.drop)
    for stage in stages:
        terminal.line(stage)
    if args.files:
        done = "dropped" if args.drop else "to be dropped: say so with --yes"
        noun = "stage" if len(stages) == 1 else "stages"
        terminal.say(f"{len(stages):,} {noun} {done}." if stages else "No stage is left over.")
    return DONE


def _stages(file: Path, terminal: Terminal, *, drop: bool) -> tuple[str, ...]:
    document = open_document(file, terminal, to_run=True)
    from summit_studio.engine.checkpoints import leftovers
    from summit_studio.engine.request import RunRequest

    return leftovers(RunRequest(document, root_of(file), file.resolve()), drop=drop)


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
