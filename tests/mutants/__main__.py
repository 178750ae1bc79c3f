"""Run the faults: `python -m tests.mutants [WORD ...]`; words select by area and name.

Each is put into a copy of the program in a temporary folder, two at a time; the checkout is never
touched. First the tests must pass without any fault.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.faults import ROOT, Fault, Stale, faults

AT_ONCE = 2
PARTS = ("summit_studio", "resources", "tests", "pyproject.toml")
PASSED, FAILED = 0, 1
"""What pytest exits with; with anything else it did not come to run the tests."""


class Copy:
    """A copy of the program and its tests. Used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / part, ignore=ignored)
            else:
                shutil.copy2(source, folder / part)

    def with_fault(self, fault: Fault) -> tuple[str, str]:
        """Return what became of a fault, and what pytest said; the copy is whole again after."""
        path = self._folder / fault.file
        whole = path.read_text(encoding="utf-8")
        try:
            self._write(path, fault.put_into(whole))
            code, said = self.test(fault.killed_by)
        except Stale as error:
            return "STALE", str(error)
        finally:
            self._write(path, whole)
        return {PASSED: "ALIVE", FAILED: "killed"}.get(code, "BROKEN"), said

    def test(self, tests: Iterable[str]) -> tuple[int, str]:
        """Run tests on the copy up to the first that fails."""
        alone = {"PYTHONPATH": str(self._folder), "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n", "0",
             "--timeout", "60", *tests],
            cwd=self._folder, env=os.environ | alone, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        # Compiled code is told by second and size of its source: two faults may have the same.
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


def main(words: list[str]) -> int:
    """Run the faults that the words select; return 0 if the tests notice all of them."""
    chosen = faults(*words)
    if not chosen:
        print("No fault has these words in its name; without words all are run.")
        return 2
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="summit-mutants-") as folder:
        copies = [Copy(_made(Path(folder) / str(number))) for number in range(AT_ONCE)]
        if not _sound(copies[0], chosen):
            return 1
        found = _run(copies, chosen)
    wrong = len(chosen) - found.count("killed")
    minutes, secs = divmod(round(time.monotonic() - begun), 60)
    print(f"{len(chosen)} faults, {wrong} not killed, in {minutes} min {secs} s")
    return 1 if wrong else 0


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _sound(copy: Copy, chosen: list[Fault]) -> bool:
    """Return True if all tests of the faults pass without one."""
    code, said = copy.test(dict.fromkeys(test for fault in chosen for test in fault.killed_by))
    if code != PASSED:
        print(f"The tests do not pass without a fault:\n{said}")
    return code == PASSED


def _run(copies: list[Copy], chosen: list[Fault]) -> list[str]:
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def one(fault: Fault) -> str:
        copy, begun = free.get(), time.monotonic()
        try:
            outcome, said = copy.with_fault(fault)
        finally:
            free.put(copy)
        print(f"{outcome:7}{time.monotonic() - begun:6.1f} s  {fault}", flush=True)
        if outcome in {"STALE", "BROKEN"}:
            print(said, flush=True)
        return outcome

    with ThreadPoolExecutor(len(copies)) as pool:
        return list(pool.map(one, chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
