"""Pipeline files on disk: read within limits, written so that the old file is whole or the new is.

A new text goes to a temporary file beside the old one, to the disk, and then takes its name.
Nothing is ever truncated: a full disk or a lost machine leaves the old file as it was.
"""

import contextlib
import os
from dataclasses import replace
from pathlib import Path

from summit_studio.core import durable
from summit_studio.core.errors import InvalidDocument, SummitError, WriteFailed
from summit_studio.document.identity import id_of, new_id
from summit_studio.document.migrations import format_of
from summit_studio.document.model import FORMAT, Document
from summit_studio.document.strict_json import MAX_BYTES, read_json, too_large
from summit_studio.document.text import Loaded, dump, parse

SUFFIX = ".summit.json"
"""How the name of a pipeline file ends."""


def load(path: str | os.PathLike[str]) -> Loaded:
    """Read a pipeline file.

    Raises:
        InvalidDocument: It cannot be read, or is no pipeline; `where.file` names it.
    """
    file = Path(path)
    try:
        return parse(_read(file), file.name.removesuffix(SUFFIX))
    except InvalidDocument as error:
        error.at(file=str(file))
        raise


def save(
    document: Document, path: str | os.PathLike[str], previous: Loaded | None = None
) -> Loaded:
    """Write a pipeline file and return what it now holds; blocks until it is on the disk.

    Follows a symbolic link and keeps the file's mode. An unchanged document writes back the very
    bytes it was read from; one that has no id gets that of the file, or one of its own.

    Args:
        document: What to write.
        path: The file to make or replace.
        previous: What was loaded or saved last, if anything.

    Raises:
        InvalidDocument: A value has no JSON form, or is beyond what `load` takes.
        WriteFailed: The file could not be written, or a newer version wrote it; the file that was
            there is untouched.
    """
    target = Path(os.path.realpath(path))
    _refuse_newer(target, previous)
    saved = _next(document, previous, target)
    try:
        durable.replace(target, saved.text.encode())
    except OSError as error:
        raise _write_failed(error, path) from error
    return saved


def changed_outside(path: str | os.PathLike[str], previous: Loaded) -> bool:
    """Return True if the file no longer holds what was loaded or saved last."""
    try:
        return Path(path).read_bytes() != previous.text.encode()
    except OSError:
        return True


def _read(file: Path) -> str:
    try:
        if file.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _read_failed(error) from error
    if len(data) > MAX_BYTES:
        raise too_large(len(data))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidDocument(
            "Cannot read the pipeline",
            why=f"line {line}: byte {data[error.start]:#04x} is not UTF-8",
            do="save the file in the encoding UTF-8",
            code="not_utf8",
        ).at(line=line) from None


def _next(document: Document, previous: Loaded | None, target: Path) -> Loaded:
    text = dump(document)
    # Texts are compared, not documents: to Python 1, 1.0 and True are equal, and so are two
    # mappings in another order; a change from one to the other must still be saved.
    if previous is not None and dump(previous.document) == text:
        return previous
    if not document.id:
        document = replace(document, id=_id_at(target))
        text = dump(document)
    parse(text)  # A file that could not be opened again must not take the place of a good one.
    return Loaded(document, FORMAT, read_only=False, notices=(), text=text)


def _id_at(target: Path) -> str:
    """Return the id of the pipeline that a file holds already, or a new one."""
    if not target.exists():
        return new_id()
    with contextlib.suppress(InvalidDocument):
        return id_of(load(target).document, target)
    return id_of(Document(), target)


def _refuse_newer(target: Path, previous: Loaded | None) -> None:
    if previous is not None and previous.read_only:
        raise _newer(target, previous.format)
    number = _format_on_disk(target, previous)
    if number > FORMAT:
        raise _newer(target, number)


def _format_on_disk(target: Path, previous: Loaded | None) -> int:
    """Return the format of the file to be replaced; 0 where it is absent, known or no pipeline."""
    with contextlib.suppress(SummitError):
        text = _read(target)
        if previous is None or text != previous.text:
            raw = read_json(text)
            return format_of(raw) if isinstance(raw, dict) else 0
    return 0


def _newer(target: Path, number: int) -> WriteFailed:
    failed = WriteFailed(
        "Cannot save the pipeline",
        why=f"a newer version of Summit Studio wrote the file (format {number}, this one writes"
        f" {FORMAT}), and saving would lose what this version does not know",
        do="update Summit Studio, or copy the file",
        code="format_newer",
    )
    failed.at(file=str(target))
    return failed


def _read_failed(error: OSError) -> InvalidDocument:
    if isinstance(error, FileNotFoundError):
        why, do = "there is no such file", "check the path"
    elif isinstance(error, IsADirectoryError):
        why, do = "it is a folder", f"choose a file whose name ends in {SUFFIX}"
    elif isinstance(error, PermissionError):
        why, do = "you may not read it", "ask for the right to read it"
    else:
        why, do = _reason(error), "check the disk and the path"
    return InvalidDocument("Cannot open the pipeline", why=why, do=do, code="document_unreadable")


def _write_failed(error: OSError, path: str | os.PathLike[str]) -> WriteFailed:
    do = "the old file is untouched; save under another name or in another folder"
    why = _reason(error)
    if isinstance(error, FileNotFoundError):
        why, do = "the folder does not exist", "make the folder, or save elsewhere"
    elif error.errno in {27, 28, 122}:  # EFBIG, ENOSPC, EDQUOT
        do = "the old file is untouched; make room on the disk, or save elsewhere"
    failed = WriteFailed("Cannot save the pipeline", why=why, do=do, code="document_unwritable")
    failed.at(file=str(path))
    return failed


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
