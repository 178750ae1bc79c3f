"""Chaos: `python -m tests.chaos [CASE...] [--kills N] [--json]`.

Every case that is no control must come to 0 lost, 0 doubled, 0 wrong; every control must not.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.chaos.cases import CASES, CONTROLS, run_case, server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--kills", type=int, default=20, help="kills a case (default 20)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    args = parser.parse_args()
    unknown = set(args.cases) - set(CASES)
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    right = True
    with server() as host, tempfile.TemporaryDirectory() as folder:
        for case in args.cases or CASES:
            toll = run_case(case, args.kills, host, Path(folder) / case)
            right &= toll.clean != (case in CONTROLS)
            line = {
                "case": case, "kills": toll.kills, "lost": toll.lost, "doubled": toll.doubled,
                "wrong": toll.wrong,
            }  # fmt: skip
            print(json.dumps(line) if args.json else _sentence(line), flush=True)
            for said in toll.failed:
                print(f"  {said.strip()}", file=sys.stderr)
    return 0 if right else 1


def _sentence(line: dict[str, object]) -> str:
    return "{case:<34} {kills:>4} kills  {lost} lost  {doubled} doubled  {wrong} wrong".format(
        **line
    )


if __name__ == "__main__":
    sys.exit(main())
