"""The recovery journal after crashes: torn lines, killed writers, a file that moved on."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edit_json import edit_from_json, edit_to_json
from summit_studio.document.edits import AddNode, SetTitle
from summit_studio.document.journal import Journal, Leftover, key_of, leftovers
from summit_studio.document.model import Document, Node
from summit_studio.document.text import dump

BASE = Document("Base")


def add(node_id):
    return AddNode(Node(node_id, "filter", {"π": [1, {"a": None}]}))


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "state", "key")
    made.begin(dump(BASE), tmp_path / "base.summit.json")
    yield made
    made.close()


def again(journal):
    return Journal(journal.path.parent, journal.key)


def test_a_document_only_looked_at_leaves_no_journal(journal):
    journal.close()
    assert not journal.path.exists()


def test_a_torn_last_line_is_cut_off_and_the_journal_goes_on(journal):
    for name in ("a", "b", "c"):
        journal.append(add(name))
    journal.close()
    data = journal.path.read_bytes()
    journal.path.write_bytes(data[:-9])
    second = again(journal)
    document, edits = second.recover(BASE)
    assert (list(document.nodes), len(edits)) == (["a", "b"], 2)
    second.append(add("d"))
    second.close()
    assert list(again(journal).recover(BASE)[0].nodes) == ["a", "b", "d"]


@pytest.mark.parametrize("junk", [b"{}\n", b"\xff\n", b'{"edit": "Exec"}\n', b"[" * 9000 + b"\n"])
def test_replay_stops_at_a_line_that_is_no_edit(journal, junk):
    journal.append(add("a"))
    journal.close()
    with journal.path.open("ab") as stream:
        stream.write(junk)
    assert len(again(journal).recover(BASE)[1]) == 1


def test_replay_stops_at_an_edit_that_does_not_fit(journal):
    journal.append(SetTitle("nobody", "x"))
    journal.append(add("a"))
    assert journal.recover(BASE) == (BASE, ())


def test_edits_of_another_text_are_not_replayed(journal):
    journal.append(add("a"))
    with pytest.raises(InvalidDocument) as caught:
        journal.recover(Document("Other"))
    assert caught.value.code == "journal_mismatch"


def test_edits_set_aside_come_back_with_the_text_they_start_from(journal):
    journal.append(add("a"))
    journal.close()
    journal.set_aside()
    assert leftovers(journal.path.parent) == ()
    again(journal).take_back(dump(Document("Other")))
    assert leftovers(journal.path.parent) == ()
    again(journal).take_back(dump(BASE))
    assert list(again(journal).recover(BASE)[0].nodes) == ["a"]


def test_saving_clears_it_and_starts_from_the_new_text(journal):
    journal.append(add("a"))
    saved = add("a").apply(BASE)
    journal.begin(dump(saved))
    assert leftovers(journal.path.parent) == ()
    journal.append(add("b"))
    assert list(journal.recover(saved)[0].nodes) == ["a", "b"]


def test_leftovers_tell_what_can_be_recovered(journal, tmp_path):
    journal.append(add("a"))
    journal.close()
    (journal.path.parent / "odd.journal.jsonl").write_bytes(b"\x00\n\n")
    file = os.path.realpath(tmp_path / "base.summit.json")
    assert leftovers(journal.path.parent) == (Leftover("key", file, 1),)
    assert leftovers(tmp_path / "nowhere") == ()


def test_closing_leaves_no_thread(journal):
    journal.append(add("a"))
    journal.close()
    assert not [t for t in threading.enumerate() if t.name == "journal"]


@pytest.mark.skipif(os.name == "nt", reason="needs modes of a POSIX system")
def test_only_the_user_may_read_it(journal):
    journal.append(add("a"))
    assert journal.path.stat().st_mode & 0o777 == 0o600


def test_a_file_has_one_key_however_its_path_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert key_of("a.summit.json") == key_of(tmp_path / "x" / ".." / "a.summit.json")


WRITER = """
import sys
from pathlib import Path
from summit_studio.document.edits import AddNode
from summit_studio.document.journal import Journal
from summit_studio.document.model import Document, Node
from summit_studio.document.text import dump
journal = Journal(Path(sys.argv[1]), "key")
journal.begin(dump(Document("Base")))
for number in range(10**9):
    journal.append(AddNode(Node(f"n{number}", "filter")))
    print(number, flush=True)
"""


def test_a_killed_writer_loses_no_edit_it_had_finished(tmp_path):
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, cwd=root
    ) as process:
        for line in process.stdout:
            if int(line) == 200:
                break
        process.send_signal(signal.SIGKILL)
    document, edits = Journal(tmp_path, "key").recover(BASE)
    assert len(edits) >= 201
    assert list(document.nodes) == [f"n{i}" for i in range(len(edits))]


def test_an_edit_of_unknown_kind_has_no_json_form():
    with pytest.raises(InvalidDocument):
        edit_to_json(object())


@pytest.mark.parametrize(
    "raw",
    [None, [], {"edit": []}, {"edit": "MoveNodes", "positions": {"a": [1, True]}},
     {"edit": "RemoveNode", "node_id": "../x"}, {"edit": "Compound", "label": "x", "edits": [1]},
     {"edit": "AddEdge", "edge": "nonsense", "index": None}],
)  # fmt: skip
def test_json_of_another_shape_is_no_edit(raw):
    with pytest.raises(InvalidDocument):
        edit_from_json(raw)
