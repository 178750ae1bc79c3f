"""Database nodes on real databases: what they promise, read, write, and leave alone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.connectors.contract import Database
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, InvalidParams, SummitError, WriteFailed
from summit_studio.core.schema import Schema, carried, from_arrow, to_arrow
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import (
    Delivery,
    DesignContext,
    NodeType,
    Replay,
    RunContext,
    SinkNode,
    SourceNode,
    Writer,
)
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

pytestmark = pytest.mark.postgres

ORDERS = Schema.of(
    {
        "id": "BIGINT", "name": "VARCHAR", "amount": "DECIMAL(12,2)", "day": "DATE",
        "seen": "TIMESTAMP WITH TIME ZONE", "x": "DOUBLE", "raw": "BLOB", "ok": "BOOLEAN",
    }
)  # fmt: skip
FULL = {
    "id": -(2**63), "name": 'Zoë "Z", \\ \r\n 漢字 🙂', "amount": Decimal("-1234567890.12"),
    "day": dt.date(1904, 2, 29), "seen": dt.datetime(1969, 12, 31, 23, 59, tzinfo=dt.UTC),
    "x": float("inf"), "raw": b"\x00\xff", "ok": True,
}  # fmt: skip
ROWS = [FULL, dict.fromkeys(FULL), dict.fromkeys(FULL) | {"id": 1, "name": "", "raw": b""}]


@dataclass
class Nodes:
    """Binds nodes to the connection `db` of a workspace."""

    workspace: Workspace
    catalogue: Catalogue
    binder: Binder
    database: Database

    def bind(self, type_id: str, **params: Any) -> NodeType[Any]:
        return self.catalogue.bind(Node("n", type_id, {"connection": "db"} | params))

    def design(self, *, probe: bool = True, cache: Callable[..., Any] | None = None):
        secrets = SecretStore(self.workspace.root)
        context = DesignContext(self.workspace, self.binder, secrets, probe)
        return DesignContext(self.workspace, self.binder, secrets, probe, cache or context.cache)

    def run(self, **changes: Any) -> RunContext:
        secrets = SecretStore(self.workspace.root)
        base = {"run_id": "run1", "workspace": self.workspace, "secrets": secrets}
        return RunContext(**(base | {"cancel": CancelToken(), "batch_rows": 2} | changes))

    def infer(self, node: NodeType[Any], *, probe: bool = True) -> dict[str, Schema]:
        return dict(node.infer({}, self.design(probe=probe)))

    def read(self, type_id: str, run: RunContext | None = None, **params: Any) -> pa.Table:
        """Read everything a source gives, which must be what it promised."""
        node = self.bind(type_id, **params)
        assert isinstance(node, SourceNode)
        promised = self.infer(node)["rows"]
        reader = node.open(promised, run or self.run())
        try:
            parts = [chunk.load().rows for chunk in reader.chunks()]
        finally:
            reader.close()
        assert all(carried(from_arrow(part.schema)) == promised for part in parts)
        return pa.concat_tables([to_arrow(promised).empty_table(), *parts])

    def writer(self, rows: list[dict], schema: Schema = ORDERS, **params: Any) -> Writer:
        """Open a sink and write `rows`, two at a time."""
        node = self.bind("table_sink", **({"table": "orders"} | params))
        assert isinstance(node, SinkNode)
        writer = node.open(schema, self.run())
        try:
            for start in range(0, len(rows), 2):
                part = rows[start : start + 2]
                writer.write(pa.Table.from_pylist(part, schema=to_arrow(schema)))
        except BaseException:
            writer.abort()
            raise
        return writer

    def write(self, rows: list[dict], schema: Schema = ORDERS, **params: Any):
        writer = self.writer(rows, schema, **params)
        writer.prepare()
        return writer.commit(1)

    def ids(self) -> list[int | None]:
        parts = self.database.read("orders", ["id"])
        return [row["id"] for part in parts for row in part.to_pylist()]


@pytest.fixture
def nodes(database: Database, workspace: Workspace):
    connection = database.connection.model_copy(update={"name": "db"})
    with Binder() as binder:
        opened = Workspace(workspace.root, {"db": connection}, trusted=False)
        yield Nodes(opened, Catalogue.load(), binder, database)


def numbered(*ids: int) -> list[dict]:
    return [dict.fromkeys(FULL) | {"id": i} for i in ids]


class TestTableSink:
    def test_every_value_comes_back(self, nodes: Nodes):
        done = nodes.write(ROWS)
        assert (done.rows, done.counts["inserted"], done.location) == (3, 3, "db:orders")
        assert nodes.read("table_source", table="orders").to_pylist() == ROWS

    def test_append_adds_and_replace_replaces(self, nodes: Nodes):
        nodes.write(numbered(1, 2, 3))
        nodes.write(numbered(4))
        assert nodes.ids() == [1, 2, 3, 4]
        nodes.write(numbered(9, 8), mode="replace")
        assert nodes.ids() == [9, 8]
        nodes.write([], mode="replace")
        assert nodes.ids() == []

    def test_no_rows_make_an_empty_table(self, nodes: Nodes):
        nodes.write([])
        assert nodes.read("table_source", table="orders").num_rows == 0

    @pytest.mark.parametrize("mode", ["append", "replace"])
    @pytest.mark.parametrize("prepared", [False, True])
    def test_abort_leaves_the_table_as_it_was(self, nodes: Nodes, mode: str, *, prepared: bool):
        nodes.write(numbered(1, 2))
        tables = nodes.database.tables()
        writer = nodes.writer(numbered(3, 4, 5), mode=mode)
        if prepared:
            writer.prepare()
        writer.abort()
        writer.abort()
        assert nodes.ids() == [1, 2]
        assert nodes.database.tables() == tables

    def test_abort_leaves_no_new_table(self, nodes: Nodes):
        nodes.writer(numbered(1)).abort()
        assert not [name for name in nodes.database.tables() if "orders" in name]

    def test_a_missing_table_is_not_made_if_told_so(self, nodes: Nodes):
        with pytest.raises(WriteFailed) as caught:
            nodes.writer([], create=False)
        assert caught.value.code == "table_missing"

    def test_columns_that_do_not_fit_are_refused_before_any_row(self, nodes: Nodes):
        nodes.write(numbered(1))
        with pytest.raises(WriteFailed) as caught:
            nodes.writer([], Schema.of({"id": "BIGINT", "amout": "DECIMAL(12,2)"}))
        assert caught.value.code == "columns_do_not_fit"
        assert "amount" in str(caught.value)
        assert nodes.ids() == [1]

    def test_words_and_class(self, nodes: Nodes):
        node = nodes.bind("table_sink", table="sales.orders", mode="replace")
        assert isinstance(node, SinkNode)
        assert node.delivery is Delivery.TRANSACTIONAL
        assert node.target() == "db:sales.orders"
        assert node.summary() == "sales.orders · db · replace"

    def test_a_missing_connection_is_named_with_its_field(self, nodes: Nodes):
        node = nodes.bind("table_sink", table="t", connection="dbb")
        with pytest.raises(SummitError) as caught:
            node.infer({}, nodes.design())
        assert (caught.value.code, caught.value.where.param) == ("connection_missing", "connection")
        assert "choose 'db'" in caught.value.do


class TestSources:
    def test_a_query_gives_what_it_promises(self, nodes: Nodes):
        nodes.write(ROWS)
        query = "SELECT name AS n, id FROM orders WHERE id IS NOT NULL ORDER BY id DESC -- done\n;"
        table = nodes.read("query_source", query=query)
        assert table.to_pylist() == [{"n": "", "id": 1}, {"n": FULL["name"], "id": FULL["id"]}]

    def test_types_are_those_that_batches_carry(self, nodes: Nodes):
        uuid = "0d9e3b1c-5f0e-4f6a-9d4f-2f6c2f1f0a11"
        schema = Schema.of({"u": "UUID", "j": "JSON"})
        nodes.write([{"u": uuid, "j": '{"a": 1}'}], schema)
        node = nodes.bind("table_source", table="orders")
        assert nodes.infer(node)["rows"] == Schema.of({"u": "VARCHAR", "j": "VARCHAR"})
        assert nodes.read("table_source", table="orders").to_pylist() == [
            {"u": uuid, "j": '{"a": 1}'}
        ]
        # And a table of such columns takes them again.
        nodes.write([{"u": uuid, "j": "[]"}], Schema.of({"u": "VARCHAR", "j": "VARCHAR"}))

    @pytest.mark.parametrize("limit", [1, 2, 3, 5])
    def test_a_preview_reads_no_more_than_asked(self, nodes: Nodes, limit: int):
        nodes.write(numbered(*range(7)))
        table = nodes.read("table_source", nodes.run(row_limit=limit), table="orders")
        assert table.column("id").to_pylist() == list(range(limit))

    def test_without_a_key_there_is_no_place_to_go_on(self, nodes: Nodes):
        nodes.write(numbered(*range(5)))
        node = nodes.bind("table_source", table="orders")
        assert isinstance(node, SourceNode)
        reader = node.open(ORDERS, nodes.run())
        chunks = list(reader.chunks())
        reader.close()
        assert node.replay(nodes.run()) is Replay.NONE
        assert [dict(chunk.position) for chunk in chunks] == [{}] * len(chunks)
        assert sum(chunk.load().rows.num_rows for chunk in chunks) == 5

    def test_cancelling_stops_a_read(self, nodes: Nodes):
        nodes.write(numbered(*range(50)))
        node = nodes.bind("table_source", table="orders")
        assert isinstance(node, SourceNode)
        run = nodes.run()
        reader = node.open(ORDERS, run)
        chunks = reader.chunks()
        next(chunks)
        run.cancel.cancel()
        with pytest.raises(Cancelled):
            list(chunks)
        reader.close()

    @pytest.mark.parametrize(
        "query", ["", "DELETE FROM orders", "orders", "DROP TABLE orders", "PRAGMA user_version"]
    )
    def test_what_is_no_query_is_refused_unasked(self, nodes: Nodes, query: str):
        nodes.write(numbered(1))
        with pytest.raises(InvalidParams) as caught:
            nodes.infer(nodes.bind("query_source", query=query), probe=False)
        assert (caught.value.code, caught.value.where.param) == ("query_invalid", "query")
        assert nodes.ids() == [1]

    @pytest.mark.parametrize(
        "query",
        [
            "WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone",
            "SELECT 1 AS a; DELETE FROM orders",
            "SELECT 1 AS a) AS b; DELETE FROM orders; --",
        ],
    )
    def test_a_query_cannot_write(self, nodes: Nodes, query: str):
        nodes.write(numbered(1))
        node = nodes.bind("query_source", query=query)
        assert isinstance(node, SourceNode)
        with pytest.raises(SummitError):
            nodes.infer(node)
        with pytest.raises(SummitError):
            list(node.open(Schema.of({"a": "BIGINT"}), nodes.run()).chunks())
        assert nodes.ids() == [1]

    def test_a_missing_table_names_the_nearest(self, nodes: Nodes):
        nodes.write(numbered(1))
        with pytest.raises(SummitError, match="orders") as caught:
            nodes.infer(nodes.bind("table_source", table="ordrs"))
        assert (caught.value.code, caught.value.where.param) == ("table_missing", "table")

    def test_a_server_is_not_asked_without_leave(self, nodes: Nodes):
        nodes.write(numbered(1))
        found = nodes.infer(nodes.bind("table_source", table="orders"), probe=False)
        served = nodes.workspace.connection("db").kind == "postgres"
        assert found == ({} if served else {"rows": nodes.database.columns(table="orders")})

    def test_probes_are_remembered_by_all_they_depend_on(self, nodes: Nodes):
        nodes.write(numbered(1))
        keys: list[tuple[Any, ...]] = []

        def cache(key: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
            keys.append(key)
            return compute()

        context = nodes.design(cache=cache)
        for type_id, params in (
            ("table_source", {"table": "orders"}),
            ("query_source", {"query": "SELECT id FROM orders"}),
            ("query_source", {"query": "SELECT name FROM orders"}),
        ):
            nodes.bind(type_id, **params).infer({}, context)
        assert len(set(keys)) == 3

    def test_summaries_are_one_line(self, nodes: Nodes):
        assert nodes.bind("table_source", table="orders").summary() == "orders · db"
        query = nodes.bind("query_source", query="SELECT id\n  FROM orders")
        assert query.summary() == "SELECT id FROM orders · db"
