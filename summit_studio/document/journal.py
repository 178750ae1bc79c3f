"""The recovery journal: every edit since the last save, so that a crash costs nothing.

One JSON line an edit, in the user's state folder and never beside the user's file. The first line
says which text the edits start from; replayed on another text they would be wrong.
"""

import contextlib
import hashlib
import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from summit_studio.core.errors import InvalidDocument, SummitError, WriteFailed
from summit_studio.document.edit_json import edit_from_json, edit_to_json
from summit_studio.document.edits import Edit
from summit_studio.document.model import Document
from summit_studio.document.text import dump

SUFFIX = ".journal.jsonl"
_VERSION = 1
_SYNC_SECS = 1.0


@dataclass(frozen=True, slots=True)
class Leftover:
    """A journal some editor did not get to clear.

    Args:
        file: The pipeline file the edits belong to; None for one never saved.
        edits: How many edits it holds, a torn last one left out.
    """

    key: str
    file: str | None
    edits: int


def leftovers(folder: Path) -> tuple[Leftover, ...]:
    """Return the journals in a folder that hold edits, oldest first."""
    found = sorted(folder.glob(f"*{SUFFIX}"), key=lambda p: p.stat().st_mtime)
    journals = (Journal(folder, path.name.removesuffix(SUFFIX)) for path in found)
    return tuple(item for item in (j.leftover() for j in journals) if item)


def key_of(file: str | os.PathLike[str]) -> str:
    """Return the journal key of a pipeline file: the same for every way to write its path."""
    return hashlib.sha256(os.path.realpath(file).encode()).hexdigest()[:24]


class Journal:
    """The edits of one open document since its last save. Used from one thread.

    Args:
        folder: The state folder; made on the first append.
        key: Names the document: `key_of(file)`, or any id for one never saved.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.path = folder / f"{key}{SUFFIX}"
        self.key = key
        self._header = b""
        self._stream: BinaryIO | None = None
        self._syncer: threading.Thread | None = None
        self._closing = threading.Event()
        self._sync_due = threading.Event()

    def begin(self, base_text: str, file: str | os.PathLike[str] | None = None) -> None:
        """Start anew from what was just opened or saved; edits of an earlier base are dropped.

        The file is made by the first `append`: a document only looked at leaves no journal.
        """
        self.clear()
        name = None if file is None else os.path.realpath(file)
        head = {"journal": _VERSION, "sha256": _digest(base_text), "file": name}
        self._header = _line(head)

    def append(self, edit: Edit) -> None:
        """Add an edit, in microseconds: it survives a killed editor at once, a power cut in 1 s.

        Raises:
            WriteFailed: The journal cannot be written; the document itself is not in danger.
        """
        line = _line(edit_to_json(edit))
        try:
            stream = self._stream or self._open()
            stream.write(line)
            stream.flush()
        except OSError as error:
            raise _write_failed(error, self.path) from error
        self._sync_soon(stream)

    def recover(
        self, base: Document, base_text: str | None = None
    ) -> tuple[Document, tuple[Edit, ...]]:
        """Return the base with every whole edit replayed, and these edits.

        What follows a torn or unfit line is cut off; later edits are appended after it.

        Args:
            base: The document as it was opened or last saved.
            base_text: Its file's text; None where that is what `dump` writes.

        Raises:
            InvalidDocument: The journal starts from another text, or cannot be read.
        """
        head, lines = self._read()
        text = dump(base) if base_text is None else base_text
        if not head or head.get("sha256") != _digest(text):
            raise InvalidDocument(
                "Cannot recover the unsaved edits",
                why="the pipeline file has changed since they were made",
                do="go on with the file as it is, or take back the version the edits belong to",
                code="journal_mismatch",
            ).at(file=str(self.path))
        document, edits, good = base, list[Edit](), len(lines[0])
        for line in lines[1:]:
            try:
                edit = edit_from_json(json.loads(line))
                document = edit.apply(document)
            except (SummitError, ValueError, RecursionError):
                break
            edits.append(edit)
            good += len(line)
        self._reopen(lines[0], good)
        return document, tuple(edits)

    def set_aside(self) -> None:
        """Keep the edits for when the text they start from comes back."""
        head, _ = self._read()
        if head:
            self.path.replace(self._aside(str(head.get("sha256"))))

    def take_back(self, base_text: str) -> None:
        """Take up edits once set aside, if they start from this text and there are no others."""
        aside = self._aside(_digest(base_text))
        if aside.exists() and not self.path.exists():
            aside.replace(self.path)

    def _aside(self, digest: str) -> Path:
        return self.path.with_name(f"{self.key}-{digest[:12]}.aside.jsonl")

    def leftover(self) -> Leftover | None:
        """Return what the journal holds, or None if it holds no edit."""
        with contextlib.suppress(InvalidDocument):
            head, lines = self._read()
            if head and len(lines) > 1:
                return Leftover(self.key, head.get("file"), len(lines) - 1)
        return None

    def clear(self) -> None:
        """Forget every edit: the document was saved, or the user does not want them."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Sync what is pending and close the file; it stays for the next start."""
        self._closing.set()
        if self._syncer is not None:
            self._syncer.join()
        if self._stream is not None:
            self._stream.close()
        self._stream = self._syncer = None
        self._closing, self._sync_due = threading.Event(), threading.Event()

    def _open(self) -> BinaryIO:
        if not self._header:
            raise RuntimeError("Journal.begin or recover comes before append.")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Only the user may read it: params can hold names the pipeline file's folder would guard.
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stream = os.fdopen(descriptor, "ab")
        if stream.tell() == 0:
            stream.write(self._header)
        self._stream = stream
        return stream

    def _reopen(self, header: bytes, size: int) -> None:
        self.close()
        self._header = header
        with contextlib.suppress(OSError):
            os.truncate(self.path, size)

    def _read(self) -> tuple[dict[str, Any] | None, list[bytes]]:
        """Return the first line's object and every whole line, the first included."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise InvalidDocument(
                "Cannot read the recovery journal",
                why=(error.strerror or "").lower(),
                do="check the rights on the state folder",
                code="journal_unreadable",
            ).at(file=str(self.path)) from error
        lines = [line for line in data.splitlines(keepends=True) if line.endswith(b"\n")]
        with contextlib.suppress(ValueError, IndexError, RecursionError):
            head = json.loads(lines[0])
            if isinstance(head, dict) and head.get("journal") == _VERSION:
                return head, lines
        return None, lines

    def _sync_soon(self, stream: BinaryIO) -> None:
        """Have a thread sync once within a second; a sync here could hold up the editor."""
        if self._sync_due.is_set():
            return
        self._sync_due.set()
        args = (os.dup(stream.fileno()), self._closing, self._sync_due)
        self._syncer = threading.Thread(target=_sync_later, args=args, name="journal", daemon=True)
        self._syncer.start()


def _sync_later(descriptor: int, closing: threading.Event, due: threading.Event) -> None:
    closing.wait(_SYNC_SECS)
    due.clear()  # Before the sync: a line that comes during it needs another.
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(value: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(value, separators=(",", ":"), allow_nan=False, default=dict)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidDocument(
            "Cannot keep an edit for recovery",
            why=f"a value is not JSON: {error}",
            do="use texts, finite numbers, true, false, null, lists and objects",
            code="value_not_json",
        ) from None
    return text.encode() + b"\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write_failed(error: OSError, path: Path) -> WriteFailed:
    failed = WriteFailed(
        "Cannot keep an edit for recovery",
        why=(error.strerror or type(error).__name__).lower(),
        do="save the pipeline now; check the disk that holds the state folder",
        code="journal_unwritable",
    )
    failed.at(file=str(path))
    return failed
