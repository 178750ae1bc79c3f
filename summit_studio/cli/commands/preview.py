"""`summit preview`: the first rows of a port."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE, INVALID
from summit_studio.cli.opening import open_document, read_parameters, root_of, say_problems
from summit_studio.cli.terminal import Terminal
from summit_studio.core.showing import cell

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview

"""The widest cell of a table; JSON holds whole values."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument(
        "port", metavar="NODE[.PORT]", help="A node, or one of its output ports by name."
    )
    parser.add_argument(
        "--rows", type=_count, default=20, metavar="N", help="Rows to show (default 20)."
    )
    parser.add_argument("--json", action="store_true", help="Print rows and schema as JSON.")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="Set a parameter."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Run what lies upstream over the first rows of its sources, and print what comes."""
    document = open_document(args.file, terminal)
    from summit_studio.cli.signals import cancelling
    from summit_studio.core.cancel import CancelToken
    from summit_studio.engine.design import design_context
    from summit_studio.engine.preview import preview
    from summit_studio.nodes.catalogue import Catalogue
    from summit_studio.planning.plan import InvalidPipeline
    from summit_studio.workspace.workspace import Workspace

    context = design_context(Workspace.open(root_of(args.file)), probe=True)
    node, _, port = args.port.partition(".")
    token = CancelToken()
    try:
        with cancelling(token, lambda: terminal.say("Cancelling.")):
            found = preview(
                document, Catalogue.load(), context, node, port or None, args.rows, token,
                read_parameters(args.param),
            )  # fmt: skip
    except InvalidPipeline as error:
        say_problems(error.problems, terminal)
        return INVALID
    _show(found, terminal, as_json=args.json)
    return DONE


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is no number of rows")
    return int(text)


def _show(found: "Preview", terminal: Terminal, *, as_json: bool) -> None:
    from summit_studio.cli.describing import plain
    from summit_studio.core.schema import is_number

    columns = [c.name for c in found.schema]
    # By position: a table may hold two columns of one name.
    values = [column.to_pylist() for column in found.table.columns]
    rows = list(zip(*values, strict=True)) if values else []
    if as_json:
        terminal.json(
            {
                "port": str(found.port),
                "schema": [{"name": c.name, "type": c.type} for c in found.schema],
                "rows": [dict(zip(columns, map(plain, row), strict=True)) for row in rows],
                "complete": found.complete,
                "note": found.note,
            }
        )
        return
    aligns = "".join("r" if is_number(c.type) else "l" for c in found.schema)
    terminal.table(columns, [[cell(v) for v in row] for row in rows], aligns)
    terminal.say(found.note)
