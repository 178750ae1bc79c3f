"""Pipelines that replace one window of a table, and what is said of such before."""

import json

import pytest

from summit_studio.cli.main import main
from summit_studio.core.events import RunStatus
from summit_studio.document.files import save
from tests.end2end.test_upsert import ROWS, Bench

WINDOW = {"mode": "replace", "keys": [], "replace_where": "version = 2"}


@pytest.fixture
def bench(tmp_path) -> Bench:
    made = Bench(tmp_path)
    made.write("first")
    made.run(made.document())
    made.write("second", first=ROWS, version=2)
    return made


@pytest.mark.parametrize("publish", ["whole", "staged"])
def test_run_twice_a_window_is_as_it_was(bench: Bench, publish: str):
    for counts in ({"inserted": ROWS}, {"inserted": ROWS, "deleted": ROWS}):
        finished = bench.run(bench.document(publish, **WINDOW))
        assert finished.status is RunStatus.SUCCEEDED, finished.error
        assert bench.counts == counts
        assert bench.table()[:2] == (2 * ROWS, 2 * ROWS)


@pytest.mark.parametrize("label", ["prepared:out:2", "committed:out:2", "gathered:out:5"])
def test_cut_and_gone_on_with_a_window_is_as_in_one_go(bench: Bench, label: str):
    document = bench.document("staged", **WINDOW)
    bench.run(document)
    assert bench.stop_at(label, document).status is RunStatus.FAILED
    assert bench.table()[:2] == (2 * ROWS, 2 * ROWS)
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.table()[:2] == (2 * ROWS, 2 * ROWS)


@pytest.mark.parametrize("publish", ["whole", "staged"])
def test_rows_outside_of_it_are_not_written(bench: Bench, publish: str):
    document = bench.document(publish, **WINDOW | {"replace_where": "version = 2 AND id <> 4000"})
    finished = bench.run(document)
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert finished.error.code == "outside_window"
    assert bench.table()[0] == ROWS


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"mode": "append"}, "setting_unused"),
        ({"replace": "table"}, "replace_where_of_table"),
        ({"replace_where": "nobody = 2"}, "column_missing"),
        ({"replace_where": "id + 1"}, "type_mismatch"),
        ({"replace_where": "true); DELETE FROM x; --"}, "expression_invalid"),
    ],
)
def test_what_a_run_would_refuse_is_said_before(bench: Bench, params: dict, code: str, capsys):
    file = bench.folder / "customers.summit.json"
    save(bench.document(**WINDOW | params), file)
    assert main(["validate", str(file), "--json"]) == 2
    codes = {problem["code"] for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert code in codes, codes
