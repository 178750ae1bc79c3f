"""`summit preview`: the first rows of a port, or what is known of a source's file."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE, INVALID
from summit_studio.cli.opening import open_document, read_parameters, root_of, say_problems
from summit_studio.cli.parsing import row_count
from summit_studio.cli.showing import show_rows
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summit_studio.formats.contract import Finding, Raw


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument(
        "port", metavar="NODE[.PORT]", help="A node, or one of its output ports by name."
    )
    parser.add_argument(
        "--rows", type=row_count, default=20, metavar="N", help="Rows to show (default 20)."
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--found",
        action="store_true",
        help="Of a source: what was found out of its file (encoding, dialect, types), and why.",
    )
    source.add_argument(
        "--raw",
        action="store_true",
        help="Of a source: the first lines of its file as they stand there.",
    )
    parser.add_argument("--json", action="store_true", help="Print rows and schema as JSON.")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="Set a parameter."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the first rows of a port, what was found out of a file, or its lines."""
    document = open_document(args.file, terminal)
    from summit_studio.cli.signals import cancelling
    from summit_studio.core.cancel import CancelToken
    from summit_studio.engine.design import design_context
    from summit_studio.engine.preview import found, preview, raw
    from summit_studio.nodes.catalogue import Catalogue
    from summit_studio.planning.plan import InvalidPipeline
    from summit_studio.workspace.workspace import Workspace

    context = design_context(Workspace.open(root_of(args.file)), probe=True)
    node, _, port = args.port.partition(".")
    token, catalogue = CancelToken(), Catalogue.load()
    parameters = read_parameters(args.param)
    try:
        if args.found:
            findings = found(document, catalogue, context, node, parameters)
            _show_findings(findings, terminal, as_json=args.json)
            return DONE
        if args.raw:
            lines = raw(document, catalogue, context, node, args.rows, parameters)
            _show_raw(lines, terminal, as_json=args.json)
            return DONE
        with cancelling(token, lambda: terminal.say("Cancelling.")):
            rows = preview(
                document, catalogue, context, node, port or None, args.rows, token, parameters
            )
    except InvalidPipeline as error:
        say_problems(error.problems, terminal)
        return INVALID
    show_rows(rows, terminal, as_json=args.json)
    return DONE


def _show_findings(findings: "Sequence[Finding]", terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.json({"found": [asdict(finding) for finding in findings]})
        return
    rows = [
        [f"{f.param}.{f.column}" if f.column else f.param, str(f.value), f.why] for f in findings
    ]
    if rows:
        terminal.table(["param", "found", "why"], rows, "lll")
    else:
        terminal.say("Nothing was found out: the params say all, or nothing stands in a file.")


def _show_raw(raw: "Raw", terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.json(asdict(raw))
        return
    head = [raw.place] if not raw.columns else list(raw.columns)
    rows = [[str(line.number), *line.cells] for line in raw.lines]
    terminal.table(["line", *head], rows, "r" + "l" * len(head))
