"""A server that ends the session in mid-write: the run fails, the table is untouched."""

import pytest

from summit_studio.core.events import BatchProcessed, RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run
from summit_studio.engine.request import RunRequest

pytestmark = pytest.mark.postgres

KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE query ILIKE 'copy%' AND pid <> pg_backend_pid()"
)


def test_a_session_ended_while_writing_leaves_the_table_as_it_was(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    server.run("DROP TABLE IF EXISTS lost; CREATE TABLE lost (order_id BIGINT)")
    server.run("INSERT INTO lost VALUES (1)")
    root = tmp_path / "work"
    root.mkdir()
    (root / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\n'
    )
    nodes = {
        "rows": Node("rows", "sample_source", {"kind": "orders", "rows": 2_000_000}),
        "ids": Node("ids", "select_columns", {"columns": [{"column": "order_id"}]}),
        "table": Node("table", "table_sink", {"connection": "db", "table": "lost"}),
    }
    edges = ("rows.rows -> ids.rows", "ids.rows -> table.rows")
    once = {"errors": {"retry": {"attempts": 1}}}
    document = Document("lost", nodes=nodes, edges=tuple(map(Edge.parse, edges)), settings=once)
    ended: list[bool] = []

    def end_it(event: object) -> None:
        if isinstance(event, BatchProcessed) and event.node_id == "table" and not ended:
            ended.extend(row[0] for row in server.run(KILL))

    finished = run(RunRequest(document, root), [end_it])
    assert ended
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert finished.error.where.node_id == "table"
    assert finished.error.do
    assert server.run("SELECT count(*), sum(order_id) FROM lost") == [(1, 1)]
