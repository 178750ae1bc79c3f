"""The editor as a person has it: its own process, a real X display, a real mouse and keyboard."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.resources import resource

PROGRAMS = ("Xvfb", "xdotool", "import")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]
SIZE = (1600, 1000)
SOURCE_BLUE = bytes.fromhex("0072B2")

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]


def until(found: Callable[[], Any], what: str, secs: float = 30) -> Any:
    """Wait for something and return it."""
    end = time.monotonic() + secs
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {secs:.0f} s for {what}")


@dataclass
class Person:
    """Sees the display, and has a hand on its mouse and keyboard."""

    env: dict[str, str]

    def do(self, *words: object) -> str:
        command = ["xdotool", *map(str, words)]
        # A search that finds nothing yet fails; whoever searches asks again.
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=20, check=False)
        return done.stdout.decode().strip()

    def window(self, title: str) -> str:
        """Return the id of the window with this title, with the keyboard on it."""
        found = until(lambda: self.do("search", "--onlyvisible", "--name", title), title)
        window = found.splitlines()[0]
        self.do("windowfocus", window)
        return window

    def drag(self, start: tuple[int, int], by: tuple[int, int]) -> None:
        self.do("mousemove", *start, "mousedown", 1)
        for step in range(1, 11):
            x, y = (begin + way * step // 10 for begin, way in zip(start, by, strict=True))
            self.do("mousemove", x, y)
            time.sleep(0.03)
        self.do("mouseup", 1)

    def see(self, colour: bytes, wide: int) -> tuple[int, int] | None:
        """Return the first place where that many pixels in a row have the colour."""
        command = ["import", "-window", "root", "-depth", "8", "rgb:-"]
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=20, check=True)
        at = done.stdout.find(colour * wide)
        while at % 3 and at >= 0:
            at = done.stdout.find(colour * wide, at + 1)
        return ((at // 3) % SIZE[0], at // 3 // SIZE[0]) if at >= 0 else None


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The worked example, where it may be written."""
    folder = tmp_path / "orders"
    shutil.copytree(resource("examples/orders"), folder, ignore=shutil.ignore_patterns("out"))
    return folder / "orders.summit.json"


def outputs_of(file: Path) -> list[Path]:
    """Return the files that the pipeline's sinks write."""
    nodes = json.loads(file.read_text())["nodes"].values()
    sinks = [node for node in nodes if node["type"].endswith("_sink")]
    return [file.parent / n["params"]["path"] for n in sinks if "path" in n["params"]]


@pytest.fixture
def person(display: str, home: Path) -> Person:
    """Somebody before the display."""
    env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "SUMMIT_HOME": str(home)}
    env.pop("WAYLAND_DISPLAY", None)
    return Person(env)


@pytest.fixture
def editor(person: Person, example: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The editor's process with the example open."""
    command = [sys.executable, "-m", "summit_studio.app.main", str(example)]
    process = subprocess.Popen(command, env=person.env)
    yield process
    if process.poll() is None:
        process.kill()
        process.wait(10)


@pytest.mark.timeout(90)
def test_run_drag_and_save_by_mouse_and_keyboard(
    person: Person, editor: "subprocess.Popen[bytes]", example: Path
) -> None:
    before = example.read_text()
    person.window("orders.summit.json")

    person.do("key", "F5")
    outputs = outputs_of(example)
    assert len(outputs) > 1
    until(lambda: all(path.exists() for path in outputs), "the outputs")

    x, y = until(lambda: person.see(SOURCE_BLUE, wide=12), "a source on the canvas")
    person.drag((x + 6, y + 2), by=(0, 96))
    person.do("key", "ctrl+s")
    until(lambda: example.read_text() != before, "the saved file")

    after = example.read_text()
    old, new = json.loads(before), json.loads(after)
    given = f'  "id": "{new.pop("id")}",\n'
    assert after.replace(given, "").partition('"layout"')[0] == before.partition('"layout"')[0]
    was, now = old.pop("layout")["nodes"], new.pop("layout")["nodes"]
    assert new == old
    (moved,) = [i for i, place in now.items() if place != was[i]]
    assert old["nodes"][moved]["type"].endswith("_source")
    assert now[moved][0] == was[moved][0]
    assert now[moved][1] > was[moved][1]

    person.do("key", "ctrl+q")
    assert editor.wait(20) == 0
