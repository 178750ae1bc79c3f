"""`summit rehearse`: kill a pipeline at every step in a sandbox, and see what is lost."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE, FAILED, INVALID
from summit_studio.cli.opening import open_document, read_parameters, root_of, say_problems
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.engine.rehearsal.report import Death, Progress, Report


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument(
        "--rows", type=int, default=20_000, metavar="N",
        help="Rows of each source that are read, about (default 20,000).",
    )  # fmt: skip
    parser.add_argument(
        "--kills", type=int, metavar="N",
        help="How often to kill; by default at each kind of step, and at three moments.",
    )  # fmt: skip
    parser.add_argument(
        "--same-database",
        action="store_true",
        help="Write tables of a server in a schema of their own in the same database, dropped at "
        "the end; without it, in a temporary file of the same class.",
    )
    parser.add_argument("--html", type=Path, metavar="OUT", help="Write the report as a page.")
    parser.add_argument("--json", action="store_true", help="Write the report as JSON.")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE",
        help="Set a parameter; may be given several times.",
    )  # fmt: skip
    parser.add_argument(
        "--env", default="default", metavar="NAME", help="The environment it would run in."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Rehearse and say what it came to."""
    for name in ("rows", "kills"):
        number = getattr(args, name)
        if number is not None and number < 1:
            raise Usage(f"--{name} is {number:,}", do="give a number from 1")
    document = open_document(args.file, terminal, to_run=True)
    from summit_studio.cli.signals import cancelling
    from summit_studio.core.cancel import CancelToken
    from summit_studio.engine.rehearsal.rehearsing import rehearse
    from summit_studio.engine.request import RunRequest
    from summit_studio.planning.plan import InvalidPipeline

    request = RunRequest(
        document,
        root_of(args.file),
        args.file.resolve(),
        read_parameters(args.param),
        trigger="cli",
        environment=args.env,
    )
    token, teller = CancelToken(), _Teller(terminal)
    try:
        with cancelling(token, lambda: terminal.say("Cancelling; nothing is left behind.")):
            report = rehearse(
                request,
                rows=args.rows,
                kills=args.kills,
                same_database=args.same_database,
                told=teller,
                cancel=token,
            )
    except InvalidPipeline as error:
        say_problems(error.problems, terminal)
        terminal.say(f"'{document.name}' cannot run, so it cannot be rehearsed.", "red")
        return INVALID
    _show(report, terminal, as_json=args.json)
    if args.html is not None:
        from summit_studio.engine.rehearsal.page import write_page

        write_page(report, args.html)
        terminal.say(f"The report is in {args.html}.")
    return DONE if report.clean else FAILED


class _Teller:
    """Says how it goes, a line each."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def __call__(self, news: "Progress | Death") -> None:
        from summit_studio.engine.rehearsal.report import Progress

        if isinstance(news, Progress):
            place = f"{news.done + 1} of {news.of}: " if news.of else ""
            self._terminal.say(place + news.text)
        elif not news.clean:
            harm = f"{news.lost:,} lost, {news.doubled:,} doubled, {news.wrong:,} wrong"
            self._terminal.say(f"  {news.error or harm}", "red")


def _show(report: "Report", terminal: Terminal, *, as_json: bool) -> None:
    from summit_studio.engine.rehearsal.report import HEAD, cells

    if as_json:
        terminal.json(report.to_json())
    else:
        for target in report.targets:
            told = target.delivered
            terminal.line(f"'{told.title}' ({told.badge}) {target.said}.")
            if target.rehearsed:
                terminal.line(f"  {' '.join(told.sentences[1:])}")
        terminal.print()
        terminal.table([h.upper() for h in HEAD], [cells(d) for d in report.deaths], "lrlrrrrr")
        terminal.print()
        for note in report.notes:
            terminal.line(note)
    terminal.say(report.verdict, "green" if report.clean else "red")
