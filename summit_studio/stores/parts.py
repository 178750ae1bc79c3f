"""A folder of parts that grows epoch by epoch, and how far it is.

Beside the parts, `_summit/SINK-KEY/` holds::

    run-000002/claim.json      whose turn it is: a run puts this folder there, and the next number
    run-000002/ended           that run has ended by itself: nobody need wait for it
    run-000002/DESK/...        what that run has not committed, with `.new` behind its names
    past-000001-.../           the same of a run whose turn is over
    epoch-000003-LOAD.json     the manifest of an epoch that is committed: its parts, and where
                               the sources go on
    finished-LOAD.json         every target of the load has all rows

An epoch is committed by one step, the link that gives its manifest the name; it fails where there
is one already. It begins at the run's desk: the next run moves that aside before it looks which
epochs there are, so that from then on no earlier run can commit. Parts are moved to their places
after the link, by whoever comes: the run itself, or the next one where it died.
"""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar, Final

from summit_studio.core.claims import busy, claimed, require_free
from summit_studio.core.durable import remove, sync_folder
from summit_studio.core.epochs import Checkpoint, Claim, Fenced, Progress, SinkKey, Stage, Step
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.stores.files import StagedFolder
from summit_studio.stores.staging import write_errors

WORK: Final = "_summit"
"""The folder of our own in a folder of parts. Names that begin with `_` are no data."""

ASIDE: Final = ".new"
"""Ends the names of parts that are not in their place, so that no pattern takes them for data."""

_ENDED: Final = "ended"

_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the parts of an epoch grow."""

    part: Path

    def release(self) -> None:
        """Remove what is left of them."""
        with contextlib.suppress(OSError):
            remove(self.part)


class PartsCheckpoint(Checkpoint):
    """How far a folder of parts is, kept in it.

    Args:
        folder: The folder; it may not be there yet.
        key: Whose progress.
        step: Told each step.
        empty: True refuses a folder that holds anything as a load begins.
    """

    between: ClassVar[Stage] = Stage.OPEN
    """How far a load is between two epochs."""

    def __init__(self, folder: Path, key: SinkKey, step: Step, *, empty: bool = False) -> None:
        self.folder = folder.absolute()
        self._sink = key.sink
        self._home = self.folder / WORK / _named(key)
        self._step = step
        self._empty = empty
        self._held: Progress | None = None
        self._desk = self._home
        self.staged = self.between is Stage.STAGED

    def look(self) -> Progress | None:
        """Return what the newest claim and its manifests say; None where there is none."""
        with write_errors(self.folder):
            return self._found()

    def acquire(self, claim: Claim) -> Progress:
        """Claim the folder, and put in place what earlier runs have committed; see `Checkpoint`.

        Raises:
            AlreadyRunning: Another run is at work, as far as can be told.
            WriteFailed: The folder cannot be written, or is to be empty and is not.
        """
        with write_errors(self.folder):
            self._home.mkdir(parents=True, exist_ok=True)
            for _ in range(_TRIES):
                found = self._found()
                if found is not None and not claim.take_over:
                    require_free(found, claim, str(self.folder))
                if self._empty and not _goes_on(found, claim):
                    self._require_empty()
                held = claimed(found, claim)
                if self._take(held):
                    self._take_stock(held)
                    # The run before may have committed up to the moment when its desk was moved.
                    self._held = self._standing(held)
                    return self._held
        raise busy(str(self.folder), "another run claims it at the same time")

    def aside(self) -> _Desk:
        """Return where the next epoch's parts grow; what is there of it is removed.

        Raises:
            Fenced: Another run has taken over.
        """
        self.require_turn()
        desk = _Desk(self._desk / f"epoch-{self.epoch:06d}")
        desk.release()
        return desk

    def is_committed(self, desk: Path) -> bool:
        """Return True if a manifest names what grew there: it is put in place, now or later."""
        return (self._home / f"{desk.name}-{self._current().lineage}.json").exists()

    def require_turn(self) -> None:
        """Refuse to go on once a newer claim is there.

        Raises:
            Fenced: It is.
        """
        if self._newest() != self._current().generation:
            raise self._fenced()

    @property
    def epoch(self) -> int:
        """The epoch that the next commit ends."""
        return self._current().epoch + 1

    def tell(self, step: str) -> None:
        """Tell a step of the next commit."""
        self._step(f"{step}:{self._sink}:{self.epoch}")

    def name(self, number: int, ending: str) -> str:
        """Return a part's name, which no other sink, load, run or epoch gives; sorts as written."""
        held = self._current()
        load = _digest(f"{held.lineage}\n{self._home.name}")[:8]
        return (
            f"part-{held.started:%Y%m%dT%H%M%S%f}-{load}-{self.epoch:06d}"
            f"-{held.generation:04d}-{number:05d}{ending}"
        )

    def commit(self, parts: Mapping[str, int]) -> int:
        """Make the parts of the settled epoch visible, all of them or none.

        Args:
            parts: How many rows each holds, by its name from the folder. Empty ones are dropped,
                unless the whole load has no row: then readers find the columns there.

        Returns:
            How many parts there are.

        Raises:
            Fenced: Another run has taken over, or has committed this epoch.
            WriteFailed: The disk is full or gone. Parts of an epoch that is committed are put in
                place by the next run.
        """
        moved = self._moved(sum(parts.values()))
        kept = {name: count for name, count in parts.items() if count}
        if moved.stage is Stage.COMPLETE and not moved.rows:
            kept = dict(parts)
        self._put(Manifest(moved, kept))
        return len(kept)

    def _moved(self, rows: int) -> Progress:
        """Return how far the folder is with so many more rows, at the end of the settled epoch."""
        held, mark = self._current(), self.mark
        assert mark is not None  # noqa: S101 - a writer commits what was settled
        return replace(
            held,
            epoch=mark.epoch,
            positions=mark.positions,
            rows=held.rows + rows,
            sums=mark.sums,
            stage=Stage.COMPLETE if mark.last else self.between,
        )

    def _put(self, manifest: "Manifest") -> None:
        """Commit an epoch by its manifest, and put in place what that names."""
        desk = self._desk / f"epoch-{manifest.progress.epoch:06d}"
        with write_errors(self.folder):
            self.tell("manifest")
            self._link(manifest.file, manifest.text())
            self.tell("linked")
            self._place(manifest, [desk])
            self.tell("placed")
            remove(desk)
        self._held = manifest.progress

    def finish(self) -> None:
        """Note that every target has all rows."""
        held = self._current()
        # A run that only says that the load is whole finds it noted.
        if not (self._home / _finished(held)).exists():
            with write_errors(self.folder):
                self._link(_finished(held), json.dumps(_values(held)))
        self._held = replace(held, stage=Stage.FINISHED)

    def release(self) -> None:
        """Note beside the claim that its run has ended."""
        if self._held is not None:
            # The claim may be gone, and the disk full: then others wait for the lease.
            with contextlib.suppress(OSError):
                (self._run(self._held.generation) / _ENDED).touch()

    def forget(self) -> None:
        """Put in place what is committed, and remove all that is known."""
        if not self._home.exists():
            return
        with write_errors(self.folder):
            self._move_aside(None)
            self._place_all()
            gone = self._home.with_name(f"past-{secrets.token_hex(8)}")
            self._home.rename(gone)
            remove(gone)
            with contextlib.suppress(OSError):
                (self.folder / WORK).rmdir()

    # --- what the folder says ---------------------------------------------------------------------
    def _current(self) -> Progress:
        assert self._held is not None  # noqa: S101 - the folder was claimed
        return self._held

    def _found(self) -> Progress | None:
        claim = self._claim()
        return None if claim is None else self._standing(claim)

    def _standing(self, claim: Progress) -> Progress:
        """Return how far the lineage of a claim is, by its manifests."""
        known = [m.progress for m in self._manifests() if m.progress.lineage == claim.lineage]
        last = max(known, key=lambda p: p.epoch, default=claim)
        finished = (self._home / _finished(claim)).exists()
        return replace(
            claim,
            epoch=last.epoch,
            positions=last.positions,
            rows=last.rows,
            sums=last.sums,
            stage=Stage.FINISHED if finished else last.stage,
        )

    def _claim(self) -> Progress | None:
        """Return the newest claim, which may be followed by another while it is read."""
        for _ in range(_TRIES):
            number = self._newest()
            if not number:
                return None
            file = self._run(number) / "claim.json"
            with contextlib.suppress(FileNotFoundError):
                idle = time.time() - file.stat().st_mtime
                claim = replace(_progress(file, _read(file)), idle_secs=max(idle, 0.0))
                return replace(claim, owner="") if (file.parent / _ENDED).exists() else claim
        return None

    def _manifests(self) -> Iterator["Manifest"]:
        for file in sorted(self._home.glob("epoch-*.json")):
            # Another run that begins a load may have dropped it a moment ago.
            with contextlib.suppress(FileNotFoundError):
                yield Manifest.read(file)

    def _newest(self) -> int:
        """Return the number of the newest claim; 0 for none."""
        runs = self._home.glob("run-*") if self._home.exists() else ()
        return max((int(run.name.removeprefix("run-")) for run in runs), default=0)

    def _run(self, number: int) -> Path:
        return self._home / f"run-{number:06d}"

    def _require_empty(self) -> None:
        there = sorted(p.name for p in self.folder.iterdir() if p.name[:1] not in {"_", "."})
        waiting = [m for m in self._manifests() if self._waits(m)]
        if there or waiting:
            raise WriteFailed(
                f"Cannot write {self.folder}",
                why=f"'{there[0]}' is there already, and this node is told not to replace it or"
                " add to it"
                if there
                else "parts of another load wait to be put there",
                do="move it away, or set If exists to append or replace",
                code="folder_taken",
                where=Where(file=str(self.folder)),
            )

    # --- taking turns -----------------------------------------------------------------------------
    def _take(self, held: Progress) -> bool:
        """Put a claim in place; return False if another run did at the same time."""
        token = secrets.token_hex(8)
        new, run = self._home / f"new-{token}", self._run(held.generation)
        try:
            (new / token).mkdir(parents=True)
            _write(new / "claim.json", json.dumps(_values(held)))
            self._require_links(new / "claim.json")
            sync_folder(new)
            # A folder that is there is not empty, so this fails on it.
            new.rename(run)
        except OSError as error:
            if error.errno not in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOENT}:
                raise
            _drop(new)
            return False
        sync_folder(self._home)
        if self._newest() != held.generation:
            _drop(run)
            return False
        self._desk = run / token
        return True

    def _take_stock(self, held: Progress) -> None:
        """End the turn of earlier runs, place what they committed and remove what they did not."""
        self._move_aside(held.generation)
        self._place_all()
        for new in list(self._home.glob("new-*")):
            # Its run may be alive, and about to give it a number: either that or this succeeds.
            with contextlib.suppress(FileNotFoundError):
                new.rename(new.with_name(f"past-{new.name}"))
        # A run that stood still a while may do this late: it leaves alone what is newer than it.
        for left in list(self._home.glob("past-*")):
            number = left.name.split("-")[1]
            if number == "new" or int(number) < held.generation:
                _drop(left)
        for manifest in list(self._manifests()):
            old = manifest.progress
            if old.lineage != held.lineage and old.generation < held.generation:
                for name in (manifest.file, _finished(old)):
                    (self._home / name).unlink(missing_ok=True)

    def _move_aside(self, number: int | None) -> None:
        """Move the desks of the runs before a number, or of all."""
        for run in list(self._home.glob("run-*")):
            found = run.name.removeprefix("run-")
            if number is None or int(found) < number:
                with contextlib.suppress(FileNotFoundError):
                    run.rename(self._home / f"past-{found}-{secrets.token_hex(8)}")
        sync_folder(self._home)

    def _link(self, name: str, text: str) -> None:
        """Give a file its name, unless it is there or this run's turn is over.

        Raises:
            Fenced: Either.
        """
        draft = self._desk / name
        try:
            draft.unlink(missing_ok=True)
            _write(draft, text)
            sync_folder(self._desk)
            self.require_turn()
            os.link(draft, self._home / name)
        except (FileExistsError, FileNotFoundError):
            raise self._fenced() from None
        sync_folder(self._home)
        draft.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            os.utime(self._run(self._current().generation) / "claim.json")

    def _fenced(self) -> Fenced:
        gone = "" if self._home.exists() else f"{self._home} is gone"
        return Fenced(
            f"Another run has taken {self.folder} over",
            why=gone or "a newer claim or manifest is in its folder for work",
            do="nothing of this epoch was written; look at the other run with `summit runs`",
        )

    def _taken(self, name: str, aside: Path) -> WriteFailed:
        return WriteFailed(
            f"Cannot put {name} into {self.folder}",
            why=f"somebody has put a file of that name there; the rows are in {aside}",
            do="move that file away, and run again",
            code="part_taken",
            where=Where(file=str(self.folder / name)),
        )

    def _require_links(self, file: Path) -> None:
        try:
            os.link(file, file.with_suffix(".link"))
        except OSError as error:
            if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
                raise
            raise WriteFailed(
                f"Cannot write {self.folder} part by part",
                why="its file system knows no hard links, by which an epoch is committed",
                do="write to another disk, or set If exists to replace",
                code="links_missing",
                where=Where(file=str(self.folder)),
            ) from None
        file.with_suffix(".link").unlink()

    # --- putting parts in place -------------------------------------------------------------------
    def _place_all(self) -> None:
        for manifest in list(self._manifests()):
            self._place(manifest, self._desks(manifest))

    def _desks(self, manifest: "Manifest") -> list[Path]:
        number, epoch = manifest.progress.generation, manifest.progress.epoch
        runs = [r for kind in ("past", "run") for r in self._home.glob(f"{kind}-{number:06d}*")]
        desks: list[Path] = []
        for run in runs:
            with contextlib.suppress(FileNotFoundError):
                desks += (desk / f"epoch-{epoch:06d}" for desk in run.iterdir())
        return desks

    def _waits(self, manifest: "Manifest") -> bool:
        desks = self._desks(manifest)
        return any((d / f"{name}{ASIDE}").exists() for d in desks for name in manifest.parts)

    def _place(self, manifest: "Manifest", desks: list[Path]) -> None:
        """Move the parts of an epoch to their places, those that are not there yet."""
        touched = {self.folder}
        for desk in desks:
            if not desk.is_dir():
                continue
            for name in manifest.parts:
                place = self._place_of(name)
                place.parent.mkdir(parents=True, exist_ok=True)
                aside = desk / f"{name}{ASIDE}"
                if aside.exists() and not self._is_free(place):
                    raise self._taken(name, aside)
                # One that is gone from here stands in its place, or was fetched from there.
                with contextlib.suppress(FileNotFoundError):
                    aside.replace(place)
                    touched |= {place.parent} | {
                        p for p in place.parents if p.is_relative_to(self.folder)
                    }
        for folder in sorted(touched, reverse=True):
            sync_folder(folder)

    def _place_of(self, name: str) -> Path:
        """Return where a part belongs."""
        return self.folder / name

    def _is_free(self, place: Path) -> bool:
        """Return True if a part may be put there."""
        return not place.exists()


def adds_to(folder: Path, run_id: str) -> bool:
    """Return True if a sink of a run adds parts to a folder."""
    claims = folder.glob(f"{WORK}/*/run-*/claim.json")
    return any(_read(claim).get("run_id") == run_id for claim in claims)


class Parts(StagedFolder):
    """The parts of one epoch, aside until they are committed with the checkpoint.

    Args:
        checkpoint: Of the folder, claimed.
        once: True forgets it after the commit: the folder then says nothing of this load.
    """

    def __init__(self, checkpoint: PartsCheckpoint, *, once: bool = False) -> None:
        self._checkpoint = checkpoint
        self._once = once
        super().__init__(checkpoint.folder, checkpoint.aside())

    def prepare(self) -> None:
        """Fsync every part.

        Raises:
            WriteFailed: The disk is full or gone.
        """
        if self._prepared:
            return
        self._checkpoint.tell("part")
        with self._turn():
            super().prepare()
            with write_errors(self.path):
                sync_folder(self.staged.parent)

    def commit(self) -> None:
        """Commit the epoch; see `PartsCheckpoint.commit`."""
        self.prepare()
        self._checkpoint.commit(
            {
                part.relative_to(self.staged).as_posix().removesuffix(ASIDE): rows
                for part, rows in self.rows.items()
            }
        )
        if self._once:
            self._checkpoint.forget()

    def abort(self) -> None:
        """Drop the parts. Those of an epoch that is committed wait for whoever goes on."""
        if not self._checkpoint.is_committed(self.staged):
            super().abort()

    def part(self, folder: str, number: int, ending: str) -> Path:
        """Return where to write a part; see `StagedFolder.part`."""
        with self._turn():
            return super().part(folder, number, ending)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Say of what fails since another run has moved the desk that this is so."""
        try:
            yield
        except WriteFailed:
            self._checkpoint.require_turn()
            raise

    def _named(self, number: int, ending: str) -> str:
        return self._checkpoint.name(number, ending) + ASIDE


@dataclass(frozen=True, slots=True)
class Manifest:
    """An epoch that is committed.

    Args:
        progress: As it stands behind it.
        parts: How many rows each part holds, by its name from the folder.
    """

    progress: Progress
    parts: Mapping[str, int]

    @property
    def file(self) -> str:
        """Its name."""
        return f"epoch-{self.progress.epoch:06d}-{self.progress.lineage}.json"

    def text(self) -> str:
        """Return what stands in it."""
        return json.dumps(_values(self.progress) | {"parts": self.parts}, indent=1)

    @classmethod
    def read(cls, file: Path) -> "Manifest":
        """Read one.

        Raises:
            WriteFailed: It is not what this program writes.
        """
        values = _read(file)
        parts = values.get("parts")
        if not isinstance(parts, dict) or not all(isinstance(n, int) for n in parts.values()):
            raise _damaged(file, "it does not say which parts there are")
        for name in parts:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise _damaged(file, f"it names a part outside of its folder, '{name}'")
        return cls(_progress(file, values), parts)


def _finished(progress: Progress) -> str:
    return f"finished-{progress.lineage}.json"


def _drop(folder: Path) -> None:
    """Remove a folder that another run may be removing too."""
    with contextlib.suppress(FileNotFoundError):
        remove(folder)


def _goes_on(found: Progress | None, claim: Claim) -> bool:
    return found is not None and found.lineage == claim.lineage and found.epoch > 0


def _named(key: SinkKey) -> str:
    whole = f"{key.pipeline_id}\n{key.sink}\n{key.environment}"
    return f"{key.sink}-{_digest(whole)[:16]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _values(progress: Progress) -> dict[str, Any]:
    return {
        "lineage": progress.lineage,
        "started": progress.started.isoformat(),
        "fingerprint": progress.fingerprint,
        "epoch": progress.epoch,
        "positions": progress.positions,
        "rows": progress.rows,
        "sums": progress.sums,
        "stage": progress.stage.value,
        "generation": progress.generation,
        "run_id": progress.run_id,
        "owner": progress.owner,
        "path": progress.path,
    }


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or "lineage" not in found:
        raise _damaged(file, "it is not what this program writes")
    return found


def _progress(file: Path, values: Mapping[str, Any]) -> Progress:
    try:
        return Progress.told(values)
    except ValueError as error:
        raise _damaged(file, str(error)) from None


def _damaged(file: Path, why: str) -> WriteFailed:
    return WriteFailed(
        f"Cannot tell how far {file.parent.parent.parent} is: {file.name} cannot be read",
        why=why,
        do=f"bring back the file, or delete {file.parent} to begin anew beside the parts there",
        code="manifest_damaged",
        where=Where(file=str(file)),
    )


def _write(file: Path, text: str) -> None:
    """Write a file that is not there, durably."""
    with file.open("x", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
