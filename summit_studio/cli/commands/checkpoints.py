"""`summit checkpoints`: how far the targets of a pipeline are."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import open_document, read_parameters, root_of
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.engine.checkpoints import Standing
    from summit_studio.engine.request import RunRequest


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        choices=("list", "show", "create", "forget"),
        help="List them, show all that is known of them, ask the run under way for one now (as "
        "SIGUSR1 does), or forget them; rows are never touched.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
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
    """Ask the targets, and print what they say."""
    document = open_document(args.file, terminal, to_run=True)
    from summit_studio.engine.checkpoints import forget, standing
    from summit_studio.engine.request import RunRequest

    request = RunRequest(
        document,
        root_of(args.file),
        args.file.resolve(),
        read_parameters(args.param),
        trigger="cli",
        environment=args.env,
    )
    if args.action == "create":
        return _create(request, terminal, as_json=args.json)
    found = forget(request) if args.action == "forget" else standing(request)
    if args.json:
        terminal.json([_plain(each) for each in found])
    elif not found:
        terminal.say("No target of this pipeline keeps how far it is.")
    elif args.action == "show":
        _show(found, terminal)
    else:
        _list(found, terminal)
    if args.action == "forget" and found and not args.json:
        terminal.say("Forgotten; the rows stay. The next run starts a new load.")
    return DONE


def _create(request: "RunRequest", terminal: Terminal, *, as_json: bool) -> int:
    from summit_studio.engine.checkpoints import create

    found = create(request)
    if as_json:
        terminal.json([_plain(each) for each in found])
    else:
        for each in found:
            rows, epoch = each.progress.rows, each.progress.epoch
            terminal.line(f"'{each.title}' holds epoch {epoch:,}: {rows:,} rows in all.")
    return DONE


def _list(found: "tuple[Standing, ...]", terminal: Terminal) -> None:
    head = ["SINK", "WHERE", "STATE", "EPOCH", "ROWS", "BEGAN"]
    rows = [
        [
            each.title,
            each.target,
            each.progress.stage.value,
            f"{each.progress.epoch:,}",
            f"{each.progress.rows:,}",
            f"{each.progress.started.astimezone():%Y-%m-%d %H:%M:%S}",
        ]
        for each in found
    ]
    terminal.table(head, rows, "lllrr")


def _show(found: "tuple[Standing, ...]", terminal: Terminal) -> None:
    for number, each in enumerate(found):
        if number:
            terminal.print()
        progress = each.progress
        facts = {
            "Sink": f"{each.title} ({each.sink})",
            "Where": each.target,
            "State": progress.stage.value,
            "Epoch": f"{progress.epoch:,}",
            "Rows": f"{progress.rows:,}",
            "Began": progress.started.isoformat(),
            "Load": progress.lineage,
            "Last run": progress.run_id,
            "Goes on at": ", ".join(f"{k} {dict(v)}" for k, v in progress.positions.items()),
        }
        for name, value in facts.items():
            if value:
                terminal.line(f"{name + ':':<12}{value}")


def _plain(each: "Standing") -> dict[str, Any]:
    body = asdict(each)
    progress = body["progress"]
    return {
        **body,
        "progress": progress
        | {"started": each.progress.started.isoformat(), "stage": each.progress.stage.value},
    }
