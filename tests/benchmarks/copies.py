"""Measures a CSV file copied to Parquet by a pipeline and by DuckDB."""

import os
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from summit_studio.core.events import RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from tests.benchmarks.pairs import paired


def copied(case: str, source: Path, rounds: int, **facts: Any) -> dict[str, Any]:
    """Return the figure of one file, of which neither side is told anything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["SUMMIT_HOME"] = str(folder / "home")
        from summit_studio.workspace.trust import trust

        trust(folder)
        nodes = {
            "read": Node("read", "csv_source", {"path": str(source)}),
            "write": Node("write", "parquet_sink", {"path": "rows.parquet"}),
        }
        pipeline = Document("copy", nodes=nodes, edges=(Edge.parse("read.rows -> write.rows"),))

        def ours() -> None:
            finished = launch(RunRequest(pipeline, folder))
            if finished.status is not RunStatus.SUCCEEDED:
                raise SystemExit(str(finished.error))

        def limit() -> None:
            with duckdb.connect(config={"threads": 2}) as con:
                con.execute("SET TimeZone = 'UTC'")
                con.execute(
                    f"COPY (FROM read_csv('{source}')) TO '{folder}/raw.parquet'"
                    " (FORMAT parquet, COMPRESSION zstd)"
                )

        figure = paired(case, ours, limit, rounds, cores=os.cpu_count(), **facts)
        _same(folder)
        return figure


def _same(folder: Path) -> None:
    """Refuse a figure whose results differ from the limit's."""
    with duckdb.connect() as con:
        a, b = (con.sql(f"SELECT * FROM '{folder}/{name}.parquet'") for name in ("rows", "raw"))
        counts = len(a), len(a.columns)
        if counts != (len(b), len(b.columns)):
            raise SystemExit(f"The results differ: {counts} and {(len(b), len(b.columns))}")
