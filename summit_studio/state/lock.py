"""A lock file that names its holder, so that a lock left by a killed process holds nobody up."""

import contextlib
import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from summit_studio.core.process import identity, own_identity


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock.

    Args:
        process: What tells it from every other process that had or will have its number.
        part: Which part of the process it is for; empty for all of it.
    """

    host: str
    pid: int
    process: str
    part: str = ""

    @classmethod
    def own(cls, part: str = "") -> "Holder":
        """Return this process, or a part of it."""
        return cls(socket.gethostname(), os.getpid(), own_identity(), part)

    @property
    def gone(self) -> bool:
        """True if the process is known to have ended; of another host nothing is known."""
        return self.host == socket.gethostname() and identity(self.pid) != self.process

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"


class Lock:
    """One lock, by the path of its file. Where the file cannot be written nobody is kept out.

    Args:
        path: Its file.
        part: Of this process, which part it is for: parts keep each other out too.
    """

    def __init__(self, path: Path, part: str = "") -> None:
        self.path = path
        self._own = Holder.own(part)

    def take(self) -> Holder | None:
        """Take the lock, or return the living process that holds it."""
        other = self.holder()
        if other is None:
            self.seize()
            # Two may find the same dead holder: the later one has it.
            other = self.holder()
        return other

    def seize(self) -> None:
        """Take the lock whoever holds it; in one step, so that nobody reads half a holder."""
        whole = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            whole.write_text(json.dumps(asdict(self._own)), "utf-8")
            whole.replace(self.path)

    def holder(self) -> Holder | None:
        """Return the other process that holds the lock, or None: free, ours, or its holder died."""
        found = self._read()
        return None if found is None or found == self._own or found.gone else found

    def release(self) -> None:
        """Give the lock back, if it is still ours."""
        if self._read() == self._own:
            self.path.unlink(missing_ok=True)

    def _read(self) -> Holder | None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            return Holder(**json.loads(self.path.read_text("utf-8")))
        return None
