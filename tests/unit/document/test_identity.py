"""The id of a pipeline: given once, kept by its file, and no part of what the pipeline means."""

import json
import re
from dataclasses import replace

import pytest

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.diff import diff
from summit_studio.document.files import load, save
from summit_studio.document.identity import id_of, new_id
from summit_studio.document.model import Document, Node
from summit_studio.document.text import dump, parse

DOCUMENT = Document("Orders", nodes={"a": Node("a", "csv_source", {"path": "a.csv"})})


@pytest.fixture
def file(tmp_path):
    return tmp_path / "orders.summit.json"


def test_a_pipeline_gets_an_id_when_it_is_first_saved(file):
    assert re.fullmatch("[0-9a-f]{32}", save(DOCUMENT, file).document.id)
    assert json.loads(file.read_text())["id"] == load(file).document.id
    assert list(json.loads(file.read_text()))[:2] == ["format", "id"]


def test_the_file_keeps_its_id_whoever_writes_it(file):
    first = save(DOCUMENT, file)
    again = save(replace(first.document, name="Two"), file, first)
    from_a_script = save(replace(DOCUMENT, name="Three"), file)
    assert first.document.id == again.document.id == from_a_script.document.id


def test_a_file_without_an_id_keeps_the_one_that_its_path_made(file):
    file.write_text(dump(DOCUMENT))
    loaded = load(file)
    before = id_of(loaded.document, file)
    assert save(loaded.document, file, loaded).text == dump(DOCUMENT), "unchanged is untouched"
    saved = save(replace(loaded.document, name="Two"), file, loaded)
    assert saved.document.id == before


def test_two_pipelines_have_two_ids(tmp_path):
    one, two = (save(DOCUMENT, tmp_path / f"{n}.summit.json").document.id for n in "ab")
    assert one != two
    plain = [id_of(DOCUMENT, tmp_path / f"{n}.summit.json") for n in "ab"]
    assert len({*plain, id_of(DOCUMENT, None), id_of(replace(DOCUMENT, name="x"), None)}) == 4


def test_an_id_means_nothing(file):
    named = replace(DOCUMENT, id=new_id())
    assert diff(DOCUMENT, named).empty
    assert named.meaning() == DOCUMENT.meaning()


@pytest.mark.parametrize("value", ["", "abc", "G" * 32, "A" * 32, 7, None, "0" * 33])
def test_what_is_no_id_is_refused(value):
    raw = json.loads(dump(DOCUMENT)) | {"id": value}
    with pytest.raises(InvalidDocument) as caught:
        parse(json.dumps(raw))
    assert caught.value.where.param == "id"
