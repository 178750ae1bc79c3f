"""What every kind of database must do alike."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database, TableWriter
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, ReadFailed, WriteFailed
from summit_studio.core.schema import Schema, to_arrow

pytestmark = pytest.mark.postgres

TYPES = Schema.of(
    {
        "id": "BIGINT", "ok": "BOOLEAN", "x": "DOUBLE", "amount": "DECIMAL(12,2)",
        "Name of it": "VARCHAR", "d": "DATE", "ts": "TIMESTAMP",
        "tz": "TIMESTAMP WITH TIME ZONE", "t": "TIME", "b": "BLOB", "u": "UUID", "j": "JSON",
    }
)  # fmt: skip
UUID = "0d9e3b1c-5f0e-4f6a-9d4f-2f6c2f1f0a11"
FULL = {
    "id": -(2**63), "ok": False, "x": float("-inf"), "amount": Decimal("-1234567890.12"),
    "Name of it": 'Zoë "Z", \\ \r\n\t 漢字 🙂', "d": dt.date(1969, 12, 31),
    "ts": dt.datetime.fromisoformat("2024-02-29T23:59:59.123456"),
    "tz": dt.datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=dt.UTC),
    "t": dt.time(23, 59, 59, 999999), "b": b"\x00\xff\\x\n", "u": UUID, "j": '{"a": [1, null]}',
}  # fmt: skip
EMPTY = dict.fromkeys(FULL) | {"Name of it": "", "b": b"", "id": 0}
ROWS = [FULL, dict.fromkeys(FULL), EMPTY]


def batch(schema: Schema, rows: list[dict]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=to_arrow(schema))


def fill(
    database: Database, table: str, schema: Schema, rows: list[dict], **how: Any
) -> dict[str, int]:
    writer = database.writer(table, schema, **how)
    writer.write(batch(schema, rows))
    writer.prepare()
    return writer.commit()


def rows_of(database: Database, source: str, **how: Any) -> list[dict]:
    return [row for part in database.read(source, **how) for row in part.to_pylist()]


SMALL = Schema.of({"id": "BIGINT", "name": "VARCHAR"})
TWO = [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]


def test_every_type_comes_back_as_it_went(database: Database):
    assert fill(database, "types", TYPES, ROWS) == {"inserted": 3}
    assert database.columns(table="types") == TYPES
    parts = list(database.read("types"))
    assert all(part.schema.equals(to_arrow(TYPES)) for part in parts)
    assert [row for part in parts for row in part.to_pylist()] == ROWS


def test_a_query_has_the_columns_it_promises(database: Database):
    fill(database, "types", TYPES, ROWS)
    query = 'SELECT id, "Name of it" AS n, d FROM types WHERE id IS NOT NULL -- those\n;'
    promised = database.columns(query=query)
    assert promised == Schema.of({"id": "BIGINT", "n": "VARCHAR", "d": "DATE"})
    (part,) = database.read(query)
    assert part.schema.equals(to_arrow(promised))
    assert part.num_rows == 2


def test_reading_picks_columns_in_the_order_asked(database: Database):
    fill(database, "small", SMALL, TWO)
    assert rows_of(database, "small", columns=["name"]) == [{"name": "one"}, {"name": "two"}]
    with pytest.raises(ReadFailed, match="choose 'name'"):
        rows_of(database, "small", columns=["nam"])


def test_batches_keep_the_limit(database: Database):
    schema = Schema.of({"id": "BIGINT"})
    fill(database, "many", schema, [{"id": n} for n in range(10_000)])
    parts = list(database.read("many", batch_rows=3000))
    assert max(part.num_rows for part in parts) <= 3000
    assert [v for part in parts for v in part.column(0).to_pylist()] == list(range(10_000))


def test_an_empty_table_has_columns_and_no_rows(database: Database):
    fill(database, "small", SMALL, [])
    assert database.columns(table="small") == SMALL
    assert rows_of(database, "small") == []


def test_a_single_column_keeps_null_and_empty_apart(database: Database):
    schema = Schema.of({"name": "VARCHAR"})
    rows = [{"name": v} for v in (None, "", "\\N", "\\.", "a\n\\.\nb", None, "NULL")]
    fill(database, "one", schema, rows)
    assert rows_of(database, "one") == rows


def test_tables_are_listed_and_a_missing_one_is_suggested(database: Database):
    fill(database, "orders", SMALL, TWO)
    assert [name.rpartition(".")[2] for name in database.tables()] == ["orders"]
    for call in (database.columns, database.read):
        with pytest.raises(ReadFailed, match="choose 'orders'") as caught:
            list(call("order"))
        assert caught.value.code == "table_missing"


def test_views_are_listed_as_views_beside_the_tables(database: Database):
    fill(database, "orders", SMALL, TWO)
    (table,) = database.listed()
    assert not table.view
    view = f"CREATE VIEW also AS SELECT * FROM {table.name}"
    fill(database, "more", SMALL, TWO, before_commit=lambda session: session.execute(view))
    assert [(one.name.table, one.view) for one in database.listed()] == [
        ("also", True), ("more", False), ("orders", False),
    ]  # fmt: skip
    assert {one.name.schema for one in database.listed()} == {table.name.schema}


def test_a_name_with_dots_and_quotes_works(database: Database):
    fill(database, '"we""ird.name"', SMALL, TWO)
    assert rows_of(database, '"we""ird.name"') == TWO
    (listed,) = database.tables()
    assert rows_of(database, listed) == TWO


def test_append_keeps_what_is_there(database: Database):
    fill(database, "small", SMALL, TWO)
    fill(database, "small", SMALL, [{"id": 3, "name": None}])
    assert rows_of(database, "small") == [*TWO, {"id": 3, "name": None}]


def test_other_columns_replace_rows_only_with_the_table(database: Database):
    fill(database, "small", SMALL, TWO)
    other = Schema.of({"id": "BIGINT", "d": "DATE"})
    for mode in ("append", "replace"):
        with pytest.raises(WriteFailed, match=r"no column 'd'.*replace: table") as caught:
            fill(database, "small", other, [{"id": 9, "d": None}], mode=mode)
        assert caught.value.code == "columns_do_not_fit"
    assert rows_of(database, "small") == TWO
    how = {"mode": "replace", "replace": "table", "run_id": "r1"}
    fill(database, "small", other, [{"id": 9, "d": None}], **how)
    assert database.columns(table="small") == other
    assert rows_of(database, "small") == [{"id": 9, "d": None}]
    assert [name.rpartition(".")[2] for name in database.tables()] == ["small"]


@pytest.mark.parametrize("mode", ["append", "replace"])
@pytest.mark.parametrize("prepared", [False, True])
def test_abort_leaves_the_table_as_it_was(database: Database, mode: str, prepared: bool):  # noqa: FBT001
    fill(database, "small", SMALL, TWO)
    writer = database.writer("small", SMALL, mode=mode)
    writer.write(batch(SMALL, [{"id": 7, "name": "x"}]))
    if prepared:
        writer.prepare()
    writer.abort()
    writer.abort()
    assert rows_of(database, "small") == TWO
    assert len(database.tables()) == 1


def test_rows_are_invisible_until_the_commit(postgres: Database, sqlite: Database):
    for database in (postgres, sqlite):
        fill(database, "small", SMALL, TWO)
        writer = database.writer("small", SMALL, mode="replace")
        writer.write(batch(SMALL, [{"id": 7, "name": "x"}]))
        writer.prepare()
        assert rows_of(database, "small") == TWO
        writer.commit()
        assert rows_of(database, "small") == [{"id": 7, "name": "x"}]


def test_a_writer_is_a_table_writer(database: Database):
    writer = database.writer("small", SMALL)
    assert isinstance(database, Database)
    assert isinstance(writer, TableWriter)
    writer.abort()
    assert database.tables() == []


def test_without_create_a_missing_table_is_an_error(database: Database):
    fill(database, "orders", SMALL, TWO)
    for mode in ("append", "replace"):
        with pytest.raises(WriteFailed, match="choose 'orders'"):
            database.writer("order", SMALL, mode=mode, create=False)


def test_columns_that_do_not_fit_are_all_listed_before_any_row(database: Database):
    fill(database, "small", SMALL, TWO)
    wrong = Schema.of({"id": "VARCHAR", "nam": "VARCHAR"})
    with pytest.raises(WriteFailed) as caught:
        database.writer("small", wrong)
    assert caught.value.code == "columns_do_not_fit"
    assert "no column 'nam' (did you mean 'name'?)" in caught.value.why
    assert "column 'id' is VARCHAR, and the table has BIGINT" in caught.value.why


def test_the_hook_works_in_the_same_transaction(database: Database):
    fill(database, "marks", SMALL, [])

    def mark(transaction) -> None:
        transaction.execute("INSERT INTO marks VALUES (1, 'done')")

    def fail(transaction) -> None:
        mark(transaction)
        raise RuntimeError("stop")

    writer = database.writer("small", SMALL, before_commit=fail)
    writer.write(batch(SMALL, TWO))
    with pytest.raises(RuntimeError, match="stop"):
        writer.commit()
    assert rows_of(database, "marks") == []
    assert len(database.tables()) == 1
    writer = database.writer("small", SMALL, before_commit=mark)
    writer.write(batch(SMALL, TWO))
    writer.commit()
    assert rows_of(database, "marks") == [{"id": 1, "name": "done"}]


def test_a_batch_of_other_columns_is_refused_and_nothing_is_kept(database: Database):
    writer = database.writer("small", SMALL)
    with pytest.raises(WriteFailed, match="was opened with id, name"):
        writer.write(batch(Schema.of({"x": "BIGINT"}), [{"x": 1}]))
    assert database.tables() == []


def test_no_columns_is_an_error(database: Database):
    with pytest.raises(WriteFailed, match="no columns"):
        database.writer("nothing", Schema())


def test_two_columns_of_one_name_are_refused(database: Database):
    with pytest.raises(ReadFailed) as caught:
        database.columns(query="SELECT 1 AS a, 2 AS A")
    assert caught.value.code == "duplicate_columns"


def test_a_wrong_query_is_a_read_error(database: Database):
    with pytest.raises(ReadFailed):
        database.columns(query="SELECT FROM WHERE")
    with pytest.raises(ReadFailed):
        list(database.read("SELECT * FROM nowhere"))


def test_a_read_cannot_write(database: Database):
    fill(database, "small", SMALL, TWO)
    with pytest.raises(ReadFailed):
        list(database.read("SELECT 1) AS q; DELETE FROM small; SELECT * FROM (SELECT 1"))
    with pytest.raises(ReadFailed):
        list(database.read("WITH gone AS (DELETE FROM small RETURNING id) SELECT * FROM gone"))
    assert rows_of(database, "small") == TWO


def test_cancelling_ends_a_read(database: Database):
    fill(database, "many", SMALL, [{"id": n, "name": "x" * 50} for n in range(5000)])
    token = CancelToken()
    stream = database.read("many", batch_rows=100, cancel=token)
    next(stream)
    token.cancel()
    with pytest.raises(Cancelled):
        list(stream)


def test_leaving_a_read_early_lets_go(database: Database):
    fill(database, "many", SMALL, [{"id": n, "name": "x" * 50} for n in range(5000)])
    stream = database.read("many", batch_rows=100)
    next(stream)
    stream.close()
    fill(database, "many", SMALL, TWO, mode="replace")
    assert rows_of(database, "many") == TWO


def test_the_version_is_told(database: Database):
    assert database.test().split()[0] in {"PostgreSQL", "SQLite", "DuckDB"}


def test_a_million_rows(database: Database):
    schema = Schema.of({"id": "BIGINT", "name": "VARCHAR"})
    ids = pa.array(range(100_000), pa.int64())
    part = pa.RecordBatch.from_arrays([ids, ids.cast(pa.string())], schema=to_arrow(schema))
    writer = database.writer("big", schema)
    for _ in range(10):
        writer.write(part)
    assert writer.commit() == {"inserted": 1_000_000}
    total = rows = 0
    for got in database.read("big"):
        rows += got.num_rows
        total += pa.compute.sum(got.column("id")).as_py()
    assert rows == 1_000_000
    assert total == 10 * sum(range(100_000))
