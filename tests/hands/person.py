"""A person before the editor: a real display, mouse and keyboard; every action counts and shows."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = ("Xvfb", "xdotool", "import")
WAIT_SECS = 30

Place = tuple[int, int]


@contextmanager
def a_display(width: int, height: int) -> Iterator[str]:
    """Yield the name of a display of its own, on a number that nobody uses."""
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24",
         "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as told:
        number = told.readline().strip()
    if not number:
        raise OSError("Xvfb did not start")
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


@dataclass
class Person:
    """Somebody with eyes and hands.

    Args:
        env: The surroundings of the editor: its display and its settings.
        folder: Where the editor is started.
        shots: Where a picture after each action goes.
        actions: What was done so far: a click, a double click, a drag, a key, or a text typed
            with the key that ends it, is one each.
    """

    env: dict[str, str]
    folder: Path
    shots: Path
    actions: list[str] = field(default_factory=list)
    _editor: subprocess.Popen[bytes] | None = None
    _eyes: Any = None

    def start(self, *arguments: str) -> None:
        """Start the editor and wait until its window is there."""
        address = str(self.folder.parent / "eyes.socket")
        command = [sys.executable, "-m", "tests.hands.eyes", address, *arguments]
        env = {**self.env, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        self._editor = subprocess.Popen(command, env=env, cwd=self.folder)
        self.until(lambda: Path(address).exists(), "the editor")
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address)
            self._eyes = line.makefile("rw")  # Keeps the line open until it is closed itself.
        self.until(lambda: self._do("search", "--onlyvisible", "--name", "."), "a window")
        self.attend()

    def end(self) -> int:
        """Leave the editor and return its exit code."""
        assert self._editor is not None
        self.key("ctrl+q")
        return self._editor.wait(WAIT_SECS)

    def kill(self) -> None:
        """End the editor if it is still there."""
        if self._eyes is not None:
            self._eyes.close()
        if self._editor is not None and self._editor.poll() is None:
            self._editor.kill()
            self._editor.wait(WAIT_SECS)

    def look(self, what: str, *words: object) -> Any:
        """Return what the eyes see at this moment; see `eyes.Eyes`."""
        self._eyes.write(json.dumps([what, *words]) + "\n")
        self._eyes.flush()
        return json.loads(self._eyes.readline())

    def find(self, what: str, *words: object) -> Place:
        """Return the place of a thing, once it is there and stays there."""
        last = None
        end = time.monotonic() + WAIT_SECS
        while time.monotonic() < end:
            place = self.look(what, *words)
            if place is not None and place == last:
                return place[0], place[1]
            last = place
            time.sleep(0.15)
        raise AssertionError(f"waited {WAIT_SECS} s to see {what} {' '.join(map(str, words))}")

    def until(self, found: Callable[[], Any], what: str) -> Any:
        """Wait for something and return it."""
        end = time.monotonic() + WAIT_SECS
        while time.monotonic() < end:
            value = found()
            if value:
                return value
            time.sleep(0.1)
        raise AssertionError(f"waited {WAIT_SECS} s for {what}")

    def click(self, what: str, *words: object, held: str = "") -> None:
        """Click on a thing, with a key held."""
        if held:
            self._do("keydown", held)
        self._press("click", 1, 1, what, words)
        if held:
            self._do("keyup", held)

    def double_click(self, what: str, *words: object) -> None:
        """Double-click on a thing."""
        self._press("double-click", 1, 2, what, words)

    def right_click(self, what: str, *words: object) -> None:
        """Click on a thing with the right button."""
        self._press("right-click", 3, 1, what, words)

    def choose(self, *entries: str) -> None:
        """Choose an entry of the open menu, by way of the menus in it."""
        for entry in entries[:-1]:
            self._do("mousemove", *self.find("entry", entry))
        place = self.find("entry", entries[-1])
        self._do("mousemove", *place, "click", 1)
        self._did(f"choose {' > '.join(entries)}")

    def drag(self, start: Place, end: Place, what: str) -> None:
        """Drag from a place to another."""
        self._do("mousemove", *start, "mousedown", 1)
        for step in range(1, 11):
            x, y = (a + (b - a) * step // 10 for a, b in zip(start, end, strict=True))
            self._do("mousemove", x, y)
            time.sleep(0.03)
        self._do("mouseup", 1)
        self._did(f"drag {what}")

    def key(self, keys: str) -> None:
        """Press a key, with those held with it: `ctrl+n`."""
        self._do("key", keys)
        self._did(f"press {keys}")

    def write(self, text: str, then: str = "") -> None:
        """Type a text and the key that ends it."""
        self._do("type", "--delay", 15, text)
        if then:
            time.sleep(0.25)
            self._do("key", then)
        self._did(f"type {text}" + (f", {then}" if then else ""))

    def attend(self) -> None:
        """Give the keyboard to the window on top, as a window manager does."""
        found = self._do("search", "--onlyvisible", "--name", ".").splitlines()
        if found:
            self._do("windowfocus", found[-1])

    def _press(
        self, kind: str, button: int, times: int, what: str, words: tuple[object, ...]
    ) -> None:
        place = self.find(what, *words)
        self._do("mousemove", *place, "click", "--repeat", times, "--delay", 60, button)
        self._did(f"{kind} {what} {' '.join(map(str, words))}")

    def _did(self, what: str) -> None:
        self.actions.append(what)
        time.sleep(0.35)
        self.attend()
        name = "".join(c if c.isalnum() else "-" for c in what)[:40]
        self._shoot(f"{len(self.actions):02d}-{name}")

    def _shoot(self, name: str) -> None:
        command = ["import", "-window", "root", str(self.shots / f"{name}.png")]
        subprocess.run(command, env=self.env, capture_output=True, timeout=20, check=True)

    def _do(self, *words: object) -> str:
        command = ["xdotool", *map(str, words)]
        # A search that finds nothing yet fails; whoever searches asks again.
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=30, check=False)
        return done.stdout.decode().strip()
