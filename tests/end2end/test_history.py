"""Pipelines that keep the history of a table: by a clock, by a column, cut and gone on with."""

import json
import sqlite3

import pytest

from summit_studio.cli.main import main
from summit_studio.core.events import RunStatus
from summit_studio.document.files import save
from tests.end2end.test_upsert import ROWS, Bench

HALF = ROWS // 2


@pytest.fixture
def bench(tmp_path) -> Bench:
    made = Bench(tmp_path)
    made.write("first")
    return made


def history(bench: Bench, publish: str = "auto", **params: object):
    return bench.document(publish, **{"mode": "scd2", "tracked": ["name"], **params})


def standing(bench: Bench) -> list[tuple]:
    """Return how many rows hold and have ended, by name and by whether the ends fit."""
    query = """
        SELECT substr(name, 1, 6) AS called, is_current, count(*), count(DISTINCT id),
          count(DISTINCT valid_from), count(valid_to),
          sum(valid_to IN (SELECT valid_from FROM customers c WHERE c.id = o.id)) AS meets
        FROM customers o GROUP BY 1, 2 ORDER BY 1, 2
    """
    with sqlite3.connect(bench.folder / "shop.db") as session:
        return session.execute(query).fetchall()


WHOLE = [
    ("first ", 0, HALF, HALF, 1, HALF, HALF), ("first ", 1, HALF, HALF, 1, 0, None),
    ("second", 1, ROWS, ROWS, 1, 0, None),
]  # fmt: skip
"""Half of the first rows have ended where the second ones begin, at one moment for all."""


@pytest.mark.parametrize("publish", ["whole", "staged", "each"])
def test_changed_rows_end_and_a_load_run_again_changes_nothing(bench: Bench, publish: str):
    assert bench.run(history(bench, publish)).status is RunStatus.SUCCEEDED
    assert bench.counts == {"inserted": ROWS}
    bench.write("second", first=HALF, version=2)
    assert bench.run(history(bench, publish), restart=True).status is RunStatus.SUCCEEDED
    assert bench.counts == {"inserted": ROWS, "closed": HALF}
    assert standing(bench) == WHOLE
    assert bench.run(history(bench, publish), restart=True).status is RunStatus.SUCCEEDED
    assert bench.counts == {"unchanged": ROWS}
    assert standing(bench) == WHOLE


@pytest.mark.parametrize("publish", ["staged", "each"])
@pytest.mark.parametrize("label", ["prepared:out:2", "committed:out:2", "commit:out:3"])
def test_cut_and_gone_on_with_the_history_is_as_in_one_go(bench: Bench, publish: str, label: str):
    document = history(bench, publish)
    bench.run(document)
    bench.write("second", first=HALF, version=2)
    assert bench.stop_at(label, document).status is RunStatus.FAILED
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    assert standing(bench) == WHOLE


def test_by_a_column_of_times_versions_that_come_out_of_order_are_stale(bench: Bench):
    lines = ["1,a,2026-03-02", "1,b,2026-03-05", "2,x,2026-03-01"]
    document = history(bench, version="version")
    document.nodes["read"].params["columns"][2]["type"] = "DATE"
    for more, counts in (
        ([], {"inserted": 3, "closed": 1}),
        (["1,late,2026-03-04", "2,y,2026-03-09"], {"inserted": 1, "closed": 1, "stale": 1}),
    ):
        (bench.folder / "in.csv").write_text("\n".join(["id,name,version", *(more or lines)]))
        finished = bench.run(document, restart=True)
        assert finished.status is RunStatus.SUCCEEDED, finished.error
        assert bench.counts == counts
    query = (
        "SELECT id, name, version, valid_from, valid_to, is_current FROM customers ORDER BY 1, 4"
    )
    with sqlite3.connect(bench.folder / "shop.db") as session:
        assert session.execute(query).fetchall() == [
            (1, "a", "2026-03-02", "2026-03-02", "2026-03-05", 0),
            (1, "b", "2026-03-05", "2026-03-05", None, 1),
            (2, "x", "2026-03-01", "2026-03-01", "2026-03-09", 0),
            (2, "y", "2026-03-09", "2026-03-09", None, 1),
        ]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"version": "version"}, "version_no_time"),
        ({"valid_to": "name"}, "name_taken"),
        ({"valid_to": "valid_from"}, "name_taken"),
        ({"tracked": ["nobody"]}, "column_missing"),
        ({"keys": []}, "keys_missing"),
        ({"mode": "upsert"}, "setting_unused"),
        ({"valid_from": "since"}, "history_columns"),
        ({"keys": ["name"]}, "key_not_unique"),
    ],
)
def test_what_a_run_would_refuse_is_said_before(bench: Bench, params: dict, code: str, capsys):
    bench.run(history(bench))
    file = bench.folder / "customers.summit.json"
    save(history(bench, **params), file)
    assert main(["validate", str(file), "--json", "--probe"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert code in {problem["code"] for problem in problems}
    assert not [p for p in problems if p["code"].startswith("target_")]
