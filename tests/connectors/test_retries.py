"""What fails on the way is provoked for real: what may pass is tried again, what does not ends it.

Each test compares every row of the targets: none is lost, none is there twice.
"""

import csv
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import (
    BatchProcessed,
    CheckpointCommitted,
    Event,
    NodeFailed,
    OutputPublished,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStatus,
)
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest
from tests.connectors.conftest import Server

pytestmark = pytest.mark.postgres

ROWS = 6_000
EVERY = 1_000
POISON = 3_500
LATE = "prepared:good:3"
QUICK = {"attempts": 4, "delay_secs": 0.05, "backoff": "fixed"}
KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = 'summit-studio'"
)
EXPECTED = [(n, f"n{n}") for n in range(ROWS) if n % 500 != 7]
BAD = [n + 2 for n in range(ROWS) if n % 500 == 7]


class Bench:
    """A CSV file with some bad rows, and a pipeline from it into two tables of a server."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server = folder, server
        self.connect()
        with (folder / "in.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "note"])
            writer.writerows(["bad" if n % 500 == 7 else n, f"n{n}"] for n in range(ROWS))
        server.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        server.run("CREATE TABLE good (id BIGINT, note TEXT); CREATE TABLE bad (line BIGINT)")
        self.events: list[Event] = []

    def connect(self, user: str = "postgres", **more: object) -> None:
        lines = "".join(f"{key} = {value}\n" for key, value in more.items())
        (self.folder / "connections.toml").write_text(
            f'[db]\nkind = "postgres"\nhost = "{self.server.host}"\ndatabase = "postgres"\n'
            f'user = "{user}"\n{lines}'
        )

    def document(
        self, publish: str = "each", retry: dict[str, Any] | None = None, **params: object
    ) -> Document:
        columns = [{"name": "id", "type": "BIGINT"}, {"name": "note", "type": "VARCHAR"}]
        line = [{"column": "line"}]
        nodes = (
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("good", "table_sink", {"connection": "db", "table": "good", **params}),
            Node("line", "select_columns", {"columns": line}),
            Node("bad", "table_sink", {"connection": "db", "table": "bad"}),
        )
        edges = ("read.rows -> good.rows", "read.rejected -> line.rows", "line.rows -> bad.rows")
        return Document(
            "retries",
            nodes={n.id: n for n in nodes},
            edges=tuple(map(Edge.parse, edges)),
            settings={
                "performance": {"batch_bytes": 2048, "prefetch": 1},
                "checkpoints": {"publish": publish, "every_rows": EVERY},
                "errors": {"retry": QUICK if retry is None else retry},
            },
        )

    def run(
        self,
        document: Document | None = None,
        on_event: Callable[[Event], None] = lambda _: None,
        **more: Any,
    ) -> RunFinished:
        self.events.clear()
        request = RunRequest(document or self.document(), self.folder, **more)
        return run(request, [self.events.append, on_event])

    def all_of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def poison(self, body: str) -> None:
        """Have the server do something at one row, far into the load."""
        self.server.run(
            "CREATE OR REPLACE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.id = {POISON} THEN {body} END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER poison BEFORE INSERT ON good FOR EACH ROW EXECUTE FUNCTION poison()"
        )

    def cut_at(self, *labels: str) -> Callable[[str], None]:
        """Return what ends all sessions at steps of the delivery, once each."""
        waiting = set(labels)

        def told(label: str) -> None:
            if label in waiting:
                waiting.discard(label)
                self.server.run(KILL)

        return told

    def require_all(self, finished: RunFinished) -> None:
        """Fail unless the run succeeded and every row is there once."""
        assert finished.error is None
        assert finished.status is RunStatus.SUCCEEDED
        assert self.server.run("SELECT id, note FROM good ORDER BY id") == EXPECTED
        assert self.server.run("SELECT line FROM bad ORDER BY line") == [(n,) for n in BAD]
        lines = {line.node_id: line for line in finished.ledger}
        assert all(line.balanced for line in finished.ledger)
        assert lines["read"].rows_in == {"read": ROWS}
        assert lines["good"].rows_out == {"written": len(EXPECTED)}
        assert not self.all_of(NodeFailed)


class Once:
    """A listener that does something at the first event of a kind, on the run's own thread."""

    def __init__(self, do: Callable[[], Any], kind: type, **facts: object) -> None:
        self._do, self._kind, self._facts = do, kind, facts
        self.done = False

    def __call__(self, event: Event) -> None:
        wanted = all(getattr(event, name, None) == fact for name, fact in self._facts.items())
        if not self.done and isinstance(event, self._kind) and wanted:
            self.done = True
            self._do()


def later(do: Callable[[], Any]) -> Callable[[], None]:
    """Return what does it on a thread of its own."""
    return lambda: threading.Thread(target=do, daemon=True).start()


@pytest.fixture
def bench(tmp_path: Path, server: Server) -> Bench:
    return Bench(tmp_path, server)


@contextmanager
def locked(server: Server, *statements: str) -> Iterator[Callable[[], None]]:
    """Keep a transaction open on the server; gives what ends it."""
    import psycopg

    with psycopg.connect(host=server.host, user="postgres") as session:
        for statement in statements:
            session.execute(statement)
        yield session.rollback


# --- what may pass ------------------------------------------------------------------------------


@pytest.mark.parametrize("publish", ["each", "whole"])
def test_a_session_that_is_ended_while_rows_are_copied(bench: Bench, publish: str):
    seen = 0

    def kill(event: Event) -> None:
        nonlocal seen
        if isinstance(event, BatchProcessed) and event.node_id == "good":
            seen += 1
            if seen == 25:
                assert bench.server.run(KILL)

    bench.require_all(bench.run(bench.document(publish), kill))
    (retried,) = bench.all_of(RunRetried)
    assert (retried.attempt, retried.attempts) == (2, 4)
    # A sink may just have been opening its session.
    assert retried.error.code in {"connection_lost", "connection_failed"}
    assert retried.error.where.node_id in {"good", "bad"}
    resumed = bench.all_of(RunResumed)
    if publish == "whole":
        assert resumed == []
    else:
        assert resumed[0].rows["good"] == sum(
            e.rows
            for e in bench.events[: bench.events.index(retried)]
            if isinstance(e, CheckpointCommitted) and e.node_id == "good"
        )
        assert resumed[0].rows["good"] > 0


@pytest.mark.parametrize("sink", ["good", "bad"])
@pytest.mark.parametrize("step", ["prepared", "commit", "committed"])
def test_a_session_that_is_ended_around_a_commit(bench: Bench, step: str, sink: str):
    cut = bench.cut_at(f"{step}:{sink}:3")
    bench.require_all(bench.run(step=cut))
    # At `committed` nothing is open that this sink would need again; the other's may be.
    assert step == "committed" or bench.all_of(RunRetried)


def test_a_commit_whose_answer_is_lost_but_that_took_place(bench: Bench):
    server = bench.server

    def hold() -> None:
        # A standby that never answers: the rows are committed here, and the client is not told.
        server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        server.run("SELECT pg_reload_conf()")
        threading.Thread(target=cut, daemon=True).start()

    def cut() -> None:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        while server.run(waits) == [(0,)]:
            time.sleep(0.02)
        server.run("ALTER SYSTEM RESET synchronous_standby_names")
        server.run(KILL)
        server.run("SELECT pg_reload_conf()")

    try:
        finished = bench.run(on_event=Once(hold, CheckpointCommitted, node_id="good"))
    finally:
        server.run("ALTER SYSTEM RESET synchronous_standby_names")
        server.run("SELECT pg_reload_conf()")
    bench.require_all(finished)
    assert "commit_unknown" in {e.error.code for e in bench.all_of(RunRetried)}


@pytest.mark.parametrize("publish", ["each", "whole"])
def test_a_commit_of_a_killed_run_that_comes_through_late(bench: Bench, publish: str):
    """The next run looks before it has, and claims after."""
    server = bench.server
    path = bench.folder / "retries.summit.json"
    document = save(bench.document(publish), path).document
    request = RunRequest(document, bench.folder, path)
    # Its table of checkpoints is there, and nothing of a load.
    failing = replace(request, step=_fail_at("prepared:good:1"))
    assert run(failing).status is RunStatus.FAILED
    server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    try:
        # Claims of the run that dies are answered; only its first COMMIT of rows is not.
        server.run("ALTER ROLE postgres SET synchronous_commit = 'local'")
        server.run("SELECT pg_reload_conf()")
        server.run(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "SET LOCAL synchronous_commit = 'on'; RETURN NULL; END $$;"
            "CREATE TRIGGER hold AFTER INSERT ON bad EXECUTE FUNCTION hold();"
        )
        first = subprocess.Popen(
            [sys.executable, "-m", "summit_studio", "run", str(path), "--quiet"]
        )
        _until(server, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        first.kill()
        first.wait()
        assert server.run("SELECT count(*) FROM bad") == [(0,)]
        second: list[RunFinished] = []
        thread = threading.Thread(target=lambda: second.append(run(request)))
        thread.start()
        # It has looked, and now waits for the row that the dead one has locked.
        _until(server, "SELECT count(*) FROM pg_locks WHERE NOT granted")
    finally:
        server.run("ALTER SYSTEM RESET synchronous_standby_names")
        server.run("ALTER ROLE postgres RESET synchronous_commit")
        server.run("SELECT pg_reload_conf()")
    thread.join(60)
    bench.require_all(second[0])


def _until(server: Server, count: str) -> None:
    """Wait until the server counts any."""
    end = time.monotonic() + 30
    while server.run(count) == [(0,)]:
        assert time.monotonic() < end
        time.sleep(0.02)


def _fail_at(label: str) -> Callable[[str], None]:
    def told(step: str) -> None:
        if step == label:
            raise RuntimeError(step)

    return told


def test_a_deadlock(bench: Bench):
    server = bench.server
    server.run("CREATE TABLE beside (id BIGINT)")
    bench.poison("PERFORM 1 FROM beside;")

    def cross() -> None:
        import psycopg

        with psycopg.connect(host=server.host, user="postgres") as session:
            # It looks for a deadlock only after a minute, so that the run is who is told.
            session.execute("SET deadlock_timeout = '60s'")
            session.execute("LOCK TABLE beside IN ACCESS EXCLUSIVE MODE")
            session.execute("LOCK TABLE good IN ACCESS EXCLUSIVE MODE")
            session.rollback()

    def meet() -> None:
        threading.Thread(target=cross, daemon=True).start()
        while server.run("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
            time.sleep(0.02)

    finished = bench.run(bench.document("whole"), Once(meet, BatchProcessed, node_id="good"))
    bench.require_all(finished)
    assert [e.error.code for e in bench.all_of(RunRetried)] == ["deadlock"]


def test_a_serialization_failure(bench: Bench):
    server = bench.server
    server.run("CREATE TABLE tally (n BIGINT); INSERT INTO tally VALUES (0)")
    bench.poison("UPDATE tally SET n = n + 1;")
    server.run("ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'")
    meet = Once(lambda: server.run("UPDATE tally SET n = 100"), BatchProcessed, node_id="good")
    try:
        finished = bench.run(bench.document("whole"), meet)
    finally:
        server.run("ALTER ROLE postgres RESET default_transaction_isolation")
    bench.require_all(finished)
    assert [e.error.code for e in bench.all_of(RunRetried)] == ["serialization"]
    assert server.run("SELECT n FROM tally") == [(101,)]


def test_a_lock_that_another_session_holds_too_long(bench: Bench):
    bench.connect(lock_timeout_secs=1)
    bench.server.run("CREATE TABLE beside (id BIGINT)")
    bench.poison("PERFORM 1 FROM beside;")
    with locked(bench.server, "LOCK TABLE beside IN ACCESS EXCLUSIVE MODE") as end:
        finished = bench.run(on_event=Once(end, RunRetried))
    bench.require_all(finished)
    (retried,) = bench.all_of(RunRetried)
    assert (retried.error.code, retried.error.where.node_id) == ("lock_timeout", "good")


def test_a_statement_that_takes_too_long(bench: Bench):
    bench.connect(statement_timeout_secs=2)
    bench.server.run("CREATE TABLE slow (id BIGINT); INSERT INTO slow VALUES (1)")
    bench.poison("IF EXISTS (SELECT FROM slow) THEN PERFORM pg_sleep(9); END IF;")
    finished = bench.run(on_event=Once(lambda: bench.server.run("DELETE FROM slow"), RunRetried))
    bench.require_all(finished)
    assert [e.error.code for e in bench.all_of(RunRetried)] == ["statement_timeout"]


def test_a_source_whose_session_is_ended(bench: Bench):
    server = bench.server
    server.run("CREATE TABLE items (id BIGINT PRIMARY KEY, note TEXT)")
    server.run("INSERT INTO items SELECT n, repeat('x', 900) FROM generate_series(1, 9000) n")
    nodes = (
        Node("read", "table_source", {"connection": "db", "table": "items"}),
        Node("file", "csv_sink", {"path": "out.csv"}),
    )
    document = Document(
        "items",
        nodes={n.id: n for n in nodes},
        edges=(Edge.parse("read.rows -> file.rows"),),
        settings={
            "performance": {"batch_rows": 300, "prefetch": 1},
            "errors": {"retry": QUICK},
        },
    )
    kill = Once(lambda: server.run(KILL), BatchProcessed, node_id="file")
    finished = bench.run(document, kill)
    assert finished.status is RunStatus.SUCCEEDED
    assert [e.error.code for e in bench.all_of(RunRetried)] == ["connection_lost"]
    with (bench.folder / "out.csv").open(newline="") as file:
        assert [int(row["id"]) for row in csv.DictReader(file)] == list(range(1, 9001))
    assert {line.node_id: line.rows_out for line in finished.ledger}["file"] == {"written": 9000}


def test_a_server_that_is_stopped_and_started(tmp_path: Path, own_server: tuple[Server, Any]):
    server, started = own_server
    bench = Bench(tmp_path, server)
    bench.connect(breaker_timeout_secs=0.5)

    def restart() -> None:
        started.stop()
        threading.Thread(target=start, daemon=True).start()

    def start() -> None:
        time.sleep(1)
        started.start()
        back.set()

    back = threading.Event()
    retry = {"attempts": 60, "delay_secs": 0.2, "backoff": "fixed"}
    stop = Once(restart, CheckpointCommitted, node_id="good", epoch=2)
    finished = bench.run(bench.document(retry=retry), stop)
    assert back.wait(30)
    bench.require_all(finished)
    codes = [e.error.code for e in bench.all_of(RunRetried)]
    assert "connection_refused" in codes
    assert [e.attempt for e in bench.all_of(RunRetried)] == list(range(2, len(codes) + 2))
    assert bench.all_of(RunResumed)[-1].rows["good"] > 0


# --- what does not pass -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (f"ALTER TABLE good ADD CHECK (id <> {POISON})", "check_violated"),
        (f"INSERT INTO good VALUES ({POISON}); CREATE UNIQUE INDEX ON good (id)", "duplicate_key"),
        ("ALTER TABLE good ALTER note TYPE VARCHAR(4)", "value_too_long"),
        ("ALTER TABLE good ADD CHECK (('0' || note)::bigint > 0)", "value_invalid"),
    ],
)  # fmt: skip
def test_a_row_that_the_table_refuses_is_not_tried_again(bench: Bench, prepare: str, code: str):
    bench.server.run(prepare)
    finished = bench.run()
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert (finished.error.code, finished.error.where.node_id) == (code, "good")
    assert not bench.all_of(RunRetried)
    assert [e.node_id for e in bench.all_of(NodeFailed)] == ["good"]


def test_a_right_that_is_taken_away_is_not_asked_for_again(bench: Bench):
    server = bench.server
    server.run("GRANT USAGE, CREATE ON SCHEMA public TO reader; GRANT ALL ON good, bad TO reader")
    bench.connect("reader")
    revoke = Once(
        lambda: server.run("REVOKE INSERT ON good FROM reader"),
        CheckpointCommitted, node_id="good", epoch=2,
    )  # fmt: skip
    finished = bench.run(on_event=revoke)
    assert finished.error is not None
    assert finished.error.code == "permission_denied"
    assert not bench.all_of(RunRetried)
    server.run("GRANT INSERT ON good TO reader")
    bench.require_all(bench.run())


# --- how often, and how it ends -----------------------------------------------------------------


def test_the_last_attempt_ends_the_run_with_its_error(bench: Bench):
    bench.poison("PERFORM pg_terminate_backend(pg_backend_pid());")
    finished = bench.run(bench.document(retry={**QUICK, "attempts": 3}))
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert (finished.error.code, finished.error.where.node_id) == ("connection_lost", "good")
    # Epochs before the row were committed by the first; the others came no further.
    assert [e.attempt for e in bench.all_of(RunRetried)] == [2, 3]
    assert len(bench.all_of(NodeFailed)) == 1
    held = bench.server.run("SELECT count(*) FROM good")[0][0]
    assert finished.committed["good"] == held > 0
    bench.server.run("DROP TRIGGER poison ON good")
    bench.require_all(bench.run())


def test_an_attempt_that_commits_an_epoch_counts_anew(bench: Bench):
    cuts = bench.cut_at(*(f"prepared:good:{epoch}" for epoch in (1, 2, 3, 4, 5)))
    bench.require_all(bench.run(bench.document(retry={**QUICK, "attempts": 2}), step=cuts))
    assert len(bench.all_of(RunRetried)) == 5
    assert {e.attempt for e in bench.all_of(RunRetried)} == {2}


def test_one_attempt_is_none_again(bench: Bench):
    finished = bench.run(bench.document(retry={"attempts": 1}), step=bench.cut_at(LATE))
    assert finished.status is RunStatus.FAILED
    assert not bench.all_of(RunRetried)


def test_the_wait_for_another_attempt_can_be_cancelled(bench: Bench):
    token = CancelToken()
    cancel = Once(later(lambda: time.sleep(0.2) or token.cancel()), RunRetried)
    retry = {"attempts": 3, "delay_secs": 600, "max_delay_secs": 600}
    bench.events.clear()
    begun = time.monotonic()
    finished = run(
        RunRequest(bench.document(retry=retry), bench.folder, step=bench.cut_at(LATE)),
        [bench.events.append, cancel],
        token,
    )
    assert time.monotonic() - begun < 60
    assert (finished.status, finished.error) == (RunStatus.CANCELLED, None)
    assert finished.committed["good"] > 0
    bench.require_all(bench.run())


def test_the_wait_for_another_attempt_counts_as_time_of_the_run(bench: Bench):
    document = bench.document(retry={"delay_secs": 600, "max_delay_secs": 600})
    document = replace(document, settings={**document.settings, "limits": {"run_secs": 8}})
    finished = bench.run(document, step=bench.cut_at(LATE))
    assert bench.all_of(RunRetried)
    assert finished.error is not None
    assert finished.error.code == "out_of_time"
    assert "limits.run_secs is 8" in finished.error.why
    assert "what was committed before stays" in finished.error.do
    assert finished.committed["good"] > 0
    bench.require_all(bench.run())


def test_a_run_that_was_taken_over_while_it_waited_does_not_go_on(bench: Bench):
    others: list[RunFinished] = []

    def take_over() -> None:
        request = RunRequest(bench.document(), bench.folder, take_over=True)
        others.append(run(request))
        others.append(run(request))

    mine = RunRequest(bench.document(), bench.folder, step=bench.cut_at(LATE))
    finished = run(mine, [Once(take_over, RunRetried)])
    assert [other.status for other in others] == [RunStatus.SUCCEEDED] * 2
    assert finished.error is not None
    assert finished.error.code == "fenced"
    # The other's two loads, and nothing of this run.
    assert bench.server.run("SELECT id FROM good ORDER BY 1") == [
        (n,) for n, _ in EXPECTED for _ in range(2)
    ]


def test_a_source_that_changes_meanwhile_ends_the_run(bench: Bench):
    def change() -> None:
        with (bench.folder / "in.csv").open("a") as file:
            file.write("99999,late\n")

    finished = bench.run(on_event=Once(change, RunRetried), step=bench.cut_at(LATE))
    assert finished.error is not None
    assert finished.error.code == "changed_since"
    assert "what the sources read" in finished.error.why


def test_what_was_published_without_account_is_not_published_again(bench: Bench):
    """A table whose user may keep no checkpoint there has its rows; the other's COMMIT is lost."""
    server = bench.server
    server.run("CREATE SCHEMA closed; CREATE TABLE closed.first (id BIGINT, note TEXT)")
    server.run("GRANT USAGE ON SCHEMA closed TO reader; GRANT ALL ON closed.first TO reader")
    server.run("GRANT USAGE, CREATE ON SCHEMA public TO reader; GRANT ALL ON good, bad TO reader")
    bench.connect("reader")
    document = bench.document("auto")
    first = Node("first", "table_sink", {"connection": "db", "table": "closed.first"})
    edges = (Edge.parse("read.rows -> first.rows"), *document.edges)
    nodes = {"read": document.nodes["read"], "first": first, **document.nodes}
    document = Document("retries", nodes=nodes, edges=edges, settings=document.settings)
    kill = Once(lambda: server.run(KILL), OutputPublished, node_id="first")
    finished = bench.run(document, kill)
    assert kill.done
    assert finished.status is RunStatus.FAILED
    assert not bench.all_of(RunRetried)
    assert server.run("SELECT count(*) FROM closed.first") == [(len(EXPECTED),)]


# --- files of databases -------------------------------------------------------------------------

_HOLD = {
    "sqlite": "import sqlite3 as m; c = m.connect('out.db', isolation_level=None);"
    "c.execute('BEGIN IMMEDIATE')",
    "duckdb": "import duckdb as m; c = m.connect('out.db')",
}


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_file_that_another_process_has_locked(tmp_path: Path, kind: str):
    limit = "lock_timeout_secs = 1\n" if kind == "sqlite" else ""
    (tmp_path / "connections.toml").write_text(f'[db]\nkind = "{kind}"\npath = "out.db"\n{limit}')
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(ROWS)))
    nodes = (
        Node("read", "csv_source", {"path": "in.csv"}),
        Node("good", "table_sink", {"connection": "db", "table": "good"}),
    )
    document = Document(
        "files",
        nodes={n.id: n for n in nodes},
        edges=(Edge.parse("read.rows -> good.rows"),),
        settings={
            "performance": {"batch_bytes": 2048},
            "checkpoints": {"publish": "each", "every_rows": EVERY},
            "errors": {"retry": {**QUICK, "attempts": 9}},
        },
    )
    program = f"{_HOLD[kind]}; print('held', flush=True); input()"
    others: list[subprocess.Popen[str]] = []

    def hold() -> None:
        pipe = subprocess.PIPE
        other = subprocess.Popen(
            [sys.executable, "-c", program], cwd=tmp_path, stdin=pipe, stdout=pipe, text=True
        )
        others.append(other)
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"

    def free() -> None:
        others[0].communicate("\n", timeout=20)

    events: list[Event] = []
    met = Once(hold, CheckpointCommitted, epoch=2)
    finished = run(RunRequest(document, tmp_path), [events.append, met, Once(free, RunRetried)])
    assert finished.error is None
    retried = [e for e in events if isinstance(e, RunRetried)]
    assert {e.error.code for e in retried} == {"file_locked"}
    assert _ids(kind, tmp_path / "out.db") == list(range(ROWS))


def _ids(kind: str, path: Path) -> list[int]:
    module: Any = __import__("sqlite3" if kind == "sqlite" else "duckdb")
    with closing(module.connect(str(path))) as con:
        return [n for (n,) in con.execute("SELECT id FROM good ORDER BY id").fetchall()]
