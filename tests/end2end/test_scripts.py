"""Pipelines with statements before and after the rows: once a load, cut, tried again, refused."""

import json
import sqlite3

import pytest

from summit_studio.cli.main import main
from summit_studio.core.events import RunStatus
from summit_studio.document.files import save
from summit_studio.workspace.trust import trust
from tests.end2end.test_upsert import ROWS, Bench

SCRIPTS = {
    "before_sql": "INSERT INTO said SELECT 'before ' || count(*) FROM customers",
    "after_sql": "INSERT INTO said SELECT 'after ' || count(*) FROM customers",
}


@pytest.fixture
def bench(tmp_path) -> Bench:
    made = Bench(tmp_path)
    made.write("first")
    made.run(made.document())
    with sqlite3.connect(tmp_path / "shop.db") as session:
        session.execute("CREATE TABLE said (what)")
    made.write("second", first=ROWS)
    trust(tmp_path)
    return made


def said(bench: Bench) -> list[str]:
    with sqlite3.connect(bench.folder / "shop.db") as session:
        return [what for (what,) in session.execute("SELECT what FROM said ORDER BY rowid")]


@pytest.mark.parametrize("publish", ["whole", "staged", "each"])
def test_they_run_once_a_load(bench: Bench, publish: str):
    finished = bench.run(bench.document(publish, **SCRIPTS))
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert said(bench) == [f"before {ROWS}", f"after {2 * ROWS}"]


@pytest.mark.parametrize("publish", ["staged", "each"])
@pytest.mark.parametrize("label", ["prepared:out:1", "committed:out:2", "commit:out:5"])
def test_cut_and_gone_on_with_they_run_once(bench: Bench, publish: str, label: str):
    document = bench.document(publish, **SCRIPTS)
    assert bench.stop_at(label, document).status is RunStatus.FAILED
    assert said(bench) == ([] if publish == "staged" or "1" in label else [f"before {ROWS}"])
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert said(bench) == [f"before {ROWS}", f"after {2 * ROWS}"]


@pytest.mark.parametrize("publish", ["whole", "staged"])
def test_where_the_last_fails_no_row_is_there(bench: Bench, publish: str):
    finished = bench.run(bench.document(publish, **SCRIPTS | {"after_sql": "SELECT nothing"}))
    assert finished.status is RunStatus.FAILED
    assert said(bench) == []
    assert bench.table()[0] == ROWS


def test_dead_letters_that_are_tried_again_run_none(bench: Bench):
    document = bench.document("each", **SCRIPTS)
    finished = bench.run(document, batch="a" * 32)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert (said(bench), bench.table()[0]) == ([], 2 * ROWS)


@pytest.mark.parametrize(
    ("params", "code", "trusted"),
    [
        ({"before_sql": "SELECT 1;\nCOMMIT"}, "transaction_control", True),
        ({"after_sql": "SELECT 'x"}, "script_invalid", True),
        ({"after_sql": "SELECT 1"}, "untrusted", False),
    ],
)
def test_what_a_run_would_refuse_is_said_before(
    tmp_path, capsys, params: dict, code: str, *, trusted: bool
):
    bench = Bench(tmp_path)
    bench.write("first")
    if trusted:
        trust(tmp_path)
    file = bench.folder / "customers.summit.json"
    save(bench.document(**params), file)
    assert main(["validate", str(file), "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert code in {problem["code"] for problem in problems}
