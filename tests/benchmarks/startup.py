"""The start-up case: whole processes, from start to exit, beside a bare interpreter."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from summit_studio.core.resources import resource
from tests.benchmarks.pairs import paired, seconds

IMPORTS = "import duckdb, pyarrow, pydantic, networkx, sqlalchemy"


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the figures of the commands, and of the editor."""
    with tempfile.TemporaryDirectory() as name:
        environment = os.environ | {"SUMMIT_HOME": name, "QT_QPA_PLATFORM": "offscreen"}
        # As installed: with byte code, which the first call writes, wherever this runs.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(Path(name, "bytecode"))
        call = partial(_call, environment)
        example = str(resource("examples/orders/orders.summit.json"))
        bare = partial(call, "-c", "pass")
        yield paired(
            "startup/help", partial(call, "-m", "summit_studio", "--help"), bare, args.rounds
        )
        yield paired(
            "startup/run-example",
            partial(call, "-m", "summit_studio", "run", example),
            partial(call, "-c", IMPORTS),
            args.rounds,
        )
        yield from _editor(call, example, args.rounds, Path(name))


def _editor(call: Any, example: str, rounds: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the time until the editor drew its first frame, and took its first key."""
    probe = ("-m", "tests.benchmarks.editor_probe")
    qt = (
        "from PySide6 import QtWidgets as w, QtSvg; a = w.QApplication([]); "
        "x = w.QMainWindow(); x.show(); a.processEvents()"
    )
    yield paired("startup/editor", partial(call, *probe, example), partial(call, "-c", qt), rounds)
    big = folder / "big.summit.json"
    call(*probe, "--make", str(big))
    opening = seconds(partial(call, *probe, str(big)))
    small = seconds(partial(call, *probe, example))
    yield {
        "case": "startup/open-1000-nodes", "ratio": opening / small, "ours_secs": opening,
        "limit_secs": small, "open_secs": opening - small,
    }  # fmt: skip


def _call(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], env=environment, check=True, capture_output=True)
