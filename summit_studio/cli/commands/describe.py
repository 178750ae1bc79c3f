"""`summit describe`: the reference of one node type."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.nodes.transforms.module import ModuleNode


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "type", metavar="TYPE", help="The node type; `summit nodes` lists them. Or a module's file."
    )
    parser.add_argument("--json", action="store_true", help="Print all as JSON, schema included.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what the node type does, its ports, params and examples."""
    from summit_studio.cli.describing import description, lines
    from summit_studio.nodes.catalogue import Catalogue

    kind = _module(Path(args.type)) or Catalogue.load().get(args.type)
    if args.json:
        terminal.json(description(kind))
    else:
        for line in lines(kind):
            terminal.line(line)
    return DONE


def _module(path: Path) -> "type[ModuleNode] | None":
    """Return the type of the nodes that a module's file makes, or None where no file is meant."""
    from summit_studio.document.modules import MODULE_SUFFIX
    from summit_studio.nodes.parts.module_file import read_module
    from summit_studio.nodes.transforms.module import ModuleNode
    from summit_studio.workspace.workspace import Workspace

    if not path.name.endswith(MODULE_SUFFIX):
        return None
    return ModuleNode.of(read_module(path.name, Workspace(path.resolve().parent)))
