"""What of the run history may go, and that nothing else does."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from summit_studio.cli.main import main
from summit_studio.state.records import NodeStat, RunDetail, RunRecord
from summit_studio.state.store import Store

NOW = datetime.now(UTC)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path))
    with Store.open() as opened:
        yield opened


def put(store, name: str, days: float, status: str = "succeeded", pipeline: str = "p"):
    run = RunRecord(
        name, pipeline, f"/{pipeline}.json", "h", "etl", "cli", status, NOW - timedelta(days=days)
    )
    node = NodeStat("n", None, "csv_source", {}, {"rows": 1}, 0, 0, False, 0.0, True)
    store.begin_run(run)
    store.finish_run(RunDetail(run, (node,), (), (), ()))


def ids(runs) -> list[str]:
    return [run.run_id for run in runs]


def test_runs_go_by_count_and_by_age_but_the_newest_of_each_pipeline_stays(store):
    for day in range(5):
        put(store, f"r{day}", day)
    put(store, "lone", 400, pipeline="other")
    before = NOW - timedelta(days=2.5)
    assert ids(store.prunable(1000, before)) == ["r4", "r3"]
    assert ids(store.prunable(2, NOW - timedelta(days=1000))) == ["r4", "r3", "r2"]
    assert ids(store.prunable(0, NOW)) == ["r4", "r3", "r2", "r1"]


def test_a_run_that_failed_stays_until_one_after_it_succeeds(store):
    put(store, "old", 300)
    put(store, "failed", 200, "failed")
    put(store, "cut", 100, "cancelled")
    assert ids(store.prunable(0, NOW)) == ["old"]
    put(store, "well", 50)
    put(store, "again", 1, "failed")
    assert ids(store.prunable(0, NOW)) == ["old", "failed", "cut", "well"]


def test_a_run_under_way_is_never_dropped(store):
    put(store, "under-way", 300, "running")
    put(store, "newest", 1)
    assert store.prunable(0, NOW) == ()


def test_the_command_lists_and_drops_only_when_told_to(store, capsys):
    for day in (200, 100, 1):
        put(store, f"r{day}", day)
    assert main(["prune", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert ([r["run_id"] for r in said["runs"]], said["dropped"]) == (["r200", "r100"], False)
    assert len(store.runs()) == 3
    assert main(["prune"]) == 0
    assert "--yes" in capsys.readouterr().err
    assert main(["prune", "--yes"]) == 0
    assert "2 runs dropped" in capsys.readouterr().err
    assert ids(store.runs()) == ["r1"]
    assert store.run("r1").nodes
    assert store.run("r100") is None
    assert main(["prune", "--keep-days", "-1"]) == 2
