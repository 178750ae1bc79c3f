"""`summit secrets`: values go to the system's secret store, never into a file or an argument."""

import argparse
import getpass
import sys

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments. There is none for the value: other users can read arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    store = actions.add_parser(
        "set", help="Store a value, asked for without echo or read from standard input."
    )
    store.add_argument("name", metavar="NAME", help="What connections call it: keyring:NAME.")
    delete = actions.add_parser("delete", help="Take a value out of the store.")
    delete.add_argument("name", metavar="NAME", help="The name it was stored under.")
    check = actions.add_parser("check", help="Say whether a value can be found.")
    check.add_argument(
        "name", metavar="NAME", help="A stored name, or a reference such as env:NAME or file:PATH."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Do what was asked; a value is never shown."""
    from summit_studio.secrets.store import SecretStore

    store = SecretStore()
    name = str(args.name)
    if args.action == "set":
        store.set_secret(name, _value(name))
        terminal.say(f'Stored. Write "keyring:{name}" where a connection needs it.')
    elif args.action == "delete":
        store.delete_secret(name)
        terminal.say(f"Deleted '{name}'.")
    else:
        reference = name if ":" in name else f"keyring:{name}"
        store.check(reference)
        terminal.say(f"{reference} leads to a value.")
    return DONE


def _value(name: str) -> str:
    if sys.stdin is not None and sys.stdin.isatty():
        value = getpass.getpass(f"Value of '{name}' (not shown): ")
    else:
        value = sys.stdin.read() if sys.stdin is not None else ""
        value = value.removesuffix("\n").removesuffix("\r")
    if not value:
        raise Usage(
            f"There is no value for '{name}'",
            why="the input is empty",
            do="type it when asked, or send it on standard input",
        )
    return value
