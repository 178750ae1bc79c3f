"""`summit describe`: the reference of a node type or the settings, or what a pipeline is."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.terminal import Terminal
from summit_studio.document.files import SUFFIX

if TYPE_CHECKING:
    from summit_studio.nodes.transforms.module import ModuleNode


_SETTINGS = "settings"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "type",
        metavar="TYPE",
        help="The node type; `summit nodes` lists them. Or the file of a module or a pipeline, or "
        "`settings` for what a pipeline can be set to and what that costs.",
    )
    parser.add_argument("--json", action="store_true", help="Print all as JSON, schema included.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print what the node type does, its ports, params and examples; of a pipeline its nodes."""
    if args.type.endswith(SUFFIX):
        return _pipeline(Path(args.type), terminal, as_json=args.json)
    if args.type == _SETTINGS:
        return _settings(terminal, as_json=args.json)
    from summit_studio.cli.describing import description, lines
    from summit_studio.nodes.catalogue import Catalogue

    kind = _module(Path(args.type)) or Catalogue.load().get(args.type)
    if args.json:
        terminal.json(description(kind))
    else:
        for line in lines(kind):
            terminal.line(line)
    return DONE


def _settings(terminal: Terminal, *, as_json: bool) -> int:
    """Print every setting of a pipeline, its default, and what it costs."""
    from summit_studio.planning.setting_words import setting_lines, settings_described

    if as_json:
        terminal.json(settings_described())
    else:
        for line in setting_lines():
            terminal.line(line)
    return DONE


def _pipeline(path: Path, terminal: Terminal, *, as_json: bool) -> int:
    """Print the nodes of a pipeline, and which of them do not run."""
    from summit_studio.cli.opening import open_document, root_of
    from summit_studio.nodes.catalogue import Catalogue
    from summit_studio.planning.modules import expand, values_known
    from summit_studio.workspace.workspace import Workspace

    document = open_document(path, terminal)
    catalogue = Catalogue.load()
    values = values_known(document, {})
    skipped = expand(document, catalogue, Workspace.open(root_of(path)), values).skipped
    rows = [(i, n.type, n.title, n.state) for i, n in document.nodes.items()]
    rows += [(i, "", skip.title, "") for i, skip in skipped.items() if i not in document.nodes]
    why = {i: skip.why for i, skip in skipped.items()}
    if as_json:
        keys = ("id", "type", "title", "state")
        nodes = [dict(zip(keys, row, strict=True)) | {"skipped": why.get(row[0])} for row in rows]
        terminal.json({"name": document.name, "mode": document.mode, "nodes": nodes})
        return DONE
    terminal.line(f"{document.name} ({document.mode}): {len(document.nodes)} nodes")
    told = [(i, kind, title or "", why.get(i, "")) for i, kind, title, _ in rows]
    terminal.table(["Node", "Type", "Title", "Does not run, as"], told)
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
