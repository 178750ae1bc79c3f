"""One DuckDB file read and written in the same run."""

from contextlib import closing

import duckdb

from summit_studio.core.events import RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest


def test_one_duckdb_file_is_read_and_written_by_one_run(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    root = tmp_path / "work"
    root.mkdir()
    (root / "connections.toml").write_text('[db]\nkind = "duckdb"\npath = "a.duckdb"\n')
    with closing(duckdb.connect(str(root / "a.duckdb"))) as con:
        con.execute("CREATE TABLE numbers AS SELECT range AS n FROM range(1000)")
    nodes = {
        "read": Node("read", "table_source", {"connection": "db", "table": "numbers"}),
        "write": Node("write", "table_sink", {"connection": "db", "table": "copy"}),
    }
    edges = (Edge.parse("read.rows -> write.rows"),)
    finished = run(RunRequest(Document("one file", nodes=nodes, edges=edges), root))
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    with closing(duckdb.connect(str(root / "a.duckdb"))) as con:
        assert con.execute("SELECT count(*), sum(n) FROM copy").fetchall() == [(1000, 499500)]
