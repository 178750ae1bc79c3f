"""The state database in real SQLite files: runs, crashes, two writers, broken files, start-up."""

import logging
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from summit_studio.core.errors import Where
from summit_studio.core.events import (
    BatchProcessed,
    ErrorReport,
    Event,
    LedgerLine,
    NodeFinished,
    NodeStarted,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunRetried,
    RunStarted,
    RunStatus,
)
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.document.text import parse
from summit_studio.state.engine import default_path
from summit_studio.state.errors import StateUnavailable
from summit_studio.state.recorder import RunRecorder
from summit_studio.state.records import INTERRUPTED, EdgeStat, NodeStat, OutputStat, RuleStat
from summit_studio.state.store import Store

ROOT = Path(__file__).parents[3]
START = datetime(2026, 11, 23, 14, 25, 1, 123456, tzinfo=UTC)
DOCUMENT = Document(
    "Orders",
    nodes={
        "orders": Node("orders", "csv_source", title="Orders"),
        "check": Node("check", "quality_rules"),
        "out": Node("out", "parquet_sink"),
        "unused": Node("unused", "sort"),
    },
    edges=(
        Edge.parse("orders.rows -> check.rows"),
        Edge.parse("check.rows -> out.rows"),
        Edge.parse("check.rejected -> bad.rows"),
        Edge.parse("unused.rows -> nowhere.rows"),
    ),
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "state.db"


@pytest.fixture
def store(path):
    with Store.open(path) as opened:
        yield opened


def tell(recorder, run_id="r1", status=RunStatus.SUCCEEDED, error=None):
    ledger = (
        LedgerLine("orders", {"read": 10}, {"rows": 10}),
        LedgerLine("check", {"rows": 10}, {"rows": 7}, rejected=3),
        LedgerLine("out", {"rows": 7}, {}, filtered=7),
    )
    for event in (
        RunStarted(run_id, "Orders", ("orders", "check", "out"), START),
        NodeStarted("orders"),
        BatchProcessed("orders", {"read": 6}, {"rows": 6}, busy_secs=0.25),
        BatchProcessed("orders", {"read": 4}, {"rows": 4}, busy_secs=0.5),
        BatchProcessed("check", {"rows": 10}, {"rows": 7, "rejected": 3}),
        RowsRejected("check", "rule", "id", 3, "id is null"),
        RuleScored("check", "id set", "completeness", 10, 3, 0.9, critical=True),
        NodeFinished("check", ledger[1]),
        OutputPublished("out", "out.parquet", 7, {"inserted": 7}),
        RunFinished(run_id, status, 1.5, ledger, error),
    ):
        recorder(event)


def test_a_run_is_kept_with_all_its_figures(store):
    tell(RunRecorder(store, DOCUMENT, trigger="cli", path="o.summit.json", params={"day": 1}))
    found = store.run("r1")
    assert found.run.status == "succeeded"
    assert found.run.started_at == START
    assert found.run.seconds == 1.5
    assert found.run.finished_at.tzinfo is not None
    assert (found.run.trigger, found.run.path, found.run.params) == (
        "cli", "o.summit.json", {"day": 1},
    )  # fmt: skip
    assert found.nodes == (
        NodeStat("orders", "Orders", "csv_source", {"read": 10}, {"rows": 10}, 0, 0, False, 0.75,
                 True),
        NodeStat("check", None, "quality_rules", {"rows": 10}, {"rows": 7}, 3, 0, False, 0, True),
        NodeStat("out", None, "parquet_sink", {"rows": 7}, {}, 0, 7, False, 0, True),
    )  # fmt: skip
    assert found.edges == (
        EdgeStat("orders.rows -> check.rows", 10),
        EdgeStat("check.rows -> out.rows", 7),
        EdgeStat("check.rejected -> bad.rows", 3),
    )
    assert found.rules == (
        RuleStat("check", "id set", "completeness", 10, 3, 0.9, critical=True, breached=True),
    )
    assert found.outputs == (OutputStat("out", "out.parquet", 7, {"inserted": 7}),)
    assert store.runs() == (found.run,)


def test_a_run_is_kept_with_the_pipeline_as_it_ran_and_what_it_told(store):
    placed = replace(DOCUMENT, layout=Layout({"orders": (10.0, 20.0)}))
    tell(RunRecorder(store, placed))
    past = store.past("r1")
    assert parse(past.text).document == placed
    told = [t.event for t in past.told]
    assert BatchProcessed("orders", {"read": 10}, {"rows": 10}, busy_secs=0.75) in told
    assert [type(e).__name__ for e in told].count("BatchProcessed") == 2
    assert told[0] == RunStarted("r1", "Orders", ("orders", "check", "out"), START)
    assert told[-1].ledger[1].rejected == 3
    assert [t.secs for t in past.told] == sorted(t.secs for t in past.told)
    assert store.past("r2") is None


def test_a_run_whose_process_dies_has_its_pipeline_kept(store):
    recorder = RunRecorder(store, DOCUMENT)
    recorder(RunStarted("r1", "Orders", ("orders",), START))
    past = store.past("r1")
    assert parse(past.text).document == DOCUMENT
    assert past.told == ()


def test_no_value_of_a_row_is_kept_in_the_history(store, path):
    recorder = RunRecorder(store, DOCUMENT)
    recorder(RunStarted("r1", "Orders", ("check",), START))
    recorder(RowsRejected("check", "rule", "id", 3, "'4711-secret' is no number"))
    recorder(RowsRejected("check", "rule", "id", 2, "'4712-secret' is no number"))
    recorder(RunFinished("r1", RunStatus.SUCCEEDED, 1.0))
    kept = store.past("r1").told[1].event
    assert (kept.rows, kept.reason) == (5, "rule")


def test_a_pipeline_is_kept_once_for_all_runs_of_it_and_goes_with_the_last(store):
    for run_id in ("r1", "r2"):
        tell(RunRecorder(store, DOCUMENT), run_id)
    tell(RunRecorder(store, replace(DOCUMENT, name="Other")), "r3")
    count = "SELECT (SELECT count(*) FROM run_documents), (SELECT count(*) FROM run_logs)"

    def kept():
        with store._engine.connect() as connection:
            return tuple(connection.exec_driver_sql(count).one())

    assert kept() == (2, 3)
    store.drop_runs(["r1"])
    assert kept() == (2, 2)
    assert store.past("r2").text
    store.drop_runs(["r2"])
    assert kept() == (1, 1)


def test_an_error_comes_back_as_it_was(store):
    error = ErrorReport("x", "What", "why", "do", Where(node_id="check", line=3), retryable=True)
    tell(RunRecorder(store, DOCUMENT), status=RunStatus.FAILED, error=error)
    assert store.run("r1").run.error == error


def test_what_an_attempt_counted_that_failed_is_not_kept(store):
    tell(RunRecorder(store, DOCUMENT), "r1")
    told: list[Event] = []
    tell(told.append, "r2")
    lost = ErrorReport("connection_lost", "The link was lost")
    again = RunRecorder(store, DOCUMENT)
    for event in (*told[:-1], RunRetried("r2", lost, 2, 5, 0.0), *told[1:]):
        again(event)
    once, twice = store.run("r1"), store.run("r2")
    assert (twice.edges, twice.rules, twice.outputs) == (once.edges, once.rules, once.outputs)
    assert [n.rows_out for n in twice.nodes] == [n.rows_out for n in once.nodes]
    assert twice.nodes[0].busy_secs == 1.5


def test_a_failed_run_without_ledger_keeps_what_its_nodes_told(store):
    recorder = RunRecorder(store, DOCUMENT)
    recorder(RunStarted("r1", "Orders", ("orders", "check"), START))
    recorder(BatchProcessed("check", {"rows": 10}, {"rows": 8, "rejected": 2}))
    recorder(RowsRejected("check", "rule", None, 2, "why"))
    recorder(RunFinished("r1", RunStatus.FAILED, 0.1))
    orders, check = store.run("r1").nodes
    assert (check.rows_in, check.rows_out, check.rejected) == ({"rows": 10}, {"rows": 8}, 2)
    assert check.balanced is None
    assert orders.rows_out == {}


def test_the_hash_tells_meanings_apart_and_leaves_layout_out(store):
    moved = Document("Orders", nodes=DOCUMENT.nodes, edges=DOCUMENT.edges,
                     layout=Layout({"orders": (1, 2)}))  # fmt: skip
    other = Document("Orders", nodes=DOCUMENT.nodes)
    for number, document in enumerate((DOCUMENT, moved, other)):
        tell(RunRecorder(store, document), f"r{number}")
    first, second, third = (store.run(f"r{i}").run.document_hash for i in range(3))
    assert first == second != third


def test_runs_are_listed_newest_first_and_by_pipeline(store):
    for number in range(5):
        recorder = RunRecorder(store, DOCUMENT)
        day = START.replace(day=number + 1)
        recorder(RunStarted(f"r{number}", "odd" if number % 2 else "even", (), day))
    assert [r.run_id for r in store.runs(limit=3)] == ["r4", "r3", "r2"]
    assert [r.run_id for r in store.runs(pipeline="odd")] == ["r3", "r1"]
    assert store.run("none") is None


def test_the_database_survives_a_power_cut_by_its_settings(store, path):
    tell(RunRecorder(store, DOCUMENT))
    with store._engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in names]
    assert values == ["wal", 2, 1, 10_000]


STARTUP = """
import sys
from summit_studio.state.recorder import RunRecorder
from summit_studio.state.store import Store
assert "sqlalchemy" not in sys.modules
with Store.open(sys.argv[1]) as store:
    store.runs()
print("alembic" in sys.modules)
"""


def python(code, *args: object):
    command = [sys.executable, "-W", "error", "-c", code, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_only_a_new_database_needs_alembic(path):
    printed = [python(STARTUP, path).communicate(timeout=60)[0] for _ in range(2)]
    assert printed == ["True\n", "False\n"]


def test_two_processes_may_make_the_database_at_once(path):
    started = [python(STARTUP, path) for _ in range(3)]
    for process in started:
        process.communicate(timeout=60)
    assert [process.returncode for process in started] == [0, 0, 0]


WRITER = """
import sys
from datetime import UTC, datetime
from summit_studio.core.events import RunFinished, RunStarted, RunStatus
from summit_studio.document.model import Document
from summit_studio.state.engine import writing
from summit_studio.state.recorder import RunRecorder
from summit_studio.state.store import Store
store = Store.open(sys.argv[1])
for number in range(int(sys.argv[3])):
    run_id = f"{sys.argv[2]}{number}"
    recorder = RunRecorder(store, Document())
    recorder(RunStarted(run_id, "p", (), datetime.now(UTC)))
    recorder(RunFinished(run_id, RunStatus.SUCCEEDED, 0))
    assert recorder.failure is None, recorder.failure
RunRecorder(store, Document())(RunStarted(sys.argv[2], "p", (), datetime.now(UTC)))
if sys.argv[4] == "hang":
    with writing(store._engine) as connection:
        connection.exec_driver_sql("UPDATE runs SET pipeline = 'half'")
        connection.exec_driver_sql("INSERT INTO edge_stats VALUES ('a', 0, 'a.b -> c.d', 1)")
        print("in the middle", flush=True)
        sys.stdin.read()
store.close()
"""


def test_a_writer_killed_in_a_transaction_leaves_it_readable(path):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), "a", "3", "hang"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "in the middle\n"
        with Store.open(path) as store:
            assert store.mark_orphans() == ()  # It lives.
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Store.open(path) as store:
        assert {r.pipeline for r in store.runs()} == {"p"}
        assert store.run("a").edges == ()
        assert store.run("a").run.status == "running"
        assert store.mark_orphans() == ("a",)
        assert store.run("a").run.status == INTERRUPTED
        assert store.mark_orphans() == ()
        tell(RunRecorder(store, DOCUMENT))
        assert store.run("r1").run.status == "succeeded"


def test_a_run_of_another_machine_is_no_orphan(store):
    RunRecorder(store, DOCUMENT)(RunStarted("r1", "Orders", (), START))
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET host = 'elsewhere', pid = 999999999")
    assert store.mark_orphans() == ()


def test_a_reused_process_number_is_no_living_run(store):
    RunRecorder(store, DOCUMENT)(RunStarted("r1", "Orders", (), START))
    assert store.mark_orphans() == ()
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE runs SET process = 'an earlier one'")
    assert store.mark_orphans() == ("r1",)


def test_two_processes_write_at_once_and_lose_nothing(path):
    started = [python(WRITER, path, name, 25, "end") for name in "ab"]
    for process in started:
        process.communicate(timeout=60)
    assert [process.returncode for process in started] == [0, 0]
    with Store.open(path) as store:
        assert len(store.runs(limit=1000)) == 52
        assert set(store.mark_orphans()) == {"a", "b"}


def unavailable(place):
    with pytest.raises(StateUnavailable) as caught:
        Store.open(place).close()
    return caught.value


def test_a_broken_file_says_what_to_do_and_is_kept(path):
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    error = unavailable(path)
    assert "not a database" in error.why
    assert "move the file away" in error.do
    assert path.read_bytes().startswith(b"not a database")


def test_a_newer_database_is_left_alone(path):
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    error = unavailable(path)
    assert error.code == "state_newer"
    assert "9999" in error.why


def test_a_folder_or_file_in_the_way_is_named(tmp_path):
    assert "is a folder" in unavailable(tmp_path).why
    (tmp_path / "file").touch()
    assert unavailable(tmp_path / "file" / "state.db").why


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="root may write everything")
def test_a_read_only_database_says_so(path):
    Store.open(path).close()
    path.chmod(0o444)
    assert "write-protected" in unavailable(path).why


def test_an_url_with_a_password_never_shows_it():
    error = unavailable("postgresql://u:hunter2@127.0.0.1:1/db?connect_timeout=1")
    assert "hunter2" not in f"{error} {error.__dict__}"
    assert "hunter2" not in str(unavailable("nonsense://u:hunter2@h/db"))
    assert "hunter2" not in str(unavailable("a b://hunter2"))


def test_a_history_that_cannot_be_written_never_stops_a_run(path, caplog):
    with Store.open(path) as store:
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE runs")
        recorder = RunRecorder(store, DOCUMENT)
        with caplog.at_level(logging.ERROR, logger="summit.state"):
            tell(recorder)
    assert isinstance(recorder.failure, StateUnavailable)
    assert len(caplog.records) == 1


def test_the_place_follows_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path))
    assert default_path() == tmp_path / "state.db"
    Store.open().close()
    assert default_path().exists()
    monkeypatch.delenv("SUMMIT_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_path().name == "state.db"
