"""Errors of files that people can act on: gone, a folder, empty, binary, changed while read."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from summit_studio.core.errors import ReadFailed, Where
from summit_studio.core.suggest import did_you_mean, listing

_MAGIC = (
    (b"PAR1", "a Parquet file", "read it with a Parquet source"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "read a workbook with an Excel source"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "read it with an Excel source"),
    (b"SQLite format 3", "an SQLite database", "make a connection for it and read its tables"),
    (b"%PDF", "a PDF document", "export the data as CSV"),
    (b"\xfd7zXZ", "an xz archive", "unpack it, or compress it with gzip or zstd"),
    (b"\x7fELF", "a program", "choose another file"),
)


_PASSING: Final = frozenset(
    getattr(errno, name)
    for name in (
        "EAGAIN", "EBUSY", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTDOWN",
        "EHOSTUNREACH", "EINTR", "EIO", "EMFILE", "ENETDOWN", "ENETRESET", "ENETUNREACH", "ENFILE",
        "ENOLCK", "ENOMEM", "EPIPE", "ESTALE", "ETIMEDOUT",
    )
    if hasattr(errno, name)
)  # fmt: skip
"""The system's errors of files that may pass by themselves: a network drive that does not answer, a
file that is held, too many open files. A full disk, rights and missing files do not."""


def may_pass(error: OSError) -> bool:
    """Return True if what failed at a file may work a moment later."""
    return error.errno in _PASSING


def failure(
    path: Path | str,
    what: str,
    *,
    why: str = "",
    do: str = "",
    code: str,
    line: int | None = None,
    retryable: bool = False,
) -> ReadFailed:
    """Return the error of a file, its place filled in."""
    where = Where(file=str(path), line=line)
    return ReadFailed(what, why=why, do=do, code=code, where=where, retryable=retryable)


def missing(path: Path) -> ReadFailed:
    """Return the error of a file that is not there, with the nearest name in its folder."""
    folder = path.parent
    if not folder.is_dir():
        why, near = f"there is no folder {folder}", None
    else:
        names = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name[:1] != ".")
        why = f"the folder {folder} has {listing(names, 8)}" if names else f"{folder} is empty"
        near = did_you_mean(path.name, names)
    do = f"did you mean '{near}'?" if near else "check the path"
    return failure(path, f"Cannot find the file '{path.name}'", why=why, do=do, code="file_missing")


def require_file(path: Path) -> None:
    """Refuse a path at which no file can be read.

    Raises:
        ReadFailed: There is nothing, a folder, or something else than a file.
    """
    if path.is_dir():
        raise failure(
            path,
            f"'{path.name}' is a folder",
            why="a file is wanted here",
            do=f"choose a file in it, or write {path.name}/* for all of them",
            code="file_is_folder",
        )
    if not path.exists():
        raise missing(path)
    if not path.is_file():
        raise failure(
            path,
            f"'{path.name}' is not a plain file",
            why="it is a device, pipe or socket",
            do="choose a file",
            code="file_not_plain",
        )


def binary(path: Path, head: bytes) -> ReadFailed:
    """Return the error of a file that is not text."""
    for magic, name, do in _MAGIC:
        if head.startswith(magic):
            return failure(
                path, "This is not a text file", why=f"it is {name}", do=do, code="file_binary"
            )
    return failure(
        path,
        "This is not a text file",
        why="it holds zero bytes, which text never does",
        do="choose another file, or set the encoding if it is text of an unusual one",
        code="file_binary",
    )


def named_as_other(head: bytes) -> bool:
    """Return True if the first bytes are those of a known format that is not text."""
    return any(head.startswith(magic) for magic, _, _ in _MAGIC)


def changed(path: Path) -> ReadFailed:
    """Return the error of a file that another program wrote to while it was read."""
    return failure(
        path,
        "The file changed while it was being read",
        why="another program wrote to it",
        do="run again when the file is complete",
        code="file_changed",
    )


def left_behind(shown: str) -> ReadFailed:
    """Return the error of a file, or a part of one, that a run ended in and that is gone."""
    return ReadFailed(
        "Cannot go on where the run before ended",
        why=f"it ended in {shown}, which is no longer among what is read",
        do="put it back, or start again",
        code="file_missing",
    )


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Turn the system's errors inside into ReadFailed."""
    try:
        yield
    except FileNotFoundError:
        raise missing(path) from None
    except PermissionError:
        raise failure(
            path,
            f"May not read '{path.name}'",
            why="the system refuses access",
            do="change the file's permissions, or run as a user who may read it",
            code="file_forbidden",
        ) from None
    except EOFError:
        raise _cut_short(path, "it ends in the middle of the compressed data") from None
    except OSError as error:
        passing = may_pass(error)
        raise _cut_short(path, error.strerror or str(error), retryable=passing) from None


def _cut_short(path: Path, why: str, *, retryable: bool = False) -> ReadFailed:
    return failure(
        path,
        f"Cannot read '{path.name}'",
        why=why,
        do="check that the file is complete and its compression is what the node says",
        code="file_unreadable",
        retryable=retryable,
    )
