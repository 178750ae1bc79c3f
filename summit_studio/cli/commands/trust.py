"""`summit trust`: which folders may run code and write outside themselves."""

import argparse
from pathlib import Path

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import folder_of
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "place",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="A pipeline, or a folder. Read the code of its nodes first.",
    )
    parser.add_argument("--remove", action="store_true", help="Trust it no longer.")
    parser.add_argument("--list", action="store_true", help="List the trusted folders.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Change or print the list of this user."""
    from summit_studio.workspace.trust import distrust, is_trusted, trust, trusted_folders

    if args.list:
        for folder in trusted_folders():
            terminal.line(str(folder))
        return DONE
    if args.place is None:
        raise Usage("No file is given", do="name a pipeline or a folder, or use --list")
    if not args.remove:
        folder = folder_of(args.place)
        trust(folder)
        terminal.say(f"Trusted: pipelines in {folder} may run code and write anywhere you may.")
        return DONE
    # A folder that is gone must still be possible to forget.
    folder = folder_of(args.place) if args.place.exists() else args.place.resolve()
    distrust(folder)
    still = is_trusted(folder)
    terminal.say(
        f"{folder} stays trusted, by a folder above it."
        if still
        else f"{folder} is no longer trusted."
    )
    return DONE
