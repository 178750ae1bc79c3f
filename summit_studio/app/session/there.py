"""What is asked of files, answered in a moment even where a network folder does not answer."""

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

T = TypeVar("T")

_WAIT_SECS = 0.3


def real(path: Path, wait_secs: float = _WAIT_SECS) -> Path:
    """Return a path with its links followed; absolute as it is where nothing answers in time."""
    return _in_time(lambda: Path(os.path.realpath(path)), path.absolute(), wait_secs)


def same(one: Path | None, other: Path, wait_secs: float = _WAIT_SECS) -> bool:
    """Return True if both lead to one file; where none answers in time, if they are called so."""
    if one is None or one == other:
        return one is not None
    return _in_time(lambda: os.path.realpath(one) == os.path.realpath(other), False, wait_secs)


def _in_time(ask: Callable[[], T], otherwise: T, wait_secs: float) -> T:
    answers: SimpleQueue[T] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(ask()), name="looking", daemon=True).start()
    try:
        return answers.get(timeout=wait_secs)
    except Empty:
        return otherwise


def gone(paths: Iterable[Path], wait_secs: float = _WAIT_SECS) -> frozenset[Path]:
    """Return those of `paths` that are no files; what does not answer in time is not among them.

    Each is asked by a thread of its own, which the process does not wait for at its end.
    """
    asked = tuple(dict.fromkeys(paths))
    answers: SimpleQueue[tuple[Path, bool]] = SimpleQueue()

    def look(path: Path) -> None:
        try:
            answers.put((path, path.is_file()))
        except OSError:  # Its place has a fault of its own, which who opens it is told.
            answers.put((path, True))

    for path in asked:
        threading.Thread(target=look, args=(path,), name="looking", daemon=True).start()
    missing, end = set[Path](), time.monotonic() + wait_secs
    try:
        for _ in asked:
            path, is_file = answers.get(timeout=max(0.0, end - time.monotonic()))
            if not is_file:
                missing.add(path)
    except Empty:
        pass  # Some do not answer.
    return frozenset(missing)
