"""`summit connections`: what a workspace can reach, and whether it can."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import folder_of
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.workspace.workspace import Workspace


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "place", type=Path, metavar="FILE-OR-DIR", help="A pipeline, or the folder it lies in."
    )
    parser.add_argument("--test", metavar="NAME", help="Connect, and say what answers.")
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the connections, or test one. Secrets are shown by reference only."""
    from summit_studio.workspace.workspace import Workspace

    workspace = Workspace.open(folder_of(args.place))
    if args.test is not None:
        _test(workspace, args.test, terminal, as_json=args.json)
        return DONE
    if args.json:
        terminal.json({name: c.to_toml() for name, c in workspace.connections.items()})
        return DONE
    rows = [
        [name, c.kind, c.describe().partition(f"{c.kind} ")[2], c.password or ""]
        for name, c in workspace.connections.items()
    ]
    terminal.table(["CONNECTION", "KIND", "WHERE", "PASSWORD"], rows)
    return DONE


def _test(workspace: "Workspace", name: str, terminal: Terminal, *, as_json: bool) -> None:
    from summit_studio.connectors.opening import open_database
    from summit_studio.secrets.store import SecretStore

    connection = workspace.connection(name)
    with open_database(connection, SecretStore(root=workspace.root), workspace) as database:
        answer = database.test()
    if as_json:
        terminal.json({"connection": name, "ok": True, "server": answer})
    else:
        terminal.line(f"'{name}' works: {answer}.")
