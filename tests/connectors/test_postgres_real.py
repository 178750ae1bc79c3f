"""PostgreSQL alone: its types, its refusals, its transactions."""

import datetime as dt
import socket
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database, Misfit
from summit_studio.connectors.opening import open_database
from summit_studio.core.errors import ConnectionFailed, ReadFailed, SummitError, WriteFailed
from summit_studio.core.schema import Column, Schema, to_arrow
from summit_studio.secrets.store import SecretStore

pytestmark = pytest.mark.postgres

PASSWORD = "correct-horse-battery"
WRONG = "canary-b1f2e3"


def rows_of(database: Database, source: str, **how: Any) -> list[dict]:
    return [row for part in database.read(source, **how) for row in part.to_pylist()]


def value_of(database: Database, expression: str) -> tuple[str, object]:
    query = f"SELECT {expression} AS v"
    (row,) = rows_of(database, query)
    return database.columns(query=query).columns[0].type, row["v"]


@pytest.mark.parametrize(
    ("expression", "type_name", "value"),
    [
        ("1.5::numeric", "DECIMAL(38,9)", Decimal("1.500000000")),
        ("12345678901234567890.123456789012345678::numeric", "DECIMAL(38,18)",
         Decimal("12345678901234567890.123456789012345678")),
        ("1000000000000000000000000000000.0000000010::numeric", "VARCHAR",
         "1000000000000000000000000000000.0000000010"),
        ("(2::numeric ^ 100)", "DECIMAL(38,7)", Decimal(2**100)),
        ("ARRAY[0.1234567890123, NULL]::numeric[]", "DECIMAL(38,13)[]",
         [Decimal("0.1234567890123"), None]),
        ("12.3::numeric(5,2)", "DECIMAL(5,2)", Decimal("12.30")),
        ("1::numeric(50,3)", "DECIMAL(38,9)", Decimal(1)),
        ("12345::numeric(3,-2)", "DECIMAL(38,9)", Decimal(12300)),
        ("'$1,234.50'::money", "DECIMAL(19,2)", Decimal("1234.50")),
        ("'NaN'::float8::text", "VARCHAR", "NaN"),
        ("'infinity'::float8", "DOUBLE", float("inf")),
        ("0.1::float8 + 0.2::float8", "DOUBLE", 0.1 + 0.2),
        ("1.1::float4", "FLOAT", pytest.approx(1.1)),
        ("7::int2", "SMALLINT", 7),
        ("'t'::bool", "BOOLEAN", True),
        ("'a'::char(3)", "VARCHAR", "a  "),
        ("'2024-01-01 12:00+02'::timestamptz", "TIMESTAMP WITH TIME ZONE",
         dt.datetime(2024, 1, 1, 10, tzinfo=dt.UTC)),
        ("'12:00+02'::timetz", "VARCHAR", "12:00:00+02"),
        ("'1 day 02:00'::interval", "INTERVAL", pa.MonthDayNano([0, 1, 7200 * 10**9])),
        ("'-13 months -2 days -00:00:03.000001'::interval", "INTERVAL",
         pa.MonthDayNano([-13, -2, -3_000_001_000])),
        ("'10.0.0.0/8'::inet", "VARCHAR", "10.0.0.0/8"),
        ("'[1,5)'::int4range", "VARCHAR", "[1,5)"),
        ("'{\"b\": 1, \"a\": null}'::json", "JSON", '{"b": 1, "a": null}'),
        ("'\\x00ff'::bytea", "BLOB", b"\x00\xff"),
        ("ARRAY[1, NULL, 3]", "INTEGER[]", [1, None, 3]),
        ("ARRAY['a,b', NULL, '', 'q\"{}']", "VARCHAR[]", ["a,b", None, "", 'q"{}']),
        ("ARRAY[1.10, 2]::numeric(9,2)[]", "DECIMAL(9,2)[]", [Decimal("1.10"), Decimal(2)]),
        ("ARRAY['2024-01-02'::date]", "DATE[]", [dt.date(2024, 1, 2)]),
        ("ARRAY['2024-01-02 00:00+00'::timestamptz]", "TIMESTAMP WITH TIME ZONE[]",
         [dt.datetime(2024, 1, 2, tzinfo=dt.UTC)]),
        ("'{}'::int[]", "INTEGER[]", []),
        ("NULL::int[]", "INTEGER[]", None),
        ("ARRAY['a'::bytea]", "VARCHAR", '{"\\\\x61"}'),
        ("(1, 'x')", "VARCHAR", "(1,x)"),
    ],
)  # fmt: skip
def test_each_type_is_read_as_documented(postgres: Database, expression, type_name, value):
    assert value_of(postgres, expression) == (type_name, value)


def test_not_a_number_stays_one(postgres: Database):
    _, value = value_of(postgres, "'NaN'::float8")
    assert value != value  # noqa: PLR0124


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("'NaN'::numeric", "'NaN'"),
        ("'infinity'::timestamptz", "'infinity'"),
        ("'0044-03-15 BC'::date", "BC"),
        ("'24:00'::time", "'24:00:00'"),
        ("ARRAY[ARRAY[1, 2], ARRAY[3, 4]]", "several dimensions"),
        ("ARRAY['infinity'::date]", "infinity"),
        ("ARRAY['-infinity'::timestamptz, now()]", "infinity"),
        ("'1000000000 hours'::interval", "has no place in INTERVAL"),
    ],
)
def test_a_value_without_a_place_is_named_never_changed(postgres: Database, expression, shown):
    query = f"SELECT 1 AS id, {expression} AS v"
    with pytest.raises(ReadFailed) as caught:
        rows_of(postgres, query)
    error = caught.value
    assert error.code == "value_does_not_fit"
    assert error.where.column == "v"
    assert shown in error.why
    assert "::text" in error.do


def test_an_average_keeps_every_digit(postgres: Database):
    query = "SELECT avg(x) AS v FROM (VALUES (1), (2), (2)) t(x)"
    assert rows_of(postgres, query) == [{"v": Decimal("1.6666666666666667")}]


def test_a_numeric_wider_than_those_looked_at_is_rejected_not_rounded(postgres: Database):
    last = "0.12345678901"
    query = (
        f"SELECT CASE n WHEN 10001 THEN {last} ELSE 1.5 END AS v FROM generate_series(1, 10001) n"
    )
    lost: list[Misfit] = []
    parts = list(postgres.read(query, reject=lost.append))
    assert sum(part.num_rows for part in parts) == 10_000
    assert [(m.row, m.raw) for m in lost] == [(10_001, f'{{"v": "{last}"}}')]


def test_numbers_in_arrays_are_not_rounded_either(postgres: Database):
    query = (
        "SELECT ARRAY[CASE n WHEN 10001 THEN 0.12345678901 ELSE 1.5 END] AS v"
        " FROM generate_series(1, 10001) n"
    )
    lost: list[Misfit] = []
    assert sum(p.num_rows for p in postgres.read(query, reject=lost.append)) == 10_000
    assert [m.row for m in lost] == [10_001]


def test_intervals_and_enums_go_back_to_where_they_came_from(server, postgres: Database):
    server.run("CREATE TYPE mood AS ENUM ('sad', 'it''s ok')")
    server.run("CREATE TABLE t (i interval, m mood)")
    server.run(
        "INSERT INTO t VALUES ('-13 months 2 days -00:00:03.000001', 'it''s ok'), (NULL, NULL)"
    )
    writer = postgres.writer("t", postgres.columns("t"))
    for part in postgres.read("t"):
        writer.write(part)
    writer.prepare()
    writer.commit()
    assert server.run("SELECT i, m, count(*) FROM t GROUP BY 1, 2 HAVING count(*) <> 2") == []


def test_dates_beyond_arrow_s_words_are_written(server, postgres: Database):
    days = pa.array([2**31 - 1, 2_932_897, -735_524, None], pa.int32()).cast(pa.date32())
    schema = Schema.of({"d": "DATE", "t": "TIME"})
    times = pa.array([86_400_000_000, 0, None, 1], pa.int64()).cast(pa.time64("us"))
    writer = postgres.writer("t", schema)
    writer.write(pa.record_batch([days, times], schema=to_arrow(schema)))
    writer.prepare()
    writer.commit()
    ((old,),) = server.run("SELECT (DATE '1970-01-01' - 735524)::text")
    assert old.endswith("BC")
    assert server.run("SELECT d::text, t::text FROM t") == [
        ("infinity", "24:00:00"), ("10000-01-01", "00:00:00"), (old, None),
        (None, "00:00:00.000001"),
    ]  # fmt: skip


def test_the_row_of_a_bad_value_is_counted_over_batches(postgres: Database):
    query = "SELECT CASE n WHEN 7 THEN 'NaN'::numeric ELSE n END AS v FROM generate_series(1, 9) n"
    with pytest.raises(ReadFailed, match="row 7 has no place"):
        list(postgres.read(query, batch_rows=3))


def test_nested_and_special_types_are_written(postgres: Database):
    table = pa.table(
        {
            "tags": pa.array([["a,b", None, 'q"\\{}'], [], None], pa.list_(pa.string())),
            "numbers": pa.array([[1, None], None, []], pa.list_(pa.int64())),
            "box": pa.array([{"w": 1, "s": "é"}, None, {"w": None, "s": None}]),
            "big": pa.array([2**64 - 1, None, 0], pa.uint64()),
            "f": [float("nan"), float("inf"), None],
        }
    )
    schema = Schema(
        (
            Column("tags", "VARCHAR[]"), Column("numbers", "BIGINT[]"),
            Column("box", "STRUCT(w BIGINT, s VARCHAR)"), Column("big", "UBIGINT"),
            Column("f", "DOUBLE"),
        )
    )  # fmt: skip
    writer = postgres.writer("nested", schema)
    writer.write(table.to_batches()[0].cast(to_arrow(schema)))
    writer.commit()
    rows = rows_of(postgres, "SELECT tags, numbers, box, big FROM nested")
    assert [r["tags"] for r in rows] == [["a,b", None, 'q"\\{}'], [], None]
    assert [r["numbers"] for r in rows] == [[1, None], None, []]
    assert rows[0]["box"] == '{"s": "é", "w": 1}'
    assert rows[0]["big"] == 2**64 - 1
    (count,) = rows_of(postgres, "SELECT count(*) AS n FROM nested WHERE f = 'NaN' OR f = 'inf'")
    assert count == {"n": 2}


def test_a_zero_byte_in_a_text_is_refused(postgres: Database):
    schema = Schema.of({"s": "VARCHAR"})
    with pytest.raises(WriteFailed) as caught:
        put(postgres, "texts", [{"s": "a\x00b"}], schema)
    assert caught.value.code == "text_invalid"
    assert postgres.tables() == []


def test_zero_columns_are_refused(postgres: Database):
    with pytest.raises(ReadFailed) as caught:
        postgres.columns(query="SELECT FROM generate_series(1, 3)")
    assert caught.value.code == "no_columns"


def put(database: Database, table: str, rows: list[dict], schema: Schema, **how: Any) -> dict:
    writer = database.writer(table, schema, **how)
    writer.write(pa.RecordBatch.from_pylist(rows, schema=to_arrow(schema)))
    return writer.commit()


ID = Schema.of({"id": "BIGINT"})


def test_the_target_is_checked_for_what_it_requires(server, postgres: Database):
    server.run(
        "CREATE TABLE t (id bigint, must text NOT NULL, has text NOT NULL DEFAULT 'x',"
        "made bigint GENERATED ALWAYS AS (id + 1) STORED, own bigint GENERATED ALWAYS AS IDENTITY)"
    )
    with pytest.raises(WriteFailed, match="'must' must not be null and gets no value") as caught:
        put(postgres, "t", [{"id": 1}], ID)
    assert "has" not in caught.value.why.split()
    with pytest.raises(WriteFailed, match="computes column 'made' itself"):
        put(postgres, "t", [], Schema.of({"must": "VARCHAR", "made": "BIGINT"}))
    rows = [{"must": "m", "ID": 4}]
    put(postgres, "t", rows, Schema.of({"must": "VARCHAR", "ID": "BIGINT"}))
    assert rows_of(postgres, "t", columns=["id", "has", "made"]) == [
        {"id": 4, "has": "x", "made": 5}
    ]


def test_domains_enums_and_loose_decimals_take_their_values(server, postgres: Database):
    server.run("CREATE DOMAIN amount AS numeric(9,2); CREATE TYPE mood AS ENUM ('sad', 'ok')")
    server.run("CREATE TABLE t (a amount, m mood, n numeric)")
    schema = Schema.of({"a": "DECIMAL(9,2)", "m": "VARCHAR", "n": "DECIMAL(30,20)"})
    put(postgres, "t", [{"a": Decimal("1.20"), "m": "ok", "n": Decimal("1e-20")}], schema)
    assert server.run("SELECT n::text FROM t") == [("0.00000000000000000001",)]
    with pytest.raises(WriteFailed) as caught:
        put(postgres, "t", [{"a": None, "m": "mad", "n": None}], schema)
    assert caught.value.code == "value_invalid"
    with pytest.raises(
        WriteFailed, match="is DECIMAL\\(9,3\\), and the table has DECIMAL\\(9,2\\)"
    ):
        put(postgres, "t", [], Schema.of({"a": "DECIMAL(9,3)"}))


@pytest.mark.parametrize(
    ("ddl", "code"),
    [
        ("id bigint PRIMARY KEY", "duplicate_key"),
        ("id smallint", "value_out_of_range"),
        ("id bigint CHECK (id < 5)", "check_violated"),
        ("id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED", "duplicate_key"),
    ],
)
def test_a_refused_row_changes_nothing(server, postgres: Database, ddl: str, code: str):
    server.run(f"CREATE TABLE t ({ddl}); INSERT INTO t VALUES (1)")
    rows = [{"id": 2}, {"id": 2}, {"id": 70_000}]
    with pytest.raises(WriteFailed) as caught:
        put(postgres, "t", rows, ID)
    assert caught.value.code == code
    assert caught.value.__cause__ is None
    assert rows_of(postgres, "t") == [{"id": 1}]


def test_a_held_lock_ends_the_wait(server, workspace, postgres: Database):
    import psycopg

    server.run("CREATE TABLE t (id bigint)")
    made = server.connection(lock_timeout_secs=1)
    with (
        psycopg.connect(host=server.host, user="postgres") as other,
        open_database(made, SecretStore(), workspace) as database,
    ):
        other.execute("LOCK TABLE t")
        with pytest.raises(SummitError) as caught:
            put(database, "t", [{"id": 1}], ID)
        assert caught.value.code == "lock_timeout"
        assert caught.value.retryable


def test_a_slow_statement_ends(server, workspace):
    made = server.connection(statement_timeout_secs=1)
    with open_database(made, SecretStore(), workspace) as database:
        with pytest.raises(ReadFailed) as caught:
            rows_of(database, "SELECT pg_sleep(30)::text AS s")
        assert caught.value.code == "statement_timeout"


KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name = 'summit-studio'"
)


def test_a_killed_session_is_a_lost_connection_and_keeps_nothing(server, postgres: Database):
    put(postgres, "t", [{"id": 1}], ID)
    writer = postgres.writer("t", ID)
    writer.prepare()
    server.run(KILL)
    with pytest.raises(WriteFailed) as caught:
        writer.commit()
    # It died before COMMIT was sent.
    assert caught.value.code == "connection_lost"
    assert rows_of(postgres, "t") == [{"id": 1}]


def test_of_a_commit_without_an_answer_nothing_is_claimed(server, postgres: Database):
    put(postgres, "t", [{"id": 1}], ID)
    writer = postgres.writer("t", ID, before_commit=lambda _: server.run(KILL))
    with pytest.raises(WriteFailed) as caught:
        writer.commit()
    assert caught.value.code == "commit_unknown"


def test_a_read_killed_in_the_middle_says_so(server, postgres: Database):
    stream = postgres.read("SELECT n, repeat('x', 1000) AS s FROM generate_series(1, 200000) n",
                           batch_rows=10)  # fmt: skip
    next(stream)
    server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'summit-studio'"
    )
    with pytest.raises(ReadFailed) as caught:
        list(stream)
    assert caught.value.code == "connection_lost"
    assert caught.value.retryable


def test_cancel_wakes_a_read_that_waits_for_the_server(server, postgres: Database):
    import threading

    from summit_studio.core.cancel import CancelToken
    from summit_studio.core.errors import Cancelled

    token = CancelToken()
    outcome: list[BaseException] = []

    def read() -> None:
        try:
            list(postgres.read("SELECT pg_sleep(600)::text AS s", cancel=token))
        except SummitError as error:
            outcome.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while not server.run("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%pg_sleep(600)%'"):
        token.wait(0.01)
    token.cancel()
    thread.join(60)
    assert [type(error) for error in outcome] == [Cancelled]
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%pg_sleep(600)%'"
    while server.run(sleeping) != [(0,)]:
        threading.Event().wait(0.01)


def attempt(server, workspace, environ=None, **changes: Any) -> ConnectionFailed:
    made = server.connection(**changes)
    secrets = SecretStore(environ=environ or {})
    with (
        open_database(made, secrets, workspace) as database,
        pytest.raises(ConnectionFailed) as caught,
    ):
        database.test()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return caught.value


def test_the_right_password_connects(server, workspace):
    made = server.connection(user="ana", password="env:PW")
    with open_database(made, SecretStore(environ={"PW": PASSWORD}), workspace) as database:
        assert database.test().startswith("PostgreSQL ")


def test_each_refusal_has_its_own_reason(server, workspace):
    wrong = attempt(server, workspace, {"PW": WRONG}, user="ana", password="env:PW")
    assert wrong.code == "password_wrong"
    assert not wrong.retryable
    assert WRONG not in str(wrong) + repr(wrong.__dict__)
    assert attempt(server, workspace, user="ana").code == "password_missing"
    assert attempt(server, workspace, user="nobody").code == "user_missing"
    assert attempt(server, workspace, user="banned").code == "not_admitted"
    missing = attempt(server, workspace, database="warehouse")
    assert missing.code == "database_missing"
    assert "'warehouse'" in missing.why


def test_an_unreachable_server_has_its_own_reason(server, workspace, tmp_path):
    assert attempt(server, workspace, host="no-such-host.invalid").code == "host_unknown"
    assert attempt(server, workspace, host=str(tmp_path)).code == "connection_refused"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        refused = attempt(server, workspace, host="127.0.0.1", port=free.getsockname()[1])
    assert refused.code == "connection_refused"
    assert refused.retryable


def test_a_server_that_never_answers_times_out(server, workspace):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        error = attempt(server, workspace, host="127.0.0.1", port=port, connect_timeout_secs=2)
    assert error.code == "connection_timeout"


def test_a_denied_table_says_so(server, workspace, postgres: Database):
    server.run("CREATE TABLE t (id bigint); GRANT USAGE ON SCHEMA public TO reader")
    with open_database(server.connection(user="reader"), SecretStore(), workspace) as database:
        with pytest.raises(ReadFailed) as caught:
            database.columns("t")
        assert caught.value.code == "permission_denied"
        with pytest.raises(WriteFailed) as refused:
            put(database, "t", [{"id": 1}], ID)
        assert refused.value.code == "permission_denied"
