"""The entry of `summit`: finds the command, runs it, turns what went wrong into an exit code."""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

from summit_studio.cli.parsing import Parser, Usage
from summit_studio.cli.table import COMMANDS
from summit_studio.cli.terminal import Terminal
from summit_studio.core.version import __version__


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; see DESCRIPTION for the codes."""
    words = list(sys.argv[1:] if argv is None else argv)
    # Importing makes many objects that all stay: looking through them for garbage is time lost.
    gc.set_threshold(100_000, 50, 50)
    terminal = Terminal.standard()
    try:
        return _guarded(words, terminal)
    except KeyboardInterrupt:
        # Anywhere, also while a command is being loaded or its last words are being said.
        from summit_studio.cli.exit_codes import CANCELLED

        terminal.say("Cancelled.")
        return CANCELLED
    finally:
        terminal.close()


DESCRIPTION = """Check, preview, run and export data pipelines without the editor.

Exit codes: 0 done, 1 the run failed, 2 invalid pipeline or usage, 3 a critical quality rule is
breached, 4 done with rejected rows (only with --strict), 130 cancelled."""


def _read(words: Sequence[str]) -> argparse.Namespace:
    args, rest = _parser(words).parse_known_args(words)
    if rest:
        args.parser.unknown(rest)
    return args


def _parser(words: Sequence[str]) -> Parser:
    parser = Parser(
        prog="summit", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"summit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    parser.set_defaults(parser=parser)
    parser.names = {command.name: command.names for command in COMMANDS}
    for command in COMMANDS:
        sub = commands.add_parser(command.name, help=command.help, description=command.help)
        if command.name in words:
            module: Any = importlib.import_module(f"summit_studio.cli.commands.{command.module}")
            module.configure(sub)
            sub.set_defaults(run=module.run, parser=sub)
    return parser


def _guarded(words: Sequence[str], terminal: Terminal) -> int:
    try:
        args = _read(words)
    except Usage as error:
        from summit_studio.cli.exit_codes import INVALID

        terminal.say(str(error), "red")
        return INVALID

    from summit_studio.cli.exit_codes import FAILED, code_of
    from summit_studio.cli.log import log_file, start_log
    from summit_studio.core.errors import SummitError

    start_log(terminal)
    try:
        code: int = args.run(args, terminal)
    except SummitError as error:
        terminal.say(str(error), "red")
        return code_of(error)
    except Exception as error:
        if os.environ.get("SUMMIT_DEBUG") == "1":
            raise
        import logging

        logging.getLogger("summit.cli").debug("A command met a fault.", exc_info=error)
        first = f"{type(error).__name__}: {error}".split("\n", 1)[0]
        terminal.say(
            f"The command met a fault of the program. Why: {first}. Do: report it with the log"
            f" {log_file()}, or set SUMMIT_DEBUG=1 to see all. [internal_error]",
            "red",
        )
        return FAILED
    return code
