"""What of the run history may go, and that nothing else does."""

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import func, select

from summit_studio.cli.main import main
from summit_studio.state.letter_store import LetterStore, Rejection
from summit_studio.state.letters import Address, LetterStatus, Selection
from summit_studio.state.records import NodeStat, RunDetail, RunRecord
from summit_studio.state.store import Store
from summit_studio.state.tables import dead_letters, letter_packets

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


@pytest.fixture
def letters(store):
    with LetterStore.open() as opened:
        yield opened


def kept(letters, days: float, status: LetterStatus, count: int = 1, pipeline: str = "p"):
    """Keep letters that came to a state so many days ago; return their address."""
    address = Address(pipeline, pipeline)
    why = [Rejection("code", None, "why", None, None)] * count
    rows = pa.table({"a": list(range(count))})
    letters.put(address, "n", "r", "l", rows, why, status=status)
    with letters._engine.begin() as connection:
        newest = select(func.max(dead_letters.c.packet_id)).scalar_subquery()
        change = dead_letters.update().where(dead_letters.c.packet_id == newest)
        connection.execute(change.values(updated_at=NOW - timedelta(days=days)))
    return address


ANY = Selection(status=None)


def test_letters_go_by_count_and_by_age_once_they_are_settled(letters):
    for day in (400, 300, 5, 4):
        address = kept(letters, day, LetterStatus.RETRIED)
    kept(letters, 350, LetterStatus.DISCARDED, 2)
    going = letters.settled(100, NOW - timedelta(days=320))
    assert [(g.status, g.letters) for g in going] == [("discarded", 2), ("retried", 1)]
    letters.drop_settled(100, NOW - timedelta(days=320))
    assert letters.count(address, ANY) == 3
    letters.drop_settled(1, NOW - timedelta(days=1000))
    assert letters.ids(address, ANY) == (4,)
    letters.drop_settled(0, NOW - timedelta(days=1000))
    assert letters.ids(address, ANY) == ()
    with letters._engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(letter_packets)).scalar() == 0


def test_letters_that_wait_for_somebody_never_go(letters):
    states = (LetterStatus.OPEN, LetterStatus.RETRYING, LetterStatus.AGAIN, LetterStatus.PENDING)
    for status in states:
        address = kept(letters, 9_999, status)
    assert letters.settled(0, NOW) == ()
    letters.drop_settled(0, NOW)
    with letters._engine.connect() as connection:
        found = connection.execute(select(dead_letters.c.status)).scalars().all()
    assert sorted(found) == sorted(states)
    assert letters.count(address, Selection()) == 1


def test_the_command_drops_letters_only_when_told_to(letters, capsys):
    kept(letters, 400, LetterStatus.RETRIED, 3)
    address = kept(letters, 400, LetterStatus.OPEN, 2)
    assert main(["prune", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["letters"] == [
        {"pipeline": "p", "status": "retried", "letters": 3}
    ]
    assert letters.count(address, ANY) == 5
    assert main(["prune"]) == 0
    assert "3 dead letters to be dropped: say so with --yes" in capsys.readouterr().err
    assert main(["prune", "--yes", "--keep-letters", "7"]) == 0
    assert "3 dead letters dropped" in capsys.readouterr().err
    assert letters.count(address, ANY) == letters.count(address, Selection()) == 2
    assert main(["prune", "--keep-letters", "-1"]) == 2
