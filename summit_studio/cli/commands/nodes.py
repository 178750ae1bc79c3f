"""`summit nodes`: the node types there are."""

import argparse

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.terminal import Terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="Print the list as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the node types, sources first."""
    from summit_studio.nodes.catalogue import Catalogue

    kinds = list(Catalogue.load())
    if args.json:
        terminal.json(
            [
                {
                    "type": k.id,
                    "category": k.category.value,
                    "title": k.title,
                    "doc": k.sentence(),
                    "keywords": list(k.keywords),
                }
                for k in kinds
            ]
        )
        return DONE
    rows = [[k.id, k.category.value, k.title, k.sentence()] for k in kinds]
    terminal.table(["TYPE", "CATEGORY", "TITLE", "WHAT IT DOES"], rows)
    return DONE
