"""Numbers as SQLite holds them: computed ones, and those that it cannot hold."""

import logging
import sqlite3
from decimal import Decimal

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database, Misfit
from summit_studio.core.errors import ReadFailed, WriteFailed
from summit_studio.core.schema import Schema, to_arrow


def run(sqlite: Database, sql: str) -> None:
    with sqlite3.connect(sqlite._workspace.root / "data/shop.sqlite") as con:
        con.executescript(sql)
    con.close()


def test_a_computed_number_is_the_decimal_it_stands_for(sqlite: Database, caplog):
    run(sqlite, "CREATE TABLE t (v DECIMAL(10,2)); INSERT INTO t VALUES (434.99999999999994),"
        " (0.1 + 0.2), (-1.1 * 3), (7), (7.25), (NULL)")  # fmt: skip
    with caplog.at_level(logging.WARNING, logger="summit.sources"):
        (part,) = sqlite.read("t")
    wanted = ["435.00", "0.30", "-3.30", "7.00", "7.25", None]
    assert part.column(0).to_pylist() == [v and Decimal(v) for v in wanted]
    assert "Read 3 computed numbers of table t" in caplog.text


@pytest.mark.parametrize("value", ["434.999999999", "0.005", "123456789.00", "1e300", "1e-20"])
def test_any_other_number_is_no_decimal(sqlite: Database, value: str):
    run(sqlite, f"CREATE TABLE t (v DECIMAL(10,2)); INSERT INTO t VALUES (1.5), ({value})")
    with pytest.raises(ReadFailed):
        list(sqlite.read("t"))
    lost: list[Misfit] = []
    (part,) = sqlite.read("t", reject=lost.append)
    assert (part.num_rows, [m.row for m in lost]) == (1, [2])


@pytest.mark.parametrize("value", ["9" * 38, "1" * 20, "0.1234567890123456"])
def test_a_decimal_of_more_digits_is_refused(sqlite: Database, value: str):
    kind = "DECIMAL(38,0)" if value.isdigit() else "DECIMAL(38,16)"
    schema = Schema.of({"v": kind})
    writer = sqlite.writer("t", schema)
    rows = pa.record_batch([pa.array([Decimal(value)])], names=["v"]).cast(to_arrow(schema))
    with pytest.raises(WriteFailed, match="15 digits"):
        writer.write(rows)
    writer.abort()


def test_a_whole_decimal_of_64_bits_is_exact(sqlite: Database):
    schema = Schema.of({"v": "DECIMAL(18,0)"})
    values = [Decimal(999999999999999999), Decimal(-999999999999999998), None]
    writer = sqlite.writer("t", schema)
    writer.write(pa.record_batch([pa.array(values, pa.decimal128(18, 0))], schema=to_arrow(schema)))
    writer.prepare()
    writer.commit()
    (part,) = sqlite.read("t")
    assert part.column(0).to_pylist() == values


def test_lists_go_again_into_the_table_made_for_them(sqlite: Database):
    schema = Schema.of({"v": "DECIMAL(4,2)[]"})
    rows = pa.record_batch([pa.array([[Decimal("1.10"), None], None])], names=["v"])
    for _ in range(2):
        writer = sqlite.writer("t", schema)
        writer.write(rows.cast(to_arrow(schema)))
        writer.prepare()
        writer.commit()
    (part,) = sqlite.read("t")
    assert part.column(0).to_pylist() == ["[1.10,null]", None] * 2
