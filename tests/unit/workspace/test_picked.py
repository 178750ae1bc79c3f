import shutil

import pytest

from summit_studio.workspace.picked import Pick, Picked, picked_for, remember_picked
from summit_studio.workspace.workspace import Workspace


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    path = folder / "a.summit.json"
    path.write_text("{}")
    return path


def test_what_is_picked_to_read_is_not_written_and_the_other_way_both(tmp_path, file):
    read, written = tmp_path / "in.csv", tmp_path / "out"
    picked = Picked().with_pick(Pick(read)).with_pick(Pick(written, to_write=True))
    workspace = Workspace.open(file.parent, picked)
    assert workspace.may_read(read)
    assert not workspace.may_write(read)
    assert workspace.may_write(written / "part-0")
    assert workspace.may_read(written / "part-0")
    assert not workspace.may_read(tmp_path / "in.csv.other")
    assert not workspace.may_read(tmp_path)
    assert not Workspace.open(file.parent).may_read(read)


def test_a_link_that_took_the_place_of_a_picked_file_leads_nowhere(tmp_path, file):
    read, secret = tmp_path / "in.csv", tmp_path / "secret"
    read.write_text("id\n")
    secret.write_text("mine")
    workspace = Workspace.open(file.parent, Picked().with_pick(Pick(read)))
    assert workspace.may_read(read)
    read.unlink()
    read.symlink_to(secret)
    assert not workspace.may_read(read)


def test_picks_belong_to_one_file_and_one_pipeline(tmp_path, file):
    picked = Picked().with_pick(Pick(tmp_path / "in.csv"))
    remember_picked(file, "1" * 32, picked)
    assert picked_for(file, "1" * 32) == picked
    assert picked_for(file, "2" * 32) == Picked()  # Another took its place.
    other = tmp_path / "b.summit.json"
    shutil.copy(file, other)
    assert picked_for(other, "1" * 32) == Picked()
    assert "in.csv" not in file.read_text()


@pytest.mark.parametrize("text", ["", "[]", '{"pipelines": 3}', '{"pipelines": {"FILE": 3}}',
    '{"pipelines": {"FILE": {"id": "1", "read": "/", "write": [3, "a"]}}}'])  # fmt: skip
def test_a_damaged_list_gives_nothing(tmp_path, file, text):
    remember_picked(file, "1", Picked())
    (tmp_path / "home" / "picked-files.json").write_text(text.replace("FILE", str(file)))
    assert picked_for(file, "1") == Picked()


def test_the_list_does_not_grow_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr("summit_studio.workspace.picked._MOST", 3)
    picked = Picked().with_pick(Pick(tmp_path / "in.csv"))
    files = [tmp_path / f"{n}.summit.json" for n in range(4)]
    for file in files:
        remember_picked(file, "1", picked)
    assert [picked_for(f, "1") == picked for f in files] == [False, True, True, True]
