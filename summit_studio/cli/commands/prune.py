"""`summit prune`: what nobody needs any more; drops it only when told to."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import open_document, root_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from summit_studio.core.epochs import Progress
    from summit_studio.engine.request import RunRequest

_KEEP_RUNS = 1_000
_KEEP_LETTERS = 100_000
_KEEP_DAYS = 90


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="Pipelines beside whose targets to look for stages that no unfinished load needs, for "
        "what is kept there of whole loads of pipelines whose files are gone (--keep-days), and "
        "for schemas that a rehearsal has left whose process was killed.",
    )
    parser.add_argument(
        "--keep-runs",
        type=int,
        default=_KEEP_RUNS,
        metavar="N",
        help=f"Keep the newest N runs (default {_KEEP_RUNS:,}).",
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
        " either. The newest run of a pipeline stays, and so do those that did not succeed until "
        "one after them does.",
    )
    parser.add_argument(
        "--keep-keys-days",
        type=int,
        metavar="N",
        help="Of the keys that Skip processed nodes know, keep those of the last N days; rows of "
        "the others are loaded again where they come. Where this is not given, all are kept. Keys "
        "in tables of a connection are looked for where a FILE that keeps some there is named.",
    )
    parser.add_argument(
        "--pipeline", metavar="NAME", help="Only keys of the pipeline of that name; nothing else."
    )
    parser.add_argument(
        "--yes", "--drop", action="store_true", dest="drop", help="Drop them; else they are listed."
    )
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


@dataclass(frozen=True, slots=True)
class _Found:
    """What of one kind nobody needs.

    Args:
        kind: Its key in JSON.
        nouns: What one is called, and several.
        count: How many there are.
        plain: Each as JSON values.
        head: The titles of the table of them.
        rows: Its cells.
        places: How its columns stand: `l` or `r` for each.
    """

    kind: str
    nouns: tuple[str, str]
    count: int
    plain: Sequence[Any]
    head: Sequence[str] = ()
    rows: Sequence[list[str]] = ()
    places: str = ""


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """List what nobody needs any more, and drop it with `--yes`."""
    least = (args.keep_runs, args.keep_letters, args.keep_days, args.keep_keys_days or 0)
    if min(least) < 0:
        raise Usage("Nothing can be kept in a negative number", do="give 0 or more")
    if args.pipeline is not None and args.keep_keys_days is None:
        raise Usage(
            "--pipeline says of which pipeline keys are to go, and not how old ones",
            do="give --keep-keys-days too",
        )
    looked = [_runs(args), _letters(args)] if args.pipeline is None else []
    if args.pipeline is None:
        looked.append(_rehearsals(args, terminal))
    if args.keep_keys_days is not None:
        looked.append(_keys(args, terminal))
    if args.files and args.pipeline is None:
        looked += _beside(args, terminal)
    if args.json:
        empty: dict[str, Sequence[Any]] = {"runs": [], "letters": [], "keys": []}
        empty |= {"stages": [], "checkpoints": [], "rehearsals": []}
        told = {found.kind: found.plain for found in looked}
        terminal.json({**empty, **told, "dropped": bool(args.drop)})
        return DONE
    for found in looked:
        _say(found, terminal, dropped=args.drop)
    return DONE


def _runs(args: argparse.Namespace) -> _Found:
    from summit_studio.state.store import Store

    with Store.open() as store:
        store.mark_orphans()
        found = store.prunable(args.keep_runs, _days_ago(args.keep_days))
        if args.drop:
            store.drop_runs([each.run_id for each in found])
    names = ("run_id", "pipeline", "path", "status")
    return _Found(
        "runs",
        ("run", "runs"),
        len(found),
        [
            {n: getattr(r, n) for n in names} | {"started_at": r.started_at.isoformat()}
            for r in found
        ],
        ["RUN", "PIPELINE", "STATUS", "STARTED"],
        [[r.run_id, r.pipeline, r.status, _moment(r.started_at)] for r in found],
        "llll",
    )


def _letters(args: argparse.Namespace) -> _Found:
    from summit_studio.state.letter_store import LetterStore

    before = _days_ago(args.keep_days)
    with LetterStore.open() as letters:
        settled = letters.settled(args.keep_letters, before)
        if args.drop and settled:
            letters.drop_settled(args.keep_letters, before)
    return _Found(
        "letters",
        ("dead letter", "dead letters"),
        sum(each.letters for each in settled),
        [asdict(each) for each in settled],
        ["PIPELINE", "STATE", "LETTERS"],
        [[each.pipeline, each.status, f"{each.letters:,}"] for each in settled],
        "llr",
    )


def _keys(args: argparse.Namespace, terminal: Terminal) -> _Found:
    from summit_studio.engine.checkpoints import processed_loads
    from summit_studio.state.processed import KeyStore

    before = _days_ago(args.keep_keys_days)
    with KeyStore.open() as kept:
        loads = [*kept.prunable(before, args.pipeline)]
        if args.drop:
            kept.drop(loads)
    for request in _requests(args, terminal):
        loads += processed_loads(request, before, pipeline=args.pipeline, drop=args.drop)
    names = ("scope", "environment", "pipeline", "node_id", "keys")
    return _Found(
        "keys",
        ("processed key", "processed keys"),
        sum(load.keys for load in loads),
        [
            {n: getattr(each, n) for n in names} | {"committed_at": each.committed_at.isoformat()}
            for each in loads
        ],
        ["PIPELINE", "NODE", "ENVIRONMENT", "KEYS", "LOADED"],
        [
            [e.pipeline, e.node_id, e.environment, f"{e.keys:,}", _moment(e.committed_at)]
            for e in loads
        ],
        "lllrl",
    )


def _beside(args: argparse.Namespace, terminal: Terminal) -> list[_Found]:
    """Return what stands beside the targets of pipelines."""
    from summit_studio.engine.checkpoints import leftovers, orphans

    stages: list[str] = []
    kept: list[Progress] = []
    for request in _requests(args, terminal):
        stages += leftovers(request, drop=args.drop)
        kept += orphans(request, args.keep_days * 86_400, drop=args.drop)
    return [
        _Found(
            "stages",
            ("stage", "stages"),
            len(stages),
            stages,
            ["STAGE"],
            [[s] for s in stages],
            "l",
        ),
        _Found(
            "checkpoints",
            ("checkpoint of a pipeline that is gone", "checkpoints of pipelines that are gone"),
            len(kept),
            [{"path": p.path, "run_id": p.run_id, "rows": p.rows} for p in kept],
            ["PIPELINE", "LAST RUN", "ROWS"],
            [[p.path, p.run_id, f"{p.rows:,}"] for p in kept],
            "llr",
        ),
    ]


def _rehearsals(args: argparse.Namespace, terminal: Terminal) -> _Found:
    """Return what rehearsals have left whose process was killed; never that of one at work."""
    from summit_studio.engine.rehearsal.leftovers import folders, schemas

    found = [*folders(drop=args.drop)]
    for request in _requests(args, terminal):
        found += schemas(request, drop=args.drop)
    found = list(dict.fromkeys(found))
    return _Found(
        "rehearsals",
        ("remainder of a rehearsal", "remainders of rehearsals"),
        len(found),
        found,
        ["REHEARSAL"],
        [[name] for name in found],
        "l",
    )


def _requests(args: argparse.Namespace, terminal: Terminal) -> "Iterator[RunRequest]":
    from summit_studio.engine.request import RunRequest

    for file in args.files:
        document = open_document(file, terminal, to_run=True)
        yield RunRequest(document, root_of(file), file.resolve())


def _days_ago(days: int) -> "datetime":
    from datetime import UTC, datetime, timedelta

    try:
        return datetime.now(UTC) - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _moment(at: "datetime") -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _say(found: _Found, terminal: Terminal, *, dropped: bool) -> None:
    one, several = found.nouns
    if not found.count:
        terminal.say(f"No {one} is to be dropped.")
        return
    terminal.table(list(found.head), list(found.rows), found.places)
    done = "dropped" if dropped else "to be dropped: say so with --yes"
    terminal.say(f"{found.count:,} {one if found.count == 1 else several} {done}.")
