"""A single file whose epochs wait beside it: what is put together, and by whom."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from summit_studio.core.epochs import Claim, EpochEnd, Fenced, SinkKey, Stage
from summit_studio.core.errors import WriteFailed
from summit_studio.core.process import own_name
from summit_studio.stores.one_file import FileCheckpoint, FileStage, join

KEY = SinkKey("pipeline", "out")
BEGAN = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def opened(file: Path, lineage: str = "load", run: str = "run", **more: bool) -> FileCheckpoint:
    found = FileCheckpoint(file, KEY, lambda _: None, **more)
    found.acquire(Claim(lineage, BEGAN, "f", run, own_name(), take_over=True, staged=True))
    return found


def put(checkpoint: FileCheckpoint, epoch: int, text: str, *, last: bool = False) -> FileStage:
    checkpoint.settle(EpochEnd(epoch, {}, last))
    stage = FileStage(checkpoint)
    part = stage.part("", 0, ".csv")
    part.write_text(text)
    stage.rows = {part: text.count("\n")}
    stage.prepare()
    if last:
        stage.gather(b"head\n", "none")
    stage.commit()
    return stage


def test_epochs_come_together_behind_one_head(file: Path):
    kept = opened(file)
    put(kept, 1, "a\nb\n")
    put(kept, 2, "")
    assert not file.exists()
    assert kept.look().stage is Stage.STAGED
    put(kept, 3, "c\n", last=True)
    assert file.read_text() == "head\na\nb\nc\n"
    assert (kept.look().rows, kept.look().stage) == (3, Stage.COMPLETE)
    kept.finish()
    kept.release()
    assert [p.name for p in file.parent.iterdir()] == ["out.csv"]


def test_a_new_load_drops_the_parts_of_the_one_before(file: Path):
    before = opened(file)
    put(before, 1, "old\n")
    kept = opened(file, "another", "later")
    assert list(kept.folder.glob("part-*")) == []
    put(kept, 1, "new\n", last=True)
    assert file.read_text() == "head\nnew\n"


def test_a_run_that_others_have_taken_over_from_shows_nothing(file: Path):
    first = opened(file)
    put(first, 1, "a\n")
    first.settle(EpochEnd(2, {}, last=True))
    stage = FileStage(first)
    part = stage.part("", 0, ".csv")
    part.write_text("b\n")
    stage.rows = {part: 1}
    stage.prepare()
    stage.gather(b"", "none")
    second = opened(file, run="second")
    with pytest.raises(Fenced):
        stage.commit()
    assert not file.exists()
    put(second, 2, "c\n", last=True)
    assert file.read_text() == "head\na\nc\n"


def test_nothing_is_left_of_a_load_that_never_held_anything(file: Path):
    kept = opened(file)
    FileStage(kept)
    kept.release()
    assert list(file.parent.iterdir()) == []


def test_a_file_that_is_to_stay_is_refused_at_once(file: Path):
    file.write_text("mine")
    with pytest.raises(WriteFailed, match="there already"):
        opened(file, empty=True)


def test_files_are_joined_where_the_system_cannot_copy_by_itself(tmp_path, monkeypatch):
    pieces = []
    for number in range(3):
        pieces.append(tmp_path / str(number))
        pieces[-1].write_bytes(bytes([number]) * 3_000_000)

    def refused(*_given: object) -> int:
        raise OSError(18, "another device")

    join(tmp_path / "quick", pieces)
    monkeypatch.setattr("os.copy_file_range", refused)
    join(tmp_path / "plain", pieces)
    wanted = b"".join(p.read_bytes() for p in pieces)
    assert (tmp_path / "quick").read_bytes() == (tmp_path / "plain").read_bytes() == wanted
