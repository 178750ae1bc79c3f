"""Plays the sessions and counts their actions: `python -m tests.hands [SESSION ...] [--keep DIR]`.

Each begins in an empty folder with a CSV and ends with the results before one's eyes. The exit code
is 1 where one took more actions than it may.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.hands.sessions import MOST, SESSIONS, found, play


def main() -> int:
    """Play the sessions named, all by default."""
    parser = argparse.ArgumentParser(prog="python -m tests.hands", description=__doc__)
    parser.add_argument("sessions", nargs="*", metavar="SESSION", help=", ".join(SESSIONS))
    parser.add_argument("--keep", type=Path, help="a folder for the pictures and what was written")
    arguments = parser.parse_args()
    code = 0
    with tempfile.TemporaryDirectory() as passing:
        for name in arguments.sessions or SESSIONS:
            folder = (arguments.keep or Path(passing)) / name
            person = play(name, folder)
            kept, rejected = found(folder)
            for number, action in enumerate(person.actions, 1):
                print(f"{number:4}  {action}")
            count = len(person.actions)
            print(f"{name}: {count} actions, at most {MOST}; {kept} rows kept, {rejected} rejected")
            code = max(code, int(count > MOST))
    return code


if __name__ == "__main__":
    sys.exit(main())
