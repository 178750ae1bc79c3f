"""`summit validate`: every problem of a pipeline, before any row moves."""

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE, INVALID
from summit_studio.cli.opening import (
    open_file,
    problem_json,
    read_parameters,
    root_of,
    say_problems,
)
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.core.problems import Problem
    from summit_studio.planning.delivery import Delivered


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument("--json", action="store_true", help="Print the problems as JSON.")
    parser.add_argument(
        "--probe",
        action="store_true",
        help="Ask databases for their columns also where the workspace is not trusted.",
    )
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="Set a parameter."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the problems; return 0 if nothing stops a run."""
    loaded = open_file(args.file, terminal)
    document = loaded.document
    from summit_studio.engine.design import design_context
    from summit_studio.nodes.catalogue import Catalogue
    from summit_studio.planning.check import check
    from summit_studio.planning.delivery import deliveries
    from summit_studio.workspace.workspace import Workspace

    context = design_context(Workspace.open(root_of(args.file)), probe=args.probe or None)
    parameters = read_parameters(args.param)
    checked = check(document, Catalogue.load(), context, parameters, newer=loaded.read_only)
    delivered = deliveries(checked, context).values()
    if args.json:
        problems = [problem_json(p) for p in checked.problems]
        delivery = [_plain(each) for each in delivered]
        body = {"ok": checked.ok, "problems": problems, "delivery": delivery}
        terminal.json({"file": str(args.file)} | body)
    else:
        say_problems(checked.problems, terminal)
        for each in delivered if checked.ok else ():
            _say(each, terminal)
        count = len(document.nodes)
        nodes = "1 node" if count == 1 else f"{count} nodes"
        verdict = "is ready to run" if checked.ok else "cannot run"
        terminal.line(f"'{document.name}' {verdict}: {nodes}, {_counted(checked.problems)}.")
    return DONE if checked.ok else INVALID


def _say(delivered: "Delivered", terminal: Terminal) -> None:
    """Print how a sink delivers, in the words of the editor's badge."""
    terminal.line(f"'{delivered.title}' ({delivered.badge})")
    for sentence in delivered.sentences:
        terminal.line(f"  {sentence}")
    for fix in delivered.fixes:
        terminal.line(f"  To go on after a crash: {fix.label[:1].lower()}{fix.label[1:]}.")


def _plain(delivered: "Delivered") -> dict[str, Any]:
    promise = delivered.promise
    return {
        "sink": delivered.sink,
        "title": delivered.title,
        "class": delivered.delivery.value,
        "publish": promise.publish.value if promise else None,
        "why": promise.why if promise else None,
        "crash": delivered.crash,
        "message": " ".join(delivered.sentences),
        "fixes": [fix.label for fix in delivered.fixes],
    }


def _counted(problems: "tuple[Problem, ...]") -> str:
    counts = Counter(p.severity.value for p in problems)
    words = {"error": "error", "warning": "warning", "info": "note"}
    parts = [f"{n} {words[s]}{'' if n == 1 else 's'}" for s in words if (n := counts[s])]
    return ", ".join(parts) or "no problems"
