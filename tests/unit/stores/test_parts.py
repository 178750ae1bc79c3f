"""A folder of parts says how far it is, takes one writer at a time, and keeps every row once."""

import contextlib
import errno
import json
import os
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.epochs import (
    AlreadyRunning,
    Claim,
    EpochEnd,
    Fenced,
    Progress,
    SinkKey,
    Stage,
)
from summit_studio.core.errors import WriteFailed
from summit_studio.stores.parts import Parts, PartsCheckpoint

STARTED = datetime(2024, 2, 29, 12, tzinfo=UTC)
KEY = SinkKey("0123", "out")
EPOCHS = 3


def claim(lineage: str = "a" * 32, run_id: str = "r1", **more: Any) -> Claim:
    return Claim(lineage, STARTED, "print", run_id, "", **more)


def opened(folder: Path, lineage: str = "a" * 32, **more: Any) -> PartsCheckpoint:
    made = PartsCheckpoint(folder, KEY, more.pop("step", lambda _label: None), **more)
    made.acquire(claim(lineage))
    return made


def prepared(checkpoint: PartsCheckpoint, rows: list[int]) -> Parts:
    """Return the parts of the next epoch: one at the top, one in a partition."""
    parts = Parts(checkpoint)
    counts = {}
    for number, (place, held) in enumerate((("", rows[:1]), ("k=1", rows[1:]))):
        path = parts.part(place, number, ".txt")
        path.write_text("".join(f"{row}\n" for row in held))
        counts[path] = len(held)
    parts.rows = counts
    parts.prepare()
    return parts


def write(checkpoint: PartsCheckpoint, epoch: int, *, last: bool = False) -> None:
    # What fails is aborted, as a run does.
    with prepared(checkpoint, [epoch * 10, epoch * 10 + 1, epoch * 10 + 2]) as parts:
        checkpoint.settle(EpochEnd(epoch, {"src": {"at": epoch}}, last=last, sums={"n": epoch}))
        parts.commit()


def load(folder: Path, step: Any = lambda _label: None) -> None:
    """Bring a load of three epochs to its end, from wherever it stands."""
    checkpoint = PartsCheckpoint(folder, KEY, step)
    held = checkpoint.acquire(claim())
    for epoch in range(held.epoch + 1, EPOCHS + 1):
        write(checkpoint, epoch, last=epoch == EPOCHS)
    checkpoint.finish()


def rows(folder: Path) -> Counter[int]:
    files = [p for p in folder.rglob("*.txt") if "_summit" not in p.parts]
    return Counter(int(line) for p in files for line in p.read_text().split())


WHOLE = Counter(e * 10 + i for e in (1, 2, 3) for i in range(3))


def test_it_says_how_far_it_is(tmp_path):
    folder = tmp_path / "out"
    assert PartsCheckpoint(folder, KEY, lambda _label: None).look() is None
    assert not folder.exists()
    checkpoint = opened(folder)
    write(checkpoint, 1)
    write(checkpoint, 2, last=True)
    found = PartsCheckpoint(folder, KEY, lambda _label: None).look()
    assert isinstance(found, Progress)
    assert (found.lineage, found.started, found.fingerprint) == ("a" * 32, STARTED, "print")
    assert (found.epoch, found.rows, found.stage) == (2, 6, Stage.COMPLETE)
    assert (found.positions, found.sums) == ({"src": {"at": 2}}, {"n": 2})
    assert (found.generation, found.run_id) == (1, "r1")
    checkpoint.finish()
    found = checkpoint.look()
    assert found is not None
    assert found.stage is Stage.FINISHED


def test_another_sink_and_another_environment_know_nothing_of_it(tmp_path):
    load(tmp_path)
    for key in (SinkKey("0123", "other"), SinkKey("0123", "out", "test"), SinkKey("4567", "out")):
        assert PartsCheckpoint(tmp_path, key, lambda _label: None).look() is None


def test_nothing_shows_before_the_commit_and_all_after(tmp_path):
    checkpoint = opened(tmp_path)
    parts = prepared(checkpoint, [1, 2, 3])
    assert rows(tmp_path) == Counter()
    assert not list(tmp_path.rglob("*.txt"))
    checkpoint.settle(EpochEnd(1, {}))
    parts.commit()
    assert rows(tmp_path) == Counter([1, 2, 3])


def test_an_earlier_run_can_neither_commit_nor_finish(tmp_path):
    before = opened(tmp_path)
    write(before, 1)
    parts = prepared(before, [20, 21, 22])
    after = opened(tmp_path)
    before.settle(EpochEnd(2, {}))
    with pytest.raises(Fenced):
        parts.commit()
    with pytest.raises(Fenced):
        before.finish()
    with pytest.raises(Fenced):
        Parts(before)
    write(after, 2)
    write(after, 3)
    assert rows(tmp_path) == WHOLE


def test_a_run_that_is_fenced_while_it_writes_says_so(tmp_path):
    before = opened(tmp_path)
    parts = Parts(before)
    opened(tmp_path)
    with pytest.raises(Fenced):
        parts.part("k=2", 1, ".txt")
    with pytest.raises(Fenced):
        parts.prepare()


def test_a_second_writer_of_an_epoch_fails_by_the_manifest_alone(tmp_path, monkeypatch):
    one, two = opened(tmp_path), opened(tmp_path / "." / "")
    monkeypatch.setattr(PartsCheckpoint, "require_turn", lambda _self: None)
    write(two, 1)
    # The desk of the first is where it was, as if the second had claimed a moment before.
    one._desk.mkdir(parents=True)
    parts = prepared(one, [10, 11, 12])
    one.settle(EpochEnd(1, {}))
    with pytest.raises(Fenced):
        parts.commit()
    assert rows(tmp_path) == Counter([10, 11, 12])


def test_of_many_that_claim_at_once_only_the_newest_can_commit(tmp_path):
    made: list[PartsCheckpoint] = []
    barrier = threading.Barrier(6)

    def take() -> None:
        checkpoint = PartsCheckpoint(tmp_path, KEY, lambda _label: None)
        barrier.wait()
        try:
            checkpoint.acquire(claim(take_over=True))
        except AlreadyRunning:
            return
        made.append(checkpoint)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = 0
    for checkpoint in made:
        try:
            write(checkpoint, 1)
        except Fenced:
            continue
        done += 1
    assert done == 1
    assert len({c._current().generation for c in made}) == len(made)
    assert rows(tmp_path) == Counter([10, 11, 12])


def test_a_run_that_ended_by_itself_keeps_nobody_waiting(tmp_path):
    folder = tmp_path / "out"
    first = PartsCheckpoint(folder, KEY, lambda _label: None)
    first.acquire(Claim("a" * 32, STARTED, "print", "r1", "elsewhere|1|x"))
    first.release()
    second = PartsCheckpoint(folder, KEY, lambda _label: None)
    assert second.acquire(claim(run_id="r2")).generation == 2
    first.release()
    assert second.look().run_id == "r2"


def test_a_live_run_elsewhere_keeps_others_out_until_its_lease_is_over(tmp_path):
    checkpoint = PartsCheckpoint(tmp_path, KEY, lambda _label: None)
    owner = "elsewhere|1|x"
    checkpoint.acquire(Claim("a" * 32, STARTED, "", "r1", owner))
    other = PartsCheckpoint(tmp_path, KEY, lambda _label: None)
    with pytest.raises(AlreadyRunning):
        other.acquire(claim(run_id="r2"))
    (file,) = tmp_path.glob("_summit/*/run-*/claim.json")
    os.utime(file, (0, 0))
    assert other.acquire(claim(run_id="r2")).generation == 2


class Faults:
    """Fails the k-th call that changes the disk."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
        self.left = -1
        self.where = ""
        self._error = error
        for owner, name in (
            (os, "fsync"), (os, "link"), (Path, "rename"), (Path, "mkdir"), (Path, "unlink"),
        ):  # fmt: skip
            monkeypatch.setattr(owner, name, self._wrapped(name, getattr(owner, name)))

    def _wrapped(self, name: str, real: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.where = name
                raise OSError(self._error, os.strerror(self._error))
            return real(*args, **kwargs)

        return call


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO])
def test_every_call_may_fail_and_the_next_run_goes_on(tmp_path, monkeypatch, error):
    faults = Faults(monkeypatch, error)
    seen, number = set(), 0
    while True:
        number += 1
        folder = tmp_path / str(number)
        faults.left, faults.where = number, ""
        with contextlib.suppress(WriteFailed):
            load(folder)
        assert rows(folder) - WHOLE == Counter()
        faults.left = -1
        if not faults.where:
            break
        seen.add(faults.where)
        load(folder)
        assert rows(folder) == WHOLE, f"call {number}, {faults.where}"
        assert not list(folder.rglob("*.new"))
    assert {"fsync", "link", "rename", "mkdir"} <= seen
    assert number > 40


class Died(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", ["part", "manifest", "linked", "placed"])
def test_what_is_committed_is_put_in_place_by_whoever_comes(tmp_path, step):
    def die(label: str) -> None:
        if label == f"{step}:out:2":
            raise Died

    with pytest.raises(Died):
        load(tmp_path, die)
    committed = 2 if step in {"linked", "placed"} else 1
    found = PartsCheckpoint(tmp_path, KEY, lambda _label: None).look()
    assert found is not None
    assert found.epoch == committed
    load(tmp_path)
    assert rows(tmp_path) == WHOLE
    (home,) = (tmp_path / "_summit").iterdir()
    load_id = "a" * 32
    assert sorted(p.name for p in home.iterdir()) == [
        *(f"epoch-00000{epoch}-{load_id}.json" for epoch in (1, 2, 3)),
        f"finished-{load_id}.json",
        "run-000002",
    ]


@pytest.mark.parametrize("lineage", ["a" * 32, "b" * 32])
def test_a_new_load_puts_the_rows_of_the_old_in_place_and_drops_its_manifests(tmp_path, lineage):
    def die(label: str) -> None:
        if label == "linked:out:2":
            raise Died

    with pytest.raises(Died):
        load(tmp_path, die)
    held = opened(tmp_path, lineage).look()
    assert held is not None
    assert rows(tmp_path) == Counter([10, 11, 12, 20, 21, 22])
    same = lineage == "a" * 32
    assert (held.epoch, held.rows) == ((2, 6) if same else (0, 0))
    assert len(list(tmp_path.glob("_summit/*/epoch-*"))) == (2 if same else 0)


def test_a_run_that_comes_late_to_clean_leaves_newer_work_alone(tmp_path, monkeypatch):
    """It stands still behind its claim; meanwhile others begin another load, commit and die."""
    late = PartsCheckpoint(tmp_path, KEY, lambda _label: None)
    real = PartsCheckpoint._place_all

    def die(label: str) -> None:
        if label == "linked:out:2":
            raise Died

    def meanwhile(self: PartsCheckpoint) -> None:
        real(self)
        if self is late and not list(tmp_path.rglob("*.new")):
            newer = opened(tmp_path, "b" * 32, step=die)
            write(newer, 1)
            with pytest.raises(Died):
                write(newer, 2)
            newer._move_aside(None)

    monkeypatch.setattr(PartsCheckpoint, "_place_all", meanwhile)
    late.acquire(claim())
    assert rows(tmp_path) == Counter([10, 11, 12])
    opened(tmp_path, "b" * 32)
    assert rows(tmp_path) == Counter([10, 11, 12, 20, 21, 22])


def test_what_someone_fetched_from_the_folder_does_not_come_back(tmp_path):
    checkpoint = opened(tmp_path)
    write(checkpoint, 1)
    for file in tmp_path.rglob("part-*.txt"):
        file.unlink()
    held = opened(tmp_path).look()
    assert held is not None
    assert (held.epoch, held.rows) == (1, 3)
    assert rows(tmp_path) == Counter()


def test_a_file_that_somebody_put_in_the_place_of_a_part_is_not_overwritten(tmp_path):
    def put(label: str) -> None:
        if label == "linked:out:1":
            (part,) = (p for p in tmp_path.rglob("*.new") if "k=1" not in p.parts)
            (tmp_path / part.name.removesuffix(".new")).write_text("99\n")

    checkpoint = opened(tmp_path, step=put)
    with pytest.raises(WriteFailed) as caught:
        write(checkpoint, 1)
    assert caught.value.code == "part_taken"
    (mine,) = tmp_path.glob("part-*")
    assert mine.read_text() == "99\n"
    mine.unlink()
    opened(tmp_path)
    assert rows(tmp_path) == Counter([10, 11, 12])


def test_forgetting_keeps_the_rows_and_ends_the_turn(tmp_path):
    def die(label: str) -> None:
        if label == "linked:out:1":
            raise Died

    checkpoint = opened(tmp_path, step=die)
    with pytest.raises(Died):
        write(checkpoint, 1)
    PartsCheckpoint(tmp_path, KEY, lambda _label: None).forget()
    assert rows(tmp_path) == Counter([10, 11, 12])
    assert not (tmp_path / "_summit").exists()
    assert checkpoint.look() is None
    anew = opened(tmp_path, "b" * 32)
    checkpoint.settle(EpochEnd(1, {}))
    with pytest.raises(Fenced):
        checkpoint.finish()
    write(anew, 1)
    assert anew.look() is not None


def test_an_epoch_without_rows_adds_no_file_and_a_load_without_any_adds_one(tmp_path):
    for number, last in enumerate((False, True)):
        folder = tmp_path / str(number)
        checkpoint = opened(folder)
        parts = Parts(checkpoint)
        path = parts.part("", 0, ".txt")
        path.touch()
        parts.rows = {path: 0}
        checkpoint.settle(EpochEnd(1, {}, last=last))
        parts.commit()
        assert len(list(folder.glob("part-*"))) == last


class TestEmptyFolders:
    """With `empty` a load begins only where nothing is."""

    def test_one_that_holds_something_is_refused(self, tmp_path):
        (tmp_path / "x.csv").write_text("mine")
        with pytest.raises(WriteFailed, match=r"x\.csv") as caught:
            opened(tmp_path, empty=True)
        assert caught.value.code == "folder_taken"
        assert sorted(p.name for p in tmp_path.iterdir()) == ["_summit", "x.csv"]

    def test_its_own_load_goes_on_and_another_does_not(self, tmp_path):
        write(opened(tmp_path, empty=True), 1)
        write(opened(tmp_path, empty=True), 2)
        with pytest.raises(WriteFailed):
            opened(tmp_path, "b" * 32, empty=True)
        assert rows(tmp_path) == Counter([10, 11, 12, 20, 21, 22])

    def test_one_that_waits_for_parts_is_not_empty(self, tmp_path):
        def die(label: str) -> None:
            if label == "linked:out:1":
                raise Died

        with pytest.raises(Died):
            write(opened(tmp_path, step=die), 1)
        with pytest.raises(WriteFailed, match="wait"):
            opened(tmp_path, "b" * 32, empty=True)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    write(opened(tmp_path), 1)
    (file,) = tmp_path.glob("_summit/*/epoch-000001-*.json")
    return file


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_damaged_manifest_is_named_and_nothing_is_touched(tmp_path, manifest, text):
    manifest.write_text(text)
    with pytest.raises(WriteFailed, match=manifest.name) as caught:
        opened(tmp_path)
    assert caught.value.code == "manifest_damaged"
    assert rows(tmp_path) == Counter([10, 11, 12])


@pytest.mark.parametrize(
    "changed",
    [{"parts": ["x"]}, {"parts": {"x": "1"}}, {"positions": []}, {"started": "now"}, {"stage": 1}],
)
def test_a_manifest_that_somebody_has_changed_is_no_other_truth(tmp_path, manifest, changed):
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changed))
    with pytest.raises(WriteFailed, match=manifest.name) as caught:
        opened(tmp_path)
    assert caught.value.code == "manifest_damaged"
    assert rows(tmp_path) == Counter([10, 11, 12])


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x"])
def test_a_manifest_cannot_name_a_place_outside(tmp_path, manifest, name):
    values = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(values | {"parts": {name: 1}}))
    with pytest.raises(WriteFailed, match="outside") as caught:
        opened(tmp_path)
    assert caught.value.code == "manifest_damaged"


def test_a_disk_without_hard_links_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    def link(*_given: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(WriteFailed) as caught:
        opened(tmp_path)
    assert caught.value.code == "links_missing"
