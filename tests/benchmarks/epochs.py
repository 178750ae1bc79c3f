"""What epochs cost, and what going on saves.

`epochs-postgres` loads orders.csv into a table of a real PostgreSQL, `epochs-files` takes it
through filter, derive, mask and rules into a folder of Parquet parts: each epoch by epoch against
all in one. `resume-gzip` goes on with a load of orders.csv.gz that died at nine tenths, against
reading it whole.
"""

import gzip
import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from summit_studio.core.events import RunFinished, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from summit_studio.workspace.trust import trust
from tests.benchmarks.orders import COLUMNS, orders
from tests.benchmarks.pairs import paired, seconds
from tests.benchmarks.transform import document as transform
from tests.chaos.cases import server

EVERY = 1_000_000


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the three figures."""
    source = orders(args.rows)
    facts = {"rows": args.rows, "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name, server() as host:
        folder = Path(name)
        os.environ["SUMMIT_HOME"] = str(folder / "home")
        trust(folder)
        (folder / "connections.toml").write_text(
            f'[db]\nkind = "postgres"\nhost = "{host}"\nuser = "postgres"\ndatabase = "postgres"\n'
        )
        table = Node("table", "table_sink", {"connection": "db", "table": "orders"})
        tables = _reading(source, table)

        def loaded(publish: str) -> None:
            with psycopg.connect(host=host, user="postgres", autocommit=True) as session:
                session.execute("DROP TABLE IF EXISTS orders, _summit_checkpoint")
            _succeed(_in(tables, publish), folder)

        yield paired(
            "epochs-postgres", lambda: loaded("each"), lambda: loaded("whole"), args.rounds, **facts
        )
        files = _parts_of(transform(source))

        def written(publish: str) -> None:
            shutil.rmtree(folder / "rows", ignore_errors=True)
            _succeed(_in(files, publish), folder)

        yield paired(
            "epochs-files", lambda: written("each"), lambda: written("whole"), args.rounds, **facts
        )
        yield _resumed(source, args.rows, folder, args.rounds) | facts


def _reading(source: Path, sink: Node) -> Document:
    columns = [{"name": n, "type": t} for n, t in COLUMNS.items()]
    read = Node("orders", "csv_source", {"path": str(source), "columns": columns})
    edges = (Edge.parse(f"orders.rows -> {sink.id}.rows"),)
    return Document("epochs", nodes={n.id: n for n in (read, sink)}, edges=edges)


def _parts_of(document: Document) -> Document:
    """Return the transform case into a folder of parts, without its groups."""
    nodes = {i: n for i, n in document.nodes.items() if i not in {"groups", "summary"}}
    nodes["rows"] = _parts("rows")
    edges = tuple(e for e in document.edges if {e.source.node, e.target.node} <= set(nodes))
    return replace(document, nodes=nodes, edges=edges)


def _parts(name: str) -> Node:
    return Node(name, "parquet_sink", {"path": name, "layout": "parts", "if_exists": "append"})


def _in(document: Document, publish: str, every: int = EVERY) -> Document:
    return replace(document, settings={"checkpoints": {"publish": publish, "every_rows": every}})


def _succeed(document: Document, folder: Path) -> RunFinished:
    finished = launch(RunRequest(document, folder))
    if finished.status is not RunStatus.SUCCEEDED:
        raise SystemExit(str(finished.error))
    return finished


def _resumed(source: Path, rows: int, folder: Path, rounds: int) -> dict[str, Any]:
    packed = folder / "orders.csv.gz"
    with source.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as out:
        shutil.copyfileobj(plain, out, 1 << 20)
    document = _in(_reading(packed, _parts("read")), "each", max(rows // 40, 1))

    def fresh() -> None:
        shutil.rmtree(folder / "read", ignore_errors=True)

    labels: list[str] = []
    launch(RunRequest(document, folder, step=labels.append))
    epochs = [label for label in labels if label.startswith("audit:")]
    last = epochs[len(epochs) * 9 // 10]

    def dies(label: str) -> None:
        if label == last:
            raise RuntimeError(label)

    ours, whole = [], []
    for number in range(rounds + 1):
        fresh()
        if launch(RunRequest(document, folder, step=dies)).status is RunStatus.SUCCEEDED:
            raise SystemExit("the run that was to die did not")
        resumed = seconds(lambda: _succeed(document, folder))
        fresh()
        all_of_it = seconds(lambda: _succeed(document, folder))
        if number:
            ours.append(resumed)
            whole.append(all_of_it)
    a, b = statistics.median(ours), statistics.median(whole)
    return {
        "case": "resume-gzip", "ratio": a / b, "ours_secs": a, "limit_secs": b,
        "megabytes": source.stat().st_size / 1e6, "rounds": rounds,
    }  # fmt: skip
