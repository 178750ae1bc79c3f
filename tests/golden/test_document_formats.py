"""Files of every format so far, and the text this version makes of them."""

from pathlib import Path

import pytest

from summit_studio.document.edits import MoveNodes
from summit_studio.document.files import load, save
from summit_studio.document.model import FORMAT, Edge
from summit_studio.document.text import dump, parse

FOLDER = Path(__file__).parent / "documents"
FORMATS = range(FORMAT + 1)


def path_of(number):
    return FOLDER / f"format_{number}.summit.json"


@pytest.mark.parametrize("number", FORMATS)
def test_an_old_file_gives_the_expected_text(number):
    loaded = load(path_of(number))
    assert loaded.format == number
    assert not loaded.read_only
    assert bool(loaded.notices) == (number < FORMAT)
    expected = (FOLDER / f"format_{number}.expected.summit.json").read_bytes()
    assert dump(loaded.document).encode() == expected
    assert dump(parse(expected.decode()).document).encode() == expected


@pytest.mark.parametrize("number", FORMATS)
def test_saving_an_old_file_unchanged_changes_no_byte(number, tmp_path):
    # CRLF and a byte order mark are bytes like any other.
    data = b"\xef\xbb\xbf" + path_of(number).read_bytes().replace(b"\n", b"\r\n")
    file = tmp_path / "old.summit.json"
    file.write_bytes(data)
    loaded = load(file)
    save(loaded.document, file, loaded)
    assert file.read_bytes() == data


def test_edges_that_lead_nowhere_or_stand_twice_are_kept():
    assert Edge.parse("clean.rows -> gone.rows") in load(path_of(0)).document.edges
    assert len(load(path_of(1)).document.edges) == 2


def test_moving_a_box_changes_one_line_of_the_layout():
    before = load(path_of(1)).document
    after = MoveNodes({"orders": (7, 8)}).apply(before)
    old, new = dump(before).splitlines(), dump(after).splitlines()
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert changed == [('      "orders": [120, 40],', '      "orders": [7, 8],')]
