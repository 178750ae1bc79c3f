"""`summit dead-letters`: rows that were rejected and kept, to be looked at, mended and retried."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE, FAILED
from summit_studio.cli.opening import open_document, read_parameters, root_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summit_studio.engine.dead_letters import DeadLetters, Trial
    from summit_studio.state.letters import Letter, LetterGroup, Selection

_ACTIONS = ("list", "group", "show", "edit", "try", "retry", "discard", "export")
_ANY = "any"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        choices=_ACTIONS,
        help="List letters, list groups of letters that are alike, show letters with their rows, "
        "edit their rows, try what would become of them (nothing is written), let them go in again "
        "at the node that rejected them, let them go, or write them as JSON lines.",
    )
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="The pipeline; list and group with --queue can do without.",
    )
    parser.add_argument(
        "edit",
        nargs="?",
        metavar="EDIT",
        help="For edit: set COLUMN = EXPRESSION, ..., in Summit SQL over the letters' rows, such as"
        " \"set amount = replace(amount, ',', '.')\".",
    )
    parser.add_argument(
        "--group", action="append", default=[], metavar="GROUP", help="Only letters of this group."
    )
    parser.add_argument("--node", metavar="NODE", help="Only letters of this node.")
    parser.add_argument(
        "--queue",
        metavar="NAME",
        help="Only letters of this queue (settings.errors.dead_letters); without a FILE, those of "
        "all pipelines.",
    )
    parser.add_argument(
        "--id", action="append", default=[], type=int, metavar="N", help="Only this letter."
    )
    parser.add_argument(
        "--status",
        choices=("open", "retrying", "retried", "discarded", _ANY),
        default="open",
        help="For list, group, show and export: letters in this state (default open).",
    )
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="Letters to list or show (default 20)."
    )
    parser.add_argument("--to", type=Path, metavar="PATH", help="For export: the file to write.")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="Set a parameter, as for run; may be given several times.",
    )
    parser.add_argument("--env", default="default", metavar="NAME", help="As for run.")
    parser.add_argument("--take-over", action="store_true", help="As for run.")
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Do what was asked for, and say what came of it."""
    if (args.action == "edit") != (args.edit is not None):
        raise Usage(
            "An edit is missing" if args.action == "edit" else f"{args.action} takes no edit",
            do="write it as: summit dead-letters edit FILE \"set amount = replace(amount, ',', '.')"
            '"',
        )
    from summit_studio.state.letters import LetterStatus, Selection

    status = None if args.status == _ANY else LetterStatus(args.status)
    chosen = Selection(tuple(args.group), args.node, tuple(args.id), status, queue=args.queue)
    if args.file is None:
        return _of_all(chosen, args, terminal)
    document = open_document(args.file, terminal, to_run=True)
    from summit_studio.engine.dead_letters import DeadLetters
    from summit_studio.engine.request import RunRequest

    request = RunRequest(
        document,
        root_of(args.file),
        args.file.resolve(),
        read_parameters(args.param),
        trigger="cli",
        environment=args.env,
        take_over=args.take_over,
    )
    with DeadLetters(request) as letters:
        letters.require_known(chosen)
        return _DO[args.action](letters, chosen, args, terminal)


def _of_all(chosen: "Selection", args: argparse.Namespace, terminal: Terminal) -> int:
    """List letters of a queue, whichever pipelines put them there."""
    if args.queue is None or args.action not in {"list", "group"}:
        raise Usage(
            "The pipeline is missing",
            why=f"{args.action} is of one pipeline"
            if args.queue is not None
            else "letters are of a pipeline, or in a queue",
            do=f"write it as: summit dead-letters {args.action} FILE",
        )
    from summit_studio.state.letter_store import LetterStore

    with LetterStore.open() as store:
        if args.action == "group":
            return _say_groups(store.groups(None, chosen), args, terminal)
        found = store.letters(None, chosen, _limit(args))
        return _say_list(found, store.count(None, chosen), args, terminal)


def _list(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    return _say_list(letters.letters(chosen, _limit(args)), letters.count(chosen), args, terminal)


def _limit(args: argparse.Namespace) -> int:
    return max(int(args.limit), 0)


def _say_list(
    found: "Sequence[Letter]", count: int, args: argparse.Namespace, terminal: Terminal
) -> int:
    if args.json:
        terminal.json([asdict(each) for each in found])
        return DONE
    rows = [
        [x.letter_id, x.node_id, x.group, x.column, x.raw_value, x.source, x.attempts, x.status]
        for x in found
    ]
    head = ["LETTER", "NODE", "GROUP", "COLUMN", "VALUE", "FROM", "ATTEMPTS", "STATE"]
    if args.file is None:
        rows = [[x.pipeline, *row] for x, row in zip(found, rows, strict=True)]
        terminal.table(["PIPELINE", *head], rows, "lrlllllr")
    else:
        terminal.table(head, rows, "rlllllr")
    more = count - len(found)
    if not count:
        terminal.say(_NOTHING)
    elif more:
        terminal.say(f"And {more:,} more: --limit shows them, `group` shows what they share.")
    return DONE


def _group(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    return _say_groups(letters.groups(chosen), args, terminal)


def _say_groups(
    found: "Sequence[LetterGroup]", args: argparse.Namespace, terminal: Terminal
) -> int:
    if args.json:
        terminal.json([asdict(each) for each in found])
        return DONE
    rows = [[g.group, g.node_id, f"{g.letters:,}", g.code, g.column, g.message] for g in found]
    terminal.table(["GROUP", "NODE", "LETTERS", "CODE", "COLUMN", "WHY"], rows, "llr")
    if not found:
        terminal.say(_NOTHING)
    return DONE


def _show(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    from itertools import islice

    found = list(islice(letters.entries(chosen), _limit(args)))
    if args.json:
        terminal.json(found)
        return DONE
    if not letters.count(chosen):
        terminal.say(_NOTHING)
    for number, entry in enumerate(found):
        if number:
            terminal.print()
        for name, value in entry.items():
            if name == "row":
                for column, cell in value.items():
                    mark = ">" if column == entry["column"] else " "
                    terminal.line(f" {mark} {column + ':':<14}{cell}")
            elif value is not None:
                terminal.line(f"{name + ':':<17}{value}")
    return DONE


def _edit(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    return _told(terminal, args, {"edited": letters.edit(args.edit, chosen)})


def _discard(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    return _told(terminal, args, {"discarded": letters.discard(chosen)})


def _try(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    trial = letters.try_(chosen)
    if args.json:
        rows = {sink: table.to_pylist() for sink, table in trial.rows.items()}
        again = [asdict(each) for each in trial.again]
        body = {"letters": trial.letters, "reached": dict(trial.reached)}
        terminal.json(body | {"rows": rows, "again": again})
        return DONE
    _say_trial(trial, terminal)
    return DONE


def _say_trial(trial: "Trial", terminal: Terminal) -> None:
    terminal.say(f"{trial.letters:,} letters tried; nothing was written.")
    for sink, count in trial.reached.items():
        terminal.say(f"{count:,} rows would be handed to '{sink}'.")
        if sink in trial.rows:
            table = trial.rows[sink]
            terminal.table(table.column_names, [list(r.values()) for r in table.to_pylist()])
    if trial.again:
        terminal.say("Rejected once more:")
        rows = [[g.node_id, f"{g.letters:,}", g.code, g.column, g.message] for g in trial.again]
        terminal.table(["NODE", "LETTERS", "CODE", "COLUMN", "WHY"], rows, "lr")


def _retry(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    from summit_studio.cli.signals import cancelling
    from summit_studio.core.cancel import CancelToken

    token = CancelToken()
    with cancelling(token, lambda: terminal.say("Cancelling; once more ends it at once.")):
        done = letters.retry(chosen, cancel=token)
    for failed in done.failed:
        terminal.say(failed, "red")
    _told(terminal, args, {"through": done.through, "again": done.again, "released": done.released})
    return FAILED if done.failed else DONE


def _export(
    letters: "DeadLetters", chosen: "Selection", args: argparse.Namespace, terminal: Terminal
) -> int:
    if args.to is None:
        for entry in letters.entries(chosen):
            terminal.json(entry, indent=None)
        return DONE
    return _told(terminal, args, {"exported": letters.export(args.to, chosen)})


_NOTHING = "There are no such letters."
_WORDS = {
    "edited": "{:,} letters edited; try them with `summit dead-letters try`.",
    "discarded": "{:,} letters discarded.",
    "exported": "{:,} letters exported.",
    "through": "{:,} letters went through.",
    "again": "{:,} letters were rejected once more, and are open.",
    "released": "{:,} letters are open as they were: nothing of them was written.",
}


def _told(terminal: Terminal, args: argparse.Namespace, counts: dict[str, Any]) -> int:
    if args.json:
        terminal.json(counts)
        return DONE
    for number, (word, count) in enumerate(counts.items()):
        if count or not number:
            terminal.say(_WORDS[word].format(count))
    return DONE


_DO = {
    "list": _list,
    "group": _group,
    "show": _show,
    "edit": _edit,
    "try": _try,
    "retry": _retry,
    "discard": _discard,
    "export": _export,
}
