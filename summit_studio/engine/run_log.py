"""The logs of runs that were let go: what each tells, and by a second file what it is asked.

The log is one JSON line an event, behind a first line that says what runs and where. What was told
before the run was let go comes first, shortened: who reads the log knows as much as who was there.
"""

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from summit_studio.core.errors import InvalidDocument, SummitError
from summit_studio.core.events import (
    BatchProcessed,
    Event,
    LoadMeasured,
    RowsRejected,
    RunResumed,
    RunRetried,
    to_json,
)
from summit_studio.core.process import own_name
from summit_studio.document.model import Document
from summit_studio.document.text import dump, parse
from summit_studio.engine.request import RunRequest
from summit_studio.state.past import sum_of
from summit_studio.workspace.trust import config_folder

CANCEL: Final = "cancel"
CHECKPOINT: Final = "checkpoint"

_VERSION = 1
_SUFFIX = ".run.jsonl"
_ORDERS = ".orders"
_QUIET_SECS = 0.25


def folder() -> Path:
    """Return where the logs of runs that were let go are kept."""
    return config_folder() / "runs"


class RunLog:
    """What a run has told. Kept short in memory until `begin`; from then on written to its file.

    Not for several threads at once: its owner holds a lock.
    """

    def __init__(self, request: RunRequest) -> None:
        self._request = request
        self._events: list[Event] = []
        self._merged: dict[Any, int] = {}
        self._file: IO[str] | None = None
        self._flushed = 0.0
        self._path = folder() / f"{request.run_id}{_SUFFIX}"

    @property
    def written(self) -> bool:
        """True once events go to the file."""
        return self._file is not None

    def take(self, event: Event) -> None:
        """Take in an event; batches of one node are added up until they are written."""
        match event:
            case BatchProcessed():
                self._merge(event.node_id, event)
            case RowsRejected():
                self._merge((event.node_id, event.code, event.column), event)
            case LoadMeasured():
                self._merge(LoadMeasured, event)
            case _:
                self._events.append(event)
                if isinstance(event, RunRetried | RunResumed):
                    self._merged.clear()  # What is counted from here on is another account.
                if self.written:
                    self.flush()

    def _merge(self, key: Any, event: BatchProcessed | RowsRejected | LoadMeasured) -> None:
        at = self._merged.get(key)
        if at is None:
            self._merged[key] = len(self._events)
            self._events.append(event)
        else:
            self._events[at] = sum_of(self._events[at], event)
        if self.written and time.monotonic() - self._flushed > _QUIET_SECS:
            self.flush()

    def begin(self) -> None:
        """Write what was told so far, and from now on all that is.

        Raises:
            OSError: The file cannot be written.
        """
        request = self._request
        head = {
            "run_log": _VERSION,
            "run_id": request.run_id,
            "process": own_name(),
            "file": None if request.path is None else os.path.realpath(request.path),
            "root": str(request.root),
            "name": request.document.name,
            "document": dump(request.document),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Only the user may read it: it holds the pipeline.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "w", encoding="utf-8")
        self._file.write(json.dumps(head) + "\n")
        self.flush()

    def flush(self) -> None:
        """Write what waits. A disk that is full ends the telling, not the run."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            for event in self._events:
                self._file.write(json.dumps(to_json(event)) + "\n")
            self._file.flush()
        self._events.clear()
        self._merged.clear()
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Write what waits, and close the file."""
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def orders(self) -> tuple[str, ...]:
        """Return what was ordered since the last call: `cancel`, `checkpoint`."""
        place = _orders_of(self._path)
        taken = place.with_name(f"{place.name}.taken")
        with contextlib.suppress(OSError):
            place.replace(taken)  # What is ordered from now on comes to a new file.
            text = taken.read_text("utf-8")
            taken.unlink()
            return tuple(text.split())
        return ()


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a log.

    Args:
        process: The name of the process that runs it.
        file: The pipeline's file as it was then, links followed; None for one never saved.
        document: The pipeline as it runs.
    """

    run_id: str
    process: str
    file: Path | None
    root: Path
    name: str
    document: Document


def any_detached() -> bool:
    """Return True if there are logs at all; this takes no time."""
    return any(folder().glob(f"*{_SUFFIX}"))


def detached_runs() -> list[Path]:
    """Return the logs of all runs that were let go and not looked at since, oldest first."""
    found = folder().glob(f"*{_SUFFIX}")
    return sorted((p for p in found if head_of(p) is not None), key=lambda p: p.stat().st_mtime)


def of_file(file: Path) -> list[Path]:
    """Return those of one pipeline's file."""
    real = Path(os.path.realpath(file))
    return [path for path in detached_runs() if _is_of(path, real)]


def head_of(path: Path) -> Head | None:
    """Return what a log begins with, or None where it is none."""
    with contextlib.suppress(OSError, SummitError), path.open(encoding="utf-8") as lines:
        return read_head(lines.readline())
    return None


def drop(path: Path) -> None:
    """Forget a run that was let go."""
    path.unlink(missing_ok=True)
    _orders_of(path).unlink(missing_ok=True)


def order(path: Path, word: str) -> None:
    """Ask something of a run that was let go: `CANCEL` or `CHECKPOINT`."""
    with contextlib.suppress(OSError), _orders_of(path).open("a", encoding="utf-8") as to:
        to.write(f"{word}\n")


def _is_of(path: Path, file: Path) -> bool:
    head = head_of(path)
    return head is not None and head.file == file


def read_head(line: str) -> Head:
    """Return what the first line of a log says.

    Raises:
        InvalidDocument: It is none, or of another version.
    """
    try:
        raw = json.loads(line)
        if raw["run_log"] != _VERSION:
            raise KeyError(raw["run_log"])
        file = raw["file"]
        document = parse(raw["document"]).document
        return Head(
            raw["run_id"], raw["process"], None if file is None else Path(file),
            Path(raw["root"]), raw["name"], document,
        )  # fmt: skip
    except (ValueError, LookupError, TypeError) as error:
        raise InvalidDocument(
            "Cannot read the log of a run",
            why="it is damaged, or another version of Summit Studio wrote it",
            do="look at the history of runs",
            code="run_log_unreadable",
        ) from error


def _orders_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_SUFFIX) + _ORDERS)
