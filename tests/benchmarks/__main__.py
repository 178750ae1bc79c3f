"""Run benchmark cases: `python -m tests.benchmarks CASE... [--json] [--rows N] [--rounds N]`."""

import argparse
import importlib
import json
import sys
from typing import Any

CASES = (
    "transform", "reading", "width", "startup", "canvas", "epochs", "contrast", "layout", "preview",
    "cycles", "fidelity", "copy-in", "copy-out", "upsert",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="+", choices=CASES, metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--json", action="store_true", help="one JSON object a line, nothing else")
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of orders.csv")
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds after a warm-up")
    args = parser.parse_args()
    for case in args.cases:
        module = importlib.import_module(f"tests.benchmarks.{case.replace('-', '_')}")
        for result in module.run(args):
            print(json.dumps(result) if args.json else sentence(result), flush=True)
    return 0


def sentence(result: dict[str, Any]) -> str:
    rest = {k: v for k, v in result.items() if k not in ("case", "ratio")}
    shown = ", ".join(
        f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in rest.items()
    )
    return f"{result['case']}: ratio {result['ratio']:.2f} ({shown})"


if __name__ == "__main__":
    sys.exit(main())
