"""How far a sink is, in a row of its own database: who may move it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from summit_studio.connectors.checkpoint import TableCheckpoint, definition
from summit_studio.connectors.contract import Database
from summit_studio.connectors.names import TableName
from summit_studio.core.epochs import (
    AlreadyRunning,
    Claim,
    EpochEnd,
    Fenced,
    Progress,
    SinkKey,
    Stage,
)
from summit_studio.core.errors import SummitError
from summit_studio.core.process import own_name
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest

KEY = SinkKey("pipeline", "sink")
BEGAN = datetime(2026, 11, 27, 8, 30, 0, 123456, tzinfo=UTC)


def claim(run: str = "run-1", lineage: str = "load-1", **more: Any) -> Claim:
    given = {"owner": own_name(), "path": "/a.summit.json"} | more
    return Claim(lineage, BEGAN, "f" * 64, run, **given)


def advance(checkpoint: TableCheckpoint, epoch: int, rows: int, *, last: bool = False) -> None:
    checkpoint.settle(EpochEnd(epoch, {"read": {"offset": epoch * 10}}, last, {"read": {"a": 1}}))
    with checkpoint._session(writing=True) as session:
        checkpoint.advance(session, rows)


def test_a_target_says_what_was_committed_last(database: Database):
    checkpoint = database.checkpoint("t", KEY)
    assert checkpoint.look() is None
    checkpoint.acquire(claim())
    advance(checkpoint, 1, 100)
    advance(checkpoint, 2, 50)
    found = database.checkpoint("t", KEY).look()
    assert isinstance(found, Progress)
    assert (found.lineage, found.started, found.fingerprint) == ("load-1", BEGAN, "f" * 64)
    assert (found.epoch, found.rows, found.stage) == (2, 150, Stage.OPEN)
    assert dict(found.positions) == {"read": {"offset": 20}}
    assert dict(found.sums) == {"read": {"a": 1}}
    assert (found.generation, found.run_id, found.path) == (1, "run-1", "/a.summit.json")
    assert 0 <= found.idle_secs < 60
    advance(checkpoint, 3, 0, last=True)
    assert database.checkpoint("t", KEY).look().stage is Stage.COMPLETE
    checkpoint.finish()
    assert database.checkpoint("t", KEY).look().stage is Stage.FINISHED


def test_only_the_newest_claim_can_commit(database: Database):
    first = database.checkpoint("t", KEY)
    first.acquire(claim())
    advance(first, 1, 100)
    second = database.checkpoint("t", KEY)
    held = second.acquire(claim("run-2", take_over=True))
    assert (held.epoch, held.rows, held.generation) == (1, 100, 2)
    with pytest.raises(Fenced):
        advance(first, 2, 5)
    with pytest.raises(Fenced):
        first.finish()
    advance(second, 2, 7)
    assert second.look().rows == 107


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("positions", "[1,2", "'positions' is not JSON"),
        ("positions", "[1, 2]", "'positions' is not what"),
        ("sums", "7", "'sums' is not what"),
        ("started", "yesterday", "yesterday"),
        ("stage", "begun", "begun"),
    ],
)
def test_a_row_that_somebody_has_changed_is_told_and_not_guessed_at(
    database: Database, column: str, value: str, why: str
):
    checkpoint = database.checkpoint("t", KEY)
    checkpoint.acquire(claim())
    advance(checkpoint, 1, 100)
    with checkpoint._session(writing=True) as session:
        checkpoint.run(session, f"UPDATE _summit_checkpoint SET {column} = ?", value)
    with pytest.raises(SummitError, match=why) as caught:
        database.checkpoint("t", KEY).look()
    assert caught.value.code == "checkpoint_damaged"
    assert "_summit_checkpoint" in caught.value.what
    # What others keep there is theirs.
    other = database.checkpoint("t", SinkKey("other", "sink"))
    assert other.look() is None
    other.acquire(claim("run-2"))
    assert other.look().run_id == "run-2"


def test_a_sign_of_life_out_of_the_future_says_that_a_clock_was_set_back(database: Database):
    first = database.checkpoint("t", KEY)
    first.acquire(claim(owner="elsewhere:1:1"))
    with first._session(writing=True) as session:
        first.run(session, "UPDATE _summit_checkpoint SET heartbeat = heartbeat + ?", 90_000)
    with pytest.raises(AlreadyRunning, match=r"1 day, .* in the future: a clock was set back"):
        database.checkpoint("t", KEY).acquire(claim("run-2"))
    database.checkpoint("t", KEY).acquire(claim("run-2", take_over=True))


def test_another_lineage_begins_at_nothing(database: Database):
    first = database.checkpoint("t", KEY)
    first.acquire(claim())
    advance(first, 1, 100, last=True)
    first.finish()
    held = database.checkpoint("t", KEY).acquire(claim("run-2", "load-2"))
    assert (held.epoch, held.rows, held.positions, held.stage) == (0, 0, {}, Stage.OPEN)


def test_a_run_elsewhere_counts_as_alive_for_a_minute(database: Database):
    database.checkpoint("t", KEY).acquire(claim(owner="elsewhere|1|x"))
    second = database.checkpoint("t", KEY)
    with pytest.raises(AlreadyRunning, match="run-1"):
        second.acquire(claim("run-2"))
    assert second.look().run_id == "run-1"
    assert second.acquire(claim("run-2", take_over=True)).generation == 2


def test_a_run_of_this_machine_that_is_gone_keeps_nobody_waiting(database: Database):
    gone = own_name().rpartition("|")[0] + "|another start"
    database.checkpoint("t", KEY).acquire(claim(owner=gone))
    assert database.checkpoint("t", KEY).acquire(claim("run-2")).generation == 2


def test_a_run_that_ended_keeps_nobody_waiting(database: Database):
    first = database.checkpoint("t", KEY)
    first.acquire(claim(owner="elsewhere|1|x"))
    first.release()
    assert database.checkpoint("t", KEY).acquire(claim("run-2")).run_id == "run-2"
    first.release()
    assert database.checkpoint("t", KEY).look().owner == own_name()


def test_what_is_forgotten_is_gone_and_the_rest_stays(database: Database):
    first, other = database.checkpoint("t", KEY), database.checkpoint("t", SinkKey("pipeline", "b"))
    first.acquire(claim())
    other.acquire(claim())
    first.forget()
    first.forget()
    assert first.look() is None
    assert other.look() is not None


def test_another_table_may_keep_it(database: Database):
    kept = database.checkpoint("t", KEY, "progress_of_loads")
    kept.acquire(claim())
    assert "progress_of_loads" in " ".join(database.tables())
    assert "_summit_checkpoint" not in " ".join(database.tables())
    assert database.checkpoint("t", KEY).look() is None


def test_a_transaction_that_fails_leaves_the_row_as_it_was(database: Database):
    checkpoint = database.checkpoint("t", KEY)
    checkpoint.acquire(claim())
    advance(checkpoint, 1, 100)
    checkpoint.settle(EpochEnd(2, {"read": {"offset": 20}}))
    with checkpoint._session(writing=True) as session:
        session.execute("BEGIN")
        checkpoint.advance(session, 5)
        session.execute("ROLLBACK")
    assert database.checkpoint("t", KEY).look().epoch == 1


class TestRights:
    """A PostgreSQL user who may add rows and make no table."""

    @pytest.fixture
    def run(self, server: Any, postgres: Database, tmp_path: Path) -> Callable[..., Any]:
        del postgres  # It empties the schema.
        server.run(
            "CREATE TABLE t (id bigint); GRANT USAGE ON SCHEMA public TO reader;"
            "GRANT INSERT, SELECT ON t TO reader"
        )
        (tmp_path / "connections.toml").write_text(
            f'[db]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
            'user = "reader"\n'
        )
        (tmp_path / "in.csv").write_text("id\n1\n2\n3\n")
        nodes = {
            "read": Node("read", "csv_source", {"path": "in.csv"}),
            "write": Node("write", "table_sink", {"connection": "db", "table": "t"}),
        }

        def go(require: str | None = None, **checkpoints: Any) -> Any:
            document = Document(
                "rights",
                nodes=nodes,
                edges=(Edge.parse("read.rows -> write.rows"),),
                settings={"checkpoints": checkpoints} | ({"require": require} if require else {}),
            )
            return launch(RunRequest(document, tmp_path))

        return go

    def test_rows_come_all_the_same_and_it_is_said(self, server: Any, run, caplog):
        assert run().error is None
        assert server.run("SELECT count(*) FROM t") == [(3,)]
        assert "CREATE TABLE IF NOT EXISTS" in caplog.text
        assert server.run("SELECT to_regclass('_summit_checkpoint')") == [(None,)]

    def test_what_is_asked_for_is_not_done_without(self, server: Any, run):
        for asked in ({"publish": "each"}, {"require": "exactly_once"}):
            with pytest.raises(SummitError, match="GRANT SELECT, INSERT") as caught:
                run(**asked)
        assert caught.value.code == "permission_denied"
        assert caught.value.where.node_id == "write"
        assert server.run("SELECT count(*) FROM t") == [(0,)]

    def test_a_table_that_somebody_has_made_serves(self, server: Any, run):
        server.run(
            f"{definition(TableName.parse('public.progress'))};"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON progress TO reader"
        )
        assert run(publish="each", table="public.progress").error is None
        assert server.run("SELECT count(*) FROM t") == [(3,)]
        assert server.run("SELECT rows_taken, stage FROM progress") == [(3, "finished")]
