"""The preview case: from an edit to rows on the screen, one side and both, and a long scroll.

The editor is a real window; the file has as many rows as told, of which a look reads the first.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.orders import orders

SCROLLED = 1_000_000


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield seconds to the first rows and after edits, and the time of a frame while scrolling."""
    file = orders(args.rows)
    with tempfile.TemporaryDirectory() as name:
        environment = os.environ | {"SUMMIT_HOME": name, "QT_QPA_PLATFORM": "offscreen"}
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.preview_probe",
            str(file),
            str(args.rounds),
        ]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    for kind, figures in found["edits"].items():
        alone, beside = figures["after"]["alone"], figures["after"]["beside"]
        yield {
            "case": f"preview/{kind}", "ratio": beside / alone, "rows": args.rows,
            "first_secs": figures["first"], "after_secs": beside, "alone_secs": alone,
            "limit_secs": 0.1,
        }  # fmt: skip
    frames = found["frames"]
    yield {
        "case": "preview/scroll", "ratio": frames["p99"] / 0.016, "rows": SCROLLED,
        "median_secs": frames["median"], "p99_secs": frames["p99"], "limit_secs": 0.016,
    }  # fmt: skip
