"""Loads on a disk that gets full, at one write after another; needs Linux and the right to mount.

`unshare --user --map-root-user --mount python -m tests.chaos.full_disk TARGET TIMES` mounts a small
file system that nobody else sees, and prints what `fill_up` returns as JSON.
"""

import csv
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path

from summit_studio.core.errors import SummitError
from summit_studio.core.events import RunFinished, RunStatus
from summit_studio.document.files import load, save
from summit_studio.document.model import Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from summit_studio.planning.graph import part
from tests.chaos.killing import Toll, compare
from tests.chaos.targets import Duckdb, Files, Found, Sqlite, Target

_SIZE_KB = 16 << 10
_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


class Lines(Files):
    """Single files of text."""

    kind = "lines"

    def sink(self, name: str) -> Node:
        if name == "good":
            return Node(name, "jsonl_sink", {"path": "good.jsonl"})
        return Node(name, "csv_sink", {"path": "bad.csv"})

    def clear(self) -> None:
        (self.folder / "good.jsonl").unlink(missing_ok=True)
        super().clear()

    def rows(self) -> Found:
        found = super().rows()
        path = self.folder / "good.jsonl"
        rows = map(json.loads, path.read_text().splitlines()) if path.exists() else ()
        return {**found, "good": Counter((r["id"], r["twice"], r["note"]) for r in rows)}


class Parts(Target):
    """Folders to which every epoch adds files."""

    kind = "parts"

    def sink(self, name: str) -> Node:
        kind = "csv_sink" if name == "bad" else "jsonl_sink"
        params = {"path": name, "layout": "parts", "if_exists": "append"}
        return Node(name, kind, params)

    def clear(self) -> None:
        for name in ("good", "bad"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def rows(self) -> Found:
        found: Found = {"good": Counter(), "bad": Counter()}
        for file in (self.folder / "good").glob("part-*.jsonl"):
            rows = map(json.loads, file.read_text().splitlines())
            found["good"].update((r["id"], r["twice"], r["note"]) for r in rows)
        for file in (self.folder / "bad").glob("part-*.csv"):
            with file.open(newline="") as lines:
                found["bad"].update((r["line"], r["raw"]) for r in csv.DictReader(lines))
        return found


class Kept(Sqlite):
    """A table, and the dead letters of the state database on the same disk."""

    kind = "kept"

    def build(self) -> None:
        super().build()
        drawn = load(self.document).document
        kept = part(drawn, [i for i in drawn.nodes if i != "bad"])
        errors = {"errors": {"strategy": "dead_letter"}}
        save(replace(kept, settings={**kept.settings, **errors}), self.document)

    def clear(self) -> None:
        super().clear()
        for file in (self.folder / "home").glob("state.db*"):
            file.unlink()

    def rows(self) -> Found:
        query = "SELECT source, raw_value FROM dead_letters WHERE status = 'open'"
        state = self.folder / "home" / "state.db"
        good = Counter(self.ask("good", "SELECT id, twice, note FROM good"))
        with closing(sqlite3.connect(state)) as con:
            known = "SELECT 1 FROM sqlite_master WHERE name = 'dead_letters'"
            letters = con.execute(query).fetchall() if con.execute(known).fetchone() else []
        return {"good": good, "bad": Counter(letters)}


DISKS: dict[str, Callable[[Path], Target]] = {
    "sqlite": Sqlite,
    "duckdb": Duckdb,
    "parquet": Files,
    "lines": Lines,
    "parts": Parts,
    "letters": Kept,
}


def may_mount() -> bool:
    """Return True where a file system of one's own can be mounted."""
    try:
        command = [*_NAMESPACE, "mount", "-t", "tmpfs", "none", "/mnt"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def fill_up(name: str, times: int) -> tuple[Toll, set[str]]:
    """Let the disk get full so many times under loads of a target, each time at another write.

    Returns:
        What it came to, and the codes of the errors that runs ended with.
    """
    done = subprocess.run(
        [*_NAMESPACE, sys.executable, "-m", "tests.chaos.full_disk", name, str(times)],
        cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    found = json.loads(done.stdout)
    codes = set(found.pop("codes"))
    return Toll(**found), codes


def _run(target: Target) -> RunFinished | SummitError:
    path = target.document
    try:
        return run(RunRequest(load(path).document, target.folder, path))
    except SummitError as error:
        return error


def _code(outcome: RunFinished | SummitError) -> str | None:
    error = outcome if isinstance(outcome, SummitError) else outcome.error
    return error.code if error is not None else None


def _succeeded(outcome: RunFinished | SummitError) -> bool:
    return isinstance(outcome, RunFinished) and outcome.status is RunStatus.SUCCEEDED


def _free_bytes(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def main() -> None:
    name, times = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_KB}k", "none", folder]
        subprocess.run(mount, check=True)
        try:
            toll, codes = _fill(DISKS[name](Path(folder)), times)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    print(json.dumps({**asdict(toll), "codes": sorted(codes)}))


def _fill(target: Target, times: int) -> tuple[Toll, set[str]]:
    toll, codes, chance = Toll(), set(), random.Random(times)
    os.environ["SUMMIT_HOME"] = str(target.folder / "home")
    os.environ["TMPDIR"] = str(target.folder)
    target.build()
    before = _free_bytes(target.folder)
    if not _succeeded(outcome := _run(target)):
        raise RuntimeError(f"A clean run failed: {outcome}")
    want = target.rows()
    needed = before - _free_bytes(target.folder)
    ballast = target.folder / "ballast"
    for number in range(times):
        target.clear()
        # From nothing to nearly all that a load needs.
        left = int(needed * (number + chance.random()) / times)
        ballast.write_bytes(bytes(max(_free_bytes(target.folder) - left, 0)))
        outcome = _run(target)
        toll.kills += not _succeeded(outcome)
        codes |= {_code(outcome)} - {None}
        ballast.unlink()
        if not _succeeded(outcome):
            early = Toll()
            compare(want, target.rows(), early)
            toll.doubled, toll.wrong = toll.doubled + early.doubled, toll.wrong + early.wrong
            outcome = _run(target)
        if not _succeeded(outcome):
            toll.failed.append(f"with {left} bytes left, then room: {outcome}")
        compare(want, target.rows(), toll)
    return toll, codes


if __name__ == "__main__":
    main()
