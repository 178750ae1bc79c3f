"""`summit connections`: what a workspace can reach, and whether it can."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import folder_of
from summit_studio.cli.terminal import Terminal
from summit_studio.core.events import BreakerChanged, BreakerState, to_json

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
    breakers = _breakers(workspace)
    if args.json:
        told = {name: {"breaker": to_json(last)} for name, last in breakers.items()}
        known = workspace.connections.items()
        terminal.json({name: c.to_toml() | told.get(name, {}) for name, c in known})
        return DONE
    rows = [
        [name, c.kind, c.describe().partition(f"{c.kind} ")[2], c.password or "",
         _state(breakers.get(name))]
        for name, c in workspace.connections.items()
    ]  # fmt: skip
    terminal.table(["CONNECTION", "KIND", "WHERE", "PASSWORD", "BREAKER"], rows)
    return DONE


def _breakers(workspace: "Workspace") -> dict[str, BreakerChanged]:
    """Return what runs said last of the circuit breakers; none where that cannot be read."""
    from summit_studio.state.engine import default_path, default_place
    from summit_studio.state.errors import StateUnavailable
    from summit_studio.state.store import Store

    place = default_place()
    if place == default_path() and not default_path().exists():
        return {}
    try:
        with Store.open() as store:
            return store.breakers(str(workspace.root.resolve()))
    except StateUnavailable:
        return {}


def _state(last: BreakerChanged | None) -> str:
    """Return in a few words how a breaker stood last."""
    if last is None:
        return ""
    if last.state is BreakerState.CLOSED:
        return f"closed, {last.failures:,} failed" if last.failures else "closed"
    if last.retry_at is None:
        return "half-open"
    return f"open until {last.retry_at:%Y-%m-%d %H:%M:%S} UTC"


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
