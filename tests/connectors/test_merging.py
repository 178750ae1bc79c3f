"""Rows that find their place by a key, in every database."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from summit_studio.connectors.checkpoint import StageTable
from summit_studio.connectors.contract import Database
from summit_studio.connectors.merging import Merge
from summit_studio.connectors.names import TableName
from summit_studio.connectors.transaction import Transactions
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Schema, to_arrow

pytestmark = pytest.mark.postgres

ROWS = Schema.of({"id": "BIGINT", "v": "VARCHAR", "n": "INTEGER"})


def batch(*rows: tuple) -> pa.RecordBatch:
    told = [dict(zip(ROWS.names, row, strict=True)) for row in rows]
    return pa.RecordBatch.from_pylist(told, schema=to_arrow(ROWS))


def merge(database: Database, how: Merge, *batches: pa.RecordBatch, **more: Any) -> dict[str, int]:
    """Merge batches into table `t`, and return the counts; the database accounts for each row."""
    writer = database.writer("t", ROWS, merge=how, **more)
    try:
        for one in batches:
            writer.write(one)
        assert writer.prepare() == sum(one.num_rows for one in batches)
    except BaseException:
        writer.abort()
        raise
    return writer.commit()


def rows(database: Database) -> list[tuple]:
    found = list(database.read("SELECT id, v, n FROM t"))
    return sorted(tuple(r.values()) for b in found for r in b.to_pylist())


UPSERT = Merge("upsert", ("id",))
NEWEST = Merge("upsert", ("id",), version="n")


def test_upsert_inserts_updates_and_leaves_what_is_the_same(database: Database):
    first = merge(database, UPSERT, batch((1, "a", 1), (2, "b", 1), (3, None, None)))
    assert first == {"inserted": 3}
    again = merge(database, UPSERT, batch((2, "b", 1), (3, "c", 1)), batch((4, "d", 1)))
    assert again == {"inserted": 1, "updated": 1, "unchanged": 1}
    assert rows(database) == [(1, "a", 1), (2, "b", 1), (3, "c", 1), (4, "d", 1)]


def test_run_twice_an_upsert_changes_nothing(database: Database):
    rows_given = batch((1, "a", 1), (2, None, 1))
    merge(database, UPSERT, rows_given)
    before = rows(database)
    assert merge(database, UPSERT, rows_given) == {"unchanged": 2}
    assert rows(database) == before


def test_of_several_rows_of_a_key_the_last_goes_on(database: Database):
    counts = merge(
        database, UPSERT, batch((1, "a", 3), (1, "b", 2)), batch((1, "c", 1), (2, "x", 1))
    )
    assert counts == {"inserted": 2, "duplicate": 2}
    assert rows(database) == [(1, "c", 1), (2, "x", 1)]


def test_by_a_version_the_newest_of_a_key_goes_on_and_older_rows_replace_nothing(
    database: Database,
):
    counts = merge(database, NEWEST, batch((1, "old", 1), (1, "new", 3), (1, "older", None)))
    assert counts == {"inserted": 1, "duplicate": 2}
    counts = merge(database, NEWEST, batch((1, "late", 2), (2, "x", 1)))
    assert counts == {"inserted": 1, "stale": 1}
    assert merge(database, NEWEST, batch((1, "late", None))) == {"stale": 1}
    assert merge(database, NEWEST, batch((1, "mended", 3))) == {"updated": 1}
    assert rows(database) == [(1, "mended", 3), (2, "x", 1)]


def test_insert_only_leaves_what_is_there(database: Database):
    only = Merge("insert_only", ("id",))
    merge(database, only, batch((1, "a", 1)))
    assert merge(database, only, batch((1, "b", 2), (2, "c", 1))) == {
        "inserted": 1,
        "unchanged": 1,
    }
    assert rows(database) == [(1, "a", 1), (2, "c", 1)]


def test_delete_insert_takes_all_rows_of_the_keys_that_come_in_place_of_those_there(
    database: Database,
):
    whole = Merge("delete_insert", ("id",))
    merge(database, whole, batch((1, "a", 1), (1, "b", 1), (2, "c", 1)))
    counts = merge(database, whole, batch((1, "x", 1), (3, "y", 1), (3, "z", 1)))
    assert counts == {"inserted": 3, "deleted": 2}
    assert rows(database) == [(1, "x", 1), (2, "c", 1), (3, "y", 1), (3, "z", 1)]


def test_a_key_of_two_columns(database: Database):
    both = Merge("upsert", ("id", "n"))
    merge(database, both, batch((1, "a", 1), (1, "b", 2)))
    assert merge(database, both, batch((1, "c", 2))) == {"updated": 1}
    assert rows(database) == [(1, "a", 1), (1, "c", 2)]


def test_a_row_without_a_key_is_refused_and_nothing_is_written(database: Database):
    with pytest.raises(WriteFailed) as caught:
        merge(database, UPSERT, batch((1, "a", 1), (None, "b", 1)))
    assert caught.value.code == "key_null"
    assert caught.value.where.column == "id"
    assert "row 2" in caught.value.why
    assert database.standing("t") is None


def test_a_table_without_the_key_is_refused_before_the_first_row(database: Database):
    plain = database.writer("t", ROWS)
    plain.commit()
    with pytest.raises(WriteFailed) as caught:
        database.writer("t", ROWS, merge=UPSERT)
    assert caught.value.code == "key_not_unique"
    assert "CREATE UNIQUE INDEX ON" in caught.value.do


def test_a_key_that_no_column_has_is_refused(database: Database):
    with pytest.raises(WriteFailed) as caught:
        database.writer("t", ROWS, merge=Merge("upsert", ("idd",)))
    assert (caught.value.code, caught.value.do) == ("key_missing", "choose 'id'")


def test_rows_of_a_staged_load_are_merged_when_they_are_gathered(database: Database):
    merge(database, NEWEST, batch((1, "a", 1), (2, "b", 5)))
    stage = TableName(database.standing("t").name.schema, "t_stage")
    for number, one in enumerate((batch((1, "x", 2), (3, "c", 1)), batch((1, "y", 3)))):
        writer = database.writer("t", ROWS, merge=NEWEST, stage=StageTable(stage, number > 0))
        writer.write(one)
        assert writer.prepare() == one.num_rows
        if number:
            assert writer.gather() == 3
        counts = writer.commit()
        assert rows(database) == [(1, "a", 1), (2, "b", 5)] or number
    assert counts == {"inserted": 1, "updated": 1, "duplicate": 1}
    assert rows(database) == [(1, "y", 3), (2, "b", 5), (3, "c", 1)]


SWALLOW = {
    "postgres": """
        CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN IF NEW.v = 'gone' THEN RETURN NULL; END IF; RETURN NEW; END $$;
        CREATE TRIGGER swallow BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION swallow();
    """,
    "sqlite": """
        CREATE TRIGGER swallow BEFORE INSERT ON t WHEN NEW.v = 'gone'
        BEGIN SELECT RAISE(IGNORE); END;
    """,
}


@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
def test_a_row_that_a_trigger_swallows_is_not_accounted_for(kind, request, server, workspace):
    database = request.getfixturevalue(kind)
    merge(database, UPSERT, batch((1, "a", 1)))
    if kind == "postgres":
        server.run(SWALLOW[kind])
    else:
        with sqlite3.connect(workspace.root / "data/shop.sqlite") as session:
            session.executescript(SWALLOW[kind])
    writer = database.writer("t", ROWS, merge=UPSERT)
    writer.write(batch((1, "b", 1), (2, "gone", 1), (3, "c", 1)))
    assert writer.prepare() == 2
    writer.abort()


def test_a_partitioned_table_tells_its_counts_too(server, postgres: Database):
    server.run("""
        CREATE TABLE t (id bigint PRIMARY KEY, v text, n int) PARTITION BY RANGE (id);
        CREATE TABLE low PARTITION OF t FOR VALUES FROM (0) TO (10);
        CREATE TABLE high PARTITION OF t DEFAULT;
        INSERT INTO t VALUES (1, 'a', 1), (50, 'b', 1)
    """)
    counts = merge(postgres, UPSERT, batch((1, "a", 1), (50, "c", 1), (60, "d", 1)))
    assert counts == {"inserted": 1, "updated": 1, "unchanged": 1}


def test_values_without_an_equality_are_compared_as_their_text(server, postgres: Database):
    server.run("CREATE TABLE t (id bigint PRIMARY KEY, v json, n int)")
    given = batch((1, '{"a": 1}', 1))
    assert merge(postgres, UPSERT, given) == {"inserted": 1}
    assert merge(postgres, UPSERT, given) == {"unchanged": 1}
    assert merge(postgres, UPSERT, batch((1, '{"a": 2}', 1))) == {"updated": 1}


def test_two_that_upsert_at_once_lose_nothing(postgres: Database):
    merge(postgres, UPSERT, batch((1, "a", 0), (2, "b", 0)))
    first = postgres.writer("t", ROWS, merge=UPSERT)
    first.write(batch((1, "first", 1), (3, "first", 1)))
    first.prepare()
    second = postgres.writer("t", ROWS, merge=UPSERT, run_id="other")
    second.write(batch((1, "second", 2), (2, "second", 2), (3, "second", 2)))
    with ThreadPoolExecutor() as pool:
        taken = pool.submit(second.prepare)
        first.commit()
        assert taken.result(timeout=20) == 3
    assert second.commit() == {"updated": 3}
    assert [row[1] for row in rows(postgres)] == ["second"] * 3


def test_a_row_that_another_made_older_meanwhile_counts_as_stale(postgres: Database):
    merge(postgres, NEWEST, batch((1, "a", 0), (2, "b", 0)))
    first = postgres.writer("t", ROWS, merge=NEWEST)
    first.write(batch((1, "first", 5)))
    first.prepare()
    second = postgres.writer("t", ROWS, merge=NEWEST, run_id="other")
    second.write(batch((1, "second", 3), (2, "b", 0), (3, "second", 3), (3, "second", 1)))
    with ThreadPoolExecutor() as pool:
        taken = pool.submit(second.prepare)
        first.commit()
        assert taken.result(timeout=20) == 4
    assert second.commit() == {"inserted": 1, "stale": 1, "unchanged": 1, "duplicate": 1}
    assert rows(postgres) == [(1, "first", 5), (2, "b", 0), (3, "second", 3)]


def test_a_version_that_a_trigger_sets_does_not_make_the_row_stale(server, postgres: Database):
    merge(postgres, NEWEST, batch((1, "a", 1), (2, "b", 900)))
    server.run("""
        CREATE FUNCTION bump() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN NEW.n = NEW.n + 100; RETURN NEW; END $$;
        CREATE TRIGGER bump BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION bump();
    """)
    assert merge(postgres, NEWEST, batch((1, "c", 2), (2, "d", 2))) == {"updated": 1, "stale": 1}
    assert rows(postgres) == [(1, "c", 102), (2, "b", 900)]


def test_tables_that_refer_to_each_other_are_merged_parents_first(server, postgres: Database):
    server.run("""
        CREATE TABLE parent (id bigint PRIMARY KEY, v text, n int);
        CREATE TABLE t (id bigint PRIMARY KEY, v text, n int REFERENCES parent);
    """)
    shared, names = Transactions(), ("parent", "t")
    writers = [
        postgres.writer(name, ROWS, merge=UPSERT, transactions=shared, beside=names)
        for name in reversed(names)
    ]
    for writer in writers:
        writer.write(batch((7, "x", 7), (7, "y", 7)))
    with ThreadPoolExecutor() as pool:
        taken = list(pool.map(lambda writer: writer.prepare(), writers))
    assert taken == [2, 2]
    assert [w.commit() for w in writers] == [{"inserted": 1, "duplicate": 1}] * 2
    assert rows(postgres) == [(7, "y", 7)]


@pytest.fixture
def strict(database: Database, server, workspace) -> Database:
    """A table with a key and a check, of any kind of database."""
    made = "CREATE TABLE t (id BIGINT PRIMARY KEY, v VARCHAR CHECK (v <> 'bad'), n INTEGER)"
    kind = database.connection.kind
    if kind == "postgres":
        server.run(made)
        return database
    module = sqlite3 if kind == "sqlite" else duckdb
    session = module.connect(workspace.root / database.connection.path)
    session.execute(made)
    session.close()
    return database


def test_rows_that_the_table_refuses_are_told_and_the_others_are_merged(strict: Database):
    merge(strict, NEWEST, batch((1, "a", 1), (2, "b", 5)))
    told: list[tuple] = []

    def refuse(given: pa.Table, refusals: list) -> None:
        told.extend((given.column("id")[r.row].as_py(), r.code, r.column) for r in refusals)

    writer = strict.writer("t", ROWS, merge=NEWEST, refuse=refuse)
    writer.write(batch((1, "x", 2), (None, "y", 1), (3, "bad", 1), (2, "late", 4), (4, "z", 1)))
    writer.write(batch((5, "bad", 2), (4, "zz", 3), (1, "x", 2)))
    assert writer.prepare() == 5
    counts = writer.commit()
    assert [(i, c) for i, c, _ in told] == [
        (None, "key_null"), (3, "check_violated"), (5, "check_violated"),
    ]  # fmt: skip
    assert counts == {"inserted": 1, "updated": 2, "stale": 1, "unchanged": 1}
    assert rows(strict) == [(1, "x", 2), (2, "b", 5), (4, "zz", 3)]
