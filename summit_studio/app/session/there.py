"""Which files are gone, told within a moment even where a network folder does not answer."""

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, SimpleQueue

_WAIT_SECS = 0.3


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
