"""A single file that grows out of sight, epoch by epoch, and how far it is.

Beside `orders.csv`, `.orders.csv.summit-stage-KEY/` holds what `parts` says of a folder of parts,
and the parts of the epochs that are committed. With the last epoch all of them are put end to end,
and the manifest of that epoch names the whole: whoever comes moves it over the file.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import IO, ClassVar, Final

from summit_studio.core.durable import remove, sync_folder
from summit_studio.core.epochs import Progress, SinkKey, Stage, Step
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.process import is_alive
from summit_studio.stores.files import Codec
from summit_studio.stores.parts import ASIDE, Manifest, Parts, PartsCheckpoint
from summit_studio.stores.staging import write_errors

MARK: Final = ".summit-stage-"
"""Stands in the names of the folders in which single files grow."""

_COPIED_AT_ONCE: Final = 64 << 20


class FileCheckpoint(PartsCheckpoint):
    """How far a single file is, kept in a folder beside it until the load is whole.

    Args:
        path: The file.
        key: Whose progress.
        step: Told each step.
        empty: True refuses a file that is there as a load begins.
    """

    between: ClassVar[Stage] = Stage.STAGED
    only_staged = True

    def __init__(self, path: Path, key: SinkKey, step: Step, *, empty: bool = False) -> None:
        self.path = path.absolute()
        whole = f"{key.pipeline_id}\n{key.sink}\n{key.environment}"
        name = f".{path.name}{MARK}{hashlib.sha256(whole.encode()).hexdigest()[:16]}"
        super().__init__(self.path.with_name(name), key, step, empty=empty)

    def may_stage(self) -> bool:
        """Return False where the file system has no hard links, by which an epoch is committed."""
        if self.folder.exists():
            return True
        probe = self.path.with_name(f".{self.path.name}{MARK}{secrets.token_hex(8)}")
        with write_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            probe.touch()
            other = probe.with_suffix(".link")
            try:
                os.link(probe, other)
            except OSError:
                return False
            else:
                other.unlink()
            finally:
                probe.unlink()
        return True

    def leftovers(self, *, drop: bool = False) -> tuple[str, ...]:
        """Return the folder beside the file, where no load that is unfinished needs it."""
        with write_errors(self.path):
            found = self._found()
            if not self.folder.exists() or (found is not None and _is_needed(found)):
                return ()
            if drop:
                remove(self.folder)
        return (str(self.folder),)

    def parts(self) -> list[Path]:
        """Return the parts of the epochs that are committed, in order."""
        lineage = self._current().lineage
        mine = [m for m in self._manifests() if m.progress.lineage == lineage]
        return [
            self._place_of(name)
            for manifest in sorted(mine, key=lambda m: m.progress.epoch)
            for name in manifest.parts
        ]

    def show(self, rows: int) -> None:
        """Commit the last epoch, and put the file in its place.

        Args:
            rows: Of the last epoch.

        Raises:
            Fenced: Another run has taken over.
            WriteFailed: The disk is full or gone, or somebody has put a file there that is to stay.
        """
        moved = self._moved(rows)
        self.require_free()
        self._put(Manifest(moved, {self.path.name: moved.rows}))

    def release(self) -> None:
        """Note that its run has ended; what a load needs no more is removed."""
        super().release()
        held = self._held
        if held is None or (held.epoch and held.stage is not Stage.FINISHED):
            return
        with contextlib.suppress(OSError):
            if self._newest() == held.generation:
                remove(self.folder)

    def forget(self) -> None:
        """Put in place what is whole, and remove the rest."""
        super().forget()
        with write_errors(self.path):
            remove(self.folder)

    def _take_stock(self, held: Progress) -> None:
        super()._take_stock(held)
        # Those that are there now, before the manifests are read: newer ones are named in one.
        parts = list(self.folder.glob("part-*"))
        named = {name for manifest in self._manifests() for name in manifest.parts}
        for part in parts:
            if part.name not in named:
                part.unlink(missing_ok=True)

    def _place_of(self, name: str) -> Path:
        return self.path if name == self.path.name else self.folder / name

    def _is_free(self, place: Path) -> bool:
        return (place == self.path and not self._empty) or not place.exists()

    def _require_empty(self) -> None:
        self.require_free()

    def require_free(self) -> None:
        """Refuse to write where a file is that is to stay.

        Raises:
            WriteFailed: One is there.
        """
        if not self._is_free(self.path):
            raise WriteFailed(
                f"Cannot write {self.path}",
                why="it is there already, and this node is told not to replace it",
                do="move it away, or set If exists to replace",
                where=Where(file=str(self.path)),
            )


class FileStage(Parts):
    """One epoch of a single file: a part of it or, with the last, the whole.

    Args:
        checkpoint: Of the file, claimed.
    """

    def __init__(self, checkpoint: FileCheckpoint) -> None:
        self._kept = checkpoint
        self._whole: Path | None = None
        checkpoint.require_free()
        super().__init__(checkpoint)
        self.path = checkpoint.path

    def gather(self, head: bytes, codec: Codec) -> Path:
        """Put the parts of all epochs end to end, durably; return the file that this gives.

        Compressed parts stay as they are: members of a gzip file, frames of a zstd file.

        Args:
            head: What stands before the first part, once.
            codec: How the parts are compressed.

        Raises:
            WriteFailed: The disk is full or gone.
        """
        own = list(self.rows)
        pieces = [*self._kept.parts(), *own]
        whole = self.staged / f"{self.path.name}{ASIDE}"
        with self._turn(), write_errors(self.path):
            if head:
                with self.open("head.new", codec) as stream:
                    stream.write(head)
                pieces.insert(0, self.staged / "head.new")
            join(whole, pieces)
            sync_folder(self.staged)
        self._whole = whole
        return whole

    def commit(self) -> None:
        """Commit the epoch; once it has been gathered, the file takes its place."""
        if self._whole is None:
            super().commit()
        else:
            self._kept.show(sum(self.rows.values()))


def _is_needed(progress: Progress) -> bool:
    """Return True of a load that can be gone on with, or whose run may be alive."""
    under_way = bool(progress.epoch) and progress.stage is not Stage.FINISHED
    return under_way or (bool(progress.owner) and is_alive(progress.owner) is not False)


def join(whole: Path, pieces: Iterable[Path]) -> None:
    """Make a file of others end to end, durably.

    Raises:
        OSError: One cannot be read, or the disk is full.
        WriteFailed: It has become another size than they have together.
    """
    size = 0
    with whole.open("wb") as target:
        for piece in pieces:
            with piece.open("rb") as source:
                size += os.fstat(source.fileno()).st_size
                _copy(source, target)
        target.flush()
        os.fsync(target.fileno())
        made = os.fstat(target.fileno()).st_size
    if made != size:
        raise WriteFailed(
            f"Cannot write {whole}",
            why=f"its pieces have {size:,} bytes, and {made:,} came together",
            do="look at the disk; nothing was published",
            where=Where(file=str(whole)),
        )


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    """Copy a file behind another, within the file system where it can do that."""
    target.flush()
    copy = getattr(os, "copy_file_range", None)
    if copy is not None:
        try:
            while copy(source.fileno(), target.fileno(), _COPIED_AT_ONCE):
                pass
        except OSError:
            # Not between these file systems, or not at all; a full disk says so again below.
            pass
        target.seek(0, os.SEEK_END)
        source.seek(os.lseek(source.fileno(), 0, os.SEEK_CUR))
    shutil.copyfileobj(source, target, 1 << 20)
