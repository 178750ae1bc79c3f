"""Rows that go to PostgreSQL in its binary form: nothing is changed, and nothing is guessed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.binary import sent_as
from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import Schema, to_arrow

pytestmark = pytest.mark.postgres

pytest.importorskip("pgpq")

KINDS: list[tuple[str, str, list[Any], list[str]]] = [
    ("boolean", "BOOLEAN", [True, False], ["true", "false"]),
    ("smallint", "TINYINT", [-128, 127], ["-128", "127"]),
    ("smallint", "SMALLINT", [-(2**15), 2**15 - 1], ["-32768", "32767"]),
    ("integer", "USMALLINT", [0, 2**16 - 1], ["0", "65535"]),
    ("integer", "INTEGER", [-(2**31), 2**31 - 1], ["-2147483648", "2147483647"]),
    ("bigint", "INTEGER", [-1, 2**31 - 1], ["-1", "2147483647"]),
    ("bigint", "UINTEGER", [0, 2**32 - 1], ["0", "4294967295"]),
    ("bigint", "BIGINT", [-(2**63), 2**63 - 1], ["-9223372036854775808", "9223372036854775807"]),
    ("numeric", "BIGINT", [-(2**63), 5], ["-9223372036854775808", "5"]),
    ("numeric(12,2)", "DECIMAL(12,2)", [Decimal("-1234567890.12"), Decimal("0.01")],
     ["-1234567890.12", "0.01"]),
    ("numeric", "DECIMAL(38,38)", [Decimal("0." + "9" * 38), Decimal("-0." + "0" * 37 + "1")],
     ["0." + "9" * 38, "-0." + "0" * 37 + "1"]),
    ("numeric", "HUGEINT", [10**38 - 1, 0], ["9" * 38, "0"]),
    ("real", "FLOAT", [1.5, float("-inf")], ["1.5", "-Infinity"]),
    ("double precision", "DOUBLE", [0.1, float("nan")], ["0.1", "NaN"]),
    ("text", "VARCHAR", ["", 'é 漢 🙂 \\ " \r\n'], ["", 'é 漢 🙂 \\ " \r\n']),
    ("varchar(5)", "VARCHAR", ["abcde", "x"], ["abcde", "x"]),
    ("json", "JSON", ['{"a": 1}', "null"], ['{"a": 1}', "null"]),
    ("jsonb", "JSON", ['{"a": [1, "é"]}', "7"], ['{"a": [1, "é"]}', "7"]),
    ("bytea", "BLOB", [b"", b"\x00\xff"], ["\\x", "\\x00ff"]),
    ("date", "DATE", [dt.date(1, 1, 1), dt.date(9999, 12, 31)], ["0001-01-01", "9999-12-31"]),
    ("timestamp", "DATE", [dt.date(1969, 12, 31), dt.date(2024, 2, 29)],
     ["1969-12-31 00:00:00", "2024-02-29 00:00:00"]),
    ("time", "TIME", [dt.time(0), dt.time(23, 59, 59, 999_999)], ["00:00:00", "23:59:59.999999"]),
    ("timestamp", "TIMESTAMP", [dt.datetime(1, 1, 1), dt.datetime(1999, 12, 31, 23, 59, 59, 1)],
     ["0001-01-01 00:00:00", "1999-12-31 23:59:59.000001"]),
    ("timestamptz", "TIMESTAMP WITH TIME ZONE",
     [dt.datetime(1969, 12, 31, 23, 59, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)],
     ["1969-12-31 23:59:00+00", "2024-01-01 00:00:00+00"]),
]  # fmt: skip


def written(postgres: Database, schema: Schema, columns: list[list[Any]]) -> None:
    arrays = [
        pa.array(values, field.type)
        for values, field in zip(columns, to_arrow(schema), strict=True)
    ]
    writer = postgres.writer("t", schema, create=False)
    try:
        writer.write(pa.RecordBatch.from_arrays(arrays, schema=to_arrow(schema)))
        assert writer.prepare() == len(columns[0])
    except BaseException:
        writer.abort()
        raise
    writer.commit()


def test_every_type_that_has_a_binary_form_arrives_as_it_was(server, postgres: Database):
    names = [f"c{number}" for number in range(len(KINDS))]
    schema = Schema.of({n: given for n, (_, given, _, _) in zip(names, KINDS, strict=True)})
    columns = ", ".join(f"{n} {kind}" for n, (kind, *_) in zip(names, KINDS, strict=True))
    server.run(f"CREATE TABLE t ({columns})")
    with postgres.connect() as session:
        assert sent_as(session, TableName(None, "t"), names, schema) is not None
    written(postgres, schema, [[*values, None] for *_, values, _ in KINDS])
    texts = ", ".join(
        f"({n} AT TIME ZONE 'UTC')::text || '+00'" if kind == "timestamptz" else f"{n}::text"
        for n, (kind, *_) in zip(names, KINDS, strict=True)
    )
    found = list(zip(*server.run(f"SELECT {texts} FROM t"), strict=True))
    assert found == [(*said, None) for *_, said in KINDS]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("double precision", "FLOAT"), ("integer", "BIGINT"), ("uuid", "VARCHAR"),
        ("text", "UUID"), ("numeric", "DOUBLE"), ("bigint[]", "BIGINT[]"), ("interval", "INTERVAL"),
        ("inet", "VARCHAR"), ("smallint", "UBIGINT"), ("timestamptz", "TIMESTAMP"),
    ],
)  # fmt: skip
def test_where_a_column_has_no_such_form_all_go_as_text(server, postgres: Database, kind, given):
    server.run(f"CREATE TABLE t (id bigint, v {kind})")
    schema = Schema.of({"id": "BIGINT", "v": given})
    with postgres.connect() as session:
        assert sent_as(session, TableName(None, "t"), ["id", "v"], schema) is None


def test_moments_that_are_infinite_or_before_christ_arrive(server, postgres: Database):
    server.run("CREATE TABLE t (d date, m timestamp)")
    days = pa.array([2**31 - 1, -(2**31) + 1, -735_524], pa.int32()).cast(pa.date32())
    micros = pa.array([2**63 - 1, -(2**63) + 1, -735_524 * 86_400_000_000], pa.int64())
    schema = Schema.of({"d": "DATE", "m": "TIMESTAMP"})
    writer = postgres.writer("t", schema)
    rows = pa.record_batch([days, micros.cast(pa.timestamp("us"))], schema=to_arrow(schema))
    writer.write(rows)
    writer.commit()
    assert server.run("SELECT d::text, m::text FROM t") == [
        ("infinity", "infinity"), ("-infinity", "-infinity"),
        ("0045-03-16 BC", "0045-03-16 00:00:00 BC"),
    ]  # fmt: skip


def test_a_date_that_the_server_does_not_know_is_refused_before_it_is_sent(server, postgres):
    server.run("CREATE TABLE t (d date)")
    schema = Schema.of({"d": "DATE"})
    day = pa.array([2_145_042_906], pa.int32()).cast(pa.date32())
    writer = postgres.writer("t", schema)
    with pytest.raises(WriteFailed) as caught:
        writer.write(pa.record_batch([day], schema=to_arrow(schema)))
    assert (caught.value.code, caught.value.where.column) == ("value_does_not_fit", "d")
    assert server.run("SELECT count(*) FROM t") == [(0,)]
