"""Sinks of one run whose tables refer to each other: filled together, or refused at once."""

import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, WriteFailed
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.planning.plan import InvalidPipeline

pytestmark = pytest.mark.postgres

IDS = Schema.of({"id": "BIGINT"})

WAIT_SECS = 20
"""Far below the time that PostgreSQL waits for a lock here."""


class Shop:
    """A folder, and a server whose tables refer to each other."""

    def __init__(self, folder, ask):
        self.folder, self.ask = folder, ask

    def pipeline(self, sinks, *, rejects=()):
        """Return a pipeline with a source for each sink: table, mode, rows."""
        made = summit.Pipeline("related", folder=self.folder)
        for table, mode, rows, *more in sinks:
            file = f"{table}.parquet"
            pq.write_table(pa.Table.from_pylist(rows), self.folder / file)
            source = made.add("parquet_source", path=file)
            params = more[0] if more else {}
            sink = source.to("table_sink", table, connection="pg", table=table, mode=mode, **params)
            if table in rejects:
                sink["rejected"].to("jsonl_sink", path="bad.jsonl")
        return made

    def run(self, sinks, **how):
        begun = time.monotonic()
        done = self.pipeline(sinks, **how).run()
        assert time.monotonic() - begun < WAIT_SECS
        return done

    def refused(self, sinks, **how):
        """Return what the checks say of the tables together; a run then does not begin."""
        made = self.pipeline(sinks, **how)
        told = [problem for problem in made.check() if problem.code == "tables_refer"]
        with pytest.raises(InvalidPipeline):
            made.run()
        return told

    def ids(self, table):
        return [row[0] for row in self.ask(f"SELECT id FROM {table} ORDER BY 1")]


@pytest.fixture
def shop(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text(
        f'[pg]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\nlock_timeout_secs = 60\n'
    )
    server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
    return Shop(tmp_path, server.run)


ACTS = ["", "ON DELETE CASCADE", "DEFERRABLE INITIALLY DEFERRED"]


@pytest.fixture(params=ACTS)
def pair(shop, request):
    shop.ask(f"""
        CREATE TABLE a_child (id bigint PRIMARY KEY, parent bigint NOT NULL);
        CREATE TABLE parent (id bigint PRIMARY KEY);
        ALTER TABLE a_child ADD CONSTRAINT belongs FOREIGN KEY (parent)
          REFERENCES parent {request.param};
        INSERT INTO parent VALUES (1); INSERT INTO a_child VALUES (10, 1);
    """)
    return shop


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("modes", [("replace", "replace"), ("append", "append")])
def test_both_are_filled_whatever_comes_first(pair, modes, turned):
    child = ("a_child", modes[0], [{"id": 20, "parent": 2}, {"id": 30, "parent": 3}])
    parent = ("parent", modes[1], [{"id": 2}, {"id": 3}])
    sinks = [parent, child] if turned else [child, parent]
    done = pair.run(sinks).raise_for_status()
    old = modes[0] == "append"
    assert pair.ids("parent") == ([1] if old else []) + [2, 3]
    assert pair.ids("a_child") == ([10] if old else []) + [20, 30]
    assert {n: done.ledger[n].rows_out["written"] for n in ("a_child", "parent")} == {
        "a_child": 2, "parent": 2,
    }  # fmt: skip
    assert {str(done.ledger[n].counted) for n in ("a_child", "parent")} == {"counterpart"}


def test_rows_that_find_no_parent_end_the_run_and_nothing_is_there(pair):
    sinks = [
        ("a_child", "replace", [{"id": 20, "parent": 9}]), ("parent", "replace", [{"id": 2}]),
    ]  # fmt: skip
    done = pair.run(sinks)
    assert done.error is not None
    assert (done.error.code, done.error.where.node_id) == ("foreign_key", "a_child")
    assert (pair.ids("parent"), pair.ids("a_child")) == ([1], [10])


def test_single_rows_are_not_told_apart_before_all_are_there(pair):
    sinks = [
        ("a_child", "append", [{"id": 20, "parent": 1}]), ("parent", "replace", [{"id": 1}]),
    ]  # fmt: skip
    (told,) = pair.refused(sinks, rejects=["a_child"])
    assert (told.where.node_id, told.where.param) == ("a_child", "table")
    assert "belongs of a_child refers to parent" in told.why
    assert (pair.ids("parent"), pair.ids("a_child")) == ([1], [10])


def test_a_parent_is_replaced_below_rows_that_stay(shop):
    shop.ask("""
        CREATE TABLE p (id bigint PRIMARY KEY, v text);
        CREATE TABLE c (id bigint, p bigint REFERENCES p);
        INSERT INTO p VALUES (1, 'old'); INSERT INTO c VALUES (10, 1);
    """)
    new = [{"id": 1, "v": "new"}, {"id": 2, "v": "new"}]
    shop.run([("c", "append", [{"id": 20, "p": 2}]), ("p", "replace", new)]).raise_for_status()
    assert shop.ask("SELECT c.id, p.v FROM c JOIN p ON p.id = c.p ORDER BY 1") == [
        (10, "new"), (20, "new"),
    ]  # fmt: skip


def test_a_chain_and_a_table_that_stands_alone(shop):
    shop.ask("""
        CREATE TABLE a (id bigint PRIMARY KEY);
        CREATE TABLE b (id bigint PRIMARY KEY, a bigint REFERENCES a);
        CREATE TABLE c (id bigint, b bigint REFERENCES b);
        CREATE TABLE other (id bigint);
        INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (1, 1);
    """)
    sinks = [
        ("c", "replace", [{"id": i, "b": i} for i in range(5, 3000)]),
        ("other", "append", [{"id": 7}]),
        ("b", "replace", [{"id": i, "a": i} for i in range(5, 3000)]),
        ("a", "replace", [{"id": i} for i in range(5, 3000)]),
    ]
    shop.run(sinks).raise_for_status()
    assert {t: len(shop.ids(t)) for t in ("a", "b", "c", "other")} == {
        "a": 2995, "b": 2995, "c": 2995, "other": 1,
    }  # fmt: skip


RING = """
    CREATE TABLE x (id bigint PRIMARY KEY, y bigint);
    CREATE TABLE y (id bigint PRIMARY KEY, x bigint REFERENCES x);
    ALTER TABLE x ADD CONSTRAINT round FOREIGN KEY (y) REFERENCES y {};
"""


@pytest.mark.parametrize("waits", [False, True])
def test_a_ring(shop, waits):
    shop.ask(RING.format("DEFERRABLE INITIALLY DEFERRED" if waits else ""))
    sinks = [("x", "append", [{"id": 1, "y": 1}]), ("y", "append", [{"id": 1, "x": 1}])]
    if waits:
        shop.run(sinks).raise_for_status()
        assert (shop.ids("x"), shop.ids("y")) == ([1], [1])
    else:
        told = shop.refused(sinks)
        assert [problem.where.node_id for problem in told] == ["x", "y"]
        assert "round of x refers to y" in told[0].why


def test_a_failure_elsewhere_ends_the_waiting(shop):
    shop.ask("CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id bigint REFERENCES p)")
    made = shop.pipeline([("c", "append", [{"id": 1}]), ("p", "append", [{"id": 1}])])
    (shop.folder / "p.parquet").write_bytes(b"PAR1 no more")
    begun = time.monotonic()
    with pytest.raises(Exception, match=r"p\.parquet"):
        made.run().raise_for_status()
    assert time.monotonic() - begun < WAIT_SECS
    assert shop.ids("c") == []


def test_a_writer_that_was_not_checked_is_refused_before_any_row(postgres, server):
    server.run("CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id bigint REFERENCES p)")
    with pytest.raises(WriteFailed, match="c_id_fkey") as caught:
        postgres.writer("c", IDS, beside=["c", "p"], refuse=lambda _batch, _refusals: None)
    assert caught.value.code == "tables_refer"
    server.run(RING.format(""))
    with pytest.raises(WriteFailed, match="in a ring"):
        postgres.writer("x", IDS, beside=["x", "y"])


def test_a_writer_that_waits_is_cancelled(postgres, server):
    server.run("CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id bigint REFERENCES p)")
    cancel = CancelToken()
    writer = postgres.writer("c", IDS, transactions=Transactions(cancel), beside=["c", "p"])
    writer.write(pa.RecordBatch.from_pylist([{"id": 1}], schema=to_arrow(IDS)))
    cancel.cancel()
    with pytest.raises(Cancelled):
        writer.prepare()
    assert server.run("SELECT count(*) FROM c") == [(0,)]
