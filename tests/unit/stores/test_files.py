"""Outputs appear whole or not at all, whatever happens on the way."""

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pytest

from summit_studio.core.durable import write_text_atomically
from summit_studio.core.errors import WriteFailed
from summit_studio.stores.files import AtomicFile, AtomicFolder, open_compressed

ROOT = Path(__file__).parents[3]


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_file_appears_by_commit_only(tmp_path: Path):
    target = tmp_path / "new" / "out.csv"
    with AtomicFile(target, "r1") as output:
        output.open().write(b"a,b\n")
        output.prepare()
        assert not target.exists()
        output.commit()
    assert target.read_bytes() == b"a,b\n"
    assert names(target.parent) == ["out.csv"]


def test_abort_keeps_the_old_file(tmp_path: Path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    with AtomicFile(target, "r1") as output:
        output.open().write(b"new")
        assert target.read_text() == "old"
    output.abort()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["out.csv"]


def test_an_output_without_a_write_is_an_empty_file(tmp_path: Path):
    with AtomicFile(tmp_path / "out.csv", "r1") as output:
        output.commit()
    assert (tmp_path / "out.csv").read_bytes() == b""


def test_one_run_cannot_write_a_file_twice(tmp_path: Path):
    with AtomicFile(tmp_path / "out.csv", "r1"), pytest.raises(WriteFailed) as caught:
        AtomicFile(tmp_path / "out.csv", "r1")
    assert caught.value.code == "output_taken"


@pytest.mark.parametrize("codec", ["none", "gzip", "zstd"])
def test_compressed_files_are_whole(tmp_path: Path, codec: str):
    table = pa.table({"n": range(1000)})
    with AtomicFile(tmp_path / "out", "r1") as output:
        stream = output.open(codec)
        pa.csv.write_csv(table, stream)
        output.commit()
    data = (tmp_path / "out").read_bytes()
    if codec == "gzip":
        data = gzip.decompress(data)
    elif codec == "zstd":
        data = pa.CompressedInputStream(io.BytesIO(data), "zstd").read()
    assert pa.csv.read_csv(io.BytesIO(data)) == table


def test_a_folder_is_swapped_as_a_whole(tmp_path: Path):
    target = tmp_path / "parts"
    for run, content in (("r1", {"day=1/a": b"1", "day=2/a": b"2"}), ("r2", {"day=3/a": b"3"})):
        with AtomicFolder(target, run) as output:
            for name, data in content.items():
                with output.open(name) as stream:
                    stream.write(data)
            output.prepare()
            output.commit()
        found = {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()}
        assert found == set(content)
        assert names(tmp_path) == ["parts"]


def test_an_aborted_folder_leaves_the_old_one(tmp_path: Path):
    target = tmp_path / "parts"
    target.mkdir()
    (target / "old").touch()
    with AtomicFolder(target, "r1") as output:
        output.open("new").close()
    assert names(tmp_path) == ["parts"]
    assert names(target) == ["old"]


def test_a_folder_that_cannot_be_swapped_is_restored(tmp_path: Path):
    target = tmp_path / "parts"
    target.mkdir()
    (target / "old").touch()
    with AtomicFolder(target, "r1") as output:
        output.prepare()
        output.staged.rmdir()
        with pytest.raises(WriteFailed):
            output.commit()
    assert names(target) == ["old"]
    assert names(tmp_path) == ["parts"]


DIE = """
import os, sys
from summit_studio.stores.files import AtomicFile, AtomicFolder
kind = AtomicFile if sys.argv[2] == "file" else AtomicFolder
output = kind(sys.argv[1], "dead")
(output.open() if sys.argv[2] == "file" else output.open("a")).write(b"x" * 5_000_000)
if sys.argv[2] == "swap":
    os.rename(sys.argv[1], output._staging.old)
os._exit(9)
"""


@pytest.mark.parametrize("kind", ["file", "folder", "swap"])
def test_the_leftovers_of_a_dead_run_are_cleared(tmp_path: Path, kind: str):
    target = tmp_path / "out"
    if kind == "file":
        target.write_text("old")
    else:
        target.mkdir()
        (target / "old").touch()
    done = subprocess.run([sys.executable, "-c", DIE, target, kind], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert len(names(tmp_path)) == 3
    opened = AtomicFile(target, "next") if kind == "file" else AtomicFolder(target, "next")
    opened.abort()
    assert names(tmp_path) == ["out"]
    assert target.read_text() == "old" if kind == "file" else names(target) == ["old"]


def test_the_staging_of_a_live_run_is_left_alone(tmp_path: Path):
    target = tmp_path / "out"
    with AtomicFile(target, "one") as first:
        first.open().write(b"one")
        with AtomicFile(target, "two") as second:
            second.open().write(b"two")
            second.commit()
        first.commit()
    assert target.read_bytes() == b"one"
    assert names(tmp_path) == ["out"]


LIMITED = """
import resource, sys
from summit_studio.stores.files import AtomicFile
from summit_studio.core.errors import WriteFailed
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
try:
    with AtomicFile(sys.argv[1], "r1") as output:
        stream = output.open(sys.argv[2])
        for _ in range(80):
            import os
            stream.write(os.urandom(100_000))
        output.commit()
except WriteFailed as error:
    print(error.code, error.where.file)
"""


@pytest.mark.skipif(os.name != "posix", reason="file size limits are POSIX")
@pytest.mark.parametrize("codec", ["none", "gzip", "zstd"])
def test_a_file_that_cannot_grow_leaves_the_old_one(tmp_path: Path, codec: str):
    target = tmp_path / "out.csv"
    target.write_text("old")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIMITED, target, codec],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["file_too_large", str(target)]
    assert done.stderr == ""
    assert target.read_text() == "old"
    assert names(tmp_path) == ["out.csv"]


@pytest.fixture
def small_disk(tmp_path: Path):
    place = tmp_path / "disk"
    place.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this system does not let us mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("codec", ["none", "gzip"])
def test_a_full_disk_is_named_and_the_old_file_kept(small_disk: Path, codec: str):
    target = small_disk / "out.csv"
    target.write_text("old")

    def write() -> None:
        with AtomicFile(target, "r1") as output:
            stream = output.open(codec)
            for _ in range(40):
                stream.write(os.urandom(100_000))
            output.commit()

    with pytest.raises(WriteFailed) as caught:
        write()
    assert caught.value.code == "disk_full"
    assert caught.value.where.file == str(target)
    assert "MB free" in caught.value.why
    assert target.read_text() == "old"
    assert names(small_disk) == ["out.csv"]


def test_a_full_disk_inside_pyarrow_keeps_its_name(small_disk: Path):
    table = pa.table({"n": range(1_000_000)})

    with AtomicFile(small_disk / "o", "r1") as output, pytest.raises(WriteFailed) as caught:
        pa.csv.write_csv(table, output.open())
    assert caught.value.code == "disk_full"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path):
    (tmp_path / "file").touch()
    for kind in (AtomicFile, AtomicFolder):
        with pytest.raises(WriteFailed):
            kind(tmp_path / "file" / "out", "r1")
    with pytest.raises(WriteFailed) as caught:
        open_compressed(tmp_path / "absent" / "x", "none")
    assert caught.value.code == "file_unwritable"


def test_text_is_replaced_through_a_link(tmp_path: Path):
    real = tmp_path / "real.toml"
    real.write_text("old")
    (tmp_path / "link.toml").symlink_to(real)
    write_text_atomically(tmp_path / "link.toml", "new\n")
    assert real.read_bytes() == b"new\n"
    assert (tmp_path / "link.toml").is_symlink()
    assert names(tmp_path) == ["link.toml", "real.toml"]
