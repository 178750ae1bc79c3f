"""Staging beside a target: names of half-made outputs, and clearing those of dead runs.

Beside `orders.csv` a run keeps `.orders.csv.summit-RUN.lock` (held open and locked as long as the
run lives), `.part` (the new output) and, for folders, `.old` (what stood there, while swapping).
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from summit_studio.core.durable import remove
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.stores.faults import may_pass

_MARK: Final = ".summit-"


class Staging:
    """The staging of one run for one target: its paths, and the lock that says it is alive.

    Args:
        target: The file or folder to be made; its parent folder is created.
        run_id: Who makes it.

    Raises:
        WriteFailed: The parent folder cannot be written, or this run makes the target already.
    """

    def __init__(self, target: Path, run_id: str) -> None:
        self.target = target
        stem = f".{target.name}{_MARK}{run_id}"
        self.part = target.with_name(f"{stem}.part")
        self.old = target.with_name(f"{stem}.old")
        self._lock_path = target.with_name(f"{stem}.lock")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            clear_leftovers(target)
            self._lock: IO[bytes] | None = self._lock_path.open("xb")
        except FileExistsError:
            raise WriteFailed(
                f"Cannot write {target}",
                why="another node of this run writes it, or its parent is not a folder",
                do="give each sink its own path",
                code="output_taken",
                where=Where(file=str(target)),
            ) from None
        except OSError as error:
            raise write_failure(target, error) from None
        _try_lock(self._lock)

    def release(self) -> None:
        """Remove whatever is left of the staging, the lock last. Calling it again does nothing."""
        if self._lock is None:
            return
        remove(self.part)
        if self.target.exists():
            remove(self.old)
        self._lock.close()
        self._lock = None
        self._lock_path.unlink(missing_ok=True)


def clear_leftovers(target: Path) -> None:
    """Remove the staging of dead runs beside `target`; bring back a folder they had moved aside."""
    prefix = f".{target.name}{_MARK}"
    for lock_path in [p for p in target.parent.iterdir() if p.name.startswith(prefix)]:
        if lock_path.suffix == ".lock" and _is_dead(lock_path):
            old = lock_path.with_suffix(".old")
            if old.exists() and not target.exists():
                old.rename(target)
            remove(old)
            remove(lock_path.with_suffix(".part"))
            lock_path.unlink(missing_ok=True)


@contextlib.contextmanager
def write_errors(target: Path) -> Iterator[None]:
    """Turn every OSError inside into WriteFailed about `target`."""
    try:
        yield
    except OSError as error:
        raise write_failure(target, error) from None


def write_failure(target: Path, error: OSError) -> WriteFailed:
    """Return what an OSError while writing `target` means."""
    import errno

    text = str(error)
    full = error.errno in {errno.ENOSPC, errno.EDQUOT} or "No space left" in text
    if full:
        return WriteFailed(
            f"Cannot write {target}",
            why=f"the disk is full ({_free_space(target)} free); what stood there is untouched",
            do="free some space or choose another folder",
            code="disk_full",
            where=Where(file=str(target)),
        )
    if error.errno == errno.EFBIG or "File too large" in text:
        return WriteFailed(
            f"Cannot write {target}",
            why="the file would exceed the size limit of this process or file system "
            f"({_free_space(target)} free); what stood there is untouched",
            do="raise the limit (ulimit -f), or partition the output",
            code="file_too_large",
            where=Where(file=str(target)),
        )
    return WriteFailed(
        f"Cannot write {target}",
        why=error.strerror or type(error).__name__,
        do="check that the folder exists and that you may write there",
        code="file_unwritable",
        where=Where(file=str(target)),
        retryable=may_pass(error),
    )


def _free_space(target: Path) -> str:
    try:
        free = shutil.disk_usage(target.parent).free
    except OSError:
        return "unknown space"
    return f"{free / 2**20:,.1f} MB"


def _is_dead(lock_path: Path) -> bool:
    """Return True if nobody holds the lock: its owner ended, however it ended."""
    try:
        with lock_path.open("rb+") as file:
            if os.name == "posix":
                return _try_lock(file)
        lock_path.unlink()
    except OSError:
        # Gone by now, or held open by a live process on Windows.
        return False
    return True


def _try_lock(file: IO[bytes]) -> bool:
    if os.name != "posix":
        # An open file cannot be deleted there; that is the lock.
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
