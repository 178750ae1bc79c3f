"""`summit prune`: what of the state nobody needs any more; drops it only when told to."""

import argparse
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from datetime import datetime

    from summit_studio.state.processed import KeyedLoad
    from summit_studio.state.records import RunRecord

_KEEP_RUNS = 1_000
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
        "--keep-days",
        type=int,
        default=_KEEP_DAYS,
        metavar="N",
        help=f"Keep runs of the last N days (default {_KEEP_DAYS}). A run goes beyond either. "
        "The newest of a pipeline stays, and so do those that did not succeed until "
        "one after them does.",
    )
    parser.add_argument(
        "--keep-keys-days",
        type=int,
        metavar="N",
        help="Of the keys that Skip processed nodes know, keep those of the last N days; rows of "
        "the others are loaded again where they come. Where this is not given, all are kept.",
    )
    parser.add_argument(
        "--pipeline", metavar="NAME", help="Only keys of the pipeline of that name; no runs."
    )
    parser.add_argument(
        "--yes", "--drop", action="store_true", dest="drop", help="Drop them; else they are listed."
    )
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """List the runs and keys that nobody needs any more, and drop them with `--yes`."""
    from summit_studio.state.processed import KeyStore
    from summit_studio.state.store import Store

    if min(args.keep_runs, args.keep_days, args.keep_keys_days or 0) < 0:
        raise Usage("Nothing can be kept in a negative number", do="give 0 or more")
    if args.pipeline is not None and args.keep_keys_days is None:
        raise Usage(
            "--pipeline says of which pipeline keys are to go, and not how old ones",
            do="give --keep-keys-days too",
        )
    runs: tuple[RunRecord, ...] = ()
    if args.pipeline is None:
        with Store.open() as store:
            store.mark_orphans()
            runs = store.prunable(args.keep_runs, _days_ago(args.keep_days))
            if args.drop:
                store.drop_runs([each.run_id for each in runs])
    keys: tuple[KeyedLoad, ...] = ()
    if args.keep_keys_days is not None:
        with KeyStore.open() as kept:
            keys = kept.prunable(_days_ago(args.keep_keys_days), args.pipeline)
            if args.drop:
                kept.drop(keys)
    if args.json:
        told = {"runs": [_plain(each) for each in runs], "keys": [_plain_keys(k) for k in keys]}
        terminal.json(told | {"dropped": bool(args.drop)})
        return DONE
    if args.pipeline is None:
        _say(runs, terminal, dropped=args.drop)
    if args.keep_keys_days is not None:
        _say_keys(keys, terminal, dropped=args.drop)
    return DONE


def _days_ago(days: int) -> "datetime":
    from datetime import UTC, datetime, timedelta

    try:
        return datetime.now(UTC) - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _plain_keys(load: "KeyedLoad") -> dict[str, object]:
    return {
        "scope": load.scope,
        "environment": load.environment,
        "pipeline": load.pipeline,
        "node_id": load.node_id,
        "keys": load.keys,
        "committed_at": load.committed_at.isoformat(),
    }


def _say_keys(loads: "tuple[KeyedLoad, ...]", terminal: Terminal, *, dropped: bool) -> None:
    if not loads:
        terminal.say("No processed keys are to be dropped.")
        return
    rows = [
        [
            load.pipeline, load.node_id, load.environment, f"{load.keys:,}",
            f"{load.committed_at.astimezone():%Y-%m-%d %H:%M:%S}",
        ]
        for load in loads
    ]  # fmt: skip
    terminal.table(["PIPELINE", "NODE", "ENVIRONMENT", "KEYS", "LOADED"], rows, "lllrl")
    done = "dropped" if dropped else "to be dropped: say so with --yes"
    terminal.say(f"{sum(load.keys for load in loads):,} processed keys {done}.")


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
