"""Versions of rows that are kept with the time in which they held, in every database."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pytest

from summit_studio.connectors.checkpoint import StageTable
from summit_studio.connectors.contract import Database
from summit_studio.connectors.history import History
from summit_studio.connectors.merging import Merge
from summit_studio.connectors.names import TableName
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Schema, to_arrow

pytestmark = pytest.mark.postgres

ROWS = Schema.of({"id": "BIGINT", "v": "VARCHAR", "n": "INTEGER", "valid_from": "TIMESTAMP"})
KEPT = Merge("scd2", ("id",), history=History(("v",), told_by="since", moment="TIMESTAMP"))
START = datetime(2026, 3, 1, 12)


def day(number: int | None) -> datetime | None:
    return None if number is None else START + timedelta(days=number)


def batch(*rows: tuple) -> pa.RecordBatch:
    """Rows of id, v, n and the day since when they hold."""
    told = [dict(zip(ROWS.names, (*row[:-1], day(row[-1])), strict=True)) for row in rows]
    return pa.RecordBatch.from_pylist(told, schema=to_arrow(ROWS))


def keep(database: Database, *batches: pa.RecordBatch, how: Merge = KEPT, **more: Any):
    """Add versions to table `t`, and return the counts; the database accounts for each row."""
    writer = database.writer("t", ROWS, merge=how, **more)
    try:
        for one in batches:
            writer.write(one)
        assert writer.prepare() == sum(one.num_rows for one in batches)
    except BaseException:
        writer.abort()
        raise
    return writer.commit()


def versions(database: Database) -> list[tuple]:
    """Return id, v, n, and the days between which a version held; an open end is None."""
    found = list(database.read("SELECT id, v, n, valid_from, valid_to, is_current FROM t"))
    rows = [tuple(r.values()) for b in found for r in b.to_pylist()]
    assert all(bool(current) == (until is None) for *_, until, current in rows)
    return sorted(
        (i, v, n, (since - START).days, until and (until - START).days)
        for i, v, n, since, until, _ in rows
    )


@pytest.fixture
def run(workspace) -> Callable[[Database, str], None]:
    """Run a statement beside the database's own."""

    def run(database: Database, statement: str) -> None:
        kind = database.connection.kind
        if kind == "postgres":
            with psycopg.connect(host=database.connection.host, user="postgres") as session:
                session.execute(statement.encode())
            return
        module = sqlite3 if kind == "sqlite" else duckdb
        session = module.connect(workspace.root / database.connection.path)
        session.execute(statement)
        session.commit()
        session.close()

    return run


def test_a_changed_row_ends_its_version_and_begins_another(database: Database):
    assert keep(database, batch((1, "a", 1, 0), (2, "x", 1, 0))) == {"inserted": 2}
    counts = keep(database, batch((1, "b", 2, 5), (2, "x", 9, 5), (3, "new", 1, 5)))
    assert counts == {"inserted": 2, "closed": 1, "unchanged": 1}
    assert versions(database) == [
        (1, "a", 1, 0, 5), (1, "b", 2, 5, None), (2, "x", 1, 0, None), (3, "new", 1, 5, None),
    ]  # fmt: skip


def test_run_twice_a_history_is_as_it_was(database: Database):
    given = batch((1, "a", 1, 0), (1, "b", 1, 2), (2, None, None, 1), (1, "a", 1, 4))
    assert keep(database, given) == {"inserted": 4, "closed": 2}
    before = versions(database)
    assert keep(database, given) == {"unchanged": 4}
    assert versions(database) == before


def test_versions_of_a_key_that_come_together_are_put_in_order(database: Database):
    keep(database, batch((1, "a", 1, 0)))
    counts = keep(
        database,
        batch((1, "c", 1, 6), (1, "b", 1, 3), (1, "twice", 1, 6)),
        batch((1, "b", 2, 4), (1, "late", 1, -1), (1, "c", 1, 6)),
    )
    assert counts == {"inserted": 2, "closed": 2, "unchanged": 1, "stale": 1, "duplicate": 2}
    assert versions(database) == [(1, "a", 1, 0, 3), (1, "b", 1, 3, 6), (1, "c", 1, 6, None)]


def test_a_row_of_the_time_of_the_version_that_holds_mends_it(database: Database):
    keep(database, batch((1, "a", 1, 0), (2, "a", 1, 0)))
    counts = keep(database, batch((1, "mended", 2, 0), (1, "b", 3, 2), (2, "mended", 2, 0)))
    assert counts == {"inserted": 1, "updated": 2, "closed": 1}
    assert versions(database) == [
        (1, "b", 3, 2, None), (1, "mended", 2, 0, 2), (2, "mended", 2, 0, None),
    ]  # fmt: skip


def test_what_has_ended_never_changes_and_a_key_that_ended_begins_again(database: Database, run):
    keep(database, batch((1, "a", 1, 0), (1, "b", 1, 2)))
    assert keep(database, batch((1, "other", 1, 0))) == {"stale": 1}
    end = "UPDATE t SET is_current = false, valid_to = '2026-03-05 12:00:00' WHERE is_current"
    run(database, end)
    assert keep(database, batch((1, "b", 1, 3))) == {"stale": 1}
    assert keep(database, batch((1, "b", 1, 7))) == {"inserted": 1}
    assert versions(database) == [(1, "a", 1, 0, 2), (1, "b", 1, 2, 4), (1, "b", 1, 7, None)]


def test_rows_of_a_staged_load_are_judged_when_they_are_gathered(database: Database):
    keep(database, batch((1, "a", 1, 0)))
    stage = TableName(database.standing("t").name.schema, "t_stage")
    for number, one in enumerate((batch((1, "c", 1, 4)), batch((1, "b", 1, 2), (1, "c", 1, 4)))):
        writer = database.writer("t", ROWS, merge=KEPT, stage=StageTable(stage, number > 0))
        writer.write(one)
        assert writer.prepare() == one.num_rows
        if number:
            assert writer.gather() == 3
        counts = writer.commit()
        assert versions(database) == [(1, "a", 1, 0, None)] or number
    assert counts == {"inserted": 2, "closed": 2, "duplicate": 1}
    assert versions(database) == [(1, "a", 1, 0, 2), (1, "b", 1, 2, 4), (1, "c", 1, 4, None)]


STANDING = """
CREATE TABLE t (id BIGINT, v VARCHAR CHECK (v <> 'bad'), n INTEGER, valid_from TIMESTAMP,
  valid_to TIMESTAMP, is_current BOOLEAN NOT NULL, UNIQUE (id, valid_from))
"""


def test_rows_that_the_table_refuses_are_told_and_the_others_are_in_order(database: Database, run):
    run(database, STANDING)
    if database.connection.kind != "duckdb":
        run(database, "CREATE UNIQUE INDEX one_holds ON t (id) WHERE is_current")
    keep(database, batch((1, "a", 1, 0)))
    told: list[tuple] = []

    def refuse(given: pa.Table, refusals: list) -> None:
        told.extend((given.column("id")[r.row].as_py(), r.code, r.column) for r in refusals)

    writer = database.writer("t", ROWS, merge=KEPT, refuse=refuse)
    writer.write(
        batch(
            (1, "c", 1, 6), (None, "y", 1, 1), (2, "bad", 1, 1), (1, "b", 1, 3), (4, "z", 1, None)
        )
    )
    writer.write(batch((1, "c", 1, 7), (2, "d", 2, 2), (1, "late", 2, 5)))
    assert writer.prepare() == 5
    counts = writer.commit()
    assert told == [
        (None, "key_null", "id"), (2, "check_violated", "v" if _names(database) else None),
        (4, "version_null", "since"),
    ]  # fmt: skip
    assert counts == {"inserted": 3, "closed": 2, "unchanged": 1, "stale": 1}
    assert versions(database) == [
        (1, "a", 1, 0, 3), (1, "b", 1, 3, 6), (1, "c", 1, 6, None), (2, "d", 2, 2, None),
    ]  # fmt: skip


def _names(database: Database) -> bool:
    """Return True if the database says which column a check is about."""
    return database.connection.kind == "duckdb"


def test_a_row_without_a_time_ends_the_load(database: Database):
    with pytest.raises(WriteFailed) as caught:
        keep(database, batch((1, "a", 1, None)))
    assert (caught.value.code, caught.value.where.column) == ("version_null", "since")
    assert database.standing("t") is None


@pytest.mark.parametrize(
    ("columns", "code", "told"),
    [
        ("valid_from TIMESTAMP, UNIQUE (id, valid_from)", "history_columns", "ADD COLUMN"),
        (
            "valid_from TIMESTAMP, valid_to TIMESTAMP, is_current BOOLEAN",
            "key_not_unique",
            "CREATE UNIQUE INDEX",
        ),
        (
            "valid_from TIMESTAMP, valid_to VARCHAR, is_current BOOLEAN, UNIQUE (id, valid_from)",
            "history_columns",
            "fitting types",
        ),
    ],
)
def test_a_table_that_cannot_keep_it_is_refused_before_the_first_row(
    database: Database, run, columns: str, code: str, told: str
):
    run(database, f"CREATE TABLE t (id BIGINT, v VARCHAR, n INTEGER, {columns})")
    with pytest.raises(WriteFailed) as caught:
        database.writer("t", ROWS, merge=KEPT)
    assert caught.value.code == code
    assert told in caught.value.do


def test_a_history_in_which_two_versions_hold_is_refused(database: Database, run):
    run(database, STANDING)
    for number in (1, 2):
        values = f"(1, 'a', 1, '2026-03-0{number} 12:00:00', NULL, true)"
        run(database, f"INSERT INTO t VALUES {values}")
    with pytest.raises(WriteFailed) as caught:
        keep(database, batch((1, "b", 1, 9)))
    assert caught.value.code == "history_broken"


def test_values_without_an_equality_are_compared_as_their_text(run, postgres: Database):
    run(postgres, STANDING.replace("v VARCHAR CHECK (v <> 'bad')", "v JSON"))
    assert keep(postgres, batch((1, '{"a": 1}', 1, 0))) == {"inserted": 1}
    given = batch((1, '{"a": 1}', 1, 1), (1, '{"a": 2}', 1, 2), (1, '{"a": 2}', 1, 3))
    assert keep(postgres, given) == {"inserted": 1, "closed": 1, "unchanged": 2}


SWALLOW = {
    "postgres": """
        CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
        CREATE TRIGGER keep BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep()
    """,
    "sqlite": "CREATE TRIGGER keep BEFORE UPDATE ON t BEGIN SELECT RAISE(IGNORE); END",
}


@pytest.mark.parametrize("kind", SWALLOW)
def test_a_version_that_a_trigger_keeps_from_ending_is_not_accounted_for(kind: str, request, run):
    database = request.getfixturevalue(kind)
    keep(database, batch((1, "a", 1, 0)))
    run(database, SWALLOW[kind])
    writer = database.writer("t", ROWS, merge=KEPT)
    writer.write(batch((1, "b", 1, 1)))
    assert writer.prepare() == 0
    writer.abort()
