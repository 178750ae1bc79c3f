"""`summit diff`: what changed between two pipelines, in words."""

import argparse
from pathlib import Path

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.opening import open_document
from summit_studio.cli.terminal import Terminal


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("a", type=Path, metavar="A", help="The pipeline before.")
    parser.add_argument("b", type=Path, metavar="B", help="The pipeline after.")
    parser.add_argument("--json", action="store_true", help="Print as JSON.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print each change as a sentence; no change prints so."""
    from summit_studio.document.diff import describe, diff

    found = diff(open_document(args.a, terminal), open_document(args.b, terminal))
    sentences = describe(found)
    if args.json:
        facts = {"equal": found.empty, "meaning_changed": found.meaning_changed}
        terminal.json(facts | {"layout_only": found.layout_only, "changes": sentences})
    else:
        for sentence in sentences or ["Nothing changed."]:
            terminal.line(sentence)
    return DONE
