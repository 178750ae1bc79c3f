# ruff: noqa: E501 - cases read best side by side.
"""The locked connection computes, spills and reads Arrow, and reaches nothing else."""

import os
import subprocess
import sys

import duckdb
import pyarrow as pa
import pytest

from summit_studio.expressions.connect import locked_connection

SENTINEL = "sentinel-4711"


@pytest.fixture
def sentinel(tmp_path):
    file = tmp_path / "outside" / "secret.csv"
    file.parent.mkdir()
    file.write_text(f"a,b\n{SENTINEL},2\n", encoding="utf-8")
    return file


ESCAPES = [
    "FROM '{file}'", "FROM read_csv('{file}')", "FROM read_text('{file}')", "FROM read_blob('{file}')",
    "FROM glob('{folder}/*')", "FROM sniff_csv('{file}')", "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY t FROM '{file}'", "ATTACH '{folder}/x.duckdb'", "EXPORT DATABASE '{folder}/dump'",
    "IMPORT DATABASE '{folder}'", "INSTALL httpfs", "LOAD httpfs", "LOAD '{folder}/x.duckdb_extension'",
    "SET enable_external_access = true", "SET lock_configuration = false", "RESET lock_configuration",
    "SET allowed_directories = ['{folder}']", "SET allowed_paths = ['{file}']", "SET temp_directory = '{folder}'",
    "SET GLOBAL threads = 4", "PRAGMA threads = 4", "SET python_enable_replacements = true", "FROM leaked",
    "SET autoload_known_extensions = true", "SET log_query_path = '{folder}/log'", "SET home_directory = '{folder}'",
    "SET profiling_output = '{folder}/p'", "PRAGMA enable_profiling", "CREATE SECRET s (TYPE s3)",
    "FROM 'https://example.invalid/x.csv'", "FROM read_parquet('s3://bucket/x')", "SELECT getenv('HOME')",
    "FROM query('FROM ''{file}''')", "FROM query_table('{file}')", "FROM read_json('{file}')",
    "FROM parquet_metadata('{file}')", "FROM read_duckdb('{file}')", "SET memory_limit = '9GB'",
]  # fmt: skip


@pytest.mark.parametrize("escape", ESCAPES)
def test_escape_fails(escape, sentinel, tmp_path):
    leaked = pa.table({"a": [SENTINEL]})
    con = locked_connection(spill_folder=tmp_path / "spill")
    con.execute("CREATE TABLE t (a VARCHAR, b INTEGER)")
    with pytest.raises(duckdb.Error) as caught:
        con.execute(escape.format(file=sentinel, folder=sentinel.parent)).fetchall()
    assert SENTINEL not in str(caught.value)
    con.close()
    assert leaked.num_rows == 1
    assert [file.name for file in sentinel.parent.iterdir()] == ["secret.csv"]


def test_registered_arrow_is_read():
    con = locked_connection()
    table = pa.table({"a": [1, 2, 3]})
    con.register("rows", table)
    assert con.execute("SELECT sum(a) FROM rows").fetchall() == [(6,)]
    con.register("reader", pa.RecordBatchReader.from_batches(table.schema, table.to_batches()))
    assert con.sql("SELECT a + 1 AS b FROM reader").to_arrow_table().column("b").to_pylist() == [
        2,
        3,
        4,
    ]
    con.close()


def test_settings_are_as_asked(tmp_path):
    con = locked_connection(threads=2, memory_limit_mb=100, spill_folder=tmp_path)
    wanted = {
        "TimeZone": "UTC", "threads": 2, "memory_limit": "95.3 MiB", "preserve_insertion_order": True,
        "enable_external_access": False, "lock_configuration": True, "temp_directory": str(tmp_path),
        "autoload_known_extensions": False, "autoinstall_known_extensions": False,
        "python_enable_replacements": False, "allow_community_extensions": False,
    }  # fmt: skip
    found = {name: con.execute(f"SELECT current_setting('{name}')").fetchone() for name in wanted}
    con.close()
    assert found == {name: (value,) for name, value in wanted.items()}


def test_sort_beyond_memory_spills(tmp_path):
    con = locked_connection(memory_limit_mb=40, spill_folder=tmp_path)
    con.execute(
        "CREATE TABLE t AS SELECT (i * 7919) % 1500000 AS k, i::VARCHAR || 'xxxxxxxxxxxxxxxx' AS v FROM range(1500000) r(i)"
    )
    reader = con.sql("FROM t ORDER BY k, v").to_arrow_reader(50_000)
    first = reader.read_next_batch()
    assert first.column(0).to_pylist()[:3] == [0, 1, 2]
    assert list(tmp_path.iterdir())
    con.close()


def test_no_spill_folder_writes_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    con = locked_connection(memory_limit_mb=40)
    with pytest.raises(duckdb.Error):
        con.execute(
            "CREATE TABLE t AS SELECT hash(i)::VARCHAR || hash(i + 1) AS v FROM range(5000000) r(i)"
        )
    con.close()
    assert not list(tmp_path.iterdir())


def test_two_connections_share_nothing():
    one, other = locked_connection(), locked_connection()
    one.execute("CREATE TABLE t AS SELECT 1")
    with pytest.raises(duckdb.CatalogException):
        other.execute("FROM t")
    one.close()
    other.close()


def test_cursors_are_in_utc_too(tmp_path):
    program = (
        "from summit_studio.expressions.connect import locked_connection as opened\n"
        "con = opened()\n"
        "query = \"SELECT CAST(TIMESTAMPTZ '2026-01-01 12:00:00+00' AS VARCHAR)\"\n"
        "print([c.execute(query).fetchall()[0][0] for c in (con, con.cursor())])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"TZ": "Asia/Tokyo"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "['2026-01-01 12:00:00+00', '2026-01-01 12:00:00+00']"
