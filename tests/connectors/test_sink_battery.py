"""The battery that plugins are given, on our own sinks; `tests/chaos` kills them far more often."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq
import pytest

from summit_studio.connectors.opening import open_database
from summit_studio.nodes.contract import SinkNode
from summit_studio.secrets.store import SecretStore
from summit_studio.testing import Bench, check_sink
from tests.connectors.conftest import Server

Rows = Iterable[tuple[Any, ...]]

REFUSED = pa.table(
    {"customer_id": pa.array([1, 2, 3], pa.int64()), "city": pa.array(["Oslo", "Bonn", None])}
)
"""The table has no place for a city that is null."""

WITHOUT_REFUSALS = 5
WITH_REFUSALS = 6


def sink(bench: Bench, kind: str, **params: Any) -> SinkNode[Any]:
    node = bench.bind(kind, params)
    assert isinstance(node, SinkNode)
    return node


def tuples(table: pa.Table) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist()]


READERS: dict[str, Callable[[Path], pa.Table]] = {
    "csv_sink": pyarrow.csv.read_csv,
    "jsonl_sink": pyarrow.json.read_json,
    "parquet_sink": pq.read_table,
}


@pytest.mark.parametrize("kind", READERS)
def test_folders_of_parts(tmp_path: Path, kind: str):
    bench = Bench.at(tmp_path)
    out = bench.workspace.root / "out"

    def read() -> Rows:
        files = [f for f in out.glob("part-*") if f.suffix != ".new"]
        return [row for file in files for row in tuples(READERS[kind](file))]

    def clear() -> None:
        import shutil

        shutil.rmtree(out, ignore_errors=True)

    node = sink(bench, kind, path="out", layout="parts", if_exists="append")
    assert len(check_sink(bench, node, read=read, clear=clear, kills="none")) == 4


def test_sqlite(tmp_path: Path):
    bench = Bench.at(tmp_path)
    bench.prepare({"connections.toml": '[db]\nkind = "sqlite"\npath = "out.db"\n'})
    path = bench.workspace.root / "out.db"

    def read() -> Rows:
        with closing(sqlite3.connect(path)) as con:
            return con.execute("SELECT * FROM t").fetchall()

    def clear() -> None:
        with closing(sqlite3.connect(path)) as con:
            con.execute("DROP TABLE IF EXISTS t")
            con.execute("DROP TABLE IF EXISTS _summit_checkpoint")
            con.execute("CREATE TABLE t (customer_id BIGINT, city VARCHAR NOT NULL)")

    node = sink(bench, "table_sink", connection="db", table="t")
    done = check_sink(bench, node, read=read, clear=clear, refused=REFUSED, kills="none")
    assert len(done) == WITHOUT_REFUSALS


def test_duckdb(tmp_path: Path):
    bench = Bench.at(tmp_path)
    bench.prepare({"connections.toml": '[db]\nkind = "duckdb"\npath = "out.duckdb"\n'})
    root = bench.workspace.root

    def read() -> Rows:
        connection = bench.workspace.connection("db")
        with open_database(connection, SecretStore(), bench.workspace, shared=True) as database:
            if database.standing("t") is None:
                return []
            return [row for b in database.read("t") for row in tuples(pa.Table.from_batches([b]))]

    def clear() -> None:
        for file in root.glob("out.duckdb*"):
            file.unlink()

    node = sink(bench, "table_sink", connection="db", table="t")
    assert len(check_sink(bench, node, read=read, clear=clear, kills="none")) == 4


def test_postgres(server: Server, tmp_path: Path):
    bench = Bench.at(tmp_path)
    text = f'[db]\nkind = "postgres"\nhost = "{server.host}"\nuser = "postgres"\n'
    bench.prepare({"connections.toml": text})

    def clear() -> None:
        server.run(
            "DROP TABLE IF EXISTS battery, _summit_checkpoint;"
            "CREATE TABLE battery (customer_id bigint, city text NOT NULL)"
        )

    node = sink(bench, "table_sink", connection="db", table="battery")
    done = check_sink(
        bench, node, read=lambda: server.run("SELECT * FROM battery"), clear=clear, refused=REFUSED
    )
    assert len(done) == WITH_REFUSALS
    server.run("DROP TABLE IF EXISTS battery, _summit_checkpoint")
