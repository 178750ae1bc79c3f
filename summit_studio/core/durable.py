"""Durable writes: what was there stays whole until what is new is whole and on the disk."""

import contextlib
import os
import secrets
import shutil
import stat
from pathlib import Path


def replace(target: Path, data: bytes) -> None:
    """Replace a file by `data`: readers see the old file or the new one, whatever happens.

    The new text goes to a file beside, to the disk, and then takes the name. Keeps the file's mode
    and, where allowed, its owner.

    Raises:
        OSError: It cannot be written, or is write-protected; the old file is untouched.
    """
    known = _status(target)
    temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            _keep_owner(temporary, known)
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _status(target: Path) -> os.stat_result | None:
    try:
        known = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(known.st_mode):
        raise IsADirectoryError(21, "it is a folder")
    if not stat.S_ISREG(known.st_mode):
        raise OSError(22, "it is not an ordinary file")
    if not os.access(target, os.W_OK):
        # The folder would let us replace it, but whoever locked the file meant it.
        raise PermissionError(13, "the file is write-protected")
    return known


def _keep_owner(temporary: Path, known: os.stat_result | None) -> None:
    if known is None:
        return
    if hasattr(os, "chown") and (known.st_uid, known.st_gid) != (os.getuid(), os.getgid()):
        with contextlib.suppress(OSError):
            os.chown(temporary, known.st_uid, known.st_gid)
    temporary.chmod(stat.S_IMODE(known.st_mode))


def write_text_atomically(path: Path, text: str) -> None:
    """Replace the file by `text` as UTF-8, durably. A link stays one; its target is replaced.

    Raises:
        OSError: It cannot be written; the old file is untouched.
    """
    replace(path.resolve(), text.encode())


def remove(path: Path) -> None:
    """Delete a file or a folder with all in it; absence is fine."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` durable; Windows does that by itself."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make the contents of a closed file durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
