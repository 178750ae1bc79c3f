"""`summit lineage`: where a column comes from, and where it goes."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import open_file, read_parameters, root_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.planning.lineage import Lineage, Step


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument(
        "column",
        metavar="NODE.COLUMN",
        help="A column that a node gives; of another port than its first, NODE.PORT.COLUMN.",
    )
    parser.add_argument("--json", action="store_true", help="Print as JSON.")
    parser.add_argument(
        "--probe",
        action="store_true",
        help="Ask databases for their columns also where the workspace is not trusted.",
    )
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="Set a parameter."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the steps before and after the column."""
    loaded = open_file(args.file, terminal)
    from summit_studio.engine.design import design_context
    from summit_studio.nodes.catalogue import Catalogue
    from summit_studio.planning.check import check
    from summit_studio.planning.lineage import Columns
    from summit_studio.workspace.workspace import Workspace

    context = design_context(Workspace.open(root_of(args.file)), probe=args.probe or None)
    parameters = read_parameters(args.param)
    checked = check(loaded.document, Catalogue.load(), context, parameters, newer=loaded.read_only)
    node, dot, rest = args.column.partition(".")
    if not (node and dot and rest):
        raise Usage(
            f"Cannot read the column '{args.column}'",
            why="it is not of the form NODE.COLUMN",
            do="name the node's id and a column that it gives, such as orders.amount",
        )
    columns = Columns(checked)
    found = columns.trace(columns.named(node, rest))
    if args.json:
        terminal.json(_plain(found))
    else:
        for line in _lines(found):
            terminal.line(line)
    return DONE


def _lines(found: "Lineage") -> Iterator[str]:
    yield f"{found.column}"
    yield ""
    yield "Comes from:"
    for step in (*found.up, found.step):
        yield f"  {said(step)}"
    yield ""
    yield "Goes to:"
    for step in found.down:
        yield f"  {said(step)}"
    if not found.down:
        yield "  nothing: no node reads it"


def said(step: "Step") -> str:
    """Return a step as a line."""
    before = ", ".join(dict.fromkeys(ref.column for ref in step.reads))
    place = f"{step.node}.{step.port}" if step.port else step.node
    column = f"{place} ({step.title}): {step.column}"
    how = " ".join(step.how.split())
    return {
        "begins": f"{column} begins here",
        "passes": f"{column} passes",
        "renamed": f"{column}, called {before} before",
        "made": f"{column} = {how}",
        "read": f"{column} is read by {step.field}: {how}",
        "written": f"{column} is written to {how}",
        "lost": f"{column} cannot be followed: {how}",
    }[step.kind.value]


def _plain(found: "Lineage") -> dict[str, Any]:
    return {
        "column": str(found.column),
        "up": [_step(step) for step in found.up],
        "here": _step(found.step),
        "down": [_step(step) for step in found.down],
    }


def _step(step: "Step") -> dict[str, Any]:
    return {
        "kind": step.kind.value,
        "node": step.node,
        "title": step.title,
        "port": step.port or None,
        "column": step.column,
        "reads": [str(ref) for ref in step.reads],
        "how": step.how,
        "field": step.field or None,
    }
