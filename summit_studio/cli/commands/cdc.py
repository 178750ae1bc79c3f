"""`summit cdc`: replication slots, through which changes are read out of PostgreSQL's log."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import folder_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from summit_studio.connectors.postgres.replication.slots import Slot


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        choices=("create", "drop", "status"),
        help="Create a slot and a publication of tables, drop both, or show what slots hold.",
    )
    parser.add_argument("connection", metavar="CONNECTION", help="A PostgreSQL database.")
    parser.add_argument("slot", nargs="?", metavar="SLOT", help="Its name; status shows all.")
    parser.add_argument(
        "--table",
        action="append",
        default=[],
        metavar="TABLE",
        help="A table whose changes are wanted, for create; may be given several times.",
    )
    parser.add_argument(
        "--publication",
        metavar="NAME",
        help="One that stands, or is made of the tables, for create; by default the slot's name.",
    )
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path(),
        metavar="FILE-OR-DIR",
        help="Where connections.toml is, or a pipeline beside it; by default the folder at hand.",
    )
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Make, drop or show slots."""
    from summit_studio.connectors.opening import open_database
    from summit_studio.connectors.postgres.database import PostgresDatabase
    from summit_studio.connectors.postgres.replication import slots
    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.workspace import Workspace

    _check(args)
    workspace = Workspace.open(folder_of(args.workspace))
    connection = workspace.connection(args.connection)
    with open_database(connection, SecretStore(root=workspace.root), workspace) as database:
        if not isinstance(database, PostgresDatabase):
            raise Usage(
                f"Connection '{args.connection}' has no replication slots",
                why=f"it leads to a database of kind {connection.kind}",
                do="name one of kind postgres",
            )
        if args.action == "create":
            made = slots.create(database, args.slot, args.table, args.publication)
            _show([made], terminal, as_json=args.json)
        elif args.action == "drop":
            both = slots.drop(database, args.slot)
            _dropped(args.slot, terminal, both=both, as_json=args.json)
        else:
            found = slots.slots(database, args.slot)
            if args.slot and not found:
                with slots.talking(database, "look at the replication slots") as session:
                    slots.require_slot(session, args.slot)
            _show(found, terminal, as_json=args.json)
    return DONE


def _check(args: argparse.Namespace) -> None:
    if args.action != "status" and not args.slot:
        raise Usage(f"Cannot {args.action} a slot without a name", do="give SLOT")
    if args.action != "create" and (args.table or args.publication):
        raise Usage("--table and --publication are of create alone", do="leave them out")


def _dropped(slot: str, terminal: Terminal, *, both: bool, as_json: bool) -> None:
    if as_json:
        terminal.json({"slot": slot, "dropped": True, "publication": both})
    else:
        what = " and its publication" if both else ""
        terminal.say(f"Slot '{slot}'{what} dropped; the server keeps no log for it any more.")


def _show(found: "tuple[Slot, ...] | list[Slot]", terminal: Terminal, *, as_json: bool) -> None:
    from summit_studio.connectors.postgres.replication.slots import shown

    if as_json:
        terminal.json([_plain(slot) for slot in found])
        return
    if not found:
        terminal.say("The server has no logical replication slot.")
        return
    rows = [
        [slot.name, slot.state, f"process {slot.reader}" if slot.reader else "nobody",
         shown(slot.lag_bytes), shown(slot.held_bytes),
         "any" if slot.safe_bytes is None else shown(slot.safe_bytes)]
        for slot in found
    ]  # fmt: skip
    terminal.table(["SLOT", "STATE", "READ BY", "UNREAD", "DISK HELD", "SAFE"], rows, "lllrrr")
    for slot in found:
        for warning in slot.warnings:
            terminal.say(f"warning: '{slot.name}': {warning}", "yellow")


def _plain(slot: "Slot") -> dict[str, Any]:
    from summit_studio.connectors.postgres.replication.lsn import lsn_text

    return asdict(slot) | {"confirmed": lsn_text(slot.confirmed), "warnings": list(slot.warnings)}
