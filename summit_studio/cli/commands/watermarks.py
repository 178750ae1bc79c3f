"""`summit watermarks`: how far the incremental loads of a pipeline have come."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import open_document, read_parameters, root_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.engine.watermarks import Watermark


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        choices=("list", "show", "set", "reset"),
        help="List them, show all that is known of one, set behind which cursor the next load "
        "begins, or have it begin anew; rows are never touched.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument("node", nargs="?", metavar="NODE", help="The source, by its id.")
    parser.add_argument("value", nargs="?", metavar="VALUE", help="Of set: the cursor.")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="Set a parameter, as for run; may be given several times.",
    )
    parser.add_argument("--env", default="default", metavar="NAME", help="As for run.")
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Ask the targets, or move them, and print what they say."""
    _require_fit(args)
    document = open_document(args.file, terminal, to_run=True)
    from summit_studio.engine.request import RunRequest
    from summit_studio.engine.watermarks import move, watermarks

    request = RunRequest(
        document,
        root_of(args.file),
        args.file.resolve(),
        read_parameters(args.param),
        trigger="cli",
        environment=args.env,
    )
    if args.action in {"set", "reset"}:
        found = move(request, args.node, args.value if args.action == "set" else None)
    else:
        found = tuple(w for w in watermarks(request) if args.node in {None, w.node_id})
    if args.json:
        terminal.json([asdict(each) for each in found])
    elif not found:
        terminal.say("No source of this pipeline loads incrementally.")
    elif args.action == "show":
        _show(found, terminal)
    else:
        _list(found, terminal)
    return DONE


def _require_fit(args: argparse.Namespace) -> None:
    """Refuse words that are missing, or too many.

    Raises:
        Usage: It says how the command is written.
    """
    wanted = {"set": "FILE NODE VALUE", "reset": "FILE NODE"}.get(args.action, "FILE [NODE]")
    missing = (args.action in {"set", "reset"} and not args.node) or (
        args.action == "set" and args.value is None
    )
    if missing or (args.action != "set" and args.value is not None):
        raise Usage(
            f"'{args.action}' has too {'few' if missing else 'many'} words",
            do=f"write: summit watermarks {args.action} {wanted}",
        )


def _list(found: "tuple[Watermark, ...]", terminal: Terminal) -> None:
    rows = [
        [each.node_id, each.cursor, each.value or "the beginning", each.target, _state(each)]
        for each in found
    ]
    terminal.table(["NODE", "CURSOR", "WATERMARK", "KEPT IN", "STATE"], rows, "lllll")


def _state(each: "Watermark") -> str:
    if each.changed:
        return "changed since"
    return f"unfinished, up to {each.pending}" if each.pending else ""


def _show(found: "tuple[Watermark, ...]", terminal: Terminal) -> None:
    for number, each in enumerate(found):
        if number:
            terminal.print()
        facts = {
            "Source": f"{each.title} ({each.node_id})",
            "Cursor": each.cursor,
            "Watermark": each.value or "the beginning",
            "Kept in": f"{each.target} ({each.sink})",
            "State": _state(each),
        }
        for name, value in facts.items():
            if value:
                terminal.line(f"{name + ':':<11}{value}")
