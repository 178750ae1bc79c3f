"""The clock of a run: all functions that tell the time, stopped, with types and names kept."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from summit_studio.expressions.clock import CLOCK, set_clock
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.functions import functions
from summit_studio.expressions.lineage import CLOCK_NAMES

AT = datetime(2001, 2, 3, 4, 5, 6, 7, tzinfo=UTC)

TOLD = {
    "now()": "2001-02-03 04:05:06.000007+00",
    "current_timestamp": "2001-02-03 04:05:06.000007+00",
    "Transaction_Timestamp()": "2001-02-03 04:05:06.000007+00",
    "current_localtimestamp()": "2001-02-03 04:05:06.000007",
    "localtimestamp": "2001-02-03 04:05:06.000007",
    "today()": "2001-02-03",
    "current_date": "2001-02-03",
    "current_date + 1": "2001-02-04",
    "current_time": "04:05:06.000007+00",
    "localtime": "04:05:06.000007",
    "age(TIMESTAMP '2001-02-01 12:00:00')": "1 day 12:00:00",
    "age(TIMESTAMPTZ '2001-02-02 00:00:00+00')": "1 day",
    "age(TIMESTAMP '2001-02-01', TIMESTAMP '2001-01-31')": "1 day",
    "list_transform([1], lambda x: today())": "[2001-02-03]",
    "max(now()) OVER ()": "2001-02-03 04:05:06.000007+00",
}


@pytest.fixture
def stopped():
    con = locked_connection()
    set_clock(con, AT)
    yield con
    con.close()


@pytest.fixture
def running():
    con = locked_connection()
    yield con
    con.close()


@pytest.mark.parametrize(("expression", "told"), TOLD.items())
def test_the_clock_stands_still(stopped, expression, told):
    assert stopped.execute(f"SELECT ({expression})::VARCHAR").fetchall() == [(told,)]


def test_a_start_in_another_zone_is_told_in_utc(running):
    set_clock(running, AT.astimezone(timezone(timedelta(hours=9))))
    assert running.execute("SELECT current_time::VARCHAR").fetchall() == [("04:05:06.000007+00",)]


@pytest.mark.parametrize("expression", TOLD)
def test_types_and_column_names_are_those_of_the_design(stopped, running, expression):
    query = f"DESCRIBE SELECT {expression}, max({expression}) OVER () AS latest"
    if "OVER" in expression:
        query = f"DESCRIBE SELECT {expression}"
    assert stopped.execute(query).fetchall() == running.execute(query).fetchall()


def test_no_function_that_tells_the_time_is_left_out(running):
    """What DuckDB calls constant only within a query is a clock, if people may call it at all."""
    rows = running.execute(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'"
    ).fetchall()
    assert {name for (name,) in rows} & functions().keys() <= CLOCK.keys()
    dates = (f for f in functions().values() if f.group == "Dates and times")
    listed = {f.name for f in dates if f"{f.name}()" in f.signature}
    assert listed == CLOCK.keys()


def test_words_that_are_the_clock_stand_still_too(stopped):
    for word in CLOCK_NAMES:
        text = stopped.execute(f"SELECT CAST({word} AS VARCHAR)").fetchall()[0][0]
        assert text.startswith(("2001-02-03", "04:05:06"))


def test_a_column_of_such_a_name_stays_a_column(stopped):
    assert stopped.execute("SELECT current_date FROM (SELECT 5 AS current_date)").fetchall() == [
        (5,)
    ]
