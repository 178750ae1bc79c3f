"""`summit describe`: the reference of one node type."""

import argparse

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.terminal import Terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("type", metavar="TYPE", help="The node type; `summit nodes` lists them.")
    parser.add_argument("--json", action="store_true", help="Print all as JSON, schema included.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what the node type does, its ports, params and examples."""
    from summit_studio.cli.describing import description, lines
    from summit_studio.nodes.catalogue import Catalogue

    kind = Catalogue.load().get(args.type)
    if args.json:
        terminal.json(description(kind))
    else:
        for line in lines(kind):
            terminal.line(line)
    return DONE
