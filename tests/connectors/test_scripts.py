"""Statements of a person's own in the transaction of a table's rows, in every database."""

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.scripts import Scripts, dialect_of, statements
from summit_studio.core.errors import InvalidExpression, SummitError
from summit_studio.core.schema import Schema, to_arrow

pytestmark = pytest.mark.postgres

ROWS = Schema.of({"id": "BIGINT"})
BEFORE = """CREATE TABLE said (what VARCHAR);
/* ; */ INSERT INTO said VALUES ('before; it');
DELETE FROM t -- ; all
"""
AFTER = "INSERT INTO said SELECT 'after ' || count(*) FROM t;"


def fill(database: Database, *ids: int, **scripts: str) -> None:
    writer = database.writer("t", ROWS, scripts=Scripts(**scripts))
    try:
        writer.write(pa.RecordBatch.from_pydict({"id": list(ids)}, schema=to_arrow(ROWS)))
        writer.prepare()
        writer.end()
    except BaseException:
        writer.abort()
        raise
    writer.commit()


def rows(database: Database, table: str) -> list:
    return sorted(v for b in database.read(table) for v in b.column(0).to_pylist())


def test_they_run_before_the_first_row_and_after_the_last(database: Database):
    fill(database, 1, 2)
    fill(database, 7, 8, 9, before=BEFORE, after=AFTER)
    assert rows(database, "t") == [7, 8, 9]
    assert rows(database, "said") == ["after 3", "before; it"]


@pytest.mark.parametrize(
    ("when", "number", "line"), [("before", 2, 3), ("after", 2, 3)], ids=["before", "after"]
)
def test_one_that_fails_says_which_and_nothing_is_there(
    database: Database, when: str, number: int, line: int
):
    fill(database, 1)
    script = "DELETE FROM t;\n\nINSERT INTO nowhere VALUES (1);\nDELETE FROM t"
    with pytest.raises(SummitError) as caught:
        fill(database, 2, **{when: script})
    error = caught.value
    assert f"statement {number} of {when}_sql, line {line}" in error.what
    assert "nowhere" in error.why
    assert error.where.param == f"{when}_sql"
    assert rows(database, "t") == [1]


@pytest.mark.parametrize(
    "script",
    [
        "COMMIT",
        "DELETE FROM t;\n/* now */ rollback",
        "-- x\nBEGIN",
        "end",
        "PREPARE TRANSACTION 'x'",
    ],
)
def test_none_may_end_the_transaction(database: Database, script: str):
    fill(database, 1)
    with pytest.raises(InvalidExpression) as caught:
        fill(database, 2, before=script)
    assert caught.value.code == "transaction_control"
    assert rows(database, "t") == [1]


def test_a_trigger_is_one_statement(sqlite: Database):
    trigger = "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; SELECT 1; END; SELECT 2"
    found = list(statements(trigger, *dialect_of("sqlite")))
    assert [(one.number, one.text[:8]) for one in found] == [(1, "CREATE T"), (2, "SELECT 2")]
    fill(sqlite, 1, 2)
    fill(sqlite, 3, before=trigger)
    assert rows(sqlite, "t") == []


def test_a_function_with_dollars_is_one_statement(server, postgres: Database):
    made = """DO $$ BEGIN CREATE TABLE said (what text); INSERT INTO said VALUES ('100%'); END $$;
    UPDATE said SET what = what || E'\\';' WHERE what LIKE '%'"""
    fill(postgres, 1, before=made)
    assert rows(postgres, "said") == ["100%';"]


def test_what_hides_from_us_does_not_end_the_transaction(server, postgres: Database):
    fill(postgres, 1)
    with pytest.raises(SummitError, match="transaction termination"):
        fill(postgres, 2, before="DELETE FROM t; DO $$ BEGIN COMMIT; END $$")
    assert rows(postgres, "t") == [1]


def test_a_text_without_an_end_is_said():
    with pytest.raises(InvalidExpression) as caught:
        list(statements("SELECT 'x", *dialect_of("postgres")))
    assert caught.value.code == "script_invalid"
