"""The editor as a screen reader has it: over AT-SPI, on a bus of its own, in a real window."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from summit_studio.core.resources import resource

PYTHON = "/usr/bin/python3"
READER = Path(__file__).with_name("screen_reader.py")
SERVICE = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")


def missing() -> str:
    """Return what is not installed of what it takes, or an empty text."""
    programs = [p for p in ("Xvfb", "dbus-run-session", PYTHON) if shutil.which(p) is None]
    if programs or not SERVICE.exists():
        return ", ".join(programs) or "at-spi2-core"
    found = subprocess.run([PYTHON, "-c", "import gi"], check=False, capture_output=True)
    return "" if found.returncode == 0 else "python3-gi"


MISSING = missing()


@pytest.mark.window
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}")
@pytest.mark.timeout(150)
def test_a_screen_reader_finds_the_pipeline_runs_it_and_is_told_how_it_ended(display, tmp_path):
    folder = tmp_path / "orders"
    shutil.copytree(resource("examples/orders"), folder, ignore=shutil.ignore_patterns("out"))
    editor = [sys.executable, "-m", "summit_studio.app.main", str(folder / "orders.summit.json")]
    env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    env.pop("WAYLAND_DISPLAY", None)
    done = subprocess.run(
        ["dbus-run-session", "--", PYTHON, str(READER), "summit-studio", "Run", *editor],
        env=env, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    parts = {(p["role"], p["name"]): p for p in told["parts"]}
    canvas = parts["canvas", "Canvas"]
    node = next(p for (r, n), p in parts.items() if r == "list item" and n.startswith("Not canc"))
    assert node["depth"] == canvas["depth"] + 1
    assert "fed by One row an order" in node["says"]
    assert any(n == "output kept" for _, n in parts)
    assert ("tree", "Outline of the pipeline") in parts
    begun, ended = told["announced"]
    assert begun == "Run started"
    assert "rows written" in ended
