"""`summit run`: run a pipeline, tell how it goes, sum up what came of it."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import INVALID, WITH_REJECTS, code_after, rejected
from summit_studio.cli.opening import (
    open_document,
    read_parameters,
    root_of,
    say_problems,
    titles_of,
)
from summit_studio.cli.parsing import Usage, row_count
from summit_studio.cli.showing import show_rows
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.cli.telling import Teller
    from summit_studio.core.events import RunFinished
    from summit_studio.engine.preview import Preview
    from summit_studio.engine.request import RunRequest
    from summit_studio.engine.run_to import Seen
    from summit_studio.nodes.catalogue import Catalogue
    from summit_studio.planning.check import Checked


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="Set a parameter; may be given several times.",
    )
    parser.add_argument(
        "--env",
        default="default",
        metavar="NAME",
        help="Where it runs; how far a load is in one environment is nothing to another.",
    )
    parser.add_argument(
        "--restart",
        action="store_true",
        help="Start a load again that is unfinished, where that writes no row twice; "
        "without it, the run goes on with the load.",
    )
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="Do not wait for another run of the pipeline that seems alive.",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="End with exit code 4 where the run is done but has rejected rows, however many are "
        "tolerated.",
    )
    parser.add_argument(
        "--events", choices=["json"], help="Print each event as one line of JSON, and no summary."
    )
    parser.add_argument(
        "--to",
        metavar="NODE[.PORT]",
        help="Run only what this node needs, and the node, over all rows; write nothing and show "
        "its first rows.",
    )
    parser.add_argument(
        "--pinned",
        action="store_true",
        help="Take the rows that were pinned beside the pipeline, and do not read what they came "
        "from.",
    )
    parser.add_argument(
        "--rows", type=row_count, default=20, metavar="N", help="Rows to show with --to (20)."
    )
    parser.add_argument("--quiet", action="store_true", help="Say nothing but errors.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run the pipeline and return the exit code that fits how it ended."""
    if args.to is not None and (args.restart or args.take_over or args.env != "default"):
        raise Usage(
            "A run to a node has no load to go on with",
            why="it writes nothing, whatever stands unfinished or runs elsewhere",
            do="leave out --restart, --take-over and --env",
        )
    document = open_document(args.file, terminal, to_run=True)
    parameters = read_parameters(args.param)
    from summit_studio.cli.telling import teller
    from summit_studio.engine.request import RunRequest
    from summit_studio.nodes.catalogue import Catalogue

    root = root_of(args.file)
    request = RunRequest(
        document,
        root,
        args.file.resolve(),
        parameters,
        trigger="cli",
        environment=args.env,
        restart=args.restart,
        take_over=args.take_over,
        to=args.to,
        rows=args.rows,
        pinned=args.pinned,
    )
    catalogue = Catalogue.load()
    loud = not (args.quiet or args.events)
    seen: list[Preview] = []
    titles = titles_of(document, catalogue, root, parameters)
    with teller(terminal, titles, root, events=args.events, quiet=args.quiet) as told:
        finished = _run(request, catalogue, told, terminal, seen.append, loud=loud)
    if finished is None:
        return INVALID
    told.sum_up(finished)
    for looked in seen if loud else ():
        show_rows(looked, terminal)
        terminal.say("Nothing was written.")
    code = code_after(finished, strict=args.strict)
    if loud and code == WITH_REJECTS:
        rows = rejected(finished)
        terminal.say(
            f"{rows:,} row{'s' if rows > 1 else ''} were rejected; with --strict that is "
            "exit code 4.",
            "yellow",
        )
    return code


def _warn(checked: "Checked", terminal: Terminal) -> None:
    """Say the warnings; errors are said by whoever they stop."""
    from summit_studio.core.problems import Severity

    if checked.ok:
        warnings = [p for p in checked.problems if p.severity is Severity.WARNING]
        say_problems(warnings, terminal)


def _run(
    request: "RunRequest",
    catalogue: "Catalogue",
    told: "Teller",
    terminal: Terminal,
    seen: "Seen",
    *,
    loud: bool,
) -> "RunFinished | None":
    """Return how the run ended, or None where problems kept it from starting."""
    from summit_studio.cli.signals import cancelling
    from summit_studio.core.cancel import CancelToken
    from summit_studio.core.epochs import Demand
    from summit_studio.core.errors import SummitError
    from summit_studio.engine.launch import run as launch
    from summit_studio.planning.plan import InvalidPipeline

    token, demand = CancelToken(), Demand()
    told_to_stop = "Cancelling; once more ends it at once."
    try:
        with cancelling(token, lambda: terminal.say(told_to_stop), demand.ask):
            warn = partial(_warn, terminal=terminal) if loud else None
            return launch(request, [told], token, catalogue, warn, demand, seen=seen)
    except InvalidPipeline as error:
        told.refused(request, error)
        say_problems(error.problems, terminal)
        terminal.say(f"'{request.document.name}' cannot run.", "red")
        return None
    except SummitError as error:
        told.refused(request, error)
        raise
