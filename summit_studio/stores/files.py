"""Files made safely: complete and durable, or not there at all."""

import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Protocol, Self, cast

from summit_studio.core.durable import sync_file, sync_folder
from summit_studio.stores.staging import Staging, write_errors, write_failure

Codec = Literal["none", "gzip", "zstd"]


class Aside(Protocol):
    """A place where an output grows, out of sight."""

    @property
    def part(self) -> Path:
        """The file or folder that grows."""

    def release(self) -> None:
        """Remove whatever is left there. Calling it again does nothing."""


class _Output:
    """What atomic files and folders share: staging, and leaving it by commit or abort."""

    def __init__(self, path: Path, staging: Aside) -> None:
        self.path = path
        self._staging = staging
        self._prepared = False

    @property
    def staged(self) -> Path:
        """Where the new output grows until it is committed."""
        return self._staging.part

    def stamp(self) -> frozenset[tuple[str, int, int]]:
        """Return what tells whether a staged file has changed: name, size in bytes, time in ns."""
        files = self.staged.rglob("*") if self.staged.is_dir() else (self.staged,)
        with write_errors(self.path):
            found = ((str(file), file.stat()) for file in files)
            return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in found)

    def prepare(self) -> None:
        """Make everything written durable, still invisible."""
        raise NotImplementedError

    def commit(self) -> None:
        """Put the output in its place; prepares first if that was not done."""
        raise NotImplementedError

    def abort(self) -> None:
        """Drop the output; what stood there before stays. Harmless after a commit."""
        self._staging.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.abort()


class AtomicFile(_Output):
    """A file that appears whole, by rename, or not at all.

    Leaving the `with` block without `commit()` drops it. Called by one thread at a time.

    Args:
        path: The file to be; its folder is created.
        run_id: Who makes it; names the temporary file beside it.
    """

    def __init__(self, path: Path | str, run_id: str) -> None:
        target = Path(path).absolute()
        super().__init__(target, Staging(target, run_id))
        self._stream: IO[bytes] | None = None

    def open(self, codec: Codec = "none") -> IO[bytes]:
        """Return the stream to write to; disk errors come out of it as WriteFailed."""
        self._stream = open_compressed(self.staged, codec, target=self.path)
        return self._stream

    def prepare(self) -> None:
        """Flush and fsync the file; nothing may be written after.

        Raises:
            WriteFailed: The disk is full or gone.
        """
        if self._prepared:
            return
        with write_errors(self.path):
            if self._stream is not None:
                self._stream.close()
            self.staged.touch(exist_ok=True)
            sync_file(self.staged)
        self._prepared = True

    def commit(self) -> None:
        """Rename the file into its place, durably, over what stood there.

        Raises:
            WriteFailed: It cannot be renamed; what stood there is untouched.
        """
        self.prepare()
        with write_errors(self.path):
            os.replace(self.staged, self.path)  # noqa: PTH105  As the design words it.
            sync_folder(self.path.parent)
        self._staging.release()

    def abort(self) -> None:
        """Drop the file; what stood there before stays. Harmless after a commit."""
        if self._stream is not None and not self._prepared:
            _close_quietly(self._stream)
        super().abort()


class StagedFolder(_Output):
    """A folder of part files that grows aside.

    Write files anywhere under `staged`.

    Args:
        path: The folder to be.
        staging: Where it grows.
    """

    def __init__(self, path: Path, staging: Aside) -> None:
        super().__init__(path, staging)
        self.rows: Mapping[Path, int] = {}
        """How many rows stand in each part, as whoever wrote it has counted."""
        with write_errors(self.path):
            self.staged.mkdir()

    def part(self, folder: str, number: int, ending: str) -> Path:
        """Return where to write a part, in a folder of its own or none, which is made."""
        self._make(Path(folder))
        return self.staged / folder / self._named(number, ending)

    def parts(self) -> Iterator[Path]:
        """Yield the parts that stand there."""
        yield from (path for path in self.staged.rglob("part-*") if path.is_file())

    def open(self, relative: str | Path, codec: Codec = "none") -> IO[bytes]:
        """Return a stream for a new file inside; the caller closes it before `prepare`."""
        self._make(Path(relative).parent)
        return open_compressed(self.staged / relative, codec, target=self.path)

    def prepare(self) -> None:
        """Fsync every file and folder inside.

        Raises:
            WriteFailed: The disk is full or gone.
        """
        if self._prepared:
            return
        with write_errors(self.path):
            for entry in sorted(self.staged.rglob("*")):
                (sync_folder if entry.is_dir() else sync_file)(entry)
            sync_folder(self.staged)
        self._prepared = True

    def _make(self, relative: Path) -> None:
        """Make a folder inside, and never what it all stands in: that may have been taken away."""
        folder = self.staged
        with write_errors(self.path):
            for name in relative.parts:
                folder /= name
                folder.mkdir(exist_ok=True)

    def _named(self, number: int, ending: str) -> str:
        return f"part-{number:05d}{ending}"


class AtomicFolder(StagedFolder):
    """A folder of part files that is swapped into place as a whole.

    Between the two renames of the swap the folder is absent for an instant; a crash just there is
    healed by the next run.

    Args:
        path: The folder to be; its parent is created.
        run_id: Who makes it; names the staging folder beside it.
    """

    def __init__(self, path: Path | str, run_id: str) -> None:
        target = Path(path).absolute()
        staging = Staging(target, run_id)
        self._old = staging.old
        super().__init__(target, staging)

    def commit(self) -> None:
        """Swap the folder into its place and delete the old one; restore that on failure.

        Raises:
            WriteFailed: It cannot be moved; what stood there is back in place.
        """
        self.prepare()
        old = self._old
        with write_errors(self.path):
            if self.path.exists():
                self.path.rename(old)
            try:
                self.staged.rename(self.path)
            except OSError:
                if old.exists():
                    old.rename(self.path)
                raise
            sync_folder(self.path.parent)
        self._staging.release()


def open_compressed(path: Path, codec: Codec, *, target: Path | None = None) -> IO[bytes]:
    """Open `path` for writing, compressing on the way.

    Args:
        path: The file; an existing one is emptied.
        codec: `none`, `gzip` or `zstd`.
        target: What errors call the file; `path` if None.

    Raises:
        WriteFailed: The file cannot be opened; the stream raises it too (full disk).
    """
    shown = target or path
    with write_errors(shown):
        raw = _Guarded(path, shown)
    if codec == "none":
        return cast("IO[bytes]", io.BufferedWriter(raw, buffer_size=1 << 20))
    import pyarrow as pa

    return cast("IO[bytes]", _Compressed(pa.CompressedOutputStream(raw, codec), raw))


def open_decompressed(path: Path, codec: Codec) -> IO[bytes]:
    """Open a file that `open_compressed` made, for reading what was written to it.

    Raises:
        OSError: It cannot be read, or is not of that codec.
    """
    if codec == "none":
        return path.open("rb")
    import pyarrow as pa

    return cast("IO[bytes]", pa.CompressedInputStream(pa.OSFile(str(path)), codec))


class _Guarded(io.FileIO):
    """A file whose OSErrors while writing say which output failed and why."""

    def __init__(self, path: Path, target: Path) -> None:
        self._target = target
        super().__init__(path, "wb")

    def write(self, data: Any, /) -> int:
        try:
            return self._write_all(memoryview(data).cast("B"))
        except OSError as error:
            raise write_failure(self._target, error) from None

    def _write_all(self, view: memoryview) -> int:
        # A full disk first cuts a write short and fails only the next one.
        total = len(view)
        while view:
            view = view[super().write(view) :]
        return total


class _Compressed(io.BufferedIOBase):
    """A compressing stream that closes the file beneath it."""

    def __init__(self, stream: Any, raw: _Guarded) -> None:
        self._compressor = stream
        self._raw = raw

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._compressor.write(data)
        return memoryview(data).nbytes

    def close(self) -> None:
        if self.closed:
            return
        try:
            self._compressor.close()
        finally:
            self._raw.close()
            super().close()


def _close_quietly(stream: IO[bytes] | io.IOBase) -> None:
    """Close a stream whose contents no longer matter."""
    # The first error is on its way already.
    with contextlib.suppress(Exception):
        stream.close()
