"""One value that has no place in its column's type costs its row, and no other."""

import json
import sqlite3
from contextlib import closing

import pytest

import summit_studio as summit

ROWS = 5_000
ODD = {
    "numeric": ("numeric(12,2)", "'NaN'", "7.25"),
    "date": ("date", "'infinity'", "'2026-01-02'"),
    "before the first year": ("date", "'0044-03-15 BC'", "'2026-01-02'"),
    "moment": ("timestamp", "'-infinity'", "'2026-01-02 03:04:05'"),
    "zoned": ("timestamptz", "'infinity'", "'2026-01-02 03:04:05Z'"),
    "array": ("int[]", "'{{1,2},{3,4}}'", "'{1,2}'"),
    "far": ("date", "'5000000-01-01'", "'2026-01-02'"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text('[lite]\nkind = "sqlite"\npath = "lite.db"\n')
    return tmp_path


def copied(folder, type_id, **params):
    """Copy a source and what it rejects; return the rows of both and the result."""
    made = summit.Pipeline("copy", folder=folder)
    source = made.add(type_id, "source", **params)
    source.to("jsonl_sink", path="out.jsonl")
    source["rejected"].to("jsonl_sink", path="bad.jsonl")
    result = made.run()
    result.raise_for_status()
    read = [(folder / name).read_text().splitlines() for name in ("out.jsonl", "bad.jsonl")]
    return *([json.loads(line) for line in lines] for lines in read), result


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("by", ["table", "query"])
def test_postgres(folder, server, kind, by):
    declared, odd, good = ODD[kind]
    with (folder / "connections.toml").open("a") as file:
        file.write(f'\n[pg]\nkind = "postgres"\nhost = "{server.host}"\n'
                   'database = "postgres"\nuser = "postgres"\n')  # fmt: skip
    server.run(f"""
        DROP TABLE IF EXISTS odd; CREATE TABLE odd (id int, t text, v {declared});
        INSERT INTO odd SELECT i, E'a "b",\\n' || i,
          CASE WHEN i IN (1, 77, 78, {ROWS}) THEN {odd}::{declared} ELSE {good}::{declared} END
        FROM generate_series(1, {ROWS}) i
    """)
    what = {"table": "odd"} if by == "table" else {"query": "SELECT * FROM odd ORDER BY id"}
    rows, rejected, result = copied(folder, f"{by}_source", connection="pg", **what)
    bad = [1, 77, 78, ROWS]
    assert [r["id"] for r in rows] == [i for i in range(1, ROWS + 1) if i not in bad]
    assert [r["line"] for r in rejected] == bad
    assert [json.loads(r["raw"])["t"] for r in rejected] == [f'a "b",\n{i}' for i in bad]
    assert {r["reject_column"] for r in rejected} == {"v"}
    assert result.ledger["source"].rows_in == {"read": ROWS}
    assert result.ledger["source"].rejected == len(bad)
    assert result.ledger["source"].counted == "counterpart"


def test_sqlite(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.execute("CREATE TABLE t (id INTEGER, n INTEGER, d DATE, x NUMERIC(6,2), b BLOB)")
        con.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)",
                        [(i, i, "2026-01-02", 1.25, b"\0") for i in range(ROWS)])  # fmt: skip
        con.execute("UPDATE t SET n = 'many' WHERE id IN (0, 2500)")
        con.execute("UPDATE t SET n = 0.5, d = 'soon' WHERE id = 7")
        con.execute("UPDATE t SET d = '02.01.2026' WHERE id = 8")
        con.execute(f"UPDATE t SET x = 99999.5 WHERE id = {ROWS - 1}")
    rows, rejected, result = copied(folder, "table_source", connection="lite", table="t")
    bad = {0: "n", 7: "n", 8: "d", 2500: "n", ROWS - 1: "x"}
    assert [r["id"] for r in rows] == [i for i in range(ROWS) if i not in bad]
    assert [(r["line"] - 1, r["reject_column"]) for r in rejected] == list(bad.items())
    assert json.loads(rejected[0]["raw"]) == {
        "id": 0, "n": "many", "d": "2026-01-02", "x": 1.25, "b": "00",
    }  # fmt: skip
    assert "'many'" in rejected[0]["reject_reason"]
    assert result.ledger["source"].rejected == len(bad)


def test_every_row_may_be_odd(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.execute("CREATE TABLE t (n INTEGER)")
        con.executemany("INSERT INTO t VALUES (?)", [(f"x{i}",) for i in range(ROWS)])
    rows, rejected, _ = copied(folder, "table_source", connection="lite", table="t")
    assert (rows, len(rejected)) == ([], ROWS)


def test_without_an_edge_the_run_fails_and_nothing_shows(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.execute("CREATE TABLE t (n INTEGER)")
        con.execute("INSERT INTO t VALUES (1), ('odd')")
    made = summit.Pipeline("copy", folder=folder)
    made.add("table_source", connection="lite", table="t").to("jsonl_sink", path="out.jsonl")
    result = made.run()
    assert result.error is not None
    assert result.error.code == "rejected_unconnected"
    assert "'odd'" in str(result.error)
    assert not (folder / "out.jsonl").exists()


def test_generated_columns_are_read(folder):
    with closing(sqlite3.connect(folder / "lite.db")) as con, con:
        con.execute(
            "CREATE TABLE t (n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2) STORED, "
            "thrice INTEGER AS (n * 3) VIRTUAL)"
        )
        con.execute("INSERT INTO t (n) VALUES (4)")
    rows, _, _ = copied(folder, "table_source", connection="lite", table="t")
    assert rows == [{"n": 4, "twice": 8, "thrice": 12}]
