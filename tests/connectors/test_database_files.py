"""SQLite and DuckDB files alone: loose types, damaged and locked files, trust."""

import datetime as dt
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.connectors.opening import open_database
from summit_studio.core.errors import ConnectionFailed, ReadFailed, Untrusted, WriteFailed
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.workspace import Workspace

ID = Schema.of({"id": "BIGINT"})


def rows_of(database: Database, source: str, **how: Any) -> list[dict]:
    return [row for part in database.read(source, **how) for row in part.to_pylist()]


def put(database: Database, table: str, rows: list[dict], schema: Schema, **how: Any) -> dict:
    writer = database.writer(table, schema, **how)
    writer.write(pa.RecordBatch.from_pylist(rows, schema=to_arrow(schema)))
    return writer.commit()


@pytest.fixture
def raw(workspace: Workspace, sqlite: Database):
    con = sqlite3.connect(workspace.root / "data/shop.sqlite", isolation_level=None)
    yield con
    con.close()


def test_declared_types_decide(raw, sqlite: Database):
    raw.execute(
        "CREATE TABLE t (i INT, v VARCHAR(9), d DATE, ts DATETIME, b BOOLEAN, r FLOAT,"
        "m DECIMAL(9,2), n NUMERIC, j JSON, x)"
    )
    raw.execute(
        "INSERT INTO t VALUES (1, 5, '2024-01-02', '2024-01-02T03:04:05Z', 'true', 2, 1.5, 7,"
        "'{}', 1.25)"
    )
    assert sqlite.columns("t") == Schema.of(
        {
            "i": "BIGINT", "v": "VARCHAR", "d": "DATE", "ts": "TIMESTAMP", "b": "BOOLEAN",
            "r": "DOUBLE", "m": "DECIMAL(9,2)", "n": "DOUBLE", "j": "JSON", "x": "DOUBLE",
        }
    )  # fmt: skip
    assert rows_of(sqlite, "t") == [
        {
            "i": 1, "v": "5", "d": dt.date(2024, 1, 2),
            "ts": dt.datetime.fromisoformat("2024-01-02T03:04:05"),
            "b": True, "r": 2.0, "m": Decimal("1.50"), "n": 7.0, "j": "{}", "x": 1.25,
        }
    ]  # fmt: skip


def test_expressions_take_the_type_of_their_values(raw, sqlite: Database):
    raw.execute("CREATE TABLE t (d DATE)")
    raw.execute("INSERT INTO t VALUES ('2024-01-02'), (NULL)")
    query = "SELECT count(*) AS n, avg(1.5) AS a, max(d) AS m, min(d) AS k, NULL AS z FROM t"
    assert [c.type for c in sqlite.columns(query=query)] == [
        "BIGINT", "DOUBLE", "VARCHAR", "VARCHAR", "VARCHAR",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ("DATE", "soon"), ("DATE", 1704067200), ("DATE", "2024-01-02 10:00:00"),
        ("TIMESTAMP", "2024-13-01"), ("INTEGER", "seven"), ("INTEGER", 1.5), ("BOOLEAN", 2),
        ("DECIMAL(5,2)", 1.234), ("DECIMAL(5,2)", 12345), ("REAL", "x"), ("TEXT", b"\xff"),
        ("UUID", 5.5), ("TIME", "25:00"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_named(raw, sqlite: Database, declared, value):
    raw.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})")
    raw.execute("INSERT INTO t VALUES (10, NULL), (30, NULL)")
    raw.execute("INSERT INTO t VALUES (40, ?)", (value,))
    with pytest.raises(ReadFailed) as caught:
        rows_of(sqlite, "t", batch_rows=2)
    error = caught.value
    assert error.where.column == "v"
    assert repr(value) in error.why
    assert "row 3, rowid 40" in error.why
    assert "table t" in error.what
    assert 'CAST("v" AS TEXT)' in error.do
    assert len(rows_of(sqlite, 'SELECT CAST("v" AS TEXT) AS v FROM t WHERE id < 40')) == 2


def test_text_that_is_no_utf8_is_a_read_error(raw, sqlite: Database):
    raw.execute("CREATE TABLE t (v TEXT)")
    raw.execute("INSERT INTO t VALUES (CAST(x'ff' AS TEXT))")
    with pytest.raises(ReadFailed) as caught:
        rows_of(sqlite, "t")
    assert caught.value.code == "value_does_not_fit"


@pytest.mark.parametrize(
    ("type_name", "value", "why"),
    [
        ("DOUBLE", float("nan"), "NULL"),
        ("DECIMAL(18,2)", Decimal("1234567890123456.78"), "15 digits"),
        ("UBIGINT", 2**63, "64 bits"),
    ],
)
def test_sqlite_refuses_what_it_would_change(sqlite: Database, type_name, value, why):
    schema = Schema.of({"v": type_name})
    with pytest.raises(WriteFailed, match=why) as caught:
        put(sqlite, "t", [{"v": None}, {"v": value}], schema)
    assert "row 2" in caught.value.why
    assert sqlite.tables() == []


@pytest.mark.parametrize("replace", ["rows", "table"])
def test_sqlite_replaces_under_a_view(raw, sqlite: Database, replace: str):
    put(sqlite, "t", [{"id": 1}], ID)
    raw.execute("CREATE VIEW v AS SELECT id FROM t")
    put(sqlite, "t", [{"id": 2}], ID, mode="replace", replace=replace)
    assert rows_of(sqlite, "v") == [{"id": 2}]


def test_sqlite_constraints_change_nothing(raw, sqlite: Database):
    raw.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, must TEXT NOT NULL DEFAULT 'x')")
    put(sqlite, "t", [{"id": 1}], ID)
    with pytest.raises(WriteFailed) as caught:
        put(sqlite, "t", [{"id": 2}, {"id": 1}], ID)
    assert caught.value.code == "duplicate_key"
    assert rows_of(sqlite, "t") == [{"id": 1, "must": "x"}]


def test_a_locked_sqlite_file_ends_the_wait(workspace: Workspace, raw):
    made = Connection(name="f", kind="sqlite", path="data/shop.sqlite", lock_timeout_secs=0)
    raw.execute("BEGIN IMMEDIATE")
    with (
        open_database(made, SecretStore(), workspace) as database,
        pytest.raises(WriteFailed) as caught,
    ):
        database.writer("t", ID)
    assert caught.value.code == "file_locked"
    assert caught.value.retryable


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_each_bad_file_has_its_own_reason(workspace: Workspace, kind: str):
    (workspace.root / "text.db").write_text("this is no database at all\n" * 100)
    (workspace.root / "folder").mkdir()

    def error(path: str) -> ConnectionFailed:
        with (
            open_database(
                Connection(name="f", kind=kind, path=path), SecretStore(), workspace
            ) as database,
            pytest.raises(ConnectionFailed) as caught,
        ):
            database.test()
        return caught.value

    assert error("absent.db").code == "file_missing"
    assert error("folder").code == "file_missing"
    invalid = error("text.db")
    assert invalid.code == "file_invalid"
    assert invalid.where.file == str(workspace.root / "text.db")
    assert not (workspace.root / "absent.db").exists()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_an_untrusted_workspace_writes_only_inside(tmp_path: Path, kind: str):
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "way_out").symlink_to(tmp_path)
    for path in ("../out.db", "way_out/out.db", str(tmp_path / "out.db")):
        made = Connection(name="f", kind=kind, path=path)
        with (
            open_database(made, SecretStore(), Workspace(inside)) as database,
            pytest.raises(Untrusted),
        ):
            database.writer("t", ID)
    assert not (tmp_path / "out.db").exists()
    with open_database(made, SecretStore(), Workspace(inside, trusted=True)) as database:
        put(database, "t", [{"id": 1}], ID)
    assert (tmp_path / "out.db").exists()


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_writer_creates_the_file(workspace: Workspace, kind: str):
    made = Connection(name="f", kind=kind, path="new/out.db")
    with open_database(made, SecretStore(), workspace) as database:
        put(database, "t", [{"id": 1}], ID)
        assert rows_of(database, "t") == [{"id": 1}]


def test_a_locked_duckdb_file_names_the_holder(workspace: Workspace, duckdb_file: Database):
    path = workspace.root / "shop.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(ConnectionFailed) as caught:
            duckdb_file.test()
        holder.communicate(b"\n")
    assert caught.value.code == "file_locked"
    assert caught.value.retryable
    assert f"(process {holder.pid})" in caught.value.why


def test_a_duckdb_query_reaches_no_other_file(workspace: Workspace, duckdb_file: Database):
    secret = workspace.root / "secret.csv"
    secret.write_text("a\n1\n")
    with pytest.raises(ReadFailed) as caught:
        rows_of(duckdb_file, f"SELECT * FROM read_csv('{secret}')")
    assert caught.value.code == "not_allowed"


def test_duckdb_reads_beside_its_own_writer(duckdb_file: Database):
    put(duckdb_file, "t", [{"id": 1}], ID)
    writer = duckdb_file.writer("t", ID)
    assert rows_of(duckdb_file, "t") == [{"id": 1}]
    writer.abort()


def test_duckdb_writes_beside_a_reader_only_when_shared(workspace: Workspace):
    made = Connection(name="f", kind="duckdb", path="a.duckdb")
    with open_database(made, SecretStore(), workspace) as database:
        put(database, "t", [{"id": n} for n in range(5000)], ID)
        stream = database.read("t", batch_rows=100)
        next(stream)
        with pytest.raises(ConnectionFailed) as caught:
            database.writer("u", ID)
        assert caught.value.code == "file_locked"
        stream.close()
    with open_database(made, SecretStore(), workspace, shared=True) as database:
        stream = database.read("t", batch_rows=100)
        next(stream)
        put(database, "u", [{"id": 1}], ID)
        assert sum(part.num_rows for part in stream) > 0


def test_duckdb_enums_and_special_types_are_text(duckdb_file: Database):
    query = "SELECT 'a'::ENUM('a', 'b') AS e, '101'::BIT AS b, 170::HUGEINT AS h"
    assert duckdb_file.columns(query=query) == Schema.of(
        {"e": "VARCHAR", "b": "VARCHAR", "h": "DECIMAL(38,0)"}
    )
    assert rows_of(duckdb_file, query) == [{"e": "a", "b": "101", "h": 170}]


def test_a_duckdb_conflict_changes_nothing(duckdb_file: Database, workspace: Workspace):
    import duckdb

    with duckdb.connect(str(workspace.root / "shop.duckdb")) as con:
        con.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)")
    put(duckdb_file, "t", [{"id": 1}], ID)
    with pytest.raises(WriteFailed) as caught:
        put(duckdb_file, "t", [{"id": 2}, {"id": 1}], ID)
    assert caught.value.code == "constraint_violated"
    assert rows_of(duckdb_file, "t") == [{"id": 1}]


def test_what_a_process_that_died_in_a_commit_has_left_is_taken_back_first(raw, sqlite: Database):
    raw.execute("CREATE TABLE t (id BIGINT)")
    raw.execute("INSERT INTO t VALUES (1)")
    program = (
        "import os, sqlite3; c = sqlite3.connect('shop.sqlite', isolation_level=None);"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN');"
        "c.executemany('INSERT INTO t VALUES (?)', ((n,) for n in range(20000)));"
        "os._exit(0)"
    )
    folder = sqlite._file().parent
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)
    assert (folder / "shop.sqlite-journal").stat().st_size
    assert sqlite.tables() == ["t"]
    assert rows_of(sqlite, "t") == [{"id": 1}]
