"""`summit export`: a folder that runs a pipeline on its own."""

import argparse
from pathlib import Path

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.terminal import Terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="The pipeline.")
    parser.add_argument(
        "--to", type=Path, required=True, metavar="DIR", help="A new folder, or an earlier export."
    )
    parser.add_argument(
        "--target", default="script", metavar="KIND", help="What to write (default script)."
    )
    parser.add_argument(
        "--no-verify",
        action="store_true",
        help="Do not run the export and the pipeline in temporary copies to compare their rows.",
    )
    parser.add_argument(
        "--no-data", action="store_true", help="Do not copy the files that sources read."
    )


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Write the folder and say what is in it."""
    from summit_studio.export.bundle import export_bundle

    report = export_bundle(
        args.file,
        args.to,
        target=args.target,
        verify=not args.no_verify,
        include_data=not args.no_data,
        progress=terminal.say,
    )
    for name in report.files:
        terminal.line(name)
    terminal.say(str(report))
    return DONE
