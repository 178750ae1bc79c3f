"""Files on a real disk: links, modes, rights, a disk that fills up, a newer version's file."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from summit_studio.core.errors import InvalidDocument, WriteFailed
from summit_studio.document.files import changed_outside, load, save
from summit_studio.document.model import Document, Node
from summit_studio.document.text import dump

DOCUMENT = Document("Orders", id="0f" * 16, nodes={"a": Node("a", "csv_source", {"limit": 1})})
ROOT = hasattr(os, "getuid") and os.getuid() == 0
posix = pytest.mark.skipif(os.name == "nt", reason="needs modes and links of a POSIX system")


def names(folder):
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "orders.summit.json"
    save(DOCUMENT, path)
    return path


def test_a_saved_file_loads_as_it_was(file):
    loaded = load(file)
    assert loaded.document == DOCUMENT
    assert file.read_bytes() == loaded.text.encode() == dump(DOCUMENT).encode()
    assert names(file.parent) == [file.name]


def test_a_saved_document_is_the_base_of_the_next_save(file):
    first = save(replace(DOCUMENT, name="Two"), file, load(file))
    assert not changed_outside(file, first)
    assert save(first.document, file, first) == first
    file.write_text("{}")
    assert changed_outside(file, first)


@pytest.mark.parametrize("value", [True, 1.0])
def test_a_change_python_calls_equal_is_saved(file, value):
    loaded = load(file)
    changed = replace(DOCUMENT, nodes={"a": Node("a", "csv_source", {"limit": value})})
    assert changed == loaded.document
    save(changed, file, loaded)
    assert type(load(file).document.nodes["a"].params["limit"]) is type(value)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_the_mode_is_kept(file, mode):
    file.chmod(mode)
    save(replace(DOCUMENT, name="Two"), file)
    assert file.stat().st_mode & 0o777 == mode


@posix
def test_a_new_file_gets_the_mode_the_system_gives(tmp_path):
    (tmp_path / "plain").touch()
    save(DOCUMENT, tmp_path / "new.summit.json")
    assert (tmp_path / "new.summit.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


@posix
def test_a_link_stays_a_link(file, tmp_path):
    link = tmp_path / "elsewhere" / "link.summit.json"
    link.parent.mkdir()
    link.symlink_to(file)
    save(replace(DOCUMENT, name="Two"), link)
    assert link.is_symlink()
    assert load(file).document.name == "Two"


@pytest.mark.parametrize("known", [True, False])
def test_a_newer_file_is_never_written_over(tmp_path, known):
    file = tmp_path / "new.summit.json"
    file.write_text('{"format": 99, "epochs": {}}')
    with pytest.raises(WriteFailed) as caught:
        save(DOCUMENT, file, load(file) if known else None)
    assert caught.value.code == "format_newer"
    assert file.read_text() == '{"format": 99, "epochs": {}}'


def test_a_broken_file_may_be_replaced(tmp_path):
    file = tmp_path / "broken.summit.json"
    file.write_text('{"format": 2, "epo')
    save(DOCUMENT, file)
    assert load(file).document == DOCUMENT


@pytest.mark.parametrize(
    "document",
    [
        replace(DOCUMENT, nodes={"not an id": Node("not an id", "t")}),
        replace(DOCUMENT, settings={"n": 10**41}),
        replace(DOCUMENT, mode=7),
        replace(DOCUMENT, extra={"\ud800": 1}),
    ],
)
def test_what_could_not_be_opened_again_is_not_saved(file, document):
    before = file.read_bytes()
    with pytest.raises(InvalidDocument):
        save(document, file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("missing.summit.json", None, "no such file"),
        (".", None, "a folder"),
        ("latin.summit.json", b'{"format": 1,\n "name": "Zo\xeb"}', "line 2: byte 0xeb"),
        ("big.summit.json", b" " * 50_000_001, "50 MB"),
    ],
)
def test_an_unreadable_file_says_why(tmp_path, name, data, why):
    file = tmp_path / name
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(InvalidDocument, match=r"\[\w+\]$") as caught:
        load(file)
    assert why in caught.value.why
    assert caught.value.where.file == str(file)


@posix
@pytest.mark.skipif(ROOT, reason="root may read and write everything")
def test_missing_rights_are_named(file):
    file.chmod(0o444)
    with pytest.raises(WriteFailed, match="write-protected"):
        save(replace(DOCUMENT, name="Two"), file)
    file.chmod(0)
    with pytest.raises(InvalidDocument, match="may not read"):
        load(file)


@pytest.mark.parametrize("name", ["no/such/folder.summit.json", "."])
def test_an_impossible_target_says_why(tmp_path, name):
    with pytest.raises(WriteFailed) as caught:
        save(DOCUMENT, tmp_path / name)
    assert caught.value.why in {"the folder does not exist", "it is a folder"}
    assert names(tmp_path) == []


FULL_DISK = """
import resource, signal, sys
from dataclasses import replace
from summit_studio.core.errors import WriteFailed
from summit_studio.document.files import load, save
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
loaded = load(sys.argv[1])
try:
    save(replace(loaded.document, settings={"x": "y" * 10000}), sys.argv[1], loaded)
except WriteFailed as error:
    print(error)
"""


@posix
def test_a_disk_that_fills_up_leaves_the_old_file(file):
    before = file.read_bytes()
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(file)],
        capture_output=True, text=True, check=True, cwd=root, timeout=60,
    )  # fmt: skip
    assert "make room on the disk" in done.stdout
    assert file.read_bytes() == before
    assert names(file.parent) == [file.name]
