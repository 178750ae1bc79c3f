"""Kills runs at their steps, lets another run go on, and counts what is lost and doubled."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.targets import Found, Target

_TIMEOUT_SECS = 300
"""Longer than a run that another keeps out tries again."""
LOCKED = ("file_locked", "lock_timeout", "state_unavailable")
KEPT_OUT = ("has it open for writing", "database is locked")
"""What a file says that a frozen run keeps, as soon as it is looked at: DuckDB's, SQLite's."""


@dataclass
class Toll:
    """What a case came to.

    Args:
        kills: Runs that were killed or stopped.
        lost: Rows that a clean run writes, and are not there.
        doubled: Rows that are there more often than a clean run writes them.
        wrong: Rows that no clean run writes.
        failed: What runs said that should have gone on and did not.
    """

    kills: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong or self.failed)


class Killer:
    """Runs one pipeline again and again.

    Args:
        target: Built already.
        control: The fault that is put in; None for the program as it is.
    """

    def __init__(self, target: Target, control: str | None = None) -> None:
        self.target = target
        self._control = ["--control", control] if control else []
        self.toll = Toll()
        self.labels: list[str] = []
        self.want: Found = {}

    def learn(self) -> None:
        """Run once to the end: what it writes is right, what it says are the steps."""
        steps = self.target.folder / "labels"
        steps.unlink(missing_ok=True)
        self.target.clear()
        code, said = self.run("--labels", str(steps))
        if code != 0:
            raise RuntimeError(f"A clean run failed: {said}")
        self.labels = list(dict.fromkeys(steps.read_text().split()))
        self.want = self.target.rows()

    def kill(self, label: str, again: str | None = None) -> None:
        """Kill a run at a step, perhaps a second one that goes on, and let the last end."""
        self.target.clear()
        for step in filter(None, (label, again)):
            code, _ = self.run("--kill", step)
            self.toll.kills += code == -signal.SIGKILL
            if code == 0:
                # It never came to that step, and the load is whole: the next run is another load.
                self._compare()
                return
        self._end(f"killed at {label}" + (f", then at {again}" if again else ""))

    def kill_after(self, seconds: float) -> None:
        """Kill a run at a moment, and let another go on."""
        self.target.clear()
        process = self.start()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=_TIMEOUT_SECS)
        self.toll.kills += process.returncode == -signal.SIGKILL
        if process.returncode == 0 or self._told(process.pid):
            self._compare()  # The load had ended: the next run would be another one.
        else:
            self._end(f"killed after {seconds:.2f} s")

    def freeze(self, label: str) -> tuple[int, str]:
        """Stop a run at a step, let another end, wake the first; return how that ended.

        Where the first keeps a lock that the other needs, the other must say so; then whoever
        comes later ends the load.
        """
        self.target.clear()
        zombie = self.start("--stop", label)
        deadline = time.monotonic() + _TIMEOUT_SECS
        while not is_stopped(zombie.pid):
            if zombie.poll() is not None or time.monotonic() > deadline:
                zombie.kill()
                raise RuntimeError(f"It did not stop at {label}")
            time.sleep(0.02)
        self.toll.kills += 1
        code, said = self.run("--take-over")
        zombie.send_signal(signal.SIGCONT)
        _, error = zombie.communicate(timeout=_TIMEOUT_SECS)
        # Other threads go on for a moment after the signal: it may stand within a transaction.
        last = said.strip().rpartition("\n")[2]  # It may have been tried again several times.
        locked = last.startswith(LOCKED) or any(words in said for words in KEPT_OUT)
        if code != 0 and not locked:
            self.toll.failed.append(f"taking over at {label}: {said}")
        if locked and zombie.returncode != 0:
            self._end(f"stopped at {label}")
        else:
            self._compare()
        return zombie.returncode, error.decode()

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run once; return the exit code and what was said."""
        process = self.start(*arguments)
        _, error = process.communicate(timeout=_TIMEOUT_SECS)
        return process.returncode, error.decode()

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a run."""
        command = [sys.executable, "-m", "tests.chaos.child", str(self.target.document)]
        return subprocess.Popen(
            [*command, *arguments, *self._control],
            env=os.environ | {"SUMMIT_HOME": str(self.target.folder / "home")},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def _told(self, pid: int) -> bool:
        """Return True if a run said that it succeeded, though it was killed on its way out."""
        with closing(sqlite3.connect(self.target.folder / "home" / "state.db")) as state:
            query = "SELECT status FROM runs WHERE pid = ? ORDER BY started_at DESC LIMIT 1"
            return bool(state.execute(query, (pid,)).fetchone() == ("succeeded",))

    def _end(self, story: str) -> None:
        code, said = self.run()
        if code != 0:
            self.toll.failed.append(f"{story}: {said}")
        self._compare()

    def _compare(self) -> None:
        compare(self.want, self.target.rows(), self.toll)


def compare(wanted: Found, found: Found, toll: Toll) -> None:
    """Count what is lost, doubled and wrong in a target."""
    for sink, want in wanted.items():
        have: Counter[object] = Counter(found[sink])
        toll.lost += sum(max(n - have[row], 0) for row, n in want.items())
        toll.doubled += sum(max(n - want[row], 0) for row, n in have.items() if row in want)
        toll.wrong += sum(n for row, n in have.items() if row not in want)


def is_stopped(pid: int) -> bool:
    """Return True for a process that a signal has stopped."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] == "T"
