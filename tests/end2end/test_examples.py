"""The examples are pipelines that run, each in a copy of its own."""

import json
import shutil
from pathlib import Path

import pytest

from summit_studio.core.events import RunFinished, RunStatus
from summit_studio.core.problems import Severity
from summit_studio.core.resources import resource
from summit_studio.document.files import load
from summit_studio.engine.design import design_context
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.check import check
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace

EXAMPLES = sorted(resource("examples").glob("*/*.summit.json"))
ONLY_NOW_AND_THEN = {"database_to_database": {"refused"}}
"""Sinks that take rows only where something is wrong."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.parent.name)
def example(request, tmp_path: Path) -> Path:
    folder = tmp_path / request.param.parent.name
    shutil.copytree(request.param.parent, folder, ignore=shutil.ignore_patterns("out"))
    trust(folder)
    return folder / request.param.name


def test_there_are_a_dozen_and_each_says_what_it_shows():
    assert len(EXAMPLES) >= 12
    names = set()
    for path in EXAMPLES:
        document = load(path).document
        names.add(document.name)
        assert document.notes["about"].text.count(".") >= 2, path.name
        assert set(document.layout.nodes) == set(document.nodes), path.name
        # Each copy gets an id of its own when it is saved.
        assert "id" not in json.loads(path.read_text("utf-8")), path.name
    assert len(names) == len(EXAMPLES)


def test_an_example_runs_as_it_comes_and_every_sink_gets_rows(example: Path):
    document = load(example).document
    checked = check(document, Catalogue.load(), design_context(Workspace.open(example.parent)))
    assert [p for p in checked.problems if p.severity is not Severity.INFO] == []
    finished = launch(RunRequest(document, example.parent))
    assert isinstance(finished, RunFinished)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    taken = {line.node_id: sum(line.rows_in.values()) for line in finished.ledger}
    sinks = {i for i, node in document.nodes.items() if node.type.endswith("_sink")}
    empty = {i for i in sinks if not taken[i]}
    assert empty == ONLY_NOW_AND_THEN.get(example.parent.name, set())


def test_what_was_loaded_once_is_not_loaded_again(tmp_path: Path):
    folder = tmp_path / "only_new_rows"
    shutil.copytree(resource("examples") / "only_new_rows", folder)
    trust(folder)
    document = load(folder / "only_new_rows.summit.json").document
    taken = []
    for _ in range(2):
        finished = launch(RunRequest(document, folder))
        (line,) = (line for line in finished.ledger if line.node_id == "table")
        taken.append(sum(line.rows_in.values()))
    assert taken[0] > 100
    assert taken[1] == 0
