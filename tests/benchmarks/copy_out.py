"""PostgreSQL into Parquet, whole processes: `summit run` beside `psql \\copy` of the rows to CSV.

Ours runs as in production: row ledger, checkpoint, events and run history on. The most memory that
either process has held is told beside the times.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.workspace.trust import trust
from tests.benchmarks.copy_in import connection, fresh, psql_path
from tests.benchmarks.orders import orders
from tests.benchmarks.pairs import paired
from tests.chaos.cases import server

_MEASURED = """
import os, sys
called = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(called, 0)
print(used.ru_maxrss >> 10)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Between: to a process counts what the one that began it held, and this one holds little."""


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the figure."""
    source = orders(args.rows)
    with tempfile.TemporaryDirectory() as name, server() as host:
        folder = Path(name)
        environment = os.environ | {"SUMMIT_HOME": str(folder / "home"), "PGTZ": "UTC"}
        # As installed: with byte code, which the first call writes, wherever this runs.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        os.environ["SUMMIT_HOME"] = environment["SUMMIT_HOME"]
        trust(folder)
        (folder / "connections.toml").write_text(connection(host))
        psql = [psql_path(), "-q", "-h", host, "-U", "postgres", "-c"]
        fresh(host)
        subprocess.run([*psql, f"\\copy orders from '{source}' csv header"], check=True)
        with psycopg.connect(host=host, user="postgres", autocommit=True) as session:
            session.execute("VACUUM ANALYZE orders")
        file = folder / "copy-out.summit.json"
        save(_document(), file)
        ours = [sys.executable, "-m", "summit_studio", "run", str(file), "--restart"]
        limit = [*psql, f"\\copy (select * from orders) to '{folder / 'orders.csv'}' csv"]
        most = {"ours": 0, "limit": 0}

        def call(called: str, command: list[str]) -> None:
            most[called] = max(most[called], _held_mb(command, environment))

        result = paired(
            "copy-out", lambda: call("ours", ours), lambda: call("limit", limit), args.rounds,
            rows=args.rows, cores=os.cpu_count(),
        )  # fmt: skip
        yield result | {"ours_rss_mb": most["ours"], "limit_rss_mb": most["limit"]}


def _held_mb(command: list[str], environment: dict[str, str]) -> int:
    """Run a command, and return the most MiB of memory that it has held at once."""
    called = [sys.executable, "-S", "-c", _MEASURED, *command]
    done = subprocess.run(called, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return int(done.stdout.split()[-1])


def _document() -> Document:
    read = Node("read", "table_source", {"connection": "db", "table": "orders"})
    write = Node("write", "parquet_sink", {"path": "orders.parquet"})
    edges = (Edge.parse("read.rows -> write.rows"),)
    return Document("copy-out", nodes={n.id: n for n in (read, write)}, edges=edges)
