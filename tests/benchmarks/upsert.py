"""An upsert of a fifth as many rows as the table has, half of them new, by key and version.

Ours reads Parquet, derives a column and upserts, inner: in this process, imports done. The limit is
the server alone: the same rows stand in a table already, and one INSERT ... ON CONFLICT takes them.
"""

import os
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from summit_studio.core.events import RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.workspace.trust import trust
from tests.benchmarks.copy_in import TYPES, connection
from tests.benchmarks.orders import COLUMNS, orders
from tests.benchmarks.pairs import paired
from tests.chaos.cases import server

SHARE = 5


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the figure."""
    source = orders(args.rows)
    incoming = args.rows // SHARE
    facts = {"rows": args.rows, "incoming": incoming, "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name, server() as host:
        folder = Path(name)
        os.environ["SUMMIT_HOME"] = str(folder / "home")
        trust(folder)
        (folder / "connections.toml").write_text(connection(host))
        _make(source, folder / "incoming.parquet", args.rows - incoming // 2, incoming)
        with psycopg.connect(host=host, user="postgres", autocommit=True) as session:
            _fill(session, source, folder / "incoming.parquet")
            document = _document()

            def ours() -> None:
                finished = launch(RunRequest(document, folder, restart=True))
                if finished.status is not RunStatus.SUCCEEDED:
                    raise SystemExit(str(finished.error))

            def limit() -> None:
                sets = ", ".join(f"{n} = excluded.{n}" for n in COLUMNS if n != "id")
                session.execute(
                    f"INSERT INTO orders SELECT * FROM incoming ON CONFLICT (id) DO UPDATE SET"
                    f" {sets} WHERE excluded.updated_at > orders.updated_at".encode()
                )

            ready = partial(_reset, session)
            yield paired("upsert", ours, limit, args.rounds, before=(ready, ready), **facts)


def _make(source: Path, target: Path, first: int, count: int) -> None:
    """Write rows from `first` on, a day newer, as many beyond the file's as within."""
    with duckdb.connect() as con:
        con.execute("SET timezone = 'UTC'")
        listed = ", ".join(f"'{n}': '{t}'" for n, t in COLUMNS.items())
        con.execute(
            f"COPY (SELECT * REPLACE (id + {count // 2} AS id, updated_at + INTERVAL 1 DAY AS"
            f" updated_at) FROM read_csv('{source}', columns = {{{listed}}}) WHERE id > "
            f"{first - count // 2} LIMIT {count}) TO '{target}' (FORMAT parquet)"
        )


def _fill(session: Any, source: Path, incoming: Path) -> None:
    """Fill the table, a copy of it to begin each round with, and the limit's rows."""
    columns = ", ".join(f"{name} {TYPES[kind]}" for name, kind in COLUMNS.items())
    session.execute(f"CREATE TABLE first ({columns})".encode())
    session.execute(f"CREATE TABLE incoming ({columns})".encode())
    _copy(session, "first", source.read_bytes())
    with duckdb.connect() as con:
        con.execute("SET timezone = 'UTC'")
        con.execute(f"COPY (FROM '{incoming}') TO '{incoming}.csv' (FORMAT csv, HEADER)")
    _copy(session, "incoming", Path(f"{incoming}.csv").read_bytes())


def _copy(session: Any, table: str, text: bytes) -> None:
    session.execute("SET TimeZone = 'UTC'")
    with session.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv, HEADER)") as copy:
        copy.write(text)


def _reset(session: Any) -> None:
    session.execute("DROP TABLE IF EXISTS orders, _summit_checkpoint")
    session.execute("CREATE TABLE orders (LIKE first)")
    session.execute("INSERT INTO orders SELECT * FROM first")
    session.execute("ALTER TABLE orders ADD PRIMARY KEY (id)")
    session.execute("VACUUM ANALYZE orders")
    session.execute("CHECKPOINT")


def _document() -> Document:
    nodes = [
        Node("read", "parquet_source", {"path": "incoming.parquet"}),
        Node(
            "derive",
            "derive",
            {"columns": [{"name": "country", "expression": "upper(country)"}]},
        ),
        Node(
            "table",
            "table_sink",
            {
                "connection": "db", "table": "orders", "mode": "upsert", "keys": ["id"],
                "version": "updated_at",
            },
        ),
    ]  # fmt: skip
    edges = ("read.rows -> derive.rows", "derive.rows -> table.rows")
    return Document("upsert", nodes={n.id: n for n in nodes}, edges=tuple(map(Edge.parse, edges)))
