"""No value is held as another in silence: what a table would change is refused."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.core.errors import SummitError

pytestmark = pytest.mark.postgres

INTERVAL = pa.month_day_nano_interval()


class Side:
    """A database with a table `t` of one column `v`, filled from a Parquet file."""

    def __init__(self, folder: Path, kind: str, sql) -> None:
        self.folder, self.kind, self.sql = folder, kind, sql

    def load(self, values: list, kind: pa.DataType, *, aside: bool = True, **params):
        # Parquet keeps no microseconds of a duration.
        text = kind == INTERVAL
        column = pa.array(values, pa.string() if text else kind)
        rows = pa.table({"n": range(len(values)), "v": column})
        pq.write_table(rows, self.folder / "in.parquet")
        made = summit.Pipeline("exact", folder=self.folder)
        source = made.add("parquet_source", path="in.parquet")
        if text:
            source = source.to("sql", query="SELECT n, v::INTERVAL AS v FROM input")
        sink = source.to("table_sink", "sink", connection="db", table="t", **params)
        if aside:
            sink["rejected"].to("jsonl_sink", path="bad.jsonl")
        return made.run()

    def bad(self) -> list[int]:
        lines = (self.folder / "bad.jsonl").read_text().splitlines()
        rows = [json.loads(line) for line in lines]
        assert {(r["reject_code"], r["reject_column"]) for r in rows} <= {
            ("value_does_not_fit", "v")
        }
        return [row["n"] for row in rows]


@pytest.fixture
def side(request, tmp_path, monkeypatch) -> Side:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    kind, where = request.param, 'path = "shop.db"'
    if kind == "postgres":
        server = request.getfixturevalue("server")
        server.run("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
        where = f'host = "{server.host}"\ndatabase = "postgres"\nuser = "postgres"'
        sql = server.run
    elif kind == "sqlite":

        def sql(text: str) -> list[tuple]:
            with closing(sqlite3.connect(tmp_path / "shop.db")) as con, con:
                return con.execute(text).fetchall()

    else:

        def sql(text: str) -> list[tuple]:
            with duckdb.connect(str(tmp_path / "shop.db")) as con:
                return con.execute(text).fetchall()

    (tmp_path / "connections.toml").write_text(f'[db]\nkind = "{kind}"\n{where}\n')
    return Side(tmp_path, kind, sql)


MOMENT = datetime(2024, 5, 6, 7, 8, 9)
MICROS = pa.timestamp("us")


def at(micros: int) -> datetime:
    return MOMENT.replace(microsecond=micros)


def lasting(months: int, days: int, micros: int) -> str:
    return f"{months} months {days} days {micros} microseconds"


ARRAY = pa.list_(MICROS)

CHANGED = [
    ("postgres", "timestamp(3)", MICROS, [at(123_000), at(123_400), at(999_999), None], [1, 2]),
    ("postgres", "timestamp(0)", MICROS, [at(0), at(1)], [1]),
    ("postgres", "timestamp(1)", MICROS, [at(100_000), at(150_000), MOMENT.replace(year=1)], [1]),
    ("postgres", "timestamp", MICROS, [at(123_456)], []),
    ("postgres", "timestamp(6)", MICROS, [at(123_456)], []),
    ("postgres", "timestamptz(2)", pa.timestamp("us", "UTC"),
     [at(120_000).replace(tzinfo=UTC), at(123_000).replace(tzinfo=UTC)], [1]),
    ("postgres", "time(4)", pa.time64("us"), [time(1, 2, 3, 4500), time(1, 2, 3, 4550)], [1]),
    ("postgres", "interval(0)", INTERVAL, [lasting(1, 2, 3_000_000), lasting(0, 0, 1)], [1]),
    ("postgres", "interval year to month", INTERVAL,
     [lasting(14, 0, 0), lasting(14, 1, 0), lasting(14, 0, 1)], [1, 2]),
    ("postgres", "interval day to minute", INTERVAL,
     [lasting(1, 2, 60_000_000), lasting(0, 0, 1_000_000)], [1]),
    ("postgres", "interval day to second(2)", INTERVAL,
     [lasting(0, 2, 120_000), lasting(0, 0, 123_000)], [1]),
    ("postgres", "timestamp(3)[]", ARRAY, [[at(0), None], [at(0), at(1)], [], None], [1]),
    ("postgres", "varchar(3)", pa.string(), ["abc", "abc  ", "ab ", "äöü ", "ä"], [1, 3]),
    ("postgres", "char(3)", pa.string(), ["abc", "abc  "], [1]),
    ("postgres", '"char"', pa.string(), ["a", "ab"], [1]),
    ("postgres", "name", pa.string(), ["x" * 63, "x" * 64, "ä" * 32], [1, 2]),
    ("postgres", "timetz(1)", pa.string(), ["01:02:03.1+02", "01:02:03.15+02"], [1]),
    ("postgres", "real", pa.float64(), [1.5, 19.99, 0.1 + 0.2, 1e300, None, 1e-300], [2, 3, 5]),
    ("postgres", "real", pa.int64(), [2**24, 2**24 + 1], [1]),
    ("postgres", "double precision", pa.int64(), [2**53, 2**53 + 1, -(2**63)], [1]),
    ("postgres", "double precision", pa.decimal128(38, 4),
     [Decimal("0.1"), Decimal("12345678901234567890.1234")], [1]),
    ("postgres", "double precision[]", pa.list_(pa.int64()), [[1, 2], [2**53 + 1]], [1]),
    ("duckdb", "TIMESTAMP_S", MICROS, [at(0), at(600_000), None], [1]),
    ("duckdb", "TIMESTAMP_MS", MICROS, [at(123_000), at(123_400)], [1]),
    ("duckdb", "FLOAT", pa.float64(), [1.5, 19.99, 0.1 + 0.2, 1e300, float("inf")], [2, 3]),
    ("duckdb", "FLOAT[]", pa.list_(pa.float64()), [[1.5, None], [0.1 + 0.2]], [1]),
    ("duckdb", "DOUBLE", pa.int64(), [2**53 + 1, 2**54], [0]),
    ("duckdb", "UHUGEINT", pa.string(), ["7", "7.5"], [1]),
    ("sqlite", "REAL", pa.int64(), [7, 2**53 + 1], [1]),
    ("sqlite", "STRING", pa.string(), ["7", "007", "1.5", "1.50", "x1", "1e3", " 2", "-0"],
     [1, 3, 5, 6, 7]),
    ("sqlite", "MONEY", pa.string(), ["0", "-3.25", "0.00001", ".5", "7.0", "+1"], [2, 3, 4, 5]),
    ("sqlite", "ANY", pa.string(), ["12345678901234567890"], [0]),
    ("sqlite", "TEXT", pa.string(), ["007", "1.50"], []),
    ("sqlite", "BLOB_TEXT", pa.string(), ["007"], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("side", "declared", "kind", "values", "changed"), CHANGED, indirect=["side"]
)
def test_a_value_that_the_column_would_change_is_refused(side, declared, kind, values, changed):
    side.sql(f"CREATE TABLE t (n bigint, v {declared})")
    side.load(values, kind).raise_for_status()
    kept = [n for n in range(len(values)) if n not in changed]
    assert side.sql("SELECT n FROM t ORDER BY n") == [(n,) for n in kept]
    assert (side.bad() if changed else []) == changed
    done = side.load(values, kind, aside=False, mode="replace")
    if not changed:
        done.raise_for_status()
        return
    assert done.error is not None
    assert (done.error.code, done.error.where.column) == ("value_does_not_fit", "v")
    assert f"row {changed[0] + 1} " in done.error.why
    assert "has no exact place: column v" in done.error.why
    assert side.sql("SELECT n FROM t ORDER BY n") == [(n,) for n in kept]


@pytest.mark.parametrize("side", ["postgres"], indirect=True)
def test_rows_refused_for_either_reason_keep_their_places(side):
    side.sql("CREATE TABLE t (n bigint CHECK (n <> 3), v timestamp(3))")
    side.load([at(1), at(0), at(1), at(0), at(0)], MICROS).raise_for_status()
    assert side.sql("SELECT n FROM t ORDER BY n") == [(1,), (4,)]
    rows = [json.loads(line) for line in (side.folder / "bad.jsonl").read_text().splitlines()]
    assert [(r["n"], r["reject_code"]) for r in rows] == [
        (0, "value_does_not_fit"), (2, "value_does_not_fit"), (3, "check_violated"),
    ]  # fmt: skip


@pytest.mark.parametrize("side", ["sqlite"], indirect=True)
def test_a_strict_table_and_one_that_is_made_keep_texts(side):
    side.sql("CREATE TABLE t (n INTEGER, v ANY) STRICT")
    side.load(["007", "1.50"], pa.string(), aside=False).raise_for_status()
    assert side.sql("SELECT v, typeof(v) FROM t") == [("007", "text"), ("1.50", "text")]
    side.sql("DROP TABLE t")
    made = summit.Pipeline("json", folder=side.folder)
    query = "SELECT '1.50'::JSON AS v FROM input"
    made.add("parquet_source", path="in.parquet").to("sql", query=query).to(
        "table_sink", connection="db", table="t"
    )
    made.run().raise_for_status()
    assert side.sql("SELECT DISTINCT v, typeof(v) FROM t") == [("1.50", "text")]


@pytest.mark.parametrize("side", ["postgres"], indirect=True)
def test_tens_and_hundreds_take_no_units(side):
    side.sql("CREATE TABLE t (n bigint, v numeric(5,-2))")
    with pytest.raises(SummitError, match=r"BIGINT, and the table has DECIMAL\(5,-2\)"):
        side.load([1234], pa.int64(), aside=False)
